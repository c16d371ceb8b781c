"""Layout 2: a store says which version of this program wrote it, and how far it is compacted."""

from alembic import op
from sqlalchemy import BigInteger, Column, String, text

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """One column, one table and one index more."""
    op.add_column("store_version", Column("written_by", String))
    op.create_table("compaction", Column("mark", BigInteger, nullable=False))
    op.create_index("broken_evidence", "evidence", ["at"], sqlite_where=text("outcome = 'ERROR'"))
