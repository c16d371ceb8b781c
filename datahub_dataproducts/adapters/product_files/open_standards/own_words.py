"""Promises and objectives in the words of product files, for what another standard has no place for."""

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from datahub_dataproducts.domain.assertions import Freshness, Impact, MaxAge
from datahub_dataproducts.domain.durations import write_duration
from datahub_dataproducts.domain.products import Objective
from datahub_dataproducts.domain.schedules import MONTHS, WEEKDAYS, Schedule

_ALL_DAYS = tuple(range(1, 32))
_ALL_WEEKDAYS = tuple(range(7))
_ALL_MONTHS = tuple(range(1, 13))


def freshness_words(rule: Freshness) -> dict[str, Any]:
    """What is below `freshness:`; the reader makes the same rule of it."""
    if isinstance(rule, MaxAge):
        return {"max_age": write_duration(rule.age)}
    schedule = rule.schedule
    words: dict[str, Any] = {"cron": cron_of(schedule)}
    if is_ready_by(schedule):
        words = {"ready_by": clock(schedule.times[0])}
        if schedule.weekdays != _ALL_WEEKDAYS:
            words["days"] = ",".join(WEEKDAYS[day] for day in schedule.weekdays)
    words["timezone"] = schedule.timezone
    words |= _holidays(schedule.holidays)
    if rule.look_back is not None:
        words["look_back"] = write_duration(rule.look_back)
    return words


def _holidays(days: Sequence[date]) -> dict[str, list[str]]:
    """The dates themselves: a calendar file is not where this is read."""
    return {"holidays": [day.isoformat() for day in days]} if days else {}


def is_ready_by(schedule: Schedule) -> bool:
    """Whether a schedule is one time of day on some days of the week."""
    return (
        len(schedule.times) == 1
        and schedule.days == _ALL_DAYS
        and schedule.months == _ALL_MONTHS
        and not schedule.either
    )


def clock(minutes: int) -> str:
    """Minutes since midnight as a time of day."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def cron_of(schedule: Schedule) -> str:
    """The cron line of a schedule that was read from one."""
    hours = sorted({time // 60 for time in schedule.times})
    minutes = sorted({time % 60 for time in schedule.times})
    days = _list_of(schedule.days, _ALL_DAYS)
    weekdays = "*"
    if schedule.weekdays != _ALL_WEEKDAYS:
        weekdays = ",".join(WEEKDAYS[day] for day in schedule.weekdays)
    if days != "*" and weekdays != "*" and not schedule.either:
        # Both must hold: cron says so only where one of the two begins with a star.
        step = _step_of(schedule.days, _ALL_DAYS)
        days, weekdays = (step, weekdays) if step else (days, _step_of_week(schedule.weekdays))
    months = "*"
    if schedule.months != _ALL_MONTHS:
        months = ",".join(MONTHS[month - 1] for month in schedule.months)
    return f"{_list_of(minutes)} {_list_of(hours)} {days} {months} {weekdays}"


def objective_words(objective: Objective) -> dict[str, Any]:
    """What is below `objective:`."""
    words: dict[str, Any] = {"target": f"{decimal(objective.target * 100)}%"}
    if objective.window is not None:
        words["window"] = write_duration(objective.window)
    else:
        words["calendar"] = objective.calendar
    if objective.hours:
        words["hours"] = objective.hours
    words |= _holidays(objective.holidays)
    if objective.at_risk_is_bad:
        words["at_risk_is_bad"] = True
    if objective.burn:
        words["burn"] = [
            {
                "rate": decimal(rule.rate),
                "long": write_duration(rule.long),
                "short": write_duration(rule.short),
            }
            for rule in objective.burn
        ]
    return words


def impact_words(impact: Impact, expect_every: int | None, usual: int | None) -> dict[str, str]:
    """`impact` and `expect_every` where they are not the usual ones."""
    words: dict[str, str] = {}
    if impact is not Impact.BLOCKING:
        words["impact"] = impact.value
    if expect_every != usual:
        words["expect_every"] = "never" if expect_every is None else write_duration(expect_every)
    return words


def decimal(value: Fraction) -> str:
    """A fraction that was read from a decimal, as that decimal."""
    scaled = int(value * 10**12)
    whole, rest = divmod(scaled, 10**12)
    digits = f"{rest:012d}".rstrip("0")
    return f"{whole}.{digits}" if digits else str(whole)


def _list_of(numbers: Iterable[int], every: tuple[int, ...] = ()) -> str:
    found = tuple(numbers)
    return "*" if found == every else ",".join(map(str, found))


def _step_of(numbers: tuple[int, ...], every: tuple[int, ...]) -> str:
    return next((f"*/{n}" for n in range(1, 32) if numbers == every[::n]), "")


def _step_of_week(weekdays: tuple[int, ...]) -> str:
    """Cron counts from Sunday (0) to Sunday (7)."""
    of_step = (
        f"*/{step}"
        for step in range(1, 8)
        if weekdays == tuple(sorted({(day - 1) % 7 for day in range(0, 8, step)}))
    )
    return next(of_step, ",".join(WEEKDAYS[day] for day in weekdays))
