"""Corrections: what people know better than the evidence, with who answers for it and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from datahub_dataproducts.domain.schedules import local_time


class CorrectionKind(Enum):
    """What the evidence got wrong; the value is the word of the file."""

    PLANNED_WORK = "planned_work"
    FALSE_ALARM = "false_alarm"
    UNDETECTED_FAULT = "undetected_fault"


_WORDS = {
    CorrectionKind.PLANNED_WORK: "planned work, not measured",
    CorrectionKind.FALSE_ALARM: "a false alarm, good",
    CorrectionKind.UNDETECTED_FAULT: "an undetected fault, bad",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Correction:
    """One correction.

    Attributes:
        product: id of the product.
        since: the interval begins, milliseconds since the epoch ...
        until: ... and ends, without this instant; later than `since`.
        kind: planned work is not measured, a false alarm is good, an undetected fault is bad;
            all of the interval is, whatever the evidence says.
        reason: in the words of its author.
        author: who answers for it.
    """

    product: str
    since: int
    until: int
    kind: CorrectionKind
    reason: str
    author: str


def corrections_of(product: str, corrections: Iterable[Correction]) -> tuple[Correction, ...]:
    """Those of one product, each once, in order of time."""
    mine = {c for c in corrections if c.product == product}
    return tuple(sorted(mine, key=lambda c: (c.since, c.until, c.kind.value, c.reason, c.author)))


def corrections_within(
    corrections: Iterable[Correction], since: int, until: int
) -> tuple[Correction, ...]:
    """Those that speak of any of the time `[since, until)`, in the order given."""
    return tuple(c for c in corrections if c.since < until and c.until > since)


def say_correction(correction: Correction, timezone: str) -> str:
    """`2026-03-05 06:00 to 2026-03-05 10:00, planned work, not measured: Migration (ana)`."""
    since, until = (
        f"{local_time(at, timezone):%Y-%m-%d %H:%M}" for at in (correction.since, correction.until)
    )
    why = f"{correction.reason} ({correction.author})"
    return f"{since} to {until}, {_WORDS[correction.kind]}: {why}"
