"""Report: the health of all products at any moment, from what the store holds."""

from dataclasses import dataclass

from datahub_dataproducts.application.in_force import in_force_at
from datahub_dataproducts.application.passing import next_expiry, pass_to
from datahub_dataproducts.application.ports import Book, HealthStore, Scope
from datahub_dataproducts.application.settle import recompute
from datahub_dataproducts.application.tell import Ground, TrackingPolicy
from datahub_dataproducts.domain.announcements import because, explanation
from datahub_dataproducts.domain.health import Assessment, Health, assess
from datahub_dataproducts.domain.portfolio import Portfolio, portfolio_of
from datahub_dataproducts.domain.products import DataProduct
from datahub_dataproducts.domain.timelines import Tally, tally


@dataclass(frozen=True, kw_only=True, slots=True)
class ProductStatus:
    """One product at one moment.

    Attributes:
        product: the product.
        health: then.
        since: since when it had been so; None: nothing had been heard yet.
        because: the main cause in half a sentence, empty when HEALTHY.
        explanation: the whole in sentences.
        history_from: when its history began, None: it had not.
        figures: from the beginning of the history (or of the window) to the moment.
    """

    product: DataProduct
    health: Health
    since: int | None
    because: str
    explanation: str
    history_from: int | None
    figures: Tally


def report(store: HealthStore, at: int, window: int | None) -> list[ProductStatus]:
    """The status of every product at a moment, by id; figures over the last `window`, None: all.

    Time is let pass up to the moment, on trial, so that deadlines and silence count although the
    action may not have looked at the clock since. Where it changes nothing, which is nearly always
    so beside a running action, nothing is locked.

    Raises:
        Unavailable: the store cannot be read.
    """
    since = at - window if window is not None else 0
    with store.reading() as book:
        if next_expiry(book, at) is None:
            return _statuses(book, at, since)
    with store.trial() as book:
        _let_time_pass(book, at)
        return _statuses(book, at, since)


def _let_time_pass(book: Book, until: int) -> None:
    known = book.definitions()
    ground = Ground(
        portfolio=portfolio_of(product for product, _ in known),
        policy=TrackingPolicy(),
        floors={product.id: floor for product, floor in known},
    )
    while (due := next_expiry(book, until)) is not None:
        recompute(book, ground, pass_to(book, ground, due).dirty, due)


def _statuses(book: Book, at: int, since: int) -> list[ProductStatus]:
    portfolio = portfolio_of(product for product, _ in book.definitions())
    memo: dict[str, Assessment] = {}
    in_force = in_force_at(book, at)
    for id_ in portfolio.products:
        assess(portfolio, id_, in_force, memo)
    return [_status(book, portfolio, memo[id_], at, since) for id_ in sorted(memo)]


def _status(
    book: Book, portfolio: Portfolio, assessment: Assessment, at: int, since: int
) -> ProductStatus:
    steps = [s for s in book.steps(assessment.product, Scope.EXPERIENCED, 0) if s[0] <= at]
    return ProductStatus(
        product=portfolio.products[assessment.product],
        health=assessment.health,
        since=steps[-1][0] if steps else None,
        because=because(portfolio, assessment),
        explanation=explanation(portfolio, assessment, at),
        history_from=steps[0][0] if steps else None,
        figures=tally(steps, since, at),
    )
