"""Looking back: the book as it stands at any moment, and what was defined then."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from datahub_dataproducts.application.archive import Archive, Definition, Readable
from datahub_dataproducts.application.passing import next_expiry, pass_to
from datahub_dataproducts.application.ports import Book, Scope
from datahub_dataproducts.application.settle import recompute
from datahub_dataproducts.application.tell import Ground, TrackingPolicy
from datahub_dataproducts.domain.portfolio import portfolio_of
from datahub_dataproducts.domain.timelines import Step

BookT = TypeVar("BookT", bound=Book)


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
        _let_time_pass(book, at)
        yield book


def was_known(book: Book, product: str, at: int) -> bool:
    """Of a product that is no more: the last step of its history is that nothing is known of it."""
    steps = book.steps(product, Scope.EXPERIENCED, 0)
    return bool(steps) and steps[0][0] <= at < steps[-1][0]


def definitions_with_inputs(book: Archive, product: str, at: int) -> dict[str, Definition]:
    """A product and all that it uses over some way, nearest first, as they were at a moment.

    By id; empty where the product was not there then.
    """
    found: dict[str, Definition] = {}
    waiting = [product]
    for id_ in waiting:
        one = book.definition_at(id_, at)
        if one is None or not (one.is_current or was_known(book, id_, at)):
            continue
        found[id_] = one
        waiting += [i.product for i in one.product.inputs if i.product not in waiting]
    return found


def steps_until(book: Book, product: str, scope: Scope, at: int) -> list[Step]:
    """The history of a product up to a moment; empty: it had not begun."""
    return [step for step in book.steps(product, scope, 0) if step[0] <= at]


def _let_time_pass(book: Book, until: int) -> None:
    known = book.definitions()
    ground = Ground(
        portfolio=portfolio_of(product for product, _ in known),
        policy=TrackingPolicy(),
        floors={product.id: floor for product, floor in known},
    )
    while (due := next_expiry(book, until)) is not None:
        recompute(book, ground, pass_to(book, ground, due).dirty, due)
