"""What a recipe names that the catalog does not have, in words: routes that no product goes. Pure.

It is no fault of the recipe: a domain may come to have products, and a product may be gone for a day. But
most often it is a slip of the pen, by which people are not told.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from datahub_dataproducts.domain.problems import did_you_mean
from datahub_dataproducts.domain.products import DataProduct
from datahub_dataproducts.domain.routes import BEGINNINGS, Route, Signposts

_URN = "urn:li:"
_SHOWN = 10


def route_gaps(signposts: Signposts, products: Collection[DataProduct]) -> list[str]:
    """Each a sentence that begins with its place; none where there is no product at all."""
    if not products:
        return []
    seen = _Seen.of(products)
    told = [*_of_routes(signposts.routes, "", (seen, products))]
    for name, domains in signposts.domains.items():
        told += _missing(f"channels.{name}", domains, seen.domains)
    told += _of_files(signposts, products)
    told += [
        f"channels.{name}: it is told of no product"
        for name in _unreached(signposts, products)
        # Where that is so because of its domains, it was said.
        if name not in signposts.domains
    ]
    return told


@dataclass(frozen=True, kw_only=True, slots=True)
class _Kind:
    """What products have of one kind.

    Attributes:
        sentence: what is to be said of one that none has.
        plural: what they are called.
        known: by URN or name, what people call it.
    """

    sentence: str
    plural: str
    known: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Seen:
    """All that products have."""

    domains: _Kind
    products: _Kind
    types: _Kind
    tags: _Kind
    owners: _Kind

    @classmethod
    def of(cls, products: Iterable[DataProduct]) -> "_Seen":
        domains: dict[str, str] = {}
        names: dict[str, str] = {}
        types: dict[str, str] = {}
        tags: dict[str, str] = {}
        owners: dict[str, str] = {}
        for one in products:
            called = one.domain_name or _last(one.domain)
            domains |= {one.domain: called, called: called}
            names[one.id] = one.id
            tags |= {tag: _last(tag) for tag in one.tags}
            owners |= {owner.urn: _last(owner.urn) for owner in one.owners}
            if one.type is not None:
                types[one.type.value] = one.type.value
        return cls(
            domains=_Kind(sentence="no product is in a domain", plural="domains", known=domains),
            products=_Kind(sentence="there is no product", plural="products", known=names),
            types=_Kind(sentence="no product is of type", plural="types", known=types),
            tags=_Kind(sentence="no product has a tag", plural="tags", known=tags),
            owners=_Kind(sentence="no product has an owner", plural="owners", known=owners),
        )


def _of_routes(
    routes: Sequence[Route], at: str, there: tuple[_Seen, Collection[DataProduct]]
) -> Iterator[str]:
    seen, products = there
    for number, route in enumerate(routes):
        place = f"{at}routes[{number}]"
        told = [
            *_missing(place, route.domains, seen.domains),
            *_missing(place, route.products, seen.products),
            *_missing(place, [one.value for one in route.types], seen.types),
            *_missing(place, route.tags, seen.tags),
            *_missing(place, route.owners, seen.owners),
        ]
        if not told and not any(route.fits(one) for one in products):
            told = [f"{place}: no product is all of what it asks for"]
        yield from told
        yield from _of_routes(route.routes, f"{place}.", there)


def _missing(place: str, wanted: Sequence[str], kind: _Kind) -> Iterator[str]:
    """What is wanted and nowhere, each with what was probably meant."""
    forms: dict[str, list[str]] = {}
    for one in wanted:
        forms.setdefault(_last(one), []).append(one)
    called = sorted(set(kind.known.values()))
    for name, ways in forms.items():
        if not any(one in kind.known for one in ways):
            hint = did_you_mean(name, called) or f"{kind.plural} are: {_listed(called)}"
            yield f'{place}: {kind.sentence} "{name}"; {hint}'


def _of_files(signposts: Signposts, products: Iterable[DataProduct]) -> Iterator[str]:
    """Channels that product files name and the recipe does not have."""
    naming: dict[str, list[str]] = {}
    for one in products:
        for name in one.channels:
            if name not in signposts.channels:
                naming.setdefault(name, []).append(one.id)
    for name, ids in sorted(naming.items()):
        hint = did_you_mean(name, signposts.channels)
        hint = hint or f"channels are: {_listed(signposts.channels)}"
        files = f"named by the product files of {_listed(sorted(ids))}"
        yield f'channel "{name}": it is {files}, and not in the recipe; {hint}'


def _unreached(signposts: Signposts, products: Iterable[DataProduct]) -> Iterable[str]:
    """The channels to which no announcement of any product comes."""
    left = dict.fromkeys(signposts.channels)
    for one in products:
        for why in BEGINNINGS:
            if not left:
                return left
            for way in signposts.ways(one, why):
                left.pop(way.channel, None)
    return left


def _last(urn: str) -> str:
    return urn.rpartition(":")[2] if urn.startswith(_URN) else urn


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "") or "none"
