"""Cadences: how the instants of schedules lie to one another over a whole year.

A year, since clocks change twice in it and calendars (`MON-FRI`, a day of the month) come round. Any
would do; of a schedule with holidays it is the one with most of them.
"""

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import compress, pairwise
from zoneinfo import ZoneInfo

from datahub_dataproducts.domain.durations import DAY, MINUTE
from datahub_dataproducts.domain.schedules import Schedule, due_on, instant_of

# From March on, so that the winter is in one piece; this one has a 29 February.
_USUAL_YEAR = 2027
_MARCH = 3
# Python's calendar ends at the years 1 and 9999.
_YEARS = range(1, 9998)
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
    01:00 is not too early for what is due at 23:00. Holidays are left out of account: they take
    days away, and make nothing early.
    """
    schedule, other = replace(schedule, holidays=()), replace(other, holidays=())
    due = _due_days(schedule)
    if schedule.timezone == other.timezone:
        first_of_other = {day: first for day, first, _ in _due_days(other)}
    else:
        first_of_other = _firsts_by_day(other, schedule.timezone)
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


@lru_cache(maxsize=128)
def _due_days(schedule: Schedule) -> tuple[tuple[date, int, int], ...]:
    """The days of the year that have a tick, each with its first and its last."""
    first, last = schedule.times[0], schedule.times[-1]
    days = _due_local_days(schedule)
    first_day = date(_year_of(schedule), _MARCH, 1).toordinal()
    year = range(first_day, first_day + _DAYS)
    return tuple(
        (day.date, day.tick(first), day.tick(last)) for day in days if day.date.toordinal() in year
    )


def _firsts_by_day(schedule: Schedule, timezone: str) -> dict[date, int]:
    """The first tick on each day, the days being those of another time zone."""
    times = _some(schedule.times)
    there = _days_of(timezone, _USUAL_YEAR)
    begins = [day.begin for day in there]
    firsts: dict[date, int] = {}
    for day in _due_local_days(schedule):
        for tick in map(day.tick, times):
            on = there[max(0, bisect_right(begins, tick) - 1)].date
            firsts[on] = min(tick, firsts.get(on, tick))
    return firsts


def _some(times: tuple[int, ...]) -> tuple[int, ...]:
    if len(times) <= _MOST_TIMES:
        return times
    return (*times[:: len(times) // _MOST_TIMES], times[-1])


@dataclass(frozen=True, slots=True)
class _LocalDay:
    """A day of a time zone, made for asking it for many instants.

    Attributes:
        date: of the day.
        begin: its midnight, milliseconds.
        zone: set where clocks change on this day, so that midnight does not tell the rest.
    """

    date: date
    begin: int
    zone: ZoneInfo | None

    def tick(self, minute: int) -> int:
        """The instant of a local time."""
        if self.zone is None:
            return self.begin + minute * MINUTE
        return instant_of(self.date, minute, self.zone)


def _due_local_days(schedule: Schedule) -> list[_LocalDay]:
    dates = replace(schedule, times=(), timezone="UTC")
    return list(compress(_days_of(schedule.timezone, _year_of(schedule)), _due(dates)))


@lru_cache(maxsize=64)
def _due(dates: Schedule) -> tuple[bool, ...]:
    """Of the days of `_days_of`, which a schedule has; its times and time zone do not matter."""
    return tuple(due_on(dates, day.date) for day in _days_of("UTC", _year_of(dates)))


def _year_of(schedule: Schedule) -> int:
    """The year, from March on, that a schedule is looked at in."""
    years = Counter(day.year - (day.month < _MARCH) for day in schedule.holidays)
    # The latest of those that have as many.
    most = max(years.items(), key=lambda one: (one[1], one[0]), default=(_USUAL_YEAR, 0))[0]
    return most if most in _YEARS else _USUAL_YEAR


@lru_cache(maxsize=64)
def _days_of(timezone: str, first_year: int) -> tuple[_LocalDay, ...]:
    """The days of a year from March on, and some on either side."""
    zone = ZoneInfo(timezone)
    first_day = date(first_year, _MARCH, 1).toordinal()
    ordinals = range(first_day - _ASIDE, first_day + _DAYS + _ASIDE + 1)
    midnights = [(day, instant_of(day, 0, zone)) for day in map(date.fromordinal, ordinals)]
    return tuple(
        _LocalDay(day, begin, None if end - begin == DAY else zone)
        for (day, begin), (_, end) in pairwise(midnights)
    )
