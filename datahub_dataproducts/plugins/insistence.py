"""Insistence: asking for what is not there yet, again and again, ever more seldom, not for ever."""

from collections.abc import Collection, Iterable


class Insistence:
    """What is asked for until it was there, or for long enough; times are milliseconds.

    Args:
        tick: the shortest time between two times that are not the first two.
        patience: how long it is asked for.
    """

    def __init__(self, tick: int, patience: int) -> None:
        self._tick = tick
        self._patience = patience
        self._wanted: set[str] = set()
        self._until = 0
        self._next_at: int | None = None
        self._wait = 0

    def __bool__(self) -> bool:
        """True while anything is wanted."""
        return bool(self._wanted)

    def on(self, wanted: Iterable[str], now: int) -> None:
        """These are asked for now; what was wanted before is so for longer."""
        self._wanted.update(wanted)
        self._until = now + self._patience
        self._next_at = None
        self._wait = 0

    def due(self, now: int) -> Collection[str]:
        """What is to be asked for again now; once, until `heard` is told what came of it."""
        if self._next_at is None or now < self._next_at:
            return ()
        self._next_at = None
        return frozenset(self._wanted)

    def heard(self, still_wanted: Collection[str], now: int) -> None:
        """It was asked for: of all that is wanted, these are not there yet."""
        self._wanted = set() if now >= self._until else self._wanted.intersection(still_wanted)
        if self._wanted:
            self._next_at = min(now + self._wait, self._until)
            self._wait = max(2 * self._wait, self._tick)
