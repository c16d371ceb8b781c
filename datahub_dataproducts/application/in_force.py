"""Which change of judgement is in force at an instant, read from the book once a product."""

from datahub_dataproducts.application.ports import Book
from datahub_dataproducts.domain.assertions import Assertion
from datahub_dataproducts.domain.health import InForce
from datahub_dataproducts.domain.verdicts import Change


def in_force_at(book: Book, at: int) -> InForce:
    """For `assess`, as long as the transaction of the book lasts."""
    held: dict[str, dict[str, Change]] = {}

    def in_force(product: str, assertion: Assertion) -> Change | None:
        known = held.get(product)
        if known is None:
            known = held[product] = {
                urn: change
                for urn, changes in book.changes(product, at).items()
                for change in changes
                if change.at <= at
            }
        return known.get(assertion.urn)

    return in_force
