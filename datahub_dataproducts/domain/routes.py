"""Routes: which channels are told of which product."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from datahub_dataproducts.domain.products import DataProduct


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """What matches goes to the channels; an empty condition matches everything.

    Attributes:
        channels: their names.
        domains: URNs.
        products: ids.
    """

    channels: tuple[str, ...]
    domains: tuple[str, ...] = ()
    products: tuple[str, ...] = ()

    def matches(self, product: DataProduct) -> bool:
        """True when the product's announcements go this way."""
        return (not self.domains or product.domain in self.domains) and (
            not self.products or product.id in self.products
        )


def channels_for(
    product: DataProduct, routes: Sequence[Route], known: Iterable[str]
) -> tuple[str, ...]:
    """Names of the channels a product is announced on, each once, in order.

    Those it asks for itself as far as they are known, else those of all routes that match; without
    any route, all channels.
    """
    asked = [name for name in product.channels if name in set(known)]
    if asked:
        return tuple(dict.fromkeys(asked))
    if not routes:
        return tuple(known)
    return tuple(dict.fromkeys(name for r in routes if r.matches(product) for name in r.channels))
