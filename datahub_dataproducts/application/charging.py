"""Charging: who caused the lost time of a product, over all that its promises and inputs were."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from datahub_dataproducts.application.archive import Archive
from datahub_dataproducts.application.looking_back import (
    definitions_with_inputs,
    portfolio_then,
    steps_until,
)
from datahub_dataproducts.application.ports import Scope
from datahub_dataproducts.application.register import Definition
from datahub_dataproducts.domain.charges import Charges, added, charges
from datahub_dataproducts.domain.histories import History
from datahub_dataproducts.domain.spans import Span
from datahub_dataproducts.domain.timelines import Step


@dataclass(frozen=True, kw_only=True, slots=True)
class LostTime:
    """The lost time of a product over a window.

    Attributes:
        charges: how long, and the roots.
        titles: of the roots, by id, as they were called last in the window; else the id.
    """

    charges: Charges
    titles: Mapping[str, str]


def lost_time(
    book: Archive, product: str, window: Span, corrected: Sequence[Step] | None = None
) -> LostTime:
    """Who caused the lost time of a product.

    Args:
        book: that is kept up to the end of the window.
        product: its id.
        window: from and to, milliseconds.
        corrected: the product's steps after corrections; None: as measured.
    """
    until = window[1]
    steps = steps_until(book, product, Scope.EXPERIENCED, until)
    since = max(window[0], steps[0][0]) if steps else until
    known: dict[str, History] = {}
    titles: dict[str, str] = {}
    found: list[Charges] = []
    for span, defined in _constant_parts(book, product, (since, until)):
        titles = {**{id_: one.product.title for id_, one in defined.items()}, **titles}
        for id_ in (product, *defined):
            if id_ not in known:
                known[id_] = History(
                    own=tuple(steps_until(book, id_, Scope.OWN, until)),
                    experienced=tuple(steps_until(book, id_, Scope.EXPERIENCED, until)),
                )
        portfolio = portfolio_then(defined.values())
        found.append(charges(portfolio, product, known, [span], corrected=corrected))
    total = added(product, found)
    return LostTime(
        charges=total, titles={c.root: titles.get(c.root, c.root) for c in total.by_root}
    )


def _constant_parts(
    book: Archive, product: str, window: Span
) -> Iterator[tuple[Span, dict[str, Definition]]]:
    """Parts of a window in which neither the product nor what it uses was defined anew, last first.

    A product that comes or goes begins new promises of those that use it, so a part has one set;
    none, while the product itself was not there.
    """
    since, end = window
    while end > since:
        defined = definitions_with_inputs(book, product, end - 1)
        begun = (one.since for one in defined.values())
        turns = begun if defined else (one.until for one in book.past_generations(product, since))
        begin = max([since, *(turn for turn in turns if turn is not None and turn < end)])
        yield (begin, end), defined
        end = begin
