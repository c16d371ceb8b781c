"""Incidents on assets, asked of DataHub's server."""

import json
import logging
from collections.abc import Iterable, Iterator, Sequence

from datahub.ingestion.graph.client import DataHubGraph

from datahub_dataproducts.adapters.datahub.incidents import INCIDENT_INFO, incident_notices
from datahub_dataproducts.adapters.datahub.news import PoisonEvent
from datahub_dataproducts.domain.assertions import IncidentNotice

logger = logging.getLogger(__name__)

_AT_ONCE = 200


def incidents_on(graph: DataHubGraph, assets: Iterable[str]) -> tuple[IncidentNotice, ...]:
    """What the server knows of all incidents on some assets, by their URNs, open or not.

    One that cannot be read is left out and logged. Raises what the client does.
    """
    wanted = set(assets)
    urns = sorted({urn for batch in batches(sorted(wanted)) for urn in _found(graph, batch)})
    told = [notice for batch in batches(urns) for notice in _told_of(graph, batch)]
    return tuple(notice for notice in told if notice.subject in wanted)


def batches(urns: Sequence[str]) -> Iterator[list[str]]:
    """In lists of as many as the server is asked for at once."""
    return (list(urns[begin : begin + _AT_ONCE]) for begin in range(0, len(urns), _AT_ONCE))


def _found(graph: DataHubGraph, assets: list[str]) -> Iterable[str]:
    """By a filter, as DataHub itself finds them for its pages."""
    on_any: dict[str, str | bool | list[str]] = {
        "field": "entities",
        "condition": "EQUAL",
        "values": assets,
    }
    # An incident cannot be removed softly.
    return graph.get_urns_by_filter(
        entity_types=["incident"], status=None, extraFilters=[on_any], skip_cache=True
    )


def _told_of(graph: DataHubGraph, incidents: list[str]) -> Iterator[IncidentNotice]:
    found = graph.get_entities("incident", incidents, [INCIDENT_INFO], with_system_metadata=True)
    for urn, aspects in found.items():
        info, metadata = aspects.get(INCIDENT_INFO, (None, None))
        if info is None:
            continue
        stamp = metadata.aspectModified if metadata is not None else None
        try:
            yield from incident_notices(
                urn,
                json.dumps(info.to_obj()).encode(),
                stamp=stamp.time if stamp is not None else None,
            )
        except PoisonEvent as poison:
            logger.warning("What the server says is left out: %s", poison)
