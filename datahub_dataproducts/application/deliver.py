"""Deliver: letters that are due, to the catalog and the channels; what fails is tried again."""

from collections.abc import Mapping
from dataclasses import dataclass

from datahub_dataproducts.application.metering import Meters, Unmetered
from datahub_dataproducts.application.ports import CATALOG, Catalog, Channel, DueLetter, Outbox
from datahub_dataproducts.domain.durations import MINUTE, SECOND
from datahub_dataproducts.domain.letters import ToPeople
from datahub_dataproducts.domain.messages import Pages, linked
from datahub_dataproducts.domain.receipts import Delivered, Dispatch, Receipt, Refused, Retry

_AT_ONCE = 100
_FIRST_WAIT = 2 * SECOND
_LONGEST_WAIT = 10 * MINUTE
_DOUBLINGS = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """What came of a round of deliveries.

    Attributes:
        delivered: how many letters arrived.
        refused: why letters will never arrive, one reason each.
        postponed: who could not be reached and why; their letters are tried again.
        more: there were more letters due than one round takes, and another round would help.
    """

    delivered: int = 0
    refused: tuple[str, ...] = ()
    postponed: tuple[str, ...] = ()
    more: bool = False


def _no_page(_urn: str) -> None:
    """Nobody said where the catalog is opened."""


class Courier:
    """Takes letters from the outbox to the catalog and the channels."""

    def __init__(
        self,
        outbox: Outbox,
        catalog: Catalog,
        channels: Mapping[str, Channel],
        pages: Pages = _no_page,
        meters: Meters | None = None,
    ) -> None:
        """`channels` by name; `pages` are those of the catalog's entities."""
        self._meters = meters or Unmetered()
        self._outbox = outbox
        self._catalog = catalog
        self._channels = channels
        self._pages = pages
        self._catalog_is_ready = False

    def deliver(self, now: int, *, ahead: int = 0) -> Delivery:
        """One round: every letter due within `ahead` is tried once, in order, its fate recorded.

        Of a letter to people it is recorded before the next is tried, so that after a crash at most
        one is told twice. Posts to the catalog may be repeated; they are recorded together.
        Once somebody fails, the later letters to them wait without a try: the outbox keeps them
        behind the first, so nothing is told out of order and a dead receiver costs one try a round.
        """
        due = self._outbox.due_letters(now + ahead, _AT_ONCE)
        failing: dict[str, str] = {}
        delivered = 0
        posted: list[DueLetter] = []
        refused: list[str] = []
        for letter in due:
            if letter.channel in failing:
                continue
            receipt = self._post(letter)
            self._meters.posted(letter.channel, receipt)
            if isinstance(receipt, Delivered):
                delivered += 1
                if letter.channel == CATALOG:
                    posted.append(letter)
                else:
                    self._outbox.delivered([letter])
            elif isinstance(receipt, Refused):
                self._outbox.refuse(letter, receipt.reason)
                refused.append(f"{letter.channel}: {receipt.reason}")
            else:
                failing[letter.channel] = receipt.reason
                self._outbox.postpone(letter, now + _wait(letter, receipt), receipt.reason)
        if posted:
            self._outbox.delivered(posted)
        # Ahead of time a letter that failed is due still, and is not tried until it arrives.
        moved = delivered > 0 or bool(refused) or not ahead
        return Delivery(
            delivered=delivered,
            refused=tuple(refused),
            postponed=tuple(f"{name}: {reason}" for name, reason in failing.items()),
            more=moved and len(due) == _AT_ONCE,
        )

    def _post(self, letter: DueLetter) -> Receipt:
        said = letter.letter
        if not isinstance(said, ToPeople):
            return self._get_ready() or self._catalog.post(said)
        channel = self._channels.get(letter.channel)
        if channel is None:
            return Refused("there is no such channel any more; see `channels` in the recipe")
        return channel.post(Dispatch(letter=said, message=linked(said.shown, self._pages)))

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
