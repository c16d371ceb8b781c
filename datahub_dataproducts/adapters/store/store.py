"""The store as the use cases see it: transactions and the outbox."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, insert, inspect, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

from datahub_dataproducts.adapters.store import rows, schema, statements
from datahub_dataproducts.adapters.store.archive import SqlArchive
from datahub_dataproducts.adapters.store.book import SqlBook
from datahub_dataproducts.adapters.store.prepared import Prepared
from datahub_dataproducts.application.ports import Book, DueLetter, Unavailable
from datahub_dataproducts.domain.products import DataProduct

logger = logging.getLogger(__name__)

WriteDefinition = Callable[[DataProduct], str]
ReadDefinition = Callable[[str], DataProduct]

_BUSY_SECONDS = 30


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

    def open(self, *, create: bool = True) -> None:
        """Open the database; with `create` it is made if there is none, else nothing is written.

        Raises:
            Unavailable: the database cannot be opened, is of something else, or of another version.
        """
        try:
            url = make_url(self._url)
        except (ArgumentError, ValueError) as problem:
            msg = "store.url is not a database URL; write it like sqlite:///health.db"
            raise Unavailable(msg) from problem
        try:
            if url.drivername not in {"sqlite", "sqlite+pysqlite"}:
                msg = f"store.url: {url.drivername} is not supported, use sqlite:///FILE"
                raise Unavailable(msg)
            if url.database in {None, "", ":memory:"}:
                msg = "store.url names no file: write it like sqlite:///health.db"
                raise Unavailable(msg)
            if not create and not Path(url.database or "").is_file():
                msg = f"there is no store at {url.database}: give the store.url of the action"
                raise Unavailable(msg)
            self._engine = _opened(url, create=create)
        except DatabaseError as problem:
            msg = f"the store {url.database} cannot be opened ({problem.orig}): check the path"
            raise Unavailable(msg) from problem

    def close(self) -> None:
        """Let go of the database; harmless when repeated."""
        while self._idle:
            self._idle.pop().close()
        if self._engine is not None:
            self._engine.dispose()

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
                with _transaction(connection, begin, end):
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


def _opened(url: URL, *, create: bool) -> Engine:
    engine = create_engine(url, connect_args={"timeout": _BUSY_SECONDS})
    event.listen(engine, "connect", _on_connect)
    begin = statements.BEGIN if create else statements.BEGIN_READING
    try:
        with engine.connect() as connection:
            with _transaction(connection, begin, statements.COMMIT):
                _check(connection, create=create)
            if create:
                # It stays with the file, so it must not be done to one of somebody else.
                statements.WRITE_AHEAD.rows(connection, {})
    except BaseException:
        engine.dispose()
        raise
    return engine


@contextmanager
def _transaction(connection: Connection, begin: Prepared, end: Prepared) -> Iterator[None]:
    """One transaction of the driver; SQLAlchemy joins it as soon as it is asked to do something."""
    begin.run(connection, {})
    yield
    end.run(connection, {})
    if connection.in_transaction():
        connection.commit()


def _on_its_way(letter: DueLetter) -> dict[str, Any]:
    return {"of_id": letter.id, "of_revision": letter.revision}


def _on_connect(connection: Any, _record: object) -> None:
    # The driver must not begin transactions of its own; `_transaction` does.
    connection.isolation_level = None
    cursor = connection.cursor()
    # Durable before acknowledged, through a power cut too: the log is synced at each commit.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


def _check(connection: Connection, *, create: bool) -> None:
    """That this is a store, and one that we can read; with `create`, make it of an empty file."""
    file = connection.engine.url.database
    tables = inspect(connection).get_table_names()
    known = select(schema.version.c.version)
    found = connection.execute(known).scalars().first() if schema.version.name in tables else None
    if found is None and not create:
        msg = f"{file} is not a store of health: give the store.url of the action"
        raise Unavailable(msg)
    if found is None and tables:
        msg = f"store.url: {file} is a database of something else: give a file of its own"
        raise Unavailable(msg)
    if found not in {None, schema.VERSION}:
        msg = (
            f"the store was written by another version (its layout is {found}, this one reads "
            f"{schema.VERSION}): use the version that wrote it, or a new store"
        )
        raise Unavailable(msg)
    if create:
        schema.metadata.create_all(connection)
    if found is None:
        connection.execute(insert(schema.version).values(version=schema.VERSION))
