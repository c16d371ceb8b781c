"""Posting: what the catalog is told of a product's health and figures."""

from collections.abc import Sequence

from datahub_dataproducts.application.ports import Book, Scope
from datahub_dataproducts.domain.announcements import explanation
from datahub_dataproducts.domain.corrected_histories import corrected
from datahub_dataproducts.domain.corrections import corrections_of, corrections_within
from datahub_dataproducts.domain.durations import DAY
from datahub_dataproducts.domain.figures import Figures, figures_of
from datahub_dataproducts.domain.health import Assessment
from datahub_dataproducts.domain.letters import (
    CorrectedPost,
    HealthPost,
    ObjectivePost,
    RecentUptime,
)
from datahub_dataproducts.domain.objectives import ObjectiveReport, window_of
from datahub_dataproducts.domain.portfolio import Portfolio
from datahub_dataproducts.domain.products import DataProduct
from datahub_dataproducts.domain.timelines import Step, tally

_RECENT_DAYS = (7, 30, 90)


def health_post(
    book: Book,
    portfolio: Portfolio,
    assessment: Assessment,
    *,
    since: int | None,
    window: int,
    now: int,
) -> HealthPost:
    """What the catalog shall show of a product now.

    Args:
        book: that holds its history.
        portfolio: all products.
        assessment: of the product.
        since: from when on its health has been so, None: nothing was ever measured.
        window: rolling window of uptime and coverage, milliseconds; an objective has its own.
        now: milliseconds.
    """
    product = portfolio.products[assessment.product]
    begin = now - window
    if product.objective is not None:
        begin = min(begin, window_of(product.objective, now, product.timezone)[0])
    longest = min(begin, now - _RECENT_DAYS[-1] * DAY)
    experienced = book.steps(product.id, Scope.EXPERIENCED, longest)
    figures = figures_of(
        product,
        book.steps(product.id, Scope.OWN, begin),
        experienced,
        (now - window, now),
        product.corrections,
    )
    return HealthPost(
        product=product.id,
        at=now,
        health=assessment.health,
        since=since,
        reason=explanation(portfolio, assessment, now),
        uptime=figures.raw.experienced.uptime,
        coverage=figures.raw.experienced.coverage,
        window=window,
        own_uptime=figures.raw.own.uptime,
        objective=_objective(figures.raw.objective),
        corrected=_corrected(figures.corrected) if figures.corrections else None,
        recent=tuple(_recent(product, experienced, days, now) for days in _RECENT_DAYS),
    )


def _recent(product: DataProduct, experienced: Sequence[Step], days: int, now: int) -> RecentUptime:
    since = now - days * DAY
    begin = max(since, experienced[0][0]) if experienced else now
    better = corrections_within(corrections_of(product.id, product.corrections), begin, now)
    known = tally(corrected(experienced, better), since, now).uptime if better else None
    return RecentUptime(days=days, uptime=tally(experienced, since, now).uptime, corrected=known)


def _corrected(figures: Figures) -> CorrectedPost:
    return CorrectedPost(
        uptime=figures.experienced.uptime,
        coverage=figures.experienced.coverage,
        own_uptime=figures.own.uptime,
        objective=_objective(figures.objective),
    )


def _objective(report: ObjectiveReport | None) -> ObjectivePost | None:
    if report is None:
        return None
    return ObjectivePost(
        status=report.status,
        target=report.target,
        budget=report.budget,
        remaining=report.remaining,
    )
