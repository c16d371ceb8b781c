"""Quiet in words: what was held back, what came and went, who silenced it, who takes care. Pure."""

from collections.abc import Iterable, Sequence

from datahub_dataproducts.domain.announcements import HEALTH_WORDS
from datahub_dataproducts.domain.conversations import Kind
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.held_news import Acknowledgement, Held, Passed
from datahub_dataproducts.domain.hushes import Hush
from datahub_dataproducts.domain.letters import Affected, Announcement, Why
from datahub_dataproducts.domain.messages import Headline, Message, Paragraph, Tone
from datahub_dataproducts.domain.portfolio import Portfolio
from datahub_dataproducts.domain.products import DataProduct
from datahub_dataproducts.domain.schedules import say_when

_WERE = {
    Kind.EPISODE: HEALTH_WORDS[Health.UNHEALTHY],
    Kind.RISK: HEALTH_WORDS[Health.AT_RISK],
    Kind.BLINDNESS: "not known to be healthy",
}


def say_acknowledged(what: Acknowledgement) -> str:
    """A sentence: who takes care, and what they say of it."""
    note = what.note.strip().rstrip(".")
    return f"Acknowledged by {what.by}: {note}." if note else f"Acknowledged by {what.by}."


def say_held(held: Held, hushes: Iterable[Hush], zone: str, now: int) -> str:
    """A sentence at the head of what was held back; empty where it was only patience."""
    if not held.is_quiet:
        return ""
    silenced = [say_hush(one, zone, now) for one in hushes]
    since = say_when(held.since, now, zone)
    if silenced:
        return f"This was {'; '.join(silenced)}: nothing was told since {since}."
    return f"This channel was muted: nothing was told since {since}."


def say_hush(hush: Hush, zone: str, now: int) -> str:
    """As in `silenced by ana until today at 12:00 (planned work)`."""
    until = say_when(hush.until, now, zone)
    return f"silenced by {hush.author} until {until} ({hush.reason})"


def caught_up(
    portfolio: Portfolio, passed: Sequence[tuple[Kind, Passed]], now: int
) -> Announcement:
    """One letter on all that came and went while a channel was told nothing, each with its kind."""
    products = {gone.product: _known(portfolio, gone.product) for _, gone in passed}
    told = sorted(passed, key=lambda one: (one[1].since, one[1].product))
    lines = [_passed(kind, gone, products[gone.product], now) for kind, gone in told]
    text = " ".join(["While nothing was told here:", *lines])
    first = products[told[0][1].product]
    return Announcement(
        product=first.id,
        domain=first.domain,
        at=now,
        timezone=first.timezone,
        why=Why.CAUGHT_UP,
        health=Health.HEALTHY,
        text=text,
        conversation=f"caught up@{now}",
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


def _passed(kind: Kind, passed: Passed, product: DataProduct, now: int) -> str:
    zone = product.timezone
    since, until = say_when(passed.since, now, zone), say_when(passed.until, now, zone)
    return f"{product.title} was {_WERE[kind]} from {since} to {until}."


def _known(portfolio: Portfolio, id_: str) -> DataProduct:
    """Also of one that is no more by now."""
    return portfolio.products.get(id_) or DataProduct(id=id_, domain="")
