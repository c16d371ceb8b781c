"""An entry `odcs:` of a contract promises what the file it names says."""

from collections.abc import Callable

import pytest

from datahub_dataproducts.adapters.product_files.translate import Parsed, parse_product_file
from datahub_dataproducts.domain.assertions import Impact, MaxAge
from datahub_dataproducts.domain.documents import (
    Marked,
    ModelRef,
    PromiseDocument,
    SourceRef,
    TableRef,
)
from datahub_dataproducts.domain.durations import DAY, HOUR
from datahub_dataproducts.domain.problems import Location, Problem, ProblemSeverity
from tests.adapters.product_files.open_standards.contracts import HEAD
from tests.adapters.product_files.product_texts import SMALLEST

FILE = "data_products/sales/p.yml"
ORDERS = (
    f"{HEAD}, schema: [{{name: orders}}], slaProperties: [{{property: ly, value: 1, unit: h}}]}}"
)
TWO = f"{HEAD}, schema: [{{name: orders}}, {{name: users, physicalName: tb_users}}]}}"


def reading(files: dict[str, str]) -> Callable[[str], str | Problem]:
    def read(path: str) -> str | Problem:
        missing = Problem(
            code="bad-contract-file",
            severity=ProblemSeverity.ERROR,
            location=Location(path),
            message="there is no such file",
            remedy="see to its path",
        )
        return files.get(path, missing)

    return read


def parsed(contract: str, assets: str = "[ref('orders')]", **files: str) -> Parsed:
    text = f"{SMALLEST}assets: {assets}\ncontract:{contract}\n"
    named = {f"data_products/sales/{name}.yaml": content for name, content in files.items()}
    return parse_product_file(text, FILE, "UTC", reading(named))


def promises(contract: str, assets: str = "[ref('orders')]", **files: str) -> list[PromiseDocument]:
    found = parsed(contract, assets, **files)
    assert [str(problem) for problem in found.problems] == []
    return list(found.documents[0].contract)


def told(contract: str, assets: str = "[ref('orders')]", **files: str) -> list[str]:
    return [str(problem) for problem in parsed(contract, assets, **files).problems]


def test_a_contract_may_be_one_file() -> None:
    (promise,) = promises(" {odcs: orders.yaml}", orders=ORDERS)
    place = Location("data_products/sales/orders.yaml", 1, 88)
    assert promise.location == place
    assert promise.asset == Marked(ModelRef("orders"), place)
    assert promise.freshness is not None
    assert promise.freshness.value == MaxAge(age=HOUR)
    assert promise.described is not None


def test_files_stand_beside_promises_and_have_their_own_impact_and_silence() -> None:
    first, second = promises(
        "\n  - {odcs: [orders.yaml], impact: warning, expect_every: 1d}"
        "\n  - {asset: ref('orders'), build: true}",
        orders=ORDERS,
    )
    assert (first.impact, first.expect_every) == (Impact.WARNING, DAY)
    assert (second.impact, second.build) == (Impact.BLOCKING, True)


def test_the_path_is_from_the_product_file_on() -> None:
    found = parse_product_file(
        f"{SMALLEST}contract: {{odcs: ../../contracts/o.yaml}}",
        FILE,
        "UTC",
        reading({"contracts/o.yaml": ORDERS}),
    )
    assert [promise.location.file for promise in found.documents[0].contract] == [
        "contracts/o.yaml"
    ]


@pytest.mark.parametrize(
    "path",
    [
        "../../../o.yaml",
        "/etc/passwd",
        "'C:/o.yaml'",
        "'..\\..\\o.yaml'",
        "https://x.example/o.yaml",
    ],
)
def test_a_path_out_of_the_project_is_refused(path: str) -> None:
    (line,) = told(f" {{odcs: {path}}}")
    assert line.startswith(f"{FILE}:4:18: error[outside-project]: `contract.odcs` is ")
    assert "which is no file below the dbt project" in line


def test_a_file_that_cannot_be_had_is_told_where_it_is_named() -> None:
    assert told(" {odcs: none.yaml}") == [
        (
            f"{FILE}:4:18: error[bad-contract-file]: the contract file data_products/sales/none.yaml: "
            "there is no such file; see to its path"
        )
    ]


def test_where_only_the_text_is_known_no_other_file_is_read() -> None:
    found = parse_product_file(f"{SMALLEST}contract: {{odcs: o.yaml}}", "p.yml", "UTC")
    assert [(p.code, p.is_error) for p in found.problems] == [("bad-contract-file", True)]
    assert found.documents[0].wrong


@pytest.mark.parametrize(
    ("assets", "asset"),
    [
        ("""["ref('orders')"]""", ModelRef("orders")),
        ("""["ref('shop', 'orders', v=2)"]""", ModelRef("orders", "shop", "2")),
        ("""["source('raw', 'ORDERS')"]""", SourceRef("raw", "ORDERS")),
        ("""["exposure('orders')"]""", TableRef("orders", "orders")),
        ("""["ref('other')"]""", TableRef("orders", "orders")),
        ("""["ref('orders')", "source('raw', 'orders')"]""", TableRef("orders", "orders")),
    ],
)
def test_a_table_is_the_one_asset_of_its_name_or_what_dbt_calls_so(
    assets: str, asset: object
) -> None:
    (promise,) = promises(" {odcs: o.yaml}", assets, o=ORDERS)
    assert promise.asset is not None
    assert promise.asset.value == asset


def test_an_asset_beside_a_file_of_one_table_is_that_table() -> None:
    (promise,) = promises(
        """ {odcs: o.yaml, asset: "source('raw', 'x')"}""", """["source('raw', 'x')"]""", o=ORDERS
    )
    assert promise.asset == Marked(SourceRef("raw", "x"), Location(FILE, 4, 33))


def test_an_asset_beside_a_file_of_several_tables_chooses_its_own() -> None:
    (promise,) = promises(" {odcs: o.yaml, asset: ref('tb_users')}", "[ref('tb_users')]", o=TWO)
    assert promise.location.column == 104


def test_an_asset_that_the_file_does_not_have_is_told_with_what_it_has() -> None:
    assert told(" {odcs: o.yaml, asset: ref('user')}", "[ref('user')]", o=TWO) == [
        (
            "data_products/sales/o.yaml:1:88: error[unknown-contract-object]: this contract has no "
            "table user, which `asset` beside `odcs` asks for; it has orders, users; name the asset as "
            "the table is named, or leave out `asset`"
        )
    ]


def test_an_asset_of_another_product_is_told_as_everywhere() -> None:
    (line,) = told(" {odcs: o.yaml, asset: ref('x')}", o=ORDERS)
    assert "warning[promise-on-other-asset]" in line


@pytest.mark.parametrize(
    ("entry", "line"),
    [
        ("{odcs: }", "4:12: error[missing-value]: `contract.odcs` is not given"),
        ("{odcs: {a: b}}", "4:18: error[wrong-kind]: `contract.odcs` takes a list, not a mapping"),
        ("{odcs: [{a: b}]}", "4:19: error[wrong-kind]: `contract.odcs` is text, not a mapping"),
        (
            "{odcs: [o.yaml], build: true}",
            "4:28: error[unknown-key]: the key `build` in `contract`",
        ),
    ],
)
def test_an_entry_in_the_wrong_form_is_told(entry: str, line: str) -> None:
    found = told(f" {entry}", o=ORDERS)
    assert any(one.startswith(f"{FILE}:{line}") for one in found), found


OWN = f"""{HEAD}, schema: [{{name: orders, customProperties: [
{{property: other, value: [1]}},
{{property: datahubDataProducts, value: [
  {{build: true, expect_every: never}},
  {{freshness: {{max_age: 2h}}, impact: warning}}]}}]}}],
  slaProperties: [{{property: latency, value: 1, unit: h}}]}}"""


def test_a_file_may_hold_entries_in_our_words_and_their_freshness_stands() -> None:
    whole, build, fresh = promises(" {odcs: o.yaml}", o=OWN)
    assert (whole.described is not None, whole.freshness) == (True, None)
    assert (build.build, build.expect_every) == (True, None)
    assert fresh.freshness is not None
    assert (fresh.freshness.value, fresh.impact) == (MaxAge(age=2 * HOUR), Impact.WARNING)
    assert {promise.asset for promise in (whole, build, fresh)} == {whole.asset}


def test_entries_in_our_words_are_checked_as_those_of_a_product_file() -> None:
    wrong = OWN.replace("build: true", "biuld: true")
    assert told(" {odcs: o.yaml}", o=wrong) == [
        (
            "data_products/sales/o.yaml:4:3: error[nothing-promised]: nothing is promised of this "
            "asset; add `build: true`, `freshness` or `tests`"
        ),
        (
            "data_products/sales/o.yaml:4:4: error[unknown-key]: the key `biuld` in "
            '`datahubDataProducts` means nothing here; did you mean "build"?'
        ),
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "1:1: error[empty-file]: the contract file is empty"),
        ("# nothing\n", "1:1: error[empty-file]: the contract file is empty"),
        ("a: [", "1:5: error[not-yaml]"),
        ("[a]", "1:1: error[contract-file-version]: an ODCS contract is a mapping, not a list"),
        ("word", "1:1: error[contract-file-version]: an ODCS contract is a mapping, not word"),
        (
            "kind: DataProduct",
            "1:1: error[contract-file-version]: `kind` is DataProduct, and of an ODCS contract it is",
        ),
        (
            "{kind: DataContract, apiVersion: v2.2.2}",
            "1:22: error[contract-file-version]: `apiVersion` is v2.2.2, and only version 3",
        ),
        (
            HEAD.replace("id: c", "id: 1") + "}",
            "1:46: warning[contract-file-form]: `id` is text, not 1; put it in quotes",
        ),
        (
            f"{HEAD}, schema: [{{name: a, properties: [{{name: b, requird: true}}]}}]}}",
            "1:121: error[contract-file-form]: the standard has no key `requird` here; did you mean",
        ),
        (
            f"{HEAD}, servers: [{{server: a, type: x}}], schema: [{{name: orders}}]}}",
            "1:107: warning[contract-file-form]: `type` is x, and the standard has api",
        ),
    ],
)
def test_what_is_wrong_in_the_file_is_told_there(text: str, line: str) -> None:
    found = told(" {odcs: o.yaml}", o=text)
    assert any(one.startswith(f"data_products/sales/o.yaml:{line}") for one in found), found


def test_an_error_in_the_file_stops_the_product_and_a_warning_does_not() -> None:
    assert parsed(" {odcs: o.yaml}", o="").documents[0].wrong
    mild = f"{HEAD}, servers: [{{server: a, type: x}}], schema: [{{name: orders}}]}}"
    found = parsed(" {odcs: o.yaml}", o=mild)
    assert not found.documents[0].wrong
    assert {problem.product for problem in found.problems} == {"revenue"}


def test_a_file_with_very_many_faults_is_not_told_to_its_end() -> None:
    columns = ", ".join(f"{{name: c{n}, colour: red}}" for n in range(600))
    found = told(" {odcs: o.yaml}", o=f"{HEAD}, schema: [{{name: a, properties: [{columns}]}}]}}")
    assert len(found) == 501
    assert "error[too-many-problems]" in found[-1]
