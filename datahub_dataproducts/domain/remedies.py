"""Remedies: which promises have to be kept for a product to be healthy. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from datahub_dataproducts.domain.assertions import Assertion, AssertionKind
from datahub_dataproducts.domain.health import Assessment, Health, assess
from datahub_dataproducts.domain.incidents import change_of
from datahub_dataproducts.domain.portfolio import Portfolio
from datahub_dataproducts.domain.product_states import ProductState, PromiseState, input_states
from datahub_dataproducts.domain.verdicts import Change, Judgement, Reason, Verdict

_Key = tuple[str, str, str]
_KEPT = Judgement(Verdict.MET, Reason.PASSED)
_NOTHING_AMISS = frozenset({None, Health.HEALTHY})


def remedies(
    portfolio: Portfolio, states: Mapping[str, ProductState]
) -> tuple[tuple[str, PromiseState], ...]:
    """The promises that have to be kept for the first of some products to be healthy.

    An optional input need not be healthy but only not bad: what is not known of it passes nothing
    on. Where nothing else speaks for the product, it has to be known all the same. Of a product of
    which nothing at all is known, everything is named, though any of it would do.

    Args:
        portfolio: of these products.
        states: of the product, and of all that it uses over some way.
    """
    found: dict[_Key, PromiseState] = {}
    # What is not known may hide what is bad, which counts once it is known.
    while faults := _faults(portfolio, _healed(portfolio, states, found)):
        found.update(faults)
    return tuple((product, promise) for (product, *_), promise in found.items())


def _healed(
    portfolio: Portfolio,
    states: Mapping[str, ProductState],
    kept: Collection[_Key],
) -> dict[str, ProductState]:
    """Products as they would be if some promises were kept, and some incidents resolved."""
    said = {
        _key(id_, promise.assertion): promise.judgement
        for id_, state in states.items()
        for promise in state.promises
    }
    said |= dict.fromkeys(kept, _KEPT)

    def in_force(product: str, assertion: Assertion) -> Change:
        if assertion.kind is not AssertionKind.INCIDENT:
            return Change(0, said[_key(product, assertion)], None, "")
        promises = states[product].promises
        on_it = [p for p in promises if p.incident and p.assertion.asset == assertion.asset]
        still_open = (p.incident for p in on_it if _key(product, p.assertion) not in kept)
        return change_of(0, filter(None, still_open))

    memo: dict[str, Assessment] = {}
    assess(portfolio, next(iter(states)), in_force, memo)
    healths = {id_: one.health for id_, one in memo.items()}
    return {
        id_: replace(
            state,
            health=healths[id_],
            promises=tuple(
                replace(p, does=Health.HEALTHY) if _key(id_, p.assertion) in kept else p
                for p in state.promises
                # An incident that is resolved says nothing, not even that all is well.
                if p.incident is None or _key(id_, p.assertion) not in kept
            ),
            inputs=input_states(portfolio, id_, healths),
        )
        for id_, state in states.items()
    }


def _key(product: str, assertion: Assertion) -> _Key:
    # One incident may be on several assets.
    return product, assertion.urn, assertion.asset


def _faults(portfolio: Portfolio, states: Mapping[str, ProductState]) -> dict[_Key, PromiseState]:
    """What stands between the first of some products and HEALTHY as far as it can be seen."""
    found: dict[_Key, PromiseState] = {}
    waiting = [(next(iter(states)), False)]
    for product, only_bad in waiting:
        state = states[product]
        is_blind = _is_blind(state)
        for promise in state.promises:
            if is_blind or _amiss(promise.does, only_bad=only_bad):
                found.setdefault(_key(product, promise.assertion), promise)
        for input_ in state.inputs:
            unknown = is_blind and input_.product in portfolio.set_up
            if not unknown and not _amiss(input_.passes, only_bad=only_bad):
                continue
            lenient = only_bad or (not input_.required and _is_known_otherwise(portfolio, state))
            if (input_.product, lenient) not in waiting:
                waiting.append((input_.product, lenient))
    return found


def _amiss(does: Health | None, *, only_bad: bool) -> bool:
    return does not in _NOTHING_AMISS and not (only_bad and does is Health.UNKNOWN)


def _is_blind(state: ProductState) -> bool:
    """True when nothing speaks for a product or against it."""
    does = [promise.does for promise in state.promises]
    return not any([*does, *(input_.passes for input_ in state.inputs)])


def _is_known_otherwise(portfolio: Portfolio, state: ProductState) -> bool:
    """True when something else than its ailing optional inputs speaks for a product."""
    own = any(promise.does is not None for promise in state.promises)
    return own or any(
        input_.passes is Health.HEALTHY or (input_.required and input_.product in portfolio.set_up)
        for input_ in state.inputs
    )
