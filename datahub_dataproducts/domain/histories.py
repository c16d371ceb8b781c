"""Histories from scratch: the whole of every product's health from all evidence. Pure.

The tracked state of the action is kept step by step; this computes the same from nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from datahub_dataproducts.domain.assertions import Assertion, Evidence
from datahub_dataproducts.domain.generations import (
    Generation,
    inputs_first,
    only_generations,
    part,
    turns,
)
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.incidents import incident_changes
from datahub_dataproducts.domain.portfolio import Portfolio, watches_of
from datahub_dataproducts.domain.timelines import (
    Step,
    Track,
    appended,
    assertion_tracks,
    input_tracks,
    worst_steps,
)
from datahub_dataproducts.domain.verdicts import Change, changes, heard

_EVER = -(2**62)


@dataclass(frozen=True, slots=True)
class History:
    """Steps of one product from its first evidence on; both empty where there is none.

    Attributes:
        own: on its own assertions alone (UNKNOWN throughout where it has none).
        experienced: inputs included.
    """

    own: tuple[Step, ...]
    experienced: tuple[Step, ...]


def verdicts(
    portfolio: Portfolio, evidence: Iterable[Evidence], until: int
) -> dict[tuple[str, str], tuple[Change, ...]]:
    """Changes of judgement up to and including `until`, by product id and assertion URN.

    Those of a watch for incidents are left out where there never was one.
    """
    by_subject = _by_subject(evidence)
    found: dict[tuple[str, str], tuple[Change, ...]] = {}
    for product in portfolio.products.values():
        for assertion in product.assertions:
            mine = _subjects(assertion, by_subject)
            found[product.id, assertion.urn], _ = changes(assertion, heard(assertion, mine), until)
        for watch in portfolio.watches.get(product.id, ()):
            if made := _incidents(watch, by_subject, until):
                found[product.id, watch.urn] = made
    return found


def histories(portfolio: Portfolio, evidence: Iterable[Evidence], until: int) -> dict[str, History]:
    """The history of every product, by id, up to and including `until`, by one set of promises."""
    return histories_over(only_generations(portfolio), evidence, until)


def histories_over(
    generations: Iterable[Generation], evidence: Iterable[Evidence], until: int
) -> dict[str, History]:
    """The history of every product, by id, up to and including `until`.

    At each instant the promises of that time count. While a product is not there, after it was,
    nothing is known of it.
    """
    lived, by_subject = list(generations), _by_subject(evidence)
    found: dict[str, _Growing] = {g.product.id: _Growing([], []) for g in lived}
    begins = [_EVER, *(at for at in turns(lived) if at <= until)]
    tracks: dict[int, list[Track]] = {}
    for since, end in zip(begins, [*begins[1:], until + 1], strict=True):
        held = {g.product.id: g for g in lived if g.holds_at(since)}
        for id_, growing in found.items():
            if id_ not in held:
                growing.end(since)
        for id_ in inputs_first(held):
            generation = held[id_]
            if id(generation) not in tracks:
                tracks[id(generation)] = _tracks(generation, by_subject, until)
            mine = [_within(track, since, end) for track in tracks[id(generation)]]
            found[id_].go_on(mine, _inputs(generation, found, since, end), since, end - 1)
    return {id_: History(tuple(g.own), tuple(g.experienced)) for id_, g in found.items()}


@dataclass(frozen=True, slots=True)
class _Growing:
    """A history as far as it is known."""

    own: list[Step]
    experienced: list[Step]

    def end(self, at: int) -> None:
        """From here on nothing is known; a history that has not begun does not begin with that."""
        for steps in (self.own, self.experienced):
            if steps:
                appended(steps, [(at, Health.UNKNOWN)])

    def go_on(self, own: list[Track], inputs: list[Track], since: int, last: int) -> None:
        """From `since` up to and including `last`; it begins with the first that was heard."""
        if not self.experienced:
            firsts = [at for track in [*own, *inputs] if (at := track.first) is not None]
            if not firsts:
                return
            since = min(firsts)
        appended(self.own, worst_steps(own, since, last))
        appended(self.experienced, worst_steps([*own, *inputs], since, last))


def _tracks(
    generation: Generation, by_subject: Mapping[str, list[Evidence]], until: int
) -> list[Track]:
    """What the promises of a generation do, judged on all the evidence there is."""
    assertions = generation.product.assertions
    made = {a.urn: changes(a, heard(a, _subjects(a, by_subject)), until)[0] for a in assertions}
    watches = watches_of(generation.product)
    for watch in watches:
        if turns_ := _incidents(watch, by_subject, until):
            made[watch.urn] = turns_
    return assertion_tracks((*assertions, *watches), made)


def _incidents(
    watch: Assertion, by_subject: Mapping[str, list[Evidence]], until: int
) -> tuple[Change, ...]:
    # What an incident was on that is deleted is not said.
    told = [*_subjects(watch, by_subject), *by_subject.get("", ())]
    return incident_changes(watch.listens_to, told, until)


def _inputs(
    generation: Generation, found: Mapping[str, _Growing], since: int, end: int
) -> list[Track]:
    passed = input_tracks(generation.inputs, lambda id_: found[id_].experienced, end - 1)
    return [_within(track, since, end) for track in passed]


def _within(track: Track, since: int, end: int) -> Track:
    return replace(track, points=tuple(part(track.points, since, end)))


def _by_subject(evidence: Iterable[Evidence]) -> dict[str, list[Evidence]]:
    found: dict[str, list[Evidence]] = {}
    for piece in evidence:
        found.setdefault(piece.subject, []).append(piece)
    return found


def _subjects(assertion: Assertion, by_subject: Mapping[str, list[Evidence]]) -> list[Evidence]:
    return [e for urn in dict.fromkeys(assertion.listens_to) for e in by_subject.get(urn, ())]
