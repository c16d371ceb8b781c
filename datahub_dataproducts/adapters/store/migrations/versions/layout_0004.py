"""Layout 4: what people were told is kept by conversation."""

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, Integer, text

from datahub_dataproducts.adapters.store.column_types import String, Text

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Two tables more; an episode that is open is told anew."""
    op.create_table(
        "conversations",
        Column("channel", String, primary_key=True),
        Column("key", String, primary_key=True),
        Column("kind", String, nullable=False),
        Column("roots", Text, nullable=False),
        Column("opened_at", BigInteger, nullable=False),
        Column("sequence", Integer, nullable=False),
        Column("causes", Text, nullable=False),
        Column("remind_at", BigInteger),
        Column("is_over", Boolean, nullable=False),
        sqlite_with_rowid=False,
    )
    # On PostgreSQL there may be more roots than an entry of an index has room for.
    on_sqlite = op.get_context().dialect.name == "sqlite"
    op.create_index(
        "conversations_open",
        "conversations",
        ["channel", "kind", "roots"] if on_sqlite else ["channel", "kind"],
        sqlite_where=text("is_over IS 0"),
        postgresql_where=text("is_over IS false"),
    )
    op.create_index(
        "conversations_reminding",
        "conversations",
        ["remind_at"],
        sqlite_where=text("remind_at IS NOT NULL"),
        postgresql_where=text("remind_at IS NOT NULL"),
    )
    op.create_table(
        "affected",
        Column("product", String, primary_key=True),
        Column("channel", String, primary_key=True),
        Column("key", String, primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_index("affected_by", "affected", ["channel", "key"])
