"""Opening the store's database: made, brought to this layout, or refused in words."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version

from sqlalchemy import Connection, delete, insert, inspect, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from datahub_dataproducts.adapters.store import schema
from datahub_dataproducts.adapters.store.database import Database
from datahub_dataproducts.adapters.store.postgresql import PostgresDatabase
from datahub_dataproducts.adapters.store.sqlite import SqliteDatabase
from datahub_dataproducts.application.ports import Unavailable

logger = logging.getLogger(__name__)

_PROGRAM = "datahub-dataproducts"
# What SQLite says of a file that has lost a part, or in which something else is written.
_DAMAGED = "malformed"
_DATABASES: dict[str, type[SqliteDatabase] | type[PostgresDatabase]] = {
    "sqlite": SqliteDatabase,
    "sqlite+pysqlite": SqliteDatabase,
    "postgresql": PostgresDatabase,
    "postgresql+psycopg2": PostgresDatabase,
}


@dataclass(frozen=True, slots=True)
class Layout:
    """Which layout a store has.

    Attributes:
        number: of the layout.
        written_by: the version of this program that made it so; empty: one that did not say.
    """

    number: int
    written_by: str


def database_at(store_url: str) -> Database:
    """The database of a URL, not yet open.

    Raises:
        Unavailable: it is not the URL of a database that can hold a store.
    """
    try:
        url = make_url(store_url)
    except (ArgumentError, ValueError) as problem:
        msg = "store.url is not a database URL; write it like sqlite:///health.db"
        raise Unavailable(msg) from problem
    found = _DATABASES.get(url.drivername)
    if found is None:
        msg = (
            f"store.url: {url.drivername} is not supported, use sqlite:///FILE "
            "or postgresql://USER@HOST/DATABASE"
        )
        raise Unavailable(msg)
    return found(url)


def open_database(database: Database, *, create: bool) -> None:
    """See that it holds a store; with `create` it is made or brought to this layout.

    Raises:
        Unavailable: the database cannot be opened, is of something else, or of another layout.
    """
    if not create and database.is_missing():
        raise Unavailable(_missing(database))
    with _in_words(database):
        # Who writes waits here for whoever migrates, and then finds it done.
        with database.writing() if create else database.reading() as connection:
            _check(connection, database, create=create)
        if create:
            with database.alone() as connection:
                database.made(connection)


def migrate(store_url: str) -> tuple[Layout, Layout]:
    """Bring a store that is there to this layout: which it had, and which it has now.

    Raises:
        Unavailable: there is none, or it cannot be brought to this layout.
    """
    database = database_at(store_url)
    try:
        before = _look(database)
        open_database(database, create=True)
        return before, _look(database)
    finally:
        database.leave()


def _look(database: Database) -> Layout:
    if database.is_missing():
        raise Unavailable(_missing(database))
    with _in_words(database), database.reading() as connection:
        found = _layout(connection)
    if found is None:
        raise Unavailable(_no_store(database))
    return found


@contextmanager
def _in_words(database: Database) -> Iterator[None]:
    try:
        yield
    except DBAPIError as problem:
        said, advice = database.said(problem), database.advice
        if _DAMAGED in said:
            advice = "it is damaged; keep it, and go on with the back-up"
        msg = f"the store {database.place} cannot be opened ({said}): {advice}"
        raise Unavailable(msg) from problem


def _check(connection: Connection, database: Database, *, create: bool) -> None:
    """That this is a store, of this layout; with `create`, make it so."""
    found = _layout(connection)
    if found is None and not create:
        raise Unavailable(_no_store(database))
    if found is None and inspect(connection).get_table_names():
        kind, place = database.kind, database.place
        msg = f"store.url: {place} is a database of something else: give a {kind} of its own"
        raise Unavailable(msg)
    if found is None:
        schema.metadata.create_all(connection)
        _sign(connection)
    elif found.number > schema.VERSION:
        raise Unavailable(_newer(database.place, found))
    elif found.number < schema.VERSION and not create:
        raise Unavailable(_older(database, found))
    elif found.number < schema.VERSION:
        _migrate(connection, database, found)


def _layout(connection: Connection) -> Layout | None:
    """Which layout a store has, whatever version wrote it; None: it is no store."""
    if not inspect(connection).has_table(schema.version.name):
        return None
    query = select(text("*")).select_from(schema.version)
    row = connection.execute(query).mappings().first()
    if row is None:
        return None
    return Layout(number=row["version"], written_by=row.get("written_by") or "")


def _missing(database: Database) -> str:
    return f"there is no store at {database.place}: give the store.url of the action"


def _no_store(database: Database) -> str:
    return f"{database.place} is not a store of health: give the store.url of the action"


def _newer(place: str, found: Layout) -> str:
    who = f" by {_PROGRAM} {found.written_by}" if found.written_by else ""
    fitting = f"{_PROGRAM} {found.written_by} or a later one" if who else f"a later {_PROGRAM}"
    return (
        f"the store {place} was written{who} in layout {found.number}, and this version, "
        f"{version(_PROGRAM)}, knows none above {schema.VERSION}: use {fitting}, or another store"
    )


def _older(database: Database, found: Layout) -> str:
    place, url = database.place, database.url
    return (
        f"the store {place} has layout {found.number}, and this version reads "
        f"{schema.VERSION}: start the action once, or run `{_PROGRAM} store migrate --store {url}`"
    )


def _migrate(connection: Connection, database: Database, found: Layout) -> None:
    # Only here: nobody waits for Alembic to load but those whose store needs it.
    from datahub_dataproducts.adapters.store.migrations import upgrade  # noqa: PLC0415

    place = database.place
    logger.warning(
        "The store %s is brought from layout %s to layout %s", place, found.number, schema.VERSION
    )
    try:
        upgrade(connection, found.number)
        _sign(connection)
    except DBAPIError as problem:
        msg = (
            f"the store {place} cannot be brought from layout {found.number} to layout "
            f"{schema.VERSION} ({database.said(problem)}); it is as it was"
        )
        raise Unavailable(msg) from problem
    logger.warning("The store %s has layout %s now", place, schema.VERSION)


def _sign(connection: Connection) -> None:
    connection.execute(delete(schema.version))
    row = {"version": schema.VERSION, "written_by": version(_PROGRAM)}
    connection.execute(insert(schema.version), row)
