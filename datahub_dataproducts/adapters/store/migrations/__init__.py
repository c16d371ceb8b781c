"""Migrations: brings a store of an older layout to the newest, with Alembic's operations.

Each layout has one revision in `versions`, whose number is the layout's. A store says in
`store_version` which it has, for all versions of this program to read, and in no other table.
"""

from pathlib import Path

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

_SCRIPTS = Path(__file__).parent


def upgrade(connection: Connection, layout: int | None, until: int | None = None) -> None:
    """Take all steps from a layout (None: from nothing) to another (None: to the newest).

    They are part of the transaction that the connection is in: all of them are taken, or none.
    What `store_version` says is the caller's.
    """
    scripts = ScriptDirectory(_SCRIPTS)
    reached = None if layout is None else revision_of(layout)
    last = "head" if until is None else revision_of(until)
    context = MigrationContext.configure(connection)
    with Operations.context(context):
        for script in reversed([*scripts.iterate_revisions(last, reached or "base")]):
            script.module.upgrade()


def newest() -> int:
    """The layout that the newest revision leads to."""
    head = ScriptDirectory(_SCRIPTS).get_current_head()
    return 0 if head is None else int(head)


def revision_of(layout: int) -> str:
    """The name of the revision that leads to a layout: `0002`."""
    return f"{layout:04d}"
