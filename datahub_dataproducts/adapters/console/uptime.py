"""Uptime as a table for people, and as JSON and CSV for programs. Pure."""

import csv
import io
import json
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from datahub_dataproducts.adapters.console.columns import in_columns
from datahub_dataproducts.adapters.console.corrections import correction_as_json
from datahub_dataproducts.adapters.console.spending import (
    spending_as_json,
    spending_cells,
    spending_lines,
)
from datahub_dataproducts.adapters.console.uptime_words import (
    charge_lines,
    correction_lines,
    gone_lines,
    objective_lines,
    say_target,
)
from datahub_dataproducts.adapters.console.words import printable, say_share, sums_as_json
from datahub_dataproducts.application.uptime import PeriodFigures, ProductUptime, UptimeTable
from datahub_dataproducts.domain.charges import Charges
from datahub_dataproducts.domain.durations import say_duration
from datahub_dataproducts.domain.objectives import ObjectiveReport
from datahub_dataproducts.domain.schedules import local_time

_CORRECTED = "corrected"
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
    "burn_rules_firing",
    "deadlines_before_bad_time",
    "bad_after_deadlines_ms",
)
_CORRECTED_HEADINGS = (
    "corrected_uptime_percent",
    "corrected_own_uptime_percent",
    "corrected_coverage_percent",
    "corrected_good_ms",
    "corrected_bad_ms",
    "corrected_unknown_ms",
    "corrected_own_good_ms",
    "corrected_own_bad_ms",
    "corrected_own_unknown_ms",
    "corrected_objective_status",
    "corrected_objective_budget_ms",
    "corrected_objective_remaining_ms",
    "corrected_burn_rules_firing",
    "corrected_deadlines_before_bad_time",
    "corrected_bad_after_deadlines_ms",
)
_GONE = "gone_ms"
# What a spreadsheet would take for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def uptime_as_text(found: UptimeTable, zone: str) -> str:
    """The table, then objectives, corrections and charges, a line each; ends with a newline.

    Percentages and durations are rounded down: 100 % is said only of what is whole.
    """
    headings = [
        heading
        for name in _HEADINGS
        for heading in ([name, _CORRECTED] if found.is_corrected and name == "uptime" else [name])
    ]
    table = [
        list(_cells(one, figures, zone, is_corrected=found.is_corrected))
        for one in found.products
        for figures in one.periods
    ]
    lines = in_columns([headings, *table])
    for below in (
        gone_lines(found, zone),
        [*objective_lines(found), *spending_lines(found, zone)],
        correction_lines(found, zone),
        charge_lines(found),
    ):
        said = list(below)
        lines += ["", *said] if said else []
    return "\n".join([f"Uptime, times in {zone}", *lines, ""])


def uptime_as_json(found: UptimeTable, zone: str) -> str:
    """All figures in milliseconds, corrected ones within those measured; ends with a newline."""
    tree = {
        "timezone": zone,
        "products": [_product(one) for one in found.products],
        "corrections_from": "file" if found.is_given else "published",
        "corrections": [correction_as_json(c) for one in found.products for c in one.corrections],
    }
    return json.dumps(tree, indent=2) + "\n"


def uptime_as_csv(found: UptimeTable, zone: str) -> str:
    """One row for each product and period; instants also as text in the time zone.

    What is corrected has columns of its own, and the last one says when a product went.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([*_CSV_HEADINGS, *_CORRECTED_HEADINGS, _GONE])
    for one in found.products:
        for figures in one.periods:
            went = "" if one.gone_at is None else one.gone_at
            writer.writerow([*_row(one, figures, zone), *_corrected_row(one, figures), went])
    return stream.getvalue()


def _cells(
    one: ProductUptime, figures: PeriodFigures, zone: str, *, is_corrected: bool
) -> Iterator[str]:
    yield printable(one.product.title) + (" (gone)" if one.gone_at is not None else "")
    yield from (f"{local_time(at, zone):%Y-%m-%d %H:%M}" for at in figures.period)
    yield say_share(figures.experienced.uptime)
    if is_corrected:
        yield say_share(figures.best_known.experienced.uptime)
    yield say_share(figures.own.uptime)
    yield say_share(figures.experienced.coverage)
    bad, episodes = figures.experienced.bad, figures.episodes
    yield say_duration(bad) if bad else "-"
    yield str(len(episodes))
    yield say_duration(max(episodes)) if episodes else "-"


def _product(one: ProductUptime) -> dict[str, Any]:
    lost = {} if one.lost is None else {"charges": _charges_tree(one.lost.charges)}
    return {
        "product": one.product.id,
        "name": one.product.name,
        "history_from": one.history_from,
        "gone_at": one.gone_at,
        "periods": [_period(figures) for figures in one.periods],
        "objective": _objectives_tree(one),
        **lost,
    }


def _period(figures: PeriodFigures) -> dict[str, Any]:
    since, until = figures.period
    better = figures.best_known
    return {
        "from": since,
        "to": until,
        "experienced": {
            **sums_as_json(figures.experienced),
            _CORRECTED: sums_as_json(better.experienced),
        },
        "own": {**sums_as_json(figures.own), _CORRECTED: sums_as_json(better.own)},
        "episodes_ms": list(figures.episodes),
    }


def _objectives_tree(one: ProductUptime) -> dict[str, Any] | None:
    if one.objective is None or one.best_known_objective is None:
        return None
    return {
        **_objective(one.objective),
        **spending_as_json(one.spending),
        _CORRECTED: {
            **_objective(one.best_known_objective),
            **spending_as_json(one.best_known_spending),
        },
    }


def _objective(report: ObjectiveReport) -> dict[str, Any]:
    return {
        "status": report.status.value,
        "target": float(report.target),
        "from": report.since,
        "to": report.until,
        "counted": sums_as_json(report.tally),
        "budget_ms": report.budget,
        "remaining_ms": report.remaining,
    }


def _charges_tree(charges: Charges) -> dict[str, Any]:
    return {
        "lost_ms": charges.lost,
        "overlap": charges.overlap,
        "by_root": [{"product": c.root, "lost_ms": c.lost} for c in charges.by_root],
    }


def _row(one: ProductUptime, figures: PeriodFigures, zone: str) -> list[object]:
    experienced, own, report = figures.experienced, figures.own, one.objective
    objective: list[object] = ["", "", "", ""]
    if report is not None:
        target = say_target(report)
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
        *spending_cells(one.spending),
    ]


def _corrected_row(one: ProductUptime, figures: PeriodFigures) -> Iterator[object]:
    """As `_CORRECTED_HEADINGS`."""
    experienced, own = figures.best_known.experienced, figures.best_known.own
    yield from (_percent(s) for s in (experienced.uptime, own.uptime, experienced.coverage))
    yield from (experienced.good, experienced.bad, experienced.unknown)
    yield from (own.good, own.bad, own.unknown)
    report = one.best_known_objective
    yield from (report.status.value, report.budget, report.remaining) if report else ("", "", "")
    yield from spending_cells(one.best_known_spending)


def _percent(share: Fraction | None) -> str:
    """Two decimals, rounded down; empty for None."""
    if share is None:
        return ""
    hundredths = int(share * 10_000)
    return f"{hundredths // 100}.{hundredths % 100:02d}"
