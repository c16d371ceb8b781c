"""A store for the length of one computation, kept in memory where SQLite can."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from uuid import uuid4

from datahub_dataproducts.adapters.store.store import SqlHealthStore
from datahub_dataproducts.plugins.store_wiring import store_of

# Since then several connections may share a database in memory by its name.
_SHARES_MEMORY = (3, 36)


@contextmanager
def scratch_store(
    version: tuple[int, ...] = sqlite3.sqlite_version_info,
) -> Iterator[SqlHealthStore]:
    """A store, open and empty; nothing of it is left behind.

    `version` is SQLite's. An older one keeps it in a temporary folder, where syncing each event
    to the disk takes ten times as long.
    """
    with TemporaryDirectory(prefix="data-products-") as folder:
        in_memory = f"sqlite:///file:/{uuid4().hex}?vfs=memdb&uri=true"
        store = store_of(
            in_memory if version >= _SHARES_MEMORY else f"sqlite:///{folder}/health.db"
        )
        store.open()
        try:
            yield store
        finally:
            store.close()
