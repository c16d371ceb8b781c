"""Retention: how long what decides nothing any more is kept. Pure.

Intervals of health and changes of verdict are never among it, so that no figure of the past is lost.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from datahub_dataproducts.domain.durations import DAY
from datahub_dataproducts.domain.products import DataProduct

SHORTEST = 93 * DAY
"""A quarter lies in it wherever it begins, so that what a review is about can be judged again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Keeping:
    """How long things are kept, milliseconds; None: for ever.

    Attributes:
        results: evidence that no verdict since then rests on. At least `SHORTEST`.
        letters: letters that arrived or were refused.
        set_aside: what could not be used.
    """

    results: int | None = None
    letters: int | None = None
    set_aside: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Marks:
    """What is of before these instants may go, None: none of it.

    Attributes:
        results: the mark. Evidence of before it may be gone, so none that arrives later can be
            judged.
        letters: of letters.
        set_aside: of what was set aside.
    """

    results: int | None = None
    letters: int | None = None
    set_aside: int | None = None


def marks_of(keeping: Keeping, products: Iterable[DataProduct], now: int) -> Marks:
    """The marks at an instant.

    Evidence is kept for the window of each objective at least, however short `keeping` is.
    """
    results = keeping.results
    if results is not None:
        windows = (p.objective.window for p in products if p.objective is not None)
        results = max(results, SHORTEST, *(w for w in windows if w is not None))
    return Marks(
        results=_before(results, now),
        letters=_before(keeping.letters, now),
        set_aside=_before(keeping.set_aside, now),
    )


def _before(length: int | None, now: int) -> int | None:
    return None if length is None else now - length
