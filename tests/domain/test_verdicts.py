"""The verdict of one assertion: each row of the table, and to the millisecond where it turns."""

from itertools import permutations

import pytest

from datahub_dataproducts.domain.assertions import (
    Assertion,
    Deadline,
    Evidence,
    MaxAge,
    Outcome,
)
from datahub_dataproducts.domain.durations import DAY, HOUR, MINUTE
from datahub_dataproducts.domain.schedules import Schedule
from datahub_dataproducts.domain.verdicts import (
    NEVER_RAN,
    Judgement,
    Reason,
    Verdict,
    advance,
    changes,
    heard,
)
from tests.builders import AMSTERDAM, at, checked, freshness_assertion, result, update

SUCCESS, FAILURE, ERROR, LOW = (
    Outcome.SUCCESS,
    Outcome.FAILURE,
    Outcome.ERROR,
    Outcome.FAILURE_LOW,
)
PASSED = Judgement(Verdict.MET, Reason.PASSED)
FAILED = Judgement(Verdict.NOT_MET, Reason.FAILED)
FAILED_LOW = Judgement(Verdict.NOT_MET, Reason.FAILED, low=True)
CHECK_BROKEN = Judgement(Verdict.UNKNOWN, Reason.CHECK_BROKEN)
GONE_SILENT = Judgement(Verdict.UNKNOWN, Reason.GONE_SILENT)
FRESH = Judgement(Verdict.MET, Reason.FRESH)
NOT_FRESH = Judgement(Verdict.NOT_MET, Reason.NOT_FRESH)

NOON = at("2026-03-03 12:00")
DAILY = Deadline(schedule=Schedule(times=(480,), timezone=AMSTERDAM))
WORKDAYS = Deadline(schedule=Schedule(times=(480,), timezone=AMSTERDAM, weekdays=(0, 1, 2, 3, 4)))


def judgement(assertion: Assertion, evidence: list[Evidence], when: int) -> Judgement:
    made, _ = changes(assertion, heard(assertion, evidence), when)
    return made[-1].judgement if made else NEVER_RAN


def outcomes(*said: Outcome) -> list[Evidence]:
    """Results an hour apart, the last at noon."""
    return [
        result("t", NOON - (len(said) - 1 - n) * HOUR, outcome, run=str(n))
        for n, outcome in enumerate(said)
    ]


# The table.


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ((), NEVER_RAN),
        ((SUCCESS,), PASSED),
        ((FAILURE,), FAILED),
        ((LOW,), FAILED_LOW),
        ((ERROR,), CHECK_BROKEN),
        ((SUCCESS, ERROR), CHECK_BROKEN),
        ((FAILURE, ERROR), FAILED),
        ((LOW, ERROR), FAILED_LOW),
        ((FAILURE, ERROR, ERROR), FAILED),
        ((FAILURE, SUCCESS, ERROR), CHECK_BROKEN),
        ((ERROR, FAILURE, ERROR), FAILED),
        ((FAILURE, LOW, ERROR), FAILED_LOW),
        ((FAILURE, ERROR, SUCCESS), PASSED),
        ((SUCCESS, FAILURE), FAILED),
    ],
)
def test_the_latest_result_decides(said: tuple[Outcome, ...], expected: Judgement) -> None:
    assert judgement(checked(), outcomes(*said), NOON) == expected


def test_a_failure_is_bad_however_old_until_shown_good() -> None:
    silent = checked(expect_every=DAY)
    assert judgement(silent, outcomes(FAILURE), NOON + 1000 * DAY) == FAILED


def test_a_success_without_expectation_stays_good_for_ever() -> None:
    assert judgement(checked(), outcomes(SUCCESS), NOON + 1000 * DAY) == PASSED


@pytest.mark.parametrize(("age", "expected"), [(DAY - 1, PASSED), (DAY, GONE_SILENT)])
def test_a_success_exactly_as_old_as_expected_has_gone_silent(
    age: int, expected: Judgement
) -> None:
    assert judgement(checked(expect_every=DAY), outcomes(SUCCESS), NOON + age) == expected


def test_a_success_after_silence_is_good_again() -> None:
    daily = checked(expect_every=DAY)
    made, _ = changes(
        daily, [result("t", NOON, run="1"), result("t", NOON + 2 * DAY, run="2")], NOON + 2 * DAY
    )
    assert [(c.at - NOON, c.judgement) for c in made] == [
        (0, PASSED),
        (DAY, GONE_SILENT),
        (2 * DAY, PASSED),
    ]
    assert [c.evidence_at - NOON for c in made] == [0, 0, 2 * DAY]


def test_a_success_in_time_leaves_no_gap() -> None:
    daily = checked(expect_every=DAY)
    pieces = [result("t", NOON + n * DAY, run=str(n)) for n in range(4)]
    made, standing = changes(daily, pieces, NOON + 3 * DAY)
    assert [c.at for c in made] == [NOON]
    assert standing is not None
    assert standing.expires_at == NOON + 4 * DAY


def test_nothing_is_known_before_the_first_result() -> None:
    assert judgement(checked(), outcomes(SUCCESS), NOON - 1) == NEVER_RAN
    assert judgement(checked(), outcomes(SUCCESS), NOON) == PASSED


def test_a_standing_tells_what_holds_at_any_time_after_it() -> None:
    standing = advance(checked(expect_every=DAY), None, result("t", NOON))
    assert standing.at(NOON) == standing.at(NOON + DAY - 1) == PASSED
    assert standing.at(NOON + DAY) == GONE_SILENT
    assert advance(checked(), None, result("t", NOON)).at(NOON + DAY) == PASSED


# One instant, one run.


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ((SUCCESS, LOW), FAILED_LOW),
        ((SUCCESS, ERROR), CHECK_BROKEN),
        ((LOW, ERROR), CHECK_BROKEN),
        ((FAILURE, ERROR), FAILED),
        ((FAILURE, LOW, SUCCESS), FAILED),
    ],
)
def test_of_two_results_at_one_instant_the_worse_stands_in_any_order(
    said: tuple[Outcome, ...], expected: Judgement
) -> None:
    for order in permutations(said):
        pieces: list[Evidence] = [result("t", NOON, o, run=str(n)) for n, o in enumerate(order)]
        assert judgement(checked(), pieces, NOON) == expected


def test_one_dbt_test_kept_as_several_assertions_is_one_test() -> None:
    several = checked(listens_to=("urn:li:assertion:a", "urn:li:assertion:b"))
    pieces: list[Evidence] = [result("a", NOON), result("b", NOON, FAILURE)]
    assert judgement(several, pieces, NOON) == FAILED
    assert judgement(several, [*pieces, result("a", NOON + 1)], NOON + 1) == PASSED


@pytest.mark.parametrize("reverse", [False, True])
def test_what_an_entity_change_event_said_gives_way_to_the_run_event(reverse: bool) -> None:
    pieces: list[Evidence] = [
        result("t", NOON + MINUTE, FAILURE, run="1", provisional=True),
        result("t", NOON, SUCCESS, run="1"),
    ]
    pieces = pieces[::-1] if reverse else pieces
    made, _ = changes(checked(), heard(checked(), pieces), NOON + HOUR)
    assert [(c.at, c.judgement) for c in made] == [(NOON, PASSED)]


def test_what_an_entity_change_event_said_counts_while_nothing_else_is_known_of_its_run() -> None:
    pieces: list[Evidence] = [
        result("t", NOON, FAILURE, run="2", provisional=True),
        result("t", NOON - HOUR, SUCCESS, run="1"),
        result("other", NOON, SUCCESS, run="2"),
    ]
    either = checked(listens_to=("urn:li:assertion:t", "urn:li:assertion:other"))
    assert judgement(either, pieces, NOON) == FAILED


def test_results_say_nothing_of_freshness_and_updates_nothing_of_a_test() -> None:
    listens = ("urn:li:assertion:t", update("t", NOON).subject)
    assert judgement(checked(listens_to=listens), [update("t", NOON)], NOON) == NEVER_RAN
    assert judgement(freshness_assertion("t", DAILY), [result("t", NOON)], NOON) == NEVER_RAN


# Freshness: an interval.


def test_a_greatest_age_is_not_met_from_the_very_millisecond_on() -> None:
    hourly = freshness_assertion("t", MaxAge(age=HOUR))
    assert judgement(hourly, [update("t", NOON)], NOON - 1) == NEVER_RAN
    assert judgement(hourly, [update("t", NOON)], NOON + HOUR - 1) == FRESH
    assert judgement(hourly, [update("t", NOON)], NOON + HOUR) == NOT_FRESH


def test_the_next_update_ends_it() -> None:
    hourly = freshness_assertion("t", MaxAge(age=HOUR))
    made, _ = changes(hourly, [update("t", NOON), update("t", NOON + 3 * HOUR)], NOON + 3 * HOUR)
    assert [(c.at - NOON, c.judgement) for c in made] == [
        (0, FRESH),
        (HOUR, NOT_FRESH),
        (3 * HOUR, FRESH),
    ]


# Freshness: a deadline.


def fresh(rule: Deadline, updates: list[str], when: str, offset: int = 0) -> Judgement:
    pieces: list[Evidence] = [update("t", at(u)) for u in updates]
    return judgement(freshness_assertion("t", rule), pieces, at(when) + offset)


def test_before_the_first_update_a_deadline_is_unknown() -> None:
    assert fresh(DAILY, [], "2026-03-03 12:00") == NEVER_RAN
    assert fresh(DAILY, ["2026-03-03 13:00"], "2026-03-03 12:00") == NEVER_RAN


def test_a_load_in_the_early_morning_keeps_the_promise_until_the_next_eight_oclock() -> None:
    monday = ["2026-03-02 06:02"]
    assert fresh(DAILY, monday, "2026-03-02 06:02") == FRESH
    assert fresh(DAILY, monday, "2026-03-03 08:00", -1) == FRESH
    assert fresh(DAILY, monday, "2026-03-03 08:00") == NOT_FRESH


def test_an_update_exactly_at_the_deadline_meets_it() -> None:
    assert fresh(DAILY, ["2026-03-02 06:00", "2026-03-03 08:00"], "2026-03-03 08:00") == FRESH


def test_a_load_at_ten_forty_ends_the_miss_of_the_day_and_does_not_make_the_next_day_met() -> None:
    loads = ["2026-03-02 06:02", "2026-03-03 10:40"]
    assert fresh(DAILY, loads, "2026-03-03 10:39") == NOT_FRESH
    assert fresh(DAILY, loads, "2026-03-03 10:40") == FRESH
    assert fresh(DAILY, loads, "2026-03-04 07:59") == FRESH
    assert fresh(DAILY, loads, "2026-03-04 08:00") == NOT_FRESH


def test_a_load_on_the_evening_before_is_early_enough_and_not_too_early() -> None:
    assert fresh(DAILY, ["2026-03-02 20:00"], "2026-03-03 08:00") == NOT_FRESH
    assert fresh(DAILY, ["2026-03-02 20:00"], "2026-03-03 08:00", -1) == FRESH
    assert fresh(DAILY, ["2026-03-02 20:01"], "2026-03-03 08:00") == FRESH


def test_on_workdays_nothing_is_due_from_friday_to_monday() -> None:
    friday = ["2026-03-06 06:00"]
    assert fresh(WORKDAYS, friday, "2026-03-08 23:59") == FRESH
    assert fresh(WORKDAYS, friday, "2026-03-09 08:00") == NOT_FRESH


def test_a_miss_on_friday_lasts_over_the_weekend() -> None:
    thursday = ["2026-03-05 06:00"]
    assert fresh(WORKDAYS, thursday, "2026-03-06 08:00") == NOT_FRESH
    assert fresh(WORKDAYS, thursday, "2026-03-08 12:00") == NOT_FRESH
    assert fresh(WORKDAYS, [*thursday, "2026-03-07 12:00"], "2026-03-07 12:00") == FRESH
    assert fresh(WORKDAYS, [*thursday, "2026-03-07 12:00"], "2026-03-09 08:00") == NOT_FRESH


def test_a_load_on_sunday_is_enough_for_monday() -> None:
    assert fresh(WORKDAYS, ["2026-03-08 10:00"], "2026-03-09 08:00") == FRESH


def test_two_updates_at_one_instant_are_one() -> None:
    pieces = [update("t", NOON), update("t", NOON)]
    assert len(heard(freshness_assertion("t", DAILY), pieces)) == 1


# What a change rests on.


def test_a_change_tells_the_evidence_it_rests_on() -> None:
    made, standing = changes(
        checked(),
        [result("t", NOON, FAILURE, run="1"), result("t", NOON + 1, FAILURE, run="2")],
        NOON + 1,
    )
    assert [(c.at, c.evidence_at, c.run_id) for c in made] == [(NOON, NOON, "1")]
    assert standing is not None
    assert (standing.latest, standing.run_id) == (NOON + 1, "2")


def test_evidence_later_than_the_end_is_left_for_later() -> None:
    made, standing = changes(checked(), [result("t", NOON), result("t", NOON + 1, FAILURE)], NOON)
    assert [c.judgement for c in made] == [PASSED]
    assert standing is not None
    assert standing.latest == NOON


def test_without_evidence_there_is_no_change() -> None:
    assert changes(checked(), [], NOON) == ((), None)
