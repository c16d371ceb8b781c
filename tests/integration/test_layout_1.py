"""A real store of layout 1, kept by the version before migrations: its past is the same ever after."""

import gzip
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from datahub_dataproducts.adapters.store.store import SqlHealthStore
from datahub_dataproducts.plugins.cli import main
from datahub_dataproducts.plugins.store_wiring import store_of

DATA = Path(__file__).parents[1] / "data" / "store_layout_1"
END = ["--at", "2026-03-08T12:00", "--timezone", "Europe/Amsterdam", "--format", "json"]
THURSDAY = ["--at", "2026-03-05T12:00", "--timezone", "Europe/Amsterdam", "--format", "json"]
WHAT_WAS_KNOWN = {
    "evidence": "SELECT subject, at, run_id, outcome, provisional, message FROM evidence ORDER BY 1, 2, 3",
    "changes": "SELECT product, assertion, at, until, verdict, reason, low, evidence_at, run_id FROM changes ORDER BY 1, 2, 3",
    "steps": "SELECT product, scope, at, until, health FROM steps ORDER BY 1, 2, 3",
    "standings": "SELECT product, assertion, verdict, reason, latest, run_id, fault_low, expires_at FROM standings ORDER BY 1, 2, 3",
    "told": "SELECT product, digest, health, posted_at, announced, announced_health, opened_at, blind FROM told ORDER BY 1, 2, 3",
    "letters": "SELECT id, channel, key, revision, state, due_at, attempts, body, reason FROM letters ORDER BY 1, 2, 3",
    "definitions": "SELECT product, generation, since, definition, current FROM definitions ORDER BY 1, 2, 3",
    "set_aside": "SELECT id, at, reason, content FROM set_aside ORDER BY 1, 2, 3",
}


@pytest.fixture
def old(tmp_path: Path) -> Path:
    file = tmp_path / "health.db"
    file.write_bytes(gzip.decompress((DATA / "health.db.gz").read_bytes()))
    return file


def opened(file: Path) -> SqlHealthStore:
    store = store_of(f"sqlite:///{file}")
    store.open()
    return store


def known(file: Path) -> dict[str, list[tuple]]:
    connection = sqlite3.connect(file)
    try:
        return {
            table: connection.execute(query).fetchall() for table, query in WHAT_WAS_KNOWN.items()
        }
    finally:
        connection.close()


def said(file: Path, *arguments: str) -> Any:
    done = CliRunner().invoke(main, [*arguments, "--store", f"sqlite:///{file}"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def sums(figures: dict[str, int]) -> list[int]:
    return [figures["good_ms"], figures["bad_ms"], figures["unknown_ms"]]


def test_nothing_that_was_known_is_lost_or_changed(old: Path) -> None:
    before = known(old)
    opened(old).close()
    after = known(old)
    assert {table: len(rows) for table, rows in before.items()} == {
        "evidence": 258,
        "changes": 66,
        "steps": 52,
        "standings": 32,
        "told": 4,
        "letters": 46,
        "definitions": 4,
        "set_aside": 0,
    }
    assert after == before


def test_status_uptime_and_explanations_are_those_of_then(old: Path) -> None:
    opened(old).close()
    then = json.loads((DATA / "figures.json").read_text(encoding="utf-8"))
    assert {
        one["product"]: {
            "health": one["health"],
            "since": one["since"],
            "history_from": one["history_from"],
            "experienced": sums(one["experienced"]),
            "own": sums(one["own"]),
        }
        for one in said(old, "status", *END)
    } == then["status"]
    assert {
        one["product"]: [
            [p["from"], p["to"], *sums(p["experienced"]), *sums(p["own"])] for p in one["periods"]
        ]
        for one in said(old, "uptime", *END, "--window", "7d", "--by", "day")["products"]
    } == then["uptime"]
    explained = said(old, "explain", "revenue", *THURSDAY)
    assert {name: explained[name] for name in then["explain"]} == then["explain"]


def test_until_it_is_migrated_the_commands_refuse_it_and_say_what_to_do(old: Path) -> None:
    before = old.read_bytes()
    done = CliRunner().invoke(main, ["status", "--store", f"sqlite:///{old}"])
    assert done.exit_code == 2
    assert "start the action once" in done.output
    assert f"store migrate --store sqlite:///{old}" in done.output
    assert old.read_bytes() == before
    assert [path.name for path in old.parent.iterdir()] == ["health.db"]
