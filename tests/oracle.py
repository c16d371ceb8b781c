"""An independent reading of the semantics: naive, by instants, written from the words alone.

It asks of one instant at a time and searches everything from scratch, so it shares neither code
nor method with the domain (no change points, no folding over evidence, no expiries).
"""

from datahub_dataproducts.domain.assertions import (
    Assertion,
    Deadline,
    Evidence,
    Impact,
    MaxAge,
    Outcome,
    Result,
    Update,
)
from datahub_dataproducts.domain.products import DataProduct

_SEVERITY = ("FAILURE", "ERROR", "FAILURE_LOW", "SUCCESS")
_HEALTHS = ("UNHEALTHY", "UNKNOWN", "AT_RISK", "HEALTHY")


def verdict(  # noqa: C901, PLR0911 - the table of the semantics, read row by row
    assertion: Assertion, evidence: list[Evidence], t: int
) -> tuple[str, str, bool]:
    """(verdict, reason, low severity) of one assertion at one instant."""
    mine = [e for e in evidence if e.subject in assertion.listens_to and e.at <= t]
    rule = assertion.freshness
    if rule is not None:
        return _freshness(rule, [e.at for e in mine if isinstance(e, Update)], t)
    results = [e for e in mine if isinstance(e, Result)]
    everything = [e for e in evidence if isinstance(e, Result)]
    results = [
        r
        for r in results
        if not r.provisional
        or not any(
            o.subject == r.subject and o.run_id == r.run_id and not o.provisional
            for o in everything
        )
    ]
    if not results:
        return "unknown", "never ran", False
    instants = sorted({r.at for r in results}, reverse=True)

    def standing(instant: int) -> str:
        said = {r.outcome.value for r in results if r.at == instant}
        return next(s for s in _SEVERITY if s in said)

    latest = standing(instants[0])
    if latest == "SUCCESS":
        if assertion.expect_every is not None and t - instants[0] >= assertion.expect_every:
            return "unknown", "gone silent", False
        return "met", "passed", False
    if latest == "ERROR":
        for instant in instants[1:]:
            if standing(instant) == Outcome.SUCCESS.value:
                break
            if standing(instant) != "ERROR":
                return "not met", "failed", standing(instant) == "FAILURE_LOW"
        return "unknown", "check broken", False
    return "not met", "failed", latest == "FAILURE_LOW"


def _freshness(rule: Deadline | MaxAge, updates: list[int], t: int) -> tuple[str, str, bool]:
    if not updates:
        return "unknown", "never ran", False
    if isinstance(rule, MaxAge):
        fresh = any(t - rule.age < u <= t for u in updates)
        return ("met", "fresh", False) if fresh else ("not met", "not fresh", False)
    tick = rule.schedule.last_tick(t)
    assert tick is not None
    look_back = rule.look_back
    if look_back is None:
        previous = rule.schedule.last_tick(tick - 1)
        assert previous is not None
        look_back = (tick - previous) // 2
    fresh = any(tick - look_back < u <= t for u in updates)
    return ("met", "fresh", False) if fresh else ("not met", "not fresh", False)


def own_effects(product: DataProduct, evidence: list[Evidence], t: int) -> list[str]:
    """What each own assertion does to health."""
    does = []
    for assertion in product.assertions:
        said, _, low = verdict(assertion, evidence, t)
        blocking = assertion.impact is Impact.BLOCKING
        if said == "met":
            does.append("HEALTHY")
        elif said == "unknown":
            does += ["UNKNOWN"] if blocking else []
        else:
            does.append("UNHEALTHY" if blocking and not low else "AT_RISK")
    return does


def has_assertion(products: dict[str, DataProduct], id_: str, seen: tuple[str, ...] = ()) -> bool:
    """Own or inherited."""
    if id_ in seen or id_ not in products:
        return False
    mine = products[id_]
    inputs = () if in_cycle(products, id_) else mine.inputs
    return bool(mine.assertions) or any(
        has_assertion(products, i.product, (*seen, id_)) for i in inputs
    )


def in_cycle(products: dict[str, DataProduct], id_: str) -> bool:
    """Whether a walk along inputs comes back."""
    front, seen = {i.product for i in products[id_].inputs}, set()
    while front:
        if id_ in front:
            return True
        seen |= front
        front = {i.product for p in front if p in products for i in products[p].inputs} - seen
    return False


def health(products: dict[str, DataProduct], id_: str, evidence: list[Evidence], t: int) -> str:
    """The experienced health of a product at one instant."""
    product = products[id_]
    does = own_effects(product, evidence, t)
    for used in () if in_cycle(products, id_) else product.inputs:
        if used.product not in products or not has_assertion(products, used.product):
            continue
        passed = health(products, used.product, evidence, t)
        if used.required:
            does.append(passed)
        elif passed in ("UNHEALTHY", "AT_RISK"):
            does.append("AT_RISK")
        elif passed == "HEALTHY":
            does.append("HEALTHY")
    return next((h for h in _HEALTHS if h in does), "UNKNOWN")


def own_health(product: DataProduct, evidence: list[Evidence], t: int) -> str:
    """Health on own assertions alone."""
    does = own_effects(product, evidence, t)
    return next((h for h in _HEALTHS if h in does), "UNKNOWN")


def begins(products: dict[str, DataProduct], id_: str, evidence: list[Evidence]) -> int | None:
    """The first evidence for any assertion, own or inherited."""
    product = products[id_]
    firsts = [
        e.at
        for a in product.assertions
        for e in evidence
        if e.subject in a.listens_to
        and isinstance(e, Update) == (a.freshness is not None)
        and not _gives_way(e, evidence)
    ]
    for used in () if in_cycle(products, id_) else product.inputs:
        if used.product in products:
            first = begins(products, used.product, evidence)
            firsts += [] if first is None else [first]
    return min(firsts, default=None)


def _gives_way(e: Evidence, evidence: list[Evidence]) -> bool:
    return (
        isinstance(e, Result)
        and e.provisional
        and any(
            isinstance(o, Result)
            and not o.provisional
            and (o.subject, o.run_id) == (e.subject, e.run_id)
            for o in evidence
        )
    )
