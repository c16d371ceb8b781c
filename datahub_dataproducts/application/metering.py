"""Metering: what operators are shown of the work, as numbers. Counting never fails and costs little."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from datahub_dataproducts.application.ports import Book, HealthStore
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.receipts import Receipt


class Role(Enum):
    """What a process is doing.

    `STARTING`: it opens the store, or waits for the first products. `STANDING_BY`: another process
    works on the store. `WORKING`: it hears events and sends letters.
    """

    STARTING = "starting"
    STANDING_BY = "standing by"
    WORKING = "working"


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """The letters to one channel that did not arrive.

    Attributes:
        waiting: how many are still to be sent.
        refused: how many will never arrive.
        oldest: of when the oldest that is still to be sent is (milliseconds); None without one.
    """

    waiting: int = 0
    refused: int = 0
    oldest: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Levels:
    """How much there is of what piles up.

    Attributes:
        letters: by channel, the catalog among them; one without letters may be left out.
        set_aside: how many things lie aside.
        healths: of the products of which anything was ever heard, by id.
    """

    letters: Mapping[str, Waiting] = field(default_factory=dict)
    set_aside: int = 0
    healths: Mapping[str, Health] = field(default_factory=dict)


class Gauges(Protocol):
    """Where levels are read."""

    def levels(self) -> Levels:
        """As they are now.

        Raises:
            Unavailable: they cannot be read now.
        """
        ...


class Meters(Protocol):
    """What counts; each is called where it happens, by whichever thread."""

    def is_in(self, role: Role) -> None:
        """What this process is doing from now on."""
        ...

    def heard(self, kind: str) -> None:
        """An event came; `kind` is the name of its type."""
        ...

    def set_aside(self, kind: str) -> None:
        """An event of a kind cannot be read."""
        ...

    def judged(self, *, is_new: bool, lag: int) -> None:
        """A piece of evidence was taken up, or (not `is_new`) known or of no promise.

        `lag` is how long before now it was seen to be so (milliseconds), negative if the clocks differ.
        """
        ...

    def posted(self, channel: str, receipt: Receipt) -> None:
        """A letter was tried."""
        ...

    def transaction(self) -> AbstractContextManager[None]:
        """As long as a transaction of the store lasts."""
        ...

    def asked(self, what: str, *, answered: bool) -> None:
        """The catalog was asked for something: `products`, `results`."""
        ...

    def show(self, levels: Levels, products: Iterable[str], now: int) -> None:
        """Levels as they are now; `products` are the ids of all that are known."""
        ...


class Unmetered:
    """Counts nothing."""

    def is_in(self, role: Role) -> None:
        """Nothing."""

    def heard(self, kind: str) -> None:
        """Nothing."""

    def set_aside(self, kind: str) -> None:
        """Nothing."""

    def judged(self, *, is_new: bool, lag: int) -> None:
        """Nothing."""

    def posted(self, channel: str, receipt: Receipt) -> None:
        """Nothing."""

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Nothing."""
        yield

    def asked(self, what: str, *, answered: bool) -> None:
        """Nothing."""

    def show(self, levels: Levels, products: Iterable[str], now: int) -> None:
        """Nothing."""


class MeteredStore:
    """A store of which the transactions are timed."""

    def __init__(self, store: HealthStore, meters: Meters) -> None:
        """All else is the store's own."""
        self._meters = meters
        self.reading = store.reading
        self.trial = store.trial
        self._transaction = store.transaction

    @contextmanager
    def transaction(self) -> Iterator[Book]:
        """See the port."""
        with self._meters.transaction(), self._transaction() as book:
            yield book
