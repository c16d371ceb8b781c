"""Hushes: somebody decides that of some products nothing is told for a while. Pure.

On the command line they are silences, as in Prometheus' Alertmanager. Here that word is of results
that stay out, which is another matter.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from datahub_dataproducts.domain.products import DataProduct


@dataclass(frozen=True, kw_only=True, slots=True)
class Hush:
    """What is not told, how long, and who says so.

    Attributes:
        since: from when on (milliseconds).
        until: up to and without.
        author: who wants it so.
        reason: why, in words for people.
        made_at: when it was written.
        products: ids; with `domains`, one of both is enough; none of either: all products.
        domains: URNs.
        channels: names; none: all.
        with_caused: it holds for what these products cause elsewhere too.
        id: what it is called, given by the store; 0: not kept yet.
    """

    since: int
    until: int
    author: str
    reason: str
    made_at: int
    products: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    with_caused: bool = False
    id: int = 0

    def holds(self, at: int) -> bool:
        """True at an instant within it."""
        return self.since <= at < self.until

    def is_of(self, product: DataProduct) -> bool:
        """True where it names the product, or its domain, or nothing at all."""
        return (
            (not self.products and not self.domains)
            or product.id in self.products
            or product.domain in self.domains
        )

    def covers(self, product: DataProduct, roots: Iterable[DataProduct], channel: str) -> bool:
        """True where it keeps a channel from hearing of a product whose faults come from the roots."""
        if self.channels and channel not in self.channels:
            return False
        of_roots = [self.is_of(root) for root in roots] if self.with_caused else []
        return self.is_of(product) or (bool(of_roots) and all(of_roots))


def hushes_of(hushes: Iterable[Hush], product: DataProduct, at: int) -> tuple[Hush, ...]:
    """Those that hold for a product at an instant, on whatever channels, the longest first."""
    mine = [one for one in hushes if one.holds(at) and one.is_of(product)]
    return tuple(sorted(mine, key=lambda one: (-one.until, one.id)))
