"""Histories from scratch: the whole of every product's health from all evidence. Pure.

The tracked state of the action is kept step by step; this computes the same from nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from datahub_dataproducts.domain.assertions import Assertion, Evidence
from datahub_dataproducts.domain.portfolio import Portfolio
from datahub_dataproducts.domain.timelines import (
    Step,
    assertion_tracks,
    input_track,
    worst_steps,
)
from datahub_dataproducts.domain.verdicts import Change, changes, heard


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
    """Changes of judgement up to and including `until`, by product id and assertion URN."""
    by_subject: dict[str, list[Evidence]] = {}
    for piece in evidence:
        by_subject.setdefault(piece.subject, []).append(piece)
    found: dict[tuple[str, str], tuple[Change, ...]] = {}
    for product in portfolio.products.values():
        for assertion in product.assertions:
            mine = _subjects(assertion, by_subject)
            found[product.id, assertion.urn], _ = changes(assertion, heard(assertion, mine), until)
    return found


def histories(portfolio: Portfolio, evidence: Iterable[Evidence], until: int) -> dict[str, History]:
    """The history of every product, by id, up to and including `until`."""
    judged = verdicts(portfolio, evidence, until)
    done: dict[str, History] = {}
    for id_ in sorted(portfolio.products, key=lambda i: portfolio.depth[i]):
        product = portfolio.products[id_]
        mine = {a.urn: judged[id_, a.urn] for a in product.assertions}
        inputs = [(done[i.product], i) for i in portfolio.inputs[id_]]
        first = [c[0].at for c in mine.values() if c]
        first += [h.experienced[0][0] for h, _ in inputs if h.experienced]
        if not first:
            done[id_] = History((), ())
            continue
        tracks = assertion_tracks(product.assertions, mine)
        passing = [
            input_track(h.experienced, required=i.required)
            for h, i in inputs
            if i.product in portfolio.set_up
        ]
        own = worst_steps(tracks, min(first), until)
        whole = worst_steps([*tracks, *passing], min(first), until)
        done[id_] = History(tuple(own), tuple(whole))
    return done


def _subjects(assertion: Assertion, by_subject: Mapping[str, list[Evidence]]) -> list[Evidence]:
    return [e for urn in dict.fromkeys(assertion.listens_to) for e in by_subject.get(urn, ())]
