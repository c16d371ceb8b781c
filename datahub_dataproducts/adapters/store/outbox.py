"""The outbox in SQL: letters on their way, what channels showed, and when they take letters again."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection

from datahub_dataproducts.adapters.store import letter_statements, rows
from datahub_dataproducts.adapters.store.letters import write_letter
from datahub_dataproducts.application.outbox_ports import (
    LONGEST_BACK_OFF,
    DueLetter,
    KeptLetter,
)
from datahub_dataproducts.domain.answers import LONGEST_WAIT
from datahub_dataproducts.domain.letters import Announcement, ToPeople
from datahub_dataproducts.domain.receipts import Rest

_REFUSED = "refused"


class SqlOutbox(ABC):
    """See the `Outbox` port, whose rules this keeps."""

    @abstractmethod
    def letters(self) -> AbstractContextManager[Connection]:
        """A transaction, committed when the block ends, undone when it raises."""

    def due_letters(self, now: int, limit: int, *, ahead: int = 0) -> list[DueLetter]:
        """Letters due, in the order they were written; see the port for which may overtake which."""
        statement = letter_statements.DUE_AHEAD if ahead else letter_statements.DUE_LETTERS
        key = {"now": now, **_until(now, ahead), "most": limit}
        with self.letters() as connection:
            due = statement.rows(connection, key)
        return [rows.due_letter(row) for row in due]

    def line(self, channel: str, threads: Collection[str]) -> list[DueLetter]:
        """All that waits of some threads of a channel, due or not, in the order it was written."""
        with self.letters() as connection:
            found = [
                rows.due_letter(row)
                for thread in threads
                for row in letter_statements.LINE.rows(connection, _thread(channel, thread))
            ]
        return sorted(found, key=lambda one: one.id)

    def next_due(self, now: int) -> int | None:
        """When the next letter of those is due that are not due yet, or that rest; None: no such."""
        with self.letters() as connection:
            ((letter,),) = letter_statements.NEXT_LETTER.rows(connection, _until(now))
            ((waking,),) = letter_statements.NEXT_WAKING.rows(connection, {"now": now})
        return min((at for at in (letter, waking) if at is not None), default=None)

    def rests(self) -> Mapping[str, Rest]:
        """By channel, when it takes letters again; those that always did are left out."""
        with self.letters() as connection:
            found = letter_statements.RESTS.rows(connection, {})
        return {
            channel: Rest(until=until, failures=failures, is_asked=bool(asked), reason=reason)
            for channel, until, failures, asked, reason in found
        }

    def put_rest(self, channel: str, rest: Rest) -> None:
        """When a channel takes letters again, although none was sent."""
        with self.letters() as connection:
            _put_rest(connection, channel, rest)

    def waiting(self) -> Mapping[str, int]:
        """How many letters are still to be sent, by channel in order."""
        with self.letters() as connection:
            found = letter_statements.WAITING.rows(connection, {})
        return {channel: count for channel, count, _ in found}

    def begin(self, letter: DueLetter, superseded: Sequence[DueLetter]) -> Mapping[str, str]:
        """A try begins, in the place of some others; what was shown, by thread."""
        said = letter.letter
        assert isinstance(said, ToPeople)
        threads = [said.thread, *(said.ends if isinstance(said, Announcement) else ())]
        with self.letters() as connection:
            for one in superseded:
                letter_statements.SUPERSEDED.run(connection, _on_its_way(one))
            begun = {**_on_its_way(letter), "text": write_letter(said)}
            letter_statements.BEGUN.run(connection, begun)
            return {
                thread: reference
                for thread in threads
                for (reference,) in letter_statements.SHOWN.rows(
                    connection, _thread(letter.channel, thread)
                )
            }

    def delivered(self, letters: Sequence[DueLetter]) -> None:
        """They arrived."""
        with self.letters() as connection:
            for letter in letters:
                letter_statements.DELIVERED.run(connection, _on_its_way(letter))

    def arrived(self, letter: DueLetter, reference: str, rest: Rest | None) -> None:
        """A letter to people arrived; what the channel shows of its thread is kept."""
        said = letter.letter
        assert isinstance(said, ToPeople)
        key = _thread(letter.channel, said.thread)
        with self.letters() as connection:
            letter_statements.DELIVERED.run(connection, _on_its_way(letter))
            if reference and not letter_statements.SHOWS.run(
                connection, {**key, "what": reference}
            ):
                row = {"channel": letter.channel, "thread": said.thread, "reference": reference}
                letter_statements.SHOWS_FIRST.run(connection, row)
            _put_rest(connection, letter.channel, rest)

    def postpone(
        self,
        letter: DueLetter,
        until: int,
        reason: str,
        *,
        is_uncertain: bool = False,
        rest: Rest | None = None,
    ) -> None:
        """It did not arrive, as far as is known; try again then."""
        fate = {
            "later": until,
            "tries": letter.attempts + 1,
            "why": reason,
            "doubt": is_uncertain,
        }
        with self.letters() as connection:
            letter_statements.POSTPONED.run(connection, {**_on_its_way(letter), **fate})
            _put_rest(connection, letter.channel, rest)

    def refuse(self, letter: DueLetter, reason: str, rest: Rest | None = None) -> None:
        """It will never arrive; kept with the reason, not tried again."""
        with self.letters() as connection:
            letter_statements.REFUSED.run(connection, {**_on_its_way(letter), "why": reason})
            _put_rest(connection, letter.channel, rest)

    def undelivered(self) -> list[KeptLetter]:
        """All that waits or was refused, in the order it was written."""
        with self.letters() as connection:
            found = letter_statements.UNDELIVERED.rows(connection, {})
        return [
            KeptLetter(
                id=id_,
                channel=channel,
                thread=thread,
                is_refused=state == _REFUSED,
                due_at=due_at,
                attempts=attempts,
                reason=reason,
            )
            for id_, channel, thread, state, due_at, attempts, reason in found
        ]

    def send_again(self, channel: str, now: int) -> int:
        """What a channel refused is due once more; how many letters.

        Not those of a conversation of which a later letter arrived: that one says how it went on.
        """
        with self.letters() as connection:
            key = {"of_channel": channel, "when": now}
            return letter_statements.SEND_AGAIN.run(connection, key)


def _put_rest(connection: Connection, channel: str, rest: Rest | None) -> None:
    if rest is None:
        return
    row = {
        "until": rest.until,
        "failures": rest.failures,
        "is_asked": rest.is_asked,
        "reason": rest.reason,
    }
    changed = {f"new_{name}": value for name, value in row.items()}
    if not letter_statements.REST.run(connection, {"of_channel": channel, **changed}):
        letter_statements.FIRST_REST.run(connection, {"channel": channel, **row})


def _until(now: int, ahead: int = 0) -> dict[str, int]:
    return {
        "until": now + ahead,
        "backed_off": now + LONGEST_BACK_OFF,
        "asked": now + LONGEST_WAIT,
    }


def _thread(channel: str, thread: str) -> dict[str, Any]:
    return {"of_channel": channel, "of_thread": thread}


def _on_its_way(letter: DueLetter) -> dict[str, Any]:
    return {"of_id": letter.id, "of_revision": letter.revision}
