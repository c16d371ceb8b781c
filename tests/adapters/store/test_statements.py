"""What is asked for every event is found without reading the history."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from datahub_dataproducts.adapters.store import (
    evidence_statements,
    letter_statements,
    statements,
)
from datahub_dataproducts.adapters.store.dialect import SQLITE
from datahub_dataproducts.adapters.store.prepared import Prepared
from tests.fakes import store_in


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    store_in(tmp_path).close()
    connection = sqlite3.connect(tmp_path / "health.db")
    yield connection
    connection.close()


@pytest.mark.parametrize(
    ("statement", "way"),
    [
        (evidence_statements.PROVISIONAL, "INDEX provisional_evidence (subject=?)"),
        (evidence_statements.ANCHOR, "PRIMARY KEY (subject=? AND at<?)"),
        (evidence_statements.HEARD_OF, "PRIMARY KEY (subject=?)"),
        (evidence_statements.HEARD, "PRIMARY KEY (subject=? AND at>?)"),
        (evidence_statements.HEARD_BETWEEN, "PRIMARY KEY (subject=? AND at>? AND at<?)"),
        (statements.STEPS, "INDEX steps_in_force (product=? AND scope=? AND until>?)"),
        (statements.ALL_STEPS, "PRIMARY KEY (product=? AND scope=?)"),
        (statements.CHANGES, "INDEX changes_in_force (product=? AND until>?)"),
        (statements.DUE, "INDEX standings_due (expires_at<?)"),
        (letter_statements.DUE_LETTERS, "INDEX letters_due (state=?)"),
        (letter_statements.LINE, "INDEX letters_waiting (channel=? AND thread=?)"),
        (letter_statements.DUE_LETTERS, "INDEX letters_waiting (channel=? AND thread=? AND id<?)"),
    ],
)
def test_what_every_event_asks_is_found_by_an_index(
    database: sqlite3.Connection, statement: Prepared, way: str
) -> None:
    parts = _plan(database, statement)
    assert any(part.endswith(way) for part in parts), parts


@pytest.mark.parametrize(
    "statement",
    [
        statements.STEPS,
        statements.CHANGES,
        evidence_statements.ANCHOR,
        evidence_statements.HEARD,
        evidence_statements.HEARD_BETWEEN,
        evidence_statements.RUN_EVENT,
    ],
)
def test_nothing_is_sorted_to_find_the_latest(
    database: sqlite3.Connection, statement: Prepared
) -> None:
    assert not [part for part in _plan(database, statement) if "TEMP B-TREE" in part]


def _plan(database: sqlite3.Connection, statement: Prepared) -> list[str]:
    form = statement.form(SQLITE)
    nothing = [None] * len(form.names)
    return [row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {form.text}", nothing)]
