"""Retention: what decides nothing any more leaves the store, a little at a time.

What goes of the evidence is, of each subject, what is older than the latest piece before the mark
from which a history can be taken up: it is no ERROR, nothing of the same instant is one, and no run
event will take its place. Every verdict since the mark, in whatever promise the subject is heard,
follows from what is left, whatever else is heard of the time since.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

from datahub_dataproducts.domain.durations import DAY
from datahub_dataproducts.domain.products import DataProduct
from datahub_dataproducts.domain.retention import Keeping, Marks, marks_of

_AT_ONCE = 500
_BATCHES_A_LOOK = 10

Key = tuple[str, int, str, str]
"""Of a piece of evidence: subject, event time, run and outcome."""

Basis = tuple[int, str]
"""Of what a verdict rests on: event time and run."""


class Clearance(Protocol):
    """One short transaction in which old things are looked for, or removed."""

    def mark(self) -> int | None:
        """Evidence of before it may be gone; None: none is."""
        ...

    def put_mark(self, mark: int) -> None:
        """Move it on; it never moves back."""
        ...

    def bases(self, mark: int) -> Collection[Basis]:
        """What verdicts that are in force at the mark or later rest on, of before it."""
        ...

    def subjects(self, after: str, limit: int) -> Sequence[str]:
        """Subjects of evidence in order, those after one of them (empty: from the first)."""
        ...

    def resumption(self, subject: str, before: int) -> int | None:
        """The latest instant before another from which the history of a subject can be taken up.

        There is firm evidence of it, none of which is an ERROR, and no ERROR of another subject
        either, with which it may decide a promise together.
        """
        ...

    def evidence_before(self, subject: str, before: int, after: Key | None) -> Sequence[Key]:
        """The evidence of a subject of before an instant, in order, after one piece; some of it."""
        ...

    def letters_before(self, before: int, after: int) -> Sequence[int]:
        """Letters that arrived or were refused and were due before an instant, by id; some."""
        ...

    def set_aside_before(self, before: int, after: int) -> Sequence[int]:
        """What was set aside before an instant, by id; some of it."""
        ...

    def remove_evidence(self, keys: Sequence[Key]) -> None:
        """It goes."""
        ...

    def remove_letters(self, ids: Sequence[int]) -> None:
        """They go."""
        ...

    def remove_set_aside(self, ids: Sequence[int]) -> None:
        """It goes."""
        ...


class Clearable(Protocol):
    """A store that can be cleared; `Unavailable` where it cannot be read or written now."""

    def clearing(self) -> AbstractContextManager[Clearance]:
        """One transaction to write in."""
        ...

    def looking(self) -> AbstractContextManager[Clearance]:
        """One in which nothing is written, which nobody waits for."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Removed:
    """How much went, or would go."""

    results: int = 0
    letters: int = 0
    set_aside: int = 0

    @property
    def any(self) -> bool:
        """Whether it is anything at all."""
        return bool(self.results or self.letters or self.set_aside)

    def __add__(self, other: "Removed") -> "Removed":
        """Both together."""
        return Removed(
            results=self.results + other.results,
            letters=self.letters + other.letters,
            set_aside=self.set_aside + other.set_aside,
        )


_Part = tuple[Removed, Callable[[Clearance], None]]
"""How much goes in one step, and what removes it."""


def compact(store: Clearable, marks: Marks, *, dry: bool = False) -> Iterator[Removed]:
    """Remove what is of before the marks and decides nothing any more, each step by itself.

    Every step is short, and a stop between two leaves a store that is right: the mark moves first.

    Args:
        store: beside which the action may run.
        marks: see there; that of the results is no earlier than the one in the store.
        dry: only count; the mark stays where it is.

    Raises:
        Unavailable: the store cannot be read or written.
    """
    parts: list[Iterator[_Part]] = []
    if marks.results is not None:
        parts.append(_spare_evidence(store, _move_mark(store, marks.results, dry=dry)))
    if (over := marks.letters) is not None:
        parts.append(
            _spare_by_id(store, lambda book, id_: book.letters_before(over, id_), _letters_part)
        )
    if (old := marks.set_aside) is not None:
        parts.append(
            _spare_by_id(store, lambda book, id_: book.set_aside_before(old, id_), _set_aside_part)
        )
    for removed, remove in chain.from_iterable(parts):
        if removed.any and not dry:
            with store.clearing() as book:
                remove(book)
        yield removed


class Retention:
    """Keeps to what a deployment says of keeping: once a day, a little at each look."""

    def __init__(
        self, store: Clearable, keeping: Keeping, products: Callable[[], Iterable[DataProduct]]
    ) -> None:
        """`products` as they are defined at the time."""
        self._store = store
        self._keeping = keeping
        self._products = products
        self._steps: Iterator[Removed] | None = None
        self._done = Removed()
        self._next_at = 0

    def look(self, now: int) -> Removed | None:
        """Some steps of the day, if there are any left; what the day removed when it is done.

        Raises:
            Unavailable: the store cannot be read or written; the day begins anew at the next look.
        """
        if self._steps is None:
            if now < self._next_at:
                return None
            self._done = Removed()
            self._steps = compact(self._store, marks_of(self._keeping, self._products(), now))
        steps, self._steps = self._steps, None
        for _ in range(_BATCHES_A_LOOK):
            removed = next(steps, None)
            if removed is None:
                self._next_at = now + DAY
                return self._done
            self._done += removed
        self._steps = steps
        return None


def _move_mark(store: Clearable, mark: int, *, dry: bool) -> int:
    with store.looking() if dry else store.clearing() as book:
        moved = max(mark, book.mark() or mark)
        if not dry:
            book.put_mark(moved)
    return moved


def _spare_evidence(store: Clearable, mark: int) -> Iterator[_Part]:
    """In small parts, some of them empty, so that there is always something else to do between."""
    with store.looking() as book:
        bases = book.bases(mark)
        subjects = book.subjects("", _AT_ONCE)
    while subjects:
        found: list[Key] = []
        for subject in subjects:
            for part in _spare_of(store, subject, mark):
                found += [key for key in part if (key[1], key[2]) not in bases]
                if len(found) >= _AT_ONCE:
                    yield _evidence_part(found)
                    found = []
        yield _evidence_part(found)
        with store.looking() as book:
            subjects = book.subjects(subjects[-1], _AT_ONCE)


def _evidence_part(keys: Sequence[Key]) -> _Part:
    return Removed(results=len(keys)), lambda book: book.remove_evidence(keys)


def _spare_of(store: Clearable, subject: str, mark: int) -> Iterator[Sequence[Key]]:
    with store.looking() as book:
        before = book.resumption(subject, mark)
        part = [] if before is None else book.evidence_before(subject, before, None)
    while before is not None and part:
        yield part
        with store.looking() as book:
            part = book.evidence_before(subject, before, part[-1])


def _spare_by_id(
    store: Clearable,
    find: Callable[[Clearance, int], Sequence[int]],
    part: Callable[[Sequence[int]], _Part],
) -> Iterator[_Part]:
    """What `find` gives after an id, some of it at a time."""
    last = 0
    while True:
        with store.looking() as book:
            ids = find(book, last)
        if not ids:
            return
        yield part(ids)
        last = ids[-1]


def _letters_part(ids: Sequence[int]) -> _Part:
    return Removed(letters=len(ids)), lambda book: book.remove_letters(ids)


def _set_aside_part(ids: Sequence[int]) -> _Part:
    return Removed(set_aside=len(ids)), lambda book: book.remove_set_aside(ids)
