"""Passing time: verdicts that change although nothing is heard."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from datahub_dataproducts.application.judge import Case, expire
from datahub_dataproducts.application.ports import Book
from datahub_dataproducts.application.tell import Ground

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Passed:
    """What time did at one instant.

    Attributes:
        at: the instant.
        count: how many standings expired.
        dirty: the products they belong to, and that instant, as `settle` takes them.
    """

    at: int
    count: int
    dirty: Mapping[str, int]


def next_expiry(book: Book, until: int, among: Collection[str] | None = None) -> int | None:
    """When, up to `until`, the next standing (of some products) expires; None: none does."""
    due = book.due(until, 1, among)
    return due[0][2].expires_at if due else None


def pass_to(book: Book, ground: Ground, at: int, among: Collection[str] | None = None) -> Passed:
    """Expire what expires at an instant that `next_expiry` gave, for the same products."""
    dirty: dict[str, int] = {}
    due = book.due(at, _AT_ONCE, among)
    for product, urn, standing in due:
        known = ground.portfolio.products.get(product)
        assertion = next((a for a in known.assertions if a.urn == urn), None) if known else None
        if assertion is None:
            book.forget_standing(product, urn)
            continue
        case = Case(product=product, assertion=assertion, floor=ground.floors.get(product))
        expire(book, case, standing, at)
        dirty[product] = at
    return Passed(at, len(due), dirty)
