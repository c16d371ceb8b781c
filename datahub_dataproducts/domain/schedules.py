"""Schedules: the instants (ticks) by which something is due, in a time zone."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_CRON_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_SUNDAY_AGAIN = 7
_CRON_FIELDS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day", 1, 31, ()),
    ("month", 1, 12, MONTHS),
    ("weekday", 0, _SUNDAY_AGAIN, _CRON_DAYS),
)
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MILLISECOND = timedelta(milliseconds=1)
_ONE_DAY = timedelta(days=1)
# 29 February of a century that is no leap year: eight years without a tick, and a day to spare.
_LONGEST_GAP_DAYS = 8 * 366 + 1
# Python's calendar ends at the years 1 and 9999; nothing is due within eight years of its ends.
_CALENDAR_MS = range(-61_800_000_000_000, 253_100_000_000_000)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Local times on local days.

    A time that does not exist (clocks go forward) is read with the offset before the change, so
    02:30 becomes 03:30; a time that comes twice is the first of the two. Ticks that fall on one
    instant are one tick.

    Attributes:
        times: local times of day as minutes since midnight, ascending.
        days: days of the month (1-31) and weekdays (Monday is 0); see `either`.
        weekdays: see `days`.
        months: months (1-12).
        timezone: IANA name.
        either: cron's rule: with both days and weekdays limited, either is enough.
        holidays: local dates on which there is no tick, ascending.
    """

    times: tuple[int, ...]
    timezone: str = "UTC"
    days: tuple[int, ...] = tuple(range(1, 32))
    weekdays: tuple[int, ...] = tuple(range(7))
    months: tuple[int, ...] = tuple(range(1, 13))
    either: bool = False
    holidays: tuple[date, ...] = ()

    def last_tick(self, at: int) -> int | None:
        """The latest tick at or before an instant; None when there is none for eight years."""
        if at not in _CALENDAR_MS:
            return None
        day = _local_date(at, self.timezone) + _ONE_DAY
        for _ in range(_LONGEST_GAP_DAYS):
            if due := [t for t in ticks_of_day(self, day) if t <= at]:
                # A time that does not exist may be moved past midnight, into the day after.
                return max(due + [t for t in ticks_of_day(self, day - _ONE_DAY) if t <= at])
            day -= _ONE_DAY
        return None

    def next_tick(self, after: int) -> int | None:
        """The first tick strictly after an instant; None when there is none for eight years."""
        if after not in _CALENDAR_MS:
            return None
        day = _local_date(after, self.timezone) - _ONE_DAY
        for _ in range(_LONGEST_GAP_DAYS):
            if due := [t for t in ticks_of_day(self, day) if t > after]:
                return min(due + [t for t in ticks_of_day(self, day + _ONE_DAY) if t > after])
            day += _ONE_DAY
        return None


@lru_cache(maxsize=16_384)
def ticks_of_day(schedule: Schedule, day: date) -> tuple[int, ...]:
    """The instants due on a local day, ascending, in milliseconds since the epoch."""
    if not due_on(schedule, day):
        return ()
    zone = ZoneInfo(schedule.timezone)
    return tuple(sorted({instant_of(day, minute, zone) for minute in schedule.times}))


def due_on(schedule: Schedule, day: date) -> bool:
    """True when a local day is one of the schedule's."""
    on_day = day.day in schedule.days
    on_weekday = day.weekday() in schedule.weekdays
    due = (on_day or on_weekday) if schedule.either else (on_day and on_weekday)
    return due and day.month in schedule.months and not is_holiday(day, schedule.holidays)


def is_holiday(day: date, holidays: Sequence[date]) -> bool:
    """True when a day is one of the holidays, which are ascending."""
    place = bisect_left(holidays, day)
    return place < len(holidays) and holidays[place] == day


def instant_of(day: date, minute: int, zone: ZoneInfo) -> int:
    """The instant of a local time, given as minutes since midnight; see `Schedule`."""
    local = datetime.combine(day, time(minute // 60, minute % 60), tzinfo=zone)
    # fold=0 is both rules at once: the offset before a gap, the first of two.
    return (local.astimezone(timezone.utc) - _EPOCH) // _MILLISECOND


def parse_cron(text: str, zone: str) -> Schedule | str:
    """A schedule from five cron fields, or a sentence that says what is wrong with them."""
    fields = text.split()
    if len(fields) != len(_CRON_FIELDS):
        return f"a cron has five fields (minute hour day month weekday), this one has {len(fields)}"
    parsed: list[tuple[int, ...]] = []
    for (name, low, high, names), field in zip(_CRON_FIELDS, fields, strict=True):
        values = _cron_field(field.upper(), low, high, names)
        if values is None:
            named = f"names like {names[1]}, " if names else ""
            return (
                f'"{field}" is not a {name} (numbers {low} to {high}, {named}lists, ranges, steps)'
            )
        parsed.append(values)
    minutes, hours, days, months, cron_weekdays = parsed
    schedule = Schedule(
        times=tuple(sorted(h * 60 + m for h in hours for m in minutes)),
        timezone=zone,
        days=days,
        months=months,
        weekdays=tuple(sorted({(d - 1) % 7 for d in cron_weekdays})),
        either=not fields[2].startswith("*") and not fields[4].startswith("*"),
    )
    if schedule.next_tick(0) is None:
        return "it never comes true (there is no such day)"
    return schedule


def parse_days(text: str) -> tuple[int, ...] | None:
    """Weekdays (Monday is 0) of `MON-FRI`, `FRI-MON` or `MON,WED,FRI`; None when it is neither."""
    days: set[int] = set()
    for part in text.upper().replace(" ", "").split(","):
        first, dash, last = part.partition("-")
        if first not in WEEKDAYS or (dash and last not in WEEKDAYS):
            return None
        start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
        days.update((start + n) % 7 for n in range((end - start) % 7 + 1))
    return tuple(sorted(days))


def parse_time_of_day(text: str) -> int | None:
    """Minutes since midnight of `08:00`; None when it is not a time of day."""
    match = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", text)
    return int(match.group(1)) * 60 + int(match.group(2)) if match else None


def is_timezone(name: str) -> bool:
    """True for an IANA name this machine knows."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def local_time(at: int, zone: str) -> datetime:
    """The wall-clock reading of an instant in a time zone, for printing."""
    return (_EPOCH + at * _MILLISECOND).astimezone(ZoneInfo(zone))


def _local_date(at: int, zone: str) -> date:
    return local_time(at, zone).date()


def _cron_field(field: str, low: int, high: int, names: tuple[str, ...]) -> tuple[int, ...] | None:
    values: set[int] = set()
    for part in field.split(","):
        body, slash, step_text = part.partition("/")
        step = _number(step_text) if slash else 1
        bounds = _cron_bounds(body, low, high, names, open_ended=bool(slash))
        if bounds is None or not step:
            return None
        values.update(range(bounds[0], bounds[1] + 1, step))
    return tuple(sorted(values))


def _cron_bounds(
    body: str, low: int, high: int, names: tuple[str, ...], *, open_ended: bool
) -> tuple[int, int] | None:
    # Weekday 7 is Sunday once more; a step over all weekdays must not count it twice.
    highest = high - 1 if high == _SUNDAY_AGAIN else high
    if body == "*":
        return low, highest
    first_text, dash, last_text = body.partition("-")
    first = _cron_value(first_text, low, high, names)
    if first is None:
        return None
    if not dash:
        return first, max(first, highest) if open_ended else first
    last = _cron_value(last_text, low, high, names)
    if last == 0 < first and high == _SUNDAY_AGAIN:
        last = _SUNDAY_AGAIN
    return None if last is None or last < first else (first, last)


def _cron_value(text: str, low: int, high: int, names: tuple[str, ...]) -> int | None:
    if text in names:
        return names.index(text) + low
    value = _number(text)
    return value if value is not None and low <= value <= high else None


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch("[0-9]{1,4}", text) else None


def say_when(at: int, now: int, zone: str) -> str:
    """An instant as people say it: `today at 06:02`, `yesterday at 06:02`, `on Mon 2 Mar at 06:02`.

    It is seen from `now`, for what is read at once; the year is named where it is another.
    """
    there, here = local_time(at, zone), local_time(now, zone)
    days = (here.date() - there.date()).days
    if days in (0, 1):
        return f"{('today', 'yesterday')[days]} at {there:%H:%M}"
    return f"on {say_day(at, now, zone)}"


def say_day(at: int, now: int, zone: str) -> str:
    """An instant that stays true however late it is read: `Mon 2 Mar at 06:02`.

    The year is named where it is another than that of `now`.
    """
    there, here = local_time(at, zone), local_time(now, zone)
    year = f" {there.year}" if there.year != here.year else ""
    # By our own names: those of strftime depend on the machine's language.
    weekday, month = WEEKDAYS[there.weekday()].title(), MONTHS[there.month - 1].title()
    return f"{weekday} {there.day} {month}{year} at {there:%H:%M}"


def say_stretch(since: int, until: int, now: int, zone: str) -> str:
    """`from Mon 2 Mar at 06:02 to 08:30`, as `say_day`; the end has its day where it is another."""
    first, last = local_time(since, zone), local_time(until, zone)
    end = f"{last:%H:%M}" if last.date() == first.date() else say_day(until, now, zone)
    return f"from {say_day(since, now, zone)} to {end}"
