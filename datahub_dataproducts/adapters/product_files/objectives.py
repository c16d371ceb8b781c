"""Objectives as written: how much of the time a product is to be healthy."""

import re
from fractions import Fraction

from datahub_dataproducts.adapters.product_files import codes
from datahub_dataproducts.adapters.product_files.calendars import KEY as HOLIDAYS
from datahub_dataproducts.adapters.product_files.calendars import holidays
from datahub_dataproducts.adapters.product_files.fields import Fields, known_keys, told
from datahub_dataproducts.adapters.product_files.findings import shown
from datahub_dataproducts.adapters.product_files.named_files import OtherFiles
from datahub_dataproducts.adapters.product_files.nodes import Mapping, Node, Scalar
from datahub_dataproducts.domain.calendars import parse_hours
from datahub_dataproducts.domain.documents import Marked
from datahub_dataproducts.domain.durations import write_duration
from datahub_dataproducts.domain.products import BurnRule, Objective

_KEYS = known_keys("target", "window", "calendar", "hours", HOLIDAYS, "at_risk_is_bad", "burn")
_BURN_KEYS = known_keys("rate", "long", "short")
_EXAMPLE = "{target: 99%, window: 30d}"
_BURN_EXAMPLE = "{rate: 14.4, long: 1h, short: 5m}"
_CALENDARS = {"month": "month", "quarter": "quarter"}
_NUMBER = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,9})?")
_PERCENT_SIGN = "%"


def objective(product: Fields, timezone: str, other: OtherFiles) -> Marked[Objective] | None:
    """The objective of a product; None when there is none, or not a whole one.

    `timezone` is the product's; `other` are the files around, of which one may be the calendar.
    """
    fields = product.mapping("objective", _KEYS, _EXAMPLE)
    if fields is None:
        return None
    target = _target(fields)
    window = fields.duration("window", "30d")
    calendar = fields.choice("calendar", _CALENDARS)
    hours = _hours(fields)
    days_off = holidays(fields, timezone, other)
    at_risk_is_bad = fields.flag("at_risk_is_bad", default=False)
    burn = tuple(rule for node in fields.items("burn") if (rule := _burn_rule(node, fields)))
    windows = fields.given("window", "calendar")
    if len(windows) != 1:
        fields.findings.error(
            codes.ONE_OF_SEVERAL,
            fields.at,
            f"`objective` takes either `window` or `calendar`, and has "
            f"{'both' if windows else 'neither'}",
            "write `window: 30d` or `calendar: month`",
        )
    if target is None or len(windows) != 1 or not (window or calendar):
        return None
    return Marked(
        Objective(
            target=target,
            window=window,
            calendar=calendar or "",
            hours=hours,
            at_risk_is_bad=at_risk_is_bad,
            burn=burn,
            holidays=days_off,
        ),
        fields.findings.place(fields.at),
    )


def _target(fields: Fields) -> Fraction | None:
    node = fields.node("target")
    if not isinstance(node, Scalar):
        fields.findings.error(
            codes.MISSING if node is None else codes.WRONG_KIND,
            fields.value("target"),
            f"`objective.target` is {'not given' if node is None else told(node)}",
            "write a percentage, as in `target: 99%`",
        )
        return None
    text = node.text.strip()
    number = text.removesuffix(_PERCENT_SIGN).rstrip()
    if not _NUMBER.fullmatch(number):
        fields.findings.error(
            codes.UNCLEAR_TARGET,
            node,
            f"`objective.target` is {shown(text)}, which is not a percentage",
            "write `target: 99%` or `target: 99.5%`",
        )
        return None
    if not text.endswith(_PERCENT_SIGN):
        percent = number if Fraction(number) > 1 else f"{float(Fraction(number) * 100):g}"
        fields.findings.error(
            codes.UNCLEAR_TARGET,
            node,
            f"`objective.target` is {shown(text)} without a percent sign, which is unclear",
            f"write `target: {percent}%` if that is meant",
        )
        return None
    target = Fraction(number) / 100
    if 0 < target < 1:
        return target
    reason = "leaves no time at all for a fault" if target == 1 else "is not between 0 % and 100 %"
    fields.findings.error(
        codes.IMPOSSIBLE_TARGET,
        node,
        f"`objective.target` is {shown(text)}, which {reason}",
        "write what is good enough, as in `target: 99.9%`",
    )
    return None


def _hours(fields: Fields) -> str:
    text = fields.text("hours")
    if text is None:
        return ""
    if parse_hours(text.value) is not None:
        return text.value.strip()
    fields.findings.error(
        codes.BAD_HOURS,
        fields.value("hours"),
        f"`objective.hours` is {shown(text.value)}, which is not days and hours within one day",
        'write `hours: "MON-FRI 08:00-18:00"`',
    )
    return ""


def _burn_rule(node: Node, objective_: Fields) -> BurnRule | None:
    if not isinstance(node, Mapping):
        objective_.wrong_kind("burn", node, "mappings", f"write `- {_BURN_EXAMPLE}`")
        return None
    fields = Fields(node, _BURN_KEYS, objective_.findings, "burn")
    for key in _BURN_KEYS:
        if not fields.given(key):
            fields.findings.error(
                codes.MISSING,
                fields.at,
                f"{fields.name(key)} is not given",
                f"write {_BURN_EXAMPLE}",
            )
    rate = _rate(fields)
    long, short = fields.duration("long", "1h"), fields.duration("short", "5m")
    if rate is None or long is None or short is None:
        return None
    if short < long:
        return BurnRule(rate=rate, long=long, short=short)
    fields.findings.error(
        codes.BAD_BURN,
        fields.value("short"),
        f"`burn.short` is {write_duration(short)}, no shorter than `burn.long`, which is "
        f"{write_duration(long)}",
        "write a twelfth of the long window, so that the alert ends soon after the fault does",
    )
    return None


def _rate(fields: Fields) -> Fraction | None:
    text = fields.word("rate")
    if text is None:
        return None
    rate = text.value.strip()
    if _NUMBER.fullmatch(rate) and Fraction(rate) > 0:
        return Fraction(rate)
    fields.findings.error(
        codes.BAD_BURN,
        fields.value("rate"),
        f"`burn.rate` is {shown(text.value)}, which is no number above 0",
        "write how many times faster than the objective allows, as in `rate: 14.4`",
    )
    return None
