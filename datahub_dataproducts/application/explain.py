"""Explain: the health of one product at any moment, with all that it rests on."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from datahub_dataproducts.application.archive import Archive, Readable
from datahub_dataproducts.application.in_force import in_force_at
from datahub_dataproducts.application.looking_back import (
    as_of_some,
    definitions_with_inputs,
    portfolio_then,
)
from datahub_dataproducts.application.ports import Scope
from datahub_dataproducts.application.register import Definition
from datahub_dataproducts.domain.assertions import Assertion
from datahub_dataproducts.domain.corrections import corrections_within
from datahub_dataproducts.domain.explanations import Explanation
from datahub_dataproducts.domain.health import Assessment, Health, InForce, assess
from datahub_dataproducts.domain.portfolio import Portfolio
from datahub_dataproducts.domain.product_states import (
    ProductState,
    PromiseState,
    incident_states,
    input_states,
    promise_state,
)
from datahub_dataproducts.domain.spending import spending_of
from datahub_dataproducts.domain.timelines import Step


@dataclass(frozen=True, kw_only=True, slots=True)
class NotThere:
    """There is no such product at that moment.

    Attributes:
        product: the id that was asked for.
        known: ids of all products there ever were.
        is_gone: True where it was there once, and is not any more or not yet again.
    """

    product: str
    known: tuple[str, ...]
    is_gone: bool


def explain(
    store: Readable[Archive], product: str, at: int, timezone: str
) -> Explanation | NotThere:
    """The health of a product at a moment; a past one is judged by the promises of that time.

    Args:
        store: that the action keeps.
        product: its id.
        at: the moment, milliseconds.
        timezone: to tell it in.

    Raises:
        Unavailable: the store cannot be read.
    """
    with as_of_some(store, at, [product]) as book:
        defined = definitions_with_inputs(book, product, at)
        if product not in defined:
            known = tuple(book.known())
            return NotThere(product=product, known=known, is_gone=product in known)
        portfolio = portfolio_then(defined.values(), timezone)
        return _explained(book, portfolio, defined, at, timezone)


def _explained(
    book: Archive, portfolio: Portfolio, defined: dict[str, Definition], at: int, timezone: str
) -> Explanation:
    first = next(iter(defined))
    in_force = in_force_at(book, at)
    memo: dict[str, Assessment] = {}
    assessment = assess(portfolio, first, in_force, memo)
    # Of an input of a product in a cycle nothing counts, so it is not part of what is told.
    told = [id_ for id_ in defined if id_ in memo]
    histories = {id_: book.steps(id_, Scope.EXPERIENCED, 0) for id_ in told}
    healths = {id_: _latest(steps, at)[1] for id_, steps in histories.items()}
    states = []
    for id_ in told:
        steps = histories[id_]
        promises = [*_promises(book, portfolio.products[id_].assertions, id_, in_force, at)]
        for watch in portfolio.watches.get(id_, ()):
            promises += incident_states(watch, in_force(id_, watch))
        has_begun = bool(steps) and steps[0][0] <= at
        states.append(
            ProductState(
                product=portfolio.products[id_],
                health=healths[id_],
                since=_latest(steps, at)[0] if has_begun else None,
                history_from=steps[0][0] if has_begun else None,
                generation=defined[id_].generation,
                promised_since=defined[id_].since,
                promises=tuple(promises),
                inputs=input_states(portfolio, id_, healths),
            )
        )
    later = [step for step in histories[first] if step[0] > at]
    past = [step for step in histories[first] if step[0] <= at]
    return Explanation(
        at=at,
        timezone=timezone,
        states=tuple(states),
        portfolio=portfolio,
        assessment=assessment,
        # Its objective is judged in its own time zone, whichever it is told in.
        spending=spending_of(defined[first].product, past, at),
        ended_at=later[0][0] if later and states[0].since is not None else None,
        corrections=tuple(
            correction
            for id_ in told
            for correction in corrections_within(book.corrections(id_), at, at + 1)
        ),
    )


def _latest(steps: list[Step], at: int) -> Step:
    """The step in force at a moment; before the first nothing is known."""
    return next((step for step in reversed(steps) if step[0] <= at), (at, Health.UNKNOWN))


def _promises(
    book: Archive, assertions: Iterable[Assertion], product: str, in_force: InForce, at: int
) -> Iterable[PromiseState]:
    for assertion in assertions:
        change = in_force(product, assertion)
        subjects = assertion.listens_to
        # What was before the latest that is no ERROR matters no longer.
        begin = book.anchor(subjects, at + 1)
        heard = book.evidence_between(subjects, begin, at)
        state = promise_state(assertion, change, heard, at)
        if state.basis is None and state.began_at is not None:
            begun_with = book.evidence_between(subjects, state.began_at, state.began_at)
            again = promise_state(assertion, change, begun_with, at)
            state = replace(state, basis=again.basis)
        yield state
