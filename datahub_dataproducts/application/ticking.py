"""Ticking: what time alone makes due, in order, each at its own time."""

from dataclasses import dataclass

from datahub_dataproducts.application.digesting import (
    Readers,
    begin_digests,
    due_digest,
    tell_digest,
)
from datahub_dataproducts.application.passing import next_expiry, pass_to
from datahub_dataproducts.application.ports import Book
from datahub_dataproducts.application.settle import settle
from datahub_dataproducts.application.tell import (
    Ground,
    announce,
    look,
    say_still_open,
    tell_again,
)
from datahub_dataproducts.domain.digests import DigestTime
from datahub_dataproducts.domain.durations import DAY

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Ticked:
    """What a step of a tick did: how many things, and how far time has come by it."""

    count: int
    horizon: int


def tick_once(book: Book, ground: Ground, horizon: int, now: int) -> Ticked:
    """The earliest of what is due, together with all that is due at the same instant.

    What is judged at an instant comes before what is told of it.
    """
    expires_at = next_expiry(book, now)
    waiting = book.announcements_due(now, 1)
    announce_at = waiting[0][1] if waiting else None
    digest = due_digest(book, ground.policy.digests, now)
    digest_at = digest[1].at if digest is not None and digest[1] is not None else None
    soonest = min(
        (at for at in (expires_at, announce_at, digest_at) if at is not None), default=now
    )
    if expires_at == soonest:
        passed = pass_to(book, ground, expires_at)
        horizon = max(horizon, expires_at)
        settle(book, ground, passed.dirty, horizon)
        return Ticked(passed.count, horizon)
    if announce_at == soonest:
        horizon = max(horizon, announce_at)
        # However many: what happens at one instant is told together.
        told = [id_ for id_, _ in book.announcements_due(announce_at, _all(ground))]
        announce(book, ground, told, horizon)
        return Ticked(len(told), horizon)
    if digest is not None:
        return _digest(book, ground, digest, max(horizon, digest_at or 0), now)
    return Ticked(_say_again(book, ground, max(now, horizon), now), horizon)


def _all(ground: Ground) -> int:
    return len(ground.portfolio.products) + 1


def _digest(
    book: Book, ground: Ground, what: tuple[str, DigestTime | None], horizon: int, now: int
) -> Ticked:
    channel, time = what
    if time is None:
        begin_digests(book, channel, ground.policy.digests[channel], max(now, horizon))
        return Ticked(1, horizon)
    signposts = ground.policy.signposts
    readers = Readers(channel=channel, signposts=signposts, portfolio=ground.portfolio)
    tell_digest(book, readers, time)
    return Ticked(1, horizon)


def _say_again(book: Book, ground: Ground, until: int, now: int) -> int:
    """How it is now, once, however often it might have been said by now.

    Evidence may have been a little ahead of the clock; what was told of it stays told.
    """
    looks = book.looks_due(now, _AT_ONCE)
    if looks:
        look(book, ground, looks, until)
        return len(looks)
    reminders = book.reminders_due(now, _AT_ONCE)
    if reminders:
        say_still_open(book, ground, reminders, until)
        return len(reminders)
    stale = book.posted_before(now - DAY, _AT_ONCE)
    for id_ in stale:
        tell_again(book, ground, id_, until)
    return len(stale)
