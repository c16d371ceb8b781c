"""That one process at a time works on a store.

What is known of a portfolio is held in memory beside the store, and letters are fetched and then
sent: two that work on one store would judge by what the other has changed since, and tell people
twice. Readers are not concerned.
"""

import sqlite3

from datahub_dataproducts.application.ports import Unavailable


class Occupancy:
    """The right to work on a store; it ends with the process, however that ends.

    It is the lock of a small database beside the store's file, because SQLite locks wherever it
    runs, and the lock goes with the process. On a file system without locks there is none.
    """

    def __init__(self, file: str) -> None:
        """`file` is the store's."""
        self._file = f"{file}.working"
        self._connection: sqlite3.Connection | None = None

    def take(self) -> bool:
        """Take it; False while another has it.

        Raises:
            Unavailable: it cannot be known.
        """
        if self._connection is not None:
            return True
        try:
            connection = sqlite3.connect(
                self._file, timeout=0, isolation_level=None, check_same_thread=False
            )
        except sqlite3.Error as problem:
            msg = f"the store cannot be opened, nor {self._file} ({problem}): check the path"
            raise Unavailable(msg) from problem
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as problem:
            connection.close()
            if "locked" in str(problem):
                return False
            msg = f"the store cannot be opened, nor {self._file} ({problem}): check the path"
            raise Unavailable(msg) from problem
        self._connection = connection
        return True

    def leave(self) -> None:
        """Let the next one have it; harmless when repeated."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
