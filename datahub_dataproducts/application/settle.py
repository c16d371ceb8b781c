"""Settling: bring the health of products up to date where verdicts have changed, and tell of it."""

import heapq
from collections.abc import Collection, Mapping

from datahub_dataproducts.application.ports import Book, Scope
from datahub_dataproducts.application.tell import Ground, tell
from datahub_dataproducts.domain.portfolio import Portfolio
from datahub_dataproducts.domain.timelines import (
    Step,
    assertion_tracks,
    first_difference,
    input_track,
    worst_steps,
)


def settle(book: Book, ground: Ground, dirty: Mapping[str, int], now: int) -> None:
    """Recompute what `dirty` touches, and tell of what has changed."""
    ground.assessments.touch(ground.portfolio, dirty)
    tell(book, ground, recompute(book, ground, dirty, now), now)


def recompute(book: Book, ground: Ground, dirty: Mapping[str, int], now: int) -> Collection[str]:
    """Recompute products from the instants their verdicts changed at, then those that use them.

    `dirty` maps product ids to instants; returned is what was looked at. Only what changes is
    written, and a product is looked at only where an input of it changed, so the cost follows the
    change and not the portfolio.
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
    return since.keys()


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
