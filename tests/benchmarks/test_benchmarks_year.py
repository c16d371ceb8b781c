"""The year that is written in bulk is the one that the tracker would have written."""

import sqlite3
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from datahub_dataproducts.application.ports import Scope
from datahub_dataproducts.application.tell import TrackingPolicy
from datahub_dataproducts.application.track_health import HealthTracker
from datahub_dataproducts.domain.histories import histories
from datahub_dataproducts.domain.portfolio import portfolio_of
from datahub_dataproducts.plugins.store_wiring import store_of

pytestmark = pytest.mark.whole

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
TABLES = ("definitions", "evidence", "standings", "changes", "steps")


@pytest.fixture(scope="module")
def year_history() -> ModuleType:
    return _benchmark("year_history")


@pytest.fixture(scope="module")
def size(year_history: ModuleType) -> Any:
    return year_history.size_of(20, 240, 10_000)


@pytest.fixture(scope="module")
def evidence(year_history: ModuleType, size: Any) -> list[Any]:
    return [
        piece
        for n in range(size.products)
        for promise in range(size.promises)
        for piece in year_history.evidence(size, n, promise)
    ]


@pytest.fixture(scope="module")
def bulk(size: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("bulk") / "health.db"
    _benchmark("year_store").write_store(file, size)
    return file


def test_what_is_written_in_bulk_is_what_the_tracker_writes_event_by_event(
    year_history: ModuleType, size: Any, evidence: list[Any], bulk: Path, tmp_path: Path
) -> None:
    store = store_of(f"sqlite:///{tmp_path / 'health.db'}")
    store.open()
    tracker = HealthTracker(store, TrackingPolicy())
    tracker.define(year_history.products(size), size.begin, all_of_them=True)
    for piece in sorted(evidence, key=lambda one: one.at):
        tracker.tick(piece.at)
        tracker.record(piece, piece.at)
    tracker.tick(year_history.END)
    store.close()
    for table in TABLES:
        assert _rows(bulk, table) == _rows(tmp_path / "health.db", table), table
    told = "told ORDER BY product"
    assert _rows(bulk, told, "product, digest, health") == _rows(
        tmp_path / "health.db", told, "product, digest, health"
    )


def test_its_steps_are_the_history_computed_from_nothing(
    year_history: ModuleType, size: Any, evidence: list[Any], bulk: Path
) -> None:
    portfolio = portfolio_of(year_history.products(size))
    expected = histories(portfolio, evidence, year_history.END)
    store = store_of(f"sqlite:///{bulk}")
    store.open(create=False)
    with store.reading() as book:
        for id_, history in expected.items():
            assert tuple(book.steps(id_, Scope.OWN, 0)) == history.own
            assert tuple(book.steps(id_, Scope.EXPERIENCED, 0)) == history.experienced
    store.close()
    assert sum(len(history.experienced) for history in expected.values()) > 10 * size.products


def test_a_year_has_failures_broken_checks_silence_and_late_loads(bulk: Path) -> None:
    reasons = {row[0] for row in _rows(bulk, "changes", "DISTINCT reason")}
    assert reasons >= {
        "passed", "failed", "check broken", "gone silent", "fresh", "not fresh",
    }  # fmt: skip


def _benchmark(name: str) -> ModuleType:
    sys.path.insert(0, str(BENCHMARKS))
    try:
        return import_module(name)
    finally:
        sys.path.remove(str(BENCHMARKS))


def _rows(file: Path, table: str, columns: str = "*") -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(file)
    found = connection.execute(f"SELECT {columns} FROM {table}").fetchall()  # noqa: S608
    connection.close()
    return found if "ORDER" in table else sorted(found, key=repr)
