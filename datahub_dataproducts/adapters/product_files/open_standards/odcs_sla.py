"""Service levels of ODCS as freshness: what is promised of the age and the arrival of data.

A table has one freshness promise here. A time of availability is the most exact of them and stands
before the others; of several ages the shortest stands, since it keeps the longer ones too.
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from datahub_dataproducts.adapters.product_files import codes
from datahub_dataproducts.adapters.product_files.findings import Findings, shown
from datahub_dataproducts.adapters.product_files.open_standards.trees import Part
from datahub_dataproducts.domain.assertions import Deadline, Freshness, MaxAge
from datahub_dataproducts.domain.documents import Marked
from datahub_dataproducts.domain.durations import DAY, HOUR, MINUTE, SECOND, WEEK, parse_duration
from datahub_dataproducts.domain.schedules import (
    Schedule,
    is_timezone,
    parse_cron,
    parse_time_of_day,
)

_RHYTHMS = frozenset({"frequency", "fy"})
AGES = frozenset({"latency", "ly", "freshness"}) | _RHYTHMS
"""Properties that bound the time since the last update; `freshness` is what many files write."""
AVAILABILITIES = frozenset({"timeofavailability", "ta"})
"""Properties that say by when data is there."""

_UNITS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), SECOND),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), MINUTE),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), HOUR),
    **dict.fromkeys(("d", "day", "days"), DAY),
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks"), WEEK),
}
_WORDS = {"hourly": HOUR, "daily": DAY, "weekly": WEEK}
_ISO = re.compile(
    r"P(?:(?P<w>[0-9]+)W)?(?:(?P<d>[0-9]+)D)?"
    r"(?:T(?:(?P<h>[0-9]+)H)?(?:(?P<m>[0-9]+)M)?(?:(?P<s>[0-9]+)S)?)?"
)
_ISO_UNITS = {"w": WEEK, "d": DAY, "h": HOUR, "m": MINUTE, "s": SECOND}
_TIME = re.compile(
    r"T?(?P<time>[0-9]{1,2}:[0-9]{2})(?::[0-9]{2}(?:\.[0-9]+)?)?\s*"
    r"(?P<offset>Z|(?P<sign>[+-])(?P<hours>[0-9]{2}):?(?P<minutes>[0-9]{2}))?"
)
_LONGEST_NUMBER = 12
_MOST_HOURS_AHEAD = 14
_MOST_HOURS_BEHIND = 12
_LONGEST_CRON = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Level:
    """One service level that says something of freshness."""

    part: Part
    rule: Freshness


class NotSaid(Exception):
    """A service level says no freshness; the words say why."""


def says_freshness(level: Part, findings: Findings) -> bool:
    """Whether a service level is one of those that say something of freshness; else tell."""
    if level.said("property").lower() in AGES | AVAILABILITIES:
        return True
    _tell(level, "it says nothing of freshness", findings)
    return False


def freshness_of(
    levels: tuple[Part, ...], timezone: str, findings: Findings
) -> Marked[Freshness] | None:
    """The freshness that the service levels of one table promise; what they do not is told.

    Args:
        levels: items of `slaProperties` that say something of freshness.
        timezone: of times that say none.
        findings: of the contract file.
    """
    read = [level for part in levels if (level := _level(part, timezone, findings)) is not None]
    if not read:
        return None
    standing = _standing(read)
    for level in read:
        if not _keeps(standing, level):
            _tell(
                level.part, "one freshness promise stands for a table, and it is another", findings
            )
    return Marked(standing.rule, findings.place(standing.part.node))


def _level(part: Part, timezone: str, findings: Findings) -> Level | None:
    try:
        if part.said("property").lower() in AVAILABILITIES:
            return Level(part=part, rule=_deadline(part, timezone))
        return Level(part=part, rule=MaxAge(age=_duration(part)))
    except NotSaid as why:
        _tell(part, str(why), findings)
        return None


def _tell(part: Part, reason: str, findings: Findings) -> None:
    findings.warning(
        codes.SLA_NOT_PROMISED,
        part.node,
        f"the service level {shown(part.said('property'))} {shown(part.said('value'))} "
        f"is not promised: {reason}",
        "promise what can be measured by an entry of `contract` of its own",
    )


def _standing(read: list[Level]) -> Level:
    deadlines = [level for level in read if isinstance(level.rule, Deadline)]
    if deadlines:
        return next(
            (one for one in deadlines if all(_keeps(one, other) for other in deadlines)),
            deadlines[0],
        )
    return min(read, key=lambda level: level.rule.age if isinstance(level.rule, MaxAge) else 0)


def _keeps(one: Level, other: Level) -> bool:
    """Whether whoever keeps one service level keeps the other too."""
    mine, its = one.rule, other.rule
    if isinstance(mine, MaxAge):
        return isinstance(its, MaxAge) and mine.age <= its.age
    gap = _longest_gap(mine.schedule)
    if isinstance(its, MaxAge):
        # A tick finds an update from the half of the time before it, so data may grow that older.
        is_rhythm = other.part.said("property").lower() in _RHYTHMS
        return its.age >= (gap if is_rhythm else gap * 3 // 2)
    alike = (mine.schedule.timezone, mine.schedule.weekdays)
    same_days = alike == (its.schedule.timezone, its.schedule.weekdays)
    return same_days and mine.schedule.times[0] <= its.schedule.times[0]


def _longest_gap(schedule: Schedule) -> int:
    days = [*schedule.weekdays, schedule.weekdays[0] + 7]
    return max(after - before for before, after in pairwise(days)) * DAY


def _duration(part: Part) -> int:
    """Milliseconds of `value` and `unit`, of an ISO 8601 duration, or of `24h` and `daily`."""
    text, unit = part.said("value").strip(), part.said("unit").strip()
    if not unit:
        found = _unitless(text)
        if not found:
            raise NotSaid("it has no unit; write `unit: h`, `d` or `w`")
        return found
    if unit == "m":
        raise NotSaid("`m` may be minutes or months; write `unit: minutes`")
    if unit.lower() not in _UNITS:
        raise NotSaid(f"{shown(unit)} has no fixed length; write days or weeks")
    if not re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", text) or len(text) > _LONGEST_NUMBER:
        raise NotSaid("its value is no number")
    length = Fraction(text) * _UNITS[unit.lower()]
    if length < SECOND or length % SECOND:
        raise NotSaid("it is no whole number of seconds")
    return int(length)


def _unitless(text: str) -> int:
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    match = _ISO.fullmatch(text) if len(text) <= _LONGEST_NUMBER else None
    if match:
        return sum(int(match[key] or 0) * length for key, length in _ISO_UNITS.items())
    return parse_duration(text) or 0


def _deadline(part: Part, timezone: str) -> Deadline:
    match = _TIME.fullmatch(part.said("value").strip())
    minute = None if match is None else parse_time_of_day(match["time"])
    if match is None or minute is None:
        raise NotSaid('it is no time of day; write hours and minutes, as in "08:00"')
    zone = _zone(match, part.said("valueExt").strip()) or timezone
    if part.said("scheduler").lower() == "cron" and part.get("schedule") is not None:
        return Deadline(schedule=_on_days(part.said("schedule"), minute, zone))
    return Deadline(schedule=Schedule(times=(minute,), timezone=zone))


def _on_days(cron: str, minute: int, zone: str) -> Schedule:
    schedule = parse_cron(cron, zone) if len(cron) <= _LONGEST_CRON else "it is too long"
    if isinstance(schedule, str):
        raise NotSaid(f"its schedule is no cron line: {schedule}")
    if schedule.times != (minute,):
        raise NotSaid("its schedule has another time than its value, so when it is due is unclear")
    return schedule


def _zone(match: re.Match[str], named: str) -> str:
    """The time zone, empty where none is said."""
    if named:
        if not is_timezone(named):
            raise NotSaid(f"{shown(named)} in `valueExt` is no time zone of the IANA database")
        if match["offset"]:
            raise NotSaid("it has an offset and a time zone; write one of them")
        return named
    if not match["offset"]:
        return ""
    hours = int(match["hours"] or 0)
    ahead = match["sign"] != "-"
    if int(match["minutes"] or 0) or hours > (_MOST_HOURS_AHEAD if ahead else _MOST_HOURS_BEHIND):
        raise NotSaid("no time zone has this offset all year; write its name in `valueExt`")
    # The zones of fixed offset count westward.
    return f"Etc/GMT{'-' if ahead else '+'}{hours}" if hours else "UTC"
