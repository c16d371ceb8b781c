"""Time that passes while nobody looks at the clock."""

from dataclasses import replace
from pathlib import Path

from datahub_dataproducts.application.report import report
from datahub_dataproducts.domain.assertions import Impact, MaxAge
from datahub_dataproducts.domain.durations import DAY, HOUR
from datahub_dataproducts.domain.letters import Announcement, HealthPost, VerdictPost
from datahub_dataproducts.domain.products import Input
from datahub_dataproducts.domain.verdicts import Verdict
from tests.application.test_track_health import tracker_on
from tests.builders import checked, dataset, freshness_assertion, product, result, update

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


def test_a_freshness_promise_on_another_table_begins_unheard_and_says_nothing_of_it(
    tmp_path: Path,
) -> None:
    rule = MaxAge(age=DAY)
    tracker, store = tracker_on(tmp_path, [product("users", freshness_assertion("old", rule))])
    tracker.record(update("old", BEGIN), BEGIN)
    moved = replace(freshness_assertion("old", rule), listens_to=(dataset("new"),))
    tracker.define([product("users", moved)], BEGIN + HOUR, all_of_them=True)
    [users] = report(store, BEGIN + 2 * HOUR, None)
    assert (users.health.value, users.since) == ("UNKNOWN", BEGIN + HOUR)
    verdicts = [
        due.letter.verdict
        for due in store.due_letters(BEGIN + DAY, 100)
        if isinstance(due.letter, VerdictPost)
    ]
    assert verdicts == [Verdict.MET]
    store.close()


def test_a_blind_spot_that_comes_or_goes_is_news_to_the_catalog_and_not_to_people(
    tmp_path: Path,
) -> None:
    quiet = checked("quiet", impact=Impact.WARNING, expect_every=DAY)
    tracker, store = tracker_on(tmp_path, [product("users", checked("users"), quiet)])
    tracker.record(result("users", BEGIN), BEGIN)
    tracker.record(result("quiet", BEGIN), BEGIN)
    tracker.tick(BEGIN + 2 * DAY)
    letters = [due.letter for due in store.due_letters(BEGIN + 2 * DAY, 100)]
    [post] = [letter for letter in letters if isinstance(letter, HealthPost)]
    assert post.reason == "Users is healthy. Note that fct has gone silent."
    assert not [letter for letter in letters if isinstance(letter, Announcement)]
    store.close()
