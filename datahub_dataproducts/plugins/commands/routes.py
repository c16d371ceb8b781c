"""`routes`: which channel is told of which product, and why."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table

from datahub_dataproducts.adapters.clock import WallClock
from datahub_dataproducts.adapters.console.words import printable, say_moment
from datahub_dataproducts.domain.durations import say_duration
from datahub_dataproducts.domain.letters import Why
from datahub_dataproducts.domain.products import DataProduct
from datahub_dataproducts.domain.route_gaps import route_gaps
from datahub_dataproducts.domain.routes import BEGINNINGS, Way
from datahub_dataproducts.plugins.commands.action_recipe import (
    config_of,
    recipe_option,
    recipe_store_option,
)
from datahub_dataproducts.plugins.commands.store_options import check_known, opened

if TYPE_CHECKING:
    from datahub_dataproducts.application.tell import TrackingPolicy

_PAGE = 160


@click.command("routes")
@recipe_option
@recipe_store_option
@click.option("--product", help="Id of a product: by which route, and on which terms.")
@click.option(
    "--reason",
    type=click.Choice([why.value for why in Why]),
    default=Why.OPENED.value,
    show_default=True,
    help="Why it is announced.",
)
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
def routes_command(
    *, recipe_path: Path, store_url: str | None, product: str | None, reason: str, form: str
) -> None:
    """Show which way announcements go: for one product, or a table of all that the store knows.

    Nothing is sent. What is wrong with the routes is told as when the action starts.

    Exit code 0: shown, 2: wrong use, a wrong recipe, an unknown product or no such store.
    """
    config, why = config_of(recipe_path), Why(reason)
    policy = config.policy()
    with opened(store_url or config.store.url) as store, store.reading() as book:
        products = [one for one, _ in book.definitions()]
    if product is not None:
        check_known([product], [one.id for one in products], "--product", "product")
        products = [one for one in products if one.id == product]
    for gap in route_gaps(policy.signposts, products) if product is None else ():
        click.echo(gap, err=True)
    products.sort(key=lambda one: one.id)
    ways = [policy.signposts.ways(one, why) if one.is_announced else () for one in products]
    now = WallClock().now()
    if form == "json":
        found = [
            {"product": one.id, "announced": one.is_announced, "ways": [_as_json(w) for w in mine]}
            for one, mine in zip(products, ways, strict=True)
        ]
        click.echo(json.dumps(found, indent=2))
    elif product is not None:
        _tell(policy, products[0], ways[0], (why, now))
    else:
        _show(policy, products, ways)


def _tell(
    policy: "TrackingPolicy", product: DataProduct, ways: Sequence[Way], when: tuple[Why, int]
) -> None:
    why, now = when
    if not product.is_announced:
        stage = product.lifecycle.value
        click.echo(f"{printable(product.title)} is told to nobody: it is {stage}, not live")
        return
    if not ways:
        click.echo(
            f"{printable(product.title)} ({why.value}) is told to nobody: no route leads to a channel"
        )
    for way in ways:
        audience = "business" if way.channel in policy.business else "technical"
        told = "; ".join([_why(way), *_terms(policy, way, now)])
        click.echo(f"{way.channel} ({audience}): {told}")
    if why not in BEGINNINGS:
        click.echo("Only where the conversation has begun; its end is told there in any case")


def _why(way: Way) -> str:
    if way.is_asked_for:
        return "its product file names it"
    return f"by {way.trail[-1]}" if way.trail else "there are no routes"


def _terms(policy: "TrackingPolicy", way: Way, now: int) -> list[str]:
    terms, patience = way.terms, policy.patience
    wait = patience.for_ if terms.for_ is None else terms.for_
    clear = patience.clear_for if terms.clear_for is None else terms.clear_for
    every = policy.still_open_every if terms.still_open_every is None else terms.still_open_every
    said = [f"for {say_duration(wait)}", f"clear for {say_duration(clear)}"]
    if every:
        said.append(f"still open every {say_duration(every)}")
    if terms.by_product:
        said.append("each product by itself")
    end = terms.quiet.end(now) if terms.quiet is not None else None
    if terms.quiet is not None and terms.quiet.outside is not None:
        zone = terms.quiet.timezone
        said.append(f"quiet now until {say_moment(end, zone)}" if end else "muted, not now")
    return said


def _show(
    policy: "TrackingPolicy", products: Sequence[DataProduct], ways: Sequence[Sequence[Way]]
) -> None:
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else _PAGE)
    table = Table(box=None, pad_edge=False)
    table.add_column("product", overflow="fold")
    for channel in policy.channels:
        table.add_column(channel, overflow="fold")
    for product, mine in zip(products, ways, strict=True):
        by_channel = {way.channel: way for way in mine}
        cells = [_cell(by_channel.get(channel)) for channel in policy.channels]
        stage = "" if product.is_announced else f" ({product.lifecycle.value})"
        table.add_row(f"{printable(product.title)}{stage}", *cells)
    console.print(table, markup=False)


def _cell(way: Way | None) -> str:
    if way is None:
        return "-"
    if way.is_asked_for:
        return "its file"
    return way.trail[-1] if way.trail else "all"


def _as_json(way: Way) -> dict[str, Any]:
    terms = way.terms
    return {
        "channel": way.channel,
        "routes": list(way.trail),
        "by_its_file": way.is_asked_for,
        "for_ms": terms.for_,
        "clear_for_ms": terms.clear_for,
        "still_open_every_ms": terms.still_open_every,
        "is_muted_at_times": terms.quiet is not None and terms.quiet.outside is not None,
        "group_by": "product" if terms.by_product else "cause",
    }
