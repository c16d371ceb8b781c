"""Types of columns that mean the same in every database, for the schema and for its revisions.

Texts are compared and put in order by their code points, as Python does and SQLite always did; a
PostgreSQL server would do it by the rules of the language that it was set up with.
"""

from sqlalchemy import BigInteger, Integer, types

_BY_CODE_POINT = "C"

String = types.String().with_variant(types.String(collation=_BY_CODE_POINT), "postgresql")
"""A name, an id or a word."""

Text = types.Text().with_variant(types.Text(collation=_BY_CODE_POINT), "postgresql")
"""A text of any length."""

# SQLite counts up by itself only what is called INTEGER, which there has 64 bits.
Number = BigInteger().with_variant(Integer(), "sqlite")
"""An id that the database gives, 64 bits."""
