"""`silence`: have nothing told of some products for a while."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from datahub_dataproducts.adapters.clock import WallClock
from datahub_dataproducts.adapters.console.hushes import hush_as_json, hush_as_text
from datahub_dataproducts.application.hushing import end_silence, silence, silences
from datahub_dataproducts.application.ports import Unavailable
from datahub_dataproducts.domain.hushes import Hush
from datahub_dataproducts.domain.products import DataProduct
from datahub_dataproducts.plugins.commands.store_options import (
    check_channels,
    check_known,
    duration,
    instant,
    opened,
    store_option,
    timezone_option,
)

if TYPE_CHECKING:
    from datahub_dataproducts.adapters.store.store import SqlHealthStore


@click.group("silence")
def silence_command() -> None:
    """Have nothing told of some products for a while, with a name and a reason.

    Health is computed and shown in the catalog all the same. When a silence ends, what is still so
    is told, with who silenced it. May be used beside the action, which needs no restart.

    Exit codes are told by each command: 0 is well, 2 is wrong use or a store that cannot be read.
    """


@silence_command.command("add")
@store_option
@click.option("--product", "products", multiple=True, help="Id of a product; may be repeated.")
@click.option("--domain", "domains", multiple=True, help="Name or URN of a domain; repeatable.")
@click.option("--channel", "channels", multiple=True, help="Only on this channel; repeatable.")
@click.option("--everything", is_flag=True, help="All products.")
@click.option("--with-caused", is_flag=True, help="Also what only these products cause in others.")
@click.option("--from", "begin", help="From when on, like 2026-03-03T12:00; default: now.")
@click.option("--until", "end", help="Until when, like 2026-03-03T18:00.")
@click.option("--for", "length", help="How long, e.g. 4h, in place of --until.")
@click.option("--by", "author", required=True, help="Who wants it so.")
@click.option("--reason", required=True, help="Why, for those who read it later.")
@timezone_option("what is shown", "--from and --until")
def add_command(
    *,
    store_url: str,
    products: tuple[str, ...],
    domains: tuple[str, ...],
    channels: tuple[str, ...],
    everything: bool,
    with_caused: bool,
    begin: str | None,
    end: str | None,
    length: str | None,
    author: str,
    reason: str,
    zone: str,
) -> None:
    """Silence products, or all of a domain, for a while.

    Exit code 0: silenced, 2: wrong use, an unknown product, domain or channel, or no such store.
    """
    if everything == bool(products or domains):
        raise click.UsageError("say what is silenced: --product, --domain or --everything")
    if (end is None) == (length is None):
        raise click.UsageError("say how long: --until or --for")
    now = instant(None, zone)
    since, until = _span(begin, end, length, (zone, now))
    if not author.strip() or not reason.strip():
        raise click.UsageError("--by and --reason are for those who read it: write some words")
    hush = Hush(
        since=since,
        until=until,
        author=author.strip(),
        reason=reason.strip(),
        made_at=now,
        products=products,
        channels=channels,
        with_caused=with_caused,
    )
    with opened(store_url) as store:
        known = _products(store, channels)
        check_known(products, known, "--product", "product")
        kept = silence(store, replace(hush, domains=_domains(domains, known.values())))
        titles = _titles(known)
    click.echo(f"Silenced: {hush_as_text(kept, titles, zone)}")


def _domains(named: Iterable[str], known: Iterable[DataProduct]) -> tuple[str, ...]:
    """URNs of domains that are given by name or URN."""
    from datahub_dataproducts.adapters.datahub.urns import domain_urn  # noqa: PLC0415 - takes time

    products, found = list(known), dict[str, None]()
    for name in named:
        urn = domain_urn(name)
        mine = {one.domain for one in products if one.is_in((name, urn))}
        check_known(mine or [urn], {one.domain for one in products}, "--domain", "domain")
        found |= dict.fromkeys(sorted(mine))
    return tuple(found)


def _span(
    begin: str | None, end: str | None, length: str | None, here: tuple[str, int]
) -> tuple[int, int]:
    """From when to when, by the options; `here` are the time zone and now."""
    zone, now = here
    since = instant(begin, zone, "--from") if begin else now
    until = instant(end, zone, "--until") if end else since + duration(length or "", "--for")
    if until <= max(since, now):
        when = "before it begins" if until <= since else "already"
        raise click.BadParameter(f"it is over {when}", param_hint="--until" if end else "--for")
    return since, until


@silence_command.command("list")
@store_option
@click.option("--all", "past", is_flag=True, help="Also those that are over.")
@timezone_option("what is shown", "")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
def list_command(store_url: str, zone: str, form: str, *, past: bool) -> None:
    """List the silences that hold or are to come.

    Exit code 0: shown, 2: wrong use or no such store.
    """
    now = instant(None, zone)
    with opened(store_url) as store:
        titles = _titles(_products(store))
        found = silences(store, -1 if past else now)
    if form == "json":
        click.echo(json.dumps([hush_as_json(one) for one in found], indent=2))
        return
    for one in found:
        click.echo(hush_as_text(one, titles, zone))
    if not found:
        click.echo("Nothing is silenced")


@silence_command.command("end")
@store_option
@click.argument("number", type=int)
def end_command(store_url: str, number: int) -> None:
    """End a silence now, by its number; what is still so is told with the action's next look.

    Exit code 0: ended, 1: none of this number holds or is to come, 2: wrong use or no such store.
    """
    with opened(store_url) as store:
        ended = end_silence(store, number, WallClock().now())
    if ended is None:
        raise click.ClickException(f"no silence #{number} holds or is to come")
    click.echo(f"Silence #{number} has ended")


def _products(store: "SqlHealthStore", channels: Collection[str] = ()) -> Mapping[str, DataProduct]:
    """By id; of `channels` it is checked that the store knows them."""
    try:
        with store.reading() as book:
            check_channels(channels, book)
            return {product.id: product for product, _ in book.definitions()}
    except Unavailable as problem:
        raise click.UsageError(str(problem)) from None


def _titles(products: Mapping[str, DataProduct]) -> Mapping[str, str]:
    return {id_: product.title for id_, product in products.items()}
