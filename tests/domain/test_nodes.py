from dataclasses import replace

import pytest

from datahub_dataproducts.domain.nodes import Column, Node, Project


@pytest.mark.parametrize(
    ("resource_type", "materialization", "moves"),
    [
        ("model", "table", True),
        ("model", "incremental", True),
        ("model", "materialized_view", True),
        ("model", "view", False),
        ("model", "ephemeral", False),
        ("model", "semantic_view", False),
        ("seed", "seed", True),
        ("snapshot", "snapshot", True),
        ("source", "", False),
        ("test", "test", False),
        ("exposure", "", False),
    ],
)
def test_building_a_table_moves_data_and_building_a_view_moves_none(
    resource_type: str, materialization: str, moves: bool
) -> None:
    node = Node(
        unique_id=f"{resource_type}.p.n",
        resource_type=resource_type,
        name="n",
        package="p",
        materialization=materialization,
    )
    assert node.moves_data is moves


def test_columns_of_the_warehouse_fill_in_what_nobody_wrote() -> None:
    written = (Column("ID"), Column("amount", "numeric"))
    orders = Node(
        unique_id="model.shop.orders",
        resource_type="model",
        name="orders",
        package="shop",
        columns=written,
    )
    users = replace(orders, unique_id="model.shop.users", name="users")
    project = Project(name="shop", nodes={n.unique_id: n for n in (orders, users)})
    found = (Column("id", "INTEGER"), Column("amount", "DOUBLE"), Column("loaded_at", "TIMESTAMP"))
    full = project.with_columns({"model.shop.orders": found, "model.shop.gone": found})
    assert full.nodes["model.shop.orders"].columns == (
        Column("ID", "INTEGER"),
        Column("amount", "numeric"),
        Column("loaded_at", "TIMESTAMP"),
    )
    assert full.nodes["model.shop.users"] == users
    assert full.nodes.keys() == project.nodes.keys()
