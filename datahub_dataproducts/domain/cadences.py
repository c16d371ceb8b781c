"""Cadences: how the instants of schedules lie to one another over a whole year.

A year, since clocks change twice in it and calendars (`MON-FRI`, a day of the month) come round.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from datahub_dataproducts.domain.durations import DAY, MINUTE, SECOND
from datahub_dataproducts.domain.schedules import Schedule, due_on, instant_of

# Any year would do; this one has a 29 February.
_FIRST_DAY = date(2027, 3, 1)
_DAYS = 366
# Days of one time zone lie within a day of those of another.
_ASIDE = 2
# Of more times a day than these, every n-th says enough of the day.
_MOST_TIMES = 48


@dataclass(frozen=True, slots=True)
class Meeting:
    """A day on which both of two schedules are due, and the first is due too early.

    Attributes:
        day: in the time zone of the first schedule.
        own: its last tick of the day.
        other: the first tick of the other on this day.
    """

    day: date
    own: int
    other: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two schedules meet over a year.

    Attributes:
        days: the days on which both are due.
        early: those among them on which the first is due before the other.
    """

    days: tuple[date, ...]
    early: tuple[Meeting, ...]


@lru_cache(maxsize=128)
def compare(schedule: Schedule, other: Schedule) -> Comparison:
    """On which days something is due before what it is made of.

    A day is one of the first schedule's time zone; its last tick of the day counts against the
    other's first. What comes nearer to the first's next tick than to this one is meant for that:
    01:00 is not too early for what is due at 23:00.
    """
    first_of_other = _firsts_by_day(other, schedule.timezone)
    due = _due_days(schedule)
    days: list[date] = []
    early: list[Meeting] = []
    for n, (day, _, last) in enumerate(due):
        tick = first_of_other.get(day)
        if tick is None:
            continue
        days.append(day)
        if last < tick:
            following = due[n + 1][1] if n + 1 < len(due) else schedule.next_tick(last)
            if following is None or tick - last < following - tick:
                early.append(Meeting(day, last, tick))
    return Comparison(tuple(days), tuple(early))


@lru_cache(maxsize=128)
def gaps(schedule: Schedule) -> tuple[int, ...]:
    """The times between one tick and the next over a year, in milliseconds, the longest last.

    Within a day only the longest counts, once for each day.
    """
    due = _due_days(schedule)
    if len(due) <= 1:
        return (_DAYS * DAY,)
    found = [later[1] - earlier[2] for earlier, later in pairwise(due)]
    within = max((b - a for a, b in pairwise(schedule.times)), default=0) * MINUTE
    return tuple(sorted(max(gap, within) for gap in found))


def _due_days(schedule: Schedule) -> list[tuple[date, int, int]]:
    """The days of the year that have a tick, each with its first and its last."""
    zone = ZoneInfo(schedule.timezone)
    first, last = schedule.times[0], schedule.times[-1]
    return [
        (day, instant_of(day, first, zone), instant_of(day, last, zone))
        for day in _days(0)
        if due_on(schedule, day)
    ]


def _firsts_by_day(schedule: Schedule, timezone: str) -> dict[date, int]:
    """The first tick on each day, the days being those of a time zone of one's own."""
    zone, own_zone = ZoneInfo(schedule.timezone), ZoneInfo(timezone)
    alike = schedule.timezone == timezone
    times = schedule.times[:1] if alike else _some(schedule.times)
    firsts: dict[date, int] = {}
    for day in _days(_ASIDE):
        if not due_on(schedule, day):
            continue
        for minute in times:
            tick = instant_of(day, minute, zone)
            there = day if alike else datetime.fromtimestamp(tick // SECOND, own_zone).date()
            firsts[there] = min(tick, firsts.get(there, tick))
    return firsts


def _some(times: tuple[int, ...]) -> tuple[int, ...]:
    if len(times) <= _MOST_TIMES:
        return times
    return (*times[:: len(times) // _MOST_TIMES], times[-1])


def _days(aside: int) -> Iterator[date]:
    begin = _FIRST_DAY - timedelta(days=aside)
    return (begin + timedelta(days=n) for n in range(_DAYS + 2 * aside))
