"""What a product promises goes out as ODCS, and comes back as the same promises."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from open_data_contract_standard.model import OpenDataContractStandard

from datahub_dataproducts.adapters.product_files.findings import Findings
from datahub_dataproducts.adapters.product_files.marks import compose
from datahub_dataproducts.adapters.product_files.open_standards.published import ODCS, violations
from datahub_dataproducts.adapters.product_files.open_standards.to_odcs import Exported, to_odcs
from datahub_dataproducts.adapters.product_files.open_standards.trees import plain
from datahub_dataproducts.adapters.product_files.translate import parse_product_file
from datahub_dataproducts.application.publish import Publication
from datahub_dataproducts.domain.assertions import Assertion
from datahub_dataproducts.domain.durations import DAY
from datahub_dataproducts.domain.nodes import Column, Project
from datahub_dataproducts.domain.products import DataProduct
from tests.application.test_publish import dbt_test, model, published, source

ORDERS = "model.shop.orders"
USERS = "model.shop.users"
CHARGES = "source.shop.stripe.charges"
TOGETHER = "dbt_utils.unique_combination_of_columns"
NODES = (
    model(
        "orders",
        description="One row per order.",
        columns=(Column("id", "bigint"), Column("status")),
        alias="orders_v2",
    ),
    model("users", contract_enforced=True, columns=(Column("id"),), materialization="view"),
    source("stripe", "charges"),
    dbt_test("nn", ORDERS, kind="not_null", column="id"),
    dbt_test("u", ORDERS, kind="unique", column="id"),
    dbt_test(
        "v", ORDERS, kind="accepted_values", column="status", arguments=(("values", ("a", "b")),)
    ),
    dbt_test(
        "r",
        ORDERS,
        USERS,
        kind="relationships",
        column="user_id",
        arguments=(("to", "ref('users')"), ("field", "id")),
    ),
    dbt_test(
        "odd",
        ORDERS,
        kind="relationships",
        column="id",
        arguments=(("to", "ref('odd-name')"), ("field", "id")),
    ),
    dbt_test("t", ORDERS, kind=TOGETHER, arguments=(("combination_of_columns", ("id", "status")),)),
    dbt_test("text", ORDERS, kind=TOGETHER, arguments=(("combination_of_columns", "id"),)),
    dbt_test("range", ORDERS, kind="dbt_utils.accepted_range", column="id"),
    dbt_test("one", ORDERS, kind="not_null", column="status"),
    dbt_test("other", ORDERS, kind="not_null", column="status"),
    dbt_test("singular", ORDERS),
    dbt_test("c", CHARGES, kind="not_null", column="id"),
)
PROJECT = Project(name="shop", nodes={node.unique_id: node for node in NODES})
HEAD = """id: shop
domain: sales
display_name: Shop
description: All that is sold.
owners: [{id: ana, type: BUSINESS_OWNER}]
lifecycle: deprecated
assets: ["ref('orders')", "ref('users')", "source('stripe', 'charges')"]
contract:
"""


def publication(text: str, files: dict[str, str] | None = None) -> Publication:
    other = (files or {}).__getitem__
    parsed = parse_product_file(text, "shop.yml", "UTC", other)
    assert [str(problem) for problem in parsed.problems if problem.is_error] == []
    return published(*parsed.documents, project=PROJECT)


def product(contract: str, files: dict[str, str] | None = None) -> DataProduct:
    (found,) = publication(HEAD + contract, files).products
    return found


def exported(found: DataProduct) -> tuple[tuple[Exported, ...], tuple[str, ...]]:
    return to_odcs(found, PROJECT, 3 * DAY)


def content(text: str) -> dict[str, Any]:
    root = compose(text, Findings("c.yaml"))
    assert root is not None
    found = plain(root)
    assert isinstance(found, dict)
    return found


def by_urn(assertions: Iterable[Assertion]) -> dict[str, Assertion]:
    return {assertion.urn: assertion for assertion in assertions}


CONTRACTS = [
    "  - {asset: ref('orders'), tests: all}",
    "  - {asset: ref('orders'), tests: all, impact: warning}",
    "  - {asset: ref('orders'), build: true, tests: [nn], expect_every: never}",
    "  - {asset: ref('orders'), tests: [nn, u], expect_every: 1d, impact: warning}",
    "  - {asset: ref('orders'), build: true, freshness: {max_age: 36h}}",
    "  - {asset: ref('orders'), freshness: {max_age: 90m}, impact: warning}",
    "  - {asset: ref('orders'), freshness: {max_age: 45s}}",
    "  - {asset: ref('orders'), freshness: {ready_by: '09:00', timezone: Europe/Amsterdam}}",
    "  - {asset: ref('orders'), freshness: {ready_by: '10:30', days: MON-FRI}}",
    "  - {asset: ref('orders'), freshness: {ready_by: '10:30', look_back: 4h}, impact: warning}",
    "  - {asset: ref('orders'), freshness: {cron: '0,30 8-18 1-5 * MON', timezone: Asia/Tokyo}}",
    "  - {asset: ref('orders'), freshness: {ready_by: '10:30', holidays: [2026-12-25]}}",
    "  - {asset: ref('users'), build: true}",
    "  - {asset: ref('users'), build: true, impact: warning}",
    "  - {asset: \"source('stripe', 'charges')\", tests: all, freshness: {max_age: 1d}}",
    (
        "  - {asset: ref('orders'), build: true}\n"
        "  - {asset: ref('orders'), tests: [u], impact: warning}\n"
        "  - {asset: ref('orders'), tests: [nn]}\n"
        "  - {asset: ref('users'), build: true}\n"
        "  - {asset: \"source('stripe', 'charges')\", freshness: {max_age: 1w}}"
    ),
]


@pytest.mark.parametrize("contract", CONTRACTS)
def test_promises_that_went_out_come_back_as_they_were(contract: str) -> None:
    ours = product(contract)
    files = {one.written.name: one.written.text for one in exported(ours)[0]}
    back = product("\n".join(f"  - {{odcs: {name}}}" for name in files), files)
    wanted = by_urn(ours.assertions)
    found = by_urn(back.assertions)
    # Describing the columns of a model that dbt enforces promises its build, asked for or not.
    assert {urn: found.get(urn) for urn in wanted} == wanted
    assert {urn for urn in found if "/build/" not in urn} == {
        u for u in wanted if "/build/" not in u
    }


@pytest.mark.parametrize("contract", CONTRACTS)
def test_what_goes_out_is_as_the_standard_publishes_it(contract: str) -> None:
    for one in exported(product(contract))[0]:
        document = content(one.written.text)
        assert violations(document, ODCS, document["apiVersion"]) == ()
        read = OpenDataContractStandard.from_string(one.written.text)
        assert read.model_dump(by_alias=True, exclude_none=True) == document


def test_a_contract_says_whose_it_is_and_what_it_promises() -> None:
    (one,), notes = exported(
        product(
            "  - {asset: ref('orders'), build: true, tests: [nn, v, r, t, singular], "
            "freshness: {ready_by: '09:00', timezone: Europe/Amsterdam, days: MON-FRI}}"
        )
    )
    assert notes == ()
    assert (one.asset, one.written.name) == ("ref('shop', 'orders')", "shop-orders.odcs.yaml")
    assert content(one.written.text) == {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": "shop.orders",
        "name": "Shop: orders",
        "version": "1.0.0",
        "status": "deprecated",
        "domain": "sales",
        "description": {"purpose": "All that is sold."},
        "team": {"name": "Shop", "members": [{"username": "ana", "role": "owner"}]},
        "schema": [
            {
                "name": "orders",
                "physicalName": "orders_v2",
                "physicalType": "table",
                "description": "One row per order.",
                "properties": [
                    {"name": "id", "physicalType": "bigint", "required": True},
                    {
                        "name": "status",
                        "quality": [
                            {
                                "type": "library",
                                "metric": "invalidValues",
                                "mustBe": 0,
                                "arguments": {"validValues": ["a", "b"]},
                            }
                        ],
                    },
                    {
                        "name": "user_id",
                        "relationships": [{"type": "foreignKey", "to": "users.id"}],
                    },
                ],
                "quality": [
                    {"type": "custom", "engine": "dbt", "implementation": "singular"},
                    {
                        "type": "library",
                        "metric": "duplicateValues",
                        "mustBe": 0,
                        "arguments": {"properties": ["id", "status"]},
                    },
                ],
                "customProperties": [
                    {"property": "datahubDataProducts", "value": [{"build": True}]}
                ],
            }
        ],
        "slaProperties": [
            {
                "property": "timeOfAvailability",
                "value": "09:00",
                "valueExt": "Europe/Amsterdam",
                "scheduler": "cron",
                "schedule": "0 9 * * MON,TUE,WED,THU,FRI",
            }
        ],
    }


def test_a_source_is_named_as_a_source_and_a_version_with_its_number() -> None:
    (one,), _ = exported(product("  - {asset: \"source('stripe', 'charges')\", tests: all}"))
    assert one.asset == "source('stripe', 'charges')"
    versioned = model("prices", version="2")
    project = Project(name="shop", nodes={versioned.unique_id: versioned})
    text = (
        "id: p\ndomain: d\nassets: [ref('prices')]\ncontract: [{asset: ref('prices'), build: true}]"
    )
    documents = parse_product_file(text, "p.yml", "UTC").documents
    (found,) = published(*documents, project=project).products
    ((one,), _) = to_odcs(found, project, None)
    assert one.asset == "ref('shop', 'prices', v=2)"


def test_assertions_by_urn_are_told_and_tables_that_dbt_does_not_have_are_described_by_name() -> (
    None
):
    urn = "urn:li:dataset:(urn:li:dataPlatform:kafka,raw.orders,PROD)"
    text = (
        f"id: p\ndomain: d\nassets: ['{urn}']\ncontract:\n  - assertion: urn:li:assertion:1\n"
        f"  - {{asset: '{urn}', freshness: {{max_age: 1h}}}}\n"
    )
    documents = parse_product_file(text, "p.yml", "UTC").documents
    (found,) = published(*documents, project=None).products
    ((one,), notes) = to_odcs(found, None, None)
    assert notes == (
        "urn:li:assertion:1: an assertion by its URN has no place in ODCS, and is left out",
    )
    assert one.written.notes == ("dbt has no such table, so its columns are not known",)
    document = content(one.written.text)
    assert document["slaProperties"] == [{"property": "latency", "value": 1, "unit": "h"}]
    assert list(document["schema"][0]) == ["name"]


def test_tests_of_a_promise_on_another_asset_find_its_table() -> None:
    found = product("  - {asset: ref('orders'), tests: [nn]}")
    ((one,), _) = exported(replace(found, assets=()))
    assert content(one.written.text)["schema"][0]["name"] == "orders"


def test_equal_products_give_equal_bytes() -> None:
    contract = CONTRACTS[0]
    assert exported(product(contract)) == exported(product(contract))
