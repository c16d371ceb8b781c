"""Taking turns: one thread at a time, and who has long to do lets those go first who come meanwhile.

A lock alone is not fair: who gives it back and takes it again at once mostly has it again, however
many wait.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """One thread at a time; one that is in may go in again."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._door = threading.Condition()
        self._coming = 0

    @contextmanager
    def one(self) -> Iterator[None]:
        """A turn; waits until the others are done."""
        with self._door:
            self._coming += 1
        self._lock.acquire()
        with self._door:
            self._coming -= 1
            self._door.notify_all()
        try:
            yield
        finally:
            self._lock.release()

    def give_way(self) -> None:
        """Between two turns: wait until nobody is waiting for one. Not within a turn."""
        with self._door:
            self._door.wait_for(lambda: self._coming == 0)
