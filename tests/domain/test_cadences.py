"""How schedules lie to one another over a year, clocks changing and all."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.domain.cadence_words import say_early, say_exceeding
from datahub_dataproducts.domain.cadences import compare, gaps
from datahub_dataproducts.domain.durations import DAY, HOUR, MINUTE
from datahub_dataproducts.domain.schedules import Schedule, parse_cron, ticks_of_day
from tests.submissions import due

minutes = st.integers(0, 1439)
weekdays = st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days)))
MOST = 366


def early(own: str, other: str) -> list[tuple[int, int]]:
    """What is early, as month and day; each side is `08:00 MON-FRI Europe/Amsterdam`."""
    first, second = (due(*text.split()).schedule for text in (own, other))
    return [(meeting.day.month, meeting.day.day) for meeting in compare(first, second).early]


def said(own: str, other: str) -> tuple[str, str]:
    first, second = (due(*text.split()).schedule for text in (own, other))
    return say_early(compare(first, second), first, second)


@given(minutes, minutes, weekdays, weekdays)
def test_in_one_time_zone_the_minutes_decide(
    own: int, other: int, own_days: tuple[int, ...], other_days: tuple[int, ...]
) -> None:
    def is_early(weekday: int) -> bool:
        to_the_next = next(n for n in range(1, 8) if (weekday + n) % 7 in own_days)
        return own < other and other - own < to_the_next * 1440 + own - other

    comparison = compare(
        Schedule((own,), weekdays=own_days), Schedule((other,), weekdays=other_days)
    )

    both = set(own_days) & set(other_days)
    assert {day.weekday() for day in comparison.days} == both
    assert {meeting.day.weekday() for meeting in comparison.early} == {
        d for d in both if is_early(d)
    }
    assert all(
        meeting.other - meeting.own == (other - own) * MINUTE for meeting in comparison.early
    )


@given(minutes, minutes, st.integers(-11, 11))
def test_between_time_zones_that_never_change_an_offset_of_minutes_decides(
    own: int, other: int, offset: int
) -> None:
    # Etc/GMT-2 is two hours east of Greenwich.
    zone = f"Etc/GMT{-offset:+d}"
    there = (other - offset * 60) % 1440

    comparison = compare(Schedule((own,)), Schedule((other,), timezone=zone))

    is_early = own < there and there - own < 720
    assert len(comparison.early) == (MOST if is_early else 0)


def test_what_is_due_an_hour_before_its_input_is_early_on_every_day_of_both() -> None:
    assert len(early("08:00 MON-SUN UTC", "09:00 MON-SUN UTC")) == MOST
    assert len(early("08:00 MON-FRI UTC", "09:00 WED-SUN UTC")) == 156
    assert early("09:00 MON-SUN UTC", "09:00 MON-SUN UTC") == []
    assert early("08:00 MON UTC", "09:00 TUE UTC") == []


def test_what_comes_in_the_evening_is_meant_for_the_next_morning() -> None:
    assert early("01:00 MON-SUN UTC", "23:00 MON-SUN UTC") == []
    assert early("08:00 MON-SUN UTC", "20:00 MON-SUN UTC") == []
    assert len(early("08:00 MON-SUN UTC", "19:59 MON-SUN UTC")) == MOST


def test_the_last_time_of_a_day_counts_against_the_first_of_the_input() -> None:
    hourly = Schedule(tuple(range(0, 1440, 60)))
    daily = Schedule((9 * 60 + 30,))
    assert compare(hourly, daily).early == ()
    assert compare(daily, hourly).early == ()
    assert compare(daily, Schedule((600, 900))).early[0].other % DAY == 10 * HOUR
    assert compare(Schedule((500, 560)), daily).early[0].own % DAY == 560 * MINUTE


def test_of_very_many_times_a_day_the_first_still_counts_in_another_time_zone() -> None:
    each_minute = Schedule(tuple(range(20 * 60, 22 * 60)), timezone="Etc/GMT+1")
    assert {m.other % DAY for m in compare(Schedule((1200,)), each_minute).early} == {21 * HOUR}


def test_clocks_that_change_on_one_side_only_make_some_days_early() -> None:
    # New York is an hour nearer to Amsterdam for two or three weeks a year.
    days = early("14:30 MON-SUN Europe/Amsterdam", "09:00 MON-SUN America/New_York")
    assert len(days) == MOST - 21
    assert (3, 20) not in days
    assert (7, 1) in days


def test_the_last_day_looks_beyond_the_year() -> None:
    assert (2, 29) in early("08:00 MON-SUN UTC", "09:00 MON-SUN UTC")
    once = parse_cron("0 8 29 2 *", "UTC")
    assert isinstance(once, Schedule)
    assert [m.day for m in compare(once, Schedule((540,))).early] == [date(2028, 2, 29)]


def test_what_is_never_due_is_never_early_and_its_gaps_are_the_year() -> None:
    never = Schedule((480,), days=(30,), months=(2,))
    assert compare(never, Schedule((540,))).early == ()
    assert gaps(never) == (MOST * DAY,)


def test_gaps_are_those_between_deadlines_with_the_longest_last() -> None:
    daily = gaps(due("08:00", zone="UTC").schedule)
    assert (len(daily), daily[0], daily[-1]) == (365, DAY, DAY)
    in_amsterdam = gaps(due("08:00").schedule)
    assert (in_amsterdam[0], in_amsterdam[1], in_amsterdam[-1]) == (23 * HOUR, DAY, 25 * HOUR)
    workdays = gaps(due("08:00", "MON-FRI", "UTC").schedule)
    assert workdays.count(3 * DAY) == 52
    assert gaps(due("08:00 20:00", zone="UTC").schedule)[-1] == 12 * HOUR
    assert gaps(due("08:00 12:00 13:00", zone="UTC").schedule)[-1] == 19 * HOUR
    assert gaps(due("00:00 23:00", zone="UTC").schedule)[0] == 23 * HOUR


@given(
    st.lists(minutes, min_size=1, max_size=4, unique=True).map(lambda ts: tuple(sorted(ts))),
    weekdays,
)
def test_the_longest_gap_is_that_between_all_ticks(
    times: tuple[int, ...], days: tuple[int, ...]
) -> None:
    schedule = Schedule(times, weekdays=days)
    all_days = [date.fromordinal(date(2027, 3, 1).toordinal() + n) for n in range(MOST)]
    ticks = [tick for day in all_days for tick in ticks_of_day(schedule, day)]
    assert gaps(schedule)[-1] == max(later - earlier for earlier, later in pairwise(ticks))


@pytest.mark.parametrize(
    ("own", "other", "words"),
    [
        (
            "08:00 MON-SUN Europe/Amsterdam",
            "10:00 MON-SUN Europe/Amsterdam",
            ("08:00 Europe/Amsterdam", "10:00"),
        ),
        (
            "08:00 MON-SUN Europe/Amsterdam",
            "09:00 MON-SUN UTC",
            ("08:00 Europe/Amsterdam", "10:00 or 11:00 (09:00 UTC)"),
        ),
        (
            "10:30 MON-SUN Europe/Amsterdam",
            "09:00 MON-SUN UTC",
            ("10:30 Europe/Amsterdam", "11:00 (09:00 UTC), on 217 of 366 days of a year"),
        ),
        (
            "08:00 MON-SUN UTC",
            "10:00 MON,FRI UTC",
            ("08:00 UTC", "10:00"),
        ),
        (
            "08:00 MON-SUN UTC",
            "11:00 SUN America/New_York",
            ("08:00 UTC", "15:00 or 16:00 (11:00 America/New_York)"),
        ),
    ],
)
def test_what_is_early_is_said_in_local_times(own: str, other: str, words: tuple[str, str]) -> None:
    assert said(own, other) == words


def test_weekdays_are_named_where_only_they_are_early() -> None:
    some = compare(Schedule((480,), weekdays=(0, 1)), Schedule((1_200,)))
    assert say_early(some, Schedule((480,)), Schedule((1_200,)))[1] == "20:00, on Tuesdays"


def test_many_times_are_said_as_a_span() -> None:
    own = Schedule((60,))
    comparison = compare(own, Schedule((120,)))
    meetings = tuple(
        type(m)(m.day, m.own, m.other + n % 5 * HOUR) for n, m in enumerate(comparison.early)
    )
    spread = type(comparison)(comparison.days, meetings)
    assert say_early(spread, own, own)[1] == "between 02:00 and 06:00"


@pytest.mark.parametrize(
    ("given_gaps", "limit", "words"),
    [
        ((DAY, DAY), HOUR, "1 day apart"),
        ((DAY, 3 * DAY), HOUR, "up to 3 days apart"),
        ((DAY, 25 * HOUR), DAY, "up to 1 day 1 h apart (once a year)"),
        ((DAY, 3 * DAY, 3 * DAY), DAY, "up to 3 days apart (2 times a year)"),
    ],
)
def test_gaps_are_said_with_how_often_they_are_too_long(
    given_gaps: tuple[int, ...], limit: int, words: str
) -> None:
    assert say_exceeding(given_gaps, limit) == words
