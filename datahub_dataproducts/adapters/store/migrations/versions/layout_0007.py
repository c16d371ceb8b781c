"""Layout 7: letters by thread, what channels showed of it, and when they take letters again."""

import json

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Integer,
    column,
    false,
    select,
    table,
    text,
    update,
)

from datahub_dataproducts.adapters.store.column_types import String, Text

revision = "0007"
down_revision = "0006"

_IS_WAITING = text("state = 'pending' AND thread != ''")


def upgrade() -> None:
    """Two columns and two tables more; a letter that waits is of the thread that it says."""
    op.add_column("letters", Column("thread", String, nullable=False, server_default=""))
    op.add_column(
        "letters", Column("is_uncertain", Boolean, nullable=False, server_default=false())
    )
    letters = table("letters", column("id"), column("body"), column("state"), column("thread"))
    connection = op.get_bind()
    waiting = select(letters.c.id, letters.c.body).where(
        letters.c.state != "delivered", letters.c.body.contains('"announcement"')
    )
    for id_, body in connection.execute(waiting).all():
        said = json.loads(body)
        if said["kind"] != "announcement":
            # A product may be called so.
            continue
        thread = said.get("conversation") or said["product"]
        connection.execute(update(letters).where(letters.c.id == id_).values(thread=thread))
    op.create_index(
        "letters_waiting",
        "letters",
        ["channel", "thread", "id"],
        sqlite_where=_IS_WAITING,
        postgresql_where=_IS_WAITING,
    )
    op.create_table(
        "shown",
        Column("channel", String, primary_key=True),
        Column("thread", String, primary_key=True),
        Column("reference", Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rests",
        Column("channel", String, primary_key=True),
        Column("until", BigInteger, nullable=False),
        Column("failures", Integer, nullable=False),
        Column("is_asked", Boolean, nullable=False),
        Column("reason", Text, nullable=False),
        sqlite_with_rowid=False,
    )
