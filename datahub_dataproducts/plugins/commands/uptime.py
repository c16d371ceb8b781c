"""`uptime`: how much of a window products were good, period by period."""

import sys

import click

from datahub_dataproducts.adapters.console.uptime import (
    uptime_as_csv,
    uptime_as_json,
    uptime_as_text,
)
from datahub_dataproducts.application.uptime import UptimeTable, uptime
from datahub_dataproducts.domain.periods import Pace, periods
from datahub_dataproducts.domain.problems import did_you_mean
from datahub_dataproducts.domain.reviews import plain_id
from datahub_dataproducts.plugins.commands.store_options import (
    duration,
    instant,
    moment_option,
    opened,
    store_option,
    timezone_option,
)

_FORMS = {"text": uptime_as_text, "json": uptime_as_json, "csv": uptime_as_csv}


@click.command("uptime")
@click.argument("products", nargs=-1)
@store_option
@click.option(
    "--window",
    default="30d",
    show_default=True,
    help="How far to look back, in s, m, h, d or w; not further than 1970.",
)
@click.option(
    "--by",
    "pace",
    type=click.Choice([pace.value for pace in Pace]),
    help="One row for each calendar month, week (from Monday) or day of the time zone; "
    "default: one row for the whole window.",
)
@timezone_option("months, weeks, days and the table")
@moment_option
@click.option(
    "--format",
    "form",
    type=click.Choice(list(_FORMS)),
    default="text",
    show_default=True,
    help="text for people, rounded down; json and csv have exact milliseconds.",
)
def uptime_command(
    *,
    products: tuple[str, ...],
    store_url: str,
    window: str,
    pace: str | None,
    zone: str,
    moment: str | None,
    form: str,
) -> None:
    """Show the uptime of PRODUCTS (default: of all) over a window, for a review.

    Uptime is good time / (good + bad time): as experienced, inputs included, and on a product's own
    promises alone. Coverage is the share of the time since its history began that was measured.
    An episode of bad health ends when the product is measured to be good again. Where a product has
    an objective, its status and error budget are told as of the end of the window.

    Reads the store that the action `data_product_health` keeps, and changes nothing.

    Exit code 0: shown; 2: wrong use, no such store, or a product that is not there.
    """
    at = instant(moment, zone)
    since = max(0, at - duration(window, "--window"))
    cut = periods((since, at), Pace(pace) if pace else None, zone)
    ids = list(dict.fromkeys(plain_id(product) for product in products))
    with opened(store_url) as store:
        found = uptime(store, ids, at, cut)
    if found.missing:
        raise click.UsageError(_missing(found))
    click.echo(_FORMS[form](found, zone), nl=False)
    if form == "text" and not found.products:
        click.echo("there is no product at that moment", file=sys.stderr)


def _missing(found: UptimeTable) -> str:
    product = found.missing[0]
    if product in found.known:
        return f'there is no product "{product}" at that moment, but there was: give --at'
    remedy = did_you_mean(product, found.known)
    return f'there is no product "{product}"{f"; {remedy}" if remedy else ""}'
