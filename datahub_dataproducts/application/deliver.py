"""Deliver: letters that are due, to the catalog and the channels; what fails is tried again."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from datahub_dataproducts.application.metering import Meters, Unmetered
from datahub_dataproducts.application.outbox_ports import DueLetter, Outbox
from datahub_dataproducts.application.ports import CATALOG, Catalog, Channel
from datahub_dataproducts.application.resting import Rests, wait_after
from datahub_dataproducts.application.standing_in import ended_by, standing_in
from datahub_dataproducts.domain.letters import Announcement, ToPeople
from datahub_dataproducts.domain.messages import Pages, linked
from datahub_dataproducts.domain.receipts import (
    Delivered,
    Dispatch,
    Receipt,
    Refused,
    Rest,
    Retry,
)

_AT_ONCE = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """A letter that will never arrive.

    Attributes:
        letter: its id in the outbox.
        channel: to whom it was.
        thread: see `ToPeople`; empty: a post to the catalog.
        reason: why, for the operator.
    """

    letter: int
    channel: str
    thread: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """What came of a round of deliveries.

    Attributes:
        delivered: how many letters arrived.
        refused: letters that will never arrive.
        postponed: who could not be reached and why; their letters are tried again.
        more: there were more letters due than one round takes, and another round would help.
        answered: that the catalog could be written to, or not; None: nothing was to be written.
    """

    delivered: int = 0
    refused: tuple[Refusal, ...] = ()
    postponed: tuple[str, ...] = ()
    more: bool = False
    answered: bool | None = None


@dataclass(kw_only=True, slots=True)
class _Round:
    """A round while it goes on.

    Attributes:
        now: its instant.
        ended: channels and threads that another letter of the round ends.
        over: ids of letters that need no look any more.
        held: channels and threads of which nothing more is sent.
        failing: by channel, why it could not be reached.
        resting: channels that take no more letters.
    """

    now: int
    ended: frozenset[tuple[str, str]]
    over: set[int] = field(default_factory=set)
    held: set[tuple[str, str]] = field(default_factory=set)
    failing: dict[str, str] = field(default_factory=dict)
    resting: set[str] = field(default_factory=set)
    delivered: int = 0
    answered: bool | None = None
    posted: list[DueLetter] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


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
        *,
        spacing: Mapping[str, int] | None = None,
        meters: Meters | None = None,
        beat: Callable[[], None] = lambda: None,
    ) -> None:
        """`channels` by name; `pages` are those of the catalog's entities.

        `spacing`: by channel, milliseconds from one letter to the next; left out: none. `beat` is
        called before each letter: whoever answers slowly may take minutes for all of a round.
        """
        self._beat = beat
        self._meters = meters or Unmetered()
        self._outbox = outbox
        self._catalog = catalog
        self._channels = channels
        self._pages = pages
        self._catalog_is_ready = False
        self._rests = Rests(outbox, spacing or {})

    def deliver(self, now: int, *, ahead: int = 0) -> Delivery:
        """One round: every letter due within `ahead` is tried once, in order, its fate recorded.

        Of a letter to people it is recorded that a try begins, and how it ended before the next is
        tried, so that after a crash at most one may be told twice, and its channel is told of that.
        Posts to the catalog may be repeated; they are recorded together.

        Who fails rests: a dead receiver costs one try a round. Letters that wait go first where
        they were tried least, so that one that is never taken holds up no other conversation.
        """
        self._rests.wake(now)
        due = self._outbox.due_letters(now, _AT_ONCE, ahead=ahead)
        here = _Round(now=now, ended=ended_by(due))
        self._send_all(self._probes(due), here)
        # Who had to wait for another may not have to any more: that one may come first of all.
        here.held.clear()
        self._send_all(due, here)
        if here.posted:
            self._outbox.delivered(here.posted)
        # Ahead of time a letter that failed is due still, and is not tried until it arrives.
        moved = here.delivered > 0 or bool(here.refused) or not ahead
        return Delivery(
            delivered=here.delivered,
            refused=tuple(here.refused),
            postponed=tuple(f"{name}: {reason}" for name, reason in here.failing.items()),
            more=moved and len(due) == _AT_ONCE,
            answered=here.answered,
        )

    def next_due(self, now: int) -> int | None:
        """When the next of the letters that wait now may be sent (milliseconds); None: none waits."""
        return self._outbox.next_due(now)

    def waiting(self) -> Mapping[str, int]:
        """How many letters are still to be sent, by channel."""
        return self._outbox.waiting()

    def _probes(self, due: Sequence[DueLetter]) -> Iterable[DueLetter]:
        """For each channel whose last try failed, one letter to try whether it is well again.

        That one begins its thread, and of all that do so it was tried least.
        """
        firsts: dict[tuple[str, str], DueLetter] = {}
        for one in due:
            if isinstance(one.letter, ToPeople) and self._rests.of(one.channel).failures:
                firsts.setdefault((one.channel, one.letter.thread), one)
        chosen: dict[str, DueLetter] = {}
        for one in firsts.values():
            best = chosen.setdefault(one.channel, one)
            if one.attempts < best.attempts:
                chosen[one.channel] = one
        return chosen.values()

    def _send_all(self, letters: Iterable[DueLetter], here: _Round) -> None:
        for letter in letters:
            if letter.id in here.over or letter.channel in here.resting:
                continue
            self._beat()
            if isinstance(letter.letter, ToPeople):
                self._tell(letter, letter.letter.thread, here)
            else:
                self._show(letter, here)

    def _show(self, letter: DueLetter, here: _Round) -> None:
        """In the catalog."""
        assert not isinstance(letter.letter, ToPeople)
        receipt = self._get_ready(here) or self._catalog.post(letter.letter)
        self._meters.posted(CATALOG, receipt)
        if self._catalog_is_ready:
            here.answered = not isinstance(receipt, Retry)
        if isinstance(receipt, Delivered):
            here.delivered += 1
            here.posted.append(letter)
        elif isinstance(receipt, Refused):
            self._refuse(letter, receipt, None, here)
        else:
            here.failing[CATALOG] = receipt.reason
            here.resting.add(CATALOG)
            until = here.now + wait_after(letter.attempts, receipt)
            self._outbox.postpone(letter, until, receipt.reason)

    def _tell(self, letter: DueLetter, thread: str, here: _Round) -> None:
        """People, unless something of the same has to be told them first."""
        if (letter.channel, thread) in here.held:
            return
        channel = self._channels.get(letter.channel)
        if channel is None:
            gone = Refused("there is no such channel any more; see `channels` in the recipe")
            here.over.add(letter.id)
            self._meters.posted(letter.channel, gone)
            self._refuse(letter, gone, None, here)
            return
        is_told_by_another = (
            channel.shows_latest
            and not letter.is_uncertain
            and (letter.channel, thread) in here.ended
        )
        chosen = (
            None
            if is_told_by_another
            else standing_in(self._outbox, letter, thread, shows_latest=channel.shows_latest)
        )
        if chosen is None:
            here.held.add((letter.channel, thread))
            return
        sent, superseded = chosen
        here.over.update(one.id for one in (sent, *superseded))
        self._record(sent, self._send(sent, superseded, channel, here.now), here)

    def _send(
        self, letter: DueLetter, superseded: Sequence[DueLetter], channel: Channel, now: int
    ) -> Receipt:
        said = letter.letter
        assert isinstance(said, ToPeople)
        shown = self._outbox.begin(letter, superseded)
        ends = said.ends if isinstance(said, Announcement) else ()
        dispatch = Dispatch(
            letter=said,
            message=linked(said.shown, self._pages),
            earlier=shown.get(said.thread, ""),
            is_uncertain=letter.is_uncertain,
            ended=tuple(shown[key] for key in ends if key in shown),
            at=now,
        )
        receipt = channel.post(dispatch)
        self._meters.posted(letter.channel, receipt)
        return receipt

    def _record(self, letter: DueLetter, receipt: Receipt, here: _Round) -> None:
        changed = self._rests.after(letter.channel, receipt, here.now)
        if self._rests.of(letter.channel).until > here.now:
            here.resting.add(letter.channel)
        if isinstance(receipt, Delivered):
            here.delivered += 1
            self._outbox.arrived(letter, receipt.reference, changed)
        elif isinstance(receipt, Refused):
            self._refuse(letter, receipt, changed, here)
        else:
            here.failing[letter.channel] = receipt.reason
            self._outbox.postpone(
                letter,
                here.now + wait_after(letter.attempts, receipt),
                receipt.reason,
                is_uncertain=letter.is_uncertain or receipt.may_have_arrived,
                rest=changed,
            )

    def _refuse(self, letter: DueLetter, receipt: Refused, rest: Rest | None, here: _Round) -> None:
        self._outbox.refuse(letter, receipt.reason, rest)
        said = letter.letter
        refusal = Refusal(
            letter=letter.id,
            channel=letter.channel,
            thread=said.thread if isinstance(said, ToPeople) else "",
            reason=receipt.reason,
        )
        here.refused.append(refusal)

    def _get_ready(self, here: _Round) -> Retry | None:
        """Before the first post the catalog must know what is posted; DataHub drops it if not."""
        if self._catalog_is_ready:
            return None
        receipt = self._catalog.prepare()
        here.answered = not isinstance(receipt, Retry)
        if isinstance(receipt, Delivered):
            self._catalog_is_ready = True
            return None
        # Refused or not, the letters wait: an operator can mend what the catalog refuses.
        return receipt if isinstance(receipt, Retry) else Retry(receipt.reason)
