"""A store in a database of PostgreSQL.

Whoever works on it writes in the one session that holds the right to work on it
(`working_session`); who only reads sees one moment, in a transaction that the server keeps from
writing.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from psycopg2 import extensions
from sqlalchemy import (
    URL,
    BindParameter,
    Connection,
    Engine,
    bindparam,
    create_engine,
    event,
    func,
    inspect,
    select,
    text,
)
from sqlalchemy.exc import (
    DatabaseError,
    DataError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    NotSupportedError,
    ProgrammingError,
)

from datahub_dataproducts.adapters.store import schema
from datahub_dataproducts.adapters.store.database import Space
from datahub_dataproducts.adapters.store.dialect import POSTGRESQL
from datahub_dataproducts.adapters.store.working_session import (
    TURNS,
    WorkingSession,
    wait_for_writers,
)
from datahub_dataproducts.application.ports import Unavailable

_DRIVER = "postgresql+psycopg2"
# It was the first that tells what became of a transaction by its number.
_OLDEST = 130_000
# A server that does not answer is one that is not there; a connection that is dead is found out.
_CONNECTING = {
    "connect_timeout": 10,
    "application_name": "datahub-dataproducts",
    "keepalives": 1,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
# The same of the server, so that the lock of a machine that is gone does not outlive it by hours.
# What is committed is on disk: a server that is set up otherwise is asked to do so for us.
_SESSION = """
SELECT set_config('tcp_keepalives_idle', '30', false),
       set_config('tcp_keepalives_interval', '10', false),
       set_config('tcp_keepalives_count', '3', false),
       set_config('lock_timeout', '30s', false),
       set_config('timezone', 'UTC', false),
       set_config('synchronous_commit',
         CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on'
         ELSE current_setting('synchronous_commit') END, false)
"""
# What is written to see how things would be: verdicts, and the histories that follow. So are
# letters, of which nobody sends or reads any then.
_TRIED = (schema.standings, schema.changes, schema.steps)
# Not for this role; no such table; no schema to make one in.
_REFUSALS = {"42501", "42P01", "3F000"}
_TABLES: BindParameter[Any] = bindparam(
    "names", [table.name for table in schema.metadata.sorted_tables]
)
_SIZE = text(
    "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint,"
    " coalesce(sum(pg_relation_size(c.oid) * s.n_dead_tup"
    " / greatest(s.n_live_tup + s.n_dead_tup, 1)), 0)::bigint"
    " FROM pg_class AS c LEFT JOIN pg_stat_user_tables AS s ON s.relid = c.oid"
    " WHERE c.relnamespace = current_schema()::regnamespace AND c.relname = ANY(:names)"
).bindparams(_TABLES)
_CHECKSUMS = text(
    "SELECT coalesce(checksum_failures, 0) FROM pg_stat_database WHERE datname = current_database()"
)
_BROKEN_INDEXES = text(
    "SELECT i.indexrelid::regclass::text FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid"
    " WHERE NOT i.indisvalid AND c.relnamespace = current_schema()::regnamespace"
    " AND c.relname = ANY(:names) ORDER BY 1"
).bindparams(_TABLES)


class PostgresDatabase:
    """See `Database`, whose rules this keeps."""

    def __init__(self, url: URL) -> None:
        """The URL is SQLAlchemy's; libpq's own words may follow a `?`, like `sslmode=verify-full`.

        Raises:
            Unavailable: it names no database, or has a password where it would be shown.
        """
        if not url.database:
            msg = "store.url names no database: write it like postgresql://USER@HOST/DATABASE"
            raise Unavailable(msg)
        if any("password" in name for name in url.query):
            msg = "store.url has a password behind the `?`: write USER:PASSWORD@, or set PGPASSWORD"
            raise Unavailable(msg)
        self.place = self.url = url.render_as_string(hide_password=True)
        self.advice = "check store.url, and that the server is up"
        self.kind = "database"
        self._engine: Engine = create_engine(
            url.set(drivername=_DRIVER),
            connect_args={"cursor_factory": _Cursor}
            | {name: v for name, v in _CONNECTING.items() if name not in url.query},
            pool_pre_ping=True,
            # An error would show them, and there may be names and messages of people among them.
            hide_parameters=True,
        )
        event.listen(self._engine, "connect", _on_connect)
        self._work = WorkingSession(self._connect, self.place)

    def take(self) -> bool:
        """By an advisory lock of a session, so that who stands by may be on another machine."""
        try:
            return self._work.take()
        except DBAPIError as problem:
            msg = f"the store {self.place} cannot be opened ({self.said(problem)}): {self.advice}"
            raise Unavailable(msg) from problem

    def leave(self) -> None:
        """The session ends, and its lock with it."""
        self._work.leave()
        self._engine.dispose()

    def is_missing(self) -> bool:
        """Only the server knows."""
        return False

    def made(self, connection: Connection) -> None:
        """It is counted who works on it."""
        if not inspect(connection).has_sequence(TURNS):
            with self.writing() as alone:
                alone.execute(text(f"CREATE SEQUENCE IF NOT EXISTS {TURNS}"))
        self._work.count()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Who works on it writes in the session of its lock; others in one of their own."""
        if self._work.is_taken:
            with self._work.transaction() as connection:
                yield connection
            return
        with self._engine.connect() as connection, connection.begin():
            wait_for_writers(connection)
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """The server keeps what others replace meanwhile."""
        with (
            self._connect(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            ) as connection,
            _undone(connection),
        ):
            yield connection

    @contextmanager
    def trial(self) -> Iterator[Connection]:
        """On copies of its own of what is written then, so that nobody waits, and who may only read may."""
        with self._connect(isolation_level="REPEATABLE READ") as connection, _undone(connection):
            schema_name = connection.execute(text("SELECT quote_ident(current_schema())")).scalar()
            for table in (*_TRIED, schema.letters):
                name, original = table.name, f"{schema_name}.{table.name}"
                like = f"(LIKE {original} INCLUDING ALL EXCLUDING DEFAULTS)"
                connection.execute(text(f"CREATE TEMPORARY TABLE {name} {like} ON COMMIT DROP"))
                if table is schema.letters:
                    numbered = "ALTER id ADD GENERATED BY DEFAULT AS IDENTITY"
                    connection.execute(text(f"ALTER TABLE pg_temp.{name} {numbered}"))
                else:
                    copied = f"INSERT INTO pg_temp.{name} SELECT * FROM {original}"  # noqa: S608
                    connection.execute(text(copied))
            yield connection

    @contextmanager
    def alone(self) -> Iterator[Connection]:
        """Each statement is a transaction of its own."""
        with self._connect(isolation_level="AUTOCOMMIT") as connection:
            yield connection

    def space(self, connection: Connection) -> Space:
        """Of the tables and their indexes; what is free is what the server estimates."""
        size, free = connection.execute(_SIZE).one()
        return Space(size=size, free=free)

    def give_back(self, connection: Connection) -> None:
        """Let it be used again, and the server count anew; nobody waits for it."""
        for table in schema.metadata.sorted_tables:
            connection.execute(text(f"VACUUM (ANALYZE) {table.name}"))

    def damage(self, connection: Connection) -> Sequence[str]:
        """Pages whose checksum was wrong since the server counts, and indexes that are not whole."""
        failures = connection.execute(_CHECKSUMS).scalar() or 0
        said = [f"the server found {failures} pages of the database damaged"] if failures else []
        broken = connection.execute(_BROKEN_INDEXES).scalars()
        return [*said, *(f"the index {name} is not whole: REINDEX it" for name in broken)]

    def renumber(self, connection: Connection) -> None:
        """Its sequences are told."""
        for table in schema.metadata.sorted_tables:
            number = table.autoincrement_column
            if number is None:
                continue
            highest = connection.execute(select(func.max(number))).scalar()
            if highest is not None:
                sequence = func.pg_get_serial_sequence(table.name, number.name)
                connection.execute(select(func.setval(sequence, highest)))

    def is_unavailable(self, problem: DBAPIError) -> bool:
        """The server is gone, full, read only, or does not let us."""
        if isinstance(problem, ProgrammingError):
            return getattr(problem.orig, "pgcode", None) in _REFUSALS
        mistakes = (DataError, IntegrityError, NotSupportedError)
        return isinstance(problem, DatabaseError | InterfaceError) and not isinstance(
            problem, mistakes
        )

    def said(self, problem: DBAPIError) -> str:
        """The server's sentence without where in a statement it stands; it repeats no password."""
        return " ".join(str(problem.orig).partition("\nLINE ")[0].split())

    def _connect(self, **options: Any) -> Connection:
        return self._engine.connect().execution_options(**options)


@contextmanager
def _undone(connection: Connection) -> Iterator[None]:
    begun = connection.begin()
    try:
        yield
    finally:
        begun.rollback()


class _Cursor(extensions.cursor):
    """The server keeps no character 0 in a text; events may bring one."""

    def execute(self, query: Any, vars: Any = None) -> None:  # noqa: A002 - the driver's name
        """As the driver's."""
        super().execute(query, _storable(vars))

    def executemany(self, query: Any, vars_list: Any) -> None:
        """As the driver's."""
        super().executemany(query, [_storable(one) for one in vars_list])


def _storable(values: Any) -> Any:
    if isinstance(values, dict):
        return {name: POSTGRESQL.storable(value) for name, value in values.items()}
    if isinstance(values, list | tuple):
        return tuple(POSTGRESQL.storable(value) for value in values)
    return values


def _on_connect(connection: Any, _record: object) -> None:
    if connection.server_version < _OLDEST:
        msg = f"a store needs PostgreSQL {_OLDEST // 10_000} or later, and this server is older"
        raise Unavailable(msg)
    cursor = connection.cursor()
    cursor.execute(_SESSION)
    cursor.close()
    connection.commit()
