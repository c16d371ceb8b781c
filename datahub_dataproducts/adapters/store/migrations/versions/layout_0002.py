"""Layout 2: a store says which version of this program wrote it, and how far it is compacted."""

from alembic import op
from sqlalchemy import BigInteger, Column, text

from datahub_dataproducts.adapters.store.column_types import String

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """One column, one table and one index more."""
    op.add_column("store_version", Column("written_by", String))
    op.create_table("compaction", Column("mark", BigInteger, nullable=False))
    few = text("outcome = 'ERROR'")
    op.create_index("broken_evidence", "evidence", ["at"], sqlite_where=few, postgresql_where=few)
