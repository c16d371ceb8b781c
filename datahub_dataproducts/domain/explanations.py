"""Explanations: the health of a product at one instant, with all it rests on. Pure."""

from dataclasses import dataclass

from datahub_dataproducts.domain.corrections import Correction
from datahub_dataproducts.domain.health import Assessment
from datahub_dataproducts.domain.portfolio import Portfolio
from datahub_dataproducts.domain.product_states import ProductState, PromiseState
from datahub_dataproducts.domain.remedies import remedies
from datahub_dataproducts.domain.spending import Spending


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
        spending: how the error budget of the product was spent then, as measured; None: it has no
            objective.
        corrections: what people know better of these products at the instant; the states are as
            measured all the same.
    """

    at: int
    timezone: str
    states: tuple[ProductState, ...]
    portfolio: Portfolio
    assessment: Assessment
    ended_at: int | None
    spending: Spending | None = None
    corrections: tuple[Correction, ...] = ()

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
