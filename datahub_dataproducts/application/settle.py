"""Settling: bring the health of products up to date where verdicts have changed, and tell of it."""

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from datahub_dataproducts.application.in_force import in_force_at
from datahub_dataproducts.application.ports import CATALOG, Book, Scope
from datahub_dataproducts.domain.announcements import announcement, explanation
from datahub_dataproducts.domain.durations import DAY
from datahub_dataproducts.domain.episodes import Told, digest, next_word, retold
from datahub_dataproducts.domain.health import Assessment, assess
from datahub_dataproducts.domain.letters import HealthPost, Why
from datahub_dataproducts.domain.portfolio import Portfolio
from datahub_dataproducts.domain.routes import Route, channels_for
from datahub_dataproducts.domain.timelines import (
    Step,
    assertion_tracks,
    first_difference,
    input_track,
    tally,
    worst_steps,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class TrackingPolicy:
    """What a deployment decides about tracking.

    Attributes:
        channels: names of the channels there are.
        routes: which of them are told of which product.
        window: rolling window of the uptime shown in the catalog, milliseconds.
        tolerance: how far ahead of the clock a result may be before it is set aside.
    """

    channels: tuple[str, ...] = ()
    routes: tuple[Route, ...] = ()
    window: int = 30 * DAY
    tolerance: int = 5 * 60_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """What health is judged on.

    Attributes:
        portfolio: all products.
        policy: see `TrackingPolicy`.
        floors: by product id, since when its promises have been what they are; None: from ever.
            Time before is not judged by them.
    """

    portfolio: Portfolio
    policy: TrackingPolicy
    floors: Mapping[str, int | None]


def settle(book: Book, ground: Ground, dirty: Mapping[str, int], now: int) -> None:
    """Recompute products from the instants their verdicts changed at, then those that use them.

    `dirty` maps product ids to instants. Only what changes is written, and a product is looked at
    only where an input of it changed, so the cost follows the change and not the portfolio.
    """
    portfolio = ground.portfolio
    since = dict(dirty)
    queue = [(portfolio.depth[id_], id_) for id_ in since]
    heapq.heapify(queue)
    while queue:
        _, id_ = heapq.heappop(queue)
        floor = ground.floors.get(id_)
        begin = since[id_] if floor is None else max(since[id_], floor)
        changed_at = _restep(book, portfolio, id_, begin, now)
        if changed_at is None:
            continue
        for user in portfolio.dependents.get(id_, ()):
            if user not in since:
                heapq.heappush(queue, (portfolio.depth[user], user))
            since[user] = min(since.get(user, changed_at), changed_at)
    tell(book, ground, since, now)


def tell(book: Book, ground: Ground, products: Iterable[str], now: int) -> None:
    """Write letters for those of the products, and of their users, of which there is news."""
    portfolio = ground.portfolio
    memo: dict[str, Assessment] = {}
    in_force = in_force_at(book, now)
    queued = set(products)
    queue = [(portfolio.depth[id_], id_) for id_ in queued]
    heapq.heapify(queue)
    while queue:
        _, id_ = heapq.heappop(queue)
        assessment = assess(portfolio, id_, in_force, memo)
        before = book.told(id_)
        if before is not None and before.digest == digest(assessment):
            continue
        _write_letters(book, ground, assessment, before, now)
        for user in portfolio.dependents.get(id_, ()):
            if user not in queued:
                queued.add(user)
                heapq.heappush(queue, (portfolio.depth[user], user))


def tell_again(book: Book, ground: Ground, product: str, now: int) -> None:
    """Tell the catalog of a product although nothing changed, so that its figures are of today."""
    before = book.told(product)
    if before is None:
        return
    assessment = assess(ground.portfolio, product, in_force_at(book, now), {})
    since = _since(book, product, now)
    book.put_told(product, replace(before, posted_at=now))
    _post_health(book, ground, assessment, since, now)


def _restep(book: Book, portfolio: Portfolio, id_: str, since: int, now: int) -> int | None:
    """Recompute one product from an instant on; from when on what it passes on has changed."""
    product = portfolio.products[id_]
    made = book.changes(id_, since)
    inputs = [
        (book.steps(i.product, Scope.EXPERIENCED, since), i.required)
        for i in portfolio.inputs[id_]
        if i.product in portfolio.set_up
    ]
    held = book.steps(id_, Scope.EXPERIENCED, since)
    begin: int | None = since
    if not held or held[0][0] >= since:
        # Its history begins here or later: with the first that was heard, of it or of an input.
        firsts = [changes[0].at for changes in made.values()]
        firsts += [steps[0][0] for steps, _ in inputs if steps]
        begin = max(since, min(firsts)) if firsts else None
    own: list[Step] = []
    whole: list[Step] = []
    if begin is not None:
        tracks = assertion_tracks(product.assertions, made)
        passing = [input_track(steps, required=required) for steps, required in inputs]
        own = worst_steps(tracks, begin, now)
        whole = worst_steps([*tracks, *passing], begin, now)
    _replace(book, id_, Scope.OWN, own, since)
    return _replace(book, id_, Scope.EXPERIENCED, whole, since)


def _replace(book: Book, id_: str, scope: Scope, steps: list[Step], since: int) -> int | None:
    changed_at = first_difference(book.steps(id_, scope, since), steps, since)
    if changed_at is not None:
        in_force = [s for s in steps if s[0] <= changed_at][-1:]
        later = [s for s in steps if s[0] > changed_at]
        begin = [(changed_at, health) for _, health in in_force]
        book.put_steps(id_, scope, changed_at, [*begin, *later])
    return changed_at


def _write_letters(
    book: Book, ground: Ground, assessment: Assessment, before: Told | None, now: int
) -> None:
    policy = ground.policy
    product = ground.portfolio.products[assessment.product]
    since = _since(book, product.id, now)
    after = retold(before, assessment, since=since, now=now)
    book.put_told(product.id, after)
    _post_health(book, ground, assessment, since, now)
    why = next_word(before, assessment.health)
    if why is None or not product.is_announced:
        return
    at = now if since is None or why is Why.CAUSE_CHANGED else since
    opened_at = before.opened_at if before else None
    lasted = at - opened_at if opened_at is not None else None
    letter = announcement(ground.portfolio, assessment, why, at, lasted)
    for channel in channels_for(product, policy.routes, policy.channels):
        key = f"{product.id} {at} {why.value} {after.digest}"
        book.send(channel, key, letter, now, replace=False)


def _post_health(
    book: Book, ground: Ground, assessment: Assessment, since: int | None, now: int
) -> None:
    window = ground.policy.window
    steps = book.steps(assessment.product, Scope.EXPERIENCED, now - window)
    figures = tally(steps, now - window, now)
    letter = HealthPost(
        product=assessment.product,
        at=now,
        health=assessment.health,
        since=since,
        reason=explanation(ground.portfolio, assessment, now),
        uptime=figures.uptime,
        coverage=figures.coverage,
        window=window,
    )
    book.send(CATALOG, assessment.product, letter, now, replace=True)


def _since(book: Book, product: str, now: int) -> int | None:
    steps = [s for s in book.steps(product, Scope.EXPERIENCED, now) if s[0] <= now]
    return steps[-1][0] if steps else None
