"""The store as the use cases see it: transactions and the outbox."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError

from datahub_dataproducts.adapters.store import schema
from datahub_dataproducts.adapters.store.archive import SqlArchive
from datahub_dataproducts.adapters.store.audit import SqlAudit
from datahub_dataproducts.adapters.store.book import SqlBook
from datahub_dataproducts.adapters.store.clearance import SqlClearance
from datahub_dataproducts.adapters.store.database import Database, Space
from datahub_dataproducts.adapters.store.export import SqlExport
from datahub_dataproducts.adapters.store.levels import read_levels
from datahub_dataproducts.adapters.store.opening import database_at, open_database
from datahub_dataproducts.adapters.store.outbox import SqlOutbox
from datahub_dataproducts.application.metering import Levels
from datahub_dataproducts.application.ports import Book, Unavailable
from datahub_dataproducts.domain.products import DataProduct

WriteDefinition = Callable[[DataProduct], str]
ReadDefinition = Callable[[str], DataProduct]


class SqlHealthStore(SqlOutbox):
    """Keeps health in a database; every transaction is on disk when it returns.

    How a definition is written and read back is given, so that the store holds the same text as
    the catalog.
    """

    def __init__(self, url: str, write: WriteDefinition, read: ReadDefinition) -> None:
        """`url` is SQLAlchemy's (`sqlite:///health.db`, `postgresql://me@host/health`).

        `open` before anything else.
        """
        self._url = url
        self._write = write
        self._read = read
        self._known: Database | None = None
        self._is_open = False

    @property
    def url(self) -> str:
        """Where it is, as it is written in a recipe, without secrets.

        Raises:
            Unavailable: it is no place for a store.
        """
        return self._at().url

    def occupy(self) -> bool:
        """Be the only one that works on it until `close`; False while another does.

        Who only reads, or only looks what would be, need not.

        Raises:
            Unavailable: it is no place for a store.
        """
        return self._at().take()

    def open(self, *, create: bool = True) -> None:
        """Open the database; with `create` it is made or brought to this layout, else only read.

        Raises:
            Unavailable: it cannot be opened, is of something else, or of another layout; text says
                what to do.
        """
        try:
            open_database(self._at(), create=create)
        except BaseException:
            self.close()
            raise
        self._is_open = True

    def close(self) -> None:
        """Let go of the database; harmless when repeated."""
        if self._known is not None:
            self._known.leave()

    @contextmanager
    def transaction(self) -> Iterator[Book]:
        """One transaction: committed when the block ends, undone when it raises.

        Raises:
            Unavailable: it cannot be begun or committed: the disk is full, the store locked.
        """
        with self._in(self._at().writing) as connection:
            yield SqlBook(connection, self._write, self._read)

    @contextmanager
    def reading(self) -> Iterator[SqlArchive]:
        """A transaction in which nothing is written; it waits for no writer, and none for it.

        Raises:
            Unavailable: it cannot be begun.
        """
        with self._in(self._at().reading) as connection:
            yield SqlArchive(connection, self._write, self._read)

    @contextmanager
    def trial(self) -> Iterator[SqlArchive]:
        """A transaction that is undone in any case: to see what would be.

        Raises:
            Unavailable: it cannot be begun.
        """
        with self._in(self._at().trial) as connection:
            yield SqlArchive(connection, self._write, self._read)

    @contextmanager
    def clearing(self) -> Iterator[SqlClearance]:
        """One transaction to remove what is old.

        Raises:
            Unavailable: it cannot be begun or committed.
        """
        with self._in(self._at().writing) as connection:
            yield SqlClearance(connection)

    @contextmanager
    def looking(self) -> Iterator[SqlClearance]:
        """One to look for what is old, in which nothing is written.

        Raises:
            Unavailable: it cannot be begun.
        """
        with self._in(self._at().reading) as connection:
            yield SqlClearance(connection)

    @contextmanager
    def auditing(self) -> Iterator[SqlAudit]:
        """A transaction to look through the store; nothing is written, and nobody waits for it.

        Raises:
            Unavailable: it cannot be begun.
        """
        with self._in(self._at().reading) as connection:
            yield SqlAudit(connection, self._write, self._read, self._at().damage)

    @contextmanager
    def exporting(self) -> Iterator[SqlExport]:
        """A transaction to read everything in; nothing is written, and nobody waits for it.

        Raises:
            Unavailable: it cannot be begun.
        """
        with self._in(self._at().reading) as connection:
            yield SqlExport(connection)

    def space(self) -> Space:
        """How large it is and what of it is free.

        Raises:
            Unavailable: it cannot be read.
        """
        with self._in(self._at().reading) as connection:
            return self._at().space(connection)

    def give_back(self) -> None:
        """Let what is free be used: a file of SQLite is written anew, for which whoever writes waits.

        Raises:
            Unavailable: somebody writes all the time, or the disk has no room for a second copy.
        """
        with self._in(self._at().alone) as connection:
            self._at().give_back(connection)

    def letters(self) -> AbstractContextManager[Connection]:
        """A transaction on the letters; see `SqlOutbox`."""
        return self._in(self._at().writing)

    def levels(self) -> Levels:
        """How much there is of what piles up; nobody waits for it.

        Raises:
            Unavailable: it cannot be read.
        """
        with self._in(self._at().reading) as connection:
            return read_levels(connection)

    def set_aside_count(self) -> int:
        """How many things lie aside."""
        with self._in(self._at().writing) as connection:
            return connection.execute(
                select(func.count()).select_from(schema.set_aside)
            ).scalar_one()

    def _at(self) -> Database:
        if self._known is None:
            self._known = database_at(self._url)
        return self._known

    @contextmanager
    def _in(
        self, session: Callable[[], AbstractContextManager[Connection]]
    ) -> Iterator[Connection]:
        if not self._is_open:
            msg = "the store is not open"
            raise Unavailable(msg)
        database = self._at()
        try:
            with session() as connection:
                yield connection
        except DBAPIError as problem:
            # What is no trouble of the database is a mistake of ours, which nobody can mend by
            # looking.
            if not database.is_unavailable(problem):
                raise
            msg = f"the store {database.place} cannot be used ({database.said(problem)})"
            raise Unavailable(msg) from problem
