"""Figures: what the health of a product comes to over a window, raw and corrected side by side.

The raw figures never depend on corrections. The corrected ones are computed by the same rules from
the corrected history, so whoever has both files can compute either again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from datahub_dataproducts.domain.corrected_histories import corrected
from datahub_dataproducts.domain.corrections import (
    Correction,
    corrections_of,
    corrections_within,
)
from datahub_dataproducts.domain.objectives import ObjectiveReport, objective_of
from datahub_dataproducts.domain.products import DataProduct
from datahub_dataproducts.domain.spans import Span
from datahub_dataproducts.domain.timelines import Step, Tally, tally


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """What one history comes to.

    Attributes:
        experienced: time of the window, inputs included ...
        own: ... and on the product's own promises alone.
        objective: how the objective stands at the end of the window, over the objective's own
            window; None: there is none.
    """

    experienced: Tally
    own: Tally
    objective: ObjectiveReport | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SideBySide:
    """Both figures.

    Attributes:
        raw: as measured.
        corrected: as the corrections have it; equal to `raw` where none counts.
        corrections: that speak of time of the window, or of the objective's, that there is a
            history of; in order of time.
    """

    raw: Figures
    corrected: Figures
    corrections: tuple[Correction, ...]


def figures_of(
    product: DataProduct,
    own: Sequence[Step],
    experienced: Sequence[Step],
    window: Span,
    corrections: Iterable[Correction],
) -> SideBySide:
    """The figures of a product over a window, and how its objective stands at its end.

    Args:
        product: as it is defined.
        own: its steps on its own promises alone up to the end, from the beginning of the history
            or from the one in force where both windows begin.
        experienced: the same with its inputs.
        window: from and to, milliseconds.
        corrections: of any products.
    """
    until = window[1]
    raw = _figures(product, own, experienced, window)
    begin = window[0] if raw.objective is None else min(window[0], raw.objective.since)
    begin = max(begin, experienced[0][0]) if experienced else until
    mine = corrections_within(corrections_of(product.id, corrections), begin, until)
    if not mine:
        return SideBySide(raw=raw, corrected=raw, corrections=())
    better = _figures(
        product,
        corrected_own(product, own, mine),
        corrected(experienced, mine),
        window,
    )
    return SideBySide(raw=raw, corrected=better, corrections=mine)


def corrected_own(
    product: DataProduct, own: Sequence[Step], corrections: Sequence[Correction]
) -> Sequence[Step]:
    """The steps of a product on its own promises, as its corrections have them.

    As measured where it has none: of what nobody promised there is nothing to know better.
    """
    return corrected(own, corrections) if product.assertions else own


def _figures(
    product: DataProduct, own: Sequence[Step], experienced: Sequence[Step], window: Span
) -> Figures:
    since, until = window
    # A correction may end, and so a step begin, after the end.
    held = [step for step in experienced if step[0] <= until]
    return Figures(
        experienced=tally(experienced, since, until),
        own=tally(own, since, until),
        objective=objective_of(product, held, until),
    )
