"""ODPS comes in as product files and goes out again with all that it said."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.adapters.product_files.findings import Findings
from datahub_dataproducts.adapters.product_files.marks import compose
from datahub_dataproducts.adapters.product_files.open_standards.from_odps import (
    Neighbours,
    from_odps,
)
from datahub_dataproducts.adapters.product_files.open_standards.odps import (
    ids_of_contracts,
    product_id,
    read_odps,
)
from datahub_dataproducts.adapters.product_files.open_standards.published import ODPS, violations
from datahub_dataproducts.adapters.product_files.open_standards.to_odps import to_odps
from datahub_dataproducts.adapters.product_files.open_standards.trees import plain
from datahub_dataproducts.adapters.product_files.translate import parse_product_file
from datahub_dataproducts.domain.documents import ProductDocument
from datahub_dataproducts.domain.products import Lifecycle
from tests.adapters.product_files.open_standards.contracts import DATA
from tests.adapters.product_files.product_texts import REVENUE

REAL = sorted((DATA / "odps_bitol").glob("*.odps.yaml"))
ALONE = Neighbours(contracts={}, products={})
SMALL = {"apiVersion": "v1.0.0", "kind": "DataProduct", "id": "p", "status": "draft", "domain": "d"}


def document_in(text: str) -> dict[str, Any]:
    findings = Findings("p.yaml")
    found = read_odps(text, findings)
    assert [str(problem) for problem in findings.problems] == []
    assert found is not None
    return found


def product(text: str) -> ProductDocument:
    found = parse_product_file(text, "data_products/p.yml", "UTC")
    assert [str(problem) for problem in found.problems if problem.is_error] == []
    return found.documents[0]


def exported(document: ProductDocument, *others: ProductDocument) -> dict[str, Any]:
    written = to_odps(document, {other.id.value: other for other in others})
    root = compose(written.text, Findings("p.odps.yaml"))
    assert root is not None
    found = plain(root)
    assert violations(found, ODPS) == ()
    assert isinstance(found, dict)
    return found


def converted(**fields: Any) -> tuple[str, tuple[str, ...]]:
    written = from_odps({**SMALL, **fields}, ALONE)
    product(written.text)
    return written.text, written.notes


def test_both_published_examples_are_here() -> None:
    assert [path.name for path in REAL] == [
        "customer-data-product.odps.yaml",
        "simple-data-product.odps.yaml",
    ]


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_a_real_product_comes_back_as_it_was_but_for_the_version_of_the_standard(
    path: Path,
) -> None:
    original = document_in(path.read_text(encoding="utf-8"))
    document = product(from_odps(original, ALONE).text)
    assert exported(document) == {**original, "apiVersion": "v1.0.0"}


def test_a_real_product_is_a_product_with_owners_ports_and_what_is_left_out_told() -> None:
    original = document_in(REAL[0].read_text(encoding="utf-8"))
    written = from_odps(original, ALONE)
    found = product(written.text)
    assert found.id.value == "fbe8d147-28db-4f1d-bedf-a3fe9f458427"
    assert (found.name, found.domain.value) == ("Customer Data Product", "seller")
    assert [(owner.id, owner.type) for owner in found.owners] == [
        ("john.doe@retailcorp.com", "BUSINESS_OWNER"),
        ("jane.smith@retailcorp.com", "DATA_STEWARD"),
    ]
    assert [str(port.value) for port in found.output_ports] == [
        "ref('rawtransactions')",
        "ref('consolidatedtransactions')",
        "ref('fulltransactionswithreturns')",
    ]
    assert [link.description for link in found.links] == [
        "Support: Data Team Slack",
        "Support: Email Support",
    ]
    assert len([note for note in written.notes if note.startswith("the input port")]) == 4
    assert len([note for note in written.notes if note.startswith("the contract")]) == 4
    assert "# rawtransactions 2.0.0: tables; Raw Transactions.\n" in written.text


def test_products_of_ours_come_back_as_they_were() -> None:
    revenue = product(REVENUE)
    back = from_odps(exported(revenue), ALONE)
    assert _without_places(product(back.text)) == _without_places(revenue)
    assert back.notes == ()


def _without_places(document: ProductDocument) -> str:
    return re.sub(r"Location\([^)]*\)|places=\{[^}]*\}", "", repr(document))


def test_contracts_and_products_among_the_files_are_named() -> None:
    neighbours = Neighbours(contracts={"c1": "../c.odcs.yaml"}, products={"c2": "users"})
    ports = {
        "outputPorts": [{"name": "orders", "version": "1", "contractId": "c1"}],
        "inputPorts": [{"name": "users", "version": "1", "contractId": "c2"}],
    }
    written = from_odps({**SMALL, **ports}, neighbours)
    assert "contract:\n- odcs: ../c.odcs.yaml\n  asset: ref('orders')\n" in written.text
    assert "inputs:\n- users\n" in written.text
    assert written.notes == (
        "output ports became dbt models of the same names: see that dbt has them",
    )


def test_what_odps_does_not_give_is_asked_for() -> None:
    text, notes = converted(domain="")
    assert "# ODPS gave no domain: write that of DataHub.\ndomain: unassigned\n" in text
    assert notes == ("ODPS gives no domain, and DataHub wants one: it is `unassigned` for now",)


@pytest.mark.parametrize(
    ("status", "lifecycle", "notes"),
    [
        ("proposed", "proposed", 0),
        ("Draft", "development", 0),
        ("active", "development", 1),
        ("deprecated", "deprecated", 0),
        ("retired", "retired", 0),
        ("in development", "development", 1),
    ],
)
def test_a_status_is_a_stage_and_live_is_not_promised_for_anybody(
    status: str, lifecycle: str, notes: int
) -> None:
    text, told = converted(status=status)
    assert f"lifecycle: {lifecycle}\n" in text
    assert len(told) == notes
    assert exported(product(text))["status"] == status


def test_people_who_left_and_unknown_roles_are_told() -> None:
    team = {
        "name": "Data",
        "members": [
            {"username": "ana", "role": "Owner"},
            {"username": "ben", "role": "wizard"},
            {"username": "cas", "dateOut": "2024-01-01"},
        ],
    }
    text, notes = converted(team=team)
    assert "# cas left the team on 2024-01-01.\n" in text
    assert notes == ('the role "wizard" of ben became STAKEHOLDER',)
    found = product(text)
    assert [(o.id, o.type) for o in found.owners] == [
        ("ana", "BUSINESS_OWNER"),
        ("ben", "STAKEHOLDER"),
    ]
    assert exported(found)["team"] == team


def test_a_team_without_members_is_a_comment() -> None:
    text, _ = converted(team={"name": "Data"})
    assert "# The team is Data: name its people or its group.\n" in text


def test_what_is_no_address_is_kept_but_is_no_link() -> None:
    links = [
        {"type": "code", "url": "jdbc:postgresql://x"},
        {"type": "docs", "url": "https://x.example"},
    ]
    support = [{"channel": "help", "url": "teams:help"}]
    text, notes = converted(authoritativeDefinitions=links, support=support)
    found = product(text)
    assert [link.url for link in found.links] == ["https://x.example"]
    assert notes == ("the definition jdbc:postgresql://x is no address to follow: left out",)
    assert exported(found)["authoritativeDefinitions"] == links
    assert exported(found)["support"] == support


def test_custom_properties_that_are_text_are_properties() -> None:
    custom = [
        {"property": "tier", "value": "1"},
        {"property": "number", "value": 1},
        {"property": "told", "value": "x", "description": "y"},
    ]
    text, _ = converted(customProperties=custom)
    found = product(text)
    assert dict(found.properties)["tier"] == "1"
    assert exported(found)["customProperties"] == custom


def test_an_id_is_made_one_that_a_product_may_have() -> None:
    assert product_id({"id": " my product, (new) "}) == "my-product-new"
    assert product_id({"id": "()"}) == "product"
    assert product_id({"id": "urn:datacontract:checkout:orders"}) == "datacontract-checkout-orders"


def test_ids_of_contracts_are_those_of_the_output_ports() -> None:
    ports = [{"name": "a", "version": "1", "contractId": "c"}, {"name": "b", "version": "1"}]
    assert [*ids_of_contracts({"outputPorts": ports})] == ["c"]
    assert [*ids_of_contracts({})] == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "p.yaml:1:1: error[empty-file]"),
        ("a: [", "p.yaml:1:5: error[not-yaml]"),
        ("product: {en: {name: x}}", "p.yaml:1:1: error[contract-file-version]"),
        ("kind: DataContract", "p.yaml:1:1: error[contract-file-version]"),
        ("kind: DataProduct", "p.yaml:1:1: error[contract-file-form]: `apiVersion` is not given"),
    ],
)
def test_what_is_no_product_of_the_standard_is_told(text: str, line: str) -> None:
    findings = Findings("p.yaml")
    assert read_odps(text, findings) is None
    assert str(findings.problems[0]).startswith(line)


def test_a_product_out_again_says_what_changed_here() -> None:
    text, _ = converted(
        outputPorts=[{"name": "a", "version": "3"}, {"name": "b", "version": "4"}],
        team={"members": [{"username": "ana", "role": "owner"}]},
        support=[{"channel": "help", "url": "https://x.example/help"}],
        inputPorts=[{"name": "x", "version": "1", "contractId": "cx"}],
    )
    changed = (
        text
        .replace("- ref('a')\n", "")
        .replace("- ref('b')\n", "- ref('b')\n- ref('c')\n")
        .replace("- id: ana\n  type: BUSINESS_OWNER\n", "- {id: ben, type: DATA_STEWARD}\n")
        .replace("lifecycle: development", "lifecycle: deprecated")
        + "inputs: [users]\n"
    )
    found = exported(product(changed))
    assert found["status"] == "deprecated"
    assert [(p["name"], p["version"]) for p in found["outputPorts"]] == [("b", "4"), ("c", "1.0.0")]
    assert found["team"] == {"members": [{"username": "ben", "role": "data steward"}]}
    assert [port["contractId"] for port in found["inputPorts"]] == ["cx", "users"]


def test_an_input_is_a_port_for_each_output_port_of_that_product() -> None:
    users = product(
        "id: users\ndomain: d\nassets: [ref('u1'), ref('u2')]\noutput_ports: [ref('u1')]"
    )
    orders = product("id: orders\ndomain: d\nassets: [ref('o')]\ninputs: [users]")
    assert exported(orders, users)["inputPorts"] == [
        {"name": "u1", "version": "1.0.0", "contractId": "users.u1"}
    ]


def test_every_kind_of_asset_is_a_port() -> None:
    urn = "urn:li:dashboard:(looker,1)"
    assets = f"[\"source('a', 'b')\", \"exposure('e')\", \"{urn}\"]"
    ports = exported(product(f"id: p\ndomain: d\nassets: {assets}"))["outputPorts"]
    assert [(port["name"], port["type"]) for port in ports] == [
        ("a.b", "tables"),
        ("e", "other"),
        (urn, "other"),
    ]


def test_a_product_without_assets_is_told() -> None:
    written = to_odps(product("id: a\ndomain: b"), {})
    assert written.notes == ("it has no asset and no output port, which ODPS holds to be useless",)


def test_a_property_of_the_same_name_that_is_not_ours_does_no_harm() -> None:
    for value in ("no json", "[1]", '{"outputPorts": "x"}', '{"team": {"members": [1]}}'):
        found = exported(product(f"id: a\ndomain: b\nproperties: {{odps: '{value}'}}"))
        assert found["id"] == "a"


def test_contract_files_are_named_by_their_path_on_the_way_out() -> None:
    contract = (
        "{apiVersion: v3.1.0, kind: DataContract, id: c, version: '1', status: active, "
        "schema: [{name: a}, {name: b}]}"
    )
    text = (
        "id: a\ndomain: d\nassets: [ref('a'), ref('b')]\ncontract:\n"
        "  - {odcs: ../contracts/a.yaml, impact: warning}\n"
        "  - {asset: ref('a'), tests: {columns: [x]}, expect_every: never}\n"
        "  - {asset: ref('b'), freshness: {max_age: 1d, evaluated_by: datahub}, expect_every: 2d}\n"
        "  - {assertion: urn:li:assertion:1}\n"
    )
    found = parse_product_file(text, "data_products/a.yml", "UTC", lambda _path: contract)
    (own,) = exported(found.documents[0])["customProperties"]
    assert own["value"]["contract"] == [
        {"odcs": "../contracts/a.yaml", "impact": "warning"},
        {"asset": "ref('a')", "tests": {"columns": ["x"]}, "expect_every": "never"},
        {
            "asset": "ref('b')",
            "freshness": {"max_age": "1d", "evaluated_by": "datahub"},
            "expect_every": "2d",
        },
        {"assertion": "urn:li:assertion:1"},
    ]


def test_every_stage_has_a_status() -> None:
    for lifecycle in Lifecycle:
        text = f"id: a\ndomain: b\nlifecycle: {lifecycle.value}\n"
        parsed = parse_product_file(text, "a.yml", "UTC").documents[0]
        back = from_odps(exported(parsed), ALONE)
        assert f"lifecycle: {lifecycle.value}\n" in back.text


WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn")), max_size=12
)
PORTS = st.lists(
    st.fixed_dictionaries({"name": WORDS, "version": WORDS, "contractId": WORDS}), max_size=3
)
PRODUCTS = st.fixed_dictionaries(
    {
        "apiVersion": st.just("v1.0.0"),
        "kind": st.just("DataProduct"),
        "id": WORDS | st.sampled_from(["urn:a:b", "urn:", " urn:x", "a b"]),
        "status": WORDS,
    },
    optional={
        "name": WORDS,
        "domain": WORDS.filter(lambda text: not text.startswith("urn:")),
        "tenant": WORDS,
        "description": st.fixed_dictionaries({}, optional={"purpose": WORDS, "usage": WORDS}),
        "inputPorts": PORTS,
        "outputPorts": PORTS,
        "customProperties": st.lists(
            st.fixed_dictionaries({"property": WORDS, "value": WORDS | st.integers() | st.none()}),
            max_size=2,
            unique_by=lambda custom: custom["property"],
        ),
    },
)


@given(PRODUCTS)
def test_whatever_a_product_of_odps_says_the_reader_accepts_what_is_made_of_it(
    document: dict[str, Any],
) -> None:
    assert violations(document, ODPS) == ()
    found = product(from_odps(document, ALONE).text)
    back = exported(found)
    assert back["id"] == document["id"]
    for key in ("tenant", "inputPorts"):
        assert (back.get(key) or None) == (document.get(key) or None)
