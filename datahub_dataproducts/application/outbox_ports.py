"""The outbox as the delivery asks for it: letters on their way, and what is known of channels."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from datahub_dataproducts.domain.durations import MINUTE
from datahub_dataproducts.domain.letters import Letter
from datahub_dataproducts.domain.receipts import Rest

LONGEST_BACK_OFF = 10 * MINUTE
"""How long a letter waits at most for its next try, where nobody asked for longer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DueLetter:
    """A letter to be sent.

    Attributes:
        id: in the order in which letters were written.
        revision: tells it from one that has since taken its place.
        channel: to whom.
        letter: what is said.
        attempts: how many tries have failed.
        is_uncertain: see `Dispatch`.
    """

    id: int
    revision: int
    channel: str
    letter: Letter
    attempts: int
    is_uncertain: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptLetter:
    """A letter that did not arrive, for the operator.

    Attributes:
        id: of the letter.
        channel: to whom.
        thread: see `ToPeople`; empty: a post to the catalog.
        is_refused: True when it is not tried again.
        due_at: when it is tried, or was tried last (milliseconds).
        attempts: how many tries have failed.
        reason: why it did not arrive; empty: it was not tried yet.
    """

    id: int
    channel: str
    thread: str
    is_refused: bool
    due_at: int
    attempts: int
    reason: str


class Outbox(Protocol):
    """Letters on their way."""

    def due_letters(self, now: int, limit: int, *, ahead: int = 0) -> list[DueLetter]:
        """Letters due within `ahead`, in the order they were written.

        What was never tried is due, whatever the clock said when it was written; so is what would
        wait longer than anything does. None overtakes an earlier one of its thread that waits for its next try, and none is for a
        channel that rests now; ahead of time only a rest that was asked for counts.
        """
        ...

    def line(self, channel: str, threads: Collection[str]) -> list[DueLetter]:
        """All that waits of some threads of a channel, due or not, in the order it was written."""
        ...

    def next_due(self, now: int) -> int | None:
        """When the next letter of those is due that are not due yet, or that rest; None: no such."""
        ...

    def rests(self) -> Mapping[str, Rest]:
        """By channel, when it takes letters again; those that always did are left out."""
        ...

    def put_rest(self, channel: str, rest: Rest) -> None:
        """When a channel takes letters again, although none was sent."""
        ...

    def waiting(self) -> Mapping[str, int]:
        """How many letters are still to be sent, by channel in order."""
        ...

    def begin(self, letter: DueLetter, superseded: Sequence[DueLetter]) -> Mapping[str, str]:
        """A try begins: until its end is recorded, the letter may have arrived.

        Those that it takes the place of are never sent; its text is kept as it is given. Returns
        what the channel showed last, by thread: of its own and of those that end with it.
        """
        ...

    def delivered(self, letters: Sequence[DueLetter]) -> None:
        """They arrived; all of them are recorded, or none."""
        ...

    def arrived(self, letter: DueLetter, reference: str, rest: Rest | None) -> None:
        """A letter to people did; `reference` is kept for its thread, unless it is empty.

        As below, the channel rests; None: as it did.
        """
        ...

    def postpone(
        self,
        letter: DueLetter,
        until: int,
        reason: str,
        *,
        is_uncertain: bool = False,
        rest: Rest | None = None,
    ) -> None:
        """It did not arrive, or nobody knows (`is_uncertain`); try again then."""
        ...

    def refuse(self, letter: DueLetter, reason: str, rest: Rest | None = None) -> None:
        """It will never arrive; kept with the reason, not tried again."""
        ...
