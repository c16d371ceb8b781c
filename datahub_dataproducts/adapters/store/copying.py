"""Copying a store from one database to another, of whatever kinds: all of it, compared, or nothing."""

from collections.abc import Iterator
from itertools import islice, zip_longest
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select
from sqlalchemy.exc import DBAPIError

from datahub_dataproducts.adapters.store import schema
from datahub_dataproducts.adapters.store.database import Database
from datahub_dataproducts.adapters.store.dialect import Dialect, dialect_of
from datahub_dataproducts.adapters.store.opening import database_at, open_database
from datahub_dataproducts.application.ports import Unavailable

_AT_ONCE = 1_000
# Each database says by itself which layout it has.
_COPIED = [table for table in schema.metadata.sorted_tables if table is not schema.version]


def copy_store(source_url: str, target_url: str) -> dict[str, int]:
    """Copy all that a store holds into an empty database: how many rows, by table.

    What was written is read again and compared row by row before it is committed. Nobody may work
    on either meanwhile, or what came later would be missed.

    Raises:
        Unavailable: somebody works on one of them, one cannot be opened, or the target is not empty.
    """
    source, target = database_at(source_url), database_at(target_url)
    if source.place == target.place:
        msg = f"{source.place} is both the store to copy and the place to copy it to"
        raise Unavailable(msg)
    try:
        _alone(source)
        open_database(source, create=False)
        _alone(target)
        open_database(target, create=True)
        with source.reading() as reads, target.writing() as writes:
            return _copied(reads, writes, target)
    except DBAPIError as problem:
        said = target.said(problem)
        msg = f"the store {source.place} cannot be copied to {target.place} ({said})"
        raise Unavailable(msg) from problem
    finally:
        target.leave()
        source.leave()


def _alone(database: Database) -> None:
    if not database.is_missing() and not database.take():
        msg = f"an action works on the store {database.place}: stop it first"
        raise Unavailable(msg)


def _copied(reads: Connection, writes: Connection, target: Database) -> dict[str, int]:
    for table in _COPIED:
        if writes.execute(select(func.count()).select_from(table)).scalar_one():
            msg = f"{target.place} is a store already, with {table.name} in it: give an empty one"
            raise Unavailable(msg)
    kept_as = dialect_of(writes)
    counts = {table.name: _copy(reads, writes, table, kept_as) for table in _COPIED}
    for table in _COPIED:
        if not _is_same(reads, writes, table, kept_as):
            msg = f"{table.name} is not the same in {target.place}: nothing was copied"
            raise Unavailable(msg)
    target.renumber(writes)
    return counts


def _copy(reads: Connection, writes: Connection, table: Table, kept_as: Dialect) -> int:
    names = [column.name for column in table.columns]
    rows = _rows(reads, table)
    count = 0
    while some := list(islice(rows, _AT_ONCE)):
        made = [dict(zip(names, map(kept_as.storable, row), strict=True)) for row in some]
        writes.execute(insert(table), made)
        count += len(made)
    return count


def _is_same(reads: Connection, writes: Connection, table: Table, kept_as: Dialect) -> bool:
    pairs = zip_longest(_rows(reads, table), _rows(writes, table))
    return all(
        one is not None and other is not None and tuple(map(kept_as.storable, one)) == tuple(other)
        for one, other in pairs
    )


def _rows(connection: Connection, table: Table) -> Iterator[Any]:
    query = select(table).order_by(*table.primary_key.columns)
    yield from connection.execution_options(yield_per=_AT_ONCE).execute(query)
