"""Charges: lost time, and the products that caused it.

The root of a fault is the product whose own promise is broken. Lost time is charged to each root
there is at that instant, in full: with several at once, what is charged adds up to more than what
was lost, and that is said rather than shared out by a rule nobody could defend.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from datahub_dataproducts.domain.health import Health, passed_on
from datahub_dataproducts.domain.histories import History
from datahub_dataproducts.domain.portfolio import Portfolio
from datahub_dataproducts.domain.products import Input
from datahub_dataproducts.domain.spans import Span, length, pieces, side_by_side
from datahub_dataproducts.domain.timelines import Step

Roots = frozenset[str]
"""Ids of the products whose own promises make a product's health what it is."""

_Blame = tuple[Health, Roots]
_NOBODY: Roots = frozenset()
_FAULTS = frozenset({Health.UNHEALTHY, Health.AT_RISK})


@dataclass(frozen=True, kw_only=True, slots=True)
class Charge:
    """What one root cost.

    Attributes:
        root: id of the product whose promises were broken, maybe the product's own.
        lost: milliseconds.
    """

    root: str
    lost: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Charges:
    """The lost time of a product and who caused it.

    Attributes:
        product: its id.
        lost: milliseconds, each once.
        by_root: the largest first.
    """

    product: str
    lost: int
    by_root: tuple[Charge, ...]

    @property
    def charged(self) -> int:
        """All that is charged, milliseconds."""
        return sum(charge.lost for charge in self.by_root)

    @property
    def overlap(self) -> bool:
        """True when several roots were charged with the same time, so that they add up to more."""
        return self.charged > self.lost


def charges(
    portfolio: Portfolio,
    product: str,
    histories: Mapping[str, History],
    spans: Sequence[Span],
    *,
    corrected: Sequence[Step] | None = None,
    at_risk_is_bad: bool = False,
) -> Charges:
    """Who caused the lost time of a product.

    The promises and inputs are those of one generation: over a change of the inputs, ask for each
    side on its own and add, which is exact since what is charged in parts of a window adds up.

    Args:
        portfolio: the products. While `product` is none of them its lost time, which only a
            correction can make, is its own.
        product: id of the product.
        histories: of the product and of all it uses, by id, as measured.
        spans: which time counts, ascending and apart: a window, or the hours that count of one.
        corrected: the product's steps after corrections; None: as measured. Time that only a
            correction makes bad has no root, and is charged to the product itself, of which the
            correction speaks.
        at_risk_is_bad: AT_RISK is lost time too.
    """
    bad = _FAULTS if at_risk_is_bad else {Health.UNHEALTHY}
    steps = histories[product].experienced if corrected is None else corrected
    lost_spans = [(since, until) for since, until, health in pieces(steps, spans) if health in bad]
    known = [(at, (health, _NOBODY)) for at, health in histories[product].experienced]
    if product in portfolio.products:
        known = blame(portfolio, product, histories)
    by_root: dict[str, int] = {}
    for since, until, (health, roots) in pieces(known, lost_spans):
        for root in (health in bad and roots) or (product,):
            by_root[root] = by_root.get(root, 0) + until - since
    return _charges(product, length(lost_spans), by_root)


def added(product: str, parts: Iterable[Charges]) -> Charges:
    """The charges of a product in parts of time that lie apart, as one."""
    lost = 0
    by_root: dict[str, int] = {}
    for part in parts:
        lost += part.lost
        for charge in part.by_root:
            by_root[charge.root] = by_root.get(charge.root, 0) + charge.lost
    return _charges(product, lost, by_root)


def blame(
    portfolio: Portfolio, product: str, histories: Mapping[str, History]
) -> list[tuple[int, _Blame]]:
    """The experienced health of a product over time, with its roots; none where it is no fault."""
    waiting, front = {product}, {product}
    while front:
        front = {i.product for id_ in front for i in portfolio.inputs[id_]} - waiting
        waiting |= front
    done: dict[str, list[tuple[int, _Blame]]] = {}
    for id_ in sorted(waiting, key=portfolio.depth.__getitem__):
        inputs = [(i, done[i.product]) for i in portfolio.inputs[id_]]
        done[id_] = _blame_of(id_, histories[id_], inputs)
    return done[product]


def _charges(product: str, lost: int, by_root: Mapping[str, int]) -> Charges:
    largest_first = sorted(by_root.items(), key=lambda item: (-item[1], item[0]))
    charged = tuple(Charge(root=root, lost=time) for root, time in largest_first)
    return Charges(product=product, lost=lost, by_root=charged)


def _blame_of(
    product: str, history: History, inputs: Sequence[tuple[Input, Sequence[tuple[int, _Blame]]]]
) -> list[tuple[int, _Blame]]:
    alone = frozenset({product})
    whole = [(at, (health, _NOBODY)) for at, health in history.experienced]
    own = [(at, (health, alone)) for at, health in history.own]
    found: list[tuple[int, _Blame]] = []
    for at, (now, mine, *used) in side_by_side([whole, own, *(steps for _, steps in inputs)]):
        if now is None:
            continue
        passing = [
            (passed_on(there[0], required=input_.required), there[1])
            for (input_, _), there in zip(inputs, used, strict=True)
            if there is not None
        ]
        found.append((at, (now[0], _roots(now[0], [mine, *passing]))))
    return found


def _roots(health: Health, passing: Sequence[tuple[Health | None, Roots] | None]) -> Roots:
    if health not in _FAULTS:
        return _NOBODY
    return _NOBODY.union(*(by for does, by in filter(None, passing) if does is health))
