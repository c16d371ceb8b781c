"""What is in force: changes of judgement read from the book, and assessments made of them."""

from collections.abc import Iterable

from datahub_dataproducts.application.ports import Book
from datahub_dataproducts.domain.assertions import Assertion
from datahub_dataproducts.domain.health import Assessment, InForce, assess
from datahub_dataproducts.domain.portfolio import Portfolio
from datahub_dataproducts.domain.verdicts import Change


def in_force_at(book: Book, at: int) -> InForce:
    """For `assess`, as long as the transaction of the book lasts; read once a product."""
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


class Assessments:
    """The assessments of one portfolio that hold now, each made once for as long as it does.

    An assessment is made of the product's own changes in force and of its inputs' assessments, and
    of nothing else. Not of the instant either: the book holds no change after the instant it was
    settled at, and what time alone does to a verdict it does by a change. So one holds until a
    change is written for its product, or for one that it uses over some way. Whoever writes changes
    settles their products, and settling starts with `touch`, which lets go of all of these.
    """

    def __init__(self) -> None:
        """None is known yet."""
        self._kept: dict[str, Assessment] = {}
        self._touched: set[str] = set()
        self._made: dict[str, Assessment] = {}

    def touch(self, portfolio: Portfolio, products: Iterable[str]) -> None:
        """Verdicts of these changed in this step; they and all that use them are assessed anew."""
        waiting = list(products)
        reached = set(waiting)
        while waiting:
            for user in portfolio.dependents.get(waiting.pop(), ()):
                if user not in reached:
                    reached.add(user)
                    waiting.append(user)
        self._touched |= reached
        self._made = {id_: one for id_, one in self._made.items() if id_ not in reached}

    def of(self, portfolio: Portfolio, product: str, in_force: InForce) -> Assessment:
        """The assessment of a product, made only where none holds."""
        known = self._known(product)
        if known is not None:
            return known
        memo: dict[str, Assessment] = {}
        waiting, seen = [product], {product}
        while waiting:
            for input_ in portfolio.inputs[waiting.pop()]:
                if input_.product in seen:
                    continue
                seen.add(input_.product)
                used = self._known(input_.product)
                if used is None:
                    waiting.append(input_.product)
                else:
                    memo[used.product] = used
        assessment = assess(portfolio, product, in_force, memo)
        self._made.update(memo)
        return assessment

    def keep(self) -> None:
        """The step is committed: what was made in it holds from now on."""
        for id_ in self._touched:
            self._kept.pop(id_, None)
        self._kept.update(self._made)
        self.drop()

    def drop(self) -> None:
        """The step is over: what was not kept is as if it had never been made."""
        self._touched.clear()
        self._made.clear()

    def _known(self, product: str) -> Assessment | None:
        made = self._made.get(product)
        if made is not None or product in self._touched:
            return made
        return self._kept.get(product)
