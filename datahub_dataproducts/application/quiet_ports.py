"""The part of the book that keeps what is not told, and when it is looked at again."""

from typing import Protocol

from datahub_dataproducts.domain.hushes import Hush


class QuietBook(Protocol):
    """What is silenced, in one transaction with all else that the book holds."""

    def looks_due(self, now: int, limit: int) -> list[tuple[str, str]]:
        """Channel and key of conversations that are to be looked at by now, earliest first."""
        ...

    def look_sooner(self, now: int) -> None:
        """Look at all conversations of which something is held back, at an instant."""
        ...

    def hushes(self, after: int) -> list[Hush]:
        """Those that end after an instant, in the order they were made."""
        ...

    def channels(self) -> list[str]:
        """Names of those the action was started with, or that were told something, in order."""
        ...

    def add_hush(self, hush: Hush) -> int:
        """Keep one; the id that it has from now on."""
        ...

    def end_hush(self, id_: int, until: int) -> None:
        """Have one end at an instant."""
        ...
