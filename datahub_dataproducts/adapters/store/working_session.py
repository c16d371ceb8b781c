"""The session of the one who works on a store in PostgreSQL, and why nobody else writes as it.

The right to work is an advisory lock of a session, and everything is written in that very session.
The server lets go of the lock when the session ends, after it has undone what was not committed. So
who lost the lock, because its connection was cut, the server started anew or its machine stood
still, has no session in which it could commit.

It may take up its work again in another session where nobody else worked on the store meanwhile:
each one counts itself when it begins (`TURNS`), and the number tells.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, RootTransaction, text
from sqlalchemy.exc import DBAPIError

from datahub_dataproducts.adapters.store.prepared import Prepared
from datahub_dataproducts.application.ports import Superseded, Unavailable

logger = logging.getLogger(__name__)

TURNS = "store_turns"
"""The sequence that counts who began to work on the store."""

# Seconds between tries to have a session again: together as long as is waited for a lock.
_WAITS = (0.1, 0.4, 1.0, 2.0, 4.0, 8.0, 15.0, None)
_BUSY_SECONDS = 30.0
# Numbers of locks mean what those who take them agree on: these are "dpWk" and "dpWr".
_WORK, _WRITE = 0x6470576B, 0x64705772
_STORE = "hashtext(coalesce(current_schema(), ''))"
_TAKE = text(f"SELECT pg_try_advisory_lock({_WORK}, {_STORE})")
_WHO = text(
    "SELECT pid, backend_start, (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
    " AND pid = pg_backend_pid() AND classid = CAST(:work AS oid)) FROM pg_stat_activity"
    " WHERE pid = pg_backend_pid()"
).bindparams(work=_WORK)
# One writer at a time, whoever it is: who clears the store or changes its layout is another.
_RESERVE = Prepared(
    text(
        f"SELECT pg_advisory_xact_lock({_WRITE}, {_STORE})::text, pg_backend_pid(),"
        " pg_current_xact_id()::text"
    )
)
_FATE = text("SELECT pg_xact_status(CAST(CAST(:number AS text) AS xid8))")
_END = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE pid = :pid AND backend_start = :start"
)
_COUNT = text("SELECT setval('store_turns', last_value + CAST(is_called AS int)) FROM store_turns")
_TURN = text("SELECT last_value FROM store_turns")
_POOLED = (
    "the store {} is reached through a pooler that gives each transaction another session, so "
    "nobody can be the only one that works on it: go to the server itself, or pool by session"
)
_REPLACED = (
    "another process works on the store {} since this one lost its connection, so this one keeps "
    "nothing any more: it must end, and stands by when it is started again"
)
_UNCERTAIN = (
    "the connection to the store {} was lost while something was kept, and nobody can tell whether "
    "it was: this process must end, and knows it when it is started again"
)

_T = TypeVar("_T")


class _StillHeld(Exception):
    """Somebody has the lock, and has not counted itself."""


class WorkingSession:
    """The right to work on a store, and the session that has it.

    Attributes:
        is_taken: this process took the right, and did not give it back; it may have lost it.
    """

    def __init__(self, connect: Callable[[], Connection], place: str) -> None:
        """`connect` gives a connection of its own; `place` is where the store is, for people."""
        self.is_taken = False
        self._connect = connect
        self._place = place
        self._connection: Connection | None = None
        # Of the session that has the right, or had it last.
        self._pid = 0
        self._began: datetime | None = None
        self._turn: int | None = None
        self._over = ""
        # Threads of one process share the session.
        self._one_at_a_time = threading.Lock()

    def take(self) -> bool:
        """Take it; False while another has it.

        Raises:
            Unavailable: through a pooler it cannot be had.
        """
        if not self.is_taken:
            try:
                self.is_taken = self._try()
            except DBAPIError:
                self._drop()
                raise
        return self.is_taken

    def count(self) -> None:
        """One more has begun to work on the store: this one, if it is."""
        if self.is_taken:
            with self.transaction() as connection:
                self._turn = connection.execute(_COUNT).scalar_one()

    def leave(self) -> None:
        """Let the next one have it; harmless when repeated."""
        self.is_taken = False
        self._drop()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction in the session that has the right.

        Raises:
            Unavailable: it cannot be begun or committed.
            Superseded: another works on the store since.
        """
        if not self._one_at_a_time.acquire(timeout=_BUSY_SECONDS):
            msg = f"the store {self._place} cannot be used (this process writes all the time)"
            raise Unavailable(msg)
        try:
            connection, begun, number = self._patiently(self._reserved)
            try:
                yield connection
            except BaseException:
                self._undo(connection, begun)
                raise
            try:
                begun.commit()
            except DBAPIError as problem:
                if not self._was_committed(number, problem):
                    raise
        finally:
            self._one_at_a_time.release()

    def _patiently(self, ask: Callable[[], _T]) -> _T:
        """Ask again for a while where the connection is cut."""
        for wait in _WAITS:
            try:
                return ask()
            except DBAPIError as problem:
                if not _is_cut(problem):
                    raise
                self._drop()
                if wait is None:
                    raise
            except _StillHeld:
                if wait is None:
                    msg = f"the store {self._place} cannot be used (another process has its lock)"
                    raise Unavailable(msg) from None
            threading.Event().wait(wait)
        raise AssertionError

    def _reserved(self) -> tuple[Connection, RootTransaction, str]:
        connection = self._connection or self._regained()
        begun = connection.begin()
        try:
            ((_, pid, number),) = _RESERVE.rows(connection, {})
        except DBAPIError:
            self._undo(connection, begun)
            raise
        if pid != self._pid:
            self._undo(connection, begun)
            raise Unavailable(_POOLED.format(self._place))
        return connection, begun, number

    def _regained(self) -> Connection:
        """The right once more, where nobody had it since.

        Raises:
            Superseded: somebody did.
        """
        if self._over:
            raise Superseded(self._over)
        with self._connect() as other, other.begin():
            # Where the server did not notice yet that the session was cut, it still has the lock.
            other.execute(_END, {"pid": self._pid, "start": self._began})
            self._check_turn(other)
        lost = self._pid, self._began
        if not self._try():
            self._drop()
            self._pid, self._began = lost
            raise _StillHeld
        assert self._connection is not None
        with self._connection.begin():
            self._check_turn(self._connection)
        logger.warning(
            "The connection to the store %s was lost and is there again; nobody else worked on it",
            self._place,
        )
        return self._connection

    def _check_turn(self, connection: Connection) -> None:
        if self._turn not in {None, connection.execute(_TURN).scalar_one()}:
            self._over = _REPLACED.format(self._place)
            self._drop()
            raise Superseded(self._over)

    def _try(self) -> bool:
        """Whether the right is had by the connection that is kept from now on."""
        if self._connection is None:
            self._connection = self._connect()
            # It is closed when it is let go of, rather than given to somebody else.
            self._connection.detach()
        with self._connection.begin():
            self._pid, self._began, held = self._connection.execute(_WHO).one()
            if held:
                raise Unavailable(_POOLED.format(self._place))
            return bool(self._connection.execute(_TAKE).scalar_one())

    def _was_committed(self, number: str, problem: DBAPIError) -> bool:
        """What became of a transaction whose commit was not answered."""
        if not _is_cut(problem):
            return False
        self._drop()
        try:
            return self._patiently(lambda: self._fate(number)) == "committed"
        except (DBAPIError, Unavailable):
            # What is known in memory may not be what is kept.
            self._over = self._over or _UNCERTAIN.format(self._place)
            raise Superseded(self._over) from problem

    def _fate(self, number: str) -> str:
        # With the right regained the session of before is over, and so is what it did.
        connection = self._connection or self._regained()
        with connection.begin():
            return str(connection.execute(_FATE, {"number": number}).scalar_one())

    def _undo(self, connection: Connection, begun: RootTransaction) -> None:
        with suppress(DBAPIError):
            begun.rollback()
        if connection.invalidated or _is_closed(connection):
            self._drop()

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(DBAPIError):
                connection.close()


def wait_for_writers(connection: Connection) -> None:
    """Let the transaction that the connection is in be the only one that writes, whoever works."""
    _RESERVE.rows(connection, {})


def _is_closed(connection: Connection) -> bool:
    driver: Any = connection.connection.dbapi_connection
    return driver is None or bool(driver.closed)


def _is_cut(problem: DBAPIError) -> bool:
    """Whether it is the connection that failed, or the server that went or is not there yet."""
    code = getattr(problem.orig, "pgcode", None)
    return code is None or code[:3] == "57P" or code[:2] == "08"
