"""`status`: the health of every product."""

import json
import sys
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Table

from datahub_dataproducts.adapters.clock import WallClock
from datahub_dataproducts.application.ports import Unavailable
from datahub_dataproducts.application.report import ProductStatus, report
from datahub_dataproducts.domain.announcements import HEALTH_WORDS
from datahub_dataproducts.domain.durations import parse_duration
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.schedules import is_timezone, local_time
from datahub_dataproducts.domain.timelines import Tally

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_PAGE = 160
_STYLES = {
    Health.UNHEALTHY: "bold red",
    Health.UNKNOWN: "magenta",
    Health.AT_RISK: "yellow",
    Health.HEALTHY: "green",
}


@click.command("status")
@click.option(
    "--store",
    "store_url",
    default="sqlite:///health.db",
    show_default=True,
    help="The store of the action, as in its recipe.",
)
@click.option("--at", "moment", help="A past moment, like 2026-03-03T12:00; default: now.")
@click.option(
    "--timezone",
    "zone",
    default="UTC",
    show_default=True,
    help="Time zone of --at and of the table; sentences are in that of each product.",
)
@click.option("--window", help="Count uptime over the last e.g. 30d; default: all of the history.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
def status_command(
    store_url: str, moment: str | None, zone: str, window: str | None, form: str
) -> None:
    """Show the health of every product: since when, because of what, and its uptime.

    Reads the store that the action `data_product_health` keeps, for now or any past moment.
    Exit code 0: shown, 2: wrong use or no such store.
    """
    at = _instant(moment, zone)
    length = parse_duration(window) if window else None
    if window and length is None:
        raise click.BadParameter("write a whole number with s, m, h, d or w", param_hint="--window")
    try:
        # Only here: the store needs the [actions] extra, and the command line as a whole does not.
        from datahub_dataproducts.plugins.store_wiring import store_of  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        needed = f'this needs {missing.name}: pip install "datahub-dataproducts[actions]"'
        raise click.UsageError(needed) from None
    store = store_of(store_url)
    try:
        store.open(create=False)
        found = report(store, at, length)
        aside = store.set_aside_count()
    except Unavailable as problem:
        raise click.UsageError(str(problem)) from None
    finally:
        store.close()
    if form == "json":
        click.echo(json.dumps([_as_json(s) for s in found], indent=2))
    else:
        _show(found, at, zone, aside)


def _instant(moment: str | None, zone: str) -> int:
    if not is_timezone(zone):
        raise click.BadParameter(f"{zone} is not a time zone", param_hint="--timezone")
    if moment is None:
        return WallClock().now()
    try:
        read = datetime.fromisoformat(moment)
    except ValueError:
        message = "write it like 2026-03-03T12:00"
        raise click.BadParameter(message, param_hint="--at") from None
    if read.tzinfo is None:
        read = read.replace(tzinfo=ZoneInfo(zone))
    return (read - _EPOCH) // timedelta(milliseconds=1)


def _show(found: list[ProductStatus], at: int, zone: str, aside: int) -> None:
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else _PAGE)
    console.print(f"Health of data products on {_when(at, zone)} ({zone})", highlight=False)
    table = Table(box=None, pad_edge=False)
    for heading in ("product", "health", "since", "because", "uptime", "coverage"):
        table.add_column(heading, overflow="fold")
    for one in found:
        word = HEALTH_WORDS[one.health]
        table.add_row(
            one.product.title,
            f"[{_STYLES[one.health]}]{word}[/]",
            "-" if one.since is None else _when(one.since, zone),
            one.because or "-",
            _percent(one.figures.uptime),
            _percent(one.figures.coverage),
        )
    console.print(table)
    for one in found:
        if one.health is not Health.HEALTHY or one.not_known:
            console.print(f"- {one.explanation}", highlight=False, markup=False, soft_wrap=True)
    if aside:
        console.print(
            f"{aside} set aside, each with its reason, in the table set_aside of the store",
            highlight=False,
        )


def _as_json(one: ProductStatus) -> dict[str, object]:
    return {
        "product": one.product.id,
        "health": one.health.value,
        "since": one.since,
        "because": one.because,
        "explanation": one.explanation,
        "history_from": one.history_from,
        "experienced": _figures(one.figures),
        "own": _figures(one.own),
    }


def _figures(figures: Tally) -> dict[str, int]:
    return {"good_ms": figures.good, "bad_ms": figures.bad, "unknown_ms": figures.unknown}


def _when(at: int, zone: str) -> str:
    return f"{local_time(at, zone):%a %Y-%m-%d %H:%M}"


def _percent(share: Fraction | None) -> str:
    # Rounded down: 100 % is said only of what is whole.
    return "-" if share is None else f"{int(share * 10_000) / 100:.2f} %"
