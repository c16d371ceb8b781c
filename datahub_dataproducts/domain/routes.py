"""Routes: which way an announcement goes, and on which terms. Pure.

Routes are a tree, as in Prometheus' Alertmanager. Of the routes beside one another the first that
matches is taken, and those after it only if it says that it goes on; within the one that is taken its
own routes are tried first, and where none of them matches it stands for itself.

An announcement goes its way twice: once for business readers and once for technical ones. A route that
leads to no channel of these readers is none for them, so that the route of a business channel does not
keep the technical one from hearing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import Enum

from datahub_dataproducts.domain.letters import Why
from datahub_dataproducts.domain.products import DataProduct, ProductType
from datahub_dataproducts.domain.quiet_hours import QuietHours

BEGINNINGS = frozenset({Why.OPENED, Why.AT_RISK, Why.BLIND})
"""The reasons by which a conversation begins; who is told of it is told of its end too."""
TECHNICAL_ONLY = frozenset({Why.BLIND, Why.SEEN_AGAIN})
"""What business readers are not told."""


class Audience(Enum):
    """Who reads a channel."""

    BUSINESS = "business"
    TECHNICAL = "technical"


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """On which terms a channel is told; None: as said further up, or else by the channel, or by all.

    Attributes:
        for_: how long a turn to the worse must last (milliseconds).
        clear_for: how long a turn to the better must last.
        still_open_every: how often it is said that an episode is still open; 0: never.
        quiet: when nothing is told.
        by_product: a conversation for each product, and not for each root cause.
    """

    for_: int | None = None
    clear_for: int | None = None
    still_open_every: int | None = None
    quiet: QuietHours | None = None
    by_product: bool | None = None

    def over(self, other: "Terms") -> "Terms":
        """These, and the other's where these say nothing."""
        said = {one.name: getattr(self, one.name) for one in fields(self)}
        return Terms(**{
            name: getattr(other, name) if value is None else value for name, value in said.items()
        })


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """What matches goes to the channels; an empty condition matches everything.

    Attributes:
        channels: their names; empty: nobody is told; None: those of the route this one is in.
        domains: URNs and names.
        products: ids.
        types: what the product is to the business.
        tags: URNs, of which it has one.
        owners: URNs, of which one is an owner of it.
        audience: whose way it is, None: everybody's.
        reasons: why it is announced.
        goes_on: the routes after it count too.
        terms: on which its channels are told.
        routes: those within it.
    """

    channels: tuple[str, ...] | None = None
    domains: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    types: tuple[ProductType, ...] = ()
    tags: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    audience: Audience | None = None
    reasons: tuple[Why, ...] = ()
    goes_on: bool = False
    terms: Terms = Terms()
    routes: tuple["Route", ...] = ()

    def matches(self, product: DataProduct, audience: Audience, why: Why) -> bool:
        """True when what these readers are told of the product, for this reason, goes this way."""
        return (
            self.audience in (None, audience)
            and (not self.reasons or why in self.reasons)
            and self.fits(product)
        )

    def fits(self, product: DataProduct) -> bool:
        """True for a product of which something may go this way."""
        return (
            (not self.domains or product.is_in(self.domains))
            and (not self.products or product.id in self.products)
            and (not self.types or product.type in self.types)
            and (not self.tags or not set(self.tags).isdisjoint(product.tags))
            and (not self.owners or any(one.urn in self.owners for one in product.owners))
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """How an announcement comes to a channel.

    Attributes:
        channel: its name.
        terms: on which it is told.
        trail: the places of the routes taken, the outermost first, such as `routes[0]`; none where
            no route led there.
        is_asked_for: the product's own file names the channel.
    """

    channel: str
    terms: Terms
    trail: tuple[str, ...] = ()
    is_asked_for: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Signposts:
    """All that decides which way announcements go.

    It is asked several times for each event, so it remembers the way of each product: with two
    hundred routes an event costs what it costs with one.

    Attributes:
        channels: the names of all, in order.
        business: names of those for business readers alone, who are not told of blindness.
        routes: the tree; with none, every channel is told of its domains.
        terms: by channel, those that hold where no route says otherwise.
        domains: by channel, URNs and names of the domains it is told of where there are no routes;
            all, where it is not named here.
        is_patient_for_all: no channel and no route has a patience of its own.
    """

    channels: tuple[str, ...] = ()
    business: frozenset[str] = frozenset()
    routes: tuple[Route, ...] = ()
    terms: Mapping[str, Terms] = field(default_factory=dict)
    domains: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    is_patient_for_all: bool = field(init=False, repr=False, compare=False)
    # By id and reason; with the product, which may be defined anew.
    _known: dict[tuple[str, Why], tuple[DataProduct, tuple[Way, ...]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        routes = list(self.routes)
        for route in routes:
            routes.extend(route.routes)
        terms = (*self.terms.values(), *(route.terms for route in routes))
        is_patient = all(one.for_ is None and one.clear_for is None for one in terms)
        object.__setattr__(self, "is_patient_for_all", is_patient)

    def ways(self, product: DataProduct, why: Why) -> tuple[Way, ...]:
        """How an announcement of a product, for a reason, comes to the channels; each once, in order.

        To those that the product asks for itself as far as they are known, else by the routes.
        """
        known = self._known.get((product.id, why))
        if known is not None and known[0] is product:
            return known[1]
        found = self._found(product, why)
        self._known[product.id, why] = product, found
        return found

    def _found(self, product: DataProduct, why: Why) -> tuple[Way, ...]:
        asked = [name for name in product.channels if name in self.channels]
        if asked:
            found = [
                Way(channel=name, terms=self._terms(name), is_asked_for=True) for name in asked
            ]
        elif not self.routes:
            found = [
                Way(channel=name, terms=self._terms(name))
                for name in self.channels
                if name not in self.domains or product.is_in(self.domains[name])
            ]
        else:
            found = [
                way
                for audience in Audience
                for way in _Walk(self, product, audience, why).through(self.routes, _START) or ()
            ]
        once: dict[str, Way] = {}
        for way in found:
            if why not in TECHNICAL_ONLY or way.channel not in self.business:
                once.setdefault(way.channel, way)
        return tuple(once.values())

    def readers(self, channels: Iterable[str], audience: Audience) -> tuple[str, ...]:
        """Those of some channels that are of an audience."""
        is_business = audience is Audience.BUSINESS
        return tuple(name for name in channels if (name in self.business) is is_business)

    def _terms(self, channel: str) -> Terms:
        return self.terms.get(channel, Terms())


@dataclass(frozen=True, kw_only=True, slots=True)
class _Here:
    """Where a walk is: what the routes up to here say."""

    channels: tuple[str, ...] | None = None
    terms: Terms = Terms()
    trail: tuple[str, ...] = ()
    place: str = ""


_START = _Here()


@dataclass(frozen=True, slots=True)
class _Walk:
    """The way of one announcement for one audience."""

    signposts: Signposts
    product: DataProduct
    audience: Audience
    why: Why

    def through(self, routes: Sequence[Route], here: _Here) -> list[Way] | None:
        """The ways through routes beside one another; None: none of them is one."""
        found: list[Way] = []
        is_taken = False
        for number, route in enumerate(routes):
            if not route.matches(self.product, self.audience, self.why):
                continue
            ways = self._into(route, f"{here.place}routes[{number}]", here)
            if ways is None:
                continue
            is_taken = True
            found += ways
            if not route.goes_on:
                break
        return found if is_taken else None

    def _into(self, route: Route, place: str, here: _Here) -> list[Way] | None:
        channels = here.channels if route.channels is None else route.channels
        terms = route.terms.over(here.terms)
        trail = (*here.trail, place)
        inside = _Here(channels=channels, terms=terms, trail=trail, place=f"{place}.")
        nested = self.through(route.routes, inside)
        if nested is not None:
            return nested
        if channels is None or (channels and not self._readers(channels)):
            return None
        return [
            Way(
                channel=name,
                terms=terms.over(self.signposts.terms.get(name, Terms())),
                trail=trail,
            )
            for name in self._readers(channels)
        ]

    def _readers(self, channels: Iterable[str]) -> tuple[str, ...]:
        return self.signposts.readers(channels, self.audience)
