"""`store`: migrate, vacuum and check, on a store that a tracker keeps."""

import gzip
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from datahub_dataproducts.adapters.store import schema
from datahub_dataproducts.application.tell import TrackingPolicy
from datahub_dataproducts.application.track_health import HealthTracker
from datahub_dataproducts.domain.assertions import Outcome
from datahub_dataproducts.domain.durations import DAY
from datahub_dataproducts.plugins.cli import main
from tests.builders import at, checked, product, result
from tests.fakes import store_in

LAYOUT_1 = Path(__file__).parents[2] / "data" / "store_layout_1" / "health.db.gz"
BEGIN = at("2025-01-01 08:00")
DAYS = 30


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["store", *arguments])


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """A month of daily results of long ago, one of them bad, and one thing set aside."""
    store = store_in(tmp_path)
    tracker = HealthTracker(store, TrackingPolicy(channels=("console",)))
    tracker.load()
    tracker.define([product("users", checked())], BEGIN, all_of_them=True)
    for day in range(DAYS):
        outcome = Outcome.FAILURE if day == 10 else Outcome.SUCCESS
        now = BEGIN + day * DAY
        tracker.tick(now)
        tracker.record(result("t", now, outcome, run=f"{day}"), now)
    tracker.tick(BEGIN + DAYS * DAY)
    tracker.set_aside("it is no JSON", "{", BEGIN)
    yield f"sqlite:///{tmp_path}/health.db"
    store.close()


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def change(url: str, statement: str) -> None:
    connection = sqlite3.connect(file_of(url))
    with connection:
        connection.execute(statement)
    connection.close()


def test_an_older_store_is_brought_to_this_layout_once(tmp_path: Path) -> None:
    file = tmp_path / "health.db"
    file.write_bytes(gzip.decompress(LAYOUT_1.read_bytes()))
    done = run("migrate", "--store", f"sqlite:///{file}")
    assert (done.exit_code, done.stdout) == (
        0,
        f"The store has layout {schema.VERSION}, and had 1\n",
    )
    again = run("migrate", "--store", f"sqlite:///{file}")
    assert again.stdout == f"The store has layout {schema.VERSION} already\n"
    assert run("check", "--store", f"sqlite:///{file}").exit_code == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "there is no store at"),
        (b"", "is not a store of health"),
        (b"not a database\n" * 100, "file is not a database"),
    ],
)
def test_what_is_no_store_is_not_made_one(
    tmp_path: Path, content: bytes | None, words: str
) -> None:
    file = tmp_path / "health.db"
    if content is not None:
        file.write_bytes(content)
    done = run("migrate", "--store", f"sqlite:///{file}")
    assert done.exit_code == 2
    assert words in done.stderr
    assert (file.read_bytes() if file.exists() else None) == content


def test_what_would_go_is_told_and_stays(url: str) -> None:
    keep = ["--keep", "93d", "--keep-letters", "30d", "--keep-set-aside", "30d"]
    done = run("vacuum", "--store", url, *keep, "--dry-run", "--format", "json")
    assert done.exit_code == 0, done.output
    counted = json.loads(done.stdout)
    # The first of the month is what the verdict began with after the bad day, the last stays too.
    assert (counted["results"], counted["set_aside"], counted["dry_run"]) == (28, 1, True)
    again = run("vacuum", "--store", url, *keep, "--dry-run")
    assert again.stdout.startswith("Would go: 28 results, 0 letters, 1 set aside\nThe store has ")


def test_what_is_let_go_of_gives_its_space_back_and_the_past_is_told_as_before(url: str) -> None:
    before = CliRunner().invoke(main, ["uptime", "--store", url, "--at", "2025-02-01T00:00"])
    done = run("vacuum", "--store", url, "--keep", "93d", "--format", "json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["results"] == 28
    assert told["bytes_after"] <= told["bytes_before"]
    assert told["bytes_free"] == 0
    after = CliRunner().invoke(main, ["uptime", "--store", url, "--at", "2025-02-01T00:00"])
    assert before.exit_code == 0, before.output
    assert after.stdout == before.stdout
    assert run("check", "--store", url).exit_code == 0


def test_without_a_word_on_keeping_nothing_goes_but_space(url: str) -> None:
    done = run("vacuum", "--store", url)
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("Gone: 0 results, 0 letters, 0 set aside\nThe store had ")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--keep", "92d"], "write 93d or more"),
        (["--keep", "long"], "write a whole number with s, m, h, d or w"),
        (["--keep-letters", "-1d"], "write a whole number with s, m, h, d or w"),
    ],
)
def test_wrong_lengths_are_told(url: str, arguments: list[str], words: str) -> None:
    done = run("vacuum", "--store", url, *arguments)
    assert done.exit_code == 2
    assert words in " ".join(done.stderr.split())


def test_a_store_that_is_not_there_is_told_and_not_made(tmp_path: Path) -> None:
    for command in ("check", "vacuum", "migrate"):
        done = run(command, "--store", f"sqlite:///{tmp_path}/none.db")
        assert done.exit_code == 2
        assert "there is no store at" in done.stderr


def test_a_store_that_is_well_is_told_with_what_waits_and_what_lies_aside(url: str) -> None:
    done = run("check", "--store", url)
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines() == [
        f"{url}: 0 faults found",
        "Computed again from the evidence: 1 product",
        "1 letter to catalog not delivered yet, the first due Fri 2025-01-31 07:00",
        "2 letters to console not delivered yet, the first due Sat 2025-01-11 07:10",
        "Set aside: 1",
        "- 1, the last Wed 2025-01-01 07:00: it is no JSON",
    ]


def test_what_is_wrong_is_told_with_what_is_kept_and_what_is_computed(url: str) -> None:
    change(url, "UPDATE evidence SET outcome = 'SUCCESS' WHERE outcome = 'FAILURE'")
    change(url, "UPDATE letters SET state = 'refused', reason = 'no such channel' WHERE id = 2")
    done = run("check", "--store", url, "--timezone", "Europe/Amsterdam")
    assert done.exit_code == 1
    assert (
        "- users: whether fct passes t is another verdict from Sat 2025-01-11 08:00 on: kept is "
        "not met: failed, computed is met: passed"
    ) in done.stdout
    told = json.loads(run("check", "--store", url, "--format", "json").stdout)
    assert told["findings"][0] == {
        "kind": "another verdict",
        "says": "whether fct passes t is another verdict",
        "product": "users",
        "assertion": "urn:li:assertion:t",
        "since": BEGIN + 10 * DAY,
        "kept": "not met: failed",
        "computed": "met: passed",
    }
    assert told["compared"] == [{"product": "users", "since": None}]
    assert told["set_aside"] == [{"reason": "it is no JSON", "count": 1, "latest": BEGIN}]
    assert {one["state"] for one in told["undelivered"]} == {"pending", "refused"}


def test_what_the_database_itself_finds_is_told(url: str) -> None:
    change(url, "UPDATE told SET product = 'nobody'")
    done = run("check", "--store", url)
    assert done.exit_code == 1
    assert "- 1 rows of told are of nobody, which is not defined" in done.stdout


def test_a_check_beside_a_writer_waits_for_nobody(url: str) -> None:
    writer = sqlite3.connect(file_of(url), isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("DELETE FROM evidence")
    assert run("check", "--store", url).exit_code == 0
    writer.execute("ROLLBACK")
    writer.close()
