"""Objectives and error budgets, exact to the millisecond."""

from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.domain.durations import DAY, HOUR, MINUTE
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.objectives import (
    ObjectiveReport,
    ObjectiveStatus,
    judge_objective,
    judge_span,
    objective_of,
    tally_of,
    window_of,
)
from datahub_dataproducts.domain.products import Objective
from datahub_dataproducts.domain.timelines import Step, Tally
from datahub_dataproducts.domain.timelines import tally as plain_tally
from tests.builders import AMSTERDAM, at, product

UNHEALTHY, UNKNOWN, AT_RISK, HEALTHY = Health
NO_DATA, EXHAUSTED, SHORT, MEETING = ObjectiveStatus
TARGET = Fraction(99, 100)
NOW = at("2026-03-31 00:00")
ROLLING = Objective(target=TARGET, window=100 * HOUR)
BEGIN = NOW - 100 * HOUR


def judged(objective: Objective, steps: list[Step], now: int = NOW) -> ObjectiveReport:
    return judge_objective(
        objective,
        steps,
        now,
        timezone=AMSTERDAM,
        history_from=steps[0][0] if steps else None,
    )


def bad_for(milliseconds: int, since: int = BEGIN) -> list[Step]:
    return [(since, UNHEALTHY), (since + milliseconds, HEALTHY)]


# Windows.


def test_a_rolling_window_ends_now_and_a_calendar_window_begins_with_the_local_month() -> None:
    assert window_of(ROLLING, NOW, AMSTERDAM) == (BEGIN, NOW)
    monthly = Objective(target=TARGET, calendar="month")
    assert window_of(monthly, NOW, AMSTERDAM) == (at("2026-03-01 00:00"), NOW)
    quarterly = Objective(target=TARGET, calendar="quarter")
    assert window_of(quarterly, NOW, AMSTERDAM) == (at("2026-01-01 00:00"), NOW)


# Status. The budget of 100 measured hours at 99 % is one hour.


@pytest.mark.parametrize(
    ("bad", "remaining", "status"),
    [
        (0, HOUR, MEETING),
        (45 * MINUTE, 15 * MINUTE, MEETING),
        (45 * MINUTE + 1, 15 * MINUTE - 1, SHORT),
        (HOUR - 1, 1, SHORT),
        (HOUR, 0, EXHAUSTED),
        (3 * HOUR, -2 * HOUR, EXHAUSTED),
    ],
)
def test_the_status_follows_what_is_left_of_the_budget(
    bad: int, remaining: int, status: ObjectiveStatus
) -> None:
    report = judged(ROLLING, bad_for(bad))
    assert report == ObjectiveReport(
        status=status,
        target=TARGET,
        since=BEGIN,
        until=NOW,
        tally=Tally(good=100 * HOUR - bad, bad=bad, unknown=0),
        budget=HOUR,
        remaining=remaining,
    )
    assert report.left == Fraction(remaining, HOUR)


@pytest.mark.parametrize(
    ("unknown", "status"), [(10 * HOUR, EXHAUSTED), (10 * HOUR + 1, NO_DATA), (100 * HOUR, NO_DATA)]
)
def test_below_ninety_percent_of_coverage_there_is_no_data_however_much_was_bad(
    unknown: int, status: ObjectiveStatus
) -> None:
    steps: list[Step] = [(BEGIN, UNKNOWN), (BEGIN + unknown, UNHEALTHY)]
    assert judged(ROLLING, steps).status is status


def test_a_product_without_a_history_has_no_data() -> None:
    report = judged(ROLLING, [])
    assert (report.status, report.tally, report.budget, report.remaining, report.left) == (
        NO_DATA,
        Tally(0, 0, 0),
        0,
        0,
        None,
    )
    assert judged(ROLLING, [(NOW, HEALTHY)]).status is NO_DATA


def test_unmeasured_time_earns_no_budget() -> None:
    steps: list[Step] = [(BEGIN, HEALTHY), (NOW - 10 * HOUR, UNKNOWN)]
    assert judged(ROLLING, steps).budget == 54 * MINUTE


def test_a_young_history_has_the_budget_of_its_age() -> None:
    report = judged(ROLLING, [(NOW - 10 * HOUR, HEALTHY)])
    assert (report.status, report.budget, report.since) == (MEETING, 6 * MINUTE, BEGIN)


def test_what_steps_do_not_reach_back_to_is_not_measured() -> None:
    steps: list[Step] = [(BEGIN + HOUR, HEALTHY)]
    report = judge_objective(ROLLING, steps, NOW, timezone="UTC", history_from=BEGIN - DAY)
    assert report.tally == Tally(good=99 * HOUR, bad=0, unknown=HOUR)


def test_steps_before_the_history_count_for_nothing() -> None:
    steps: list[Step] = [(BEGIN, UNHEALTHY), (BEGIN + HOUR, HEALTHY)]
    report = judge_objective(ROLLING, steps, NOW, timezone="UTC", history_from=BEGIN + HOUR)
    assert report.tally == Tally(good=99 * HOUR, bad=0, unknown=0)


def test_a_budget_is_rounded_down_to_whole_milliseconds() -> None:
    third = replace(ROLLING, target=Fraction(2, 3), window=100)
    assert judged(third, [(NOW - 100, HEALTHY)]).budget == 33
    tiny = judged(replace(ROLLING, window=99), [(NOW - 99, HEALTHY)])
    assert (tiny.status, tiny.budget, tiny.remaining) == (MEETING, 0, 0)
    spent = judged(replace(ROLLING, window=99), [(NOW - 99, UNHEALTHY), (NOW - 98, HEALTHY)])
    assert (spent.status, spent.remaining, spent.left) == (EXHAUSTED, -1, None)


def test_time_at_risk_is_bad_only_where_the_objective_says_so() -> None:
    steps: list[Step] = [(BEGIN, HEALTHY), (NOW - 2 * HOUR, AT_RISK)]
    assert judged(ROLLING, steps).status is MEETING
    strict = judged(replace(ROLLING, at_risk_is_bad=True), steps)
    assert (strict.status, strict.tally.bad, strict.remaining) == (EXHAUSTED, 2 * HOUR, -HOUR)


def test_a_product_is_judged_by_its_own_objective_in_its_own_time_zone() -> None:
    monthly = Objective(target=TARGET, calendar="month")
    steps = bad_for(HOUR, at("2026-03-01 00:00"))
    plain = product("revenue")
    assert objective_of(plain, steps, NOW) is None
    assert objective_of(replace(plain, objective=monthly), steps, NOW) == judged(monthly, steps)
    abroad = replace(plain, objective=monthly, timezone="America/New_York")
    report = objective_of(abroad, [], NOW)
    assert report is not None
    assert (report.status, report.since) == (NO_DATA, at("2026-03-01 00:00", "America/New_York"))


# Hours and calendars.


def test_a_night_outside_of_the_hours_that_count_costs_nothing() -> None:
    office = Objective(target=TARGET, window=7 * DAY, hours="MON-FRI 08:00-18:00")
    steps: list[Step] = [
        (at("2026-02-01 00:00"), HEALTHY),
        (at("2026-03-03 17:45"), UNHEALTHY),
        (at("2026-03-04 08:05"), HEALTHY),
    ]
    report = judged(office, steps, at("2026-03-09 00:00"))
    assert report.tally == Tally(good=50 * HOUR - 20 * MINUTE, bad=20 * MINUTE, unknown=0)
    assert (report.budget, report.remaining) == (30 * MINUTE, 10 * MINUTE)
    assert report.status is MEETING


def test_coverage_asks_only_of_the_hours_that_count() -> None:
    office = Objective(target=TARGET, window=7 * DAY, hours="MON-FRI 08:00-18:00")
    steps: list[Step] = [(at("2026-03-02 00:00"), HEALTHY), (at("2026-03-06 18:00"), UNKNOWN)]
    assert judged(office, steps, at("2026-03-09 00:00")).tally.coverage == 1


def test_a_month_that_begins_with_a_weekend_has_no_data_until_hours_count() -> None:
    office = Objective(target=TARGET, calendar="month", hours="MON-FRI 08:00-18:00")
    steps: list[Step] = [(at("2026-01-01 00:00"), HEALTHY)]
    assert judged(office, steps, at("2026-03-02 08:00")).status is NO_DATA
    assert judged(office, steps, at("2026-03-02 08:01")).status is MEETING


def test_a_calendar_month_begins_with_a_new_budget() -> None:
    monthly = Objective(target=TARGET, calendar="month")
    steps = bad_for(10 * HOUR, at("2026-03-20 00:00"))
    assert judged(monthly, steps, at("2026-03-31 23:00")).status is EXHAUSTED
    assert judged(monthly, steps, at("2026-04-01 00:00")).status is NO_DATA
    report = judged(monthly, steps, at("2026-04-02 00:00"))
    assert (report.status, report.budget) == (MEETING, DAY // 100)


def test_a_month_that_is_over_is_judged_whole() -> None:
    monthly = Objective(target=TARGET, calendar="month")
    steps = bad_for(HOUR, at("2026-01-01 00:00"))
    march = (at("2026-03-01 00:00"), at("2026-04-01 00:00"))
    report = judge_span(monthly, steps, march, timezone=AMSTERDAM, history_from=steps[0][0])
    # The clocks went forward on the 29th.
    assert report.tally.good == 31 * DAY - HOUR


def test_where_the_hours_cannot_be_read_there_is_no_data() -> None:
    assert judged(replace(ROLLING, hours="always"), [(BEGIN, HEALTHY)]).status is NO_DATA


# Properties.

HOURS = st.sampled_from(["", "MON-FRI 08:00-18:00", "SAT,SUN 00:30-03:15", "FRI-MON 01:30-02:30"])
ZONES = st.sampled_from([AMSTERDAM, "America/New_York", "Australia/Lord_Howe"])
SPRING = at("2026-03-27 00:00")
LENGTH = 6 * DAY
INSTANTS = st.integers(0, LENGTH // MINUTE).map(lambda n: SPRING + n * MINUTE)
STEPS = st.lists(
    st.tuples(INSTANTS, st.sampled_from(Health)), min_size=1, max_size=12, unique_by=lambda s: s[0]
).map(sorted)
TARGETS = st.fractions(Fraction(1, 1000), Fraction(999, 1000), max_denominator=1000)


@st.composite
def objectives(draw: st.DrawFn) -> Objective:
    calendar = draw(st.sampled_from(["", "month", "quarter"]))
    return Objective(
        target=draw(TARGETS),
        window=None if calendar else draw(st.integers(1, LENGTH)),
        calendar=calendar,
        hours=draw(HOURS),
        at_risk_is_bad=draw(st.booleans()),
    )


@given(objectives(), STEPS, INSTANTS, ZONES)
def test_budget_and_remaining_are_exact(
    objective: Objective, steps: list[Step], now: int, zone: str
) -> None:
    report = judge_objective(objective, steps, now, timezone=zone, history_from=steps[0][0])
    allowed = (1 - objective.target) * report.tally.measured
    assert 0 <= allowed - report.budget < 1
    assert report.remaining == report.budget - report.tally.bad
    assert report.tally.good + report.tally.bad == report.tally.measured


@given(objectives(), STEPS, st.lists(INSTANTS, min_size=3, max_size=3).map(sorted), ZONES)
def test_the_parts_of_a_window_add_up(
    objective: Objective, steps: list[Step], cuts: list[int], zone: str
) -> None:
    since, middle, until = cuts

    def figures(begin: int, end: int) -> list[int]:
        found = tally_of(objective, steps, (begin, end), timezone=zone, history_from=steps[0][0])
        return [found.good, found.bad, found.unknown]

    parts = zip(figures(since, middle), figures(middle, until), strict=True)
    assert [sum(pair) for pair in parts] == figures(since, until)


@given(objectives(), STEPS, INSTANTS, ZONES)
def test_each_minute_counts_as_its_health_and_the_wall_say(
    objective: Objective, steps: list[Step], now: int, zone: str
) -> None:
    # Minute by minute over two days, asking each one alone.
    since = now - 2 * DAY
    figures = {"good": 0, "bad": 0, "unknown": 0}
    for minute in range(max(since, steps[0][0]), now, MINUTE):
        if not is_counted(objective.hours, minute, zone):
            continue
        health = [said for begun, said in steps if begun <= minute][-1]
        bad = health is UNHEALTHY or (health is AT_RISK and objective.at_risk_is_bad)
        figures["bad" if bad else "unknown" if health is UNKNOWN else "good"] += MINUTE
    found = tally_of(objective, steps, (since, now), timezone=zone, history_from=steps[0][0])
    assert found == Tally(**figures)


DAYS_OF = {"": range(7), "MON-FRI": range(5), "SAT,SUN": (5, 6), "FRI-MON": (4, 5, 6, 0)}


def is_counted(hours: str, instant: int, zone: str) -> bool:
    days, _, times = hours.partition(" ")
    first, _, last = (times or "00:00-24:00").partition("-")
    wall = datetime.fromtimestamp(instant / 1000, tz=ZoneInfo(zone))
    return wall.weekday() in DAYS_OF[days] and first <= f"{wall:%H:%M}" < last


@given(STEPS, INSTANTS, st.integers(1, LENGTH))
def test_without_hours_the_tally_is_that_of_the_whole_window(
    steps: list[Step], now: int, window: int
) -> None:
    report = judged(Objective(target=TARGET, window=window), steps, now)
    assert report.tally == plain_tally(steps, now - window, now)
    filled = report.tally.good + report.tally.bad + report.tally.unknown
    assert filled == max(0, now - max(now - window, steps[0][0]))


@given(objectives(), STEPS, INSTANTS, ZONES)
def test_counting_time_at_risk_as_bad_never_raises_uptime(
    objective: Objective, steps: list[Step], now: int, zone: str
) -> None:
    lenient, strict = (
        judge_objective(
            replace(objective, at_risk_is_bad=strictly),
            steps,
            now,
            timezone=zone,
            history_from=steps[0][0],
        )
        for strictly in (False, True)
    )
    assert strict.tally.measured == lenient.tally.measured
    assert strict.tally.good <= lenient.tally.good
    assert strict.remaining <= lenient.remaining


@given(objectives(), STEPS, INSTANTS, ZONES, st.data())
def test_more_bad_time_never_leaves_more(
    objective: Objective, steps: list[Step], now: int, zone: str, data: st.DataObject
) -> None:
    which = data.draw(st.integers(0, len(steps) - 1))
    worse = [*steps[:which], (steps[which][0], UNHEALTHY), *steps[which + 1 :]]
    before, after = (
        judge_objective(objective, some, now, timezone=zone, history_from=steps[0][0])
        for some in (steps, worse)
    )
    # What was unknown adds to the measured time and so to the budget, but less than it takes.
    assert after.remaining <= before.remaining
    assert after.tally.bad >= before.tally.bad
