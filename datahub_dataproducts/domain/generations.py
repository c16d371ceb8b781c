"""Generations: what a product promised, from one change of its promises to the next. Pure.

Old time is not judged by new promises. So at every instant the generation counts that held then,
with the inputs that counted then; of all evidence, be it older than the generation or not.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from datahub_dataproducts.domain.portfolio import Portfolio
from datahub_dataproducts.domain.products import DataProduct

Kind = TypeVar("Kind")


@dataclass(frozen=True, kw_only=True, slots=True)
class UsedInput:
    """An input as it counted at some time; an input that nobody knew then is none.

    Attributes:
        product: its id.
        required: False for an optional one.
        passes: it promised something, itself or through its inputs, and counted: its health could
            pass on. Of one that promised nothing only what incidents make of it does.
        counts: it was not part of a cycle with the product that uses it.
    """

    product: str
    required: bool
    passes: bool
    counts: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Generation:
    """A product with its promises, and when they held: `[since, until)`.

    Attributes:
        product: as it was last defined in that time; words may have changed in between.
        since: milliseconds since the epoch, None: from ever.
        until: None: they still hold.
        inputs: those that counted.
    """

    product: DataProduct
    since: int | None
    until: int | None
    inputs: tuple[UsedInput, ...]

    def holds_at(self, instant: int) -> bool:
        """True when these promises held at an instant."""
        has_begun = self.since is None or self.since <= instant
        return has_begun and (self.until is None or instant < self.until)


def used_inputs(portfolio: Portfolio, product: str) -> tuple[UsedInput, ...]:
    """The inputs of a product that are known, in the order of its file."""
    counts = product not in portfolio.cyclic
    return tuple(
        UsedInput(
            product=input_.product,
            required=input_.required,
            passes=counts and input_.product in portfolio.set_up,
            counts=counts,
        )
        for input_ in portfolio.products[product].inputs
        if input_.product in portfolio.products
    )


def only_generations(portfolio: Portfolio) -> list[Generation]:
    """The products of a portfolio as if they had always promised what they do now."""
    return [
        Generation(product=one, since=None, until=None, inputs=used_inputs(portfolio, id_))
        for id_, one in portfolio.products.items()
    ]


def turns(generations: Iterable[Generation]) -> list[int]:
    """The instants at which any of them begins or ends, ascending."""
    found = {at for one in generations for at in (one.since, one.until) if at is not None}
    return sorted(found)


def inputs_first(held: Mapping[str, Generation]) -> list[str]:
    """The ids of products that are there at one time, each after those it uses."""
    waiting = {
        id_: {i.product for i in one.inputs if i.counts and i.product in held}
        for id_, one in held.items()
    }
    order: list[str] = []
    while waiting:
        # Of products that wait for one another, as only a damaged record has them, each comes.
        ready = sorted(id_ for id_, used in waiting.items() if not used) or sorted(waiting)
        order += ready
        for id_ in ready:
            del waiting[id_]
        for used in waiting.values():
            used.difference_update(ready)
    return order


def part(
    timeline: Sequence[tuple[int, Kind]], since: int, until: int | None
) -> list[tuple[int, Kind]]:
    """A timeline within `[since, until)` (None: to its end); what is in force then begins there."""
    first = bisect_right(timeline, since, key=_at)
    last = len(timeline) if until is None else bisect_left(timeline, until, key=_at)
    begun = [(since, timeline[first - 1][1])] if first else []
    return [*begun, *timeline[first:last]]


def _at(turn: tuple[int, object]) -> int:
    return turn[0]
