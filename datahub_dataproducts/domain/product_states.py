"""Product states: products and their promises as they stand at one instant, with the evidence. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from datahub_dataproducts.domain.assertions import (
    Assertion,
    Evidence,
    Observation,
    Outcome,
    Result,
)
from datahub_dataproducts.domain.health import Health, effect, passed_on
from datahub_dataproducts.domain.incidents import each_alone
from datahub_dataproducts.domain.portfolio import Portfolio
from datahub_dataproducts.domain.products import DataProduct, Input
from datahub_dataproducts.domain.verdicts import (
    NEVER_RAN,
    Change,
    Judgement,
    OpenIncident,
    changes,
    heard,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Basis:
    """The piece of evidence that a verdict rests on.

    Attributes:
        subject: URN of the assertion that was checked, of the dataset that was updated, or of the
            incident that is open.
        at: event time.
        run_id: the run it came from, may be empty.
        outcome: of a result; None for an update and an incident.
        message: what the check said or the incident is called, may be empty.
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
        assertion: the promise; for an open incident one of the kind INCIDENT, with the incident's
            URN.
        judgement: its verdict on record.
        does: what that does to the health of the product, None: nothing, it is a blind spot.
        since: since when the verdict has been so, None: always.
        began_at: event time of the evidence that it began with, None: there was none. A fault may
            have begun with an older result than the one it rests on now.
        basis: the latest evidence that it rests on, None: none is known.
        expires_at: when time alone changes the verdict, if nothing is heard; None: never.
        incident: that is open, None for a promise of the contract.
    """

    assertion: Assertion
    judgement: Judgement
    does: Health | None
    since: int | None
    began_at: int | None
    basis: Basis | None
    expires_at: int | None
    incident: OpenIncident | None = None


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
        promises: in the order of its contract, then the incidents open on its assets.
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


def incident_states(watch: Assertion, change: Change | None) -> tuple[PromiseState, ...]:
    """The incidents that are open on an asset, worst first.

    Args:
        watch: of the asset, of a product.
        change: what is on record of it at an instant; None: nothing was ever heard.
    """
    return tuple(
        PromiseState(
            assertion=replace(watch, urn=incident.urn),
            judgement=alone.judgement,
            does=effect(alone.judgement, watch.impact),
            since=alone.at,
            began_at=incident.opened_at,
            basis=Basis(
                subject=incident.urn,
                at=incident.opened_at,
                run_id="",
                outcome=None,
                message=incident.title,
            ),
            expires_at=None,
            incident=incident,
        )
        for incident, alone in (each_alone(change) if change else ())
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


def _passes(portfolio: Portfolio, input_: Input, health: Health) -> Health | None:
    set_up = input_.product in portfolio.set_up
    return passed_on(health, required=input_.required, set_up=set_up)


def _basis(piece: Observation) -> Basis:
    said = piece if isinstance(piece, Result) else None
    return Basis(
        subject=piece.subject,
        at=piece.at,
        run_id=piece.run_id,
        outcome=said.outcome if said else None,
        message=said.message if said else "",
    )
