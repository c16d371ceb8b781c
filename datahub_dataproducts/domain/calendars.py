"""Calendars: months and quarters in a time zone, and the hours that count, as spans.

An instant counts when a clock on the wall shows one of the hours: an hour that comes twice counts
twice, one that does not exist not at all.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

from datahub_dataproducts.domain.durations import DAY, MINUTE
from datahub_dataproducts.domain.schedules import (
    instant_of,
    is_holiday,
    local_time,
    parse_days,
    parse_time_of_day,
)
from datahub_dataproducts.domain.spans import Span, joined

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MILLISECOND = timedelta(milliseconds=1)
_FIRST_DAY = date(1970, 1, 1).toordinal()
_THURSDAY = 3
# Python's calendar ends at the years 1 and 9999; nothing counts within some years of its ends.
_FIRST, _LAST = -61_800_000_000_000, 253_100_000_000_000
# How many months a calendar window has.
_MONTHS = {"month": 1, "quarter": 3}


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours that count.

    Attributes:
        days: local weekdays (Monday is 0).
        start: minutes since midnight on the wall, from here on.
        end: up to and without these; later than `start`.
        holidays: local dates of which no hour counts, ascending.
    """

    days: tuple[int, ...]
    start: int
    end: int
    holidays: tuple[date, ...] = ()


_MIDNIGHT = 24 * 60
_ALWAYS = Hours(tuple(range(7)), 0, _MIDNIGHT)


@lru_cache(maxsize=256)
def parse_hours(text: str) -> Hours | None:
    """The hours of `MON-FRI 08:00-18:00`; None when it is not days and hours within one day.

    They may end at `24:00`.
    """
    days_text, _, times = text.strip().rpartition(" ")
    first, _, last = times.partition("-")
    start = parse_time_of_day(first)
    end = _MIDNIGHT if last == "24:00" else parse_time_of_day(last)
    days = parse_days(days_text)
    if days is None or start is None or end is None or start >= end:
        return None
    return Hours(days, start, end)


@lru_cache(maxsize=256)
def hours_that_count(text: str, holidays: tuple[date, ...]) -> Hours | None:
    """The hours of a text (empty: all) on days that are no holidays; None as in `parse_hours`."""
    hours = parse_hours(text) if text else _ALWAYS
    return hours and replace(hours, holidays=holidays)


def calendar_span(calendar: str, at: int, zone: str) -> Span:
    """The `month` or `quarter` an instant lies in, from its first local midnight to the next one's.

    A midnight that does not exist is read as in schedules: with the offset before the change.
    """
    months = _MONTHS[calendar]
    local = local_time(at, zone)
    first = (local.year * 12 + local.month - 1) // months * months
    since, until = (
        instant_of(date(month // 12, month % 12 + 1, 1), 0, ZoneInfo(zone))
        for month in (first, first + months)
    )
    return since, until


def counted(hours: Hours, span: Span, zone: str) -> list[Span]:
    """The parts of a span that count, ascending and apart."""
    since, until = max(span[0], _FIRST), min(span[1], _LAST)
    return joined([
        (max(begin, since), min(end, until))
        for day in range(since // DAY, (until - 1) // DAY + 1)
        for begin, end in _counted_on(day, hours, zone)
    ])


# Products of one team share their hours, and all windows that end now share their days.
@lru_cache(maxsize=16_384)
def _counted_on(utc_day: int, hours: Hours, zone: str) -> tuple[Span, ...]:
    """The parts that count of one day of UTC."""
    found = []
    for since, until, offset in _by_offset(utc_day * DAY, (utc_day + 1) * DAY, zone):
        # With one offset all along, days on the wall are 24 hours each.
        for day in range((since + offset) // DAY, (until - 1 + offset) // DAY + 1):
            midnight = day * DAY - offset
            begin = max(since, midnight + hours.start * MINUTE)
            end = min(until, midnight + hours.end * MINUTE)
            if begin < end and _counts(day, hours):
                found.append((begin, end))
    return tuple(found)


def _counts(day: int, hours: Hours) -> bool:
    """Whether hours of a local day, by its number since the epoch, count."""
    if (day + _THURSDAY) % 7 not in hours.days:
        return False
    return not is_holiday(date.fromordinal(_FIRST_DAY + day), hours.holidays)


def _by_offset(since: int, until: int, zone: str) -> list[tuple[int, int, int]]:
    """The parts of a day, each with its one offset from UTC; clocks change at most once in it."""
    first, last = _offset(since, zone), _offset(until, zone)
    if first == last:
        return [(since, until, first)]
    turn = _turn(since, until, zone)
    return [(since, turn, first), (turn, until, last)]


def _turn(before: int, after: int, zone: str) -> int:
    """The first instant with another offset than `before` has; `after` has another."""
    offset = _offset(before, zone)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset(middle, zone) == offset:
            before = middle
        else:
            after = middle
    return after


def _offset(at: int, zone: str) -> int:
    on_the_wall = local_time(at, zone).replace(tzinfo=timezone.utc)
    return (on_the_wall - _EPOCH) // _MILLISECOND - at
