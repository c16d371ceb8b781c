"""When things are due, above all where the clocks change."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from croniter import croniter
from hypothesis import example, given
from hypothesis import strategies as st

from datahub_dataproducts.domain.durations import DAY, HOUR, MINUTE
from datahub_dataproducts.domain.schedules import (
    Schedule,
    is_timezone,
    local_time,
    parse_cron,
    parse_days,
    parse_time_of_day,
    say_stretch,
    say_when,
    ticks_of_day,
)
from tests.builders import AMSTERDAM, at

NEW_YORK = "America/New_York"
LORD_HOWE = "Australia/Lord_Howe"
NUUK = "America/Nuuk"


def daily(time: str, zone: str = AMSTERDAM, days: str = "MON-SUN") -> Schedule:
    minutes, weekdays = parse_time_of_day(time), parse_days(days)
    assert minutes is not None
    assert weekdays is not None
    return Schedule(times=(minutes,), timezone=zone, weekdays=weekdays)


def cron(text: str, zone: str = "UTC") -> Schedule:
    parsed = parse_cron(text, zone)
    assert isinstance(parsed, Schedule), parsed
    return parsed


def utc(text: str) -> int:
    return at(text, "UTC")


# The clocks change.


@pytest.mark.parametrize(
    ("zone", "before", "on_the_day", "after"),
    [
        (AMSTERDAM, "2026-03-28 07:00", "2026-03-29 06:00", "2026-03-30 06:00"),
        (AMSTERDAM, "2026-10-24 06:00", "2026-10-25 07:00", "2026-10-26 07:00"),
        (NEW_YORK, "2026-03-07 13:00", "2026-03-08 12:00", "2026-03-09 12:00"),
        (NEW_YORK, "2026-10-31 12:00", "2026-11-01 13:00", "2026-11-02 13:00"),
        (LORD_HOWE, "2026-10-02 21:30", "2026-10-03 21:00", "2026-10-04 21:00"),
        (LORD_HOWE, "2026-04-03 21:00", "2026-04-04 21:30", "2026-04-05 21:30"),
    ],
)
def test_eight_in_the_morning_stays_eight_in_the_morning_when_the_clocks_change(
    zone: str, before: str, on_the_day: str, after: str
) -> None:
    due = daily("08:00", zone)
    assert due.next_tick(utc(before)) == utc(on_the_day)
    assert due.next_tick(utc(on_the_day)) == utc(after)
    assert due.last_tick(utc(after) - 1) == utc(on_the_day)
    assert due.last_tick(utc(on_the_day) - 1) == utc(before)


@pytest.mark.parametrize(
    ("zone", "skipped", "instant", "reads"),
    [
        (AMSTERDAM, "2026-03-29 02:30", "2026-03-29 01:30", "03:30"),
        (NEW_YORK, "2026-03-08 02:30", "2026-03-08 07:30", "03:30"),
        (LORD_HOWE, "2026-10-04 02:15", "2026-10-03 15:45", "02:45"),
        (NUUK, "2026-03-28 23:30", "2026-03-29 01:30", "00:30"),
    ],
)
def test_a_time_that_does_not_exist_is_read_with_the_offset_before_the_change(
    zone: str, skipped: str, instant: str, reads: str
) -> None:
    due = daily(skipped[-5:], zone)
    assert due.next_tick(utc(instant) - 1) == utc(instant)
    assert due.last_tick(utc(instant)) == utc(instant)
    assert f"{local_time(utc(instant), zone):%H:%M}" == reads


@pytest.mark.parametrize(
    ("zone", "time", "first", "length"),
    [
        (AMSTERDAM, "02:30", "2026-10-25 00:30", HOUR),
        (NEW_YORK, "01:30", "2026-11-01 05:30", HOUR),
        (LORD_HOWE, "01:45", "2026-04-04 14:45", 30 * MINUTE),
    ],
)
def test_a_time_that_comes_twice_is_the_first_of_the_two(
    zone: str, time: str, first: str, length: int
) -> None:
    due = daily(time, zone)
    second = utc(first) + length
    assert f"{local_time(second, zone):%H:%M}" == time
    assert due.last_tick(second) == utc(first)
    assert due.next_tick(utc(first)) == due.next_tick(second) != second


def test_two_times_that_fall_on_one_instant_are_one_tick() -> None:
    due = cron("30 2,3 29 3 *", AMSTERDAM)
    assert len(ticks_of_day(due, local_time(at("2026-03-29 12:00"), AMSTERDAM).date())) == 1
    assert len(ticks_of_day(due, local_time(at("2027-03-29 12:00"), AMSTERDAM).date())) == 2


def test_a_time_moved_past_midnight_keeps_its_place_among_those_of_the_next_day() -> None:
    # In Nuuk the hour from 23:00 to midnight is the one that is skipped.
    due = cron("15,45 0,23 * * *", NUUK)
    quarter, moved, moved_too = (utc(f"2026-03-29 {t}") for t in ("01:15", "01:45", "02:45"))
    assert f"{local_time(quarter, NUUK):%a %H:%M}" == "Sun 00:15"
    assert due.next_tick(utc("2026-03-29 00:30")) == utc("2026-03-29 00:45") + 30 * MINUTE
    assert due.last_tick(moved) == moved
    assert due.last_tick(moved_too) == moved


def test_a_day_that_a_time_zone_left_out_is_made_up_for_at_the_same_time_of_the_next() -> None:
    # Samoa went from 29 December 2011 straight to the 31st.
    due = daily("08:00", "Pacific/Apia", "FRI")
    assert due.next_tick(utc("2011-12-29 00:00")) == at("2011-12-31 08:00", "Pacific/Apia")


# Days.


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("MON-FRI", (0, 1, 2, 3, 4)),
        ("FRI-MON", (0, 4, 5, 6)),
        ("MON,WED,FRI", (0, 2, 4)),
        ("sat, sun", (5, 6)),
        ("MON-MON", (0,)),
        ("SUN-MON,THU", (0, 3, 6)),
        ("MON-SUN", (0, 1, 2, 3, 4, 5, 6)),
    ],
)
def test_days_are_names_lists_and_ranges_that_may_go_round(
    text: str, days: tuple[int, ...]
) -> None:
    assert parse_days(text) == days


@pytest.mark.parametrize("text", ["", "MON-", "-FRI", "MON,,TUE", "Monday", "1-5", "MON-FRI-SUN"])
def test_what_is_neither_a_day_nor_a_range_of_days_is_refused(text: str) -> None:
    assert parse_days(text) is None


def test_friday_to_monday_is_due_on_the_weekend_and_both_its_neighbours() -> None:
    due = daily("08:00", days="FRI-MON")
    thursday = at("2026-03-05 12:00")
    assert list(ticks_from(due, thursday, 5)) == [
        at(f"2026-03-{day} 08:00") for day in ("06", "07", "08", "09", "13")
    ]


@pytest.mark.parametrize(
    ("text", "minutes"), [("08:00", 480), ("8:05", 485), ("00:00", 0), ("23:59", 1439)]
)
def test_a_time_of_day_is_minutes_since_midnight(text: str, minutes: int) -> None:
    assert parse_time_of_day(text) == minutes


@pytest.mark.parametrize("text", ["24:00", "8", "08:60", "08:00:00", "8am", "", "\u0660\u0668:00"])
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    assert parse_time_of_day(text) is None


@pytest.mark.parametrize("name", ["UTC", AMSTERDAM, LORD_HOWE])
def test_a_time_zone_has_an_iana_name(name: str) -> None:
    assert is_timezone(name)


@pytest.mark.parametrize(
    "name", ["", "Amsterdam", "Europe", "Europe/", "../etc/passwd", "/etc/passwd", "a\0b", "\ud800"]
)
def test_what_is_no_time_zone_is_refused_quietly(name: str) -> None:
    assert not is_timezone(name)


# Cron.


@pytest.mark.parametrize(
    ("text", "after", "due"),
    [
        ("0 8 31 * *", "2026-01-31 08:00", "2026-03-31 08:00"),
        ("0 8 30 * *", "2026-01-30 08:00", "2026-03-30 08:00"),
        ("59 23 28-31 * *", "2026-02-28 23:59", "2026-03-28 23:59"),
        ("0 0 29 2 *", "2026-01-01 00:00", "2028-02-29 00:00"),
        ("0 0 29 2 *", "2096-02-29 00:00", "2104-02-29 00:00"),
        ("0 0 1 1 *", "2026-01-01 00:00", "2027-01-01 00:00"),
        ("0 0 * * 7", "2026-03-03 00:00", "2026-03-08 00:00"),
        ("0 0 * * 0", "2026-03-03 00:00", "2026-03-08 00:00"),
        ("0 0 * * sun", "2026-03-03 00:00", "2026-03-08 00:00"),
        ("0 0 * * 0-0", "2026-03-03 00:00", "2026-03-08 00:00"),
        ("0 0 * * 7/2", "2026-03-03 00:00", "2026-03-08 00:00"),
        ("0 0 * * FRI-SUN", "2026-03-06 00:00", "2026-03-07 00:00"),
        ("0 0 * * FRI-SUN", "2026-03-08 00:00", "2026-03-13 00:00"),
        ("0 0 * * 5-7", "2026-03-07 00:00", "2026-03-08 00:00"),
        ("0 0 1 feb,APR *", "2026-02-01 00:00", "2026-04-01 00:00"),
        ("*/20 * * * *", "2026-03-03 10:40", "2026-03-03 11:00"),
        ("10-30/10 * * * *", "2026-03-03 10:30", "2026-03-03 11:10"),
        ("50/5 * * * *", "2026-03-03 10:50", "2026-03-03 10:55"),
        ("0 6-18/6 * * *", "2026-03-03 18:00", "2026-03-04 06:00"),
        ("0,30 8 * * *", "2026-03-03 08:00", "2026-03-03 08:30"),
        ("00 08 * * *", "2026-03-03 08:00", "2026-03-04 08:00"),
    ],
)
def test_a_cron_is_due_next(text: str, after: str, due: str) -> None:
    assert cron(text).next_tick(utc(after)) == utc(due)


def test_with_both_days_and_weekdays_limited_either_is_enough() -> None:
    due = cron("0 8 15 * MON")
    assert list(ticks_from(due, utc("2026-03-09 09:00"), 3)) == [
        utc("2026-03-15 08:00"),
        utc("2026-03-16 08:00"),
        utc("2026-03-23 08:00"),
    ]


def test_with_a_star_among_days_and_weekdays_both_must_hold() -> None:
    assert cron("0 8 * * MON").next_tick(utc("2026-03-09 09:00")) == utc("2026-03-16 08:00")
    assert cron("0 8 15 * *").next_tick(utc("2026-03-09 09:00")) == utc("2026-03-15 08:00")
    assert cron("0 8 */2 * MON").next_tick(utc("2026-03-09 09:00")) == utc("2026-03-23 08:00")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "a cron has five fields (minute hour day month weekday), this one has 0"),
        ("@daily", "a cron has five fields (minute hour day month weekday), this one has 1"),
        ("0 0 8 * * *", "a cron has five fields (minute hour day month weekday), this one has 6"),
        ("60 * * * *", '"60" is not a minute (numbers 0 to 59, lists, ranges, steps)'),
        ("0 24 * * *", '"24" is not a hour (numbers 0 to 23, lists, ranges, steps)'),
        ("0 8 0 * *", '"0" is not a day (numbers 1 to 31, lists, ranges, steps)'),
        (
            "0 8 * 13 *",
            '"13" is not a month (numbers 1 to 12, names like FEB, lists, ranges, steps)',
        ),
        (
            "0 8 * * monday",
            '"monday" is not a weekday (numbers 0 to 7, names like MON, lists, ranges, steps)',
        ),
        ("5-1 * * * *", '"5-1" is not a minute (numbers 0 to 59, lists, ranges, steps)'),
        ("1-60 * * * *", '"1-60" is not a minute (numbers 0 to 59, lists, ranges, steps)'),
        ("*/0 * * * *", '"*/0" is not a minute (numbers 0 to 59, lists, ranges, steps)'),
        ("*/ * * * *", '"*/" is not a minute (numbers 0 to 59, lists, ranges, steps)'),
        ("*-5 * * * *", '"*-5" is not a minute (numbers 0 to 59, lists, ranges, steps)'),
        ("1,,2 * * * *", '"1,,2" is not a minute (numbers 0 to 59, lists, ranges, steps)'),
        ("\u0663 * * * *", '"\u0663" is not a minute (numbers 0 to 59, lists, ranges, steps)'),
        ("0 0 30 2 *", "it never comes true (there is no such day)"),
        ("0 0 31 4,6 *", "it never comes true (there is no such day)"),
    ],
)
def test_a_wrong_cron_is_told_what_is_wrong_with_it(text: str, sentence: str) -> None:
    assert parse_cron(text, "UTC") == sentence


def test_a_number_of_many_thousand_digits_is_refused_like_any_other() -> None:
    assert isinstance(parse_cron("9" * 5000 + " * * * *", "UTC"), str)
    assert isinstance(parse_cron("*/" + "9" * 5000 + " * * * *", "UTC"), str)


def test_what_never_comes_true_has_no_tick() -> None:
    assert (
        Schedule(times=(480,), days=(30,), months=(2,)).last_tick(utc("2026-03-03 00:00")) is None
    )
    assert Schedule(times=()).next_tick(0) is None


def test_nothing_is_due_beyond_the_ends_of_the_calendar() -> None:
    due = daily("08:00")
    for far in (2**62, -(2**62)):
        assert due.next_tick(far) is None
        assert due.last_tick(far) is None


# Against others.


def _field(low: int, high: int) -> st.SearchStrategy[str]:
    number = st.integers(low, high)
    # Croniter reads `2-2` as everything.
    spans = st.lists(number, min_size=2, max_size=2, unique=True).map(sorted)
    part = st.one_of(
        number.map(str),
        spans.map(lambda s: f"{s[0]}-{s[1]}"),
        st.tuples(spans, st.integers(1, 20)).map(lambda s: f"{s[0][0]}-{s[0][1]}/{s[1]}"),
    )
    return st.one_of(
        st.just("*"),
        st.integers(1, 20).map(lambda step: f"*/{step}"),
        st.lists(part, min_size=1, max_size=3).map(",".join),
    )


@st.composite
def crons(draw: st.DrawFn) -> str:
    # `*/2` among days is a star to us, as to cron itself, and a list to croniter: left out.
    day, weekday = draw(_field(1, 31)), draw(_field(0, 6))
    if day.startswith("*/") or weekday.startswith("*/"):
        day = weekday = "*"
    return f"{draw(_field(0, 59))} {draw(_field(0, 23))} {day} {draw(_field(1, 12))} {weekday}"


@given(crons(), st.integers(0, 4_000_000_000).map(lambda s: s * 1000))
@example("0 0 29 2 *", utc("2096-02-29 00:00"))
@example("0 0 1-7 * 1", utc("2026-03-03 00:00"))
def test_in_utc_a_cron_is_due_when_croniter_says(text: str, now: int) -> None:
    parsed = parse_cron(text, "UTC")
    if isinstance(parsed, str):
        assert parsed == "it never comes true (there is no such day)"
        return
    here = datetime.fromtimestamp(now / 1000, timezone.utc)
    following = croniter(text, here, max_years_between_matches=9).get_next(float)
    previous = croniter(text, here, max_years_between_matches=9).get_prev(float)
    assert parsed.next_tick(now) == following * 1000
    assert parsed.last_tick(now - 1) == previous * 1000


@pytest.mark.parametrize(
    ("zone", "begin"),
    [
        (AMSTERDAM, "2026-03-20"),
        (AMSTERDAM, "2026-10-16"),
        (NEW_YORK, "2026-02-27"),
        (NEW_YORK, "2026-10-23"),
        (LORD_HOWE, "2026-09-25"),
        (LORD_HOWE, "2026-03-27"),
        (NUUK, "2026-03-20"),
        (NUUK, "2026-10-16"),
        ("Africa/Cairo", "2026-04-17"),
    ],
)
@pytest.mark.parametrize(
    "text",
    ["0 8 * * *", "30 2 * * *", "*/15 0-3,23 * * *", "0 0 * * MON-FRI", "45 1,23 * * SAT,SUN"],
)
def test_around_a_change_of_the_clocks_a_scan_minute_by_minute_finds_the_same_ticks(
    zone: str, begin: str, text: str
) -> None:
    due = cron(text, zone)
    start = utc(f"{begin} 00:00")
    end = start + 16 * DAY
    found = list(scan(due, start, end))
    assert len(found) > 3
    ticks = list(ticks_from(due, start - 1, len(found) + 1))
    assert ticks[:-1] == found
    assert ticks[-1] >= end
    for moment in range(start + DAY * 4, end, 7 * HOUR + 13 * MINUTE):
        assert due.last_tick(moment) == max(t for t in found if t <= moment)
        assert due.next_tick(moment) == min(t for t in ticks if t > moment)


def ticks_from(due: Schedule, after: int, count: int) -> Iterator[int]:
    for _ in range(count):
        tick = due.next_tick(after)
        assert tick is not None
        yield tick
        after = tick


def scan(due: Schedule, start: int, end: int) -> Iterator[int]:
    """Every minute: what the clock on the wall shows, or would if nobody had moved it forward."""
    zone = ZoneInfo(due.timezone)
    skipped_until, old_offset = start, timedelta(0)
    before = datetime.fromtimestamp(start / 1000 - 60, zone).utcoffset()
    for instant in range(start, end, MINUTE):
        wall = datetime.fromtimestamp(instant / 1000, zone)
        offset = wall.utcoffset()
        assert offset is not None
        assert before is not None
        if offset > before:
            old_offset = before
            skipped_until = instant + (offset - before) // timedelta(milliseconds=1)
        before = offset
        readings = [] if wall.fold else [wall.replace(tzinfo=None)]
        if instant < skipped_until:
            unmoved = datetime.fromtimestamp(instant / 1000, timezone.utc) + old_offset
            readings.append(unmoved.replace(tzinfo=None))
        if any(
            r.hour * 60 + r.minute in due.times and r.weekday() in due.weekdays for r in readings
        ):
            yield instant


# Times as people say them.

NOW = at("2026-03-03 09:00")


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ("2026-03-03 06:02", "today at 06:02"),
        ("2026-03-02 23:59", "yesterday at 23:59"),
        ("2026-03-01 06:02", "on Sun 1 Mar at 06:02"),
        ("2025-12-31 06:02", "on Wed 31 Dec 2025 at 06:02"),
        ("2026-03-04 06:02", "on Wed 4 Mar at 06:02"),
    ],
)
def test_a_time_is_told_as_people_say_it(when: str, words: str) -> None:
    assert say_when(at(when), NOW, AMSTERDAM) == words


def test_today_is_that_of_the_product() -> None:
    late = at("2026-03-02 23:30", "UTC")
    assert say_when(late, NOW, AMSTERDAM) == "today at 00:30"
    assert say_when(late, NOW, "UTC") == "yesterday at 23:30"


def test_a_stretch_of_one_day_names_the_day_once() -> None:
    def said(until: str) -> str:
        return say_stretch(at("2026-03-02 08:00"), at(until), NOW, AMSTERDAM)

    assert said("2026-03-02 10:40") == "from Mon 2 Mar at 08:00 to 10:40"
    assert said("2026-03-03 06:04") == "from Mon 2 Mar at 08:00 to Tue 3 Mar at 06:04"


def test_a_stretch_that_is_over_at_the_readers_midnight_ends_on_another_day() -> None:
    until = at("2026-03-02 23:30", "UTC")
    assert say_stretch(until - HOUR, until, NOW, "UTC") == "from Mon 2 Mar at 22:30 to 23:30"
    there = say_stretch(until - HOUR, until, NOW, AMSTERDAM)
    assert there == "from Mon 2 Mar at 23:30 to Tue 3 Mar at 00:30"
