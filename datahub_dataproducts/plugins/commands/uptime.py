"""`uptime`: how much of a window products were good, period by period."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from datahub_dataproducts.adapters.console.problems import problems_as_text
from datahub_dataproducts.adapters.console.uptime import (
    uptime_as_csv,
    uptime_as_json,
    uptime_as_text,
)
from datahub_dataproducts.adapters.product_files.read import text_of
from datahub_dataproducts.application.uptime import UptimeTable, known_products, uptime
from datahub_dataproducts.domain.corrections import Correction
from datahub_dataproducts.domain.periods import Pace, periods
from datahub_dataproducts.domain.problems import Problem, did_you_mean
from datahub_dataproducts.domain.reviews import plain_id
from datahub_dataproducts.plugins.commands.options import takes_colour
from datahub_dataproducts.plugins.commands.store_options import (
    duration,
    instant,
    moment_option,
    opened,
    store_option,
    timezone_option,
)
from datahub_dataproducts.plugins.corrections_file import read_corrections_file

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
@click.option(
    "--corrections",
    "file",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file of corrections (YAML, as data_products_corrections.yml) in place of those that were "
    "published with the products.",
)
@click.option(
    "--charges",
    "with_charges",
    is_flag=True,
    help="Tell of each product who caused its bad time in the window: those whose own promises "
    "were broken (text and json).",
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
    file: Path | None,
    with_charges: bool,
    zone: str,
    moment: str | None,
    form: str,
) -> None:
    """Show the uptime of PRODUCTS (default: of all) over a window, for a review.

    Uptime is good time / (good + bad time): as experienced, inputs included, and on a product's own
    promises alone. Coverage is the share of the time since its history began that was measured.
    An episode of bad health ends when the product is measured to be good again. Where a product has
    an objective, its status and error budget are told as of the end of the window, with burn rules
    that fire then and the bad time after each deadline of the product's own freshness promises. A product that
    went during the window is told of up to then, and marked as gone. What people know
    better, as published with the products or in --corrections, stands beside what was measured;
    objectives are judged by it, episodes stay as measured.

    Reads the store that the action `data_product_health` keeps, and changes nothing.

    Exit code 0: shown; 1: errors in the corrections, all told; 2: wrong use, no such store, or a product that is not there.
    """
    if with_charges and form == "csv":
        raise click.UsageError("--charges has no place in csv: take --format json")
    at = instant(moment, zone)
    since = max(0, at - duration(window, "--window"))
    cut = periods((since, at), Pace(pace) if pace else None, zone)
    ids = list(dict.fromkeys(plain_id(product) for product in products))
    with opened(store_url) as store:
        corrections = _corrections(file, known_products(store), at) if file else None
        found = uptime(store, ids, at, cut, corrections, with_charges=with_charges)
    if found.missing:
        raise click.UsageError(_missing(found))
    click.echo(_FORMS[form](found, zone), nl=False)
    if form == "text" and not found.products:
        click.echo("there is no product at that moment", file=sys.stderr)


def _corrections(file: Path, known: Sequence[str], at: int) -> list[Correction]:
    """What a file says; what is wrong with it is told beside the figures, not among them."""
    # What is later than the moment asked about may be known today.
    now = max(at, instant(None, "UTC"))
    read = read_corrections_file(file, str(file), now=now, products=known)
    _tell(read.problems, text_of(file) or "")
    if any(problem.is_error for problem in read.problems):
        sys.exit(1)
    return [marked.value for marked in read.corrections]


def _tell(problems: Sequence[Problem], text: str) -> None:
    if problems:
        told = problems_as_text(problems, lambda _: text, colour=takes_colour(sys.stderr))
        click.echo(f"{told}\n", err=True)


def _missing(found: UptimeTable) -> str:
    product = found.missing[0]
    if product in found.known:
        return f'there is no product "{product}" at that moment, but at others: give another --at'
    remedy = did_you_mean(product, found.known)
    if not remedy:
        remedy = "`datahub-dataproducts status` shows those there are"
    return f'there is no product "{product}"; {remedy}'
