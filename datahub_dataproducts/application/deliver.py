"""Deliver: letters that are due, to the catalog and the channels; what fails is tried again."""

from collections.abc import Mapping
from dataclasses import dataclass

from datahub_dataproducts.application.ports import Catalog, Channel, DueLetter, Outbox
from datahub_dataproducts.domain.durations import HOUR, SECOND
from datahub_dataproducts.domain.letters import (
    Announcement,
    Delivered,
    Receipt,
    Refused,
    Retry,
)

_AT_ONCE = 100
_FIRST_WAIT = 2 * SECOND
_LONGEST_WAIT = HOUR
_DOUBLINGS = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """What came of a round of deliveries.

    Attributes:
        delivered: how many letters arrived.
        refused: why letters will never arrive, one reason each.
        postponed: who could not be reached and why; their letters are tried again.
        more: there were more letters due than one round takes.
    """

    delivered: int = 0
    refused: tuple[str, ...] = ()
    postponed: tuple[str, ...] = ()
    more: bool = False


class Courier:
    """Takes letters from the outbox to the catalog and the channels."""

    def __init__(self, outbox: Outbox, catalog: Catalog, channels: Mapping[str, Channel]) -> None:
        """`channels` by name."""
        self._outbox = outbox
        self._catalog = catalog
        self._channels = channels
        self._catalog_is_ready = False

    def deliver(self, now: int) -> Delivery:
        """One round: every letter due is tried once, in order, and its fate recorded.

        Letters for somebody who just failed are postponed without a try, so that a dead receiver
        costs one wait a round and not one a letter.
        """
        due = self._outbox.due_letters(now, _AT_ONCE)
        failing: dict[str, Retry] = {}
        delivered = 0
        refused: list[str] = []
        for letter in due:
            receipt = failing.get(letter.channel) or self._post(letter)
            if isinstance(receipt, Delivered):
                self._outbox.delivered(letter)
                delivered += 1
            elif isinstance(receipt, Refused):
                self._outbox.refuse(letter, receipt.reason)
                refused.append(f"{letter.channel}: {receipt.reason}")
            else:
                failing[letter.channel] = receipt
                self._outbox.postpone(letter, now + _wait(letter, receipt), receipt.reason)
        return Delivery(
            delivered=delivered,
            refused=tuple(refused),
            postponed=tuple(f"{name}: {r.reason}" for name, r in failing.items()),
            more=len(due) == _AT_ONCE,
        )

    def _post(self, letter: DueLetter) -> Receipt:
        if not isinstance(letter.letter, Announcement):
            return self._get_ready() or self._catalog.post(letter.letter)
        channel = self._channels.get(letter.channel)
        if channel is None:
            return Refused("there is no such channel any more; see `channels` in the recipe")
        return channel.post(letter.letter)

    def _get_ready(self) -> Retry | None:
        """Before the first post the catalog must know what is posted; DataHub drops it if not."""
        if self._catalog_is_ready:
            return None
        receipt = self._catalog.prepare()
        if isinstance(receipt, Delivered):
            self._catalog_is_ready = True
            return None
        # Refused or not, the letters wait: an operator can mend what the catalog refuses.
        return receipt if isinstance(receipt, Retry) else Retry(receipt.reason)


def _wait(letter: DueLetter, receipt: Retry) -> int:
    doubled = _FIRST_WAIT << min(letter.attempts, _DOUBLINGS)
    return max(min(doubled, _LONGEST_WAIT), receipt.after or 0)
