"""Explanations: what a product's health rests on, promise by promise, and what would heal it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from datahub_dataproducts.domain.assertions import Assertion, Evidence, Outcome, Result
from datahub_dataproducts.domain.health import Assessment, Health, effect, passed_on
from datahub_dataproducts.domain.portfolio import Portfolio
from datahub_dataproducts.domain.products import DataProduct, Input
from datahub_dataproducts.domain.verdicts import (
    NEVER_RAN,
    Change,
    Judgement,
    changes,
    heard,
)

_NOTHING_AMISS = frozenset({None, Health.HEALTHY})


@dataclass(frozen=True, kw_only=True, slots=True)
class Basis:
    """The piece of evidence that a verdict rests on.

    Attributes:
        subject: URN of the assertion that was checked, or of the dataset that was updated.
        at: event time.
        run_id: the run it came from, may be empty.
        outcome: of a result; None for an update.
        message: what the check said, may be empty.
    """

    subject: str
    at: int
    run_id: str
    outcome: Outcome | None
    message: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PromiseState:
    """One promise at one instant.

    Attributes:
        assertion: the promise.
        judgement: its verdict on record.
        does: what that does to the health of the product, None: nothing, it is a blind spot.
        since: since when the verdict has been so, None: always.
        began_at: event time of the evidence that it began with, None: there was none. A fault may
            have begun with an older result than the one it rests on now.
        basis: the latest evidence that it rests on, None: none is known.
        expires_at: when time alone changes the verdict, if nothing is heard; None: never.
    """

    assertion: Assertion
    judgement: Judgement
    does: Health | None
    since: int | None
    began_at: int | None
    basis: Basis | None
    expires_at: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class InputState:
    """An input at one instant.

    Attributes:
        product: its id.
        required: False for an optional one.
        passes: what it passes on, None: nothing, it is a blind spot.
    """

    product: str
    required: bool
    passes: Health | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ProductState:
    """One product at one instant.

    Attributes:
        product: as it was defined then.
        health: on record.
        since: since when it had been so, None: nothing had been heard.
        history_from: when its history began, None: it had not.
        generation: the number of its definition.
        promised_since: since when its promises have held, None: from ever.
        promises: in the order of its contract.
        inputs: those that count; none for a product that depends on itself.
    """

    product: DataProduct
    health: Health
    since: int | None
    history_from: int | None
    generation: int
    promised_since: int | None
    promises: tuple[PromiseState, ...]
    inputs: tuple[InputState, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Explanation:
    """The health of a product at one instant, with all it rests on.

    Attributes:
        at: the instant.
        timezone: the one to tell it in.
        states: the product first, then what it uses, nearest first.
        portfolio: these products.
        assessment: what the verdicts on record make of the product.
        ended_at: when the record says that this health ended, None: not yet, as far as is known.
    """

    at: int
    timezone: str
    states: tuple[ProductState, ...]
    portfolio: Portfolio
    assessment: Assessment
    ended_at: int | None

    @property
    def state(self) -> ProductState:
        """Of the product that is explained."""
        return self.states[0]

    @property
    def is_explained(self) -> bool:
        """False where the verdicts on record do not make the health on record: it is told alone."""
        return self.assessment.health is self.state.health

    @property
    def remedies(self) -> tuple[tuple[str, PromiseState], ...]:
        """The promises that have to be kept for it to be healthy, with the product of each."""
        if not self.is_explained:
            return ()
        return remedies(self.portfolio, {state.product.id: state for state in self.states})

    @property
    def next_turn(self) -> tuple[str, PromiseState] | None:
        """The kept promise that time alone breaks first, with its product; None: time breaks none."""
        running = [
            (state.product.id, promise)
            for state in self.states
            for promise in state.promises
            if promise.expires_at is not None
        ]
        return min(running, key=lambda one: one[1].expires_at or 0, default=None)


def promise_state(
    assertion: Assertion, change: Change | None, evidence: Sequence[Evidence], at: int
) -> PromiseState:
    """A promise as it is on record at an instant, and the evidence that this rests on.

    Args:
        assertion: the promise.
        change: of its judgement, in force at the instant; None: nothing was ever heard.
        evidence: what was heard up to the instant, as `changes` takes it. Where it makes another
            judgement than the one on record (it came after the promise had changed, and old time
            is not judged again), the verdict rests on the evidence it began with.
        at: the instant.
    """
    judgement = change.judgement if change else NEVER_RAN
    pieces = [piece for piece in heard(assertion, evidence) if piece.at <= at]
    _, standing = changes(assertion, pieces, at)
    begun_with = change.evidence_at if change else None
    basis: Basis | None = None
    expires_at: int | None = None
    if standing is not None and standing.at(at) == judgement:
        basis = _basis(pieces[-1])
        if standing.expires_at is not None and standing.expires_at > at:
            expires_at = standing.expires_at
    elif begun_with is not None:
        basis = next((_basis(piece) for piece in pieces if piece.at == begun_with), None)
    return PromiseState(
        assertion=assertion,
        judgement=judgement,
        does=effect(judgement, assertion.impact),
        since=change.at if change else None,
        began_at=begun_with,
        basis=basis,
        expires_at=expires_at,
    )


def input_states(
    portfolio: Portfolio, product: str, healths: Mapping[str, Health]
) -> tuple[InputState, ...]:
    """The inputs of a product that count, by the healths on record."""
    return tuple(
        InputState(
            product=input_.product,
            required=input_.required,
            passes=_passes(portfolio, input_, healths[input_.product]),
        )
        for input_ in portfolio.inputs[product]
    )


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
    return tuple((product, promise) for (product, _), promise in found.items())


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


def _passes(portfolio: Portfolio, input_: Input, health: Health) -> Health | None:
    if input_.product not in portfolio.set_up:
        return None
    return passed_on(health, required=input_.required)


def _basis(piece: Evidence) -> Basis:
    said = piece if isinstance(piece, Result) else None
    return Basis(
        subject=piece.subject,
        at=piece.at,
        run_id=piece.run_id,
        outcome=said.outcome if said else None,
        message=said.message if said else "",
    )
