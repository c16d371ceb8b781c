"""The layout of a database, for comparing: tables, columns in their order, keys and indexes."""

import re
import sqlite3
from pathlib import Path


def layout(file: Path) -> dict[str, object]:
    """By table; what SQLite made for itself is left out."""
    connection = sqlite3.connect(file)
    try:
        made = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
        return {name: _table(connection, name, sql) for name, sql in made}
    finally:
        connection.close()


def _table(connection: sqlite3.Connection, name: str, sql: str) -> dict[str, object]:
    indexes = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ?", (name,)
    ).fetchall()
    return {
        # Place, name, type, whether it may be null, default, place in the key.
        "columns": connection.execute(f"PRAGMA table_info({name})").fetchall(),
        "indexes": {index: _plain(text) for index, text in indexes if text},
        "without rowid": "WITHOUT ROWID" in sql,
        "autoincrement": "AUTOINCREMENT" in sql,
    }


def _plain(sql: str) -> str:
    return re.sub(r"\s+", " ", sql).replace('"', "")
