"""Uptime: how much of a window products were good, period by period, for those who look back.

What people corrected stands beside what was measured, and in place of nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import itemgetter

from datahub_dataproducts.application.archive import Archive, Readable
from datahub_dataproducts.application.charging import LostTime, lost_time
from datahub_dataproducts.application.looking_back import as_of, as_of_some, steps_until
from datahub_dataproducts.application.ports import Scope
from datahub_dataproducts.domain.corrected_histories import corrected
from datahub_dataproducts.domain.corrections import (
    Correction,
    corrections_of,
    corrections_within,
)
from datahub_dataproducts.domain.figures import corrected_own
from datahub_dataproducts.domain.objectives import ObjectiveReport, objective_of
from datahub_dataproducts.domain.periods import bad_times, within
from datahub_dataproducts.domain.products import DataProduct
from datahub_dataproducts.domain.spans import Span
from datahub_dataproducts.domain.spending import Spending, spending_of
from datahub_dataproducts.domain.timelines import Tally, tally


@dataclass(frozen=True, kw_only=True, slots=True)
class CorrectedFigures:
    """One product in one period, as its corrections have it.

    Attributes:
        experienced: inputs included, from the beginning of the history on ...
        own: ... and on its own promises alone; as measured where it has none, since what is not
            promised was not kept either.
    """

    experienced: Tally
    own: Tally


@dataclass(frozen=True, kw_only=True, slots=True)
class PeriodFigures:
    """One product in one period.

    Attributes:
        period: from and to, milliseconds.
        experienced: inputs included, from the beginning of the history on ...
        own: ... and on its own promises alone.
        episodes: the bad time of each episode in the period, in order; as measured.
        corrected: the same as its corrections have it; None: there are none.
    """

    period: Span
    experienced: Tally
    own: Tally
    episodes: tuple[int, ...]
    corrected: CorrectedFigures | None = None

    @property
    def best_known(self) -> CorrectedFigures:
        """As its corrections have it, or as measured where there are none."""
        return self.corrected or CorrectedFigures(experienced=self.experienced, own=self.own)


@dataclass(frozen=True, kw_only=True, slots=True)
class ProductUptime:
    """One product over a window.

    Attributes:
        product: as it was defined at the end of the window, or last before then.
        history_from: when its history began, None: it had not.
        periods: in order.
        objective: how its objective stood at the end of the window, over the objective's own
            window; None: it has none.
        spending: how its error budget is spent then.
        corrected_objective: the same by the corrected history; None: there are no corrections.
        corrected_spending: likewise.
        corrections: that change something of the periods or of the objective's window, in order
            of time.
        lost: the lost time of all periods and who caused it, by the corrected history; None: it
            was not asked for.
        gone_at: when it went (milliseconds): its periods end there, and its objective is as of
            then; None: it is there at the end of the window.
    """

    product: DataProduct
    history_from: int | None
    periods: tuple[PeriodFigures, ...]
    objective: ObjectiveReport | None
    spending: Spending | None = None
    corrected_objective: ObjectiveReport | None = None
    corrected_spending: Spending | None = None
    corrections: tuple[Correction, ...] = ()
    lost: LostTime | None = None
    gone_at: int | None = None

    @property
    def best_known_objective(self) -> ObjectiveReport | None:
        """As its corrections have it, or as measured where there are none."""
        return self.corrected_objective or self.objective

    @property
    def best_known_spending(self) -> Spending | None:
        """As its corrections have it, or as measured where there are none."""
        return self.corrected_spending or self.spending


@dataclass(frozen=True, kw_only=True, slots=True)
class UptimeTable:
    """What was found.

    Attributes:
        products: in the order asked for; by id where all were. Those that went during the window
            are among them.
        missing: ids asked for that are not there at that moment, and were not in the window.
        known: ids of all products there ever were.
        is_given: corrections were given, in place of those published with the products.
    """

    products: tuple[ProductUptime, ...]
    missing: tuple[str, ...]
    known: tuple[str, ...]
    is_given: bool = False

    @property
    def is_corrected(self) -> bool:
        """True where corrections were given, be there any or not, or any of those published counts."""
        return self.is_given or any(one.corrections for one in self.products)


def known_products(store: Readable[Archive]) -> tuple[str, ...]:
    """Ids of all products there ever were.

    Raises:
        Unavailable: the store cannot be read.
    """
    with store.reading() as book:
        return tuple(book.known())


def uptime(
    store: Readable[Archive],
    products: Sequence[str],
    at: int,
    periods: Sequence[Span],
    corrections: Sequence[Correction] | None = None,
    *,
    with_charges: bool = False,
) -> UptimeTable:
    """Figures of some products (none given: of all), by what is on record.

    Args:
        store: that the action keeps.
        products: ids.
        at: the moment, up to which there is a record.
        periods: parts of the time before the moment, in order.
        corrections: of any products; None: those published with the products.
        with_charges: tell who caused the lost time.

    Raises:
        Unavailable: the store cannot be read.
    """
    # Who caused lost time is asked of inputs of any time.
    some = bool(products) and not with_charges
    with as_of_some(store, at, products) if some else as_of(store, at) as book:
        known = tuple(book.known())
        found: list[ProductUptime] = []
        missing: list[str] = []
        for id_ in products or known:
            one = _lived(book, id_, at, periods)
            if one is None:
                missing += [id_] if products else []
                continue
            product, until, its = one
            mine = corrections_of(id_, corrections or ())
            if corrections is None:
                mine = book.corrections(id_)
            figures = _figures(book, product, until, its)
            if mine:
                figures = _with_corrections(book, figures, until, mine)
            if with_charges:
                lost = _lost_time(book, id_, its, mine)
                figures = replace(figures, lost=lost)
            found.append(replace(figures, gone_at=until if until < at else None))
        return UptimeTable(
            products=tuple(found),
            missing=tuple(missing),
            known=known,
            is_given=corrections is not None,
        )


def _lived(
    book: Archive, id_: str, at: int, periods: Sequence[Span]
) -> tuple[DataProduct, int, Sequence[Span]] | None:
    """A product, up to when there is a record of it, and the periods up to then.

    None: it is not there, and was not in any of the periods.
    """
    one = book.definition_at(id_, at)
    if one is not None:
        return one.product, at, periods
    begin = periods[0][0] if periods else at
    ended = [(g.until, g.product) for g in book.past_generations(id_, begin) if g.until is not None]
    past = [turn for turn in ended if turn[0] <= at]
    if not past:
        return None
    gone_at, product = max(past, key=itemgetter(0))
    return (
        product,
        gone_at,
        [(begin, min(end, gone_at)) for begin, end in periods if begin < gone_at],
    )


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
        objective=objective_of(product, steps, at),
        spending=spending_of(product, steps, at),
    )


def _with_corrections(
    book: Archive, raw: ProductUptime, at: int, corrections: Sequence[Correction]
) -> ProductUptime:
    product = raw.product
    experienced = corrected(steps_until(book, product.id, Scope.EXPERIENCED, at), corrections)
    # A correction may end after the moment.
    steps = [step for step in experienced if step[0] <= at]
    own = corrected_own(product, steps_until(book, product.id, Scope.OWN, at), corrections)
    return replace(
        raw,
        periods=tuple(
            replace(
                figures,
                corrected=CorrectedFigures(
                    experienced=tally(within(steps, figures.period), *figures.period),
                    own=tally(within(own, figures.period), *figures.period),
                ),
            )
            for figures in raw.periods
        ),
        corrected_objective=objective_of(product, steps, at),
        corrected_spending=spending_of(product, steps, at),
        corrections=_that_count(corrections, raw, at),
    )


def _lost_time(
    book: Archive, id_: str, periods: Sequence[Span], corrections: Sequence[Correction]
) -> LostTime:
    window = (periods[0][0], periods[-1][1]) if periods else (0, 0)
    if not corrections:
        return lost_time(book, id_, window)
    steps = steps_until(book, id_, Scope.EXPERIENCED, window[1])
    return lost_time(book, id_, window, corrected(steps, corrections))


def _that_count(
    corrections: Sequence[Correction], raw: ProductUptime, at: int
) -> tuple[Correction, ...]:
    """Those that speak of time that is told of and that history there is of."""
    if raw.history_from is None:
        return ()
    told = [figures.period[0] for figures in raw.periods]
    told += [raw.objective.since] if raw.objective else []
    return corrections_within(corrections, max(raw.history_from, min(told, default=at)), at)
