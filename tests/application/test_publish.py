from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.application.publish import Policy, Publication, publish
from datahub_dataproducts.domain.assertions import (
    AssertionKind,
    Deadline,
    Impact,
    MaxAge,
    Outcome,
    Update,
)
from datahub_dataproducts.domain.documents import (
    AssetRef,
    Evaluator,
    ExposureRef,
    InputDocument,
    Marked,
    ModelRef,
    OwnerDocument,
    ProductDocument,
    PromiseDocument,
    Selection,
    SemanticRef,
    SourceRef,
    TestSelection,
    UrnRef,
)
from datahub_dataproducts.domain.durations import DAY, HOUR
from datahub_dataproducts.domain.nodes import Node, NodeRun, Project, RunStatus, SourceLoad
from datahub_dataproducts.domain.problems import Location, Problem, ProblemSeverity
from datahub_dataproducts.domain.products import (
    Asset,
    Input,
    Lifecycle,
    Objective,
    Owner,
)
from datahub_dataproducts.domain.rules import Rules
from datahub_dataproducts.domain.schedules import Schedule

DASHBOARD = "urn:li:dashboard:(looker,dashboards.42)"
OTHER_BOARD = "urn:li:dashboard:(looker,dashboards.43)"


class PlainNaming:
    """Names that a reader of these tests can follow."""

    def asset_urn(self, node: Node) -> str:
        if node.resource_type == "exposure":
            return f"urn:li:dashboard:(dbt,{node.unique_id})"
        return f"urn:li:dataset:{node.unique_id}"

    def sibling_urns(self, node: Node) -> tuple[str, ...]:
        return (self.asset_urn(node), f"urn:li:dataset:dbt.{node.unique_id}")

    def test_urns(self, test: Node, known: frozenset[str]) -> tuple[tuple[str, str], ...]:
        read = [upstream for upstream in test.depends_on if upstream in known]
        return tuple(
            (f"urn:li:assertion:{test.unique_id}@{upstream}", f"urn:li:dataset:{upstream}")
            for upstream in read
        )

    def own_assertion_urn(self, product: str, kind: str, asset: str) -> str:
        return f"urn:li:assertion:{product}/{kind}/{asset}"

    def domain_urn(self, domain: str) -> str:
        return f"urn:li:domain:{domain}"

    def owner_urn(self, owner: str) -> str:
        return owner if owner.startswith("urn:li:") else f"urn:li:corpuser:{owner}"

    def short_name(self, urn: str) -> str:
        return urn.rpartition(".")[2].rstrip(")")


def model(name: str, *, package: str = "shop", version: str = "", **fields: Any) -> Node:
    suffix = f".v{version}" if version else ""
    given = {"resource_type": "model", "materialization": "table", **fields}
    return Node(
        unique_id=f"{given['resource_type']}.{package}.{name}{suffix}",
        name=name,
        package=package,
        version=version,
        **given,
    )


def source(schema: str, table: str, *, package: str = "shop") -> Node:
    return Node(
        unique_id=f"source.{package}.{schema}.{table}",
        resource_type="source",
        name=table,
        package=package,
        source_name=schema,
    )


def dbt_test(name: str, *reads: str, kind: str = "", column: str = "", **fields: Any) -> Node:
    return Node(
        unique_id=f"test.shop.{name}",
        resource_type="test",
        name=name,
        package="shop",
        depends_on=reads,
        test_name=kind,
        column=column,
        attached_to=reads[0] if kind else "",
        **fields,
    )


ORDERS = "model.shop.orders"
USERS = "model.shop.users"
NODES = (
    model("orders", owners=(Owner(urn="urn:li:corpuser:ana", type="TECHNICAL_OWNER"),)),
    model("users"),
    model("recent_orders", materialization="view"),
    model("inline", materialization="ephemeral"),
    model("prices", version="1", is_latest=False),
    model("prices", version="2"),
    model("countries", package="geo"),
    model("calendar", package="geo"),
    model("calendar", package="time"),
    model("users", package="geo"),
    model("codes", resource_type="seed", materialization="seed"),
    source("stripe", "charges"),
    source("app", "events"),
    source("app", "events", package="geo"),
    source("geo", "cities", package="geo"),
    source("geo", "cities", package="time"),
    Node(unique_id="exposure.shop.board", resource_type="exposure", name="board", package="shop"),
    dbt_test("not_null_orders_id", ORDERS, kind="not_null", column="id", tags=("nightly",)),
    dbt_test("unique_orders_id", ORDERS, kind="unique", column="id"),
    dbt_test("orders_users", ORDERS, USERS, kind="relationships", column="user_id"),
    dbt_test("totals_add_up", ORDERS),
)
PROJECT = Project(
    name="shop",
    nodes={node.unique_id: node for node in NODES},
    disabled=frozenset({"model.shop.old", "model.shop.older.v1", "source.shop.app.old"}),
)


def at(line: int, file: str = "data_products/shop.yml") -> Location:
    return Location(file, line, 3)


def mark(ref: AssetRef | str, line: int = 5) -> Marked[AssetRef]:
    return Marked(ModelRef(ref) if isinstance(ref, str) else ref, at(line))


def document(id_: str, line: int = 1, **fields: Any) -> ProductDocument:
    return ProductDocument(
        id=Marked(id_, at(line)),
        domain=Marked("finance", at(line + 1)),
        **fields,
    )


def promise(asset: AssetRef | str | None = "orders", **fields: Any) -> PromiseDocument:
    marked = None if asset is None else mark(asset, 11)
    return PromiseDocument(location=at(10), asset=marked, **fields)


def selecting(by: Selection, *words: str) -> TestSelection:
    marked = tuple(Marked(word, at(20 + n)) for n, word in enumerate(words))
    return TestSelection(by=by, words=marked, location=at(19))


def published(
    *documents: ProductDocument,
    project: Project | None = PROJECT,
    problems: Sequence[Problem] = (),
    runs: Sequence[NodeRun] = (),
    loads: Sequence[SourceLoad] = (),
    policy: Policy | None = None,
    **asked: Any,
) -> Publication:
    return publish(
        documents,
        problems,
        project,
        runs=runs,
        loads=loads,
        naming=PlainNaming(),
        policy=policy or Policy(),
        **asked,
    )


def complaints(publication: Publication) -> list[str]:
    return [str(problem) for problem in publication.problems]


def test_a_product_has_urns_instead_of_names() -> None:
    objective = Objective(target=Fraction(99, 100), window=30 * DAY)
    shop = document(
        "urn:li:dataProduct:shop",
        name="Shop",
        owners=(OwnerDocument(id="ana", type="BUSINESS_OWNER", location=at(3)),),
        assets=(
            mark("orders"),
            mark(SourceRef("stripe", "charges")),
            mark(ExposureRef("board")),
            mark(UrnRef(DASHBOARD)),
        ),
        output_ports=(mark("orders"), mark("orders")),
        inputs=(InputDocument(product="users", required=False, location=at(7)),),
        objective=Marked(objective, at(8)),
    )

    publication = published(shop, document("users"))

    product = publication.products[0]
    assert publication.problems == ()
    assert publication.complete
    assert product.id == "shop"
    assert product.domain == "urn:li:domain:finance"
    assert product.owners == (Owner(urn="urn:li:corpuser:ana", type="BUSINESS_OWNER"),)
    assert [(asset.name, asset.urn, asset.node) for asset in product.assets or ()] == [
        ("orders", "urn:li:dataset:model.shop.orders", "model.shop.orders"),
        (
            "stripe.charges",
            "urn:li:dataset:source.shop.stripe.charges",
            "source.shop.stripe.charges",
        ),
        ("board", "urn:li:dashboard:(dbt,exposure.shop.board)", "exposure.shop.board"),
        ("42", DASHBOARD, ""),
    ]
    assert product.output_ports == ("urn:li:dataset:model.shop.orders",)
    assert product.inputs == (Input(product="users", required=False),)
    assert product.objective == objective
    assert publication.asset_owners == (
        (
            "urn:li:dataset:model.shop.orders",
            (Owner(urn="urn:li:corpuser:ana", type="TECHNICAL_OWNER"),),
        ),
    )


def test_products_come_in_the_order_of_their_ids() -> None:
    publication = published(document("b"), document("a"), document("c"))
    assert [product.id for product in publication.products] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("ref", "node"),
    [
        (ModelRef("users"), "model.shop.users"),
        (ModelRef("users", package="geo"), "model.geo.users"),
        (ModelRef("countries"), "model.geo.countries"),
        (ModelRef("prices"), "model.shop.prices.v2"),
        (ModelRef("prices", version="1"), "model.shop.prices.v1"),
        (ModelRef("codes"), "seed.shop.codes"),
        (SourceRef("app", "events"), "source.shop.app.events"),
    ],
)
def test_a_name_means_what_it_means_in_dbt(ref: AssetRef, node: str) -> None:
    publication = published(document("shop", assets=(mark(ref),)))
    assert [a.node for p in publication.products for a in p.assets or ()] == [node]


@pytest.mark.parametrize(
    ("ref", "complaint"),
    [
        (
            ModelRef("order"),
            (
                "error[unknown-model]: ref('order') is not known: the dbt project has no such model, "
                'seed or snapshot; did you mean "orders"?'
            ),
        ),
        (
            ModelRef("orders", package="geo"),
            (
                "error[unknown-model]: ref('geo', 'orders') is not known: the package geo has no such "
                "model; orders is in shop"
            ),
        ),
        (
            ModelRef("calendar"),
            (
                "error[ambiguous-name]: ref('calendar') could be any of the packages geo, time; write "
                "the package, as in ref('geo', 'calendar')"
            ),
        ),
        (
            ModelRef("prices", version="3"),
            (
                "error[unknown-version]: ref('prices', v=3) is not known: prices has no version 3; "
                "its versions are 1, 2"
            ),
        ),
        (
            ModelRef("orders", version="3"),
            (
                "error[unknown-version]: ref('orders', v=3) is not known: orders has no version 3; "
                "it has no versions"
            ),
        ),
        (
            ModelRef("old"),
            (
                "error[disabled-node]: ref('old') is disabled in the dbt project; enable it in dbt, "
                "or take it out of the product"
            ),
        ),
        (
            ModelRef("older"),
            (
                "error[disabled-node]: ref('older') is disabled in the dbt project; enable it in dbt, "
                "or take it out of the product"
            ),
        ),
        (
            ModelRef("inline"),
            (
                "error[ephemeral-model]: ref('inline') is ephemeral: the warehouse has no such table; "
                "take a model that reads it, or materialize it"
            ),
        ),
        (
            SourceRef("stripe", "charge"),
            (
                "error[unknown-source]: source('stripe', 'charge') is not known: the dbt project has "
                'no such source table; did you mean "stripe.charges"?'
            ),
        ),
        (
            SourceRef("app", "old"),
            (
                "error[disabled-node]: source('app', 'old') is disabled in the dbt project; enable it "
                "in dbt, or take it out of the product"
            ),
        ),
        (
            SourceRef("geo", "cities"),
            (
                "error[ambiguous-name]: source('geo', 'cities') could be any of the packages geo, "
                "time; name the package that is meant"
            ),
        ),
        (
            ExposureRef("bord"),
            (
                "error[unknown-exposure]: exposure('bord') is not known: the dbt project has no such "
                'exposure; did you mean "board"?'
            ),
        ),
    ],
)
def test_a_name_that_means_nothing_is_told_with_the_reason(ref: AssetRef, complaint: str) -> None:
    publication = published(document("shop", assets=(mark(ref),)), document("good"))
    assert complaints(publication) == [f"data_products/shop.yml:5:3: {complaint}"]
    assert [product.id for product in publication.products] == ["good"]
    assert not publication.complete


def test_an_ephemeral_model_is_an_asset_where_assets_are_those_of_dbt() -> None:
    shop = document("shop", assets=(mark("inline"),))
    assert published(shop, policy=Policy(in_warehouse=False)).problems == ()


def test_without_a_manifest_urns_still_work_and_a_name_is_told_once_a_product() -> None:
    shop = document("shop", assets=(mark("orders", 5), mark("users", 6)))
    board = document("board", assets=(mark(UrnRef(DASHBOARD)),))

    publication = published(shop, board, project=None)

    assert complaints(publication) == [
        (
            "data_products/shop.yml:5:3: error[no-manifest]: ref('orders') cannot be looked up "
            "without dbt's manifest target/manifest.json; run `dbt parse` to make it, or say where "
            "it is: `manifest_path` in the recipe, `--manifest` of the command line"
        )
    ]
    assert [product.id for product in publication.products] == ["board"]


def test_without_a_manifest_many_products_are_one_problem_and_none_of_them_is_published() -> None:
    shops = [document(f"shop{n}", assets=(mark("orders", 5),)) for n in range(3)]
    board = document("board", assets=(mark(UrnRef(DASHBOARD)),))

    publication = published(*shops, board, project=None)

    assert complaints(publication) == [
        (
            "target/manifest.json: error[no-manifest]: 3 products name dbt's nodes, and ref('orders') "
            "cannot be looked up without dbt's manifest target/manifest.json; run `dbt parse` to make it, or say where "
            "it is: `manifest_path` in the recipe, `--manifest` of the command line"
        )
    ]
    assert [product.id for product in publication.products] == ["board"]
    assert not publication.complete


def test_an_asset_listed_twice_is_one_asset_and_a_warning() -> None:
    publication = published(document("shop", assets=(mark("orders", 5), mark("orders", 6))))
    assert complaints(publication) == [
        (
            "data_products/shop.yml:6:3: warning[repeated-asset]: orders is listed twice among the "
            "assets; take one of them out"
        )
    ]
    assert len(publication.products[0].assets or ()) == 1
    assert publication.complete


def test_an_unknown_name_is_told_once_however_often_a_product_uses_it() -> None:
    shop = document(
        "shop",
        assets=(mark("order", 5),),
        output_ports=(mark("order", 6),),
        contract=(promise("order", build=True),),
    )
    assert [str(p.location) for p in published(shop).problems] == ["data_products/shop.yml:5:3"]


def test_an_output_port_must_be_an_asset() -> None:
    shop = document("shop", assets=(mark("orders"),), output_ports=(mark("users", 7),))
    assert complaints(published(shop)) == [
        (
            "data_products/shop.yml:7:3: error[output-port-not-an-asset]: the output port ref('users') is "
            "not among the assets; add it to assets:, or take it out of output_ports:"
        )
    ]


def test_ports_without_any_assets_pass_with_a_warning_as_in_datahub() -> None:
    publication = published(document("shop", output_ports=(mark("users", 7),)))
    assert [p.severity for p in publication.problems] == [ProblemSeverity.WARNING]
    assert publication.products[0].output_ports == ()
    assert publication.products[0].assets is None


def told_as_wrong(product: str) -> Problem:
    return Problem(
        code="missing-value",
        severity=ProblemSeverity.ERROR,
        location=at(1),
        message="as the reader said it",
        product=product,
    )


def test_what_a_wrong_file_lacks_is_not_told_twice() -> None:
    shop = document("shop", assets=(mark("orders"),), output_ports=(mark("users"),), wrong=True)
    publication = published(shop, problems=[told_as_wrong("shop")])
    assert publication.problems == (told_as_wrong("shop"),)
    assert publication.products == ()
    assert not publication.complete


def test_a_product_that_is_wrong_without_a_word_is_an_error_all_the_same() -> None:
    publication = published(document("shop", wrong=True))
    assert complaints(publication) == [
        (
            'data_products/shop.yml:1:3: error[wrong-product]: the product "shop" is wrong, and it was '
            "not said why; report this as a fault of datahub-dataproducts"
        )
    ]
    assert not publication.complete


def test_what_the_reader_of_the_file_has_told_is_not_told_again() -> None:
    told = Problem(
        code="repeated-asset",
        severity=ProblemSeverity.WARNING,
        location=at(6),
        message="as the reader said it",
    )
    shop = document("shop", assets=(mark("orders", 5), mark("orders", 6)))
    assert published(shop, problems=[told]).problems == (told,)


def test_of_two_products_with_one_id_neither_is_published_and_both_are_named() -> None:
    publication = published(document("shop", line=1), document("shop", line=30), document("ok"))
    assert complaints(publication) == [
        (
            'data_products/shop.yml:1:3: error[duplicate-id]: the id "shop" is also used at '
            "data_products/shop.yml:30:3; give each product an id of its own; none of these is "
            "published"
        ),
        (
            'data_products/shop.yml:30:3: error[duplicate-id]: the id "shop" is also used at '
            "data_products/shop.yml:1:3; give each product an id of its own; none of these is "
            "published"
        ),
    ]
    assert [product.id for product in publication.products] == ["ok"]


def uses(*ids: str) -> tuple[InputDocument, ...]:
    return tuple(
        InputDocument(product=id_, required=True, location=at(40 + n)) for n, id_ in enumerate(ids)
    )


def test_an_unknown_input_is_told_with_the_nearest_id() -> None:
    publication = published(document("shop", inputs=uses("user")), document("users"))
    assert complaints(publication) == [
        (
            'data_products/shop.yml:40:3: error[unknown-input]: no product has the id "user"; '
            'did you mean "users"?'
        )
    ]
    assert [product.id for product in publication.products] == ["users"]


def test_an_unknown_input_with_nothing_near_is_told_with_the_way_out() -> None:
    publication = published(document("shop", inputs=uses("zebra")))
    assert publication.problems[0].remedy == "declare it, or take it out of the inputs"


def test_an_input_that_may_be_in_an_unreadable_file_is_a_warning() -> None:
    unreadable = Problem(
        code="not-yaml", severity=ProblemSeverity.ERROR, location=at(1, "b.yml"), message="no YAML"
    )
    publication = published(document("shop", inputs=uses("users")), problems=[unreadable])
    assert complaints(publication) == [
        "b.yml:1:3: error[not-yaml]: no YAML",
        (
            'data_products/shop.yml:40:3: warning[unknown-input]: no product has the id "users"; it '
            "may be in one of the files that could not be read"
        ),
    ]
    assert [product.id for product in publication.products] == ["shop"]
    assert not publication.complete


def test_that_dbts_artifacts_cannot_be_read_says_nothing_of_inputs() -> None:
    unreadable = Problem(
        code="dbt-run-of-nothing", severity=ProblemSeverity.ERROR, location=None, message="no"
    )
    publication = publish(
        [document("shop", inputs=uses("users"))],
        (),
        PROJECT,
        other_problems=[unreadable],
        runs=(),
        loads=(),
        naming=PlainNaming(),
        policy=Policy(),
    )
    assert [str(p) for p in publication.problems] == [
        "error[dbt-run-of-nothing]: no",
        (
            'data_products/shop.yml:40:3: error[unknown-input]: no product has the id "users"; '
            "declare it, or take it out of the inputs"
        ),
    ]


def test_an_input_listed_twice_is_required_if_either_says_so() -> None:
    inputs = (
        InputDocument(product="users", required=False, location=at(40)),
        InputDocument(product="urn:li:dataProduct:users", required=True, location=at(41)),
    )
    publication = published(document("shop", inputs=inputs), document("users"))
    assert [p.code for p in publication.problems] == ["repeated-input"]
    assert publication.products[0].inputs == (Input(product="users", required=True),)


def test_a_product_whose_input_is_wrong_is_published_with_a_warning() -> None:
    publication = published(
        document("shop", inputs=uses("users")), document("users", assets=(mark("nope"),))
    )
    assert [product.id for product in publication.products] == ["shop"]
    assert complaints(publication)[1:] == [
        (
            'data_products/shop.yml:40:3: warning[input-not-published]: the input "users" has errors '
            "and is not published this time; the catalog keeps what it had of it; mend that product "
            "first"
        )
    ]


def test_every_product_of_a_cycle_is_refused_with_its_own_path() -> None:
    publication = published(
        document("a", inputs=uses("b")),
        document("b", inputs=uses("c", "a")),
        document("c"),
    )
    assert [(p.product, p.message) for p in publication.problems] == [
        ("a", "the inputs form a cycle: a -> b -> a"),
        ("b", "the inputs form a cycle: b -> a -> b"),
    ]
    assert [str(p.location) for p in publication.problems] == [
        "data_products/shop.yml:40:3",
        "data_products/shop.yml:41:3",
    ]
    assert [product.id for product in publication.products] == ["c"]


def test_a_cycle_through_a_duplicate_is_told_at_the_id_of_the_one_without_the_input() -> None:
    publication = published(document("a", inputs=uses("a")), document("a", line=30))
    cycles = [p for p in publication.problems if p.code == "input-cycle"]
    assert [str(p.location) for p in cycles] == [
        "data_products/shop.yml:30:3",
        "data_products/shop.yml:40:3",
    ]


def test_a_product_that_is_its_own_input_is_told_by_the_reader_of_its_file() -> None:
    own_input = document("a", inputs=uses("a"), wrong=True)
    told = told_as_wrong("a")
    assert published(own_input, problems=[told]).problems == (told,)


def with_contract(*promises: PromiseDocument) -> Publication:
    assets = (
        mark("orders"),
        mark("users"),
        mark("recent_orders"),
        mark(SourceRef("stripe", "charges")),
        mark(ExposureRef("board")),
        mark(UrnRef(DASHBOARD)),
        mark(UrnRef("urn:li:dataset:elsewhere.invoices")),
    )
    return published(document("shop", assets=assets, contract=promises))


def test_a_promised_build_is_an_assertion_of_ours() -> None:
    publication = with_contract(promise(build=True))
    (assertion,) = publication.products[0].assertions
    urn = "urn:li:assertion:shop/build/urn:li:dataset:model.shop.orders"
    assert assertion.urn == urn
    assert assertion.kind is AssertionKind.BUILD
    assert assertion.asset == "urn:li:dataset:model.shop.orders"
    assert assertion.asset_name == "orders"
    assert assertion.promise == "is built by dbt"
    assert assertion.listens_to == (urn,)
    assert assertion.impact is Impact.BLOCKING
    assert assertion.expect_every == 3 * DAY
    assert assertion.freshness is None
    assert assertion.node == ORDERS


def fresh(rule: MaxAge | Deadline) -> dict[str, Any]:
    return {"freshness": Marked(rule, at(15))}


def test_a_promised_freshness_listens_to_the_updates_of_all_siblings() -> None:
    rule = Deadline(schedule=Schedule(times=(480,), timezone="Europe/Amsterdam"))
    publication = with_contract(promise(**fresh(rule), impact=Impact.WARNING, expect_every=DAY))
    (assertion,) = publication.products[0].assertions
    assert assertion.urn == "urn:li:assertion:shop/freshness/urn:li:dataset:model.shop.orders"
    assert assertion.kind is AssertionKind.FRESHNESS
    assert assertion.promise == "is updated every day by 08:00 Europe/Amsterdam"
    assert assertion.listens_to == (
        "urn:li:dataset:model.shop.orders",
        "urn:li:dataset:dbt.model.shop.orders",
    )
    assert assertion.freshness == rule
    assert assertion.impact is Impact.WARNING
    assert assertion.expect_every is None, "silence does not age what is evaluated here"


def test_the_freshness_of_a_table_given_as_a_urn_listens_to_that_table() -> None:
    table = UrnRef("urn:li:dataset:elsewhere.invoices")
    publication = with_contract(promise(table, **fresh(MaxAge(age=24 * HOUR))))
    (assertion,) = publication.products[0].assertions
    assert assertion.listens_to == ("urn:li:dataset:elsewhere.invoices",)
    assert assertion.promise == "is never older than 24 h"
    assert assertion.node == ""


def test_promised_tests_are_dbts_own_one_assertion_a_test() -> None:
    publication = with_contract(promise(tests=selecting(Selection.ALL)))
    assert publication.problems == ()
    assert [(a.promise, a.listens_to) for a in publication.products[0].assertions] == [
        (
            "passes not_null on id",
            ("urn:li:assertion:test.shop.not_null_orders_id@model.shop.orders",),
        ),
        (
            "passes relationships on user_id",
            (
                "urn:li:assertion:test.shop.orders_users@model.shop.orders",
                "urn:li:assertion:test.shop.orders_users@model.shop.users",
            ),
        ),
        (
            "passes totals_add_up",
            ("urn:li:assertion:test.shop.totals_add_up@model.shop.orders",),
        ),
        ("passes unique on id", ("urn:li:assertion:test.shop.unique_orders_id@model.shop.orders",)),
    ]
    first = publication.products[0].assertions[0]
    assert first.kind is AssertionKind.TESTS
    assert first.urn == first.listens_to[0]
    assert first.node == "test.shop.not_null_orders_id"


@pytest.mark.parametrize(
    ("selection", "names"),
    [
        (selecting(Selection.NAMES, "unique_orders_id"), ["passes unique on id"]),
        (selecting(Selection.NAMES, "not_null"), ["passes not_null on id"]),
        (selecting(Selection.NAMES, "totals_add_up"), ["passes totals_add_up"]),
        (selecting(Selection.COLUMNS, "id"), ["passes not_null on id", "passes unique on id"]),
        (selecting(Selection.TAGS, "nightly"), ["passes not_null on id"]),
    ],
)
def test_tests_are_selected_by_name_column_or_tag(
    selection: TestSelection, names: list[str]
) -> None:
    publication = with_contract(promise(tests=selection))
    assert publication.problems == ()
    assert [a.promise for a in publication.products[0].assertions] == names


def test_a_generic_test_belongs_to_the_table_it_is_written_at_and_not_to_one_it_refers_to() -> None:
    all_of_users = with_contract(promise("users", tests=selecting(Selection.ALL)))
    assert all_of_users.products[0].assertions == ()
    assert [p.code for p in all_of_users.problems] == ["no-tests"]
    by_column = with_contract(promise("users", tests=selecting(Selection.COLUMNS, "user_id")))
    assert [p.code for p in by_column.problems] == ["nothing-selected"]


@pytest.mark.parametrize(
    ("asset", "selection", "complaint"),
    [
        (
            "orders",
            selecting(Selection.NAMES, "unique", "uniqe_orders_id"),
            (
                '21:3: error[nothing-selected]: orders has no dbt test "uniqe_orders_id"; '
                'did you mean "unique_orders_id"?'
            ),
        ),
        (
            "orders",
            selecting(Selection.COLUMNS, "amount"),
            (
                '20:3: error[nothing-selected]: orders has no dbt test on column "amount"; '
                "it has id, user_id"
            ),
        ),
        (
            "orders",
            selecting(Selection.TAGS, "weekly"),
            (
                '20:3: warning[nothing-selected]: orders has no dbt test tagged "weekly"; '
                "it has nightly"
            ),
        ),
        (
            "users",
            selecting(Selection.COLUMNS, "amount"),
            (
                '20:3: error[nothing-selected]: users has no dbt test on column "amount"; '
                "it has none of that kind"
            ),
        ),
        (
            "recent_orders",
            selecting(Selection.ALL),
            (
                "19:3: warning[no-tests]: recent_orders has no dbt tests; add tests in dbt, or take "
                "out tests: all"
            ),
        ),
        (
            ExposureRef("board"),
            selecting(Selection.ALL),
            (
                "19:3: error[not-tested-by-dbt]: dbt has no tests of board; tests: wants a model, "
                "seed, snapshot or source table"
            ),
        ),
        (
            UrnRef(DASHBOARD),
            selecting(Selection.ALL),
            (
                "19:3: error[not-tested-by-dbt]: dbt has no tests of 42; tests: wants a model, seed, "
                "snapshot or source table"
            ),
        ),
    ],
)
def test_a_selection_of_nothing_is_told_with_what_there_is(
    asset: AssetRef | str, selection: TestSelection, complaint: str
) -> None:
    publication = with_contract(promise(asset, tests=selection))
    assert complaints(publication) == [f"data_products/shop.yml:{complaint}"]


def test_a_test_that_reads_no_table_is_told_and_left_out() -> None:
    gone = model("codes_gone")
    reader = dbt_test("nothing_read_2", "model.shop.codes_gone")
    nodes = {gone.unique_id: gone, reader.unique_id: reader}

    class ForgetfulNaming(PlainNaming):
        def test_urns(self, test: Node, known: frozenset[str]) -> tuple[tuple[str, str], ...]:
            return ()

    contract = (promise("codes_gone", tests=selecting(Selection.ALL)),)
    publication = publish(
        [document("shop", assets=(mark("codes_gone"),), contract=contract)],
        (),
        Project(name="shop", nodes=nodes),
        runs=(),
        loads=(),
        naming=ForgetfulNaming(),
        policy=Policy(),
    )
    assert complaints(publication) == [
        (
            "data_products/shop.yml:19:3: warning[test-without-table]: the dbt test nothing_read_2 "
            "reads no table, so DataHub does not keep it; let it read the table it is about, by ref() "
            "or source()"
        )
    ]
    assert publication.products[0].assertions == ()


def test_an_assertion_already_in_datahub_is_known_by_its_urn() -> None:
    known = Marked("urn:li:assertion:0123", at(12))
    publication = with_contract(promise(None, assertion=known, expect_every=None))
    (assertion,) = publication.products[0].assertions
    assert assertion.kind is AssertionKind.CUSTOM
    assert assertion.urn == "urn:li:assertion:0123"
    assert assertion.listens_to == ("urn:li:assertion:0123",)
    assert assertion.asset == ""
    assert assertion.asset_name == "assertion 0123"
    assert assertion.expect_every is None


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        (
            promise(SourceRef("stripe", "charges"), build=True),
            (
                "10:3: error[not-built-by-dbt]: dbt does not build stripe.charges: it is a source; "
                "take out build:, or promise the build of a model that reads it"
            ),
        ),
        (
            promise(ExposureRef("board"), build=True),
            (
                "10:3: error[not-built-by-dbt]: dbt does not build board: it is an exposure; take out "
                "build:, or promise the build of a model that reads it"
            ),
        ),
        (
            promise(UrnRef(DASHBOARD), build=True),
            (
                "10:3: error[not-built-by-dbt]: whether 42 is built cannot be known: it is given as a "
                "URN; write it as ref('...')"
            ),
        ),
        (
            promise(UrnRef(DASHBOARD), **fresh(MaxAge(age=DAY))),
            (
                "15:3: error[not-a-table]: 42 is no table, so its updates are not known; promise the "
                "freshness of the tables it reads"
            ),
        ),
        (
            promise(**fresh(MaxAge(age=DAY)), evaluated_by=Evaluator.DATAHUB),
            (
                "15:3: error[evaluated-by-datahub]: which assertion DataHub evaluates the freshness "
                "of orders by cannot be known here; write it in place of this promise as an entry of "
                "its own, `- assertion: urn:li:assertion:<id>`"
            ),
        ),
        (
            promise("recent_orders", **fresh(MaxAge(age=DAY))),
            (
                "15:3: warning[updates-not-seen]: building recent_orders moves no data: it is a view; "
                "unless something else reports its updates, promise those of the tables below"
            ),
        ),
        (
            promise("codes", build=True),
            (
                "11:3: warning[promise-on-other-asset]: the contract speaks of codes, which is not "
                "among the assets; add it to assets: if it belongs to the product"
            ),
        ),
    ],
)
def test_a_promise_nobody_could_keep_is_told(entry: PromiseDocument, complaint: str) -> None:
    assert complaints(with_contract(entry)) == [f"data_products/shop.yml:{complaint}"]


def test_dbt_does_not_build_an_ephemeral_model_whatever_assets_are() -> None:
    shop = document("shop", assets=(mark("inline"),), contract=(promise("inline", build=True),))
    publication = published(shop, policy=Policy(in_warehouse=False))
    assert [p.message for p in publication.problems] == [
        "dbt does not build inline: it is an ephemeral"
    ]


@pytest.mark.parametrize(
    ("promised", "complaint"),
    [
        (
            {"build": True},
            (
                "10:3: error[not-built-by-dbt]: dbt does not build sales: it is a semantic model; "
                "take out build:, or promise the build of a model that reads it"
            ),
        ),
        (
            fresh(MaxAge(age=DAY)),
            (
                "15:3: error[not-a-table]: sales is no table, so its updates are not known; promise "
                "the freshness of the tables it reads"
            ),
        ),
        (
            {"tests": selecting(Selection.ALL)},
            (
                "19:3: error[not-tested-by-dbt]: dbt has no tests of sales; tests: wants a model, "
                "seed, snapshot or source table"
            ),
        ),
    ],
)
def test_a_semantic_model_is_an_asset_of_which_dbt_knows_no_more(
    promised: dict[str, Any], complaint: str
) -> None:
    sales = SemanticRef("semantic_model", "sales")
    node = model("sales", resource_type="semantic_model", materialization="")
    project = Project(name="shop", nodes={node.unique_id: node})
    asset = document("shop", assets=(mark(sales),))
    assert published(asset, project=project).products[0].assets == (
        Asset(
            urn="urn:li:dataset:semantic_model.shop.sales",
            name="sales",
            node="semantic_model.shop.sales",
        ),
    )
    promising = replace(asset, contract=(promise(sales, **promised),))
    told = complaints(published(promising, project=project))
    assert told == [f"data_products/shop.yml:{complaint}"]


def test_the_same_promise_twice_is_one_with_the_stricter_impact_and_the_shorter_silence() -> None:
    publication = with_contract(
        promise(build=True, impact=Impact.WARNING, expect_every=None),
        promise(build=True, expect_every=7 * DAY),
        promise(build=True, impact=Impact.WARNING, expect_every=DAY),
    )
    (assertion,) = publication.products[0].assertions
    assert (assertion.impact, assertion.expect_every) == (Impact.BLOCKING, DAY)
    assert (
        complaints(publication)
        == [
            (
                "data_products/shop.yml:10:3: warning[repeated-promise]: that orders is built by dbt is "
                "promised twice; take one of them out; the stricter impact stands"
            )
        ]
        * 2
    )


def test_two_freshness_rules_for_one_asset_are_refused() -> None:
    publication = with_contract(
        promise(**fresh(MaxAge(age=DAY))), promise(**fresh(MaxAge(age=2 * DAY)))
    )
    assert complaints(publication) == [
        (
            "data_products/shop.yml:15:3: error[conflicting-promise]: orders has two different "
            "freshness promises in this product; keep one: the catalog can show one for each product "
            "and asset"
        )
    ]


def reading(**reads: str) -> Project:
    """A project of models that each read what is given, separated by spaces."""
    nodes = {
        f"model.shop.{name}": model(
            name, depends_on=tuple(f"model.shop.{other}" for other in text.split())
        )
        for name, text in reads.items()
    }
    return Project(name="shop", nodes=nodes)


def ported(id_: str, *models: str, port: str, inputs: tuple[str, ...] = ()) -> ProductDocument:
    return document(
        id_,
        assets=tuple(mark(name) for name in models),
        output_ports=(mark(port),),
        inputs=uses(*inputs),
    )


def test_an_input_that_lineage_shows_and_the_file_does_not_is_a_warning() -> None:
    publication = published(
        ported("users", "users", port="users"),
        ported("revenue", "stg", "revenue", port="revenue"),
        project=reading(revenue="stg joined macro_of_old", stg="", joined="users", users=""),
    )
    assert complaints(publication) == [
        (
            'data_products/shop.yml:1:3: warning[undeclared-input]: users of the product "users" is '
            'upstream in dbt, and "users" is not among the inputs; add "users" to `inputs`'
        )
    ]
    assert publication.complete


def test_an_input_that_lineage_does_not_show_is_a_warning() -> None:
    publication = published(
        ported("users", "users", port="users"),
        ported("revenue", "revenue", port="revenue", inputs=("users",)),
        project=reading(users="", revenue=""),
    )
    assert complaints(publication) == [
        (
            "data_products/shop.yml:40:3: warning[input-not-in-lineage]: no output port of the input "
            '"users" is upstream in dbt; take it out, or see that a model here reads one of its '
            "output ports"
        )
    ]


def test_what_is_behind_a_third_products_port_is_not_an_input() -> None:
    publication = published(
        ported("users", "users", port="users"),
        ported("attribution", "attribution", port="attribution", inputs=("users",)),
        ported("revenue", "revenue", port="revenue", inputs=("attribution",)),
        project=reading(users="", attribution="users", revenue="attribution"),
    )
    assert publication.problems == ()


def test_a_way_through_ones_own_port_is_a_way() -> None:
    publication = published(
        ported("users", "users", port="users"),
        ported("revenue", "base", "revenue", port="base", inputs=("users",)),
        project=reading(revenue="base", base="users", users=""),
    )
    assert publication.problems == ()


def test_a_manifest_that_goes_round_in_circles_ends_all_the_same() -> None:
    publication = published(
        ported("users", "users", port="users"),
        ported("revenue", "revenue", port="revenue", inputs=("users",)),
        project=reading(revenue="a", a="b users", b="a", users=""),
    )
    assert publication.problems == ()


def test_lineage_says_nothing_of_products_dbt_does_not_know() -> None:
    board = document("board", assets=(mark(UrnRef(DASHBOARD)),), inputs=uses("users"))
    looker = document(
        "looker", assets=(mark(UrnRef(OTHER_BOARD)),), output_ports=(mark(UrnRef(OTHER_BOARD)),)
    )
    revenue = ported("revenue", "revenue", port="revenue", inputs=("looker",))
    publication = published(
        board,
        looker,
        revenue,
        ported("users", "users", port="users"),
        project=reading(users="", revenue=""),
    )
    assert publication.problems == ()


def run(node: str, status: RunStatus, at_: int = 1000, message: str = "") -> NodeRun:
    return NodeRun(unique_id=node, status=status, at=at_, run_id="run-1", message=message)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (RunStatus.SUCCESS, Outcome.SUCCESS),
        (RunStatus.ERROR, Outcome.FAILURE),
        (RunStatus.FAILED, Outcome.FAILURE),
        (RunStatus.SKIPPED, Outcome.ERROR),
    ],
)
def test_a_broken_build_does_not_look_healthy(status: RunStatus, outcome: Outcome) -> None:
    shop = document("shop", assets=(mark("orders"),), contract=(promise(build=True),))
    publication = published(shop, runs=[run(ORDERS, status, message="boom"), run(USERS, status)])
    assert [
        (r.result.subject, r.result.outcome, r.result.message, r.dataset) for r in publication.runs
    ] == [
        (
            "urn:li:assertion:shop/build/urn:li:dataset:model.shop.orders",
            outcome,
            "boom",
            "urn:li:dataset:model.shop.orders",
        )
    ]


def test_a_skipped_test_is_an_error_under_each_of_its_urns_once() -> None:
    contract = (promise(tests=selecting(Selection.NAMES, "relationships")),)
    publication = published(
        document("shop", assets=(mark("orders"),), contract=contract),
        document("also", assets=(mark("orders"),), contract=contract),
        runs=[
            run("test.shop.orders_users", RunStatus.SKIPPED),
            run("test.shop.not_null_orders_id", RunStatus.SKIPPED),
        ],
    )
    assert [(r.result.subject, r.result.outcome, r.dataset) for r in publication.runs] == [
        (f"urn:li:assertion:test.shop.orders_users@{node}", Outcome.ERROR, f"urn:li:dataset:{node}")
        for node in (ORDERS, USERS)
    ]


def test_the_results_of_a_test_that_ran_are_left_to_datahubs_dbt_source() -> None:
    contract = (promise(tests=selecting(Selection.NAMES, "not_null")),)
    shop = document("shop", assets=(mark("orders"),), contract=contract)
    ran = run("test.shop.not_null_orders_id", RunStatus.FAILED)
    assert published(shop, runs=[ran]).runs == ()


def test_a_build_that_moves_data_updates_what_is_promised_to_be_fresh() -> None:
    contract = (
        promise(**fresh(MaxAge(age=DAY))),
        promise("recent_orders", **fresh(MaxAge(age=DAY))),
        promise(SourceRef("stripe", "charges"), **fresh(MaxAge(age=DAY))),
        promise("users", build=True),
    )
    shop = document("shop", assets=(mark("orders"),), contract=contract)
    publication = published(
        shop,
        runs=[
            run(ORDERS, RunStatus.SUCCESS, 2000),
            run(ORDERS, RunStatus.ERROR, 3000),
            run("model.shop.recent_orders", RunStatus.SUCCESS),
            run(USERS, RunStatus.SUCCESS),
            run("model.shop.unheard_of", RunStatus.SUCCESS),
        ],
        loads=[
            SourceLoad(unique_id="source.shop.stripe.charges", loaded_at=500, run_id="run-2"),
            SourceLoad(unique_id="source.shop.app.events", loaded_at=500, run_id="run-2"),
        ],
    )
    assert publication.updates == (
        Update(subject="urn:li:dataset:model.shop.orders", at=2000, run_id="run-1"),
        Update(subject="urn:li:dataset:source.shop.stripe.charges", at=500, run_id="run-2"),
    )


def test_a_product_that_is_wrong_reports_nothing() -> None:
    shop = document("shop", assets=(mark("orders"), mark("nope")), contract=(promise(build=True),))
    publication = published(shop, runs=[run(ORDERS, RunStatus.SUCCESS)])
    assert publication.runs == ()
    assert publication.asset_owners == ()


@given(st.permutations(range(6)))
def test_the_order_in_which_files_are_read_changes_nothing(order: list[int]) -> None:
    documents = [
        document("shop", 1, assets=(mark("orders"),), contract=(promise(build=True),)),
        document("users", 2, assets=(mark("nope"),), inputs=uses("shop")),
        document("a", 3, inputs=uses("b", "users")),
        document("b", 4, inputs=uses("a")),
        document("twice", 5),
        document("twice", 6),
    ]
    assert published(*(documents[n] for n in order)) == published(*documents)


def test_a_live_product_that_nobody_answers_for_is_not_published() -> None:
    publication = published(document("shop", lifecycle=Lifecycle.LIVE), document("users"))
    assert [product.id for product in publication.products] == ["users"]
    assert not publication.complete
    assert [problem.code for problem in publication.problems if problem.is_error] == [
        "missing-owner",
        "missing-owner",
        "missing-runbook",
    ]


def test_a_team_may_let_it_pass() -> None:
    lenient = Rules(
        severities={
            "missing-owner": ProblemSeverity.WARNING,
            "missing-runbook": None,
            "missing-contract": None,
        }
    )
    publication = published(document("shop", lifecycle=Lifecycle.LIVE), rules=lenient)
    assert [product.id for product in publication.products] == ["shop"]
    assert publication.complete
    assert [problem.code for problem in publication.problems] == ["missing-owner", "missing-owner"]


def test_a_team_may_be_stricter() -> None:
    strict = Rules(severities={"repeated-name": ProblemSeverity.ERROR})
    publication = published(document("a", name="Shop"), document("b", name="Shop"), rules=strict)
    assert [product.id for product in publication.products] == ["a"]


def test_stages_are_compared_with_those_before() -> None:
    before = {"shop": Lifecycle.RETIRED, "gone": Lifecycle.LIVE}
    publication = published(document("shop", lifecycle=Lifecycle.DEPRECATED), before=before)
    assert [problem.code for problem in publication.problems] == [
        "deleted-too-early",
        "forbidden-move",
    ]
    unread = Problem(
        code="not-yaml", severity=ProblemSeverity.ERROR, location=at(1), message="no YAML"
    )
    shop = document("shop", lifecycle=Lifecycle.DEPRECATED)
    told = published(shop, before=before, problems=[unread]).problems
    assert [problem.code for problem in told] == ["forbidden-move", "not-yaml"]


def test_results_that_were_observed_are_compared_with_what_is_expected() -> None:
    shop = document("shop", assets=(mark("orders"),), contract=(promise("orders", build=True),))
    slow = {ORDERS: [0, 4 * DAY, 8 * DAY]}
    (line,) = complaints(published(shop, observed=slow))
    assert line.startswith("data_products/shop.yml:10:3: warning[silence-below-cadence]")
    assert complaints(published(shop, observed={ORDERS: [0, 2 * DAY]})) == []


def test_checks_see_assets_as_dbt_names_them() -> None:
    """One table by its name and by its URN is one asset, in two products as in one."""
    by_name = document("a", assets=(mark("orders"),))
    by_urn = document("b", assets=(mark(UrnRef("urn:li:dataset:model.shop.orders")),))
    (line,) = complaints(published(by_name, by_urn))
    assert 'warning[asset-in-several-products]: orders is an asset of "b" too' in line
