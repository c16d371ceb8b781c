"""Opening the store's database: made, brought to this layout, or refused in words."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    create_engine,
    delete,
    event,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError

from datahub_dataproducts.adapters.store import schema, statements
from datahub_dataproducts.adapters.store.prepared import Prepared
from datahub_dataproducts.application.ports import Unavailable

logger = logging.getLogger(__name__)

_BUSY_SECONDS = 30
_PROGRAM = "datahub-dataproducts"
# What SQLite says of a file that has lost a part, or in which something else is written.
_DAMAGED = "malformed"


@dataclass(frozen=True, slots=True)
class Layout:
    """Which layout a store has.

    Attributes:
        number: of the layout.
        written_by: the version of this program that made it so; empty: one that did not say.
    """

    number: int
    written_by: str


def open_engine(store_url: str, *, create: bool) -> Engine:
    """The database, open; with `create` it is made or brought to this layout, else only read.

    Raises:
        Unavailable: the database cannot be opened, is of something else, or of another layout.
    """
    url = _url(store_url)
    if not create and not Path(url.database or "").is_file():
        raise Unavailable(_missing(url.database))
    try:
        return _opened(url, create=create)
    except DatabaseError as problem:
        raise Unavailable(_unreadable(url.database, problem)) from problem


def file_of(store_url: str) -> str:
    """The file of a store.

    Raises:
        Unavailable: the URL names none.
    """
    return str(_url(store_url).database)


def migrate(store_url: str) -> tuple[Layout, Layout]:
    """Bring a store that is there to this layout: which it had, and which it has now.

    Raises:
        Unavailable: there is none, or it cannot be brought to this layout.
    """
    before = _look(store_url)
    open_engine(store_url, create=True).dispose()
    return before, _look(store_url)


def _look(store_url: str) -> Layout:
    url = _url(store_url)
    file = url.database or ""
    if not Path(file).is_file():
        raise Unavailable(_missing(file))
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            found = _layout(connection)
    except DatabaseError as problem:
        raise Unavailable(_unreadable(file, problem)) from problem
    finally:
        engine.dispose()
    if found is None:
        raise Unavailable(_no_store(file))
    return found


@contextmanager
def transaction(connection: Connection, begin: Prepared, end: Prepared) -> Iterator[None]:
    """One transaction of the driver; SQLAlchemy joins it as soon as it is asked to do something."""
    begin.run(connection, {})
    yield
    end.run(connection, {})
    if connection.in_transaction():
        connection.commit()


def _url(store_url: str) -> URL:
    try:
        url = make_url(store_url)
    except (ArgumentError, ValueError) as problem:
        msg = "store.url is not a database URL; write it like sqlite:///health.db"
        raise Unavailable(msg) from problem
    if url.drivername not in {"sqlite", "sqlite+pysqlite"}:
        msg = f"store.url: {url.drivername} is not supported, use sqlite:///FILE"
        raise Unavailable(msg)
    # A file as SQLite writes its address takes such words; of a plain path they would be passed by.
    if url.query and "uri" not in url.query:
        msg = "store.url takes nothing after a `?`: write it like sqlite:///health.db"
        raise Unavailable(msg)
    if url.database in {None, "", ":memory:"}:
        msg = "store.url names no file: write it like sqlite:///health.db"
        raise Unavailable(msg)
    return url


def _opened(url: URL, *, create: bool) -> Engine:
    engine = create_engine(url, connect_args={"timeout": _BUSY_SECONDS})
    event.listen(engine, "connect", _on_connect)
    # Who writes waits here for whoever migrates, and then finds it done.
    begin = statements.BEGIN if create else statements.BEGIN_READING
    try:
        with engine.connect() as connection:
            with transaction(connection, begin, statements.COMMIT):
                _check(connection, create=create)
            if create:
                # It stays with the file, so it must not be done to one of somebody else.
                statements.WRITE_AHEAD.rows(connection, {})
    except BaseException:
        engine.dispose()
        raise
    return engine


def _on_connect(connection: Any, _record: object) -> None:
    # The driver must not begin transactions of its own; `transaction` does.
    connection.isolation_level = None
    cursor = connection.cursor()
    # Durable before acknowledged, through a power cut too: the log is synced at each commit.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


def _check(connection: Connection, *, create: bool) -> None:
    """That this is a store, of this layout; with `create`, make it so."""
    file = str(connection.engine.url.database)
    found = _layout(connection)
    if found is None and not create:
        raise Unavailable(_no_store(file))
    if found is None and inspect(connection).get_table_names():
        msg = f"store.url: {file} is a database of something else: give a file of its own"
        raise Unavailable(msg)
    if found is None:
        schema.metadata.create_all(connection)
        _sign(connection)
    elif found.number > schema.VERSION:
        raise Unavailable(_newer(file, found))
    elif found.number < schema.VERSION and not create:
        raise Unavailable(_older(connection.engine.url, found))
    elif found.number < schema.VERSION:
        _migrate(connection, file, found)


def _layout(connection: Connection) -> Layout | None:
    """Which layout a store has, whatever version wrote it; None: it is no store."""
    if not inspect(connection).has_table(schema.version.name):
        return None
    query = select(text("*")).select_from(schema.version)
    row = connection.execute(query).mappings().first()
    if row is None:
        return None
    return Layout(number=row["version"], written_by=row.get("written_by") or "")


def _missing(file: str | None) -> str:
    return f"there is no store at {file}: give the store.url of the action"


def _no_store(file: str) -> str:
    return f"{file} is not a store of health: give the store.url of the action"


def _unreadable(file: str | None, problem: DatabaseError) -> str:
    said = str(problem.orig)
    advice = "check the path"
    if _DAMAGED in said:
        advice = "it is damaged; keep it, and go on with the back-up"
    return f"the store {file} cannot be opened ({said}): {advice}"


def _newer(file: str, found: Layout) -> str:
    who = f" by {_PROGRAM} {found.written_by}" if found.written_by else ""
    fitting = f"{_PROGRAM} {found.written_by} or a later one" if who else f"a later {_PROGRAM}"
    return (
        f"the store {file} was written{who} in layout {found.number}, and this version, "
        f"{version(_PROGRAM)}, knows none above {schema.VERSION}: use {fitting}, or another store"
    )


def _older(url: URL, found: Layout) -> str:
    return (
        f"the store {url.database} has layout {found.number}, and this version reads "
        f"{schema.VERSION}: start the action once, or run `{_PROGRAM} store migrate --store {url}`"
    )


def _migrate(connection: Connection, file: str, found: Layout) -> None:
    # Only here: nobody waits for Alembic to load but those whose store needs it.
    from datahub_dataproducts.adapters.store.migrations import upgrade  # noqa: PLC0415

    logger.warning(
        "The store %s is brought from layout %s to layout %s", file, found.number, schema.VERSION
    )
    try:
        upgrade(connection, found.number)
        _sign(connection)
    except DatabaseError as problem:
        msg = (
            f"the store {file} cannot be brought from layout {found.number} to layout "
            f"{schema.VERSION} ({problem.orig}); it is as it was"
        )
        raise Unavailable(msg) from problem
    logger.warning("The store %s has layout %s now", file, schema.VERSION)


def _sign(connection: Connection) -> None:
    connection.execute(delete(schema.version))
    row = {"version": schema.VERSION, "written_by": version(_PROGRAM)}
    connection.execute(insert(schema.version), row)
