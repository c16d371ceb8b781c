"""What is kept, in SQLite: the primary storage, and beside it the index that search reads.

The index is behind: a change waits in `waiting` until it is due.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.integration.gms.model import annotated, model, walk
from tests.integration.gms.urns import type_of

_TABLES = """
CREATE TABLE IF NOT EXISTS aspects (
    urn TEXT, name TEXT, version INTEGER, value TEXT, system TEXT, at INTEGER,
    PRIMARY KEY (urn, name));
CREATE TABLE IF NOT EXISTS past (
    urn TEXT, name TEXT, version INTEGER, value TEXT, PRIMARY KEY (urn, name, version));
CREATE TABLE IF NOT EXISTS runs (
    urn TEXT, name TEXT, row TEXT, at INTEGER, value TEXT, system TEXT,
    PRIMARY KEY (urn, name, row));
CREATE TABLE IF NOT EXISTS indexed (
    urn TEXT, name TEXT, value TEXT, PRIMARY KEY (urn, name));
CREATE TABLE IF NOT EXISTS edges (
    source TEXT, aspect TEXT, kind TEXT, target TEXT, PRIMARY KEY (source, aspect, kind, target));
CREATE INDEX IF NOT EXISTS edges_to ON edges (target, kind);
CREATE TABLE IF NOT EXISTS waiting (
    id INTEGER PRIMARY KEY, due REAL, urn TEXT, name TEXT, value TEXT,
    row TEXT, at INTEGER, system TEXT);
"""
_KEPT_VERSIONS = 20


@dataclass(frozen=True, slots=True)
class Held:
    """An aspect as it is kept; `version` counts its values from 1."""

    value: dict[str, Any]
    version: int
    system: dict[str, Any]
    at: int


@dataclass(frozen=True, order=True, slots=True)
class Edge:
    source: str
    kind: str
    target: str


class Storage:
    """Attributes:
    indexed_times: how often entities of a type were indexed; one type that is missing has none.
    """

    def __init__(self, database: str = ":memory:") -> None:
        self._db = sqlite3.connect(database, check_same_thread=False, isolation_level=None)
        self._db.executescript(_TABLES)
        self._db.execute("PRAGMA synchronous = OFF")
        self.indexed_times: Counter[str] = Counter()
        for (urn,) in self._db.execute("SELECT DISTINCT urn FROM indexed"):
            self.indexed_times[type_of(urn)] += 1

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or, when something is raised, nothing."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def get(self, urn: str, name: str) -> Held | None:
        row = self._db.execute(
            "SELECT value, version, system, at FROM aspects WHERE urn = ? AND name = ?", (urn, name)
        ).fetchone()
        return row and Held(json.loads(row[0]), row[1], json.loads(row[2]), row[3])

    def past(self, urn: str, name: str, version: int) -> dict[str, Any] | None:
        """An earlier value of an aspect."""
        row = self._db.execute(
            "SELECT value FROM past WHERE urn = ? AND name = ? AND version = ?",
            (urn, name, version),
        ).fetchone()
        return row and json.loads(row[0])

    def names(self, urn: str) -> list[str]:
        """The versioned aspects that an entity has."""
        rows = self._db.execute("SELECT name FROM aspects WHERE urn = ? ORDER BY name", (urn,))
        return [name for (name,) in rows]

    def exists(self, urn: str) -> bool:
        return bool(self.names(urn))

    def urns(self, name: str) -> list[str]:
        """All entities that have an aspect, by the primary storage."""
        rows = self._db.execute("SELECT urn FROM aspects WHERE name = ? ORDER BY urn", (name,))
        return [urn for (urn,) in rows]

    def put(self, urn: str, name: str, held: Held) -> None:
        old = self.get(urn, name)
        if old is not None and old.version != held.version:
            self._db.execute(
                "INSERT OR REPLACE INTO past VALUES (?, ?, ?, ?)",
                (urn, name, old.version, json.dumps(old.value)),
            )
            self._db.execute(
                "DELETE FROM past WHERE urn = ? AND name = ? AND version <= ?",
                (urn, name, held.version - _KEPT_VERSIONS),
            )
        self._db.execute(
            "INSERT OR REPLACE INTO aspects VALUES (?, ?, ?, ?, ?, ?)",
            (urn, name, held.version, json.dumps(held.value), json.dumps(held.system), held.at),
        )

    def seed(self, keys: Iterable[tuple[str, str, dict[str, Any]]]) -> None:
        """Entities that are there from the first start: URN, and name and value of the key."""
        self._db.executemany(
            "INSERT OR IGNORE INTO aspects VALUES (?, ?, 1, ?, '{}', 0)",
            [(urn, name, json.dumps(value)) for urn, name, value in keys],
        )

    def remove(self, urn: str) -> tuple[int, int]:
        """Remove an entity for good: how many aspects and how many runs it had."""
        aspects = self._db.execute("DELETE FROM aspects WHERE urn = ?", (urn,)).rowcount
        self._db.execute("DELETE FROM past WHERE urn = ?", (urn,))
        runs = self._db.execute("DELETE FROM runs WHERE urn = ?", (urn,)).rowcount
        return aspects, runs

    # The index.

    def index_later(self, due: float, urn: str, name: str, value: dict[str, Any] | None) -> None:
        """None: the aspect is gone."""
        text = None if value is None else json.dumps(value)
        self._wait(due, urn, name, text)

    def add_run_later(self, due: float, urn: str, name: str, row: str, *, run: Held) -> None:
        """Runs are kept in the index alone."""
        at = run.value["timestampMillis"]
        self._wait(due, urn, name, json.dumps(run.value), row, at, json.dumps(run.system))

    def _wait(self, due: float, urn: str, name: str, *columns: Any) -> None:
        values = [*columns, None, None, None][:4]
        self._db.execute(
            "INSERT INTO waiting (due, urn, name, value, row, at, system) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (due, urn, name, *values),
        )

    def index(self, now: float) -> None:
        """Let the index have what is due."""
        rows = self._db.execute(
            "SELECT id, urn, name, value, row, at, system FROM waiting WHERE due <= ? ORDER BY id",
            (now,),
        ).fetchall()
        for id_, urn, name, value, row, at, system in rows:
            self._db.execute("DELETE FROM waiting WHERE id = ?", (id_,))
            if row is not None:
                self._db.execute(
                    "INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?, ?)",
                    (urn, name, row, at, value, system),
                )
            else:
                self._index(urn, name, value)

    def _index(self, urn: str, name: str, value: str | None) -> None:
        self.indexed_times[type_of(urn)] += 1
        self._db.execute("DELETE FROM edges WHERE source = ? AND aspect = ?", (urn, name))
        self._db.execute("DELETE FROM indexed WHERE urn = ? AND name = ?", (urn, name))
        if value is None:
            return
        self._db.execute("INSERT INTO indexed VALUES (?, ?, ?)", (urn, name, value))
        self._db.executemany(
            "INSERT OR IGNORE INTO edges VALUES (?, ?, ?, ?)",
            [(urn, name, e.kind, e.target) for e in edges_of(urn, name, json.loads(value))],
        )

    def documents(self, entity: str | None = None) -> dict[str, dict[str, Any]]:
        """What the index holds of the entities of a type: aspects by URN and name."""
        like = f"urn:li:{entity}:%" if entity else "%"
        found: dict[str, dict[str, Any]] = {}
        for urn, name, value in self._db.execute(
            "SELECT urn, name, value FROM indexed WHERE urn LIKE ? ORDER BY urn, name", (like,)
        ):
            found.setdefault(urn, {})[name] = json.loads(value)
        return found

    def edges(self, *, source: str | None = None, target: str | None = None) -> list[Edge]:
        rows = self._db.execute(
            "SELECT source, kind, target FROM edges "
            "WHERE (? IS NULL OR source = ?) AND (? IS NULL OR target = ?) "
            "ORDER BY source, kind, target",
            (source, source, target, target),
        )
        return [Edge(*row) for row in rows]

    def runs(self, urn: str, name: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """Values of a timeseries with their system metadata, the latest first."""
        rows = self._db.execute(
            "SELECT value, system FROM runs WHERE urn = ? AND name = ? ORDER BY at DESC, row",
            (urn, name),
        )
        return [(json.loads(value), json.loads(system)) for value, system in rows]


def edges_of(urn: str, name: str, value: dict[str, Any]) -> set[Edge]:
    """The relationships that an aspect tells of, by the model's annotations."""
    return set(_edges(urn, name, value))


def _edges(urn: str, name: str, value: dict[str, Any]) -> Iterable[Edge]:
    for field, _, held in walk(model().aspects[name].schema, value):
        for told, target in annotated(field, "Relationship", held):
            for one in target if isinstance(target, list) else [target]:
                if isinstance(one, str):
                    yield Edge(urn, told["name"], one)
