"""Quiet in words: what was held back, what came and went, who silenced it, who takes care. Pure."""

from collections.abc import Iterable, Sequence

from datahub_dataproducts.domain.announcements import HEALTH_WORDS
from datahub_dataproducts.domain.conversations import Conversation, Kind
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.held_news import Acknowledgement, Held, Passed
from datahub_dataproducts.domain.hushes import Hush
from datahub_dataproducts.domain.letters import Affected, Announcement, Why
from datahub_dataproducts.domain.messages import Headline, Message, Paragraph, Tone
from datahub_dataproducts.domain.portfolio import Portfolio
from datahub_dataproducts.domain.products import DataProduct
from datahub_dataproducts.domain.schedules import say_day, say_stretch

_WERE = {
    Kind.EPISODE: HEALTH_WORDS[Health.UNHEALTHY],
    Kind.RISK: HEALTH_WORDS[Health.AT_RISK],
    Kind.BLINDNESS: "not known to be healthy",
}


def say_acknowledged(what: Acknowledgement, zone: str, now: int) -> str:
    """A sentence: who takes care since when, and what they say of it."""
    note = what.note.strip().rstrip(".")
    said = f"Acknowledged by {what.by} on {say_day(what.at, now, zone)}"
    return f"{said}: {note}." if note else f"{said}."


def say_held(held: Held, hushes: Iterable[Hush], zone: str, now: int) -> str:
    """A sentence at the head of what was held back; empty where it was only patience."""
    if not held.is_quiet:
        return ""
    silenced = [say_hush(one, zone, now) for one in hushes]
    since = say_day(held.since, now, zone)
    if silenced:
        return f"This was {'; '.join(silenced)}: nothing was told since {since}."
    return f"This channel was muted: nothing was told since {since}."


def say_hush(hush: Hush, zone: str, now: int) -> str:
    """As in `silenced by ana until Mon 2 Mar at 12:00 (planned work)`."""
    until = say_day(hush.until, now, zone)
    return f"silenced by {hush.author} until {until} ({hush.reason})"


def caught_up(
    portfolio: Portfolio, passed: Sequence[tuple[Conversation, Passed]], zone: str, now: int
) -> Announcement:
    """One letter on all that came and went while a channel was told nothing, each with where it was.

    Times are read in `zone` (IANA name), or else in that of each product.
    """
    products = {gone.product: _known(portfolio, gone.product) for _, gone in passed}
    told = sorted(passed, key=lambda one: (one[1].since, one[1].product))
    lines = [_passed(here.kind, gone, products[gone.product], (zone, now)) for here, gone in told]
    text = " ".join(["While nothing was told here:", *lines])
    first = products[told[0][1].product]
    return Announcement(
        product=first.id,
        domain=first.domain,
        at=now,
        timezone=zone or first.timezone,
        why=Why.CAUGHT_UP,
        health=Health.HEALTHY,
        text=text,
        # There may be several at one instant, each of other conversations.
        conversation=f"caught up@{now}:{min(here.key for here, _ in passed)}",
        recovered=tuple(
            Affected(
                product=product.id,
                title=product.title,
                type=product.type.value if product.type else "",
                health=Health.HEALTHY,
                since=None,
            )
            for product in products.values()
        ),
        message=Message(
            subject="What came and went while nothing was told here",
            tone=Tone.GOOD,
            blocks=(
                Headline(text="What came and went while nothing was told here", tone=Tone.GOOD),
                *(Paragraph(text=line) for line in lines),
            ),
        ),
    )


def _passed(kind: Kind, passed: Passed, product: DataProduct, when: tuple[str, int]) -> str:
    zone, now = when[0] or product.timezone, when[1]
    stretch = say_stretch(passed.since, passed.until, now, zone)
    return f"{product.title} was {_WERE[kind]} {stretch}."


def _known(portfolio: Portfolio, id_: str) -> DataProduct:
    """Also of one that is no more by now."""
    return portfolio.products.get(id_) or DataProduct(id=id_, domain="")
