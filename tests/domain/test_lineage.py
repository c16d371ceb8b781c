"""What a product uses according to dbt is held against what its file declares."""

from collections.abc import Iterable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.domain.documents import InputDocument, Marked, ProductDocument
from datahub_dataproducts.domain.lineage import review_inputs
from datahub_dataproducts.domain.nodes import Node
from datahub_dataproducts.domain.problems import Location
from datahub_dataproducts.domain.products import Asset, DataProduct, Input

HERE = Location("data_products/shop.yml")


def node(unique_id: str, *reads: str, materialization: str = "table") -> Node:
    type_, _, name = unique_id.partition(".")
    return Node(
        unique_id=unique_id,
        resource_type=type_,
        name=name,
        package="shop",
        materialization=materialization,
        depends_on=reads,
    )


def of(*nodes: Node) -> dict[str, Node]:
    return {node.unique_id: node for node in nodes}


def product(
    id_: str, *assets: str, ports: Iterable[str] = (), inputs: Iterable[str] = ()
) -> DataProduct:
    """Assets and ports by dbt's unique id, or as a URN."""
    known = tuple(
        Asset(urn=asset, name=asset, node="" if asset.startswith("urn:") else asset)
        for asset in assets
    )
    return DataProduct(
        id=id_,
        domain="urn:li:domain:shop",
        assets=known,
        output_ports=tuple(ports),
        inputs=tuple(Input(product=input_) for input_ in inputs),
    )


def told(products: list[DataProduct], nodes: Mapping[str, Node]) -> set[tuple[str, str, str]]:
    """Code, product and the other product of each warning."""
    documents = [
        ProductDocument(
            id=Marked(product.id, HERE),
            domain=Marked("shop", HERE),
            inputs=tuple(
                InputDocument(product=input_.product, required=True, location=HERE)
                for input_ in product.inputs
            ),
        )
        for product in products
    ]
    return {
        (problem.code, problem.product or "", problem.message.split('"')[1])
        for problem in review_inputs(documents, products, nodes)
    }


BETWEEN = {
    "an ephemeral model": node("model.between", "model.users", materialization="ephemeral"),
    "a versioned model": node("model.between.v1", "model.users"),
    "a snapshot": node("snapshot.between", "model.users"),
    "a semantic model": node("semantic_model.between", "model.users"),
    "a metric": node("metric.between", "model.users"),
    "an analysis": node("analysis.between", "model.users"),
}


@pytest.mark.parametrize("between", BETWEEN.values(), ids=BETWEEN.keys())
@pytest.mark.parametrize("reader", ["model.revenue", "exposure.board", "semantic_model.revenue"])
def test_a_way_to_an_input_leads_through_whatever_dbt_knows(between: Node, reader: str) -> None:
    nodes = of(node("model.users"), between, node(reader, between.unique_id))
    users = product("users", "model.users", ports=["model.users"])
    assert told([users, product("revenue", reader)], nodes) == {
        ("undeclared-input", "revenue", "users")
    }
    assert told([users, product("revenue", reader, inputs=["users"])], nodes) == set()


def test_a_metric_on_a_metric_leads_an_exposure_to_its_input() -> None:
    nodes = of(
        node("model.users"),
        node("semantic_model.users", "model.users"),
        node("metric.active", "semantic_model.users"),
        node("metric.share", "metric.active"),
        node("exposure.board", "metric.share"),
    )
    users = product("users", "model.users", ports=["model.users"])
    assert told([users, product("board", "exposure.board")], nodes) == {
        ("undeclared-input", "board", "users")
    }


def test_a_source_table_may_be_the_port_of_a_product() -> None:
    nodes = of(node("source.raw.charges"), node("model.revenue", "source.raw.charges"))
    raw = product("raw", "source.raw.charges", ports=["source.raw.charges"])
    assert told([raw, product("revenue", "model.revenue", inputs=["raw"])], nodes) == set()


def test_each_version_is_a_port_of_its_own() -> None:
    nodes = of(
        node("model.users.v1"), node("model.users.v2"), node("model.revenue", "model.users.v1")
    )
    users = product("users", "model.users.v2", ports=["model.users.v2"])
    old = product("old", "model.users.v1", ports=["model.users.v1"])
    assert told([users, old, product("revenue", "model.revenue", inputs=["users"])], nodes) == {
        ("undeclared-input", "revenue", "old"),
        ("input-not-in-lineage", "revenue", "users"),
    }


@pytest.mark.parametrize(
    ("assets", "ports"),
    [
        (["model.revenue", "urn:li:dashboard:(looker,1)"], ["model.users"]),
        (["model.revenue"], ["model.users", "urn:li:dashboard:(looker,2)"]),
        (["urn:li:dashboard:(looker,1)"], ["model.users"]),
        (["model.revenue"], []),
        ([], ["model.users"]),
    ],
)
def test_an_input_that_may_be_read_outside_dbt_is_not_held_to_be_wrong(
    assets: list[str], ports: list[str]
) -> None:
    nodes = of(node("model.users"), node("model.revenue"))
    users = product("users", "model.users", *ports[1:], ports=ports)
    assert told([users, product("revenue", *assets, inputs=["users"])], nodes) == set()


def test_a_product_that_was_not_published_is_not_asked() -> None:
    document = ProductDocument(id=Marked("gone", HERE), domain=Marked("shop", HERE))
    assert review_inputs([document], [], of(node("model.users"))) == []


def reached(start: str, nodes: Mapping[str, Node], ports: Mapping[str, set[str]]) -> set[str]:
    """The products whose ports lie upstream with no port between, found by walking every way."""
    found: set[str] = set()
    ways = [upstream for upstream in nodes[start].depends_on if upstream in nodes]
    while ways:
        at = ways.pop()
        if at in ports:
            found |= ports[at]
        else:
            ways += [upstream for upstream in nodes[at].depends_on if upstream in nodes]
    return found


@st.composite
def projects(draw: st.DrawFn) -> tuple[dict[str, Node], list[DataProduct]]:
    count = draw(st.integers(1, 9))
    names = [f"model.m{i}" for i in range(count)]
    nodes = of(
        *(
            node(name, *draw(st.lists(st.sampled_from([*names[:i], "model.gone"]), max_size=3)))
            for i, name in enumerate(names)
        )
    )
    products = []
    for id_ in ("a", "b", "c"):
        assets = draw(st.lists(st.sampled_from(names), unique=True, max_size=4))
        ports = draw(st.lists(st.sampled_from(assets), unique=True)) if assets else []
        inputs = draw(st.lists(st.sampled_from(sorted({"a", "b", "c"} - {id_})), unique=True))
        products.append(product(id_, *assets, ports=ports, inputs=inputs))
    return nodes, products


@given(projects())
def test_what_is_told_is_what_walking_every_way_finds(
    project: tuple[dict[str, Node], list[DataProduct]],
) -> None:
    nodes, products = project
    ports: dict[str, set[str]] = {}
    for one in products:
        for port in one.output_ports:
            ports.setdefault(port, set()).add(one.id)
    expected = set()
    for one in products:
        found: set[str] = set()
        for asset in one.assets or ():
            found |= reached(asset.node, nodes, ports)
        declared = {input_.product for input_ in one.inputs}
        expected |= {("undeclared-input", one.id, o) for o in found - declared - {one.id}}
        ported = {other.id for other in products if other.output_ports}
        if one.assets:
            expected |= {("input-not-in-lineage", one.id, o) for o in (declared & ported) - found}
    assert told(products, nodes) == expected
