"""Spans: half-open parts `[from, to)` of time, in integer milliseconds, and what holds in them."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import TypeVar

Kind = TypeVar("Kind")

Span = tuple[int, int]
"""From this instant on, up to and without the other."""

_AT = itemgetter(0)


def length(spans: Sequence[Span]) -> int:
    """How long they are together; of spans that lie apart."""
    return sum(until - since for since, until in spans)


def pieces(
    timeline: Sequence[tuple[int, Kind]], spans: Sequence[Span]
) -> Iterator[tuple[int, int, Kind]]:
    """What holds within the spans: from, to and what; before the timeline begins nothing does.

    Args:
        timeline: instants, ascending, and what holds from there on.
        spans: ascending, none within another.
    """
    position = max(0, bisect_right(timeline, spans[0][0], key=_AT) - 1) if spans else 0
    for since, until in spans:
        while position < len(timeline) and timeline[position][0] < until:
            end = timeline[position + 1][0] if position + 1 < len(timeline) else until
            begin = max(timeline[position][0], since)
            if begin < min(end, until):
                yield begin, min(end, until), timeline[position][1]
            if end >= until:
                # It may go on in the next span.
                break
            position += 1


def joined(spans: Sequence[Span]) -> list[Span]:
    """The same time with the fewest spans: those that touch or overlap are one; in order."""
    found: list[Span] = []
    for since, until in sorted(spans):
        if found and since <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], until)
        elif since < until:
            found.append((since, until))
    return found


def side_by_side(
    timelines: Sequence[Sequence[tuple[int, Kind]]],
) -> Iterator[tuple[int, tuple[Kind | None, ...]]]:
    """Each instant at which any of the timelines turns, and what holds in each from there on.

    None: that timeline has not begun.
    """
    now: list[Kind | None] = [None] * len(timelines)
    turns = sorted(
        (at, which, index)
        for which, timeline in enumerate(timelines)
        for index, (at, _) in enumerate(timeline)
    )
    for at, together in groupby(turns, key=_AT):
        for _, which, index in together:
            now[which] = timelines[which][index][1]
        yield at, tuple(now)
