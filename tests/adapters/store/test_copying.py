"""A copy of a store is whole and goes on by itself, whatever databases it is from and in."""

import pytest
from sqlalchemy import insert, select

from datahub_dataproducts.adapters.store import copying, schema
from datahub_dataproducts.adapters.store.copying import copy_store
from datahub_dataproducts.adapters.store.opening import database_at
from datahub_dataproducts.application.ports import Unavailable
from tests.builders import product, result
from tests.fakes import store_at
from tests.integration.postgres.server import PostgresServer

NUMBERED = [t for t in schema.metadata.sorted_tables if t.autoincrement_column is not None]


@pytest.fixture
def filled(store_url: str) -> str:
    """Something of what is kept, with numbers that do not begin at 1."""
    store = store_at(store_url)
    with store.transaction() as book:
        book.define(product("a"), None)
        book.record(result("t", 1, run="größe"))
    store.close()
    database = database_at(store_url)
    with database.writing() as connection:
        for table in NUMBERED:
            for number in (41, 42):
                connection.execute(insert(table), a_row(table.name, id=number))
    database.leave()
    return store_url


def a_row(table: str, **given: object) -> dict[str, object]:
    """A row of a table whose rows have numbers; texts differ where its number does."""
    columns = schema.metadata.tables[table].columns
    row = {
        c.name: f"{c.name} {given}" if c.type.python_type is str else 0
        for c in columns
        if c.name != "id"
    }
    return {**row, **given}


def rows(url: str) -> dict[str, list[tuple[object, ...]]]:
    database = database_at(url)
    with database.reading() as connection:
        found = {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=str)
            for table in schema.metadata.sorted_tables
        }
    database.leave()
    return found


def test_a_copy_has_every_row_of_every_table(
    filled: str, postgres_url: str, postgres_server: PostgresServer
) -> None:
    postgres_server.execute("CREATE DATABASE copied")
    target = postgres_server.url("copied")
    counts = copy_store(filled, target)
    before, after = rows(filled), rows(target)
    postgres_server.execute("DROP DATABASE copied WITH (FORCE)")
    assert after == before
    counted = {name: len(found) for name, found in before.items() if name != "store_version"}
    assert counts == counted
    assert counts["evidence"] == counts["definitions"] == 1


def test_numbers_go_on_after_those_that_were_copied(
    filled: str, postgres_server: PostgresServer
) -> None:
    postgres_server.execute("CREATE DATABASE copied")
    target = postgres_server.url("copied")
    copy_store(filled, target)
    database = database_at(target)
    with database.writing() as connection:
        for table in NUMBERED:
            connection.execute(insert(table), a_row(table.name))
            numbers = connection.execute(select(table.c.id).order_by(table.c.id)).scalars()
            assert list(numbers) == [41, 42, 43], table.name
    database.leave()
    postgres_server.execute("DROP DATABASE copied WITH (FORCE)")


def test_a_copy_that_differs_is_none(
    filled: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = f"sqlite:///{tmp_path_factory.mktemp('copy')}/copy.db"
    monkeypatch.setattr(copying, "_copy", lambda *_: 0)
    with pytest.raises(Unavailable, match=r"is not the same in .*copy.db: nothing was copied"):
        copy_store(filled, target)
    monkeypatch.undo()
    assert copy_store(filled, target)["evidence"] == 1
