"""The part of the book that keeps what was told, to the catalog and to people."""

from collections.abc import Sequence
from typing import Protocol

from datahub_dataproducts.domain.conversations import Conversation, Kind
from datahub_dataproducts.domain.episodes import Told


class ToldBook(Protocol):
    """What was told, in one transaction with all else that the book holds."""

    def told(self, product: str) -> Told | None:
        """What was last said of a product."""
        ...

    def put_told(self, product: str, told: Told) -> None:
        """Replace it."""
        ...

    def posted_before(self, instant: int, limit: int) -> list[str]:
        """Products of which the catalog was last told at or before an instant."""
        ...

    def announcements_due(self, now: int, limit: int) -> list[tuple[str, int]]:
        """Products of which people are to be told by now, and when; earliest first."""
        ...

    def conversation(self, channel: str, key: str) -> Conversation | None:
        """A conversation, also one that is over."""
        ...

    def conversation_about(
        self, channel: str, kind: Kind, roots: Sequence[str]
    ) -> Conversation | None:
        """The conversation of a channel that is about just these roots and not over.

        One of which the end was held back is not over.
        """
        ...

    def conversations_of(self, product: str) -> list[tuple[str, str]]:
        """Channel and key of the conversations that tell of a product, in order."""
        ...

    def open_conversations(self) -> list[Conversation]:
        """Those that are not over, by channel and key."""
        ...

    def put_conversation(self, conversation: Conversation) -> None:
        """Replace it, or begin it."""
        ...

    def reminders_due(self, now: int, limit: int) -> list[tuple[str, str]]:
        """Channel and key of conversations of which it is to be said by now that they are open."""
        ...
