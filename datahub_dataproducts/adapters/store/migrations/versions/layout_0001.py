"""Layout 1: as the store began."""

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, Integer, text

from datahub_dataproducts.adapters.store.column_types import Number, String, Text

revision = "0001"
down_revision = None


def upgrade() -> None:
    """All tables."""
    op.create_table("store_version", Column("version", Integer, nullable=False))
    _create_evidence()
    _create_verdicts()
    _create_history()
    _create_told()
    _create_letters()


def _create_evidence() -> None:
    op.create_table(
        "evidence",
        Column("subject", String, primary_key=True),
        Column("at", BigInteger, primary_key=True),
        Column("run_id", String, primary_key=True),
        Column("outcome", String, primary_key=True),
        Column("provisional", Boolean, nullable=False),
        Column("message", Text, nullable=False),
        sqlite_with_rowid=False,
    )
    few = text("provisional")
    op.create_index(
        "provisional_evidence", "evidence", ["subject"], sqlite_where=few, postgresql_where=few
    )


def _create_verdicts() -> None:
    op.create_table(
        "standings",
        Column("product", String, primary_key=True),
        Column("assertion", String, primary_key=True),
        Column("verdict", String, nullable=False),
        Column("reason", String, nullable=False),
        Column("low", Boolean, nullable=False),
        Column("latest", BigInteger, nullable=False),
        Column("run_id", String, nullable=False),
        Column("fault_low", Boolean),
        Column("expires_at", BigInteger),
        sqlite_with_rowid=False,
    )
    op.create_index("standings_due", "standings", ["expires_at"])
    op.create_table(
        "changes",
        Column("product", String, primary_key=True),
        Column("assertion", String, primary_key=True),
        Column("at", BigInteger, primary_key=True),
        Column("until", BigInteger, nullable=False),
        Column("verdict", String, nullable=False),
        Column("reason", String, nullable=False),
        Column("low", Boolean, nullable=False),
        Column("evidence_at", BigInteger),
        Column("run_id", String, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("changes_in_force", "changes", ["product", "until"])


def _create_history() -> None:
    op.create_table(
        "steps",
        Column("product", String, primary_key=True),
        Column("scope", String, primary_key=True),
        Column("at", BigInteger, primary_key=True),
        Column("until", BigInteger, nullable=False),
        Column("health", String, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("steps_in_force", "steps", ["product", "scope", "until"])
    op.create_table(
        "definitions",
        Column("product", String, primary_key=True),
        Column("generation", Integer, primary_key=True),
        Column("since", BigInteger),
        Column("definition", Text, nullable=False),
        Column("current", Boolean, nullable=False),
    )


def _create_told() -> None:
    op.create_table(
        "told",
        Column("product", String, primary_key=True),
        Column("digest", Text, nullable=False),
        Column("health", String, nullable=False),
        Column("posted_at", BigInteger, nullable=False),
        Column("announced", Text, nullable=False),
        Column("announced_health", String),
        Column("opened_at", BigInteger),
        Column("blind", Boolean, nullable=False),
        Column("announce_at", BigInteger),
    )
    op.create_index("told_posted", "told", ["posted_at"])
    op.create_index("told_waiting", "told", ["announce_at"])


def _create_letters() -> None:
    op.create_table(
        "letters",
        Column("id", Number, primary_key=True, autoincrement=True),
        Column("channel", String, nullable=False),
        Column("key", String, nullable=False),
        Column("revision", Integer, nullable=False),
        Column("state", String, nullable=False),
        Column("due_at", BigInteger, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("body", Text, nullable=False),
        Column("reason", Text, nullable=False),
    )
    op.create_index("letters_key", "letters", ["channel", "key"], unique=True)
    op.create_index("letters_due", "letters", ["state", "due_at"])
    op.create_table(
        "set_aside",
        Column("id", Number, primary_key=True, autoincrement=True),
        Column("at", BigInteger, nullable=False),
        Column("reason", Text, nullable=False),
        Column("content", Text, nullable=False),
    )
