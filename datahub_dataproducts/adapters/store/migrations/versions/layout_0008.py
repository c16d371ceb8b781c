"""Layout 8: up to when each channel had its digests."""

from alembic import op
from sqlalchemy import BigInteger, Column

from datahub_dataproducts.adapters.store.column_types import String

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """One table more; no channel had any digest before."""
    op.create_table(
        "digests",
        Column("channel", String, primary_key=True),
        Column("told_until", BigInteger),
        Column("next_at", BigInteger),
    )
