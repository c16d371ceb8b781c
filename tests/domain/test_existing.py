"""Which dbt nodes product files speak of already."""

from dataclasses import replace

from datahub_dataproducts.domain.documents import (
    AssetRef,
    InputDocument,
    Marked,
    ModelRef,
    ProductDocument,
    UrnRef,
)
from datahub_dataproducts.domain.existing import existing_products
from datahub_dataproducts.domain.nodes import Node
from datahub_dataproducts.domain.problems import Location
from tests.dbt_projects import model, project

PLACE = Location("a.yml", 1, 1)
ORDERS, USERS = model("orders"), model("users")
PROJECT = project(ORDERS, USERS)


def urns_of(node: Node) -> tuple[str, ...]:
    return (f"urn:li:dataset:{node.name}", f"urn:li:dataset:dbt.{node.name}")


def document(id_: str, *assets: AssetRef, inputs: tuple[str, ...] = ()) -> ProductDocument:
    refs = tuple(Marked(asset, PLACE) for asset in assets)
    return ProductDocument(
        id=Marked(id_, PLACE),
        domain=Marked("d", PLACE),
        assets=refs,
        output_ports=refs,
        inputs=tuple(InputDocument(product=i, required=True, location=PLACE) for i in inputs),
    )


def test_assets_and_ports_are_known_by_their_nodes() -> None:
    found = existing_products([document("a", ModelRef("orders"))], PROJECT, urns_of)
    assert found.ids == {"a"}
    assert found.assets == {ORDERS.unique_id: ["a"]}
    assert found.ports == {ORDERS.unique_id: ["a"]}


def test_an_asset_given_by_any_of_its_urns_is_taken_but_no_port_that_lineage_sees() -> None:
    given = UrnRef("urn:li:dataset:dbt.orders")
    found = existing_products([document("a", given)], PROJECT, urns_of)
    assert (found.assets, found.ports) == ({ORDERS.unique_id: ["a"]}, {})


def test_what_dbt_does_not_know_is_passed_over() -> None:
    strangers = document("a", ModelRef("gone"), UrnRef("urn:li:dashboard:(looker,1)"))
    found = existing_products([strangers], PROJECT, urns_of)
    assert (found.ids, found.assets, found.ports) == ({"a"}, {}, {})


def test_the_assets_of_a_product_with_errors_are_taken_though_it_is_not_published() -> None:
    wrong = replace(document("a", ModelRef("orders")), wrong=True)
    found = existing_products([wrong], PROJECT, urns_of)
    assert (found.assets, found.ports) == ({ORDERS.unique_id: ["a"]}, {})


def test_ids_and_inputs_are_known_without_what_makes_them_urns() -> None:
    written = document("urn:li:dataProduct:a", inputs=("urn:li:dataProduct:b", "c"))
    found = existing_products([written], PROJECT, urns_of)
    assert found.ids == {"a"}
    assert dict(found.inputs) == {"a": ["b", "c"]}


def test_a_product_without_the_key_assets_takes_nothing() -> None:
    bare = replace(document("a"), assets=None)
    assert existing_products([bare], PROJECT, urns_of).assets == {}
