"""A store moved to PostgreSQL says the same as before, also to who may only read it."""

import gzip
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from datahub_dataproducts.adapters.store import schema
from datahub_dataproducts.plugins.cli import main
from tests.fakes import store_at
from tests.integration.postgres.server import PostgresServer

LAYOUT_1 = Path(__file__).parents[2] / "data" / "store_layout_1" / "health.db.gz"
ASKED = [
    ["status", "--at", "2026-03-08T12:00"],
    # Later than the action ever looked: time is let pass on trial.
    ["status", "--at", "2026-03-20T12:00", "--format", "json"],
    ["explain", "revenue", "--at", "2026-03-05T12:00"],
    ["explain", "revenue", "--at", "2026-03-20T12:00", "--format", "json"],
    ["uptime", "--at", "2026-03-08T12:00", "--by", "day"],
    ["check", "revenue", "--at", "2026-03-20T12:00"],
]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.fixture
def before(tmp_path: Path) -> str:
    """A week of the example in SQLite."""
    (tmp_path / "health.db").write_bytes(gzip.decompress(LAYOUT_1.read_bytes()))
    url = f"sqlite:///{tmp_path}/health.db"
    assert run("store", "migrate", "--store", url).exit_code == 0
    return url


@pytest.fixture
def moved(before: str, postgres_url: str) -> str:
    """The same in PostgreSQL."""
    done = run("store", "copy", "--from", before, "--to", postgres_url)
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert {"evidence: 258 rows", "changes: 66 rows", "letters: 46 rows"} <= set(lines)
    assert lines[-1] == "All rows are the same in both"
    return postgres_url


@pytest.fixture
def reader(moved: str, postgres_server: PostgresServer, postgres_database: str) -> str:
    """The same for a role that may read the tables, and nothing else."""
    role = f"reader_of_{postgres_database}"
    postgres_server.execute(
        f"CREATE ROLE {role} LOGIN PASSWORD 'seen-nowhere'",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}",
        database=postgres_database,
    )
    return postgres_server.url(postgres_database, role, "seen-nowhere")


@pytest.mark.parametrize("asked", ASKED, ids=" ".join)
def test_who_may_only_read_is_told_the_same_as_by_the_store_of_before(
    asked: list[str], before: str, reader: str
) -> None:
    expected, told = run(*asked, "--store", before), run(*asked, "--store", reader)
    assert told.exit_code == expected.exit_code, told.output
    assert told.output == expected.output
    assert told.output


def test_the_moved_store_is_whole_and_exports_the_same(
    before: str, reader: str, tmp_path: Path
) -> None:
    checked = run("store", "check", "--store", reader, "--format", "json")
    assert checked.exit_code == 0, checked.output
    folders = [tmp_path / "before", tmp_path / "after"]
    for url, folder in zip((before, reader), folders, strict=True):
        assert run("store", "export", "--store", url, "--to", str(folder)).exit_code == 0
    files = sorted(path.name for path in folders[0].iterdir())
    assert files == sorted(path.name for path in folders[1].iterdir())
    for name in files:
        assert (folders[1] / name).read_text() == (folders[0] / name).read_text(), name


def test_it_is_moved_back_just_as_it_was(moved: str, before: str, tmp_path: Path) -> None:
    back = f"sqlite:///{tmp_path}/back.db"
    assert run("store", "copy", "--from", moved, "--to", back).exit_code == 0
    told = [run("store", "export", "--store", url, "--to", "-").output for url in (before, back)]
    assert told[0] == told[1]


def test_no_command_repeats_the_password(reader: str, tmp_path: Path) -> None:
    for asked in (
        ["store", "check"],
        ["store", "migrate"],
        ["store", "vacuum", "--dry-run"],
        ["store", "export", "--to", str(tmp_path / "all")],
        ["status"],
        ["check", "revenue"],
        ["uptime"],
        ["explain", "revenue"],
    ):
        assert "seen-nowhere" not in run(*asked, "--store", reader).output, asked


def test_who_may_only_read_is_told_so_when_it_would_write(reader: str) -> None:
    done = run("store", "vacuum", "--store", reader, "--keep-letters", "1d")
    assert done.exit_code == 2
    assert "permission denied for table letters" in done.output
    assert "seen-nowhere" not in done.output


def test_the_space_of_a_store_is_told_and_used_again(moved: str) -> None:
    done = run("store", "vacuum", "--store", moved, "--keep-letters", "1d", "--format", "json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    assert told["letters"] > 0
    assert told["bytes_before"] > told["bytes_free"] >= 0
    assert told["bytes_after"] > 0


def test_a_store_in_postgresql_is_brought_to_this_layout(moved: str) -> None:
    done = run("store", "migrate", "--store", moved)
    assert done.output == f"The store has layout {schema.VERSION} already\n"


@pytest.mark.parametrize("worked_on", ["the source", "the target"])
def test_nothing_is_copied_while_somebody_works_on_it(
    worked_on: str, before: str, postgres_url: str
) -> None:
    store = store_at(before if worked_on == "the source" else postgres_url)
    assert store.occupy()
    done = run("store", "copy", "--from", before, "--to", postgres_url)
    store.close()
    assert done.exit_code == 2
    assert "an action works on the store" in done.output
    assert "stop it first" in " ".join(done.output.split())
    assert "of-the-tests" not in done.output


def test_nothing_is_copied_over_a_store(before: str, moved: str) -> None:
    done = run("store", "copy", "--from", before, "--to", moved)
    assert done.exit_code == 2
    assert "is a store already, with" in done.output


def test_a_store_is_not_copied_onto_itself_or_from_nowhere(before: str, tmp_path: Path) -> None:
    itself = run("store", "copy", "--from", before, "--to", before)
    assert "is both the store to copy and the place to copy it to" in " ".join(
        itself.output.split()
    )
    missing = f"sqlite:///{tmp_path}/missing.db"
    nowhere = run("store", "copy", "--from", missing, "--to", f"sqlite:///{tmp_path}/new.db")
    assert nowhere.exit_code == 2
    assert "there is no store at" in nowhere.output
    assert not (tmp_path / "new.db").exists()


def test_a_server_that_is_not_there_is_said_in_words(postgres_server: PostgresServer) -> None:
    url = "postgresql://health:seen-nowhere@127.0.0.1:1/health"
    for arguments in (["status"], ["store", "check"], ["store", "migrate"]):
        done = run(*arguments, "--store", url)
        assert done.exit_code == 2
        assert "Connection refused" in done.output
        assert "seen-nowhere" not in done.output


def test_a_wrong_password_is_said_in_words_and_never_repeated(
    postgres_server: PostgresServer,
) -> None:
    done = run("status", "--store", postgres_server.url("postgres", password="wrong-guess"))
    assert done.exit_code == 2
    assert "password authentication failed" in done.output
    assert "wrong-guess" not in done.output


def test_the_password_may_come_from_the_environment(
    moved: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = moved.replace(":of-the-tests@", "@")
    assert run("status", "--store", without).exit_code == 2
    monkeypatch.setenv("PGPASSWORD", "of-the-tests")
    assert run("status", "--store", without).exit_code == 0
