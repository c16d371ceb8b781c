"""Corrections as JSON, alike in all forms that have them. Pure."""

from datahub_dataproducts.domain.corrections import Correction


def correction_as_json(correction: Correction) -> dict[str, object]:
    """Instants in milliseconds since the epoch."""
    return {
        "product": correction.product,
        "from": correction.since,
        "to": correction.until,
        "kind": correction.kind.value,
        "reason": correction.reason,
        "author": correction.author,
    }
