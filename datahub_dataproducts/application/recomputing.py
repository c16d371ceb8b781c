"""Recomputing: what is kept of one product, computed again from the evidence and compared."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from datahub_dataproducts.application.archive import Archive
from datahub_dataproducts.application.judge import from_instant
from datahub_dataproducts.application.ports import Scope
from datahub_dataproducts.domain.assertions import Assertion, AssertionKind
from datahub_dataproducts.domain.generations import Generation
from datahub_dataproducts.domain.incidents import NO_INCIDENT, incident_changes
from datahub_dataproducts.domain.portfolio import promised
from datahub_dataproducts.domain.products import DataProduct
from datahub_dataproducts.domain.timelines import (
    Step,
    Track,
    assertion_tracks,
    first_difference,
    input_tracks,
    worst_steps,
)
from datahub_dataproducts.domain.verdicts import NEVER_RAN, Change, Judgement, changes, heard

Kind = TypeVar("Kind")

EVER = 2**62
"""Later than any instant; the beginning of time is as far before the epoch."""


class FindingKind(Enum):
    """What is wrong."""

    DAMAGED = "damaged"
    DANGLING = "dangling"
    BROKEN_SERIES = "broken series"
    VERDICT = "another verdict"
    HISTORY = "another history"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """Something that is wrong with the store.

    Attributes:
        kind: see there.
        says: what is wrong, a sentence without a full stop.
        product: the id of the product it is about, empty: of none.
        assertion: URN of the promise it is about, empty: of none.
        since: from when on, None: it has no time.
        kept: what the store has there, empty: it has no such thing.
        computed: what comes of the evidence.
    """

    kind: FindingKind
    says: str
    product: str = ""
    assertion: str = ""
    since: int | None = None
    kept: str = ""
    computed: str = ""


def recomputed(
    book: Archive, generation: Generation, since: int | None, until: int
) -> Iterator[Finding]:
    """Of one product, by what it promised in one time; what it used is looked at for itself.

    `since` (None: the beginning) and `until` lie within that time, both are part of it.
    """
    product = generation.product
    begin = -EVER if since is None else since
    kept = book.changes(product.id, begin)
    computed: dict[str, list[Change]] = {}
    for assertion in promised(product):
        mine = _changes(book, assertion, begin, until)
        if mine:
            computed[assertion.urn] = mine
        held = [change for change in kept.get(assertion.urn, ()) if change.at <= until]
        found = _difference(_verdicts(held, begin), _verdicts(mine, begin))
        if found is not None:
            at, ours, theirs = found
            yield Finding(
                kind=FindingKind.VERDICT,
                says=f"whether {assertion.asset_name} {assertion.promise} is another verdict",
                product=product.id,
                assertion=assertion.urn,
                since=at,
                kept=_say_judgement(ours),
                computed=_say_judgement(theirs),
            )
    yield from _histories(
        book, product, _tracks(book, generation, begin, until, computed), begin, until
    )


def _changes(book: Archive, assertion: Assertion, begin: int, until: int) -> list[Change]:
    """The changes from an instant on, the one in force then moved to it, if there is one."""
    if assertion.kind is AssertionKind.INCIDENT:
        told = book.notices(assertion.listens_to)
        made = from_instant(incident_changes(assertion.listens_to, told, until), begin)
        # That none was open any more begins nothing.
        return made[1:] if made and made[0].says == (NO_INCIDENT, ()) else made
    anchor = book.anchor(assertion.listens_to, begin)
    pieces = heard(assertion, book.evidence(assertion.listens_to, anchor))
    return from_instant(changes(assertion, pieces, until)[0], begin)


def _verdicts(made: Sequence[Change], begin: int) -> list[tuple[int, Judgement]]:
    found = [(max(change.at, begin), change.judgement) for change in made]
    # That nothing was heard is written down where a promise begins, and else goes without saying.
    return found[1:] if found and found[0] in ((begin, NEVER_RAN), (begin, NO_INCIDENT)) else found


@dataclass(frozen=True, slots=True)
class _Tracks:
    """What makes the health of a product from some instant on.

    Attributes:
        own: its own promises.
        passed_on: what its inputs pass on.
        first: when its history begins, or goes on; None: it does not.
    """

    own: Sequence[Track]
    passed_on: Sequence[Track]
    first: int | None


def _tracks(
    book: Archive, generation: Generation, begin: int, until: int, computed: dict[str, list[Change]]
) -> _Tracks:
    product = generation.product
    inputs = input_tracks(
        generation.inputs, lambda id_: book.steps(id_, Scope.EXPERIENCED, begin), until
    )
    firsts = [max(made[0].at, begin) for made in computed.values()]
    firsts += [max(at, begin) for track in inputs if (at := track.first) is not None]
    # A step that ends at this very instant was in force before it.
    held = book.steps(product.id, Scope.EXPERIENCED, begin - 1)
    has_begun = bool(held) and held[0][0] < begin
    return _Tracks(
        own=assertion_tracks(promised(product), computed),
        passed_on=inputs,
        first=begin if has_begun else min(firsts, default=None),
    )


def _histories(
    book: Archive, product: DataProduct, made_of: _Tracks, begin: int, until: int
) -> Iterator[Finding]:
    whole = [*made_of.own, *made_of.passed_on]
    for scope, tracks in ((Scope.OWN, made_of.own), (Scope.EXPERIENCED, whole)):
        steps = [] if made_of.first is None else worst_steps(tracks, made_of.first, until)
        held = [step for step in book.steps(product.id, scope, begin) if step[0] <= until]
        found = _difference(_clipped(held, begin), _clipped(steps, begin))
        if found is not None:
            at, kept, computed = found
            yield Finding(
                kind=FindingKind.HISTORY,
                says=f"the {scope.value} health of {product.title} is another",
                product=product.id,
                since=at,
                kept="" if kept is None else kept.value,
                computed="" if computed is None else computed.value,
            )


def _clipped(steps: Sequence[Step], begin: int) -> list[Step]:
    return [(max(at, begin), health) for at, health in steps]


def _difference(
    kept: Sequence[tuple[int, Kind]], computed: Sequence[tuple[int, Kind]]
) -> tuple[int, Kind | None, Kind | None] | None:
    """From when on two timelines differ and what each has there; None: nowhere."""
    at = first_difference(kept, computed, -EVER)
    return None if at is None else (at, _in_force(kept, at), _in_force(computed, at))


def _in_force(timeline: Sequence[tuple[int, Kind]], at: int) -> Kind | None:
    return next((what for begun, what in reversed(timeline) if begun <= at), None)


def _say_judgement(judgement: Judgement | None) -> str:
    if judgement is None:
        return ""
    low = ", of low severity" if judgement.low else ""
    return f"{judgement.verdict.value}: {judgement.reason.value}{low}"
