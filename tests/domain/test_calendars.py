"""Months, quarters and the hours that count; right on the days when clocks change."""

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.domain.calendars import Hours, calendar_span, counted, parse_hours
from datahub_dataproducts.domain.durations import DAY, HOUR, MINUTE
from datahub_dataproducts.domain.spans import Span, length
from tests.builders import AMSTERDAM, at

NEW_YORK = "America/New_York"
LORD_HOWE = "Australia/Lord_Howe"  # Its clocks change by half an hour.
UTC = "UTC"
OFFICE = Hours((0, 1, 2, 3, 4), 480, 1080)
ALL_DAYS = tuple(range(7))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MON-FRI 08:00-18:00", OFFICE),
        ("mon-fri 8:00-18:00", OFFICE),
        (" SAT,SUN 00:30-23:59 ", Hours((5, 6), 30, 1439)),
        ("FRI-MON 08:00-08:01", Hours((0, 4, 5, 6), 480, 481)),
        ("08:00-18:00", None),
        ("MON-FRI", None),
        ("MON-FRI 18:00-08:00", None),
        ("MON-FRI 08:00-08:00", None),
        ("MON-FRI 08:00-24:00", Hours((0, 1, 2, 3, 4), 480, 1440)),
        ("MON-SUN 00:00-24:00", Hours(ALL_DAYS, 0, 1440)),
        ("MON-FRI 24:00-24:00", None),
        ("MON-FRI 08:00-24:01", None),
        ("MON-FRI x-18:00", None),
        ("WORK 08:00-18:00", None),
        ("", None),
    ],
)
def test_hours_are_days_and_hours_within_one_day(text: str, expected: Hours | None) -> None:
    assert parse_hours(text) == expected


@pytest.mark.parametrize(
    ("calendar", "moment", "first", "next_first"),
    [
        ("month", "2026-03-31 23:59", "2026-03-01 00:00", "2026-04-01 00:00"),
        ("month", "2026-04-01 00:00", "2026-04-01 00:00", "2026-05-01 00:00"),
        ("month", "2026-12-24 18:00", "2026-12-01 00:00", "2027-01-01 00:00"),
        ("quarter", "2026-03-31 23:59", "2026-01-01 00:00", "2026-04-01 00:00"),
        ("quarter", "2026-12-31 00:00", "2026-10-01 00:00", "2027-01-01 00:00"),
    ],
)
def test_a_month_and_a_quarter_begin_and_end_at_local_midnight(
    calendar: str, moment: str, first: str, next_first: str
) -> None:
    for zone in (AMSTERDAM, NEW_YORK, LORD_HOWE):
        assert calendar_span(calendar, at(moment, zone), zone) == (
            at(first, zone),
            at(next_first, zone),
        )


def test_a_month_in_which_clocks_go_forward_is_an_hour_short() -> None:
    since, until = calendar_span("month", at("2026-03-10 12:00"), AMSTERDAM)
    assert until - since == 31 * DAY - HOUR


def test_a_month_whose_first_midnight_does_not_exist_begins_when_the_day_does() -> None:
    # Clocks in Amman went from 24:00 on 31 March 2016 to 01:00 on 1 April.
    zone = "Asia/Amman"
    since, _ = calendar_span("month", at("2016-04-10 00:00", zone), zone)
    assert since == at("2016-04-01 01:00", zone)
    assert calendar_span("month", since - 1, zone)[1] == since


def test_office_hours_of_a_week_are_five_times_ten_hours() -> None:
    monday = at("2026-03-02 00:00")
    found = counted(OFFICE, (monday, monday + 7 * DAY), AMSTERDAM)
    assert found[0] == (at("2026-03-02 08:00"), at("2026-03-02 18:00"))
    assert found[-1] == (at("2026-03-06 08:00"), at("2026-03-06 18:00"))
    assert (len(found), length(found)) == (5, 50 * HOUR)


def test_a_window_cuts_the_hours_at_its_ends() -> None:
    window = (at("2026-03-02 09:30"), at("2026-03-03 08:00"))
    assert counted(OFFICE, window, AMSTERDAM) == [(at("2026-03-02 09:30"), at("2026-03-02 18:00"))]
    assert counted(OFFICE, (window[0], window[0]), AMSTERDAM) == []


@pytest.mark.parametrize(
    ("hours", "day", "expected"),
    [
        # Forward: 02:00 to 03:00 does not exist.
        ((1 * 60, 4 * 60), "2026-03-29", 2 * HOUR),
        ((2 * 60, 3 * 60), "2026-03-29", 0),
        ((1 * 60, 2 * 60 + 30), "2026-03-29", HOUR),
        ((8 * 60, 18 * 60), "2026-03-29", 10 * HOUR),
        # Back: 02:00 to 03:00 comes twice.
        ((1 * 60, 4 * 60), "2026-10-25", 4 * HOUR),
        ((2 * 60, 3 * 60), "2026-10-25", 2 * HOUR),
        ((1 * 60, 2 * 60 + 30), "2026-10-25", 2 * HOUR),
        ((8 * 60, 18 * 60), "2026-10-25", 10 * HOUR),
    ],
)
def test_on_days_when_clocks_change_what_the_wall_shows_counts(
    hours: tuple[int, int], day: str, expected: int
) -> None:
    midnight = at(f"{day} 00:00")
    found = counted(Hours(ALL_DAYS, *hours), (midnight, midnight + 23 * HOUR), AMSTERDAM)
    assert length(found) == expected


def test_an_hour_that_comes_twice_may_count_in_two_parts() -> None:
    midnight = at("2026-10-25 00:00")
    half = Hours(ALL_DAYS, 2 * 60 + 30, 3 * 60)
    assert counted(half, (midnight, midnight + DAY), AMSTERDAM) == [
        (midnight + 2 * HOUR + 30 * MINUTE, midnight + 3 * HOUR),
        (midnight + 3 * HOUR + 30 * MINUTE, midnight + 4 * HOUR),
    ]


def test_outside_of_the_years_of_a_calendar_nothing_counts() -> None:
    assert counted(OFFICE, (-(10**18), -(10**17)), UTC) == []
    assert counted(OFFICE, (10**17, 10**18), UTC) == []


@given(
    st.sampled_from([AMSTERDAM, NEW_YORK, LORD_HOWE]),
    st.sampled_from([
        "2026-03-08",
        "2026-03-29",
        "2026-04-05",
        "2026-06-15",
        "2026-10-04",
        "2026-10-25",
        "2026-11-01",
    ]),
    st.builds(
        lambda days, start, width: Hours(tuple(sorted(days)), start, min(start + width, 1439)),
        st.sets(st.sampled_from(ALL_DAYS), min_size=1),
        st.integers(0, 1438),
        st.integers(1, 1439),
    ),
    st.tuples(st.integers(-600, 600), st.integers(0, 2 * 1440)),
)
def test_the_hours_are_those_that_are_read_off_the_wall_minute_by_minute(
    zone: str, day: str, hours: Hours, minutes: tuple[int, int]
) -> None:
    since = at(f"{day} 00:00", UTC) - 12 * HOUR + minutes[0] * MINUTE
    window = (since, since + minutes[1] * MINUTE)
    assert minutes_of(counted(hours, window, zone)) == [
        minute for minute in range(*window, MINUTE) if is_on_the_wall(minute, hours, zone)
    ]


def minutes_of(spans: list[Span]) -> list[int]:
    return [minute for since, until in spans for minute in range(since, until, MINUTE)]


def is_on_the_wall(instant: int, hours: Hours, zone: str) -> bool:
    epoch = datetime(1970, 1, 1, tzinfo=timezone.utc)
    wall = (epoch + timedelta(milliseconds=instant)).astimezone(ZoneInfo(zone))
    return wall.weekday() in hours.days and (
        hours.start <= wall.hour * 60 + wall.minute < hours.end
    )
