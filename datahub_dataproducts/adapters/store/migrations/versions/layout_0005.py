"""Layout 5: incidents on assets, and which were open when."""

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column

from datahub_dataproducts.adapters.store.column_types import String, Text

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """One column and one table more."""
    op.add_column("changes", Column("incidents", Text))
    op.create_table(
        "notices",
        Column("subject", String, primary_key=True),
        Column("incident", String, primary_key=True),
        Column("at", BigInteger, primary_key=True),
        Column("written_at", BigInteger, primary_key=True),
        Column("active", Boolean, primary_key=True),
        Column("grave", Boolean, primary_key=True),
        Column("title", Text, primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_index("notices_of_incident", "notices", ["incident"])
