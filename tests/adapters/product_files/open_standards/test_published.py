"""Documents are held to the schemas that the standards publish."""

import json
from importlib.resources import files
from typing import Any

import pytest

from datahub_dataproducts.adapters.product_files.open_standards.published import (
    ODCS,
    ODPS,
    violations,
)

HERE = files("datahub_dataproducts.adapters.product_files.open_standards")
CONTRACT = {
    "apiVersion": "v3.1.0",
    "kind": "DataContract",
    "id": "c",
    "version": "1.0.0",
    "status": "active",
}


def told(standard: str, document: Any, version: str = "v3.1.0") -> list[str]:
    return [
        f"{'.'.join(map(str, (*v.path, *([v.key] if v.key else []))))}: {v.message}; {v.remedy}"
        for v in violations(document, standard, version)
    ]


def with_column(**column: Any) -> dict[str, Any]:
    return {**CONTRACT, "schema": [{"name": "t", "properties": [{"name": "c", **column}]}]}


def test_the_schema_of_3_2_is_that_of_the_published_package() -> None:
    ours = (HERE / "odcs-json-schema-v3.2.0.json").read_bytes()
    assert ours == (files("open_data_contract_standard") / "schema.json").read_bytes()


def test_every_schema_says_which_standard_it_is_of() -> None:
    titles = {
        path.name: json.loads(path.read_text(encoding="utf-8"))["title"]
        for path in HERE.iterdir()
        if path.name.endswith(".json")
    }
    assert titles == {
        "odcs-json-schema-v3.1.0.json": "Open Data Contract Standard (ODCS)",
        "odcs-json-schema-v3.2.0.json": "Open Data Contract Standard (ODCS)",
        "odps-json-schema-v1.0.0.json": "Open Data Product Standard (ODPS)",
    }
    provenance = (HERE / "SCHEMAS.md").read_text(encoding="utf-8")
    assert all(name in provenance for name in titles)


@pytest.mark.parametrize(
    ("document", "found"),
    [
        (CONTRACT, []),
        ([], ["this is a mapping, not a list"]),
        (
            {**CONTRACT, "version": 1.0},
            ['version: `version` is text, not 1.0; put it in quotes: "1.0"'],
        ),
        (
            {**CONTRACT, "sla": []},
            [
                "sla: the standard has no key `sla` here; take it out, or move it to `customProperties`"
            ],
        ),
        (
            {**CONTRACT, "slaProperties": [{"property": "latency"}]},
            ["slaProperties.0: `value` is not given, and the standard asks for it; add `value:`"],
        ),
        (
            {**CONTRACT, "schema": {}},
            ["schema: `schema` is a list, not a mapping; "],
        ),
        (with_column(required="yes"), [".required: `required` is true or false, not yes; "]),
        (
            with_column(colour="red", required="yes"),
            [
                (
                    ".colour: the standard has no key `colour` here; take it out, or move it to "
                    "`customProperties`"
                ),
                ".required: `required` is true or false, not yes; ",
            ],
        ),
        (
            with_column(quality=[{"metric": "nulValues", "mustBe": 0}]),
            [
                (
                    ".quality.0.metric: `metric` is nulValues, and the standard has nullValues, "
                    'missingValues, invalidValues, duplicateValues, rowCount; did you mean "nullValues"?'
                )
            ],
        ),
        (
            with_column(relationships=[{"to": "nowhere"}]),
            [".relationships.0.to: `to` is not as the standard wants it: "],
        ),
    ],
)
def test_what_is_wrong_is_told_in_plain_words(document: Any, found: list[str]) -> None:
    lines = told(ODCS, document)
    assert len(lines) == len(found), lines
    assert all(part in line for part, line in zip(found, lines, strict=True)), lines


@pytest.mark.parametrize("version", ["v3.0.2", "v3.1.0", "v3.2.0"])
def test_a_column_without_a_logical_type_may_have_options(version: str) -> None:
    document = {**with_column(logicalTypeOptions={"maxLength": 2}), "apiVersion": version}
    assert told(ODCS, document, version) == []


def test_the_options_of_a_logical_type_are_its_own() -> None:
    (line,) = told(ODCS, with_column(logicalType="string", logicalTypeOptions={"maximum": 2}))
    assert "logicalTypeOptions.maximum: the standard has no key `maximum` here" in line


def test_only_version_3_2_lets_the_status_be_left_out() -> None:
    without = {key: value for key, value in CONTRACT.items() if key != "status"}
    assert told(ODCS, {**without, "apiVersion": "v3.2.0"}, "v3.2.0") == []
    assert told(ODCS, without) == [
        ": `status` is not given, and the standard asks for it; add `status:`"
    ]


def test_a_product_is_held_to_the_standard_of_products() -> None:
    product = {"apiVersion": "v1.0.0", "kind": "DataProduct", "id": "p", "status": "draft"}
    assert told(ODPS, product) == []
    (line,) = told(ODPS, {**product, "outputPorts": [{"name": "a"}]})
    assert line.startswith("outputPorts.0: `version` is not given")
