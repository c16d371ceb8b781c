"""Cadences in words: when deadlines meet and how far they are apart, for messages."""

from collections.abc import Sequence

from datahub_dataproducts.domain.cadences import Comparison
from datahub_dataproducts.domain.durations import DAY, say_duration
from datahub_dataproducts.domain.promises import say_list
from datahub_dataproducts.domain.schedules import Schedule, local_time

_WEEKDAYS = (
    "Mondays",
    "Tuesdays",
    "Wednesdays",
    "Thursdays",
    "Fridays",
    "Saturdays",
    "Sundays",
)
_MOST_TIMES = 3


def say_early(comparison: Comparison, own: Schedule, other: Schedule) -> tuple[str, str]:
    """When something is due, and when what it is made of is: `08:00 Europe/Amsterdam`, `10:00`.

    Both are in the time zone of the first, with the other's own time in brackets where the two
    differ, and with the days where it is not so on all of them. There must be such days.
    """
    # While the clocks stay as they are, all days read the same.
    alike = {(meeting.own % DAY, meeting.other % DAY): meeting for meeting in comparison.early}
    times = sorted({_clock(meeting.other, own.timezone) for meeting in alike.values()})
    due = sorted({_clock(meeting.own, own.timezone) for meeting in alike.values()})
    ready = _say_times(times)
    if own.timezone != other.timezone:
        there = sorted({_clock(meeting.other, other.timezone) for meeting in alike.values()})
        ready += f" ({_say_times(there)} {other.timezone})"
    return f"{_say_times(due)} {own.timezone}", ready + _say_days(comparison)


def say_exceeding(gaps: Sequence[int], limit: int) -> str:
    """`up to 3 days apart (52 times a year)`; the times only where not all are beyond the limit."""
    longest = say_duration(gaps[-1])
    beyond = sum(gap > limit for gap in gaps)
    if beyond == len(gaps):
        return f"{longest} apart" if gaps[0] == gaps[-1] else f"up to {longest} apart"
    times = "once" if beyond == 1 else f"{beyond} times"
    return f"up to {longest} apart ({times} a year)"


def _say_times(times: Sequence[str]) -> str:
    if len(times) > _MOST_TIMES:
        return f"between {times[0]} and {times[-1]}"
    return say_list(tuple(times), "or")


def _say_days(comparison: Comparison) -> str:
    if len(comparison.early) == len(comparison.days):
        return ""
    weekdays = sorted({meeting.day.weekday() for meeting in comparison.early})
    if len(comparison.early) == sum(day.weekday() in weekdays for day in comparison.days):
        return f", on {say_list(tuple(_WEEKDAYS[n] for n in weekdays))}"
    return f", on {len(comparison.early)} of {len(comparison.days)} days of a year"


def _clock(at: int, zone: str) -> str:
    return f"{local_time(at, zone):%H:%M}"
