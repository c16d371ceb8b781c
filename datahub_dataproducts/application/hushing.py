"""Hushing: what people say about telling, beside the action that tells: silences, and who takes care."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Protocol

from datahub_dataproducts.application.ports import Book
from datahub_dataproducts.domain.conversations import Conversation, Kind
from datahub_dataproducts.domain.held_news import Acknowledgement
from datahub_dataproducts.domain.holding import taken_up
from datahub_dataproducts.domain.hushes import Hush


class Writable(Protocol):
    """A store in which something may be said beside the action; `Unavailable` where it cannot."""

    def transaction(self) -> AbstractContextManager[Book]:
        """One transaction: committed when the block ends, undone when it raises."""
        ...


def silence(store: Writable, hush: Hush) -> Hush:
    """Have nothing told of what it says; with the id that it is ended by."""
    with store.transaction() as book:
        return replace(hush, id=book.add_hush(hush))


def end_silence(store: Writable, id_: int, now: int) -> Hush | None:
    """End one early, so that what is still so is told; None: none of this id is to end yet."""
    with store.transaction() as book:
        found = next((one for one in book.hushes(now) if one.id == id_), None)
        if found is None:
            return None
        ended = replace(found, until=max(now, found.since))
        book.end_hush(id_, ended.until)
        book.look_sooner(now)
        return ended


def silences(store: Writable, after: int) -> list[Hush]:
    """Those that end after an instant, in the order they were made."""
    with store.transaction() as book:
        return book.hushes(after)


def acknowledge(
    store: Writable, product: str, channels: Collection[str], said: Acknowledgement
) -> list[str]:
    """Somebody takes care of what is open of a product; the channels that are to hear of it, in order.

    Readers of what it alone causes are meant too, who may not be told of the product itself. The
    action tells them with its next look. Without `channels` all are meant.
    """
    told = set()
    with store.transaction() as book:
        for here in _open_about(book, product):
            if not channels or here.channel in channels:
                # What waits to be told is not told before its time.
                look_at = said.at if here.held is None else here.look_at
                book.put_conversation(replace(here, acknowledged=said, look_at=look_at))
                told.add(here.channel)
    return sorted(told)


def open_episodes(store: Writable, channel: str) -> list[str]:
    """Keys of the conversations of a channel about what is unhealthy now."""
    with store.transaction() as book:
        return [here.key for here in book.open_conversations() if _is_episode(here, channel)]


def take_up(store: Writable, channel: str, said: Mapping[str, Acknowledgement]) -> None:
    """People take care of episodes of one root each, given by their keys on a channel.

    So they do of all that is open and caused by these roots, once, however often it is heard.
    """
    with store.transaction() as book:
        for key, who in said.items():
            episode = book.conversation(channel, key)
            if episode is None or not _is_episode(episode, channel):
                continue
            (root,) = episode.roots
            for here in _open_about(book, root):
                after = taken_up(here, who) if here.kind is Kind.EPISODE else None
                if after is not None:
                    book.put_conversation(after)


def _is_episode(here: Conversation, channel: str) -> bool:
    return here.channel == channel and here.kind is Kind.EPISODE and bool(here.members)


def _open_about(book: Book, product: str) -> Iterator[Conversation]:
    """Those that tell of a product, or of what it alone makes unhealthy."""
    for here in book.open_conversations():
        if product in here.members or (here.members and here.roots == (product,)):
            yield here
