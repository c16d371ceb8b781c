"""The JSON Schema for editors and the reader agree on what a product file may be."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from datahub_dataproducts.adapters.product_files.guide import EXAMPLE_FILE, GuideEntry, read_guide
from datahub_dataproducts.adapters.product_files.owners import OWNER_TYPES
from datahub_dataproducts.adapters.product_files.product import PRODUCT_KEYS
from datahub_dataproducts.adapters.product_files.schema import annotated_schema, product_file_schema
from datahub_dataproducts.adapters.product_files.translate import parse_product_file
from datahub_dataproducts.domain.problems import Problem
from tests.adapters.product_files.as_json import as_json
from tests.adapters.product_files.from_schema import values_of
from tests.docs.pages import ROOT, blocks

SCHEMA = product_file_schema()
VALIDATOR = Draft7Validator(SCHEMA)
ASSET = {"asset": "ref('a')"}
# A product with a key that nobody knows, in each mapping that a product may have.
STRAY = "qqqqqq"
MAPPINGS: dict[str, dict[str, Any]] = {
    "owner": {"owners": [{STRAY: 1}]},
    "input": {"inputs": [{STRAY: 1}]},
    "promise": {"contract": [{STRAY: 1}]},
    "contract_file": {"contract": {"odcs": "a", STRAY: 1}},
    "freshness": {"contract": [{**ASSET, "freshness": {STRAY: 1}}]},
    "tests": {"contract": [{**ASSET, "tests": {STRAY: 1}}]},
    "objective": {"objective": {STRAY: 1}},
    "burn": {"objective": {"burn": [{STRAY: 1}]}},
    "links": {"institutional_memory": {STRAY: 1}},
    "link": {"institutional_memory": {"elements": [{STRAY: 1}]}},
}
# What a schema cannot see: names and numbers compared, URNs and crons taken apart, and what YAML's
# versions read differently.
BEYOND_A_SCHEMA = {
    *("bad-schedule", "bad-timezone", "bad-hours", "bad-urn", "bad-burn-rule", "unquoted-text"),
    *("missing-owner", "missing-runbook", "output-port-not-an-asset", "promise-on-other-asset"),
    *("repeated-asset", "repeated-input", "own-input", "property-without-value", "misplaced-key"),
    *("bad-contract-file", "outside-project", "burn-never-fires"),
    *("bad-calendar-file", "bad-date", "repeated-date"),
}
# Nothing that a file in JSON's values could show, or nothing of form.
NOT_OF_FORM = {
    "key-not-text",
    "several-documents",
    "duplicate-key",
    "unknown-tag",
    "unquoted-text",
    "too-many-problems",
}


def problems_of(text: str) -> tuple[Problem, ...]:
    return parse_product_file(text, "a.yml", "UTC").problems


def faults(value: Any) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(value)]


def of_form(problems: tuple[Problem, ...]) -> list[str]:
    return [str(problem) for problem in problems if problem.code not in BEYOND_A_SCHEMA]


def product_files() -> list[Path]:
    found = [
        *ROOT.glob("examples/*/data_products/*.yml"),
        *ROOT.glob("tests/adapters/product_files/data/*.y*ml"),
        *ROOT.glob("tests/data/datahub_examples/dataproduct*.yaml"),
    ]
    assert len(found) > 6
    return sorted(found)


def objects_in(part: Any) -> list[dict[str, Any]]:
    """All mappings within a schema."""
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    found = [found for value in inner for found in objects_in(value)]
    return [part, *found] if isinstance(part, dict) else found


def properties_of(name: str) -> dict[str, Any]:
    """The keys of a definition, or of that of its alternatives which has keys."""
    definition = SCHEMA["definitions"][name]
    for one in (definition, *definition.get("anyOf", [])):
        if "properties" in one:
            properties: dict[str, Any] = one["properties"]
            return properties
    raise AssertionError(name)


def test_it_is_a_schema_of_draft_7() -> None:
    Draft7Validator.check_schema(SCHEMA)
    json.dumps(SCHEMA)


def test_every_key_is_explained_where_it_may_be_written() -> None:
    published = json.dumps(SCHEMA)
    assert '"x-' not in published
    assert "<<" not in published
    for name in ("product", *MAPPINGS):
        for key, value in properties_of(name).items():
            explained = value.get("description") or "$ref" in value or name == "contract_file"
            assert explained, f"{name}.{key}"
            assert value.get("markdownDescription") == value.get("description")


def test_the_keys_of_a_product_are_those_of_the_reader_in_order() -> None:
    assert list(properties_of("product")) == list(PRODUCT_KEYS)


@pytest.mark.parametrize("name", MAPPINGS)
def test_the_keys_of_every_mapping_are_those_of_the_reader(name: str) -> None:
    text = json.dumps({"id": "a", "domain": "d", "assets": "ref('a')", **MAPPINGS[name]})
    (told,) = [p for p in problems_of(text) if STRAY in p.message and p.code == "unknown-key"]
    known = told.remedy.removeprefix("known are: ").split(", ")
    assert sorted(properties_of(name)) == sorted(known)
    assert any(STRAY in fault for fault in faults(as_json(text)))


def test_no_mapping_of_the_schema_is_forgotten_here() -> None:
    closed = [one for one in objects_in(SCHEMA) if one.get("additionalProperties") is False]
    assert len(closed) == len({"several", "product", *MAPPINGS})


@pytest.mark.parametrize("type_", [*OWNER_TYPES, "business_owner", "Data_Steward"])
def test_owner_types_are_taken_in_any_case(type_: str) -> None:
    value = {"id": "a", "domain": "d", "owners": [{"id": "ana", "type": type_}]}
    assert faults(value) == []
    assert faults({**value, "owners": [{"id": "ana", "type": f"{type_}S"}]}) != []


@pytest.mark.parametrize("path", product_files(), ids=lambda path: path.name)
def test_every_product_file_of_the_repository_is_valid(path: Path) -> None:
    assert faults(as_json(path.read_text(encoding="utf-8"))) == []


def of_products(block: Any) -> bool:
    """Not a recipe, nor a file of corrections or a calendar."""
    return not {"source", "corrections", "holidays"} & as_json(block.text).keys()


@pytest.mark.parametrize("block", [*filter(of_products, blocks("yaml"))], ids=str)
def test_every_product_on_the_pages_is_valid(block: Any) -> None:
    value = as_json(block.text)
    whole = value if {"id", "data_products"} & value.keys() else {"id": "a", "domain": "d", **value}
    assert faults(whole) == []


def texts_of(entries: list[GuideEntry], which: str) -> list[Any]:
    return [
        pytest.param(text, id=f"{entry.code}-{which}")
        for entry in entries
        for path, text in getattr(entry, which).files
        if path == EXAMPLE_FILE and not entry.untried
    ]


@pytest.mark.parametrize("text", texts_of(list(read_guide()), "good"))
def test_every_good_example_of_the_guide_is_valid(text: str) -> None:
    assert faults(as_json(text)) == []


@pytest.mark.parametrize("text", texts_of([e for e in read_guide() if e.theme == "form"], "bad"))
def test_every_bad_example_whose_fault_is_of_form_is_refused(text: str) -> None:
    problems = problems_of(text)
    assert problems
    beyond = {problem.code for problem in problems} & (BEYOND_A_SCHEMA | NOT_OF_FORM)
    assert (faults(as_json(text)) != []) or beyond


products = values_of(SCHEMA["definitions"]["product"], SCHEMA)
slow = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


@slow
@given(products)
def test_what_the_schema_allows_the_reader_takes(product: dict[str, Any]) -> None:
    assert faults(product) == []
    assert of_form(problems_of(json.dumps(product, ensure_ascii=False))) == []


POOL: list[Any] = [
    *(None, True, False, 0, 14.4, "", " ", "a", "all", "never", "1d", "99%", "100%", "08:00"),
    *("MON-FRI", "UTC", "ref('a')", "urn:li:x:y", "urn:li:assertion:a", "live", "month", "warning"),
    *([], ["a"], [None], {}, {"id": "a"}, {"a": None}, {"odcs": "a"}, {"max_age": "1d"}),
]


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every place in a value where another may be put: what it is in, and its key or index."""
    inner = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
    found = [(value, key) for key, _ in inner]
    for _, one in inner:
        if isinstance(one, dict | list):
            found += places(one)
    return found


@st.composite
def damaged(draw: st.DrawFn) -> dict[str, Any]:
    """A valid product in which some values are others, or gone."""
    product: dict[str, Any] = json.loads(json.dumps(draw(products)))
    for _ in range(draw(st.integers(1, 2))):
        within, key = draw(st.sampled_from(places(product)))
        if isinstance(within, dict) and draw(st.booleans()):
            key = draw(st.sampled_from([*within, "asset", "max_age", "days", "odcs", "tags", "x"]))
        if isinstance(within, dict) and key in within and draw(st.integers(0, 4)) == 0:
            del within[key]
        else:
            within[key] = deepcopy(draw(st.sampled_from(POOL)))
        if not product:
            break
    return product


@slow
@given(damaged())
@example({"id": "a", "domain": "d", "assets": None, "contract": [{"asset": "ref('a')"}]})
def test_the_schema_refuses_what_the_reader_refuses_for_its_form(product: dict[str, Any]) -> None:
    told = problems_of(json.dumps(product, ensure_ascii=False))
    if {problem.code for problem in told} & BEYOND_A_SCHEMA:
        return
    assert (faults(product) != []) == (told != ()), (faults(product), [str(p) for p in told])


def test_the_source_of_the_schema_is_plain_yaml() -> None:
    assert annotated_schema() == yaml.safe_load(
        (ROOT / "datahub_dataproducts/adapters/product_files/product_file.schema.yml").read_text(
            encoding="utf-8"
        )
    )
