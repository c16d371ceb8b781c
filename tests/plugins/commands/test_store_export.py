"""`store export`: everything an auditor needs, which says the same when it is replayed."""

import gzip
import json
import sqlite3
import subprocess
import sys
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from datahub_dataproducts.adapters.datahub.events import evidence_of
from datahub_dataproducts.adapters.datahub.evidence_records import evidence_record
from datahub_dataproducts.adapters.datahub.metadata_files import read_events
from datahub_dataproducts.adapters.store import schema
from datahub_dataproducts.application.tell import TrackingPolicy
from datahub_dataproducts.application.track_health import HealthTracker
from datahub_dataproducts.domain.assertions import Evidence, Outcome, Result, Update
from datahub_dataproducts.plugins.cli import main
from datahub_dataproducts.plugins.store_wiring import store_of
from tests.builders import at, notice

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "examples" / "analytics"
LAYOUT_1 = ROOT / "tests" / "data" / "store_layout_1" / "health.db.gz"
NOON = "2026-03-08T12:00"
ZONE = "Europe/Amsterdam"
TABLES = {
    "evidence",
    "store",
    "notices",
    "changes",
    "intervals",
    "generations",
    "conversations",
    "silences",
    "digests",
    "letters",
    "shown",
    "rests",
    "set_aside",
}


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A week of the example, as an action kept it."""
    file = tmp_path / "health.db"
    file.write_bytes(gzip.decompress(LAYOUT_1.read_bytes()))
    url = f"sqlite:///{file}"
    store = store_of(url)
    store.open()
    store.close()
    return url


def said(*arguments: str) -> str:
    done = CliRunner().invoke(main, [*arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


def exported(url: str, folder: Path) -> dict[str, list[Any]]:
    said("store", "export", "--store", url, "--to", str(folder))
    return {
        file.stem: [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        for file in folder.iterdir()
    }


def test_replaying_the_exported_evidence_gives_the_numbers_of_the_store(
    url: str, tmp_path: Path
) -> None:
    found = exported(url, tmp_path / "audit")
    check_same(found, replayed(tmp_path / "audit" / "evidence.jsonl"), status_of(url))


def test_a_store_with_incidents_is_replayed_to_its_numbers_with_its_notices(
    url: str, tmp_path: Path
) -> None:
    store = store_of(url)
    store.open()
    tracker = HealthTracker(store, TrackingPolicy())
    tracker.load()
    now = at("2026-03-07 09:00")
    users = tracker.portfolio.products["users"]
    named = [asset.urn for asset in users.assets or ()]
    for since, until, incident, grave in (
        ("2026-03-05 10:00", "2026-03-05 16:30", "i1", True),
        ("2026-03-06 11:00", "2026-03-06 12:00", "i2", False),
        ("2026-03-07 06:00", None, "i3", True),
    ):
        told = [(since, True), *([(until, False)] if until else [])]
        for when, active in told:
            one = notice("", at(when), incident=incident, active=active, grave=grave)
            assert tracker.record(replace(one, subject=named[0]), now)
    # It was deleted, and nobody says any more what it was on.
    gone = notice("", at("2026-03-07 08:00"), incident="i3", active=False)
    assert tracker.record(gone, now)
    tracker.tick(now)
    store.close()
    found, status = exported(url, tmp_path / "audit"), status_of(url)
    evidence, notices = (tmp_path / "audit" / f"{name}.jsonl" for name in ("evidence", "notices"))
    check_same(found, replayed(evidence, notices), status)
    # They are what makes the difference.
    without = replayed(evidence)
    assert without["users"]["experienced"] != replayed(evidence, notices)["users"]["experienced"]


def replayed(*events: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        said(
            *("replay", "--products", str(EXAMPLE / "data_products")),
            *("--project-dir", str(EXAMPLE), "--target-platform", "duckdb"),
            *("--manifest", str(EXAMPLE / "artifacts" / "manifest.json.gz")),
            *(part for file in events for part in ("--events", str(file))),
            *("--timezone", ZONE, "--until", NOON, "--format", "json", "--strict"),
        )
    )
    return found["products"]


def status_of(url: str) -> list[dict[str, Any]]:
    options = ("--at", NOON, "--timezone", ZONE, "--format", "json")
    found: list[dict[str, Any]] = json.loads(said("status", "--store", url, *options))
    return found


def check_same(
    found: dict[str, list[Any]], replayed: dict[str, Any], status: list[dict[str, Any]]
) -> None:
    """A replay has the figures of the store, and the intervals of its export."""
    assert {one["product"] for one in status} == replayed.keys()
    for one in status:
        for figure in ("health", "since", "history_from"):
            assert replayed[one["product"]][figure] == one[figure], (one["product"], figure)
        for figure in ("own", "experienced"):
            sums = {name: one[figure][name] for name in ("good_ms", "bad_ms", "unknown_ms")}
            assert replayed[one["product"]][figure] == sums, (one["product"], figure)
        intervals = [
            [row["from"], row["until"], row["health"]]
            for row in found["intervals"]
            if (row["product"], row["scope"]) == (one["product"], "experienced")
        ]
        ended = replayed[one["product"]]["intervals"]
        assert intervals[:-1] == ended[:-1]
        assert intervals[-1] == [ended[-1][0], None, ended[-1][2]]


def test_every_table_is_there_in_its_stable_form(url: str, tmp_path: Path) -> None:
    found = exported(url, tmp_path / "audit")
    assert found.keys() == TABLES
    assert {name: len(records) for name, records in found.items()} == {
        "evidence": 258,
        "notices": 0,
        "changes": 66,
        "intervals": 52,
        "generations": 4,
        "conversations": 0,
        "silences": 0,
        "digests": 0,
        "letters": 46,
        "shown": 0,
        "rests": 0,
        "set_aside": 0,
        "store": 1,
    }
    assert found["store"] == [
        {
            "form": 1,
            "layout": schema.VERSION,
            "written_by": version("datahub-dataproducts"),
            "mark": None,
        }
    ]
    assert found["changes"][0].keys() == {
        *("product", "assertion", "from", "until", "verdict", "reason", "low"),
        *("evidence_at", "run_id", "incidents"),
    }
    assert found["intervals"][0].keys() == {"product", "scope", "from", "until", "health"}
    (users,) = (one for one in found["generations"] if one["product"] == "users")
    assert users["definition"]["product"]["id"] == "users"
    assert (users["generation"], users["since"], users["current"]) == (1, None, True)
    assert found["letters"][0].keys() == {
        *("channel", "key", "state", "due_at", "reason", "letter"),
        *("thread", "attempts", "is_uncertain"),
    }
    assert exported(url, tmp_path / "again") == found


def test_a_definition_that_never_held_says_so_without_an_instant_that_is_none(
    url: str, tmp_path: Path
) -> None:
    store = store_of(url)
    store.open()
    with store.transaction() as book:
        users = next(product for product, _ in book.definitions() if product.id == "users")
        book.define(users, None)
        book.define(users, 5)
        book.define(users, 5)
    store.close()
    held = [
        (one["since"], one["until"], one["held"], one["current"])
        for one in exported(url, tmp_path / "audit")["generations"]
        if one["product"] == "users"
    ]
    assert held == [
        (None, None, False, False),
        (None, 5, True, False),
        (5, 5, False, False),
        (5, None, True, True),
    ]


def test_who_has_read_enough_of_an_export_is_told_nothing(url: str) -> None:
    program = [sys.executable, "-c", "from datahub_dataproducts.plugins.cli import main; main()"]
    begun = subprocess.Popen(
        [*program, "store", "export", "--store", url, "--to", "-"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert begun.stdout is not None
    begun.stdout.close()
    begun.stdout = None
    _, told = begun.communicate(timeout=60)
    assert (begun.returncode, told) == (1, b"")


def test_everything_goes_to_standard_output_too(url: str, tmp_path: Path) -> None:
    found = exported(url, tmp_path / "audit")
    lines = [
        json.loads(line)
        for line in said("store", "export", "--store", url, "--to", "-").splitlines()
    ]
    by_table: dict[str, list[Any]] = {name: [] for name in TABLES}
    for line in lines:
        by_table[line["table"]].append(line["record"])
    assert by_table == found


def test_what_lies_aside_and_the_mark_are_exported(url: str, tmp_path: Path) -> None:
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    with connection:
        connection.execute("INSERT INTO compaction VALUES (5)")
        connection.execute("INSERT INTO set_aside VALUES (1, 7, 'it is no JSON', '{')")
    connection.close()
    found = exported(url, tmp_path / "audit")
    assert found["store"][0]["mark"] == 5
    assert found["set_aside"] == [{"at": 7, "reason": "it is no JSON", "content": "{"}]


def test_a_folder_that_cannot_be_written_is_told(url: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = CliRunner().invoke(
        main, ["store", "export", "--store", url, "--to", str(tmp_path / "file")]
    )
    assert done.exit_code == 1
    assert "file: " in done.stderr


def test_a_store_that_is_not_there_makes_no_folder(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        main,
        ["store", "export", "--store", f"sqlite:///{tmp_path}/x.db", "--to", str(tmp_path / "f")],
    )
    assert done.exit_code == 2
    assert not (tmp_path / "f").exists()


ASSERTION = "urn:li:assertion:a"
DATASET = "urn:li:dataset:(urn:li:dataPlatform:duckdb,db.main.x,PROD)"


@pytest.mark.parametrize(
    "piece",
    [
        *(Result(subject=ASSERTION, at=5, run_id="r", outcome=outcome) for outcome in Outcome),
        Result(subject=ASSERTION, at=5, run_id="", outcome=Outcome.FAILURE, message="3 rows — é"),
        Result(subject=ASSERTION, at=5, run_id="r", outcome=Outcome.SUCCESS, provisional=True),
        Update(subject=DATASET, at=5, run_id="operation INSERT"),
    ],
)
def test_a_record_is_read_as_the_evidence_it_tells_of(piece: Evidence, tmp_path: Path) -> None:
    assert read_back(piece, tmp_path) == piece


@pytest.mark.parametrize("run_id", ["", "dbt run 7", "operation ALTER"])
def test_an_update_that_no_operation_told_of_is_read_at_its_instant(
    run_id: str, tmp_path: Path
) -> None:
    piece = Update(subject=DATASET, at=5, run_id=run_id)
    assert read_back(piece, tmp_path) == Update(subject=DATASET, at=5, run_id="operation CUSTOM")


def read_back(piece: Evidence, folder: Path) -> object:
    file = folder / "evidence.jsonl"
    file.write_text(json.dumps(evidence_record(piece)), encoding="utf-8")
    (event,) = read_events(file)
    (news,) = evidence_of(event)
    return news
