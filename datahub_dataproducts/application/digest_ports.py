"""The part of the book that keeps up to when each channel had its digests."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True, slots=True)
class DigestMark:
    """Where a channel is with its digests.

    Attributes:
        channel: its name.
        told_until: when the last one was due (milliseconds), None: it has not begun with any.
        next_at: when to look at it next, None: it wants none.
    """

    channel: str
    told_until: int | None
    next_at: int | None


class DigestBook(Protocol):
    """Marks of digests, in one transaction with all else that the book holds."""

    def digest_marks(self) -> list[DigestMark]:
        """Those of all channels, by name."""
        ...

    def put_digest_mark(self, mark: DigestMark) -> None:
        """Replace it, or begin with it."""
        ...
