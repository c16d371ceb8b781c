"""Settling: bring the health of products up to date where verdicts have changed, and tell of it."""

import heapq
from collections.abc import Collection, Mapping, Sequence
from itertools import dropwhile

from datahub_dataproducts.application.ports import Book, Scope
from datahub_dataproducts.application.tell import Ground, tell
from datahub_dataproducts.domain.generations import Generation
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.portfolio import watches_of
from datahub_dataproducts.domain.timelines import (
    Step,
    Track,
    appended,
    assertion_tracks,
    first_difference,
    input_tracks,
    worst_steps,
)
from datahub_dataproducts.domain.verdicts import NEVER_RAN, Change


def settle(book: Book, ground: Ground, dirty: Mapping[str, int], now: int) -> None:
    """Recompute what `dirty` touches, and tell of what has changed."""
    ground.assessments.touch(ground.portfolio, dirty)
    tell(book, ground, recompute(book, ground, dirty, now), now)


def recompute(book: Book, ground: Ground, dirty: Mapping[str, int], now: int) -> Collection[str]:
    """Recompute products from the instants their verdicts changed at, then those that use them.

    `dirty` maps product ids to instants; returned is what was looked at. Only what changes is
    written, and a product is looked at only where an input of it changed, so the cost follows the
    change and not the portfolio. The promises are those that hold now: what was promised before
    them is judged by `rejudge`.
    """
    portfolio = ground.portfolio
    since = dict(dirty)
    queue = [(portfolio.depth[id_], id_) for id_ in since]
    heapq.heapify(queue)
    while queue:
        _, id_ = heapq.heappop(queue)
        floor = ground.floors.get(id_)
        begin = since[id_] if floor is None else max(since[id_], floor)
        changed_at = restep(book, id_, [ground.generation(id_)], begin, now)
        if changed_at is None:
            continue
        for user in portfolio.dependents.get(id_, ()):
            if user not in since:
                heapq.heappush(queue, (portfolio.depth[user], user))
            since[user] = min(since.get(user, changed_at), changed_at)
    return since.keys()


def restep(book: Book, id_: str, lived: Sequence[Generation], since: int, now: int) -> int | None:
    """Recompute one product from an instant on; from when on what it passes on has changed.

    `lived` are its generations that hold then or later, in order. In between, and after the last,
    nothing is known of it.
    """
    held = book.steps(id_, Scope.EXPERIENCED, since - 1)
    has_begun = bool(held) and held[0][0] < since
    own: list[Step] = []
    whole: list[Step] = []
    known_to = since
    for generation in lived:
        begin = since if generation.since is None else max(since, generation.since)
        end = now if generation.until is None else min(now, generation.until - 1)
        if has_begun and known_to < begin:
            _add_unknown(own, whole, known_to)
        known_to = end + 1
        tracks, passing = _tracks(book, generation, begin, end)
        if not has_begun:
            # Its history begins here or later: with the first that was heard, of it or of an input.
            firsts = [at for track in [*tracks, *passing] if (at := track.first) is not None]
            begin = max(begin, min(firsts, default=end + 1))
        if begin <= end:
            has_begun = True
            appended(own, worst_steps(tracks, begin, end))
            appended(whole, worst_steps([*tracks, *passing], begin, end))
    if has_begun and known_to <= now:
        _add_unknown(own, whole, known_to)
    _replace(book, id_, Scope.OWN, own, since)
    return _replace(book, id_, Scope.EXPERIENCED, whole, since)


def _add_unknown(own: list[Step], whole: list[Step], at: int) -> None:
    for steps in (own, whole):
        appended(steps, [(at, Health.UNKNOWN)])


def _tracks(
    book: Book, generation: Generation, begin: int, end: int
) -> tuple[list[Track], list[Track]]:
    """What its promises and its inputs do from an instant on, up to and including another."""
    product = generation.product
    changes = book.changes(product.id, begin)
    is_told = any(asset.urn in changes for asset in product.assets or ())
    promised = (*product.assertions, *(watches_of(product) if is_told else ()))
    # That nothing is heard any more, after promises changed, is nothing a history begins with.
    made = {
        a.urn: list(dropwhile(_is_unheard, (c for c in changes[a.urn] if c.at <= end)))
        for a in promised
        if a.urn in changes
    }
    passing = input_tracks(
        generation.inputs, lambda id_: book.steps(id_, Scope.EXPERIENCED, begin), end
    )
    return assertion_tracks(promised, made), passing


def _is_unheard(change: Change) -> bool:
    return change.judgement == NEVER_RAN


def _replace(book: Book, id_: str, scope: Scope, steps: list[Step], since: int) -> int | None:
    changed_at = first_difference(book.steps(id_, scope, since), steps, since)
    if changed_at is not None:
        in_force = [s for s in steps if s[0] <= changed_at][-1:]
        later = [s for s in steps if s[0] > changed_at]
        begin = [(changed_at, health) for _, health in in_force]
        book.put_steps(id_, scope, changed_at, [*begin, *later])
    return changed_at
