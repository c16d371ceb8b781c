"""Freshness as written: due by a time of day, by a cron, or never older than an age."""

from dataclasses import replace

from datahub_dataproducts.adapters.product_files import codes
from datahub_dataproducts.adapters.product_files.calendars import KEY as HOLIDAYS
from datahub_dataproducts.adapters.product_files.calendars import holidays
from datahub_dataproducts.adapters.product_files.fields import Fields, known_keys
from datahub_dataproducts.adapters.product_files.findings import shown
from datahub_dataproducts.adapters.product_files.named_files import OtherFiles
from datahub_dataproducts.domain.assertions import Deadline, Freshness, MaxAge
from datahub_dataproducts.domain.documents import Evaluator, Marked
from datahub_dataproducts.domain.schedules import (
    Schedule,
    parse_cron,
    parse_days,
    parse_time_of_day,
)

_FORMS = ("ready_by", "cron", "max_age")
# Which keys mean something beside which form.
_BESIDE = {
    "ready_by": {"timezone", "days", "look_back", HOLIDAYS},
    "cron": {"timezone", "look_back", HOLIDAYS},
    "max_age": set[str](),
}
_KEYS = known_keys(*_FORMS, "timezone", "days", HOLIDAYS, "look_back", "evaluated_by")
_EXAMPLE = '{ready_by: "08:00", days: MON-FRI}'
# Longer than any sensible one, and short enough that its numbers can be converted.
_LONGEST_CRON = 1_000
_EVALUATORS = {evaluator.value: evaluator for evaluator in Evaluator}


def freshness(
    promise: Fields, timezone: str, other: OtherFiles
) -> tuple[Marked[Freshness] | None, Evaluator]:
    """The freshness promised of an asset, and who evaluates it.

    `timezone` is that of the product, where the promise has none of its own; `other` are the files
    around, of which one may be the calendar.
    """
    fields = promise.mapping("freshness", _KEYS, _EXAMPLE)
    if fields is None:
        return None, Evaluator.HERE
    evaluated_by = fields.choice("evaluated_by", _EVALUATORS) or Evaluator.HERE
    zone = fields.timezone("timezone") or timezone
    forms = fields.given(*_FORMS)
    if len(forms) != 1:
        fields.findings.error(
            codes.ONE_OF_SEVERAL,
            fields.at,
            f"`freshness` takes exactly one of `ready_by`, `cron` and `max_age`, and has "
            f"{' and '.join(f'`{form}`' for form in forms) or 'none'}",
            f"write `freshness: {_EXAMPLE}` or `freshness: {{max_age: 24h}}`",
        )
        return None, evaluated_by
    _tell_misplaced(fields, forms[0])
    value = _max_age(fields) if forms[0] == "max_age" else _deadline(fields, zone, other)
    if value is None:
        return None, evaluated_by
    return Marked(value, fields.findings.place(fields.at)), evaluated_by


def _tell_misplaced(fields: Fields, form: str) -> None:
    for key in fields.given("timezone", "days", HOLIDAYS, "look_back"):
        if key not in _BESIDE[form]:
            fields.findings.error(
                codes.MISPLACED_KEY,
                fields.key(key),
                f"{fields.name(key)} means nothing beside `{form}`",
                "take it out, or use `ready_by`",
            )


def _max_age(fields: Fields) -> MaxAge | None:
    age = fields.duration("max_age", "24h")
    return None if age is None else MaxAge(age=age)


def _deadline(fields: Fields, zone: str, other: OtherFiles) -> Deadline | None:
    look_back = fields.duration("look_back", "24h")
    schedule = _cron(fields, zone) if fields.given("cron") else _ready_by(fields, zone)
    days_off = holidays(fields, zone, other)
    if schedule is None:
        return None
    return Deadline(schedule=replace(schedule, holidays=days_off), look_back=look_back)


def _cron(fields: Fields, zone: str) -> Schedule | None:
    text = fields.text("cron")
    if text is None:
        return None
    too_long = len(text.value) > _LONGEST_CRON
    schedule = "it is too long" if too_long else parse_cron(text.value, zone)
    if isinstance(schedule, Schedule):
        return schedule
    fields.findings.error(
        codes.BAD_SCHEDULE,
        fields.value("cron"),
        f"`freshness.cron` is {shown(text.value)}: {shown(schedule, 120)}",
        'write five fields, as in `cron: "0 8 * * MON-FRI"`',
    )
    return None


def _ready_by(fields: Fields, zone: str) -> Schedule | None:
    text = fields.text("ready_by")
    minute = None if text is None else parse_time_of_day(text.value)
    if text is not None and minute is None:
        fields.findings.error(
            codes.BAD_SCHEDULE,
            fields.value("ready_by"),
            f"`freshness.ready_by` is {shown(text.value)}, which is no time of day",
            'write hours and minutes in quotes, as in `ready_by: "08:00"`',
        )
    days_text = fields.text("days")
    days = tuple(range(7)) if days_text is None else parse_days(days_text.value)
    if days is None and days_text is not None:
        fields.findings.error(
            codes.BAD_SCHEDULE,
            fields.value("days"),
            f"`freshness.days` is {shown(days_text.value)}, which is no list of weekdays",
            "write `days: MON-FRI` or `days: MON,WED,FRI`",
        )
    if minute is None or days is None:
        return None
    return Schedule(times=(minute,), timezone=zone, weekdays=days)
