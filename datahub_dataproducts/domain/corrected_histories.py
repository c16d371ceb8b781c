"""Corrected histories: what people know better than the evidence, kept beside the raw history.

A correction is of the interval of one product only. It reaches neither those that use the product
nor those it uses: what a dependent went through is a fact about the dependent, for which its own
team answers, and nobody can make another team's figures better from afar. It is no evidence
either, so no history begins with it.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby

from datahub_dataproducts.domain.corrections import Correction, CorrectionKind
from datahub_dataproducts.domain.health import Health, worst
from datahub_dataproducts.domain.spans import side_by_side
from datahub_dataproducts.domain.timelines import Step

_HEALTH = {
    CorrectionKind.PLANNED_WORK: Health.UNKNOWN,
    CorrectionKind.FALSE_ALARM: Health.HEALTHY,
    CorrectionKind.UNDETECTED_FAULT: Health.UNHEALTHY,
}


def corrected(steps: Sequence[Step], corrections: Sequence[Correction]) -> list[Step]:
    """The steps of a product as its corrections have them; the order of these means nothing.

    Nothing changes outside of their intervals, and time before the first step stays before the
    history. Where several hold at once the worst stands, as of results at one instant.
    """
    found: list[Step] = []
    for at, (measured, said) in side_by_side([steps, _said(corrections)]):
        # Before the history begins there is nothing to correct.
        health = None if measured is None else said or measured
        if health is not None and (not found or found[-1][1] is not health):
            found.append((at, health))
    return found


def _said(corrections: Iterable[Correction]) -> list[tuple[int, Health | None]]:
    """What corrections say over time, None: nothing."""
    turns = [
        turn
        for c in corrections
        for turn in ((c.since, 1, _HEALTH[c.kind]), (c.until, -1, _HEALTH[c.kind]))
    ]
    standing: Counter[Health] = Counter()
    said: list[tuple[int, Health | None]] = []
    for at, together in groupby(sorted(turns, key=_at), key=_at):
        for _, more, health in together:
            standing[health] += more
        now = [health for health, count in standing.items() if count]
        said.append((at, worst(now) if now else None))
    return said


def _at(turn: tuple[int, int, Health]) -> int:
    return turn[0]
