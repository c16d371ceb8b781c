"""What is due when, and whether it was in time: computed from the wall clock of every minute.

Written from the semantics alone, without the domain's code, and slow on purpose: the clock on the wall is
read for each minute of some years, and whatever is due is looked up there.
"""

from array import array
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime, timedelta, timezone
from functools import cache
from zoneinfo import ZoneInfo

MINUTE_MS = 60_000
DAY_MINUTES = 24 * 60
_NEVER = -1
FIRST, LAST = date(2023, 12, 1), date(2029, 1, 1)
_BEGIN = int(datetime(2023, 11, 29, tzinfo=timezone.utc).timestamp()) // 60
_END = int(datetime(2029, 1, 4, tzinfo=timezone.utc).timestamp()) // 60
WEEKDAYS = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]
MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]

Due = Callable[[date], bool]


def on_the_wall(minute: int, zone: ZoneInfo) -> int:
    """What the wall shows in a minute since the epoch, in minutes since the year 1."""
    local = datetime.fromtimestamp(minute * 60, zone)
    return local.toordinal() * DAY_MINUTES + local.hour * 60 + local.minute


def walls(zone: str, begin: int = _BEGIN, end: int = _END) -> Iterable[tuple[int, int]]:
    """Each minute, and what the wall shows.

    Within an hour at whose beginning and end the clocks stand alike they do so all along.
    """
    there = ZoneInfo(zone)
    for hour in range(begin, end, 60):
        first, last = on_the_wall(hour, there), on_the_wall(hour + 59, there)
        for n in range(60):
            yield hour + n, first + n if last - first == 59 else on_the_wall(hour + n, there)


@cache
def instants(zone: str) -> Sequence[int]:
    """For each minute that a wall may be asked for, counted from `FIRST` on, the minute it is.

    Shown twice: the first. Never shown: by the clock that was not put forward.
    """
    base = FIRST.toordinal() * DAY_MINUTES
    shown = array("q", [_NEVER]) * ((LAST - FIRST).days + 1) * DAY_MINUTES
    before = 0
    for minute, wall in walls(zone):
        if before and wall > before + 1:
            for n, skipped in enumerate(range(before + 1, wall)):
                shown[skipped - base] = minute + n
        if 0 <= wall - base < len(shown) and shown[wall - base] == _NEVER:
            shown[wall - base] = minute
        before = wall
    return shown


def ticks(zone: str, due: Due, times: Sequence[int]) -> list[int]:
    """All instants at which something is due, in milliseconds, ascending, each once."""
    shown = instants(zone)
    days = [FIRST + timedelta(n) for n in range((LAST - FIRST).days + 1)]
    return sorted({
        shown[n * DAY_MINUTES + minute] * MINUTE_MS
        for n, day in enumerate(days)
        if due(day)
        for minute in times
    })


def on_weekdays(names: Collection[str], holidays: Collection[date] = ()) -> Due:
    """Due on some days of the week, but for holidays."""
    return lambda day: WEEKDAYS[day.weekday()] in names and day not in holidays


def by_cron(line: str, holidays: Collection[date] = ()) -> tuple[Due, list[int]]:
    """Which days and which minutes of the day a cron line means."""
    minutes, hours, days, months, weekdays = line.split()

    def due(day: date) -> bool:
        # Sunday is 0 and 7.
        number = day.isoweekday() % 7
        in_week = _is_meant(weekdays, number, 0, 7) or (
            number == 0 and _is_meant(weekdays, 7, 0, 7)
        )
        in_month = _is_meant(days, day.day, 1, 31)
        both_limited = not days.startswith("*") and not weekdays.startswith("*")
        fits = (in_week or in_month) if both_limited else (in_week and in_month)
        return fits and _is_meant(months, day.month, 1, 12) and day not in holidays

    times = [
        hour * 60 + minute
        for hour in range(24)
        for minute in range(60)
        if _is_meant(hours, hour, 0, 23) and _is_meant(minutes, minute, 0, 59)
    ]
    return due, times


def _is_meant(field: str, value: int, low: int, high: int) -> bool:
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        if span == "*":
            begin, end = low, high
        else:
            begin = _number(first, low)
            end = _number(last, low) if last else (high if step else begin)
        if begin <= value <= end and (value - begin) % int(step or 1) == 0:
            return True
    return False


def _number(word: str, low: int) -> int:
    if word in WEEKDAYS:
        return (WEEKDAYS.index(word) + 1) % 7
    return MONTHS.index(word) + low if word in MONTHS else int(word)


def verdict(due: Sequence[int], look_back: int | None, updates: Sequence[int], at: int) -> str:
    """Of a deadline, at one instant; updates are ascending."""
    known = bisect_right(updates, at)
    if not known:
        return "unknown"
    tick = bisect_right(due, at) - 1
    assert tick > 0, "there is no tick before, or none before that"
    back = (due[tick] - due[tick - 1]) // 2 if look_back is None else look_back
    return "met" if updates[known - 1] > due[tick] - back else "not met"


def verdict_by_age(age: int, updates: Sequence[int], at: int) -> str:
    """Of a maximum age, at one instant."""
    known = bisect_right(updates, at)
    if not known:
        return "unknown"
    return "met" if at < updates[known - 1] + age else "not met"


def turns(judge: Callable[[int], str], at: Iterable[int]) -> list[tuple[int, str]]:
    """When a verdict becomes another, looked at in some instants; what is unknown is left out."""
    found: list[tuple[int, str]] = []
    for instant in sorted(set(at)):
        now = judge(instant)
        if now != (found[-1][1] if found else "unknown"):
            found.append((instant, now))
    return found
