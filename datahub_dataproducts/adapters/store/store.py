"""The store as the use cases see it: transactions and the outbox."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import DatabaseError, OperationalError

from datahub_dataproducts.adapters.store import rows, schema, statements
from datahub_dataproducts.adapters.store.archive import SqlArchive
from datahub_dataproducts.adapters.store.audit import SqlAudit
from datahub_dataproducts.adapters.store.book import SqlBook
from datahub_dataproducts.adapters.store.clearance import SqlClearance
from datahub_dataproducts.adapters.store.export import SqlExport
from datahub_dataproducts.adapters.store.occupancy import Occupancy
from datahub_dataproducts.adapters.store.opening import file_of, open_engine, transaction
from datahub_dataproducts.adapters.store.prepared import Prepared
from datahub_dataproducts.application.ports import Book, DueLetter, Unavailable
from datahub_dataproducts.domain.products import DataProduct

WriteDefinition = Callable[[DataProduct], str]
ReadDefinition = Callable[[str], DataProduct]


@dataclass(frozen=True, slots=True)
class Space:
    """Of a store's file, bytes.

    Attributes:
        size: of the whole.
        free: what of it holds nothing, and is used again before it grows.
    """

    size: int
    free: int


class SqlHealthStore:
    """Keeps health in a SQLite database; every transaction is on disk when it returns.

    How a definition is written and read back is given, so that the store holds the same text as
    the catalog.
    """

    def __init__(self, url: str, write: WriteDefinition, read: ReadDefinition) -> None:
        """`url` is SQLAlchemy's (`sqlite:///health.db`); `open` before anything else."""
        self._url = url
        self._write = write
        self._read = read
        self._engine: Engine | None = None
        self._idle: list[Connection] = []
        self._occupancy: Occupancy | None = None

    def occupy(self) -> bool:
        """Be the only one that works on it until `close`; False while another does.

        Who only reads, or only looks what would be, need not.

        Raises:
            Unavailable: it is no place for a store.
        """
        if self._occupancy is None:
            self._occupancy = Occupancy(file_of(self._url))
        return self._occupancy.take()

    def open(self, *, create: bool = True) -> None:
        """Open the database; with `create` it is made or brought to this layout, else only read.

        Raises:
            Unavailable: it cannot be opened, is of something else, or of another layout; text says
                what to do.
        """
        self._engine = open_engine(self._url, create=create)

    def close(self) -> None:
        """Let go of the database; harmless when repeated."""
        while self._idle:
            self._idle.pop().close()
        if self._engine is not None:
            self._engine.dispose()
        if self._occupancy is not None:
            self._occupancy.leave()

    @contextmanager
    def transaction(self) -> Iterator[Book]:
        """One transaction: committed when the block ends, undone when it raises.

        Raises:
            Unavailable: it cannot be begun or committed: the disk is full, the store locked.
        """
        with self._begin() as connection:
            yield SqlBook(connection, self._write, self._read)

    @contextmanager
    def reading(self) -> Iterator[SqlArchive]:
        """A transaction in which nothing is written; it waits for no writer, and none for it.

        Raises:
            Unavailable: it cannot be begun.
        """
        with self._begin(statements.BEGIN_READING, statements.ROLLBACK) as connection:
            yield SqlArchive(connection, self._write, self._read)

    @contextmanager
    def trial(self) -> Iterator[SqlArchive]:
        """A transaction that is undone in any case: to see what would be.

        Raises:
            Unavailable: it cannot be begun.
        """
        with self._begin(end=statements.ROLLBACK) as connection:
            yield SqlArchive(connection, self._write, self._read)

    @contextmanager
    def clearing(self) -> Iterator[SqlClearance]:
        """One transaction to remove what is old.

        Raises:
            Unavailable: it cannot be begun or committed.
        """
        with self._begin() as connection:
            yield SqlClearance(connection)

    @contextmanager
    def looking(self) -> Iterator[SqlClearance]:
        """One to look for what is old, in which nothing is written.

        Raises:
            Unavailable: it cannot be begun.
        """
        with self._begin(statements.BEGIN_READING, statements.ROLLBACK) as connection:
            yield SqlClearance(connection)

    @contextmanager
    def auditing(self) -> Iterator[SqlAudit]:
        """A transaction to look through the store; nothing is written, and nobody waits for it.

        Raises:
            Unavailable: it cannot be begun.
        """
        with self._begin(statements.BEGIN_READING, statements.ROLLBACK) as connection:
            yield SqlAudit(connection, self._write, self._read)

    @contextmanager
    def exporting(self) -> Iterator[SqlExport]:
        """A transaction to read everything in; nothing is written, and nobody waits for it.

        Raises:
            Unavailable: it cannot be begun.
        """
        with self._begin(statements.BEGIN_READING, statements.ROLLBACK) as connection:
            yield SqlExport(connection)

    def space(self) -> Space:
        """How large the file is and what of it is free.

        Raises:
            Unavailable: it cannot be read.
        """
        with self._begin(statements.BEGIN_READING, statements.ROLLBACK) as connection:
            page, count, free = (
                statement.rows(connection, {})[0][0]
                for statement in (statements.PAGE, statements.PAGES, statements.FREE_PAGES)
            )
        return Space(size=page * count, free=page * free)

    def give_back(self) -> None:
        """Give what is free back to the disk; whoever writes waits, and the file is written anew.

        Raises:
            Unavailable: somebody writes all the time, or the disk has no room for a second copy.
        """
        with self._begin(statements.NOTHING, statements.NOTHING) as connection:
            statements.VACUUM.run(connection, {})
            statements.CHECKPOINT.run(connection, {})

    def due_letters(self, now: int, limit: int) -> list[DueLetter]:
        """Letters due, in the order they were written; see the port for which may overtake which."""
        with self._begin() as connection:
            due = statements.DUE_LETTERS.rows(connection, {"now": now, "most": limit})
        return [rows.due_letter(row) for row in due]

    def delivered(self, letters: Sequence[DueLetter]) -> None:
        """They arrived."""
        with self._begin() as connection:
            for letter in letters:
                statements.DELIVERED.run(connection, _on_its_way(letter))

    def postpone(self, letter: DueLetter, until: int, reason: str) -> None:
        """It did not arrive; try again then."""
        fate = {"until": until, "tries": letter.attempts + 1, "why": reason}
        with self._begin() as connection:
            statements.POSTPONED.run(connection, {**_on_its_way(letter), **fate})

    def refuse(self, letter: DueLetter, reason: str) -> None:
        """It will never arrive; kept with the reason, not tried again."""
        with self._begin() as connection:
            statements.REFUSED.run(connection, {**_on_its_way(letter), "why": reason})

    def set_aside_count(self) -> int:
        """How many things lie aside."""
        with self._begin() as connection:
            return connection.execute(
                select(func.count()).select_from(schema.set_aside)
            ).scalar_one()

    @contextmanager
    def _begin(
        self, begin: Prepared = statements.BEGIN, end: Prepared = statements.COMMIT
    ) -> Iterator[Connection]:
        if self._engine is None:
            msg = "the store is not open"
            raise Unavailable(msg)
        try:
            # Taking a connection from SQLAlchemy's pool and giving it back costs as much as all
            # that an event asks of the database, so those used before are kept at hand.
            connection = self._take() or self._engine.connect()
            try:
                with transaction(connection, begin, end):
                    yield connection
            except BaseException:
                # What it was left in is undone as it goes back to the pool.
                connection.close()
                raise
            self._idle.append(connection)
        except DatabaseError as problem:
            # The others of its kinds are mistakes of ours, which nobody can mend by looking.
            if not isinstance(problem, OperationalError) and type(problem) is not DatabaseError:
                raise
            msg = f"the store {self._engine.url.database} cannot be used ({problem.orig})"
            raise Unavailable(msg) from problem

    def _take(self) -> Connection | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None


def _on_its_way(letter: DueLetter) -> dict[str, Any]:
    return {"of_id": letter.id, "of_revision": letter.revision}
