"""Looking at some products beside many."""

from pathlib import Path

import pytest

from datahub_dataproducts.adapters.store.store import SqlHealthStore
from datahub_dataproducts.application.explain import NotThere, explain
from datahub_dataproducts.application.uptime import uptime
from datahub_dataproducts.domain.durations import DAY, HOUR
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.products import Input
from tests.application.test_track_health import tracker_on
from tests.builders import checked, product, result

BEGIN = 1_772_431_200_000
SOURCES = product("sources", checked("sources", expect_every=DAY))
USERS = product("users", checked("users", expect_every=2 * DAY), inputs=(Input(product="sources"),))
REVENUE = product("revenue", checked("revenue"), inputs=(Input(product="users"),))
OTHER = product("other", checked("other", expect_every=HOUR))
ALL = [SOURCES, USERS, REVENUE, OTHER]


@pytest.fixture
def store(tmp_path: Path) -> SqlHealthStore:
    tracker, store = tracker_on(tmp_path, ALL)
    for one in ALL:
        tracker.record(result(one.id, BEGIN), BEGIN)
    return store


def test_time_passes_for_what_is_asked_about_as_it_does_for_all(store: SqlHealthStore) -> None:
    for at in (BEGIN, BEGIN + HOUR, BEGIN + DAY - 1, BEGIN + DAY, BEGIN + 3 * DAY):
        window = [(BEGIN, at)]
        of_all = uptime(store, [], at, window).products
        assert [p.product.id for p in of_all] == ["other", "revenue", "sources", "users"]
        for one in of_all:
            assert uptime(store, [one.product.id], at, window).products == (one,)
        assert uptime(store, ["users", "other"], at, window).products == (of_all[3], of_all[0])


def test_an_input_over_two_ways_that_went_silent_is_explained(store: SqlHealthStore) -> None:
    found = explain(store, "revenue", BEGIN + DAY + HOUR, "UTC")
    assert not isinstance(found, NotThere)
    assert found.assessment.health is Health.UNKNOWN
    assert [cause.path for cause in found.assessment.causes] == [("revenue", "users", "sources")]
    assert found.states[0].since == BEGIN + DAY


def test_nobody_who_looks_waits_for_what_is_due_elsewhere(store: SqlHealthStore) -> None:
    with store.transaction():
        # Only the other product has something due, so nothing is to be tried out.
        found = explain(store, "revenue", BEGIN + 2 * HOUR, "UTC")
    assert not isinstance(found, NotThere)
    assert found.assessment.health is Health.HEALTHY


def test_of_a_product_that_never_was_nothing_passes(store: SqlHealthStore) -> None:
    assert uptime(store, ["nobody"], BEGIN + DAY, []).missing == ("nobody",)


def test_a_product_that_is_no_more_is_looked_at_as_it_was(tmp_path: Path) -> None:
    tracker, store = tracker_on(tmp_path, ALL)
    for one in ALL:
        tracker.record(result(one.id, BEGIN), BEGIN)
    tracker.remove("revenue", BEGIN + HOUR)
    found = explain(store, "revenue", BEGIN + HOUR - 1, "UTC")
    assert not isinstance(found, NotThere)
    assert isinstance(explain(store, "revenue", BEGIN + 3 * HOUR, "UTC"), NotThere)
