"""Opening the store: what is refused, in plain words, and what is left untouched."""

import sqlite3
from importlib.metadata import version
from pathlib import Path

import pytest

from datahub_dataproducts.adapters.datahub.definitions import read_definition, write_definition
from datahub_dataproducts.adapters.store import schema
from datahub_dataproducts.adapters.store.store import SqlHealthStore
from datahub_dataproducts.application.ports import Unavailable
from tests.fakes import store_in

NOT_SUPPORTED = "is not supported, use sqlite:///FILE or postgresql://USER@HOST/DATABASE"
OURS = version("datahub-dataproducts")


def unopened(url: str) -> SqlHealthStore:
    return SqlHealthStore(url, write_definition, read_definition)


def refusal(url: str, *, create: bool = True) -> str:
    with pytest.raises(Unavailable) as refused:
        unopened(url).open(create=create)
    return str(refused.value)


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    """A store that was made and closed."""
    store_in(tmp_path).close()
    return tmp_path / "health.db"


def test_a_store_is_made_where_there_is_none_and_opened_where_there_is_one(closed: Path) -> None:
    assert closed.is_file()
    store = unopened(f"sqlite:///{closed}")
    store.open(create=False)
    assert store.set_aside_count() == 0
    store.close()
    store.close()


def test_a_missing_store_is_refused_without_making_it(tmp_path: Path) -> None:
    missing = tmp_path / "missing.db"
    assert refusal(f"sqlite:///{missing}", create=False) == (
        f"there is no store at {missing}: give the store.url of the action"
    )
    assert not missing.exists()


def test_a_store_in_a_missing_folder_is_refused_with_its_path(tmp_path: Path) -> None:
    missing = tmp_path / "folder" / "health.db"
    assert refusal(f"sqlite:///{missing}") == (
        f"the store {missing} cannot be opened (unable to open database file): check the path"
    )


def changed(file: Path, *statements: str) -> None:
    connection = sqlite3.connect(file)
    with connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


@pytest.mark.parametrize("create", [True, False])
def test_a_store_of_a_newer_layout_is_refused_with_the_version_that_reads_it(
    closed: Path, create: bool
) -> None:
    changed(closed, "UPDATE store_version SET version = 99, written_by = '7.5.3'")
    before = closed.read_bytes()
    assert refusal(f"sqlite:///{closed}", create=create) == (
        f"the store {closed} was written by datahub-dataproducts 7.5.3 in layout 99, and this "
        f"version, {OURS}, knows none above {schema.VERSION}: use datahub-dataproducts 7.5.3 or a "
        "later one, or another store"
    )
    assert closed.read_bytes() == before


def test_a_newer_layout_is_known_by_its_number_alone(closed: Path) -> None:
    changed(
        closed,
        "DROP TABLE store_version",
        "CREATE TABLE store_version (version INTEGER, more TEXT)",
        "INSERT INTO store_version VALUES (99, '')",
    )
    assert refusal(f"sqlite:///{closed}") == (
        f"the store {closed} was written in layout 99, and this version, {OURS}, knows none above "
        f"{schema.VERSION}: use a later datahub-dataproducts, or another store"
    )


def test_a_reader_refuses_an_older_layout_and_says_who_may_change_it(closed: Path) -> None:
    changed(
        closed,
        "DROP TABLE store_version",
        "CREATE TABLE store_version (version INTEGER NOT NULL)",
        "INSERT INTO store_version VALUES (1)",
    )
    before = closed.read_bytes()
    assert refusal(f"sqlite:///{closed}", create=False) == (
        f"the store {closed} has layout 1, and this version reads {schema.VERSION}: start the "
        f"action once, or run `datahub-dataproducts store migrate --store sqlite:///{closed}`"
    )
    assert closed.read_bytes() == before


def test_a_store_that_names_no_layout_is_of_something_else(closed: Path) -> None:
    changed(closed, "DELETE FROM store_version")
    assert refusal(f"sqlite:///{closed}", create=False) == (
        f"{closed} is not a store of health: give the store.url of the action"
    )


def test_a_store_that_lost_its_end_is_called_damaged_and_not_misplaced(closed: Path) -> None:
    closed.write_bytes(closed.read_bytes()[:5000])
    assert refusal(f"sqlite:///{closed}", create=False) == (
        f"the store {closed} cannot be opened (database disk image is malformed): "
        "it is damaged; keep it, and go on with the back-up"
    )


def test_what_a_url_asks_of_the_driver_is_refused_without_repeating_it(closed: Path) -> None:
    assert refusal(f"sqlite:///{closed}?password=secret", create=False) == (
        "store.url takes nothing after a `?`: write it like sqlite:///health.db"
    )


def test_a_store_says_which_version_made_it(closed: Path) -> None:
    connection = sqlite3.connect(closed)
    said = connection.execute("SELECT version, written_by FROM store_version").fetchall()
    connection.close()
    assert said == [(schema.VERSION, OURS)]


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("not a database\n" * 100)
    assert refusal(f"sqlite:///{text}") == (
        f"the store {text} cannot be opened (file is not a database): check the path"
    )
    assert text.read_text() == "not a database\n" * 100


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    """A database of something else, as DataHub Lite keeps one."""
    path = tmp_path / "catalog.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE metadata_aspect_v2 (urn TEXT)")
    connection.execute("INSERT INTO metadata_aspect_v2 VALUES ('urn:li:dataset:1')")
    connection.commit()
    connection.close()
    return path


def test_a_database_of_something_else_is_not_made_a_store_and_left_as_it_is(catalog: Path) -> None:
    before = catalog.read_bytes()
    assert refusal(f"sqlite:///{catalog}") == (
        f"store.url: {catalog} is a database of something else: give a file of its own"
    )
    assert catalog.read_bytes() == before
    assert [path.name for path in catalog.parent.iterdir()] == ["catalog.db"]


def test_a_database_of_something_else_is_not_read_as_a_store_and_left_as_it_is(
    catalog: Path,
) -> None:
    before = catalog.read_bytes()
    assert refusal(f"sqlite:///{catalog}", create=False) == (
        f"{catalog} is not a store of health: give the store.url of the action"
    )
    assert catalog.read_bytes() == before
    assert [path.name for path in catalog.parent.iterdir()] == ["catalog.db"]


def test_an_empty_file_is_made_a_store_but_not_by_a_reader(tmp_path: Path) -> None:
    empty = tmp_path / "health.db"
    empty.touch()
    assert refusal(f"sqlite:///{empty}", create=False) == (
        f"{empty} is not a store of health: give the store.url of the action"
    )
    assert empty.stat().st_size == 0
    store = unopened(f"sqlite:///{empty}")
    store.open()
    assert store.set_aside_count() == 0
    store.close()


def test_a_store_keeps_a_write_ahead_log(closed: Path) -> None:
    connection = sqlite3.connect(closed)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_a_reader_opens_and_reads_while_another_writes(closed: Path) -> None:
    writer = sqlite3.connect(closed, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("DELETE FROM letters")
    store = unopened(f"sqlite:///{closed}")
    store.open(create=False)
    with store.reading() as book:
        assert book.definitions() == []
        writer.execute("COMMIT")
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("ROLLBACK")
    store.close()
    writer.close()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("health.db", "store.url is not a database URL; write it like sqlite:///health.db"),
        ("mysql://me:secret@host/db", f"store.url: mysql {NOT_SUPPORTED}"),
        (
            "postgresql+psycopg://me:secret@host/db",
            f"store.url: postgresql+psycopg {NOT_SUPPORTED}",
        ),
        ("sqlite+nothing:///x", f"store.url: sqlite+nothing {NOT_SUPPORTED}"),
        (
            "postgresql://me:secret@host",
            "store.url names no database: write it like postgresql://USER@HOST/DATABASE",
        ),
        (
            "postgresql://me@host/db?password=secret",
            "store.url has a password behind the `?`: write USER:PASSWORD@, or set PGPASSWORD",
        ),
        ("sqlite://", "store.url names no file: write it like sqlite:///health.db"),
        ("sqlite:///:memory:", "store.url names no file: write it like sqlite:///health.db"),
        (
            "sqlite://host:port/x",
            "store.url is not a database URL; write it like sqlite:///health.db",
        ),
    ],
)
def test_a_url_we_cannot_use_is_refused_without_its_secrets(url: str, sentence: str) -> None:
    assert refusal(url) == sentence


def test_a_store_that_was_never_opened_says_so() -> None:
    with (
        pytest.raises(Unavailable, match="the store is not open"),
        unopened("sqlite:///health.db").transaction(),
    ):
        pass
    unopened("sqlite:///health.db").close()


def test_a_store_that_breaks_while_in_use_says_so(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    path = tmp_path / "health.db"
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE letters")
    connection.close()
    with pytest.raises(Unavailable) as broken:
        store.due_letters(0, 1)
    assert str(broken.value) == f"the store {path} cannot be used (no such table: letters)"
    store.close()
