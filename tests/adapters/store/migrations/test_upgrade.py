"""Older layouts: taken step by step to the very layout that the tables are described by, or left."""

import os
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import create_engine, insert

from datahub_dataproducts.adapters.datahub.definitions import read_definition, write_definition
from datahub_dataproducts.adapters.store import schema
from datahub_dataproducts.adapters.store.migrations import newest, revision_of, upgrade
from datahub_dataproducts.adapters.store.store import SqlHealthStore
from datahub_dataproducts.application.ports import Unavailable
from tests.adapters.store.layouts import layout, layout_in_postgresql
from tests.fakes import store_at, store_in
from tests.integration.postgres.server import PostgresServer

FIRST_IN_POSTGRESQL = 5


def first_layout(file: Path) -> None:
    """A database as version 1 of the store left it, made by the revision of that layout."""
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        upgrade(connection, None, until=1)
        connection.exec_driver_sql("INSERT INTO store_version VALUES (1)")
    engine.dispose()


def opened(file: Path) -> SqlHealthStore:
    store = SqlHealthStore(f"sqlite:///{file}", write_definition, read_definition)
    store.open()
    return store


def asked(file: Path, query: str) -> list[tuple]:
    connection = sqlite3.connect(file)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_the_newest_revision_is_the_layout_that_the_tables_are_described_by() -> None:
    assert newest() == schema.VERSION
    assert revision_of(schema.VERSION) == f"{schema.VERSION:04d}"


def test_an_older_layout_becomes_the_very_layout_that_a_new_store_has(tmp_path: Path) -> None:
    old = tmp_path / "old.db"
    first_layout(old)
    store_in(tmp_path).close()
    opened(old).close()
    assert layout(old) == layout(tmp_path / "health.db")
    assert asked(old, "SELECT * FROM store_version") == asked(
        tmp_path / "health.db", "SELECT * FROM store_version"
    )


def test_every_layout_is_reached_from_nothing_by_its_revisions(tmp_path: Path) -> None:
    file = tmp_path / "made.db"
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        upgrade(connection, None)
    engine.dispose()
    store_in(tmp_path).close()
    assert layout(file) == layout(tmp_path / "health.db")


def test_every_layout_is_reached_in_postgresql_too_and_from_the_first_one_it_has_there(
    postgres_server: PostgresServer, postgres_database: str
) -> None:
    url = postgres_server.url(postgres_database)
    made = f"{postgres_database}_made"
    postgres_server.execute(f"CREATE DATABASE {made}")
    store_at(postgres_server.url(made)).close()
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg2:"))
    with engine.begin() as connection:
        upgrade(connection, None, until=FIRST_IN_POSTGRESQL)
        row = {"version": FIRST_IN_POSTGRESQL, "written_by": "0.1.0"}
        connection.execute(insert(schema.version), row)
    engine.dispose()
    store_at(url).close()
    assert layout_in_postgresql(url) == layout_in_postgresql(postgres_server.url(made))
    said = postgres_server.execute("SELECT version FROM store_version", database=postgres_database)
    assert said == [(schema.VERSION,)]
    postgres_server.execute(f"DROP DATABASE {made} WITH (FORCE)")


def test_a_step_that_fails_leaves_the_old_layout_and_says_so(tmp_path: Path) -> None:
    file = tmp_path / "old.db"
    first_layout(file)
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE compaction (something TEXT)")
    connection.close()
    before = layout(file)
    with pytest.raises(Unavailable) as refused:
        opened(file)
    assert str(refused.value) == (
        f"the store {file} cannot be brought from layout 1 to layout {schema.VERSION} "
        "(table compaction already exists); it is as it was"
    )
    assert layout(file) == before
    assert asked(file, "SELECT * FROM store_version") == [(1,)]


KILLED = """
import os, signal, sys
from datahub_dataproducts.adapters.store import migrations
from datahub_dataproducts.plugins.store_wiring import store_of

take_the_steps = migrations.upgrade

def and_die(connection, layout):
    take_the_steps(connection, layout)
    os.kill(os.getpid(), signal.SIGKILL)

migrations.upgrade = and_die
store_of(sys.argv[1]).open()
"""


def test_killed_in_the_middle_it_has_the_old_layout_and_is_migrated_at_the_next_start(
    tmp_path: Path,
) -> None:
    file = tmp_path / "old.db"
    first_layout(file)
    before = layout(file)
    done = subprocess.run(
        [sys.executable, "-c", KILLED, f"sqlite:///{file}"], env={**os.environ}, check=False
    )
    assert done.returncode == -signal.SIGKILL
    assert layout(file) == before
    opened(file).close()
    assert asked(file, "SELECT version FROM store_version") == [(schema.VERSION,)]


def test_of_several_that_open_it_at_once_one_migrates_and_the_others_wait(tmp_path: Path) -> None:
    for name in ("old.db", "new.db"):
        file = tmp_path / name
        if name == "old.db":
            first_layout(file)
        start = (
            "import sys;"
            "from datahub_dataproducts.plugins.store_wiring import store_of;"
            "store = store_of(sys.argv[1]); store.open(); print(store.set_aside_count())"
        )
        command = [sys.executable, "-c", start, f"sqlite:///{file}"]
        with ThreadPoolExecutor() as pool:
            said = list(
                pool.map(
                    lambda _: subprocess.run(
                        command,  # noqa: B023
                        env={**os.environ},
                        check=False,
                        capture_output=True,
                        text=True,
                    ),
                    range(4),
                )
            )
        assert [one.stdout for one in said] == ["0\n"] * 4, [one.stderr for one in said]
        moved = [one for one in said if "is brought from layout 1" in one.stderr]
        assert len(moved) == (name == "old.db")


def test_alembic_is_loaded_by_those_alone_whose_store_is_older(tmp_path: Path) -> None:
    asked_for = (
        "import sys;"
        "from datahub_dataproducts.plugins.store_wiring import store_of;"
        "store_of(sys.argv[1]).open(); store_of(sys.argv[1]).open(create=False);"
        "print('alembic' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked_for, f"sqlite:///{tmp_path}/health.db"],
        env={**os.environ},
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout == "False\n"


def test_letters_that_wait_are_of_the_thread_that_they_say(tmp_path: Path) -> None:
    file = tmp_path / "old.db"
    engine = create_engine(f"sqlite:///{file}")
    bodies = {
        1: '{"kind": "announcement", "conversation": "users@1", "product": "users"}',
        2: '{"kind": "announcement", "product": "users"}',
        3: '{"kind": "health", "product": "users"}',
        4: '{"kind": "health", "product": "announcement"}',
    }
    with engine.begin() as connection:
        upgrade(connection, None, until=6)
        for id_, body in bodies.items():
            connection.exec_driver_sql(
                "INSERT INTO letters VALUES (?, 'c', ?, 1, 'pending', 0, 0, ?, '')",
                (id_, str(id_), body),
            )
        upgrade(connection, 6)
    engine.dispose()
    told = asked(file, "SELECT id, thread, is_uncertain FROM letters ORDER BY id")
    assert told == [(1, "users@1", 0), (2, "users", 0), (3, "", 0), (4, "", 0)]
