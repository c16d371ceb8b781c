"""Time that passes while nobody looks at the clock."""

from pathlib import Path

from datahub_dataproducts.application.report import report
from datahub_dataproducts.domain.durations import DAY, HOUR
from datahub_dataproducts.domain.products import Input
from tests.application.test_track_health import tracker_on
from tests.builders import checked, product, result

BEGIN = 1_772_431_200_000
USERS = product("users", checked("users", expect_every=DAY))
REVENUE = product("revenue", checked("revenue"), inputs=(Input(product="users"),))


def test_a_check_gone_silent_while_the_action_was_down_is_not_shown_as_good(
    tmp_path: Path,
) -> None:
    tracker, store = tracker_on(tmp_path, [USERS, REVENUE])
    tracker.record(result("users", BEGIN), BEGIN)
    tracker.record(result("revenue", BEGIN), BEGIN)
    week = {s.product.id: s for s in report(store, BEGIN + 7 * DAY, None)}
    assert week["users"].health.value == "UNKNOWN"
    assert week["users"].since == BEGIN + DAY
    assert (week["users"].figures.good, week["users"].figures.unknown) == (DAY, 6 * DAY)
    assert week["revenue"].health.value == "UNKNOWN"
    store.close()


def test_looking_changes_nothing(tmp_path: Path) -> None:
    tracker, store = tracker_on(tmp_path, [USERS, REVENUE])
    tracker.record(result("users", BEGIN), BEGIN)
    report(store, BEGIN + 7 * DAY, None)
    assert store.due_letters(BEGIN + 9 * DAY, 100)
    with store.transaction() as book:
        assert len(book.changes("users", 0)["urn:li:assertion:users"]) == 1
    tracker.record(result("users", BEGIN + HOUR), BEGIN + HOUR)
    [_, users] = report(store, BEGIN + 2 * HOUR, None)
    assert users.health.value == "HEALTHY"
    store.close()


def test_a_promise_kept_under_its_name_but_decided_by_others_begins_unheard(
    tmp_path: Path,
) -> None:
    tracker, store = tracker_on(tmp_path, [USERS])
    tracker.record(result("users", BEGIN), BEGIN)
    elsewhere = product(
        "users", checked("users", expect_every=DAY, listens_to=("urn:li:assertion:other",))
    )
    tracker.define([elsewhere], BEGIN + HOUR, all_of_them=True)
    [users] = report(store, BEGIN + 2 * HOUR, None)
    assert users.health.value == "UNKNOWN"
    assert users.since == BEGIN + HOUR
    assert (users.figures.good, users.figures.unknown) == (HOUR, HOUR)
    store.close()
