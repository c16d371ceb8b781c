"""Which nodes of a dbt project may be products, and which belong together."""

from dataclasses import replace

import pytest

from datahub_dataproducts.domain.candidates import (
    Candidate,
    Kind,
    Reason,
    candidates,
    first_upstream,
)
from datahub_dataproducts.domain.nodes import Node, Project
from tests.dbt_projects import exposure, model, project


def found(of: Project, *, taken: tuple[Node, ...] = (), by_model: bool = False) -> list[Candidate]:
    """Candidates; what is taken belongs to the product `old`."""
    known = {node.unique_id: ("old",) for node in taken}
    return list(candidates(of, known, by_model=by_model))


def told(made: list[Candidate]) -> list[tuple[str, list[str]]]:
    """Names, and the names of the members."""
    return [(c.name, [unique_id.split(".", 2)[2] for unique_id in c.members]) for c in made]


def test_each_model_directly_in_a_marts_folder_is_one() -> None:
    orders, users = model("fct_orders"), model("dim_users")
    (one, other) = found(project(orders, users))
    assert (one.name, one.nodes) == ("dim_users", (users.unique_id,))
    assert (other.name, other.nodes) == ("fct_orders", (orders.unique_id,))
    assert one.kind is Kind.MODEL
    assert one.reasons == {Reason.MART}


def test_the_models_of_a_folder_below_marts_are_one_together() -> None:
    some = [model(name, folder="marts/finance/daily") for name in ("b", "a")]
    (one,) = found(project(*some, model("c", folder="marts/hr")), taken=())[:1]
    assert (one.kind, one.name) == (Kind.FOLDER, "finance")
    assert told([one]) == [("finance", ["a", "b"])]


def test_by_model_each_of_a_folder_is_one_of_its_own() -> None:
    some = [model(name, folder="marts/finance") for name in ("b", "a")]
    assert told(found(project(*some), by_model=True)) == [("a", ["a"]), ("b", ["b"])]


@pytest.mark.parametrize(
    "inner",
    [
        model("stg_orders"),
        model("int_orders"),
        model("orders", folder="marts/finance/intermediate"),
        model("orders", folder="staging"),
        model("orders", materialization="ephemeral"),
        model("metricflow_time_spine"),
        model("orders", is_latest=False, version="1"),
        model("orders", package="dbt_utils"),
        replace(model("orders"), resource_type="analysis"),
    ],
    ids=lambda node: f"{node.file}-{node.materialization}-{node.version}-{node.package}",
)
def test_what_is_only_made_on_the_way_is_none(inner: Node) -> None:
    assert told(found(project(inner, model("revenue")))) == [("revenue", ["revenue"])]


def test_a_marts_folder_within_a_folder_of_the_staging_layer_is_none_of_it() -> None:
    orders = model("orders", folder="staging/erp/marts")
    assert told(found(project(orders))) == [("orders", ["orders"])]


def test_without_a_marts_folder_it_is_what_no_other_model_reads() -> None:
    base = model("stg_orders", folder="staging")
    middle = model("orders", base, folder="")
    last = model("customers", middle, folder="")
    lone = model("stg_unused", folder="staging")
    (one,) = found(project(base, middle, last, lone))
    assert (one.name, one.reasons) == ("customers", {Reason.UNREAD})


def test_public_models_outside_marts_are_one_by_their_dbt_group() -> None:
    ours = [model(n, folder="core", access="public", group="sales") for n in ("b", "a")]
    hidden = model("hidden", folder="core", access="protected", group="sales")
    lone = model("lone", folder="core", access="public")
    made = found(project(*ours, hidden, lone, model("mart")))
    assert told(made) == [("lone", ["lone"]), ("mart", ["mart"]), ("sales", ["a", "b"])]
    assert made[-1].kind is Kind.GROUP
    assert Reason.PUBLIC in made[-1].reasons


def test_an_exposure_belongs_to_the_one_it_shows() -> None:
    revenue = model("revenue")
    board = exposure("board", revenue)
    (one,) = found(project(revenue, board))
    assert one.members == (revenue.unique_id, board.unique_id)
    assert one.reasons == {Reason.MART, Reason.SHOWN}


def test_an_exposure_shows_what_lies_behind_metrics_and_ephemeral_models() -> None:
    revenue = model("revenue", folder="core")
    after = model("after", revenue, folder="core", materialization="ephemeral")
    metric = replace(model("metric", after), resource_type="metric", unique_id="metric.shop.m")
    board = exposure("board", metric)
    made = found(project(revenue, after, metric, board, model("mart")))
    assert ("revenue", ["revenue", "board"]) in told(made)


def test_an_exposure_of_several_is_one_with_what_nobody_else_uses() -> None:
    orders, users = model("orders"), model("users")
    only_here = model("only_here")
    board = exposure("board", orders, users, only_here)
    other = exposure("other", orders)
    reader = model("reader", users)
    made = found(project(orders, users, only_here, board, other, reader))
    assert told(made) == [
        ("board", ["only_here", "board"]),
        ("orders", ["orders", "other"]),
        ("reader", ["reader"]),
        ("users", ["users"]),
    ]
    assert made[0].kind is Kind.EXPOSURE


def test_a_folder_that_an_exposure_shows_among_others_stays_a_folder() -> None:
    in_folder, lone = model("a", folder="marts/finance"), model("b")
    made = found(project(in_folder, lone, exposure("board", in_folder, lone)))
    assert told(made) == [("board", ["b", "board"]), ("finance", ["a"])]


def test_an_exposure_of_what_is_in_a_product_already_is_one_of_its_own() -> None:
    revenue = model("revenue")
    assert told(found(project(revenue, exposure("board", revenue)), taken=(revenue,))) == [
        ("board", ["board"])
    ]


def test_an_exposure_that_shows_nothing_known_is_one_of_its_own() -> None:
    assert told(found(project(exposure("board")))) == [("board", ["board"])]


def test_what_is_taken_is_in_none() -> None:
    revenue, board = model("revenue"), exposure("board")
    assert found(project(revenue, board), taken=(revenue, board)) == []


def test_exposures_of_other_packages_are_none() -> None:
    assert found(project(exposure("board", package="other"))) == []


def test_without_the_name_of_the_project_every_package_counts() -> None:
    orders = model("orders", package="any")
    nodes = {orders.unique_id: orders}
    assert told(found(Project(name="", nodes=nodes))) == [("orders", ["orders"])]


def test_folders_that_need_one_another_are_taken_apart() -> None:
    first = model("first", folder="marts/a")
    second = model("second", first, folder="marts/b")
    third = model("third", second, folder="marts/a")
    apart = model("apart", third, folder="marts/c")
    made = found(project(first, second, third, apart, model("more", folder="marts/c")))
    assert told(made) == [
        ("c", ["apart", "more"]),
        ("first", ["first"]),
        ("second", ["second"]),
        ("third", ["third"]),
    ]


def test_a_folder_around_a_product_that_is_there_is_taken_apart() -> None:
    first = model("first", folder="marts/a")
    theirs = model("theirs", first, folder="other")
    last = model("last", theirs, folder="marts/a")
    made = found(project(first, theirs, last), taken=(theirs,))
    assert told(made) == [("first", ["first"]), ("last", ["last"])]


def test_windows_paths_have_folders_too() -> None:
    orders = replace(model("orders"), file="models\\marts\\finance\\orders.sql")
    assert told(found(project(orders))) == [("finance", ["orders"])]


def test_the_first_upstream_ends_each_way_and_survives_a_circle() -> None:
    a, b = model("a"), model("b")
    a, b = (
        replace(a, depends_on=(b.unique_id, "model.shop.gone")),
        replace(b, depends_on=(a.unique_id,)),
    )
    c = model("c", a)
    nodes = project(a, b, c).nodes
    assert first_upstream(c.unique_id, {b.unique_id}, nodes) == {b.unique_id}
    assert first_upstream(c.unique_id, {a.unique_id, b.unique_id}, nodes) == {a.unique_id}
    assert first_upstream(c.unique_id, (), nodes) == frozenset()
