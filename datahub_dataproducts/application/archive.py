"""The archive: what looking back asks of the store, besides what following asks of its book."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

from datahub_dataproducts.application.ports import Book
from datahub_dataproducts.application.register import Definition
from datahub_dataproducts.domain.assertions import Observation
from datahub_dataproducts.domain.corrections import Correction

BookT_co = TypeVar("BookT_co", bound=Book, covariant=True)


class Archive(Book, Protocol):
    """The book, and what only those who look back ask it."""

    def known(self) -> list[str]:
        """Ids of all products that were ever defined."""
        ...

    def definition_at(self, product: str, instant: int) -> Definition | None:
        """A product as of an instant; None: it was not there then."""
        ...

    def corrections(self, product: str) -> tuple[Correction, ...]:
        """What people know better of a product, as it was published last, of whatever time it is.

        In order of time; of a product that is no more, as published before it went.
        """
        ...

    def evidence_between(
        self, subjects: Sequence[str], since: int | None, until: int
    ) -> list[Observation]:
        """All evidence of some subjects from an instant (None: the beginning) to another, both in."""
        ...


class Readable(Protocol[BookT_co]):
    """A store as those see it who only read; `Unavailable` where it cannot be read now."""

    def reading(self) -> AbstractContextManager[BookT_co]:
        """A transaction in which nothing is written; it waits for no writer, and none for it."""
        ...

    def trial(self) -> AbstractContextManager[BookT_co]:
        """A transaction that is undone in any case: to see what would be."""
        ...
