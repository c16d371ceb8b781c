"""What the server changes in what it is sent, and what it writes of its own accord afterwards."""

from collections.abc import Callable, Iterator
from typing import Any

from tests.integration.gms.model import model
from tests.integration.gms.urns import type_of

Write = tuple[str, str, dict[str, Any]]
# Aspect and field have one name.
_MIRROR = "dataProducts"


def with_owner_types(ownership: dict[str, Any]) -> dict[str, Any]:
    """`ownerTypes` is computed from the owners, whatever was sent; none: it is left alone."""
    owners = ownership.get("owners", [])
    if not owners:
        return ownership
    types: dict[str, list[str]] = {}
    for owner in owners:
        system = f"urn:li:ownershipType:__system__{owner['type'].lower()}"
        key = owner.get("typeUrn", system).replace(".", "%2E")
        types.setdefault(key, []).append(owner["owner"])
    return {**ownership, "ownerTypes": types}


def effects_of_assets(
    product: str,
    before: dict[str, Any],
    after: dict[str, Any],
    holders: Callable[[str], list[tuple[str, dict[str, Any]]]],
    mirrored: Callable[[str], dict[str, Any]],
    *,
    one_product: bool,
) -> Iterator[Write]:
    """What follows when the assets of a product change.

    `holders`: the products that have an asset, with their properties, as far as the graph index
    knows; `mirrored`: the aspect `dataProducts` of an asset.
    """
    was, now = _assets(before), _assets(after)
    left = {product}
    for asset in [urn for urn in now if urn not in was] if one_product else []:
        for other, properties in holders(asset):
            if other != product:
                left.add(other)
                kept = [a for a in properties["assets"] if a["destinationUrn"] != asset]
                yield other, "dataProductProperties", {**properties, "assets": kept}
    for asset in [urn for urn in (*now, *was) if now.get(urn) != was.get(urn)]:
        if _MIRROR in _aspects_of(asset):
            others = [
                one for one in mirrored(asset).get(_MIRROR, []) if one["destinationUrn"] not in left
            ]
            mirror = _mirrored_entries(product, now.get(asset))
            yield asset, _MIRROR, {_MIRROR: [*others, *mirror]}


def _assets(properties: dict[str, Any]) -> dict[str, Any]:
    return {entry["destinationUrn"]: entry for entry in properties.get("assets", [])}


def _mirrored_entries(product: str, entry: dict[str, Any] | None) -> list[dict[str, Any]]:
    if entry is None:
        return []
    return [{"destinationUrn": product, "outputPort": entry.get("outputPort", False)}]


def _aspects_of(urn: str) -> frozenset[str]:
    entity = model().entities.get(type_of(urn))
    return entity.aspects if entity else frozenset()
