"""How statements are said to each database, where that differs; how they are run is `databases`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    JSON,
    BindParameter,
    Connection,
    Table,
    TableValuedAlias,
    cast,
    func,
)
from sqlalchemy import Dialect as Compiler
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import psycopg2

_NUL, _INSTEAD_OF_NUL = "\x00", "\ufffd"


@dataclass(frozen=True, kw_only=True, slots=True)
class Dialect:
    """What a statement says in its own way to one kind of database.

    Attributes:
        name: SQLAlchemy's.
        compiler: which makes text of statements, with parameters by their place.
        insert: an insert that may say what to do where the row is there already.
        each_of: a parameter that holds a JSON list of texts, as rows with one column `value`.
        by_index: what follows a table to have it read by an index.
        keeps_nul: whether a text may hold the character 0.
    """

    name: str
    compiler: Compiler
    insert: Callable[[Table], Any]
    each_of: Callable[[BindParameter[Any]], TableValuedAlias]
    by_index: Callable[[str], str]
    keeps_nul: bool

    def storable(self, value: Any) -> Any:
        """A value as this database keeps it; the same one wherever it can."""
        if self.keeps_nul or not isinstance(value, str) or _NUL not in value:
            return value
        return value.replace(_NUL, _INSTEAD_OF_NUL)


SQLITE = Dialect(
    name="sqlite",
    compiler=sqlite.dialect(),
    insert=sqlite.insert,
    each_of=lambda asked: func.json_each(asked).table_valued("value"),
    by_index=lambda index: f" INDEXED BY {index}",
    keeps_nul=True,
)
POSTGRESQL = Dialect(
    name="postgresql",
    compiler=psycopg2.dialect(paramstyle="format"),  # type: ignore[no-untyped-call]
    insert=postgresql.insert,
    each_of=lambda asked: func.json_array_elements_text(cast(asked, JSON)).table_valued("value"),
    # It knows from its own counts which index is worth it, and takes no advice.
    by_index=lambda _: "",
    keeps_nul=False,
)
_DIALECTS: Mapping[str, Dialect] = {one.name: one for one in (SQLITE, POSTGRESQL)}


def dialect_of(connection: Connection) -> Dialect:
    """The dialect of the database at the other end."""
    return _DIALECTS[connection.dialect.name]
