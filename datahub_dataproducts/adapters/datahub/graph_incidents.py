"""Incidents on assets, asked of DataHub's server."""

import json
import logging
from collections.abc import Collection, Iterable, Iterator, Mapping

from avrogen.dict_wrapper import DictWrapper

from datahub_dataproducts.adapters.datahub.batches import BatchReader, batches
from datahub_dataproducts.adapters.datahub.incidents import (
    INCIDENT_INFO,
    gone_notices,
    incident_notices,
)
from datahub_dataproducts.adapters.datahub.news import PoisonEvent
from datahub_dataproducts.domain.assertions import IncidentNotice

logger = logging.getLogger(__name__)


def incidents_on(
    reader: BatchReader, assets: Iterable[str], open_: Mapping[str, Collection[str]], now: int
) -> tuple[IncidentNotice, ...]:
    """What the server knows of all incidents on some assets, by their URNs, open or not.

    Of those that were open, by URN with their assets, also that they are on these no more, or are
    no more at all. One that cannot be read is left out and logged.

    Raises:
        Unavailable: the server cannot be reached, or does not answer as it should.
    """
    wanted = set(assets)
    found = {urn for batch in batches(sorted(wanted)) for urn in _found(reader, batch)}
    urns = sorted(found | open_.keys())
    there: set[str] = set()
    told: list[IncidentNotice] = []
    for urn, aspects in reader.entities(urns, [INCIDENT_INFO], what="incidents", with_stamps=True):
        there.add(urn)
        info, metadata = aspects[INCIDENT_INFO]
        stamp = metadata.aspectModified if metadata is not None else None
        before = open_.get(urn, ())
        told += _told_of(urn, info, stamp.time if stamp is not None else None, before)
        wanted.update(before)
    notices = [notice for notice in told if notice.subject in wanted]
    return (*notices, *gone_notices(open_, there | reader.left_out, now))


def _found(reader: BatchReader, assets: list[str]) -> list[str]:
    """By a filter, as DataHub itself finds them for its pages."""
    # An incident cannot be removed softly.
    return reader.urns(
        "incident", {"field": "entities", "condition": "EQUAL", "values": assets}, status=None
    )


def _told_of(
    urn: str, info: DictWrapper, stamp: int | None, before: Collection[str]
) -> Iterator[IncidentNotice]:
    previous = json.dumps({"entities": sorted(before)}).encode()
    try:
        value = json.dumps(info.to_obj()).encode()
        yield from incident_notices(urn, value, stamp=stamp, previous=previous)
    except PoisonEvent as poison:
        logger.warning("What the server says is left out: %s", poison)
