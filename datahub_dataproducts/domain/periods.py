"""Periods: a window of time cut at local days, weeks or months, and the bad times in it. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date, timedelta
from enum import Enum
from itertools import pairwise
from operator import itemgetter
from zoneinfo import ZoneInfo

from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.schedules import instant_of, local_time
from datahub_dataproducts.domain.spans import Span
from datahub_dataproducts.domain.timelines import Step

_AT = itemgetter(0)
_ONE_DAY = timedelta(days=1)


class Pace(Enum):
    """Where a window is cut: at the midnights that begin a day, a Monday, or a first of the month."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


def periods(window: Span, pace: Pace | None, zone: str) -> list[Span]:
    """The parts of a window, in order, without gap or overlap; the first and last may be partial.

    Midnights are those of the time zone: a day on which clocks change has 23 or 25 hours. One that
    does not exist is read as in schedules, with the offset before the change. Without a pace the
    window is one part; an empty window has none.
    """
    since, until = window
    if since >= until:
        return []
    cuts = _cuts(since, until, pace, zone) if pace else []
    bounds = [since, *cuts, until]
    return list(pairwise(bounds))


def within(steps: Sequence[Step], period: Span) -> Sequence[Step]:
    """The steps that matter in a period: the one in force at its beginning, and those in it."""
    since, until = period
    first = max(0, bisect_right(steps, since, key=_AT) - 1)
    return steps[first : bisect_left(steps, until, key=_AT)]


def bad_times(steps: Sequence[Step], period: Span) -> list[int]:
    """How long each episode of bad health was, within a period, in order; milliseconds.

    An episode begins when a product turns UNHEALTHY and ends when it is measured to be good again.
    UNKNOWN ends none, but is not counted: the sum is the bad time of the period, and an episode
    that reaches over the end of a period counts in both with its part.
    """
    since, until = period
    found: list[int] = []
    is_open = False
    ends = [at for at, _ in steps[1:]] + [until]
    for (at, health), end in zip(steps, ends, strict=False):
        bad = max(0, min(end, until) - max(at, since))
        if health is Health.UNHEALTHY and bad:
            if is_open:
                found[-1] += bad
            else:
                found.append(bad)
            is_open = True
        elif health in {Health.HEALTHY, Health.AT_RISK}:
            is_open = False
    return found


def bad_stretches(steps: Sequence[Step]) -> list[tuple[int, int | None]]:
    """When each episode of bad health began and ended, in order; None: it goes on.

    It begins and ends as in `bad_times`, but is told whole: time that is not known is within it.
    """
    found: list[tuple[int, int | None]] = []
    began: int | None = None
    for at, health in steps:
        if health is Health.UNHEALTHY and began is None:
            began = at
        elif health in {Health.HEALTHY, Health.AT_RISK} and began is not None:
            found.append((began, at))
            began = None
    return found if began is None else [*found, (began, None)]


def _cuts(since: int, until: int, pace: Pace, zone: str) -> list[int]:
    """The instants strictly within a window at which a period begins, ascending."""
    there = ZoneInfo(zone)
    # A day on either side, since where clocks go back at midnight a date may come twice.
    day = local_time(since, zone).date() - _ONE_DAY
    last = local_time(until, zone).date() + _ONE_DAY
    found: set[int] = set()
    while day <= last:
        if _begins(day, pace):
            found.add(instant_of(day, 0, there))
        day += _ONE_DAY
    return sorted(cut for cut in found if since < cut < until)


def _begins(day: date, pace: Pace) -> bool:
    if pace is Pace.DAY:
        return True
    return day.weekday() == 0 if pace is Pace.WEEK else day.day == 1
