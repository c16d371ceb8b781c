"""Hushing: what people say about telling, beside the action that tells: silences, and who takes care."""

from collections.abc import Collection
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Protocol

from datahub_dataproducts.application.ports import Book
from datahub_dataproducts.domain.held_news import Acknowledgement
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
    told = []
    with store.transaction() as book:
        ids = [one.id for one, _ in book.definitions()]
        keys = {pair for id_ in {product, *ids} for pair in book.conversations_of(id_)}
        for channel, key in sorted(keys):
            here = book.conversation(channel, key)
            if here is None or not (product in here.members or here.roots == (product,)):
                continue
            if not channels or channel in channels:
                # What waits to be told is not told before its time.
                look_at = said.at if here.held is None else here.look_at
                book.put_conversation(replace(here, acknowledged=said, look_at=look_at))
                told.append(channel)
    return sorted(set(told))
