import pytest

from datahub_dataproducts.domain.nodes import Node


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
