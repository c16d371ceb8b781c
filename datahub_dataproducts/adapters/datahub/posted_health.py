"""Posted health: what a catalog shows of products, read back from their structured properties."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from datahub_dataproducts.adapters.datahub.property_definitions import (
    EVALUATED_AT,
    HEALTH,
    HEALTH_REASON,
    HEALTH_SINCE,
)
from datahub_dataproducts.adapters.datahub.snapshots import Entities
from datahub_dataproducts.adapters.datahub.urns import data_product_urn, structured_property_urn
from datahub_dataproducts.domain.health import Health

_PROPERTIES, _STATUS = "structuredProperties", "status"
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_HEALTHS = {health.value: health for health in Health}


@dataclass(frozen=True, kw_only=True, slots=True)
class PostedHealth:
    """What the catalog shows of a product.

    Attributes:
        health: UNKNOWN where none is shown that we know.
        reason: in plain words, may be empty.
        since: since when, milliseconds; None where it is not shown.
        evaluated_at: when it was evaluated last, milliseconds; None where it is not shown.
    """

    health: Health
    reason: str
    since: int | None
    evaluated_at: int | None


def posted_health(entities: Entities, products: Sequence[str]) -> dict[str, PostedHealth]:
    """What is shown, by product id; left out are products that the catalog lacks or has removed.

    A product without a health of ours is as good as not there: nobody watches it.

    Raises:
        Unavailable: the catalog cannot be read.
    """
    urns = {data_product_urn(product): product for product in products}
    held = entities.read(list(urns), (_PROPERTIES, _STATUS))
    found: dict[str, PostedHealth] = {}
    for urn, product in urns.items():
        aspects = held.get(urn, {})
        shown = _values(aspects.get(_PROPERTIES, {}))
        if structured_property_urn(HEALTH) in shown and not _is_removed(aspects):
            found[product] = PostedHealth(
                health=_HEALTHS.get(_text(shown, HEALTH), Health.UNKNOWN),
                reason=_text(shown, HEALTH_REASON),
                since=_instant(_text(shown, HEALTH_SINCE)),
                evaluated_at=_instant(_text(shown, EVALUATED_AT)),
            )
    return found


def _is_removed(aspects: Mapping[str, Any]) -> bool:
    return bool(aspects.get(_STATUS, {}).get("removed"))


def _values(aspect: Mapping[str, Any]) -> dict[str, Any]:
    """The first value of each property: ours have one."""
    return {
        one["propertyUrn"]: one["values"][0]
        for one in aspect.get("properties", ())
        if one["values"]
    }


def _text(shown: Mapping[str, Any], name: str) -> str:
    value = shown.get(structured_property_urn(name))
    return str(value.get("string", "")) if isinstance(value, dict) else str(value or "")


def _instant(text: str) -> int | None:
    try:
        # The form with Z is read by Python from 3.11 on.
        read = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    if read.tzinfo is None:
        return None
    return (read - _EPOCH) // timedelta(milliseconds=1)
