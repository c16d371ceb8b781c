"""What a contract file describes is promised by the dbt tests that check it."""

from dataclasses import replace
from typing import Any

from datahub_dataproducts.application.publish import Publication
from datahub_dataproducts.domain.assertions import AssertionKind, Impact
from datahub_dataproducts.domain.described_tables import (
    Check,
    CheckKind,
    DescribedColumn,
    DescribedTable,
)
from datahub_dataproducts.domain.documents import (
    PromiseDocument,
    Selection,
    UrnRef,
)
from datahub_dataproducts.domain.nodes import Column, Project
from datahub_dataproducts.domain.problems import Location
from tests.application.test_publish import (
    NODES,
    ORDERS,
    PROJECT,
    complaints,
    document,
    mark,
    promise,
    published,
    selecting,
)

HERE = Location("contracts/orders.odcs.yaml", 7, 3)
ENFORCED = Project(
    name="shop",
    nodes={
        node.unique_id: replace(node, contract_enforced=True, columns=(Column("id"),))
        if node.unique_id == ORDERS
        else node
        for node in NODES
    },
)


def described(*kinds: CheckKind, **fields: Any) -> PromiseDocument:
    checks = tuple(Check(kind=kind, columns=(("id",),), location=HERE) for kind in kinds)
    fields = {"checks": checks, **fields}
    return promise("orders", described=DescribedTable(location=HERE, **fields))


def with_contract(*promises: PromiseDocument, project: Project = PROJECT) -> Publication:
    product = document("shop", assets=(mark("orders"),), contract=promises)
    return published(product, project=project)


def promised(publication: Publication) -> list[tuple[str, Impact]]:
    (product,) = publication.products
    return [(assertion.node, assertion.impact) for assertion in product.assertions]


def test_a_check_is_promised_by_the_test_of_dbt() -> None:
    found = with_contract(described(CheckKind.NOT_NULL, CheckKind.UNIQUE))
    assert complaints(found) == []
    assert promised(found) == [
        ("test.shop.not_null_orders_id", Impact.BLOCKING),
        ("test.shop.unique_orders_id", Impact.BLOCKING),
    ]


def test_a_check_may_have_an_impact_of_its_own() -> None:
    mild = Check(kind=CheckKind.UNIQUE, columns=(("id",),), impact=Impact.WARNING, location=HERE)
    found = with_contract(described(checks=(mild,)))
    assert promised(found) == [("test.shop.unique_orders_id", Impact.WARNING)]


def test_the_columns_of_an_enforced_model_promise_its_build() -> None:
    column = DescribedColumn(("id",), HERE)
    found = with_contract(described(columns=(column,)), project=ENFORCED)
    assert complaints(found) == []
    (product,) = found.products
    assert [assertion.kind for assertion in product.assertions] == [AssertionKind.BUILD]


def test_what_the_file_and_the_product_both_say_is_one_promise_and_no_complaint() -> None:
    own = promise("orders", build=True, tests=selecting(Selection.ALL), impact=Impact.WARNING)
    file = described(CheckKind.NOT_NULL, columns=(DescribedColumn(("id",), HERE),))
    found = with_contract(file, own, project=ENFORCED)
    assert complaints(found) == []
    assert dict(promised(found)) == {
        ORDERS: Impact.BLOCKING,
        "test.shop.not_null_orders_id": Impact.BLOCKING,
        "test.shop.unique_orders_id": Impact.WARNING,
        "test.shop.orders_users": Impact.WARNING,
        "test.shop.totals_add_up": Impact.WARNING,
    }


def test_a_described_asset_that_dbt_does_not_test_is_told() -> None:
    urn = "urn:li:dataset:(urn:li:dataPlatform:kafka,orders,PROD)"
    asset = mark(UrnRef(urn))
    entry = replace(described(CheckKind.NOT_NULL), asset=asset)
    found = published(document("shop", assets=(asset,), contract=(entry,)))
    (line,) = complaints(found)
    assert line.startswith("contracts/orders.odcs.yaml:7:3: warning[schema-not-enforced]: what ")
    assert line.endswith(
        "is not checked: dbt has no tests of it; promise an assertion that DataHub has by "
        "`assertion: urn:li:assertion:<id>`"
    )
