"""The only reader of the clock, and a clock that events move."""

import threading
import time


class WallClock:
    """What time it is."""

    def now(self) -> int:
        """Milliseconds since the epoch."""
        return time.time_ns() // 1_000_000


class EventClock:
    """What time it is in a replay: the latest time told to it, never earlier than before.

    One thread may move it while others read it.
    """

    def __init__(self) -> None:
        self._now = 0
        self._lock = threading.Lock()

    def now(self) -> int:
        """Milliseconds since the epoch; 0 before it was ever moved."""
        return self._now

    def advance_to(self, instant: int) -> None:
        """Move forward to an instant; one in the past changes nothing."""
        with self._lock:
            self._now = max(self._now, instant)


class SteadyClock:
    """How much time has gone by since the machine started, which nobody sets back."""

    def now(self) -> int:
        """Milliseconds."""
        return time.monotonic_ns() // 1_000_000
