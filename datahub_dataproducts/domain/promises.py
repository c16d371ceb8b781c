"""Promises in words: what a contract promises, continuing "<asset> ..."."""

from itertools import pairwise

from datahub_dataproducts.domain.assertions import Deadline, Freshness, MaxAge
from datahub_dataproducts.domain.durations import DAY, HOUR, MINUTE, SECOND, say_duration
from datahub_dataproducts.domain.nodes import Node
from datahub_dataproducts.domain.schedules import Schedule

BUILD = "is built by dbt"
CUSTOM = "passes"

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_EVERY_DAY = 31
_EVERY_WEEKDAY = 7
_EVERY_MONTH = 12
_MOST_TIMES_NAMED = 4
_MINUTES_OF_A_DAY = 24 * 60


def say_freshness(rule: Freshness) -> str:
    """`is updated every day by 08:00 Europe/Amsterdam`, `is never older than 24 h`."""
    if isinstance(rule, MaxAge):
        return f"is never older than {_say_age(rule.age)}"
    return f"is updated {_say_deadline(rule)}"


def say_test(test: Node) -> str:
    """`passes not_null on customer_id`, `passes assert_positive_total`."""
    name = test.test_name or test.name
    return f"passes {name} on {test.column}" if test.column else f"passes {name}"


def say_list(words: tuple[str, ...], joint: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(words) < 2:  # noqa: PLR2004 - two is what takes a joint
        return "".join(words)
    return f"{', '.join(words[:-1])} {joint} {words[-1]}"


def _say_age(age: int) -> str:
    if age < MINUTE:
        return f"{age // SECOND} s"
    if age % HOUR == 0 and age < 3 * DAY:
        return f"{age // HOUR} h"
    return say_duration(age)


def _say_deadline(rule: Deadline) -> str:
    schedule = rule.schedule
    often = _say_rhythm(schedule.times)
    if often:
        words = f"{often} {_say_days(schedule)}" if _is_limited(schedule) else often
    else:
        words = f"{_say_days(schedule)} by {say_list(tuple(map(_clock, schedule.times)))}"
    but_for = ", except on holidays" if schedule.holidays else ""
    return f"{words} {schedule.timezone}{but_for}"


def _say_rhythm(times: tuple[int, ...]) -> str:
    """`every 15 minutes`, `every hour from 06:00 to 18:00`; empty where the times are few."""
    if len(times) <= _MOST_TIMES_NAMED:
        return ""
    steps = {later - earlier for earlier, later in pairwise(times)}
    if len(steps) > 1:
        return f"{len(times)} times a day between {_clock(times[0])} and {_clock(times[-1])}"
    (step,) = steps
    hours, minutes = divmod(step, 60)
    every = f"every {minutes} minutes"
    if not minutes:
        every = "every hour" if hours == 1 else f"every {hours} hours"
    elif hours:
        every = f"every {hours} h {minutes} min"
    round_the_clock = times[0] + _MINUTES_OF_A_DAY - times[-1] == step
    return every if round_the_clock else f"{every} from {_clock(times[0])} to {_clock(times[-1])}"


def _is_limited(schedule: Schedule) -> bool:
    return (
        len(schedule.days) < _EVERY_DAY
        or len(schedule.weekdays) < _EVERY_WEEKDAY
        or len(schedule.months) < _EVERY_MONTH
    )


def _say_days(schedule: Schedule) -> str:
    months = ""
    if len(schedule.months) < _EVERY_MONTH:
        months = f" in {say_list(tuple(_MONTHS[m - 1] for m in schedule.months))}"
    by_day = len(schedule.days) < _EVERY_DAY
    by_weekday = len(schedule.weekdays) < _EVERY_WEEKDAY
    if not by_day and not by_weekday:
        return f"every day{months}"
    of_month = _say_days_of_month(schedule.days) + (months or " of the month")
    if not by_weekday:
        return of_month
    if not by_day:
        return f"{_say_weekdays(schedule.weekdays)}{months}"
    named = tuple(_WEEKDAYS[d] for d in schedule.weekdays)
    if schedule.either:
        return f"{of_month} and every {say_list(named)}"
    return f"{of_month} that fall on {say_list(named, 'or')}"


def _say_days_of_month(days: tuple[int, ...]) -> str:
    noun = "day" if len(days) == 1 else "days"
    if len(days) > 2 and days == tuple(range(days[0], days[-1] + 1)):  # noqa: PLR2004 - a range
        return f"on {noun} {days[0]} to {days[-1]}"
    return f"on {noun} {say_list(tuple(map(str, days)))}"


def _say_weekdays(days: tuple[int, ...]) -> str:
    if len(days) == 1:
        return f"every {_WEEKDAYS[days[0]]}"
    for first in days:
        run = tuple((first + n) % 7 for n in range(len(days)))
        if len(days) > 2 and tuple(sorted(run)) == days:  # noqa: PLR2004 - a range
            return f"{_WEEKDAYS[run[0]]} to {_WEEKDAYS[run[-1]]}"
    return f"on {say_list(tuple(_WEEKDAYS[d] for d in days))}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
