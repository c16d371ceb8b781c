"""Silences as text and as JSON."""

from collections.abc import Iterable, Mapping

from datahub_dataproducts.adapters.console.words import printable, say_moment, say_moment_and_zone
from datahub_dataproducts.domain.hushes import Hush


def hush_as_text(hush: Hush, titles: Mapping[str, str], zone: str) -> str:
    """As in `#3 Revenue on finance, from ... until ..., by ana: planned work`; titles are by id."""
    named = [titles.get(id_, id_) for id_ in hush.products]
    named += [f"domain {_last(urn)}" for urn in hush.domains]
    what = ", ".join(named) or "all products"
    caused = " with what they cause" if hush.with_caused else ""
    where = f" on {', '.join(hush.channels)}" if hush.channels else ""
    since, until = (say_moment_and_zone(at, zone) for at in (hush.since, hush.until))
    return printable(
        f"#{hush.id} {what}{caused}{where}, from {since} until {until}, by {hush.author}: "
        f"{hush.reason}"
    )


def hush_as_json(hush: Hush) -> dict[str, object]:
    """Instants are milliseconds; an empty list means all."""
    return {
        "id": hush.id,
        "products": list(hush.products),
        "domains": list(hush.domains),
        "channels": list(hush.channels),
        "with_caused": hush.with_caused,
        "since": hush.since,
        "until": hush.until,
        "author": hush.author,
        "reason": hush.reason,
    }


def say_silenced(title: str, hushes: Iterable[Hush], zone: str) -> Iterable[str]:
    """A line for each thing that silences a product."""
    for hush in hushes:
        where = f" on {', '.join(hush.channels)}" if hush.channels else ""
        until = say_moment(hush.until, zone)
        yield printable(
            f"Silenced: {title}{where} until {until} by {hush.author}: {hush.reason} (#{hush.id})"
        )


def _last(urn: str) -> str:
    return urn.rsplit(":", 1)[-1]
