"""How long an update is enough."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.domain.assertions import Deadline, MaxAge
from datahub_dataproducts.domain.durations import DAY, HOUR, MINUTE, WEEK
from datahub_dataproducts.domain.schedules import Schedule, parse_cron
from tests.builders import AMSTERDAM, at
from tests.strategies import deadlines

EIGHT = 8 * 60
DAILY = Schedule(times=(EIGHT,), timezone=AMSTERDAM)
WORKDAYS = Schedule(times=(EIGHT,), timezone=AMSTERDAM, weekdays=(0, 1, 2, 3, 4))


@pytest.mark.parametrize(
    ("updated", "enough_until"),
    [
        ("2026-03-03 08:00", "2026-03-04 08:00"),
        ("2026-03-03 19:59", "2026-03-04 08:00"),
        ("2026-03-03 20:00", "2026-03-04 08:00"),
        ("2026-03-03 20:01", "2026-03-05 08:00"),
        ("2026-03-04 07:59", "2026-03-05 08:00"),
    ],
)
def test_without_a_look_back_an_update_counts_from_half_way_since_the_tick_before(
    updated: str, enough_until: str
) -> None:
    assert Deadline(schedule=DAILY).expiry(at(updated)) == at(enough_until)


@pytest.mark.parametrize(
    ("updated", "enough_until"),
    [
        # From Friday 08:00 to Monday 08:00 are 72 hours, half of them 36: Saturday 20:00.
        ("2026-03-06 07:00", "2026-03-09 08:00"),
        ("2026-03-07 20:00", "2026-03-09 08:00"),
        ("2026-03-07 20:01", "2026-03-10 08:00"),
        ("2026-03-09 10:40", "2026-03-10 08:00"),
    ],
)
def test_over_a_weekend_half_the_gap_is_longer(updated: str, enough_until: str) -> None:
    assert Deadline(schedule=WORKDAYS).expiry(at(updated)) == at(enough_until)


@pytest.mark.parametrize(
    ("updated", "enough_until"),
    [
        # The night in which the clocks go forward has 23 hours from tick to tick.
        ("2026-03-28 19:30", "2026-03-29 08:00"),
        ("2026-03-28 19:31", "2026-03-30 08:00"),
        # The one in which they go back has 25.
        ("2026-10-24 20:30", "2026-10-25 08:00"),
        ("2026-10-24 20:31", "2026-10-26 08:00"),
    ],
)
def test_half_the_gap_is_measured_in_time_that_passes(updated: str, enough_until: str) -> None:
    assert Deadline(schedule=DAILY).expiry(at(updated)) == at(enough_until)


@pytest.mark.parametrize(
    ("look_back", "updated", "enough_until"),
    [
        (24 * HOUR, "2026-03-03 08:00", "2026-03-04 08:00"),
        (24 * HOUR, "2026-03-03 08:01", "2026-03-05 08:00"),
        (3 * DAY, "2026-03-03 08:01", "2026-03-07 08:00"),
        (MINUTE, "2026-03-03 07:59", "2026-03-03 08:00"),
    ],
)
def test_a_look_back_that_is_written_counts_from_there(
    look_back: int, updated: str, enough_until: str
) -> None:
    assert Deadline(schedule=DAILY, look_back=look_back).expiry(at(updated)) == at(enough_until)


def test_a_look_back_over_half_a_million_ticks_is_answered_at_once() -> None:
    every_minute = parse_cron("* * * * *", "UTC")
    assert isinstance(every_minute, Schedule)
    updated = at("2026-03-03 08:00")
    expiry = Deadline(schedule=every_minute, look_back=52 * WEEK).expiry(updated)
    assert expiry == updated + 52 * WEEK


def test_a_look_back_beyond_the_calendar_never_ends() -> None:
    assert Deadline(schedule=DAILY, look_back=999_999_999 * WEEK).expiry(at("2026-03-03")) is None


def test_where_no_tick_comes_before_one_every_update_counts_for_it() -> None:
    # 29 February on a Sunday: 2032, and the one before in 2004.
    rare = Schedule(times=(0,), days=(29,), months=(2,), weekdays=(6,))
    tick = at("2032-02-29", "UTC")
    assert Deadline(schedule=rare).expiry(at("2026-03-03")) is None
    assert rare.last_tick(tick - 1) is None
    assert rare.next_tick(at("2026-03-03")) == tick


def test_a_greatest_age_is_reached_to_the_millisecond() -> None:
    assert MaxAge(age=24 * HOUR).expiry(at("2026-03-03 06:02")) == at("2026-03-04 06:02")


@given(deadlines, st.integers(0, 40 * 24 * 60).map(lambda n: at("2026-03-15") + n * MINUTE))
def test_an_update_is_enough_for_each_tick_before_its_end_and_not_for_that_one(
    rule: Deadline, updated: int
) -> None:
    end = rule.expiry(updated)
    assert end is not None
    assert not _is_enough(rule, updated, end)
    tick = rule.schedule.next_tick(updated)
    while tick is not None and tick < end:
        assert _is_enough(rule, updated, tick)
        tick = rule.schedule.next_tick(tick)


def _is_enough(rule: Deadline, updated: int, tick: int) -> bool:
    look_back = rule.look_back
    if look_back is None:
        previous = rule.schedule.last_tick(tick - 1)
        assert previous is not None
        look_back = (tick - previous) // 2
    return updated > tick - look_back
