"""What is wrong with routes, in words: those that lead nowhere, and those that are never taken. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum

from datahub_dataproducts.domain.letters import Why
from datahub_dataproducts.domain.routes import (
    BEGINNINGS,
    TECHNICAL_ONLY,
    Audience,
    Route,
    Signposts,
)

_CONDITIONS = ("domains", "products", "types", "tags", "owners", "reasons")
# Of these a product or an announcement has one; it may have several tags and owners.
_SINGLE = ("domains", "products", "types", "reasons")


def route_faults(signposts: Signposts) -> list[str]:
    """All that is wrong with the routes, each a sentence that begins with the route's place."""
    return [
        *_unknown(signposts, signposts.routes, ""),
        *_among(signposts, signposts.routes, "", (), None),
    ]


def _unknown(signposts: Signposts, routes: Sequence[Route], at: str) -> Iterator[str]:
    for number, route in enumerate(routes):
        place = f"{at}routes[{number}]"
        unknown = [name for name in route.channels or () if name not in signposts.channels]
        if unknown:
            known = ", ".join(signposts.channels) or "none"
            yield f"{place}: there is no channel {', '.join(unknown)}; channels are: {known}"
        yield from _unknown(signposts, route.routes, f"{place}.")


def _among(
    signposts: Signposts,
    routes: Sequence[Route],
    at: str,
    above: tuple[Route, ...],
    channels: tuple[str, ...] | None,
) -> Iterator[str]:
    """What is wrong with routes beside one another, and below them."""
    for number, route in enumerate(routes):
        place = f"{at}routes[{number}]"
        mine = channels if route.channels is None else route.channels
        yield from _alone(signposts, route, place, mine)
        for outer in above:
            for name in _SINGLE:
                wanted, within = set(getattr(route, name)), set(getattr(outer, name))
                if wanted and within and wanted.isdisjoint(within):
                    yield (
                        f"{place}: it is never taken: its {name} are none of those of the route "
                        f"it is in ({_said(within)})"
                    )
            if {route.audience, outer.audience} == set(Audience):
                yield f"{place}: it is never taken: the route it is in is for the other audience"
        hiding = _hiding(signposts, routes[:number], route, channels)
        if hiding:
            named = " and ".join(f"{at}routes[{before}]" for before in hiding)
            some, one = ("match", "them") if len(hiding) > 1 else ("matches", "that one")
            yield (
                f"{place}: it is never taken: {named} before it {some} all that it matches; change "
                f"their order, or let {one} go on (`continue: true`)"
            )
        yield from _among(signposts, route.routes, f"{place}.", (*above, route), mine)


def _alone(
    signposts: Signposts, route: Route, place: str, channels: tuple[str, ...] | None
) -> Iterator[str]:
    if channels is None and not route.routes:
        yield f"{place}: it leads to no channel: write `channels`, or `channels: []` for nobody"
    known = [name for name in channels or () if name in signposts.channels]
    if route.audience is not None and known and not signposts.readers(known, route.audience):
        yield (
            f"{place}: it is for {route.audience.value} readers, and none of its channels "
            f"({', '.join(known)}) is"
        )
    is_blind = bool(route.reasons) and TECHNICAL_ONLY.issuperset(route.reasons)
    if is_blind and known and not signposts.readers(known, Audience.TECHNICAL):
        yield (
            f"{place}: nobody is told by it: of what is not known business readers are not told, and "
            f"none of its channels ({', '.join(known)}) is for technical ones"
        )
    if route.reasons and BEGINNINGS.isdisjoint(route.reasons):
        needed = ", ".join(sorted(why.value for why in BEGINNINGS))
        yield (
            f"{place}: it never begins a conversation: what comes later is told where the beginning "
            f"was, so name one of these reasons too: {needed}"
        )


def _hiding(
    signposts: Signposts, earlier: Sequence[Route], later: Route, channels: tuple[str, ...] | None
) -> list[int]:
    """Which of the routes before one keep all that matches it from getting to it, for all its readers."""
    left = set(_reached(signposts, later, channels))
    hiding: list[int] = []
    for number, route in enumerate(earlier):
        kept = left & _audiences(signposts, route, channels)
        if kept and _covers(route, later):
            hiding.append(number)
            left -= kept
    return [] if left else hiding


def _covers(earlier: Route, later: Route) -> bool:
    """True when no announcement that matches the later one gets past the earlier one."""
    if earlier.goes_on:
        return False
    for name in _CONDITIONS:
        wide, narrow = set(getattr(earlier, name)), set(getattr(later, name))
        if wide and (not narrow or not narrow <= wide):
            return False
    return True


def _reached(
    signposts: Signposts, route: Route, channels: tuple[str, ...] | None
) -> frozenset[Audience]:
    """For whom a route leads somewhere, by itself or by those within it."""
    mine = channels if route.channels is None else route.channels
    nested = (_reached(signposts, one, mine) for one in route.routes)
    return _audiences(signposts, route, channels).union(*nested)


def _audiences(
    signposts: Signposts, route: Route, channels: tuple[str, ...] | None
) -> frozenset[Audience]:
    """For whom a route leads somewhere, or on purpose nowhere, by itself."""
    mine = channels if route.channels is None else route.channels
    wanted = frozenset(Audience) if route.audience is None else frozenset({route.audience})
    if mine == ():
        return wanted
    known = [name for name in mine or () if name in signposts.channels]
    return frozenset(one for one in wanted if signposts.readers(known, one))


def _said(values: Iterable[object]) -> str:
    words = {str(v.value) if isinstance(v, Enum) else str(v) for v in values}
    # What is written by name is there by its URN too.
    return ", ".join(sorted(one for one in words if one.rpartition(":")[2] not in words - {one}))


REASONS = tuple(why.value for why in Why)
"""The reasons that a route may name."""
