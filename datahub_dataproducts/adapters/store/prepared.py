"""Statements that run for every event, compiled once and handed straight to the driver.

SQLAlchemy's way through a statement costs ten times what SQLite needs for it. Errors are those of
SQLAlchemy all the same.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Executable
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import ClauseElement

from datahub_dataproducts.adapters.store.dialect import Dialect, dialect_of


class Form:
    """A statement in one dialect; its parameters and rows are what the driver takes and gives.

    Attributes:
        text: as the database reads it.
        names: of its parameters, in the order in which they stand in the text.
    """

    def __init__(self, statement: Executable, dialect: Dialect) -> None:
        """Compiles it."""
        assert isinstance(statement, ClauseElement)
        compiled = statement.compile(dialect=dialect.compiler)
        self.text = str(compiled)
        self.names: tuple[str, ...] = tuple(getattr(compiled, "positiontup", None) or ())
        self._fixed = {name: v for name, v in compiled.params.items() if v is not None}
        self._compiler = dialect.compiler
        self._driver_error: type[Exception] = type(dialect.compiler).import_dbapi().Error

    def run(self, connection: Connection, parameters: dict[str, Any]) -> Any:
        """The driver's cursor, after it ran."""
        values = {**self._fixed, **parameters}
        ordered = [values[name] for name in self.names]
        cursor = connection.connection.cursor()
        try:
            cursor.execute(self.text, ordered)
        except self._driver_error as error:
            raise DBAPIError.instance(
                self.text,
                None,
                error,
                self._driver_error,
                hide_parameters=True,
                dialect=self._compiler,
            ) from error
        return cursor


class Prepared:
    """One statement, in the dialect of the database that it is put to.

    Its parameters and rows are what the driver takes and gives.
    """

    def __init__(self, statement: Executable | Callable[[Dialect], Executable]) -> None:
        """Where it differs from one dialect to the other, what makes it is given.

        Parameters are given by name each time; a column that an insert fills has its own.
        """
        self._statement = statement
        self._forms: dict[str, Form] = {}

    def form(self, dialect: Dialect) -> Form:
        """As it is put to one kind of database."""
        form = self._forms.get(dialect.name)
        if form is None:
            made = self._statement
            statement = made if isinstance(made, Executable) else made(dialect)
            form = self._forms[dialect.name] = Form(statement, dialect)
        return form

    def rows(self, connection: Connection, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
        """All rows, columns in the order of the statement; truth values may be 0 and 1."""
        found: list[tuple[Any, ...]] = self._run(connection, parameters).fetchall()
        return found

    def run(self, connection: Connection, parameters: dict[str, Any]) -> int:
        """How many rows it changed."""
        count: int = self._run(connection, parameters).rowcount
        return count

    def _run(self, connection: Connection, parameters: dict[str, Any]) -> Any:
        return self.form(dialect_of(connection)).run(connection, parameters)
