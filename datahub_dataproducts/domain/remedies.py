"""Remedies: which promises have to be kept for a product to be healthy. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from datahub_dataproducts.domain.health import Assessment, Health, assess
from datahub_dataproducts.domain.portfolio import Portfolio
from datahub_dataproducts.domain.product_states import ProductState, PromiseState, input_states
from datahub_dataproducts.domain.verdicts import Change, Judgement, Reason, Verdict

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
    found: dict[tuple[str, str], PromiseState] = {}
    # What is not known may hide what is bad, which counts once it is known.
    while faults := _faults(portfolio, _healed(portfolio, states, found)):
        found.update(faults)
    return tuple((product, promise) for (product, _), promise in found.items())


def _healed(
    portfolio: Portfolio,
    states: Mapping[str, ProductState],
    kept: Collection[tuple[str, str]],
) -> dict[str, ProductState]:
    """Products as they would be if some promises, by product and URN, were kept."""
    said = {
        (id_, promise.assertion.urn): promise.judgement
        for id_, state in states.items()
        for promise in state.promises
    }
    said |= dict.fromkeys(kept, _KEPT)
    memo: dict[str, Assessment] = {}
    assess(
        portfolio,
        next(iter(states)),
        lambda product, assertion: Change(0, said[product, assertion.urn], None, ""),
        memo,
    )
    healths = {id_: one.health for id_, one in memo.items()}
    return {
        id_: replace(
            state,
            health=healths[id_],
            promises=tuple(
                replace(p, does=Health.HEALTHY) if (id_, p.assertion.urn) in kept else p
                for p in state.promises
            ),
            inputs=input_states(portfolio, id_, healths),
        )
        for id_, state in states.items()
    }


def _faults(
    portfolio: Portfolio, states: Mapping[str, ProductState]
) -> dict[tuple[str, str], PromiseState]:
    """What stands between the first of some products and HEALTHY as far as it can be seen."""
    found: dict[tuple[str, str], PromiseState] = {}
    waiting = [(next(iter(states)), False)]
    for product, only_bad in waiting:
        state = states[product]
        is_blind = _is_blind(state)
        for promise in state.promises:
            if is_blind or _amiss(promise.does, only_bad=only_bad):
                found.setdefault((product, promise.assertion.urn), promise)
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
