"""Uptime: how much of a window products were good, period by period, for those who look back."""

from collections.abc import Sequence
from dataclasses import dataclass

from datahub_dataproducts.application.archive import Archive, Readable
from datahub_dataproducts.application.looking_back import as_of, steps_until, was_known
from datahub_dataproducts.application.ports import Scope
from datahub_dataproducts.domain.objectives import ObjectiveReport, judge_objective
from datahub_dataproducts.domain.periods import bad_times, within
from datahub_dataproducts.domain.products import DataProduct
from datahub_dataproducts.domain.spans import Span
from datahub_dataproducts.domain.timelines import Step, Tally, tally


@dataclass(frozen=True, kw_only=True, slots=True)
class PeriodFigures:
    """One product in one period.

    Attributes:
        period: from and to, milliseconds.
        experienced: inputs included, from the beginning of the history on ...
        own: ... and on its own promises alone.
        episodes: the bad time of each episode in the period, in order.
    """

    period: Span
    experienced: Tally
    own: Tally
    episodes: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ProductUptime:
    """One product over a window.

    Attributes:
        product: as it was defined at the end of the window.
        history_from: when its history began, None: it had not.
        periods: in order.
        objective: how its objective stood at the end of the window, over the objective's own
            window; None: it has none.
    """

    product: DataProduct
    history_from: int | None
    periods: tuple[PeriodFigures, ...]
    objective: ObjectiveReport | None


@dataclass(frozen=True, kw_only=True, slots=True)
class UptimeTable:
    """What was found.

    Attributes:
        products: in the order asked for; by id where all were.
        missing: ids asked for that are not there at that moment.
        known: ids of all products there ever were.
    """

    products: tuple[ProductUptime, ...]
    missing: tuple[str, ...]
    known: tuple[str, ...]


def uptime(
    store: Readable[Archive], products: Sequence[str], at: int, periods: Sequence[Span]
) -> UptimeTable:
    """Figures of some products (none given: of all), by what is on record.

    Args:
        store: that the action keeps.
        products: ids.
        at: the moment, up to which there is a record.
        periods: parts of the time before the moment.

    Raises:
        Unavailable: the store cannot be read.
    """
    with as_of(store, at) as book:
        known = tuple(book.known())
        found: list[ProductUptime] = []
        missing: list[str] = []
        for id_ in products or known:
            one = book.definition_at(id_, at)
            if one is None or not (one.is_current or was_known(book, id_, at)):
                missing += [id_] if products else []
                continue
            found.append(_figures(book, one.product, at, periods))
        return UptimeTable(products=tuple(found), missing=tuple(missing), known=known)


def _figures(
    book: Archive, product: DataProduct, at: int, periods: Sequence[Span]
) -> ProductUptime:
    steps = steps_until(book, product.id, Scope.EXPERIENCED, at)
    own = steps_until(book, product.id, Scope.OWN, at)
    return ProductUptime(
        product=product,
        history_from=steps[0][0] if steps else None,
        periods=tuple(
            PeriodFigures(
                period=period,
                experienced=tally(within(steps, period), *period),
                own=tally(within(own, period), *period),
                episodes=tuple(bad_times(within(steps, period), period)),
            )
            for period in periods
        ),
        objective=_objective(product, steps, at),
    )


def _objective(product: DataProduct, steps: list[Step], at: int) -> ObjectiveReport | None:
    if product.objective is None:
        return None
    return judge_objective(
        product.objective,
        steps,
        at,
        timezone=product.timezone,
        history_from=steps[0][0] if steps else None,
    )
