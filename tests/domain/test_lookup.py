"""A name in a product file means one dbt node, or the reason why it means none is told."""

from collections.abc import Iterable

import pytest

from datahub_dataproducts.domain.documents import ExposureRef, ModelRef, SemanticRef, SourceRef
from datahub_dataproducts.domain.lookup import Lookup, Miss, NodeRef
from datahub_dataproducts.domain.nodes import Node, Project


def node(unique_id: str, **fields: object) -> Node:
    type_, package, name = unique_id.split(".")[:3]
    given = {"resource_type": type_, "name": name, "package": package, **fields}
    return Node(unique_id=unique_id, **given)  # type: ignore[arg-type]


def version(number: str, *, latest: bool = False, package: str = "shop") -> Node:
    return node(f"model.{package}.orders.v{number}", version=number, is_latest=latest)


def lookup_in(nodes: Iterable[Node], disabled: Iterable[str] = ()) -> Lookup:
    by_id = {node.unique_id: node for node in nodes}
    return Lookup(Project(name="shop", nodes=by_id, disabled=frozenset(disabled)))


def missed(lookup: Lookup, ref: NodeRef) -> Miss:
    found = lookup.find(ref)
    assert isinstance(found, Miss), found
    return found


IF_NEW = "see to its spelling; if it is new in dbt, run `dbt parse` again"


@pytest.mark.parametrize(
    ("unique_id", "ref"),
    [
        ("model.shop.orders", ModelRef("orders")),
        ("seed.shop.countries", ModelRef("countries")),
        ("snapshot.shop.users_history", ModelRef("users_history")),
        ("model.finance.revenue", ModelRef("revenue", "finance")),
        ("model.finance.revenue", ModelRef("revenue")),
        ("model.shop.sessions", ModelRef("sessions")),
        ("source.shop.stripe.charges", SourceRef("stripe", "charges")),
        ("exposure.shop.weekly", ExposureRef("weekly")),
        ("semantic_model.shop.orders", SemanticRef("semantic_model", "orders")),
    ],
)
def test_every_kind_of_asset_is_found_by_its_words(unique_id: str, ref: NodeRef) -> None:
    lookup = lookup_in([
        node("model.shop.orders"),
        node("seed.shop.countries"),
        node("snapshot.shop.users_history"),
        node("model.finance.revenue"),
        node("model.shop.sessions", materialization="ephemeral"),
        node("source.shop.stripe.charges", source_name="stripe", name="charges"),
        node("exposure.shop.weekly"),
        node("semantic_model.shop.orders"),
    ])
    found = lookup.find(ref)
    assert isinstance(found, Node), found
    assert found.unique_id == unique_id


@pytest.mark.parametrize(
    ("ref", "unique_id"),
    [
        (ModelRef("orders"), "model.shop.orders.v2"),
        (ModelRef("orders", version="1"), "model.shop.orders.v1"),
        (ModelRef("orders", version="10"), "model.shop.orders.v10"),
        (ModelRef("orders", "shop", "2"), "model.shop.orders.v2"),
    ],
)
def test_a_model_without_a_version_is_its_latest(ref: ModelRef, unique_id: str) -> None:
    found = lookup_in([version("1"), version("2", latest=True), version("10")]).find(ref)
    assert isinstance(found, Node)
    assert found.unique_id == unique_id


def test_a_version_that_there_is_not_names_those_there_are() -> None:
    lookup = lookup_in([version("10"), version("2", latest=True)])
    miss = missed(lookup, ModelRef("orders", version="3"))
    assert (miss.code, miss.remedy) == ("unknown-version", "its versions are 2, 10")
    miss = missed(lookup_in([node("model.shop.users")]), ModelRef("users", version="3"))
    assert miss.remedy == "it has no versions"


def test_a_version_that_is_disabled_is_not_just_unknown() -> None:
    lookup = lookup_in([version("2", latest=True)], ["model.shop.orders.v1"])
    assert missed(lookup, ModelRef("orders", version="1")).code == "disabled-node"
    assert missed(lookup, ModelRef("orders", version="3")).code == "unknown-version"


def test_where_no_version_is_said_to_be_the_latest_one_is_taken() -> None:
    found = lookup_in([version("1"), version("2")]).find(ModelRef("orders"))
    assert isinstance(found, Node)


@pytest.mark.parametrize(
    ("ref", "code"),
    [
        (ModelRef("orders"), "disabled-node"),
        (ModelRef("orders", "shop"), "disabled-node"),
        (ModelRef("orders", "finance"), "unknown-model"),
        (SourceRef("stripe", "charges"), "disabled-node"),
        (ExposureRef("weekly"), "disabled-node"),
        (SemanticRef("semantic_model", "orders"), "disabled-node"),
        (ModelRef("order"), "unknown-model"),
    ],
)
def test_a_disabled_node_is_told_as_that(ref: NodeRef, code: str) -> None:
    disabled = [
        "model.shop.orders",
        "source.shop.stripe.charges",
        "exposure.shop.weekly",
        "semantic_model.shop.orders",
        "nodots",
        "model.",
    ]
    assert missed(lookup_in([], disabled), ref).code == code


@pytest.mark.parametrize(
    ("ref", "code", "near"),
    [
        (ModelRef("order"), "unknown-model", 'did you mean "orders"?'),
        (ModelRef("orders", "finance"), "unknown-model", "orders is in shop"),
        (SourceRef("stripe", "charge"), "unknown-source", 'did you mean "stripe.charges"?'),
        (ExposureRef("weakly"), "unknown-exposure", 'did you mean "weekly"?'),
        (
            SemanticRef("semantic_model", "order"),
            "unknown-semantic-model",
            'did you mean "orders"?',
        ),
    ],
)
def test_a_name_that_is_not_known_suggests_the_nearest(ref: NodeRef, code: str, near: str) -> None:
    lookup = lookup_in([
        node("model.shop.orders"),
        node("source.shop.stripe.charges", source_name="stripe", name="charges"),
        node("exposure.shop.weekly"),
        node("semantic_model.shop.orders"),
    ])
    miss = missed(lookup, ref)
    assert (miss.code, miss.remedy) == (code, near)
    assert str(ref) in miss.message


@pytest.mark.parametrize(
    ("kind", "ref"),
    [
        ("model", ModelRef("orders")),
        ("exposure", ExposureRef("orders")),
        ("semantic_model", SemanticRef("semantic_model", "orders")),
    ],
)
def test_a_name_in_several_packages_is_the_projects_own_or_refused(kind: str, ref: NodeRef) -> None:
    elsewhere = [node(f"{kind}.finance.orders"), node(f"{kind}.sales.orders")]
    miss = missed(lookup_in(elsewhere), ref)
    assert miss.code == "ambiguous-name"
    assert "finance, sales" in miss.message
    found = lookup_in([*elsewhere, node(f"{kind}.shop.orders")]).find(ref)
    assert isinstance(found, Node)
    assert found.package == "shop"


def semantic_layer() -> Lookup:
    return lookup_in([
        version("1"),
        version("2", latest=True),
        node("model.finance.rates"),
        node("model.shop.stg_orders"),
        node("semantic_model.shop.sales", depends_on=("model.shop.orders.v1",)),
        node("metric.shop.revenue", depends_on=("semantic_model.shop.sales",)),
        node(
            "metric.shop.margin",
            depends_on=("metric.shop.revenue", "metric.shop.margin", "model.finance.rates"),
        ),
        node("saved_query.shop.weekly", depends_on=("metric.shop.margin", "metric.shop.gone")),
    ])


@pytest.mark.parametrize(
    ("ref", "message", "remedy"),
    [
        (
            SemanticRef("metric", "revenue"),
            "metric('revenue') cannot be an asset: DataHub's data products hold no metrics",
            "name what it is built on: semantic_model('sales'), ref('orders', v=1)",
        ),
        (
            SemanticRef("saved_query", "weekly"),
            "saved_query('weekly') cannot be an asset: DataHub's data products hold no saved queries",
            "name what it is built on: ref('finance', 'rates'), semantic_model('sales'), ref('orders', v=1)",
        ),
        (
            SemanticRef("metric", "nowhere"),
            "metric('nowhere') cannot be an asset: DataHub's data products hold no metrics",
            "name the models or the semantic model that it is built on",
        ),
    ],
)
def test_a_metric_is_no_asset_and_what_it_is_built_on_is_named(
    ref: SemanticRef, message: str, remedy: str
) -> None:
    assert missed(semantic_layer(), ref) == Miss(
        code="not-an-asset", message=message, remedy=remedy
    )


def test_where_very_many_names_are_unknown_only_the_first_are_told_what_is_near() -> None:
    lookup = lookup_in([node("model.shop.orders")])
    remedies = [missed(lookup, ModelRef(f"orders{n}")).remedy for n in range(60)]
    assert remedies == ['did you mean "orders"?'] * 50 + [IF_NEW] * 10


@pytest.mark.parametrize(
    "ref",
    [
        ModelRef("x"),
        SourceRef("x", "y"),
        ExposureRef("x"),
        SemanticRef("semantic_model", "x"),
    ],
)
def test_what_resembles_nothing_may_be_newer_than_the_manifest(ref: NodeRef) -> None:
    assert missed(lookup_in([node("model.shop.orders")]), ref).remedy == IF_NEW
