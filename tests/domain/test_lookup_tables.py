"""A table of a contract file is found by the names it has in dbt or in the database."""

import pytest

from datahub_dataproducts.domain.documents import TableRef
from datahub_dataproducts.domain.lookup import Lookup, Miss
from datahub_dataproducts.domain.nodes import Node, Project


def node(unique_id: str, **fields: object) -> Node:
    type_, package, *_, name = unique_id.split(".")
    given = {"resource_type": type_, "name": name, "package": package, **fields}
    return Node(unique_id=unique_id, **given)  # type: ignore[arg-type]


NODES = (
    node("model.shop.fct_orders", alias="orders_v2", schema="marts", database="db"),
    node("source.shop.app.users", source_name="app", identifier="USERS_RAW"),
    node("seed.shop.codes"),
    node("model.shop.prices.v1", name="prices", version="1", is_latest=False),
    node("model.shop.prices.v2", name="prices", version="2"),
    node("model.shop.events"),
    node("source.shop.app.events", source_name="app"),
    node("test.shop.lonely"),
)
LOOKUP = Lookup(Project(name="shop", nodes={n.unique_id: n for n in NODES}))


@pytest.mark.parametrize(
    ("ref", "unique_id"),
    [
        (TableRef("fct_orders"), "model.shop.fct_orders"),
        (TableRef("orders", "orders_v2"), "model.shop.fct_orders"),
        (TableRef("orders", "marts.orders_v2"), "model.shop.fct_orders"),
        (TableRef("orders", "DB.MARTS.ORDERS_V2"), "model.shop.fct_orders"),
        (TableRef("people", "users_raw"), "source.shop.app.users"),
        (TableRef("codes"), "seed.shop.codes"),
        (TableRef("prices"), "model.shop.prices.v2"),
    ],
)
def test_a_table_is_found_by_either_of_its_names(ref: TableRef, unique_id: str) -> None:
    found = LOOKUP.find(ref)
    assert isinstance(found, Node), found
    assert found.unique_id == unique_id


@pytest.mark.parametrize(
    ("ref", "miss"),
    [
        (
            TableRef("fct_order"),
            Miss(
                code="unknown-table",
                message='the table "fct_order" is not known: the dbt project has no model, seed, '
                "snapshot or source table of that name",
                remedy='did you mean "fct_orders"?',
            ),
        ),
        (
            TableRef("zzz", "lonely"),
            Miss(
                code="unknown-table",
                message='the table "lonely" is not known: the dbt project has no model, seed, '
                "snapshot or source table of that name",
                remedy="say which it is by `asset:` beside `odcs:`",
            ),
        ),
        (
            TableRef("events"),
            Miss(
                code="ambiguous-name",
                message='the table "events" could be any of model.shop.events, '
                "source.shop.app.events",
                remedy="say which by `asset:` beside `odcs:`",
            ),
        ),
    ],
)
def test_a_table_that_is_none_or_several_is_told(ref: TableRef, miss: Miss) -> None:
    assert LOOKUP.find(ref) == miss
