"""Health: what verdicts and inputs make of a product, and because of what. Pure."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum

from datahub_dataproducts.domain.assertions import Assertion, Impact
from datahub_dataproducts.domain.incidents import each_alone
from datahub_dataproducts.domain.portfolio import Portfolio
from datahub_dataproducts.domain.verdicts import NEVER_RAN, Change, Judgement, Reason, Verdict


class Health(Enum):
    """Declared worst first; worst-of decides, never an average."""

    UNHEALTHY = "UNHEALTHY"
    UNKNOWN = "UNKNOWN"
    AT_RISK = "AT_RISK"
    HEALTHY = "HEALTHY"


_WORST_FIRST = tuple(Health)


def worst(healths: Iterable[Health]) -> Health:
    """The worst of them; of none, UNKNOWN: silence is neither green nor amber."""
    # Among hundreds of promises, finding one is many times faster than ranking each.
    found = list(healths)
    return next((health for health in _WORST_FIRST if health in found), Health.UNKNOWN)


def effect(judgement: Judgement, impact: Impact) -> Health | None:
    """What a verdict does to the health of the product; None: nothing, it is a blind spot.

    That no incident is open says nothing of health, and is no blind spot either.
    """
    if judgement.verdict is Verdict.MET:
        return None if judgement.reason is Reason.NO_INCIDENT else Health.HEALTHY
    if judgement.verdict is Verdict.UNKNOWN:
        return Health.UNKNOWN if impact is Impact.BLOCKING else None
    if impact is Impact.WARNING or judgement.low:
        return Health.AT_RISK
    return Health.UNHEALTHY


def passed_on(health: Health, *, required: bool, set_up: bool = True) -> Health | None:
    """What an input's health does to the product that uses it; None: nothing, a blind spot.

    One that promises nothing (`set_up` is False) passes on what incidents make of it.
    """
    if health is Health.UNKNOWN and not set_up:
        return None
    if required or health is Health.HEALTHY:
        return health
    return None if health is Health.UNKNOWN else Health.AT_RISK


@dataclass(frozen=True, kw_only=True, slots=True)
class Cause:
    """A fault that makes a product's health what it is.

    Attributes:
        path: product ids, this product first, the root (whose promise it is) last.
        assertion: the promise that is not kept, or not known to be; for an open incident one of
            the kind INCIDENT, with the URN of the incident.
        judgement: its verdict.
        since: when that became so, None: always (nothing was ever heard).
        evidence_at: event time of the latest evidence when it became so, None: there was none.
        run_id: the run that evidence came from.
        title: of the incident, empty for anything else and where it has none.
    """

    path: tuple[str, ...]
    assertion: Assertion
    judgement: Judgement
    since: int | None
    evidence_at: int | None
    run_id: str
    title: str = ""

    @property
    def root(self) -> str:
        """Id of the product whose promise it is."""
        return self.path[-1]

    @property
    def is_own(self) -> bool:
        """True when the promise is the product's own."""
        return len(self.path) == 1


class Standstill(Enum):
    """Why a product's health is UNKNOWN although no blocking promise and no required input is."""

    NOT_SET_UP = "not set up"
    ALL_BLIND = "nothing is known"


@dataclass(frozen=True, kw_only=True, slots=True)
class Assessment:
    """The health of a product at one instant, explained.

    Attributes:
        product: its id.
        health: as experienced, inputs included.
        own: on its own assertions and incidents alone, None where it has none.
        causes: all faults that make the health what it is, own ones first; none when HEALTHY.
        blind_spots: what is not known and therefore changes nothing: warnings without a verdict
            (as causes with this product alone as path) ...
        blind_inputs: ... and inputs that pass nothing on.
        standstill: set where the health is UNKNOWN for want of anything to judge.
    """

    product: str
    health: Health
    own: Health | None
    causes: tuple[Cause, ...]
    blind_spots: tuple[Cause, ...] = ()
    blind_inputs: tuple[str, ...] = ()
    standstill: Standstill | None = None


InForce = Callable[[str, Assertion], Change | None]
"""The change of judgement in force for (product id, assertion) at the instant asked about."""


def assess(
    portfolio: Portfolio, product: str, in_force: InForce, memo: dict[str, Assessment]
) -> Assessment:
    """The health of a product and what makes it so; `memo` holds those of the same instant."""
    waiting, front = {product}, {product}
    while front:
        front = {i.product for id_ in front for i in portfolio.inputs[id_]} - waiting - memo.keys()
        waiting |= front
    for id_ in sorted(waiting - memo.keys(), key=portfolio.depth.__getitem__):
        judged = [memo[i.product] for i in portfolio.inputs[id_]]
        memo[id_] = _assess_one(portfolio, id_, in_force, judged)
    return memo[product]


def _assess_one(
    portfolio: Portfolio, product: str, in_force: InForce, judged: list[Assessment]
) -> Assessment:
    contributions: list[tuple[Health, tuple[Cause, ...]]] = []
    blind: list[Cause] = []
    for assertion in portfolio.products[product].assertions:
        cause = _own_cause(product, assertion, in_force(product, assertion))
        does = effect(cause.judgement, assertion.impact)
        if does is None:
            blind.append(cause)
        else:
            contributions.append((does, (cause,)))
    for watch in portfolio.watches.get(product, ()):
        change = in_force(product, watch)
        if change is not None and change.incidents:
            contributions += _incidents(product, watch, change)
    has_own = bool(contributions or portfolio.products[product].assertions)
    own = worst(h for h, _ in contributions) if has_own else None
    blind_inputs: list[str] = []
    for used, input_ in zip(judged, portfolio.inputs[product], strict=True):
        set_up = used.product in portfolio.set_up
        does = passed_on(used.health, required=input_.required, set_up=set_up)
        if does is None:
            blind_inputs.append(used.product)
        else:
            contributions.append((does, tuple(_inherited(product, c) for c in used.causes)))
    health = worst(h for h, _ in contributions)
    return Assessment(
        product=product,
        health=health,
        own=own,
        causes=_causes(health, contributions),
        blind_spots=tuple(blind),
        blind_inputs=tuple(blind_inputs),
        standstill=_standstill(portfolio, product, nothing_judged=not contributions),
    )


def _standstill(portfolio: Portfolio, product: str, *, nothing_judged: bool) -> Standstill | None:
    if not nothing_judged:
        return None
    return Standstill.ALL_BLIND if product in portfolio.set_up else Standstill.NOT_SET_UP


def _own_cause(product: str, assertion: Assertion, change: Change | None) -> Cause:
    return Cause(
        path=(product,),
        assertion=assertion,
        judgement=change.judgement if change else NEVER_RAN,
        since=change.at if change else None,
        evidence_at=change.evidence_at if change else None,
        run_id=change.run_id if change else "",
    )


def _incidents(
    product: str, watch: Assertion, change: Change
) -> Iterator[tuple[Health, tuple[Cause, ...]]]:
    for incident, alone in each_alone(change):
        cause = _own_cause(product, replace(watch, urn=incident.urn), alone)
        does = Health.UNHEALTHY if incident.grave else Health.AT_RISK
        yield does, (replace(cause, title=incident.title),)


def _inherited(product: str, cause: Cause) -> Cause:
    return Cause(
        path=(product, *cause.path),
        assertion=cause.assertion,
        judgement=cause.judgement,
        since=cause.since,
        evidence_at=cause.evidence_at,
        run_id=cause.run_id,
        title=cause.title,
    )


def _causes(
    health: Health, contributions: Iterable[tuple[Health, tuple[Cause, ...]]]
) -> tuple[Cause, ...]:
    if health is Health.HEALTHY:
        return ()
    found: dict[tuple[str, str, str], Cause] = {}
    for does, causes in contributions:
        for cause in causes if does is health else ():
            # One incident may be on several assets.
            key = (cause.root, cause.assertion.urn, cause.assertion.asset)
            # One fault may come by several ways; the shortest tells it best.
            if key not in found or (len(cause.path), cause.path) < (
                len(found[key].path),
                found[key].path,
            ):
                found[key] = cause
    return tuple(sorted(found.values(), key=_own_first))


def _own_first(cause: Cause) -> tuple[int, int, tuple[str, ...], str, str]:
    assertion = cause.assertion
    return len(cause.path), cause.since or 0, cause.path, assertion.urn, assertion.asset
