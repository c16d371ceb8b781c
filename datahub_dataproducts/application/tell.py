"""Telling: letters to the catalog and to people where there is news of a product's health."""

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from datahub_dataproducts.application.in_force import Assessments, in_force_at
from datahub_dataproducts.application.ports import CATALOG, Book, Scope
from datahub_dataproducts.application.posting import health_post
from datahub_dataproducts.domain.announcements import announcement
from datahub_dataproducts.domain.durations import DAY, MINUTE
from datahub_dataproducts.domain.episodes import (
    Patience,
    Told,
    catalog_digest,
    digest,
    next_word,
    told_catalog,
    told_people,
)
from datahub_dataproducts.domain.generations import Generation, used_inputs
from datahub_dataproducts.domain.health import Assessment
from datahub_dataproducts.domain.letters import Why
from datahub_dataproducts.domain.portfolio import Portfolio
from datahub_dataproducts.domain.products import DataProduct
from datahub_dataproducts.domain.routes import Route, channels_for


@dataclass(frozen=True, kw_only=True, slots=True)
class TrackingPolicy:
    """What a deployment decides about tracking.

    Attributes:
        channels: names of the channels there are.
        routes: which of them are told of which product.
        window: rolling window of the uptime shown in the catalog, milliseconds.
        patience: how long a turn of health must last before people are told.
        tolerance: how far ahead of the clock a result may be before it is set aside.
    """

    channels: tuple[str, ...] = ()
    routes: tuple[Route, ...] = ()
    window: int = 30 * DAY
    patience: Patience = field(default_factory=Patience)
    tolerance: int = 5 * MINUTE


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """What health is judged on.

    Attributes:
        portfolio: all products.
        policy: see `TrackingPolicy`.
        floors: by product id, since when its promises have been what they are; None: from ever.
            Time before is not judged by them.
        last_turn: when the promises of any product last began or ended, None: never yet. What
            happened before is judged by the promises of its time too.
        assessments: those of the portfolio that hold now.
    """

    portfolio: Portfolio
    policy: TrackingPolicy
    floors: Mapping[str, int | None]
    last_turn: int | None = None
    assessments: Assessments = field(default_factory=Assessments)

    def generation(self, product: str) -> Generation:
        """What a product promises now."""
        return Generation(
            product=self.portfolio.products[product],
            since=self.floors.get(product),
            until=None,
            inputs=used_inputs(self.portfolio, product),
        )


def tell(book: Book, ground: Ground, products: Iterable[str], now: int) -> None:
    """Write letters for those of the products, and of their users, of which there is news."""
    portfolio = ground.portfolio
    in_force = in_force_at(book, now)
    queued = set(products)
    queue = [(portfolio.depth[id_], id_) for id_ in queued]
    heapq.heapify(queue)
    while queue:
        _, id_ = heapq.heappop(queue)
        product = portfolio.products[id_]
        assessment = ground.assessments.of(portfolio, id_, in_force)
        before = book.told(id_)
        if before is not None and _is_told(before, assessment, people=product.is_announced):
            continue
        _tell_of(book, ground, assessment, before, now)
        for user in portfolio.dependents.get(id_, ()):
            if user not in queued:
                queued.add(user)
                heapq.heappush(queue, (portfolio.depth[user], user))


def tell_again(book: Book, ground: Ground, product: str, now: int) -> None:
    """Tell the catalog of a product although nothing changed, so that its figures are of today."""
    before = book.told(product)
    if before is None:
        return
    if product not in ground.portfolio.products:
        book.put_told(product, replace(before, posted_at=now, announce_at=None))
        return
    assessment = ground.assessments.of(ground.portfolio, product, in_force_at(book, now))
    since = _since(book, product, now)
    book.put_told(product, replace(before, posted_at=now))
    _post_health(book, ground, assessment, since, now)


def tell_figures(
    book: Book, ground: Ground, before: Mapping[str, DataProduct], products: Iterable[str], now: int
) -> None:
    """Tell the catalog of products whose figures are others than before, by what they say of them.

    Nothing is judged anew: an objective and corrections are no promises. `before` are the products
    as they were, by id.
    """
    for id_ in products:
        was, product = before.get(id_), ground.portfolio.products[id_]
        if was is not None and _counted_by(was) != _counted_by(product):
            tell_again(book, ground, id_, now)


def announce(book: Book, ground: Ground, product: str, now: int) -> None:
    """Tell people what has lasted long enough; nothing where it is as they were told before."""
    told = book.told(product)
    if told is None:
        return
    if product not in ground.portfolio.products:
        book.put_told(product, replace(told, announce_at=None))
    else:
        assessment = ground.assessments.of(ground.portfolio, product, in_force_at(book, now))
        _announce(book, ground, assessment, told, now)


def _counted_by(product: DataProduct) -> tuple[object, ...]:
    """What of a product decides its figures, besides its history."""
    return product.objective, product.timezone, product.corrections


def _is_told(told: Told, assessment: Assessment, *, people: bool) -> bool:
    # A product that went live has been told to the catalog alone.
    people_are = not people or told.announced == digest(assessment) or told.announce_at is not None
    return told.digest == catalog_digest(assessment) and people_are


def _tell_of(
    book: Book, ground: Ground, assessment: Assessment, before: Told | None, now: int
) -> None:
    product = ground.portfolio.products[assessment.product]
    patience = ground.policy.patience if product.is_announced else None
    told = told_catalog(before, assessment, patience, now)
    book.put_told(product.id, told)
    _post_health(book, ground, assessment, _since(book, product.id, now), now)
    if told.announce_at is not None and told.announce_at <= now:
        _announce(book, ground, assessment, told, now)


def _announce(book: Book, ground: Ground, assessment: Assessment, told: Told, now: int) -> None:
    product = ground.portfolio.products[assessment.product]
    since = _since(book, product.id, now)
    why = next_word(told, assessment)
    book.put_told(product.id, told_people(told, assessment, since=since, now=now))
    if why is None or not product.is_announced:
        return
    at = now if since is None or why is Why.CAUSE_CHANGED else since
    lasted = at - told.opened_at if told.opened_at is not None else None
    letter = announcement(ground.portfolio, assessment, why, at, lasted)
    policy = ground.policy
    for channel in channels_for(product, policy.routes, policy.channels):
        key = f"{product.id} {at} {why.value} {digest(assessment)}"
        book.send(channel, key, letter, now, replace=False)


def _post_health(
    book: Book, ground: Ground, assessment: Assessment, since: int | None, now: int
) -> None:
    letter = health_post(
        book,
        ground.portfolio,
        assessment,
        since=since,
        window=ground.policy.window,
        now=now,
    )
    book.send(CATALOG, assessment.product, letter, now, replace=True)


def _since(book: Book, product: str, now: int) -> int | None:
    steps = [s for s in book.steps(product, Scope.EXPERIENCED, now) if s[0] <= now]
    return steps[-1][0] if steps else None
