"""The layout of a database, for comparing: tables, columns in their order, keys and indexes."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg2


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


def layout_in_postgresql(url: str) -> dict[str, object]:
    """The same of a database in PostgreSQL."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,"
            " a.attcollation::regcollation::text, pg_get_expr(d.adbin, d.adrelid)"
            " FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid"
            " LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum"
            " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0"
            " AND NOT a.attisdropped ORDER BY c.relname, a.attnum"
        )
        columns = cursor.fetchall()
        cursor.execute(
            "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
            " ORDER BY indexname"
        )
        return {"columns": columns, "indexes": cursor.fetchall()}


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
