"""Looking back: the book as it stands at any moment, and what was defined then."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar

from datahub_dataproducts.application.archive import Archive, Readable
from datahub_dataproducts.application.passing import next_expiry, pass_to
from datahub_dataproducts.application.ports import Book, Scope
from datahub_dataproducts.application.register import Definition
from datahub_dataproducts.application.settle import recompute
from datahub_dataproducts.application.tell import Ground, TrackingPolicy
from datahub_dataproducts.domain.portfolio import Portfolio, portfolio_of
from datahub_dataproducts.domain.products import DataProduct
from datahub_dataproducts.domain.timelines import Step

BookT = TypeVar("BookT", bound=Book)
ArchiveT = TypeVar("ArchiveT", bound=Archive)


@contextmanager
def as_of(store: Readable[BookT], at: int) -> Iterator[BookT]:
    """The book with time let pass up to a moment, on trial.

    So deadlines and silence count although the action may not have looked at the clock since.
    Where it changes nothing, which is nearly always so beside a running action, nothing is locked.

    Raises:
        Unavailable: the store cannot be read.
    """
    with store.reading() as book:
        if next_expiry(book, at) is None:
            yield book
            return
    with store.trial() as book:
        _let_time_pass(book, book.definitions(), at)
        yield book


@contextmanager
def as_of_some(store: Readable[ArchiveT], at: int, products: Sequence[str]) -> Iterator[ArchiveT]:
    """The same for those who ask of some products: time passes for them and for what they use.

    So looking at one among thousands does not wait for the others.

    Raises:
        Unavailable: the store cannot be read.
    """
    with store.reading() as book:
        is_due = next_expiry(book, at) is not None
        needed = _needed(book, products, at) if is_due else []
        if not is_due or next_expiry(book, at, needed) is None:
            yield book
            return
    with store.trial() as book:
        known = [one for id_ in needed if (one := book.definition(id_)) is not None]
        _let_time_pass(book, known, at, needed)
        yield book


def definitions_with_inputs(book: Archive, product: str, at: int) -> dict[str, Definition]:
    """A product and all that it used over some way, nearest first, as they were at a moment.

    By id; empty where the product was not there then.
    """
    found: dict[str, Definition] = {}
    waiting = [product]
    for id_ in waiting:
        one = book.definition_at(id_, at)
        if one is None:
            continue
        found[id_] = one
        counted = one.counted
        used = [i.product for i in one.product.inputs if counted is None or i.product in counted]
        waiting += [used_id for used_id in used if used_id not in waiting]
    return found


def portfolio_then(definitions: Iterable[Definition], timezone: str | None = None) -> Portfolio:
    """The portfolio of products as they were at one moment, with the inputs that counted then.

    With a time zone all is told in that one, whatever those of the products are.
    """
    found = list(definitions)
    products = (one.product for one in found)
    return portfolio_of(
        products if timezone is None else (replace(p, timezone=timezone) for p in products),
        {one.product.id: one.counted for one in found if one.counted is not None},
    )


def steps_until(book: Book, product: str, scope: Scope, at: int) -> list[Step]:
    """The history of a product up to a moment; empty: it had not begun."""
    return [step for step in book.steps(product, scope, 0) if step[0] <= at]


def _needed(book: Archive, products: Sequence[str], at: int) -> list[str]:
    """Some products and all that they use over some way, now or at a moment."""
    found = list(dict.fromkeys(products))
    for id_ in found:
        then, now = book.definition_at(id_, at), book.definition(id_)
        uses = [*(then.product.inputs if then else ()), *(now[0].inputs if now else ())]
        found += [i for i in dict.fromkeys(used.product for used in uses) if i not in found]
    return found


def _let_time_pass(
    book: Book,
    known: Sequence[tuple[DataProduct, int | None]],
    until: int,
    among: Sequence[str] | None = None,
) -> None:
    ground = Ground(
        portfolio=portfolio_of(product for product, _ in known),
        policy=TrackingPolicy(),
        floors={product.id: floor for product, floor in known},
    )
    while (due := next_expiry(book, until, among)) is not None:
        recompute(book, ground, pass_to(book, ground, due, among).dirty, due)
