"""Timelines: health over time, and the uptime and coverage that follow. Exact integers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from datahub_dataproducts.domain.assertions import Assertion
from datahub_dataproducts.domain.health import Health, effect, passed_on, worst
from datahub_dataproducts.domain.verdicts import NEVER_RAN, Change

Step = tuple[int, Health]
"""From this instant on, this health, until the next step."""

_Effect = Health | None


def own_steps(
    assertions: Sequence[Assertion],
    changes: Mapping[str, Sequence[Change]],
    since: int,
    until: int,
) -> list[Step]:
    """Health on own assertions alone from `since` on, up to and including `until`.

    `changes` holds, by the assertion's URN, the changes of judgement in order, the one in force
    at `since` included; an assertion without any never ran. No assertions: UNKNOWN, unmeasured.
    """
    tracks = [
        [(c.at, effect(c.judgement, a.impact)) for c in changes.get(a.urn, ())] for a in assertions
    ]
    before = [effect(NEVER_RAN, a.impact) for a in assertions]
    return _worst_of(tracks, before, since, until)


def experienced_steps(
    own: Sequence[Step] | None,
    inputs: Iterable[tuple[Sequence[Step], bool]],
    since: int,
    until: int,
) -> list[Step]:
    """Health with what the inputs pass on, from `since` on, up to and including `until`.

    `own` is None for a product without assertions of its own; `inputs` are the steps of the inputs
    that are set up, each with whether it is required. What lies before an input's first step is
    UNKNOWN.
    """
    tracks: list[list[tuple[int, _Effect]]] = []
    before: list[_Effect] = []
    if own is not None:
        tracks.append([(at, health) for at, health in own])
        before.append(Health.UNKNOWN)
    for steps, required in inputs:
        tracks.append([(at, passed_on(health, required=required)) for at, health in steps])
        before.append(passed_on(Health.UNKNOWN, required=required))
    return _worst_of(tracks, before, since, until)


def _worst_of(
    tracks: Sequence[Sequence[tuple[int, _Effect]]],
    before: Sequence[_Effect],
    since: int,
    until: int,
) -> list[Step]:
    now = list(before)
    turns = sorted(
        (at, track, index)
        for track, points in enumerate(tracks)
        for index, (at, _) in enumerate(points)
        if at <= until
    )
    counts: dict[_Effect, int] = {}
    for does in now:
        counts[does] = counts.get(does, 0) + 1
    steps: list[Step] = []
    position = 0
    while position < len(turns) and turns[position][0] <= since:
        _turn(now, counts, tracks, turns[position])
        position += 1
    steps.append((since, _worst_counted(counts)))
    while position < len(turns):
        at = turns[position][0]
        while position < len(turns) and turns[position][0] == at:
            _turn(now, counts, tracks, turns[position])
            position += 1
        health = _worst_counted(counts)
        if health is not steps[-1][1]:
            steps.append((at, health))
    return steps


def _turn(
    now: list[_Effect],
    counts: dict[_Effect, int],
    tracks: Sequence[Sequence[tuple[int, _Effect]]],
    turn: tuple[int, int, int],
) -> None:
    _, track, index = turn
    does = tracks[track][index][1]
    counts[now[track]] -= 1
    counts[does] = counts.get(does, 0) + 1
    now[track] = does


def _worst_counted(counts: Mapping[_Effect, int]) -> Health:
    return worst(does for does, count in counts.items() if count and does is not None)


def merged_steps(steps: Iterable[Step]) -> list[Step]:
    """Without steps that change nothing."""
    kept: list[Step] = []
    for step in steps:
        if not kept or kept[-1][1] is not step[1]:
            kept.append(step)
    return kept


@dataclass(frozen=True, slots=True)
class Tally:
    """Milliseconds of good, bad and unknown time in a window, from the beginning of the history.

    HEALTHY and AT_RISK are good, UNHEALTHY is bad, UNKNOWN is not measured.
    """

    good: int
    bad: int
    unknown: int

    @property
    def measured(self) -> int:
        """Good and bad time together."""
        return self.good + self.bad

    @property
    def uptime(self) -> Fraction | None:
        """Good / (good + bad); None where nothing was measured."""
        return Fraction(self.good, self.measured) if self.measured else None

    @property
    def coverage(self) -> Fraction | None:
        """(good + bad) / the part of the window since the history began; None: no such part."""
        whole = self.measured + self.unknown
        return Fraction(self.measured, whole) if whole else None


def tally(steps: Sequence[Step], since: int, until: int) -> Tally:
    """The tally of `[since, until)`; time before the first step is before the history."""
    sums = dict.fromkeys(Health, 0)
    ends = [at for at, _ in steps[1:]] + [until]
    for (at, health), end in zip(steps, ends, strict=False):
        sums[health] += max(0, min(end, until) - max(at, since))
    return Tally(
        good=sums[Health.HEALTHY] + sums[Health.AT_RISK],
        bad=sums[Health.UNHEALTHY],
        unknown=sums[Health.UNKNOWN],
    )
