"""Generations: products as they are defined from now on, and what follows from it.

Time before is not judged by new promises. What counts as a change of promises is what can change
health: a product's assertions, its inputs, whether an input promises anything at all, and its
assets, which are watched for incidents.
"""

from collections.abc import Collection, Iterable, Mapping

from datahub_dataproducts.application.judge import Case, judge_since, noted
from datahub_dataproducts.application.ports import Book, Scope
from datahub_dataproducts.application.settle import settle
from datahub_dataproducts.application.tell import Ground, part, tell
from datahub_dataproducts.domain.generations import used_inputs
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.portfolio import Portfolio, portfolio_of, promised
from datahub_dataproducts.domain.products import DataProduct


def redefine(
    book: Book, ground: Ground, news: Mapping[str, DataProduct], gone: Collection[str], now: int
) -> Ground:
    """The ground from now on, with new or changed products by id, and without those gone."""
    known = ground.portfolio.products
    kept = {id_: p for id_, p in known.items() if id_ not in gone}
    portfolio = portfolio_of({**kept, **news}.values())
    renewed = [id_ for id_ in kept if _promises(portfolio, id_) != _promises(ground.portfolio, id_)]
    # One that comes back was judged by what it was: it begins anew.
    first = {id_: book.was_defined(id_) for id_ in news if id_ not in known}
    floors = {
        **{id_: ground.floors.get(id_) for id_ in kept},
        **dict.fromkeys(renewed, now),
        **{id_: now if comes_back else book.mark() for id_, comes_back in first.items()},
    }
    is_turn = bool(gone or renewed or any(first.values()))
    after = Ground(
        portfolio=portfolio,
        policy=ground.policy,
        floors=floors,
        last_turn=now if is_turn else ground.last_turn,
    )
    for id_ in [*gone, *renewed]:
        book.retire(known[id_], now, used_inputs(ground.portfolio, id_))
    for id_ in gone:
        part(book, ground, id_, now)
        _end(book, id_, now)
    touched = list(dict.fromkeys([*news, *renewed]))
    for id_ in touched:
        book.define(portfolio.products[id_], floors[id_])
    settle(book, after, _judge_anew(book, after, [*first, *renewed], now), now)
    tell(book, after, touched, now)
    return after


def _promises(portfolio: Portfolio, id_: str) -> tuple[object, ...]:
    """What of a product can change health; neither its words nor their order can."""
    assertions = {
        (a.urn, frozenset(a.listens_to), a.impact, a.expect_every, a.freshness)
        for a in portfolio.products[id_].assertions
    }
    watches = {(w.urn, frozenset(w.listens_to)) for w in portfolio.watches.get(id_, ())}
    return assertions, frozenset(used_inputs(portfolio, id_)), frozenset(watches)


def _end(book: Book, id_: str, now: int) -> None:
    """From now on nothing is known of it."""
    for scope in Scope:
        steps = book.steps(id_, scope, now - 1)
        if steps:
            has_begun = steps[0][0] < now
            book.put_steps(id_, scope, now, [(now, Health.UNKNOWN)] if has_begun else [])
    book.forget(id_)


def _judge_anew(book: Book, ground: Ground, ids: Iterable[str], now: int) -> dict[str, int]:
    """Judge from the evidence there is; which products to settle, and from when on."""
    dirty: dict[str, int] = {}
    for id_ in ids:
        floor = ground.floors[id_]
        if floor is not None or ground.portfolio.inputs[id_]:
            dirty[id_] = 0 if floor is None else floor
        for assertion in promised(ground.portfolio.products[id_]):
            case = Case(product=id_, assertion=assertion, floor=floor)
            # Since a floor: what was heard long before it decides nothing.
            noted(dirty, id_, judge_since(book, case, floor, now).changed_at)
    return dirty
