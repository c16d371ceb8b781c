"""Statements that run for every event, compiled once and handed straight to SQLite's driver.

SQLAlchemy's way through a statement costs ten times what SQLite needs for it. Errors are those of
SQLAlchemy all the same.
"""

from typing import Any

from sqlalchemy import Connection, Executable
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import ClauseElement

_DIALECT = sqlite.dialect()


class Prepared:
    """One statement on SQLite; its parameters and rows are what the driver takes and gives.

    Attributes:
        text: as SQLite reads it.
        names: of its parameters, in the order in which they stand in the text.
    """

    def __init__(self, statement: Executable) -> None:
        """Parameters are given by name each time; a column that an insert fills has its own."""
        assert isinstance(statement, ClauseElement)
        compiled = statement.compile(dialect=_DIALECT)
        self.text = str(compiled)
        self.names: tuple[str, ...] = tuple(getattr(compiled, "positiontup", None) or ())
        self._fixed = {name: v for name, v in compiled.params.items() if v is not None}

    def rows(self, connection: Connection, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
        """All rows, columns in the order of the statement; truth values are 0 and 1."""
        found: list[tuple[Any, ...]] = self._run(connection, parameters).fetchall()
        return found

    def run(self, connection: Connection, parameters: dict[str, Any]) -> int:
        """How many rows it changed."""
        count: int = self._run(connection, parameters).rowcount
        return count

    def _run(self, connection: Connection, parameters: dict[str, Any]) -> Any:
        values = {**self._fixed, **parameters}
        ordered = [values[name] for name in self.names]
        cursor = connection.connection.cursor()
        try:
            return cursor.execute(self.text, ordered)
        except _DRIVER_ERROR as error:
            raise DBAPIError.instance(
                self.text, None, error, _DRIVER_ERROR, hide_parameters=True, dialect=_DIALECT
            ) from error


_DRIVER_ERROR: type[Exception] = sqlite.dialect.import_dbapi().Error
