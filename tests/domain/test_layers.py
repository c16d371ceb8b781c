"""Where a node stands, by its folders and its name."""

import pytest

from datahub_dataproducts.domain.layers import domain_folder, folders, is_inner, marts_folder
from tests.dbt_projects import model


@pytest.mark.parametrize(
    ("folder", "inner", "marts", "domain"),
    [
        ("", False, None, ""),
        ("marts", False, 0, ""),
        ("Marts/Finance", False, 0, "Finance"),
        ("finance/marts/daily", False, 1, "finance"),
        ("staging/stripe", True, None, "stripe"),
        ("marts/core/intermediate", True, 0, "core"),
        ("staging/erp/marts", False, 2, "erp"),
        ("gold", False, 0, ""),
        ("silver/sales", True, None, "sales"),
    ],
)
def test_the_folders_say_the_layer_and_the_part_of_the_business(
    folder: str, inner: bool, marts: int | None, domain: str
) -> None:
    node = model("orders", folder=folder)
    assert (is_inner(node), marts_folder(node), domain_folder(node)) == (inner, marts, domain)


@pytest.mark.parametrize("name", ["stg_orders", "INT_orders", "base_x", "raw_orders", "tmp_x"])
def test_a_prefix_says_that_a_model_is_made_on_the_way(name: str) -> None:
    assert is_inner(model(name))


def test_a_node_without_a_file_has_no_folders() -> None:
    assert folders(model("x", file="")) == ()
