"""Products that change, come and go; evidence that is early, late or no evidence."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from datahub_dataproducts.adapters.store.store import SqlHealthStore
from datahub_dataproducts.application.ports import Book, Scope, Unavailable
from datahub_dataproducts.application.track_health import HealthTracker
from datahub_dataproducts.domain.assertions import Deadline, Impact, MaxAge, Outcome
from datahub_dataproducts.domain.durations import DAY, HOUR, MINUTE
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.products import DataProduct
from datahub_dataproducts.domain.schedules import Schedule
from tests.application.stories import Stories
from tests.builders import (
    AMSTERDAM,
    at,
    checked,
    freshness_assertion,
    product,
    result,
    update,
    uses,
)

SUCCESS, FAILURE, ERROR = Outcome.SUCCESS, Outcome.FAILURE, Outcome.ERROR
UNHEALTHY, UNKNOWN, AT_RISK, HEALTHY = Health


def days(steps: Sequence[tuple[int, Health]]) -> list[tuple[str, Health]]:
    """With instants as days of March (and hours, where it is not six in the morning)."""
    begin = at("2026-03-01 06:00")
    return [
        (
            f"{1 + (when - begin) // DAY}"
            + (f"+{h}h" if (h := (when - begin) % DAY // HOUR) else ""),
            health,
        )
        for when, health in steps
    ]


def day(number: int) -> int:
    """Six in the morning of a day of March 2026."""
    return at(f"2026-03-{number:02d} 06:00")


# Generations.


def test_stricter_promises_do_not_judge_the_time_before_them(story: Stories) -> None:
    here = story(product("a", checked("t", impact=Impact.WARNING)))
    here.hear(result("t", day(2), FAILURE))
    here.define(product("a", checked("t")), when="2026-03-04 06:00")
    assert days(here.steps("a")) == [("2", AT_RISK), ("4", UNHEALTHY)]


def test_a_holiday_of_the_past_does_not_rewrite_what_was_judged_without_it(story: Stories) -> None:
    def fresh(*holidays: date) -> DataProduct:
        schedule = Schedule(times=(360,), timezone=AMSTERDAM, holidays=holidays)
        return product("a", freshness_assertion("dim", Deadline(schedule=schedule)))

    here = story(fresh())
    here.hear(update("dim", day(2)))
    here.hear(update("dim", day(4)))
    missed = [("2", HEALTHY), ("3", UNHEALTHY), ("4", HEALTHY)]
    assert days(here.steps("a")) == missed
    here.define(fresh(date(2026, 3, 3)), when="2026-03-04 12:00")
    assert days(here.steps("a")) == missed


def test_another_promise_is_unknown_from_then_on_and_not_before(story: Stories) -> None:
    here = story(product("a", checked("t")))
    here.hear(result("t", day(2)))
    here.define(product("a", checked("t"), checked("u")), when="2026-03-04 06:00")
    assert days(here.steps("a")) == [("2", HEALTHY), ("4", UNKNOWN)]
    here.hear(result("u", day(5)))
    assert days(here.steps("a")) == [("2", HEALTHY), ("4", UNKNOWN), ("5", HEALTHY)]


def test_a_late_result_is_judged_by_the_promises_of_its_time(story: Stories) -> None:
    here = story(product("a", checked("t", impact=Impact.WARNING)))
    here.hear(result("t", day(2)))
    here.define(product("a", checked("t"), checked("u")), when="2026-03-04 06:00")
    here.hear(result("t", day(3), FAILURE), when="2026-03-05 06:00")
    assert days(here.steps("a")) == [("2", HEALTHY), ("3", AT_RISK), ("4", UNHEALTHY)]


def test_a_late_result_of_a_promise_taken_back_changes_the_time_it_was_made_for_alone(
    story: Stories,
) -> None:
    here = story(product("a", checked("t"), checked("u")))
    here.hear(result("t", day(2)), result("u", day(2)))
    here.define(product("a", checked("u")), when="2026-03-04 06:00")
    here.restart()
    here.hear(result("t", day(3), FAILURE), when="2026-03-05 06:00")
    assert days(here.steps("a")) == [("2", HEALTHY), ("3", UNHEALTHY), ("4", HEALTHY)]
    assert not here.tracker.record(result("t", day(4), FAILURE), day(5))


def hearing(urn: str) -> DataProduct:
    """One promise by its name, whichever assertion it listens to."""
    return product("a", replace(checked("t"), listens_to=(f"urn:li:assertion:{urn}",)))


def test_what_a_promise_hears_now_is_not_what_it_heard_before(story: Stories) -> None:
    here = story(hearing("old"))
    here.hear(result("old", day(2)))
    here.define(hearing("new"), when="2026-03-04 06:00")
    assert days(here.steps("a")) == [("2", HEALTHY), ("4", UNKNOWN)]
    here.hear(result("new", day(5)))
    here.hear(result("old", day(3), FAILURE), when="2026-03-06 06:00")
    assert days(here.steps("a")) == [
        ("2", HEALTHY),
        ("3", UNHEALTHY),
        ("4", UNKNOWN),
        ("5", HEALTHY),
    ]


def test_the_first_word_of_what_a_promise_heard_before_is_of_that_time_alone(
    story: Stories,
) -> None:
    here = story(hearing("old"))
    here.define(hearing("new"), when="2026-03-04 06:00")
    here.hear(result("old", day(3), FAILURE), when="2026-03-06 06:00")
    assert days(here.steps("a")) == [("3", UNHEALTHY), ("4", UNKNOWN)]


def test_a_late_result_of_a_product_that_is_no_more_counts_until_it_was_no_more(
    story: Stories,
) -> None:
    users = product("users", checked("t"))
    here = story(users, product("a", checked("u"), inputs=uses("users")))
    here.hear(result("t", day(2)), result("u", day(2)))
    here.tracker.remove("users", day(4))
    here.hear(result("t", day(3), FAILURE), when="2026-03-05 06:00")
    assert days(here.steps("users")) == [("2", HEALTHY), ("3", UNHEALTHY), ("4", UNKNOWN)]
    assert days(here.steps("a")) == [("2", HEALTHY), ("3", UNHEALTHY), ("4", HEALTHY)]


def test_what_an_older_store_does_not_know_of_inputs_is_read_from_who_was_there(
    story: Stories, tmp_path: Path
) -> None:
    silent = product("silent")
    here = story(product("a", checked("t"), inputs=uses("silent", "not_there_yet")), silent)
    here.hear(result("t", day(2)))
    with_more = product("a", checked("t"), checked("u"), inputs=uses("silent"))
    here.define(with_more, silent, when="2026-03-05 06:00")
    with here.store.reading() as book:
        (known,) = book.past_generations("a", day(2))
    with sqlite3.connect(tmp_path / "health.db") as connection:
        # As layout 3 finds it.
        connection.execute("UPDATE definitions SET inputs = NULL")
    with here.store.reading() as book:
        assert book.past_generations("a", day(2)) == [known]
    here.restart()
    here.hear(result("t", day(3), FAILURE), result("t", day(4)), when="2026-03-05 07:00")
    assert days(here.steps("a")) == [
        ("2", HEALTHY),
        ("3", UNHEALTHY),
        ("4", HEALTHY),
        ("5", UNKNOWN),
    ]


def test_what_is_late_over_a_time_a_product_was_away_leaves_that_time_unknown(
    story: Stories,
) -> None:
    here = story(product("a", checked("t")))
    here.hear(result("t", day(2)))
    here.tracker.remove("a", day(4))
    here.define(product("a", checked("t")), when="2026-03-06 06:00")
    here.hear(result("t", day(3), FAILURE), when="2026-03-07 06:00")
    assert days(here.steps("a")) == [
        ("2", HEALTHY),
        ("3", UNHEALTHY),
        ("4", UNKNOWN),
        ("6", UNHEALTHY),
    ]


def test_what_time_broke_before_new_promises_stays_broken(story: Stories) -> None:
    here = story(product("a", checked("t", expect_every=DAY)))
    here.hear(result("t", day(2)))
    here.define(product("a", checked("t")), when="2026-03-04 06:00")
    assert days(here.steps("a")) == [("2", HEALTHY), ("3", UNKNOWN), ("4", HEALTHY)]


def test_words_that_change_begin_no_generation(story: Stories) -> None:
    before = product("a", checked("t"))
    here = story(before)
    here.hear(result("t", day(2)))
    after = replace(before, description="Better words.", runbook="https://example.com/new")
    here.define(after, when="2026-03-04 06:00")
    here.hear(result("t", day(3), FAILURE), when="2026-03-05 06:00")
    assert days(here.steps("a")) == [("2", HEALTHY), ("3", UNHEALTHY)]
    assert here.tracker.portfolio.products["a"] == after


def test_the_order_of_promises_and_inputs_begins_no_generation(story: Stories) -> None:
    one, other = checked("t"), checked("u")
    here = story(product("x"), product("y"), product("a", one, other, inputs=uses("x", "y")))
    here.hear(result("t", day(2)), result("u", day(2)))
    turned = product("a", other, one, inputs=uses("y", "x"))
    here.define(product("x"), product("y"), turned, when="2026-03-05 06:00")
    here.hear(result("t", day(3), FAILURE), when="2026-03-05 07:00")
    assert days(here.steps("a")) == [("2", HEALTHY), ("3", UNHEALTHY)]


def test_a_generation_survives_a_restart(story: Stories) -> None:
    here = story(product("a", checked("t", impact=Impact.WARNING)))
    here.hear(result("t", day(2)))
    here.define(product("a", checked("t")), when="2026-03-04 06:00")
    here.restart()
    here.hear(result("t", day(3), FAILURE, run="late"), when="2026-03-05 06:00")
    assert days(here.steps("a")) == [("2", HEALTHY), ("3", AT_RISK), ("4", UNHEALTHY)]


def test_the_same_definition_once_more_changes_nothing(story: Stories) -> None:
    here = story(product("a", checked("t")))
    here.hear(result("t", day(2)))
    here.posts()
    here.define(product("a", checked("t")), when="2026-03-04 05:00")
    assert here.posts() == []


def test_a_promise_taken_back_is_forgotten(story: Stories) -> None:
    here = story(product("a", checked("t", expect_every=DAY), checked("u")))
    here.hear(result("t", day(2)), result("u", day(2)))
    here.define(product("a", checked("u")), when="2026-03-02 07:00")
    here.wait("2026-03-05 06:00")
    assert days(here.steps("a")) == [("2", HEALTHY)]


# Inputs.


def test_an_input_taken_up_counts_from_then_on(story: Stories) -> None:
    users = product("users", checked("t"))
    here = story(users, product("a", checked("u")))
    here.hear(result("t", day(2), FAILURE), result("u", day(2)))
    here.define(
        product("a", checked("u"), inputs=uses("users")),
        when="2026-03-04 06:00",
        all_of_them=False,
    )
    assert days(here.steps("a")) == [("2", HEALTHY), ("4", UNHEALTHY)]
    assert days(here.steps("a", Scope.OWN)) == [("2", HEALTHY)]


def test_an_input_that_appears_counts_from_then_on_and_late_results_keep_to_it(
    story: Stories,
) -> None:
    here = story(product("a", checked("u"), inputs=uses("users")))
    here.hear(result("u", day(2)))
    here.define(product("users", checked("t")), when="2026-03-04 06:00", all_of_them=False)
    assert days(here.steps("a")) == [("2", HEALTHY), ("4", UNKNOWN)]
    here.hear(result("u", day(3), FAILURE), when="2026-03-05 06:00")
    assert days(here.steps("a")) == [("2", HEALTHY), ("3", UNHEALTHY)]
    here.hear(result("t", day(3), FAILURE), result("u", day(5)), when="2026-03-05 06:00")
    here.hear(result("t", day(6)))
    assert days(here.steps("a"))[2:] == [("6", HEALTHY)]
    assert days(here.steps("users"))[0] == ("3", UNHEALTHY)


def test_an_input_that_begins_to_promise_makes_its_users_unknown_from_then_on(
    story: Stories,
) -> None:
    here = story(product("users"), product("a", checked("u"), inputs=uses("users")))
    here.hear(result("u", day(2)))
    here.define(product("users", checked("t")), when="2026-03-04 06:00", all_of_them=False)
    assert days(here.steps("a")) == [("2", HEALTHY), ("4", UNKNOWN)]
    posts = {post.product: post for post in here.posts()}
    assert (posts["a"].health, posts["a"].since) == (UNKNOWN, day(4))
    here.hear(result("t", day(5)))
    assert days(here.steps("a")) == [("2", HEALTHY), ("4", UNKNOWN), ("5", HEALTHY)]


def test_an_input_that_is_removed_counts_no_more_from_then_on(story: Stories) -> None:
    users = product("users", checked("t"))
    here = story(users, product("a", checked("u"), inputs=uses("users")))
    here.hear(result("t", day(2), FAILURE), result("u", day(2)))
    here.tracker.remove("users", day(4))
    assert days(here.steps("a")) == [("2", UNHEALTHY), ("4", HEALTHY)]
    assert set(here.tracker.portfolio.products) == {"a"}


# Products that come and go.


def test_a_product_that_appears_later_is_judged_by_evidence_that_was_there(
    story: Stories,
) -> None:
    here = story(product("a", checked("t")))
    here.hear(result("t", day(2)), result("t", day(3), FAILURE))
    here.define(product("b", checked("t")), when="2026-03-04 06:00", all_of_them=False)
    assert days(here.steps("b")) == [("2", HEALTHY), ("3", UNHEALTHY)]
    assert here.posts()[-1].since == day(3)


def test_the_history_of_a_product_that_appears_later_begins_with_that_of_its_inputs(
    story: Stories,
) -> None:
    here = story(product("users", checked("t")))
    here.hear(result("t", day(2)), result("t", day(3), FAILURE))
    here.define(product("a", inputs=uses("users")), when="2026-03-04 06:00", all_of_them=False)
    assert here.steps("a") == here.steps("users")


def test_while_a_product_is_no_more_nothing_is_known_and_its_past_stays(story: Stories) -> None:
    lenient = product("a", checked("t", impact=Impact.WARNING))
    here = story(lenient, product("b", checked("t")))
    here.hear(result("t", day(2), FAILURE))
    here.tracker.remove("a", day(3))
    assert here.tracker.portfolio.products.keys() == {"b"}
    here.define(product("a", checked("t")), when="2026-03-05 06:00", all_of_them=False)
    assert days(here.steps("a")) == [("2", AT_RISK), ("3", UNKNOWN), ("5", UNHEALTHY)]


def test_a_product_that_is_not_known_is_removed_without_a_word(story: Stories) -> None:
    here = story(product("a", checked("t")))
    here.posts()
    here.tracker.remove("stranger", day(3))
    assert here.posts() == []


def test_a_product_that_was_never_measured_leaves_no_history(story: Stories) -> None:
    here = story(product("a", checked("t")))
    here.tracker.remove("a", day(3))
    assert here.steps("a") == here.steps("a", Scope.OWN) == []
    here.define(product("a", checked("t")), when="2026-03-05 06:00")
    here.hear(result("t", day(4)), when="2026-03-06 06:00")
    assert days(here.steps("a")) == [("5", HEALTHY)]


def test_a_silence_of_a_product_that_is_no_more_is_not_told(story: Stories) -> None:
    here = story(product("a", checked("t", expect_every=DAY)))
    here.hear(result("t", day(2)))
    here.tracker.remove("a", day(2) + HOUR)
    here.told()
    assert here.tracker.tick(day(9)) == 0
    assert here.told() == []


# Evidence that is none.


def test_what_nobody_listens_to_is_not_kept(story: Stories) -> None:
    here = story(product("a", checked("t")))
    assert not here.tracker.record(result("other", day(2)), day(2))
    assert not here.tracker.record(update("t", day(2)), day(2))
    with here.store.transaction() as book:
        assert book.evidence(["urn:li:assertion:other", update("t", 0).subject], None) == []


@pytest.mark.parametrize(("ahead", "kept"), [(5 * MINUTE, True), (5 * MINUTE + 1, False)])
def test_a_result_more_than_five_minutes_ahead_of_the_clock_is_set_aside(
    story: Stories, ahead: int, kept: bool
) -> None:
    here = story(product("a", checked("t")))
    assert here.tracker.record(result("t", day(2) + ahead), day(2)) is kept
    assert here.store.set_aside_count() == (0 if kept else 1)
    assert bool(here.steps("a")) is kept


def test_a_result_ahead_of_the_clock_is_set_aside_once_however_often_it_is_read(
    story: Stories,
) -> None:
    here = story(product("a", checked("t")))
    for now in (day(2), day(2) + 1, day(2) + MINUTE):
        assert not here.tracker.record(result("t", day(3)), now)
    assert here.store.set_aside_count() == 1


# One transaction.


class BreakingStore:
    """A store whose next transactions fail when they are to be committed."""

    def __init__(self, store: SqlHealthStore) -> None:
        self._store = store
        self.failures = 0

    @contextmanager
    def transaction(self) -> Iterator[Book]:
        with self._store.transaction() as book:
            yield book
            if self.failures:
                self.failures -= 1
                raise Unavailable("the disk is full")


@pytest.mark.parametrize("step", ["record", "tick", "define"])
def test_after_a_commit_that_failed_the_same_step_once_more_does_it(
    story: Stories, step: str
) -> None:
    here = story(product("a", checked("t", expect_every=DAY)))
    breaking = BreakingStore(here.store)
    tracker = HealthTracker(breaking, here.policy)
    tracker.load()
    tracker.record(result("t", day(2)), day(2))
    tracker.take_mail()
    before, portfolio = here.steps("a"), tracker.portfolio

    def do() -> None:
        if step == "record":
            tracker.record(result("t", day(2) + HOUR, FAILURE), day(2) + HOUR)
        elif step == "tick":
            tracker.tick(day(3))
        else:
            tracker.define([product("b")], day(3), all_of_them=True)

    breaking.failures = 1
    with pytest.raises(Unavailable, match="the disk is full"):
        do()
    assert here.steps("a") == before
    assert tracker.portfolio == portfolio
    assert not tracker.take_mail()
    do()
    assert here.steps("a") != before
    assert tracker.take_mail()


def test_what_was_assessed_in_a_step_that_failed_is_forgotten(story: Stories) -> None:
    here = story(product("a", checked("t")), product("b", checked("u"), inputs=uses("a")))
    here.hear(result("t", day(2)), result("u", day(2)))
    breaking = BreakingStore(here.store)
    tracker = HealthTracker(breaking, here.policy)
    tracker.load()
    tracker.record(result("t", day(2) + 1), day(2) + 1)
    breaking.failures = 1
    with pytest.raises(Unavailable, match="the disk is full"):
        tracker.record(result("t", day(3), FAILURE), day(3))
    tracker.record(result("u", day(3), FAILURE), day(3))
    with here.store.transaction() as book:
        told = book.told("b")
    assert told is not None
    health, *faults = told.digest.split("|")
    assert health == UNHEALTHY.value
    assert [fault.split()[0] for fault in faults] == ["b"]


def test_events_after_a_restart_go_on_where_it_stopped(story: Stories) -> None:
    here = story(
        product("users", freshness_assertion("raw", MaxAge(age=DAY))),
        product("a", checked("t", expect_every=DAY), inputs=uses("users")),
    )
    here.hear(update("raw", day(2)), result("t", day(2)))
    here.restart()
    here.wait("2026-03-03 12:00")
    here.restart()
    here.hear(result("t", day(4)), update("raw", day(4)))
    assert days(here.steps("a")) == [("2", HEALTHY), ("3", UNHEALTHY), ("4", HEALTHY)]
    assert days(here.steps("a", Scope.OWN)) == [("2", HEALTHY), ("3", UNKNOWN), ("4", HEALTHY)]
