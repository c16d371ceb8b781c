"""What a draft says of a product, and that it says no more than dbt does."""

from dataclasses import replace

import pytest

from datahub_dataproducts.domain.documents import ExposureRef, ModelRef, SourceRef
from datahub_dataproducts.domain.draft_promises import DraftPromise
from datahub_dataproducts.domain.drafts import DomainFrom, Draft, drafts
from datahub_dataproducts.domain.durations import DAY, HOUR
from datahub_dataproducts.domain.existing import Existing
from datahub_dataproducts.domain.nodes import Node, Project
from datahub_dataproducts.domain.products import BUSINESS_OWNER, Link, ProductType
from tests.dbt_projects import dbt_test, exposure, model, project, source, user


def one(of: Project, existing: Existing | None = None) -> Draft:
    """The only draft."""
    (draft,) = drafts(of, existing or Existing())
    return draft


def all_of(*nodes: Node) -> dict[str, Draft]:
    return {draft.id: draft for draft in drafts(project(*nodes), Existing())}


def of_old(*nodes: Node, ports: bool = True, inputs: tuple[str, ...] = ()) -> Existing:
    """The product `old`, of some nodes."""
    assets = {node.unique_id: ("old",) for node in nodes}
    return Existing(
        ids=frozenset({"old"}),
        assets=assets,
        ports=assets if ports else {},
        inputs={"old": inputs},
    )


def test_the_id_says_what_it_is_about_and_not_how_it_is_made() -> None:
    draft = one(project(model("fct_daily_revenue")))
    assert (draft.id, draft.name) == ("daily_revenue", "Daily revenue")


def test_where_two_would_have_one_id_they_keep_their_whole_names() -> None:
    assert set(all_of(model("fct_orders"), model("dim_orders"))) == {"fct_orders", "dim_orders"}


def test_an_id_that_is_there_already_is_not_given_again() -> None:
    orders = model("fct_orders")
    existing = Existing(ids=frozenset({"ORDERS", "fct_orders"}))
    assert one(project(orders), existing).id == "fct_orders_2"


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("Größe", "grosse"),
        ("日本", "product"),
        ("a b,c(d)", "a_b_c_d"),
        ("report_1", "report_1"),
        ("x" * 90, "x" * 80),
    ],
)
def test_names_are_folded_to_what_datahub_accepts(name: str, id_: str) -> None:
    assert one(project(model(name))).id == id_


def test_a_version_that_is_not_the_latest_is_named_with_it() -> None:
    old = model("orders", version="1", is_latest=False, unique_id="model.shop.orders.v1")
    new = model("orders", version="2", unique_id="model.shop.orders.v2", alias="orders_v2")
    made = all_of(old, new, exposure("board", old))
    assert made["orders"].assets == (ModelRef("orders"),)
    assert made["orders_v1"].assets == (ModelRef("orders", version="1"), ExposureRef("board"))


def test_what_other_products_read_is_a_building_block_and_their_input() -> None:
    made = all_of(model("orders"), model("revenue", model("orders")))
    assert made["orders"].type is ProductType.BUILDING_BLOCK
    assert made["revenue"].type is ProductType.METRIC
    assert made["revenue"].inputs == ("orders",)
    assert made["orders"].inputs == ()


def test_inputs_are_found_through_what_is_in_no_product() -> None:
    orders = model("orders")
    between = model("int_orders", orders, folder="intermediate")
    assert all_of(orders, between, model("revenue", between))["revenue"].inputs == ("orders",)


def test_an_exposure_of_several_products_is_a_metric_built_on_them() -> None:
    orders, users = model("orders", folder="marts/a"), model("users", folder="marts/b")
    board = exposure("board", orders, users, label="The  board\n", url="https://x.example.com/1")
    draft = all_of(orders, users, board)["board"]
    assert (draft.type, draft.name, draft.inputs) == (ProductType.METRIC, "The board", ("a", "b"))
    assert (draft.assets, draft.output_ports, draft.promises) == ((ExposureRef("board"),), (), ())
    assert draft.links == (Link(url="https://x.example.com/1", description="The  board\n"),)
    assert draft.reasons == ("the dashboard board shows orders, users",)


def test_labels_that_are_alike_are_told_apart_by_the_id() -> None:
    a, b = model("a", folder="marts/a"), model("b", folder="marts/b")
    boards = (exposure("one", a, b, label="Board"), exposure("two", a, b, label="board"))
    made = all_of(a, b, *boards)
    assert (made["one"].name, made["two"].name) == ("Board (one)", "board (two)")


def test_output_ports_are_what_others_read_and_what_comes_last() -> None:
    first = model("first", folder="marts/a")
    middle = model("middle", first, folder="marts/a")
    last = model("last", middle, folder="marts/a")
    reader = model("reader", middle, folder="marts/b")
    made = all_of(first, middle, last, reader)
    assert made["a"].output_ports == (ModelRef("last"), ModelRef("middle"))


def test_where_dbt_has_public_models_only_they_are_offered() -> None:
    public = model("public", folder="marts/a", access="public")
    last = model("last", public, folder="marts/a", access="protected")
    read = model("read", folder="marts/a", access="protected")
    made = all_of(public, last, read, model("reader", read, folder="marts/b"))
    assert made["a"].output_ports == (ModelRef("public"), ModelRef("read"))
    assert made["b"].output_ports == ()


def test_a_private_model_is_offered_to_nobody() -> None:
    assert one(project(model("orders", access="private"))).output_ports == ()


def test_what_an_exposure_shows_is_offered_though_more_is_made_of_it() -> None:
    first = model("first", folder="marts/a")
    last = model("last", first, folder="marts/a")
    board = exposure("board", first)
    assert all_of(first, last, board)["a"].output_ports == (ModelRef("first"), ModelRef("last"))


def test_what_a_product_that_is_there_reads_is_a_building_block() -> None:
    orders = model("orders")
    theirs = model("theirs", orders, folder="other")
    draft = one(project(orders, theirs), of_old(theirs))
    assert draft.type is ProductType.BUILDING_BLOCK


def test_a_product_that_is_there_is_an_input() -> None:
    theirs = model("theirs", folder="other")
    draft = one(project(theirs, model("orders", theirs)), of_old(theirs))
    assert draft.inputs == ("old",)


def test_an_input_that_would_close_a_circle_of_what_is_declared_is_left_out() -> None:
    theirs = model("theirs", folder="other")
    existing = of_old(theirs, inputs=("orders",))
    draft = one(project(theirs, model("orders", theirs)), existing)
    assert draft.inputs == ()


def test_of_some_drafts_the_inputs_are_among_them() -> None:
    a = model("a")
    b = model("b", a)
    c = model("c", b)
    made = drafts(project(a, b, c), Existing(), wanted={"a", "c"}.__contains__)
    assert [(draft.id, draft.inputs) for draft in made] == [("a", ()), ("c", ("a",))]


@pytest.mark.parametrize(
    ("of", "domain", "where"),
    [
        (model("orders", group="sales", folder="marts/x"), "sales", DomainFrom.GROUP),
        (model("orders", folder="marts/Human Resources"), "human_resources", DomainFrom.FOLDER),
        (model("orders", folder="finance/marts"), "finance", DomainFrom.FOLDER),
        (model("orders"), "shop", DomainFrom.PROJECT),
    ],
)
def test_the_domain_is_the_dbt_group_or_the_folder_or_the_project(
    of: Node, domain: str, where: DomainFrom
) -> None:
    draft = one(project(of))
    assert (draft.domain, draft.domain_from) == (domain, where)


def test_a_dashboard_has_the_domain_of_what_it_shows() -> None:
    tables = [model(n, folder=f"marts/{n}", group="sales") for n in ("a", "b")]
    made = all_of(*tables, exposure("board", *tables), exposure("empty"))
    assert (made["board"].domain, made["board"].domain_from) == ("sales", DomainFrom.GROUP)
    assert (made["empty"].domain, made["empty"].domain_from) == ("shop", DomainFrom.PROJECT)


def test_owners_are_those_of_models_and_exposures_the_business_first() -> None:
    ana, team = user("ana", BUSINESS_OWNER), user("team")
    orders = model("orders", owners=(team,))
    board = exposure("board", orders, owners=(ana, team))
    assert one(project(orders, board)).owners == (ana, team)


def test_the_description_is_that_of_the_one_model() -> None:
    assert one(project(model("a", description="Orders."))).description == "Orders."
    several = [model(n, folder="marts/a", description="Orders.") for n in ("a", "b")]
    assert one(project(*several)).description == ""


def test_builds_and_tests_are_promised_where_they_are() -> None:
    tested, bare = (
        model("a", folder="marts/x"),
        model("b", folder="marts/x", materialization="view"),
    )
    draft = one(project(tested, bare, dbt_test("not_null_a_id", tested)))
    assert draft.promises == (
        DraftPromise(asset=ModelRef("a"), build=True, all_tests=True, moves_data=True),
        DraftPromise(asset=ModelRef("b"), build=True),
    )


def test_a_test_of_two_models_is_promised_once() -> None:
    a, b = model("a", folder="marts/x"), model("b", folder="marts/x")
    both = dbt_test("same_sum", a, b, attached=False)
    draft = one(project(a, b, both, dbt_test("not_null_b_id", b)))
    assert [(p.all_tests, p.tests) for p in draft.promises] == [
        (True, ()),
        (False, ("not_null_b_id",)),
    ]


def test_a_test_that_reads_no_table_is_not_promised() -> None:
    a = model("a")
    odd = replace(dbt_test("odd", a), depends_on=())
    (promise,) = one(project(a, odd)).promises
    assert (promise.all_tests, promise.tests) == (False, ())


def test_a_source_that_only_it_reads_is_an_asset_as_fresh_as_dbt_wants_it() -> None:
    charges = source("charges", of="stripe", error_after=36 * HOUR)
    staged = model("stg_charges", charges, folder="staging")
    draft = one(project(charges, staged, model("revenue", staged)))
    assert draft.assets == (SourceRef("stripe", "charges"), ModelRef("revenue"))
    assert draft.output_ports == (ModelRef("revenue"),)
    assert draft.promises[-1] == DraftPromise(
        asset=SourceRef("stripe", "charges"), max_age=36 * HOUR
    )


def test_a_source_that_several_read_is_for_people_to_give() -> None:
    charges = source("charges")
    made = all_of(charges, model("a", charges), model("b", charges))
    for draft in made.values():
        assert SourceRef("raw", "charges") not in draft.assets
        assert draft.shared == (DraftPromise(asset=SourceRef("raw", "charges"), max_age=DAY),)


def test_a_source_that_a_product_reads_that_is_there_is_for_people_to_give() -> None:
    charges = source("charges")
    theirs = model("theirs", charges, folder="other")
    draft = one(project(charges, theirs, model("a", charges)), of_old(theirs))
    assert (len(draft.assets), len(draft.shared)) == (1, 1)


@pytest.mark.parametrize(
    "of",
    [
        source("charges", error_after=None),
        source("charges", error_after=1500),
        replace(source("charges"), schema="main", identifier="revenue"),
        source("char'ges"),
    ],
    ids=["not checked", "no whole seconds", "a model's table", "cannot be written"],
)
def test_other_sources_are_none_of_it(of: Node) -> None:
    draft = one(project(of, model("revenue", of)))
    assert (draft.assets, draft.shared) == ((ModelRef("revenue"),), ())


def test_a_threshold_to_warn_at_stands_in_for_one_to_fail_at() -> None:
    charges = replace(source("charges", error_after=None), warn_after=HOUR)
    assert one(project(charges, model("a", charges))).promises[-1].max_age == HOUR


def test_a_source_that_is_in_a_product_already_is_left_there() -> None:
    charges = source("charges")
    draft = one(project(charges, model("a", charges)), of_old(charges))
    assert (len(draft.assets), draft.shared) == (1, ())


def test_a_model_that_another_package_has_too_is_named_with_its_package() -> None:
    nodes = [
        model("orders", package=package, unique_id=f"model.{package}.orders", alias=package)
        for package in ("a", "b")
    ]
    made = drafts(Project(name="", nodes={n.unique_id: n for n in nodes}), Existing())
    assert {draft.assets for draft in made} == {
        (ModelRef("orders", "a"),),
        (ModelRef("orders", "b"),),
    }


def test_what_cannot_be_written_is_in_no_draft() -> None:
    assert list(all_of(model("it's"), model("orders"))) == ["orders"]


@pytest.mark.parametrize(
    ("nodes", "reasons"),
    [
        ([model("a")], ("a is in a marts folder",)),
        ([model("a", access="public")], ("a is in a marts folder and is public",)),
        ([model("a", folder="x")], ("a is read by no other model",)),
        ([model("a", folder="marts/x")], ("the marts folder x has 1 model",)),
        (
            [model("a", folder="x", group="g"), model("b", folder="x", group="g")],
            ("the dbt group g has 2 models that people use",),
        ),
        (
            [model("a"), exposure("e", model("a"), kind="")],
            ("a is in a marts folder", "the exposure e shows it"),
        ),
    ],
)
def test_a_draft_says_why_it_is_made(nodes: list[Node], reasons: tuple[str, ...]) -> None:
    assert one(project(*nodes)).reasons == reasons


def test_a_dashboard_says_what_it_shows() -> None:
    tables = [model(n, folder=f"marts/{n}") for n in "abcdef"]
    made = all_of(*tables, exposure("board", *tables), exposure("empty"))
    assert made["board"].reasons == ("the dashboard board shows a, b, c, d and 2 more",)
    assert made["empty"].reasons == ("the dashboard empty shows what no model makes",)


def test_a_model_that_several_dashboards_show_says_so() -> None:
    a, b = model("a", folder="marts/x"), model("b", folder="staging")
    boards = (exposure("one", a, b), exposure("two", a, b))
    assert all_of(a, b, *boards)["b"].reasons == ("b is shown by an exposure",)
