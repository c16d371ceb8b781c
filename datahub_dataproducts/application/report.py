"""Report: the health of all products at any moment, from what the store holds."""

from dataclasses import dataclass, replace

from datahub_dataproducts.application.archive import Archive, Readable
from datahub_dataproducts.application.in_force import in_force_at
from datahub_dataproducts.application.looking_back import as_of, portfolio_then, steps_until
from datahub_dataproducts.application.ports import Scope
from datahub_dataproducts.domain.announcements import (
    because,
    explanation,
    explanation_without_causes,
    not_known,
    without_causes,
)
from datahub_dataproducts.domain.corrections import Correction
from datahub_dataproducts.domain.figures import Figures, figures_of
from datahub_dataproducts.domain.health import Assessment, Health, assess
from datahub_dataproducts.domain.hushes import Hush, hushes_of
from datahub_dataproducts.domain.objectives import ObjectiveReport
from datahub_dataproducts.domain.portfolio import Portfolio
from datahub_dataproducts.domain.products import DataProduct
from datahub_dataproducts.domain.timelines import Tally


@dataclass(frozen=True, kw_only=True, slots=True)
class ProductStatus:
    """One product at one moment.

    Attributes:
        product: the product.
        health: then.
        since: since when it had been so; None: nothing had been heard yet.
        because: the main cause in half a sentence, empty when HEALTHY.
        explanation: the whole in sentences.
        not_known: what was not known and changed nothing, a sentence; empty: nothing.
        history_from: when its history began, None: it had not.
        figures: from the beginning of the history (or of the window) to the moment, inputs
            included ...
        own: ... and on its own promises alone.
        objective: how its objective stood over the objective's own window, None: it has none.
        corrected: the three of them by the corrected history; as measured where nothing is known
            better.
        corrections: what people know better of the windows, as published with the product.
        hushes: what keeps people from being told of it, the longest first.
    """

    product: DataProduct
    health: Health
    since: int | None
    because: str
    explanation: str
    not_known: str
    history_from: int | None
    figures: Tally
    own: Tally
    objective: ObjectiveReport | None
    corrected: Figures
    corrections: tuple[Correction, ...]
    hushes: tuple[Hush, ...] = ()


def report(store: Readable[Archive], at: int, window: int | None) -> list[ProductStatus]:
    """The status of every product at a moment, by id; figures over the last `window`, None: all.

    A past moment is judged by the promises of that time. What is on record counts: causes that do
    not explain it are left out.

    Raises:
        Unavailable: the store cannot be read.
    """
    since = at - window if window is not None else 0
    with as_of(store, at) as book:
        return _statuses(book, at, since)


def _statuses(book: Archive, at: int, since: int) -> list[ProductStatus]:
    portfolio = portfolio_then(book.definitions_at(at))
    memo: dict[str, Assessment] = {}
    in_force = in_force_at(book, at)
    for id_ in portfolio.products:
        assess(portfolio, id_, in_force, memo)
    hushes = book.hushes(at)
    found = [_status(book, portfolio, memo[id_], at, since) for id_ in sorted(memo)]
    return [replace(one, hushes=hushes_of(hushes, one.product, at)) for one in found]


def _status(
    book: Archive, portfolio: Portfolio, assessment: Assessment, at: int, since: int
) -> ProductStatus:
    product = portfolio.products[assessment.product]
    steps = steps_until(book, product.id, Scope.EXPERIENCED, at)
    health = steps[-1][1] if steps else Health.UNKNOWN
    own = steps_until(book, product.id, Scope.OWN, at)
    figures = figures_of(product, own, steps, (since, at), book.corrections(product.id))
    is_explained = assessment.health is health
    return ProductStatus(
        product=product,
        health=health,
        since=steps[-1][0] if steps else None,
        because=because(portfolio, assessment) if is_explained else without_causes(health),
        explanation=(
            explanation(portfolio, assessment, at)
            if is_explained
            else explanation_without_causes(product, health)
        ),
        not_known=not_known(portfolio, assessment) if is_explained else "",
        history_from=steps[0][0] if steps else None,
        figures=figures.raw.experienced,
        own=figures.raw.own,
        objective=figures.raw.objective,
        corrected=figures.corrected,
        corrections=figures.corrections,
    )
