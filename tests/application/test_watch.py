"""Incidents in the tracked state: kept step by step, it is what comes of the whole history."""

import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.adapters.console.explanation_json import explanation_tree
from datahub_dataproducts.adapters.console.explanation_mermaid import explanation_as_mermaid
from datahub_dataproducts.adapters.console.explanations import explanation_as_text
from datahub_dataproducts.application.audit import audit
from datahub_dataproducts.application.explain import explain
from datahub_dataproducts.application.ports import Scope
from datahub_dataproducts.application.report import report
from datahub_dataproducts.application.tell import TrackingPolicy
from datahub_dataproducts.application.track_health import HealthTracker
from datahub_dataproducts.domain.assertions import Evidence, Impact, MaxAge
from datahub_dataproducts.domain.durations import DAY, HOUR
from datahub_dataproducts.domain.explanations import Explanation
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.histories import History, histories, histories_over, verdicts
from datahub_dataproducts.domain.portfolio import portfolio_of
from datahub_dataproducts.domain.products import Asset, DataProduct, Input
from tests.application.test_rejudge import told
from tests.application.test_track_health import (
    assessed_digests,
    kept,
    told_digests,
    tracker_on,
)
from tests.builders import checked, dataset, freshness_assertion, notice, product, result
from tests.fakes import store_in
from tests.incident_strategies import catalogs_with_assets, histories_with_incidents
from tests.searching import searches
from tests.strategies import BEGIN, GRID, LENGTH, TABLES, instants

UNTIL = BEGIN + LENGTH * GRID
TEN = BEGIN + 10 * HOUR


def with_assets(one: DataProduct, *names: str) -> DataProduct:
    return replace(one, assets=tuple(Asset(urn=dataset(name), name=name) for name in names))


@searches(150)
@given(catalogs_with_assets(), histories_with_incidents, st.lists(instants, max_size=3), st.data())
def test_step_by_step_is_the_same_as_from_scratch(
    made: list[DataProduct], heard: list[Evidence], ticks: list[int], data: st.DataObject
) -> None:
    steps = data.draw(st.permutations([*heard, *heard[-3:], *ticks]))
    with tempfile.TemporaryDirectory() as folder:
        tracker, store = tracker_on(folder, made)
        clock = 0
        for step in steps:
            clock = max(clock, step if isinstance(step, int) else step.at)
            tracker.tick(clock)
            if not isinstance(step, int):
                tracker.record(step, clock)
        tracker.tick(UNTIL)
        found = kept(store, made)
        said, assessed = told_digests(store, made), assessed_digests(store, made)
        assert audit(store).findings == ()
        for one in made:
            explained = explain(store, one.id, UNTIL, "UTC")
            assert isinstance(explained, Explanation)
            assert explained.is_explained
            assert (explained.remedies == ()) or explained.state.health is not Health.HEALTHY
        with store.transaction() as book:
            changes = {
                (one.id, urn): tuple(c)
                for one in made
                for urn, c in book.changes(one.id, 0).items()
            }
        store.close()
    portfolio = portfolio_of(made)
    assert found == histories(portfolio, heard, UNTIL)
    judged = {key: c for key, c in verdicts(portfolio, heard, UNTIL).items() if c}
    assert {k: [(c.at, c.says) for c in cs] for k, cs in changes.items()} == {
        k: [(c.at, c.says) for c in cs] for k, cs in judged.items()
    }
    assert said == assessed


@searches(150)
@given(
    catalogs_with_assets(),
    histories_with_incidents,
    st.lists(catalogs_with_assets(), min_size=1, max_size=3),
    st.data(),
)
def test_late_notices_are_judged_by_the_assets_of_their_time_as_from_scratch(
    first: list[DataProduct],
    heard: list[Evidence],
    later: list[list[DataProduct]],
    data: st.DataObject,
) -> None:
    steps = data.draw(st.permutations([*heard, *later]))
    with tempfile.TemporaryDirectory() as folder:
        store = store_in(folder)
        tracker = HealthTracker(store, TrackingPolicy())
        tracker.load()
        written, pieces = told(tracker, store, [first, *steps])
        generations = written.all()
        ids = {g.product.id for g in generations}
        with store.reading() as book:
            notices = book.notices([dataset(name) for name in TABLES])
            found = {
                id_: History(
                    tuple(book.steps(id_, Scope.OWN, 0)),
                    tuple(book.steps(id_, Scope.EXPERIENCED, 0)),
                )
                for id_ in ids
            }
        assert audit(store).findings == ()
        store.close()
    assert found == histories_over(generations, [*pieces, *notices], UNTIL)


def test_an_incident_that_nobody_is_on_is_not_kept(tmp_path: Path) -> None:
    tracker, store = tracker_on(tmp_path, [with_assets(product("revenue"), "x")])
    assert not tracker.record(notice("y", TEN), TEN)
    assert tracker.record(notice("x", TEN), TEN)
    assert not tracker.record(notice("x", TEN), TEN)
    store.close()


def test_a_notice_far_ahead_of_the_clock_is_set_aside(tmp_path: Path) -> None:
    one = with_assets(product("revenue"), "x")
    tracker, store = tracker_on(tmp_path, [one])
    assert not tracker.record(notice("x", TEN + HOUR), TEN)
    assert kept(store, [one])["revenue"].experienced == ()
    store.close()


def test_an_open_incident_is_not_forgotten_when_the_promises_change(tmp_path: Path) -> None:
    one = with_assets(product("revenue"), "x")
    tracker, store = tracker_on(tmp_path, [one])
    tracker.record(notice("x", TEN), TEN)
    more = with_assets(product("revenue", checked("t")), "x", "y")
    tracker.define([more], TEN + HOUR, all_of_them=True)
    with store.transaction() as book:
        assert book.steps("revenue", Scope.EXPERIENCED, 0) == [(TEN, Health.UNHEALTHY)]
    tracker.record(notice("x", TEN + 2 * HOUR, active=False), TEN + 2 * HOUR)
    with store.transaction() as book:
        steps = book.steps("revenue", Scope.EXPERIENCED, 0)
    assert steps == [(TEN, Health.UNHEALTHY), (TEN + 2 * HOUR, Health.UNKNOWN)]
    assert audit(store).findings == ()
    store.close()


def test_an_asset_that_is_given_up_takes_its_incident_with_it_from_then_on(tmp_path: Path) -> None:
    one = with_assets(product("revenue", checked("t")), "x", "y")
    tracker, store = tracker_on(tmp_path, [one])
    tracker.record(result("t", TEN), TEN)
    tracker.record(notice("x", TEN), TEN)
    tracker.define([with_assets(one, "y")], TEN + HOUR, all_of_them=True)
    tracker.define([with_assets(one, "y", "x")], TEN + 3 * HOUR, all_of_them=True)
    with store.transaction() as book:
        steps = book.steps("revenue", Scope.EXPERIENCED, 0)
    assert steps == [
        (TEN, Health.UNHEALTHY),
        (TEN + HOUR, Health.HEALTHY),
        (TEN + 3 * HOUR, Health.UNHEALTHY),
    ]
    store.close()


def test_a_sibling_that_is_known_no_more_takes_its_incident_with_it(tmp_path: Path) -> None:
    fresh = freshness_assertion("x", MaxAge(age=DAY), impact=Impact.WARNING)
    fresh = replace(fresh, listens_to=(dataset("x"), dataset("x_on_dbt")))
    one = with_assets(product("revenue", checked("t"), fresh), "x")
    tracker, store = tracker_on(tmp_path, [one])
    tracker.record(result("t", TEN), TEN)
    tracker.record(notice("x_on_dbt", TEN), TEN)
    tracker.define([replace(one, assertions=(checked("t"),))], TEN + HOUR, all_of_them=True)
    with store.transaction() as book:
        steps = book.steps("revenue", Scope.EXPERIENCED, 0)
    assert steps == [(TEN, Health.UNHEALTHY), (TEN + HOUR, Health.HEALTHY)]
    assert audit(store).findings == ()
    store.close()


def test_an_incident_resolved_before_an_asset_was_taken_up_again_ended_by_then(
    tmp_path: Path,
) -> None:
    one = with_assets(product("revenue", checked("t")), "x", "y")
    other = with_assets(product("users"), "x")
    tracker, store = tracker_on(tmp_path, [one, other])
    tracker.record(result("t", TEN), TEN)
    tracker.record(notice("x", TEN), TEN)
    tracker.define([with_assets(one, "y"), other], TEN + HOUR, all_of_them=True)
    tracker.record(notice("x", TEN + 2 * HOUR, active=False), TEN + 2 * HOUR)
    tracker.define([one, other], TEN + 3 * HOUR, all_of_them=True)
    with store.transaction() as book:
        assert book.steps("revenue", Scope.EXPERIENCED, TEN + HOUR) == [
            (TEN + HOUR, Health.HEALTHY)
        ]
    assert audit(store).findings == ()
    store.close()


def test_a_product_new_to_an_old_incident_is_judged_by_it_from_the_beginning(
    tmp_path: Path,
) -> None:
    users = with_assets(product("users"), "x")
    tracker, store = tracker_on(tmp_path, [users])
    tracker.record(notice("x", TEN), TEN)
    tracker.record(notice("x", TEN + HOUR, active=False), TEN + HOUR)
    revenue = with_assets(product("revenue"), "x")
    tracker.define([users, revenue], TEN + 2 * HOUR, all_of_them=True)
    with store.transaction() as book:
        assert book.steps("revenue", Scope.EXPERIENCED, 0) == book.steps(
            "users", Scope.EXPERIENCED, 0
        )
    store.close()


def test_an_explanation_names_the_incident_and_what_heals(tmp_path: Path) -> None:
    users = with_assets(product("users"), "x")
    revenue = product("revenue", checked("t"), inputs=(Input(product="users"),))
    tracker, store = tracker_on(tmp_path, [users, revenue])
    tracker.record(result("t", TEN), TEN)
    tracker.record(notice("x", TEN, incident="low", grave=False, title=""), TEN)
    tracker.record(notice("x", TEN + HOUR), TEN + HOUR)
    explained = explain(store, "revenue", TEN + 2 * HOUR, "UTC")
    assert isinstance(explained, Explanation)
    text = explanation_as_text(explained)
    tree = explanation_tree(explained)
    chart = explanation_as_mermaid(explained)
    store.close()
    named = 'the incident "Late load" (urn:li:incident:i1)'
    opened = "of critical or high priority, was opened today at 11:00"
    assert f"  Revenue > Users > x > {named}, {opened}" in text
    assert "To be healthy it takes\n  in Users: the resolution of the incident" in text
    assert f"    {named}, {opened}" in text
    assert "  x x has no open incident" in text
    assert tree["to_be_healthy"]["promises"] == [
        {"product": "users", "assertion": "urn:li:incident:i1"},
        {"product": "users", "assertion": "urn:li:incident:low"},
    ]
    (_, used) = tree["products"]
    assert [(p["kind"], p["reason"], p["remedy"]) for p in used["promises"]] == [
        ("incident", "incident open", f"the resolution of {named} on x"),
        (
            "incident",
            "incident open",
            "the resolution of the incident (urn:li:incident:low) on x",
        ),
    ]
    assert "It promises nothing itself" in text
    assert "was opened today at 11:00" in chart.replace("#58;", ":")


def test_status_names_the_incident(tmp_path: Path) -> None:
    users = with_assets(product("users"), "x")
    revenue = product("revenue", inputs=(Input(product="users"),))
    tracker, store = tracker_on(tmp_path, [users, revenue])
    tracker.record(notice("x", TEN), TEN)
    by_id = {status.product.id: status for status in report(store, TEN + HOUR, None)}
    assert by_id["users"].because == "x has an open incident: Late load"
    assert by_id["revenue"].because == "its input Users has an open incident: Late load"
    store.close()


def test_the_incidents_that_are_open_are_told_by_their_assets() -> None:
    with tempfile.TemporaryDirectory() as folder:
        tracker, store = tracker_on(folder, [with_assets(product("users"), "x", "y")])
        tracker.record(notice("x", TEN), TEN)
        tracker.record(notice("y", TEN, incident="i2"), TEN)
        tracker.record(notice("y", TEN + HOUR, incident="i2", active=False), TEN + HOUR)
        found = tracker.open_incidents([dataset("x"), dataset("y")])
        store.close()
    assert found == {"urn:li:incident:i1": {dataset("x")}}
