"""Uptime as a table for people, and as JSON and CSV for programs. Pure."""

import csv
import io
import json
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from rich.console import Console
from rich.table import Table

from datahub_dataproducts.application.uptime import PeriodFigures, ProductUptime, UptimeTable
from datahub_dataproducts.domain.durations import say_duration
from datahub_dataproducts.domain.objectives import ObjectiveReport, ObjectiveStatus
from datahub_dataproducts.domain.schedules import local_time
from datahub_dataproducts.domain.timelines import Tally

_WIDE = 4096
_HEADINGS = (
    "product",
    "from",
    "to",
    "uptime",
    "own uptime",
    "coverage",
    "bad time",
    "episodes",
    "longest",
)
_CSV_HEADINGS = (
    "product",
    "from",
    "to",
    "from_ms",
    "to_ms",
    "uptime_percent",
    "own_uptime_percent",
    "coverage_percent",
    "good_ms",
    "bad_ms",
    "unknown_ms",
    "own_good_ms",
    "own_bad_ms",
    "own_unknown_ms",
    "episodes",
    "longest_ms",
    "objective_status",
    "objective_target",
    "objective_budget_ms",
    "objective_remaining_ms",
)
# What a spreadsheet would take for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def uptime_as_text(found: UptimeTable, zone: str) -> str:
    """The table, then the objectives, one line each; ends with a newline.

    Percentages and durations are rounded down: 100 % is said only of what is whole.
    """
    table = Table(box=None, pad_edge=False)
    for heading in _HEADINGS:
        table.add_column(heading, no_wrap=True)
    for one in found.products:
        for figures in one.periods:
            table.add_row(*_cells(one, figures, zone))
    stream = io.StringIO()
    Console(file=stream, width=_WIDE, markup=False, highlight=False).print(table)
    lines = [line.rstrip() for line in stream.getvalue().splitlines()]
    said = list(_objectives(found))
    return "\n".join([f"Uptime, times in {zone}", *lines, *(["", *said] if said else []), ""])


def uptime_as_json(found: UptimeTable, zone: str) -> str:
    """All figures in milliseconds; ends with a newline."""
    tree = {"timezone": zone, "products": [_product(one) for one in found.products]}
    return json.dumps(tree, indent=2) + "\n"


def uptime_as_csv(found: UptimeTable, zone: str) -> str:
    """One row for each product and period; instants also as text in the time zone."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(_CSV_HEADINGS)
    for one in found.products:
        for figures in one.periods:
            writer.writerow(_row(one, figures, zone))
    return stream.getvalue()


def _cells(one: ProductUptime, figures: PeriodFigures, zone: str) -> Iterator[str]:
    title = "".join(c if c.isprintable() else " " for c in one.product.title)
    yield title
    yield from (f"{local_time(at, zone):%Y-%m-%d %H:%M}" for at in figures.period)
    yield _said(figures.experienced.uptime)
    yield _said(figures.own.uptime)
    yield _said(figures.experienced.coverage)
    bad, episodes = figures.experienced.bad, figures.episodes
    yield say_duration(bad) if bad else "-"
    yield str(len(episodes))
    yield say_duration(max(episodes)) if episodes else "-"


def _objectives(found: UptimeTable) -> Iterator[str]:
    for one in found.products:
        report = one.objective
        if report is None:
            continue
        target = _target(report)
        title = "".join(c if c.isprintable() else " " for c in one.product.title)
        yield f"Objective of {title}, {target}: {_say_objective(report)}"


def _say_objective(report: ObjectiveReport) -> str:
    if report.status is ObjectiveStatus.NO_DATA:
        return f"{report.status.value}, less than 90 % of its window was measured"
    budget = say_duration(report.budget)
    if report.remaining < 0:
        over = say_duration(-report.remaining)
        return f"{report.status.value}, its error budget of {budget} is overspent by {over}"
    left = say_duration(report.remaining)
    return f"{report.status.value}, {left} of its error budget of {budget} are left"


def _target(report: ObjectiveReport) -> str:
    return f"{float(report.target * 100):g} %"


def _product(one: ProductUptime) -> dict[str, Any]:
    return {
        "product": one.product.id,
        "name": one.product.name,
        "history_from": one.history_from,
        "periods": [_period(figures) for figures in one.periods],
        "objective": _objective(one.objective),
    }


def _period(figures: PeriodFigures) -> dict[str, Any]:
    since, until = figures.period
    return {
        "from": since,
        "to": until,
        "experienced": _tally(figures.experienced),
        "own": _tally(figures.own),
        "episodes_ms": list(figures.episodes),
    }


def _tally(figures: Tally) -> dict[str, int]:
    return {"good_ms": figures.good, "bad_ms": figures.bad, "unknown_ms": figures.unknown}


def _objective(report: ObjectiveReport | None) -> dict[str, Any] | None:
    if report is None:
        return None
    return {
        "status": report.status.value,
        "target": float(report.target),
        "from": report.since,
        "to": report.until,
        "counted": _tally(report.tally),
        "budget_ms": report.budget,
        "remaining_ms": report.remaining,
    }


def _row(one: ProductUptime, figures: PeriodFigures, zone: str) -> list[object]:
    experienced, own, report = figures.experienced, figures.own, one.objective
    objective: list[object] = ["", "", "", ""]
    if report is not None:
        target = _target(report)
        objective = [report.status.value, target, report.budget, report.remaining]
    id_ = one.product.id
    return [
        f"'{id_}" if id_.startswith(_FORMULA) else id_,
        *(local_time(at, zone).isoformat(timespec="milliseconds") for at in figures.period),
        *figures.period,
        *(_percent(s) for s in (experienced.uptime, own.uptime, experienced.coverage)),
        *(experienced.good, experienced.bad, experienced.unknown),
        *(own.good, own.bad, own.unknown),
        len(figures.episodes),
        max(figures.episodes, default=0),
        *objective,
    ]


def _said(share: Fraction | None) -> str:
    return "-" if share is None else f"{_percent(share)} %"


def _percent(share: Fraction | None) -> str:
    """Two decimals, rounded down; empty for None."""
    if share is None:
        return ""
    hundredths = int(share * 10_000)
    return f"{hundredths // 100}.{hundredths % 100:02d}"
