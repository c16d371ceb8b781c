"""Layout 3: generations that hold no more know when they ended, and what they relied on."""

from alembic import op
from sqlalchemy import BigInteger, Column

from datahub_dataproducts.adapters.store.column_types import String, Text

revision = "0003"
down_revision = "0002"

_FROM_EVER = -(2**62)
# One that was replaced ended where the next began; with the same beginning it never held.
_REPLACED = """
UPDATE definitions SET until = COALESCE(
  (SELECT later.since FROM definitions AS later
   WHERE later.product = definitions.product AND later.generation = definitions.generation + 1),
  {from_ever})
WHERE generation < (SELECT MAX(latest.generation) FROM definitions AS latest
                    WHERE latest.product = definitions.product)
"""
# Of a product that was no more the record said that nothing is known of it from then on; of one
# of which nothing was ever heard it said nothing.
_NO_MORE = """
UPDATE definitions SET until = COALESCE(
  (SELECT MAX(steps.at) FROM steps
   WHERE steps.product = definitions.product AND steps.scope = 'experienced'
   AND steps.health = 'UNKNOWN'),
  {from_ever})
WHERE until IS NULL AND NOT current
"""


def upgrade() -> None:
    """Two columns, one table and two indexes more."""
    op.add_column("definitions", Column("until", BigInteger))
    op.add_column("definitions", Column("inputs", Text))
    op.create_index("definitions_past", "definitions", ["until"])
    op.create_table(
        "past_reliance",
        Column("kind", String, primary_key=True),
        Column("name", String, primary_key=True),
        Column("product", String, primary_key=True),
        Column("until", BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    for ended in (_REPLACED, _NO_MORE):
        op.execute(ended.format(from_ever=_FROM_EVER))
