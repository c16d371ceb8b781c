"""Timelines: health over time, and the uptime and coverage that follow. Exact integers."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from operator import itemgetter
from typing import TypeVar

from datahub_dataproducts.domain.assertions import Assertion, AssertionKind
from datahub_dataproducts.domain.generations import UsedInput
from datahub_dataproducts.domain.health import Health, effect, passed_on, worst
from datahub_dataproducts.domain.verdicts import NEVER_RAN, Change

Kind = TypeVar("Kind")

# Looked up once, since hundreds of promises are asked for each event.
_INCIDENT = AssertionKind.INCIDENT
_AT = itemgetter(0)

Step = tuple[int, Health]
"""From this instant on, this health, until the next step."""

Effect = Health | None
"""What something does to the health of a product; None: nothing, it is a blind spot."""


@dataclass(frozen=True, slots=True)
class Track:
    """What one assertion or input does to health over time.

    Attributes:
        points: instants, and what it does from there on.
        before: what it does before the first of them.
        is_quiet: that it does nothing is no news, and begins no history.
    """

    points: tuple[tuple[int, Effect], ...]
    before: Effect
    is_quiet: bool = False

    @property
    def first(self) -> int | None:
        """When a history begins with it; None: with something else."""
        telling = (at for at, does in self.points if not self.is_quiet or does is not None)
        return next(telling, None)


def assertion_tracks(
    assertions: Sequence[Assertion], changes: Mapping[str, Sequence[Change]]
) -> list[Track]:
    """One track an assertion; `changes` by its URN, in order, those of a silent one left out.

    A watch for incidents of which nothing was heard does nothing, and has none.
    """
    tracks: list[Track] = []
    for one in assertions:
        made = changes.get(one.urn, ())
        points = tuple((change.at, effect(change.judgement, one.impact)) for change in made)
        if one.kind is not _INCIDENT:
            tracks.append(Track(points, effect(NEVER_RAN, one.impact)))
        elif points:
            tracks.append(Track(points, None, is_quiet=True))
    return tracks


def input_track(steps: Sequence[Step], *, required: bool, set_up: bool = True) -> Track:
    """The track of an input; before its first step it is UNKNOWN."""
    return Track(
        tuple((at, passed_on(health, required=required, set_up=set_up)) for at, health in steps),
        passed_on(Health.UNKNOWN, required=required, set_up=set_up),
        is_quiet=not set_up,
    )


def input_tracks(
    inputs: Iterable[UsedInput], steps_of: Callable[[str], Sequence[Step]], until: int
) -> list[Track]:
    """One track for each input that counts, up to and including `until`.

    `steps_of` gives the steps of a product, by its id.
    """
    return [
        input_track(
            [step for step in steps_of(used.product) if step[0] <= until],
            required=used.required,
            set_up=used.passes,
        )
        for used in inputs
        if used.counts
    ]


def worst_steps(tracks: Sequence[Track], since: int, until: int) -> list[Step]:
    """Health from `since` on, up to and including `until`: at each instant the worst of all.

    Where none does anything, or there is none, it is UNKNOWN.
    """
    now = [track.before for track in tracks]
    turns = sorted(
        (at, track, index)
        for track in range(len(tracks))
        for index, (at, _) in enumerate(tracks[track].points)
        if at <= until
    )
    counts: dict[Effect, int] = {}
    for does in now:
        counts[does] = counts.get(does, 0) + 1
    steps: list[Step] = []
    position = 0
    for instant in [since, *sorted({at for at, _, _ in turns if at > since})]:
        while position < len(turns) and turns[position][0] <= instant:
            _, track, index = turns[position]
            does = tracks[track].points[index][1]
            counts[now[track]] -= 1
            counts[does] = counts.get(does, 0) + 1
            now[track] = does
            position += 1
        health = worst(does for does, count in counts.items() if count and does is not None)
        if not steps or health is not steps[-1][1]:
            steps.append((instant, health))
    return steps


def appended(steps: list[Step], later: Iterable[Step]) -> None:
    """Go on with later steps in place; one of the same health as that before it is none."""
    for step in later:
        if not steps or steps[-1][1] is not step[1]:
            steps.append(step)


def first_difference(
    old: Sequence[tuple[int, Kind]], new: Sequence[tuple[int, Kind]], since: int
) -> int | None:
    """From when on two timelines differ, looking from `since` on; None: nowhere.

    Both hold instants and what begins there, the one in force at `since` included if there is one.
    """
    ours = [(max(at, since), what) for at, what in old]
    theirs = [(max(at, since), what) for at, what in new]
    for one, other in zip(ours, theirs, strict=False):
        if one != other:
            return min(one[0], other[0])
    shorter, longer = sorted((ours, theirs), key=len)
    return longer[len(shorter)][0] if len(longer) > len(shorter) else None


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
    first = max(0, bisect_right(steps, since, key=_AT) - 1)
    held = steps[first : bisect_left(steps, until, key=_AT)]
    if not held or until <= since:
        return Tally(good=0, bad=0, unknown=0)
    turns = [max(since, held[0][0]), *(at for at, _ in held[1:]), until]
    good = bad = unknown = 0
    # It runs for each post of a product, over all turns of its windows.
    for (begin, end), (_, health) in zip(pairwise(turns), held, strict=True):
        if health is Health.UNHEALTHY:
            bad += end - begin
        elif health is Health.UNKNOWN:
            unknown += end - begin
        else:
            good += end - begin
    return Tally(good=good, bad=bad, unknown=unknown)
