"""Layout 2: a store says which version of this program wrote it, and how far it is compacted."""

from alembic import op
from sqlalchemy import BigInteger, Column, String

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """One column and one table more."""
    op.add_column("store_version", Column("written_by", String))
    op.create_table("compaction", Column("mark", BigInteger, nullable=False))
