"""`status`: the health of every product."""

import json
import sys
from collections.abc import Iterator

import click
from rich.console import Console
from rich.table import Table

from datahub_dataproducts.adapters.console.corrections import correction_as_json
from datahub_dataproducts.adapters.console.hushes import hush_as_json, say_silenced
from datahub_dataproducts.adapters.console.words import (
    printable,
    say_moment,
    say_share,
    sums_as_json,
)
from datahub_dataproducts.application.report import ProductStatus, report
from datahub_dataproducts.domain.announcements import HEALTH_WORDS
from datahub_dataproducts.domain.corrections import say_correction
from datahub_dataproducts.domain.durations import say_duration
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.objectives import ObjectiveReport, ObjectiveStatus
from datahub_dataproducts.plugins.commands.store_options import (
    duration,
    instant,
    moment_option,
    opened,
    store_option,
    timezone_option,
)

_PAGE = 160
_STYLES = {
    Health.UNHEALTHY: "bold red",
    Health.UNKNOWN: "magenta",
    Health.AT_RISK: "yellow",
    Health.HEALTHY: "green",
}


@click.command("status")
@store_option
@moment_option
@timezone_option("the table; sentences are in that of each product")
@click.option("--window", help="Count uptime over the last e.g. 30d; default: all of the history.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
def status_command(
    store_url: str, moment: str | None, zone: str, window: str | None, form: str
) -> None:
    """Show the health of every product: since when, because of what, its uptime and objective.

    Reads the store that the action `data_product_health` keeps, for now or any past moment. Figures
    are as measured; where corrections were published with a product, those stand beside them, and
    its objective is judged by them. The health itself is never corrected.

    Exit code 0: shown, 2: wrong use or no such store.
    """
    at = instant(moment, zone)
    length = duration(window, "--window") if window else None
    with opened(store_url) as store:
        found = report(store, at, length)
        aside = store.set_aside_count()
    if form == "json":
        click.echo(json.dumps([_as_json(s) for s in found], indent=2))
    else:
        _show(found, zone, aside, _heading(at, zone, length))


def _heading(at: int, zone: str, window: int | None) -> str:
    """The moment, and over what time uptime and coverage are."""
    over = "all of the history" if window is None else f"the last {say_duration(window)}"
    return f"Health of data products on {say_moment(at, zone)} ({zone}), uptime over {over}"


def _show(found: list[ProductStatus], zone: str, aside: int, heading: str) -> None:
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else _PAGE)
    console.print(heading, highlight=False, soft_wrap=True)
    table = Table(box=None, pad_edge=False)
    is_corrected = any(one.corrections for one in found)
    uptimes = ("uptime", "corrected") if is_corrected else ("uptime",)
    for column in ("product", "health", "since", "because", *uptimes, "coverage", "objective"):
        table.add_column(column, overflow="fold")
    for one in found:
        word = HEALTH_WORDS[one.health]
        table.add_row(
            one.product.title,
            f"[{_STYLES[one.health]}]{word}[/]",
            "-" if one.since is None else say_moment(one.since, zone),
            one.because or "-",
            say_share(one.figures.uptime),
            *([say_share(one.corrected.experienced.uptime)] if is_corrected else ()),
            say_share(one.figures.coverage),
            _say_objectives(one),
        )
    console.print(table)
    for one in found:
        if one.health is not Health.HEALTHY or one.not_known:
            console.print(f"- {one.explanation}", highlight=False, markup=False, soft_wrap=True)
    for line in _beneath(found, zone):
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    if aside:
        console.print(
            f"{aside} set aside, each with its reason, in the table set_aside of the store",
            highlight=False,
        )


def _beneath(found: list[ProductStatus], zone: str) -> Iterator[str]:
    """What people say of products: what they know better, and what is silenced."""
    for one in found:
        for correction in one.corrections:
            yield printable(f"Corrected: {one.product.title} {say_correction(correction, zone)}")
    for one in found:
        yield from say_silenced(one.product.title, one.hushes, zone)


def _say_objectives(one: ProductStatus) -> str:
    """As the corrected history has it, and as measured where that differs."""
    said = _say_objective(one.corrected.objective)
    if one.objective == one.corrected.objective:
        return said
    return f"{said}; as measured: {_say_objective(one.objective)}"


def _say_objective(found: ObjectiveReport | None) -> str:
    """The status and what is left of the error budget, as in `at risk, 1 h 12 min left`."""
    if found is None:
        return "-"
    status = found.status.value
    if found.status is ObjectiveStatus.NO_DATA:
        return status
    if found.remaining > 0:
        return f"{status}, {say_duration(found.remaining)} left"
    if found.remaining:
        return f"{status}, overspent by {say_duration(-found.remaining)}"
    return f"{status}, nothing left"


def _as_json(one: ProductStatus) -> dict[str, object]:
    return {
        "product": one.product.id,
        "health": one.health.value,
        "since": one.since,
        "because": one.because,
        "explanation": one.explanation,
        "history_from": one.history_from,
        "experienced": {
            **sums_as_json(one.figures),
            "corrected": sums_as_json(one.corrected.experienced),
        },
        "own": {**sums_as_json(one.own), "corrected": sums_as_json(one.corrected.own)},
        "objective": _objectives(one.objective, one.corrected.objective),
        "corrections": [correction_as_json(correction) for correction in one.corrections],
        "silenced": [hush_as_json(hush) for hush in one.hushes],
    }


def _objectives(
    raw: ObjectiveReport | None, corrected: ObjectiveReport | None
) -> dict[str, object] | None:
    if raw is None or corrected is None:
        return None
    return {**_objective(raw), "corrected": _objective(corrected)}


def _objective(found: ObjectiveReport) -> dict[str, object]:
    return {
        "status": found.status.value,
        "target": float(found.target),
        "budget_ms": found.budget,
        "remaining_ms": found.remaining,
    }
