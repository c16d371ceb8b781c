"""Layout 6: what was held back from channels, who takes care of what, and what is silenced."""

from alembic import op
from sqlalchemy import BigInteger, Column, text

from datahub_dataproducts.adapters.store.column_types import Number, Text

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Three columns and one table more."""
    op.add_column("conversations", Column("held", Text))
    op.add_column("conversations", Column("acknowledged", Text))
    op.add_column("conversations", Column("look_at", BigInteger))
    op.create_index(
        "conversations_looked_at",
        "conversations",
        ["look_at"],
        sqlite_where=text("look_at IS NOT NULL"),
        postgresql_where=text("look_at IS NOT NULL"),
    )
    op.create_table(
        "hushes",
        Column("id", Number, primary_key=True, autoincrement=True),
        Column("since", BigInteger, nullable=False),
        Column("until", BigInteger, nullable=False),
        Column("author", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("made_at", BigInteger, nullable=False),
        Column("of", Text, nullable=False),
    )
    op.create_index("hushes_until", "hushes", ["until"])
