"""A store in a file of SQLite."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError

from datahub_dataproducts.adapters.store.database import Space
from datahub_dataproducts.adapters.store.occupancy import Occupancy
from datahub_dataproducts.adapters.store.prepared import Prepared
from datahub_dataproducts.application.ports import Unavailable

_BUSY_SECONDS = 30
_TRIES, _BETWEEN_TRIES = 4, 0.2
_WHOLE = "ok"
# Reserve the right to write at once: upgrading later could fail when another has written.
_BEGIN = Prepared(text("BEGIN IMMEDIATE"))
# Takes no lock that a writer would wait for, and waits for none.
_BEGIN_READING = Prepared(text("BEGIN"))
_COMMIT = Prepared(text("COMMIT"))
_ROLLBACK = Prepared(text("ROLLBACK"))
# Outside of any transaction, as SQLite asks for what follows.
_NOTHING = Prepared(text("SELECT 1"))
_WRITE_AHEAD = Prepared(text("PRAGMA journal_mode = WAL"))
_VACUUM = Prepared(text("VACUUM"))
_CHECKPOINT = Prepared(text("PRAGMA wal_checkpoint(TRUNCATE)"))
_PAGE = Prepared(text("PRAGMA page_size"))
_PAGES = Prepared(text("PRAGMA page_count"))
_FREE_PAGES = Prepared(text("PRAGMA freelist_count"))
_DAMAGE = Prepared(text("PRAGMA integrity_check(20)"))


class SqliteDatabase:
    """See `Database`, whose rules this keeps."""

    def __init__(self, url: URL) -> None:
        """The URL names a file.

        Raises:
            Unavailable: it names none, or asks for more than that.
        """
        # A file as SQLite writes its address takes such words; of a plain path they would be passed by.
        if url.query and "uri" not in url.query:
            msg = "store.url takes nothing after a `?`: write it like sqlite:///health.db"
            raise Unavailable(msg)
        if url.database in {None, "", ":memory:"}:
            msg = "store.url names no file: write it like sqlite:///health.db"
            raise Unavailable(msg)
        self.place = str(url.database)
        self.url = str(url)
        self.advice = "check the path"
        self.kind = "file"
        self._occupancy = Occupancy(self.place)
        self._engine: Engine = create_engine(url, connect_args={"timeout": _BUSY_SECONDS})
        event.listen(self._engine, "connect", _on_connect)
        self._idle: list[Connection] = []

    def take(self) -> bool:
        """By the lock of a small database beside the file."""
        return self._occupancy.take()

    def leave(self) -> None:
        """The lock is let go of last."""
        while self._idle:
            self._idle.pop().close()
        self._engine.dispose()
        self._occupancy.leave()

    def is_missing(self) -> bool:
        """There is no such file."""
        return not Path(self.place).is_file()

    def made(self, connection: Connection) -> None:
        """It writes ahead from now on."""
        # It stays with the file, so it must not be done to one of somebody else. SQLite does not wait
        # where one that opens the file at the same time waits for this: it is asked again.
        for tries_left in reversed(range(_TRIES)):
            try:
                _WRITE_AHEAD.rows(connection, {})
                return
            except OperationalError:
                if not tries_left:
                    raise
                threading.Event().wait(_BETWEEN_TRIES)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Others wait for it half a minute."""
        with self._between(_BEGIN, _COMMIT) as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """The log that is written ahead still has what others replace meanwhile."""
        with self._between(_BEGIN_READING, _ROLLBACK) as connection:
            yield connection

    @contextmanager
    def trial(self) -> Iterator[Connection]:
        """Others that write wait for it."""
        with self._between(_BEGIN, _ROLLBACK) as connection:
            yield connection

    @contextmanager
    def alone(self) -> Iterator[Connection]:
        """Just a connection."""
        with self._between(_NOTHING, _NOTHING) as connection:
            yield connection

    def space(self, connection: Connection) -> Space:
        """Of the file."""
        page, count, free = (
            statement.rows(connection, {})[0][0] for statement in (_PAGE, _PAGES, _FREE_PAGES)
        )
        return Space(size=page * count, free=page * free)

    def give_back(self, connection: Connection) -> None:
        """To the disk: whoever writes waits, and the file is written anew."""
        _VACUUM.run(connection, {})
        _CHECKPOINT.run(connection, {})

    def damage(self, connection: Connection) -> Sequence[str]:
        """What SQLite finds wrong with its file, the first twenty faults."""
        found = [row[0] for row in _DAMAGE.rows(connection, {})]
        return [f"the file is damaged: {says}" for says in found if says != _WHOLE]

    def renumber(self, connection: Connection) -> None:
        """It looks at the rows itself."""

    def is_unavailable(self, problem: DBAPIError) -> bool:
        """The disk is full, the file locked, damaged or of something else."""
        return isinstance(problem, OperationalError) or type(problem) is DatabaseError

    def said(self, problem: DBAPIError) -> str:
        """There is nothing secret in it."""
        return str(problem.orig)

    @contextmanager
    def _between(self, begin: Prepared, end: Prepared) -> Iterator[Connection]:
        # Taking a connection from SQLAlchemy's pool and giving it back costs as much as all that
        # an event asks of the database, so those used before are kept at hand.
        connection = self._take_idle() or self._engine.connect()
        try:
            begin.run(connection, {})
            yield connection
            end.run(connection, {})
            # SQLAlchemy joined it as soon as it was asked to do something.
            if connection.in_transaction():
                connection.commit()
        except BaseException:
            # What it was left in is undone as it goes back to the pool.
            connection.close()
            raise
        self._idle.append(connection)

    def _take_idle(self) -> Connection | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None


def _on_connect(connection: Any, _record: object) -> None:
    # The driver must not begin transactions of its own; `_between` does.
    connection.isolation_level = None
    cursor = connection.cursor()
    # Durable before acknowledged, through a power cut too: the log is synced at each commit.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()
