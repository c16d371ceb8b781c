"""Recording: evidence, as the book keeps it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from datahub_dataproducts.domain.assertions import Observation


@dataclass(frozen=True, slots=True)
class Recorded:
    """What recording a piece of evidence did.

    Attributes:
        new: False when it was known already, or gives way to what is known.
        displaced: the earliest instant of provisional results that gave way to it, else None.
        confirms: what gave way to it said the same of the same instant, so it decides nothing anew.
        too_old: it is of before the mark, so it cannot be judged and was not kept.
    """

    new: bool
    displaced: int | None = None
    confirms: bool = False
    too_old: bool = False


class Recording(Protocol):
    """What of the book is about evidence."""

    def record(self, evidence: Observation) -> Recorded:
        """Keep a piece of evidence; a run event displaces provisional results of its run."""
        ...

    def evidence(self, subjects: Sequence[str], since: int | None) -> list[Observation]:
        """All evidence of some subjects from an instant on (None: from the beginning)."""
        ...

    def heard_of(self, subjects: Sequence[str]) -> frozenset[str]:
        """Those of some subjects of which there is any evidence."""
        ...

    def anchor(self, subjects: Sequence[str], before: int) -> int | None:
        """The latest instant before another at which there is evidence, and none of it an ERROR."""
        ...

    def mark(self) -> int | None:
        """Evidence of before it may be gone, so that none that comes later can be judged."""
        ...
