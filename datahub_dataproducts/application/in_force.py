"""Which change of judgement is in force at an instant, read from the book once a product."""

from datahub_dataproducts.application.ports import Book
from datahub_dataproducts.domain.assertions import Assertion
from datahub_dataproducts.domain.health import InForce
from datahub_dataproducts.domain.verdicts import Change


def in_force_at(book: Book, at: int) -> InForce:
    """For `assess`, as long as the transaction of the book lasts."""
    held: dict[str, dict[str, list[Change]]] = {}

    def in_force(product: str, assertion: Assertion) -> Change | None:
        if product not in held:
            held[product] = book.changes(product, at)
        known = [c for c in held[product].get(assertion.urn, ()) if c.at <= at]
        return known[-1] if known else None

    return in_force
