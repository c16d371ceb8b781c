"""Export: all that the store knows, table by table, for those who want to judge for themselves."""

from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager
from typing import Any, Protocol

from datahub_dataproducts.domain.assertions import Observation

EVIDENCE = "evidence"

Record = dict[str, Any]
"""What JSON can hold; instants are milliseconds, None is null."""


class Exportable(Protocol):
    """One state of a store, read a little at a time."""

    def all_evidence(self) -> Iterator[Observation]:
        """By subject, event time and run."""
        ...

    def records(self) -> dict[str, Callable[[], Iterator[Record]]]:
        """The other tables by name: `store`, `changes`, `intervals`, `generations`, ..."""
        ...


class ExportableStore(Protocol):
    """A store that can be exported; `Unavailable` where it cannot be read now."""

    def exporting(self) -> AbstractContextManager[Exportable]:
        """A transaction in which nothing is written; it waits for no writer, and none for it."""
        ...


def export(
    store: ExportableStore, write: Callable[[Observation], Record]
) -> Generator[tuple[str, Iterator[Record]], None, None]:
    """Each table with its records, to be read one after the other; all are of one moment.

    Args:
        store: beside which the action may run.
        write: the event that tells of a piece of evidence.

    Raises:
        Unavailable: the store cannot be read.
    """
    with store.exporting() as book:
        yield EVIDENCE, map(write, book.all_evidence())
        for name, records in book.records().items():
            yield name, records()
