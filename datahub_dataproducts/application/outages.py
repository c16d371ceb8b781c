"""Outages: those who mend are told once that the catalog is away, and once that it is back."""

from dataclasses import dataclass, replace

from datahub_dataproducts.application.ports import Book
from datahub_dataproducts.application.tell import TrackingPolicy
from datahub_dataproducts.domain.conversations import Conversation, Kind
from datahub_dataproducts.domain.letters import Announcement
from datahub_dataproducts.domain.outages import LONG, ROOTS, begun, said_begun, said_over


@dataclass(frozen=True, slots=True)
class Outage:
    """How the catalog is: away since an instant (milliseconds), or, None, back."""

    since: int | None


class Reach:
    """Whether the catalog answers, as far as this process has seen; what was told is in the store."""

    def __init__(self) -> None:
        """Nothing was seen yet."""
        self._since: int | None = None
        self._has_answered = False
        self._told: Outage | None = None

    def heard(self, now: int, *, answered: bool) -> None:
        """Somebody asked the catalog for something, or wrote to it."""
        if answered:
            self._since, self._has_answered = None, True
        elif self._since is None:
            self._since, self._has_answered = now, False

    def news(self, now: int) -> Outage | None:
        """What people may have to be told; None: nothing, or it was told by this process."""
        if self._since is not None:
            found = Outage(self._since) if now - self._since >= LONG else None
        else:
            found = Outage(None) if self._has_answered else None
        return None if found == self._told else found

    def told(self, outage: Outage) -> None:
        """It is committed that they are told, or need not be."""
        self._told = outage


def tell_outage(book: Book, policy: TrackingPolicy, outage: Outage, now: int) -> None:
    """Tell the technical channels that do not know; of the end those that heard of the outage."""
    for channel in policy.channels:
        if channel in policy.business:
            continue
        zone = policy.zones.get(channel, "UTC")
        known = book.conversation_about(channel, Kind.BLINDNESS, ROOTS)
        if outage.since is None and known is not None:
            here = replace(known, members=(), sequence=known.sequence + 1)
            _send(book, here, said_over(here, zone, now), now)
        elif outage.since is not None and known is None:
            here = begun(channel, outage.since)
            _send(book, here, said_begun(here, zone, now), now)


def _send(book: Book, here: Conversation, said: Announcement, now: int) -> None:
    book.put_conversation(here)
    book.send(here.channel, f"{here.key} {here.sequence}", said, now, replace=False)
