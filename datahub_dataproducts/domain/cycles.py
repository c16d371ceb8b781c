"""Cycles: products that depend on themselves, through whichever others."""

from collections import deque
from collections.abc import Mapping, Sequence


def cycles(uses: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """For each that depends on itself, its shortest way back: `(a, b, a)` for `a`.

    `uses` gives what each depends on directly; what it does not know of depends on nothing. Of
    ways of one length the one through the names that are listed first.
    """
    suspects = _without_ends(uses)
    ways = {start: _way_back(start, suspects) for start in sorted(suspects)}
    return {start: way for start, way in ways.items() if way}


def _without_ends(uses: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Without those from which every way ends: most, so that the search stays short."""
    left = {name: [used for used in names if used in uses] for name, names in uses.items()}
    used_by: dict[str, list[str]] = {name: [] for name in uses}
    for name, names in left.items():
        for used in names:
            used_by[used].append(name)
    open_ways = {name: len(names) for name, names in left.items()}
    ends = deque(name for name, count in open_ways.items() if not count)
    while ends:
        end = ends.popleft()
        del left[end]
        for name in used_by[end]:
            open_ways[name] -= 1
            if not open_ways[name]:
                ends.append(name)
    return left


def _way_back(start: str, uses: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    came_from: dict[str, str] = {}
    queue = deque([start])
    while queue:
        here = queue.popleft()
        for there in uses.get(here, ()):
            if there == start:
                return _way(start, here, came_from)
            if there not in came_from:
                came_from[there] = here
                queue.append(there)
    return ()


def _way(start: str, last: str, came_from: Mapping[str, str]) -> tuple[str, ...]:
    way = [start]
    while last != start:
        way.append(last)
        last = came_from[last]
    way.append(start)
    return tuple(reversed(way))
