"""Holidays as written: a list of dates, or the path of a calendar file that has one."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from datahub_dataproducts.adapters.product_files import codes
from datahub_dataproducts.adapters.product_files.fields import Fields, known_keys, text_of, told
from datahub_dataproducts.adapters.product_files.findings import Findings, TooManyProblems, shown
from datahub_dataproducts.adapters.product_files.marks import compose
from datahub_dataproducts.adapters.product_files.named_files import (
    NamedKind,
    OtherFiles,
    named_text,
)
from datahub_dataproducts.adapters.product_files.nodes import (
    At,
    Mapping,
    Node,
    Place,
    Scalar,
    Sequence,
)
from datahub_dataproducts.adapters.product_files.scalars import is_nothing
from datahub_dataproducts.domain.problems import Problem
from datahub_dataproducts.domain.schedules import local_time

KEY = "holidays"
"""The key by which holidays are named, and the one that they have in their file."""

_FILE_KEYS = known_keys(KEY)
_EXAMPLE = "calendars/nl.yml"
_FORMS = "write `- 2026-12-25` or `- 2026-12-25: Christmas Day`"
# Nobody's promises are of other centuries.
_DATE = re.compile(r"(?:19[7-9]|20[0-9])[0-9]-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Calendar:
    """What a calendar file says.

    Attributes:
        dates: by date, ascending, where each is written.
        problems: what is wrong with it.
    """

    dates: dict[date, Scalar]
    problems: tuple[Problem, ...]


def holidays(fields: Fields, zone: str, other: OtherFiles) -> tuple[date, ...]:
    """The dates below the key `holidays`, ascending; none where it is not given, or wrong.

    What is wrong within a calendar file is told of that file, and of no product: many name it.

    Args:
        fields: of a freshness promise or an objective.
        zone: that the dates are of, to know which are past.
        other: where calendar files are read.
    """
    node = fields.node(KEY)
    if node is None:
        return ()
    findings = fields.findings
    if not isinstance(node, Scalar):
        dates = _dates(node, fields.name(KEY), findings)
        _tell_past(dates, zone, other, findings)
        return tuple(dates)
    kind = NamedKind(
        name="calendar",
        key=fields.name(KEY),
        example=f"{KEY}: {_EXAMPLE}",
        code=codes.CALENDAR_FILE,
    )
    path = text_of(node, fields.name(KEY), findings)
    named = path and named_text(path.value, node, kind, other, findings)
    if not named:
        return ()
    file, text = named
    calendar = _read(file, text)
    its = Findings(file)
    _tell_past(calendar.dates, zone, other, its)
    findings.problems += [*calendar.problems, *its.problems]
    return tuple(calendar.dates)


def read_holidays(file: str, text: str) -> tuple[tuple[date, ...], tuple[Problem, ...]]:
    """The dates of a calendar file, ascending, and what is wrong with it."""
    calendar = _read(file, text)
    return tuple(calendar.dates), calendar.problems


# All products of a team name the same one.
@lru_cache(maxsize=64)
def _read(file: str, text: str) -> _Calendar:
    findings = Findings(file)
    dates: dict[date, Scalar] = {}
    try:
        root = compose(text, findings)
        if isinstance(root, Mapping):
            fields = Fields(root, _FILE_KEYS, findings)
            node = fields.node(KEY)
            if node is not None:
                dates = _dates(node, f"`{KEY}`", findings)
            else:
                _tell_none(root, findings)
        elif root is not None and not (isinstance(root, Scalar) and is_nothing(root)):
            findings.error(
                codes.WRONG_KIND,
                root,
                f"a calendar is a mapping, not {told(root)}",
                f"write `{KEY}:` and below it the dates",
            )
        elif not findings.problems:
            _tell_none(At(1, 1), findings)
    except TooManyProblems:
        # Its last line says that there is more. What was not looked at is not to be used.
        dates = {}
    return _Calendar(dates=dates, problems=tuple(findings.problems))


def _dates(node: Node, name: str, findings: Findings) -> dict[date, Scalar]:
    """The dates of a list, or of a mapping of dates to names, each with its place."""
    before = len(findings.problems)
    found: dict[date, Scalar] = {}
    for written in _written(node, name, findings):
        day = _date(written, name, findings)
        if day is not None and day in found:
            findings.warning(
                codes.REPEATED_DATE,
                written,
                f"{day} is written twice, first at line {found[day].line}",
                "keep one of them",
            )
        elif day is not None:
            found[day] = written
    if not found and not findings.any_error_since(before):
        _tell_none(node, findings)
    return dict(sorted(found.items()))


def _written(node: Node, name: str, findings: Findings) -> Iterator[Scalar]:
    """What is to be a date: items of a list, and keys whose values are names for people alone."""
    if isinstance(node, Scalar):
        message = f"{name} takes a list of dates, not {told(node)}"
        findings.error(codes.WRONG_KIND, node, message, _FORMS)
        return
    for item in node.items if isinstance(node, Sequence) else (node,):
        if isinstance(item, Mapping):
            yield from _keys(item, findings)
        elif isinstance(item, Scalar):
            yield item
        else:
            findings.error(codes.WRONG_KIND, item, f"{name} lists dates, not lists", _FORMS)


def _keys(node: Mapping, findings: Findings) -> Iterator[Scalar]:
    for key, value in node.entries.values():
        if isinstance(value, Scalar):
            yield key
        else:
            message = f"the name of a holiday is text, not {told(value)}"
            findings.error(codes.WRONG_KIND, value, message, _FORMS)


def _date(written: Scalar, name: str, findings: Findings) -> date | None:
    text = written.text.strip()
    is_one = _DATE.fullmatch(text)
    if is_one:
        with suppress(ValueError):
            return date.fromisoformat(text)
    what = "a date that does not exist" if is_one else "no date from 1970 to 2099"
    findings.error(
        codes.BAD_DATE,
        written,
        f"{name} has {shown(text)}, which is {what}",
        f"{_FORMS}, with year, month and day",
    )
    return None


def _tell_none(at: Place, findings: Findings) -> None:
    findings.error(codes.NO_DATES, at, "no holiday is listed here", f"{_FORMS}, or take it out")


def _tell_past(dates: dict[date, Scalar], zone: str, other: OtherFiles, findings: Findings) -> None:
    if other.now is None or not dates:
        return
    last, written = list(dates.items())[-1]
    if last < local_time(other.now, zone).date():
        findings.warning(
            codes.NO_DATE_TO_COME,
            written,
            f"the last holiday is {last}, which is past, and none is to come",
            "add those of this year and the next, and keep the old ones: the past is judged by them",
        )
