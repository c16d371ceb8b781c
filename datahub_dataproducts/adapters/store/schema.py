"""The tables of the store. Instants are integer milliseconds, enums are kept by value.

Whoever changes them raises `VERSION` and adds a revision to `migrations/versions`, which brings a
store of the layout before to this one. Rows are read by place: a column is added at the end.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    MetaData,
    Table,
    false,
)

from datahub_dataproducts.adapters.store.column_types import Number, String, Text

VERSION = 9
"""The layout: the number of the newest revision in `migrations/versions`."""

OPEN = 2**62
"""The end of what has not ended."""

metadata = MetaData()

# Read by every version there ever was, to know whether it can read the rest: it stays as it is.
version = Table(
    "store_version",
    metadata,
    Column("version", Integer, nullable=False),
    Column("written_by", String),  # null: by one that did not say
)

# One row, or none while nothing was ever removed.
compaction = Table(
    "compaction",
    metadata,
    Column("mark", BigInteger, nullable=False),  # evidence of before it may be gone
)

evidence = Table(
    "evidence",
    metadata,
    Column("subject", String, primary_key=True),
    Column("at", BigInteger, primary_key=True),
    Column("run_id", String, primary_key=True),
    Column("outcome", String, primary_key=True),  # empty: an update
    Column("provisional", Boolean, nullable=False),
    Column("message", Text, nullable=False),
    sqlite_with_rowid=False,
)
Index(
    "provisional_evidence",
    evidence.c.subject,
    sqlite_where=evidence.c.provisional,
    postgresql_where=evidence.c.provisional,
)
Index(
    "broken_evidence",
    evidence.c.at,
    sqlite_where=evidence.c.outcome == "ERROR",
    postgresql_where=evidence.c.outcome == "ERROR",
)

notices = Table(
    "notices",
    metadata,
    Column("subject", String, primary_key=True),  # empty: whatever the incident is on
    Column("incident", String, primary_key=True),
    Column("at", BigInteger, primary_key=True),
    Column("written_at", BigInteger, primary_key=True),
    Column("active", Boolean, primary_key=True),
    Column("grave", Boolean, primary_key=True),
    Column("title", Text, primary_key=True),
    sqlite_with_rowid=False,
)
Index("notices_of_incident", notices.c.incident)

standings = Table(
    "standings",
    metadata,
    Column("product", String, primary_key=True),
    Column("assertion", String, primary_key=True),
    Column("verdict", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("low", Boolean, nullable=False),
    Column("latest", BigInteger, nullable=False),
    Column("run_id", String, nullable=False),
    Column("fault_low", Boolean),  # null: no known fault
    Column("expires_at", BigInteger),
    sqlite_with_rowid=False,
)
Index("standings_due", standings.c.expires_at)

changes = Table(
    "changes",
    metadata,
    Column("product", String, primary_key=True),
    Column("assertion", String, primary_key=True),
    Column("at", BigInteger, primary_key=True),
    Column("until", BigInteger, nullable=False),
    Column("verdict", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("low", Boolean, nullable=False),
    Column("evidence_at", BigInteger),
    Column("run_id", String, nullable=False),
    Column("incidents", Text),  # null: none is open
    sqlite_with_rowid=False,
)
Index("changes_in_force", changes.c.product, changes.c.until)

steps = Table(
    "steps",
    metadata,
    Column("product", String, primary_key=True),
    Column("scope", String, primary_key=True),
    Column("at", BigInteger, primary_key=True),
    Column("until", BigInteger, nullable=False),
    Column("health", String, nullable=False),
    sqlite_with_rowid=False,
)
Index("steps_in_force", steps.c.product, steps.c.scope, steps.c.until)

told = Table(
    "told",
    metadata,
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
Index("told_posted", told.c.posted_at)
Index("told_waiting", told.c.announce_at)

conversations = Table(
    "conversations",
    metadata,
    Column("channel", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("roots", Text, nullable=False),  # JSON
    Column("opened_at", BigInteger, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("causes", Text, nullable=False),
    Column("remind_at", BigInteger),
    Column("is_over", Boolean, nullable=False),
    Column("held", Text),  # JSON; null: its channel was told all
    Column("acknowledged", Text),  # JSON; null: nobody takes care
    Column("look_at", BigInteger),
    Column("news_at", BigInteger),
    sqlite_with_rowid=False,
)
# On PostgreSQL an entry of an index has room for a third of a page, and there may be many roots.
Index(
    "conversations_open",
    conversations.c.channel,
    conversations.c.kind,
    conversations.c.roots,
    sqlite_where=conversations.c.is_over.is_(False),
).ddl_if(dialect="sqlite")
Index(
    "conversations_open",
    conversations.c.channel,
    conversations.c.kind,
    postgresql_where=conversations.c.is_over.is_(False),
).ddl_if(dialect="postgresql")
Index(
    "conversations_reminding",
    conversations.c.remind_at,
    sqlite_where=conversations.c.remind_at.is_not(None),
    postgresql_where=conversations.c.remind_at.is_not(None),
)

Index(
    "conversations_looked_at",
    conversations.c.look_at,
    sqlite_where=conversations.c.look_at.is_not(None),
    postgresql_where=conversations.c.look_at.is_not(None),
)

# What is not told for a while, because somebody says so.
hushes = Table(
    "hushes",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("since", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("author", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("of", Text, nullable=False),  # JSON: products, domains, channels, with_caused
)
Index("hushes_until", hushes.c.until)

# Up to when each channel had its digests.
digests = Table(
    "digests",
    metadata,
    Column("channel", String, primary_key=True),
    Column("told_until", BigInteger),  # null: it has not begun with any
    Column("next_at", BigInteger),  # null: it wants none
)

affected = Table(
    "affected",
    metadata,
    Column("product", String, primary_key=True),
    Column("channel", String, primary_key=True),
    Column("key", String, primary_key=True),
    sqlite_with_rowid=False,
)
Index("affected_by", affected.c.channel, affected.c.key)

definitions = Table(
    "definitions",
    metadata,
    Column("product", String, primary_key=True),
    Column("generation", Integer, primary_key=True),
    Column("since", BigInteger),  # null: from ever
    Column("definition", Text, nullable=False),
    Column("current", Boolean, nullable=False),
    Column("until", BigInteger),  # null: its promises still hold
    Column("inputs", Text),  # JSON; null: those that are known now
)
Index("definitions_past", definitions.c.until)

past_reliance = Table(
    "past_reliance",
    metadata,
    Column("kind", String, primary_key=True),
    Column("name", String, primary_key=True),
    Column("product", String, primary_key=True),
    Column("until", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""What generations that hold no more relied on: the latest end of any that did."""

letters = Table(
    "letters",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("channel", String, nullable=False),
    Column("key", String, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("thread", String, nullable=False, server_default=""),  # empty: a post to the catalog
    Column("is_uncertain", Boolean, nullable=False, server_default=false()),
)
Index("letters_key", letters.c.channel, letters.c.key, unique=True)
Index("letters_due", letters.c.state, letters.c.due_at)
_IS_WAITING = (letters.c.state == "pending") & (letters.c.thread != "")
Index(
    "letters_waiting",
    letters.c.channel,
    letters.c.thread,
    letters.c.id,
    sqlite_where=_IS_WAITING,
    postgresql_where=_IS_WAITING,
)

shown = Table(
    "shown",
    metadata,
    Column("channel", String, primary_key=True),
    Column("thread", String, primary_key=True),
    Column("reference", Text, nullable=False),
    sqlite_with_rowid=False,
)

rests = Table(
    "rests",
    metadata,
    Column("channel", String, primary_key=True),
    Column("until", BigInteger, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("is_asked", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    sqlite_with_rowid=False,
)

set_aside = Table(
    "set_aside",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("content", Text, nullable=False),
)
