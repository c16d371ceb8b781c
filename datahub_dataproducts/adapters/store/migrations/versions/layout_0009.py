"""Layout 9: since when what a conversation is about is known, so that old words of care count no more."""

from alembic import op
from sqlalchemy import BigInteger, Column

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """One column more; of conversations of before it is not known."""
    op.add_column("conversations", Column("news_at", BigInteger))
