"""Episodes from scratch: all of a product's, from the whole of its history. Pure.

The tracker tells of episodes step by step; this is what they are, in whatever order things were
heard. Told is later than here only what was heard late.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from datahub_dataproducts.domain.episodes import MEASURED_GOOD, Patience
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.portfolio import Portfolio
from datahub_dataproducts.domain.timelines import (
    Step,
    assertion_tracks,
    input_track,
    worst_steps,
)
from datahub_dataproducts.domain.verdicts import Change, Judgement, Reason, Verdict

_NEVER = 2**62
_FINE = Judgement(Verdict.MET, Reason.PASSED)

Announced = tuple[int, bool]
"""From this instant on (milliseconds) people are told of the product, or are not."""


@dataclass(frozen=True, slots=True)
class Episode:
    """A time of bad health that people are told of; all instants in milliseconds.

    Attributes:
        opened_at: when health turned.
        told_at: when it had lasted long enough to be told.
        closed_at: when health turned good for long enough, or nobody was to be told any more; None:
            it is open.
    """

    opened_at: int
    told_at: int
    closed_at: int | None


def episodes(
    steps: Sequence[Step],
    not_fresh: Sequence[Step],
    announced: Sequence[Announced],
    patience: Patience,
    until: int,
) -> tuple[Episode, ...]:
    """The episodes of one product up to and including `until`, in order.

    One opens when health turns UNHEALTHY and stays so for `patience.for_`, or as soon as something
    is not fresh; it closes when a measured good verdict stood for `patience.clear_for`. UNKNOWN does
    neither, and interrupts both.

    Args:
        steps: its health over time, inputs included.
        not_fresh: the same if nothing were wrong but what is not fresh, see `by_time_alone`.
        announced: when people are told of it, in order, each another than the one before; before the
            first they are not.
        patience: how long a turn must last.
        until: what lies exactly there counts.
    """
    found: list[Episode] = []
    edges = [*announced, (until + 1, False)]
    for (begin, is_announced), (end, _) in pairwise(edges):
        if is_announced:
            found += _within(steps, not_fresh, patience, (begin, min(end, until + 1)))
    return tuple(replace(e, closed_at=None) if e.closed_at == until + 1 else e for e in found)


def by_time_alone(
    portfolio: Portfolio, judged: Mapping[tuple[str, str], Sequence[Change]], until: int
) -> dict[str, list[Step]]:
    """By product, its health over time if nothing were wrong but what is not fresh.

    `judged` holds the changes of judgement by product id and assertion URN.
    """
    made: dict[str, list[Step]] = {}
    for id_ in sorted(portfolio.products, key=portfolio.depth.__getitem__):
        assertions = portfolio.products[id_].assertions
        mine = {a.urn: [_lenient(change) for change in judged[id_, a.urn]] for a in assertions}
        inputs = [i for i in portfolio.inputs[id_] if i.product in portfolio.set_up]
        tracks = assertion_tracks(assertions, mine)
        tracks += [input_track(made[i.product], required=i.required) for i in inputs]
        begins = [track.points[0][0] for track in tracks if track.points]
        made[id_] = worst_steps(tracks, min(begins), until) if begins else []
    return made


def _lenient(change: Change) -> Change:
    is_it = change.judgement.reason is Reason.NOT_FRESH
    return change if is_it else replace(change, judgement=_FINE)


def _within(
    steps: Sequence[Step],
    not_fresh: Sequence[Step],
    patience: Patience,
    window: tuple[int, int],
) -> Iterable[Episode]:
    """The episodes of a time in which the product is announced throughout."""
    begin, end = window
    opened: tuple[int, int] | None = None
    for at, turned, health in _runs(steps):
        since, before = max(at, begin), min(turned, end)
        if since >= before:
            continue
        # What turns at an instant has lasted up to it; what is cut off there has not.
        lasted = before if turned <= end else before - 1
        if health is Health.UNHEALTHY and opened is None:
            told_at = min([since + patience.for_, *_turns_bad(not_fresh, since, before)])
            opened = (at, told_at) if told_at <= lasted else None
        elif health in MEASURED_GOOD and opened and lasted - since >= patience.clear_for:
            yield Episode(*opened, since)
            opened = None
    if opened:
        yield Episode(*opened, end)


def _runs(steps: Sequence[Step]) -> Iterable[tuple[int, int, Health]]:
    """Health with when it began and ended; HEALTHY and AT_RISK are one as far as they follow."""
    merged = [
        step
        for before, step in zip([None, *steps], steps, strict=False)
        if before is None or not {before[1], step[1]} <= MEASURED_GOOD
    ]
    ends = [at for at, _ in merged[1:]]
    return [(at, end, health) for (at, health), end in zip(merged, [*ends, _NEVER], strict=False)]


def _turns_bad(steps: Sequence[Step], since: int, before: int) -> list[int]:
    """When, within a time, there is something bad."""
    return [
        max(at, since)
        for at, end, health in _runs(steps)
        if health is Health.UNHEALTHY and at < before and end > since
    ]
