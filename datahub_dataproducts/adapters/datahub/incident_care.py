"""Who takes care of the incidents that we raised, asked of DataHub's server."""

import json
import logging
from collections.abc import Collection

from datahub.ingestion.graph.openapi import EntityAspects

from datahub_dataproducts.adapters.datahub.batches import BatchReader
from datahub_dataproducts.adapters.datahub.incidents import (
    INCIDENT_INFO,
    TakenUp,
    taken_up_by,
)
from datahub_dataproducts.adapters.datahub.news import PoisonEvent
from datahub_dataproducts.adapters.datahub.people import names_of
from datahub_dataproducts.adapters.datahub.urns import own_incident_urn
from datahub_dataproducts.domain.held_news import Acknowledgement

logger = logging.getLogger(__name__)


class IncidentCare:
    """See the `CareDirectory` port, whose rules this keeps.

    Args:
        reader: of the server.
    """

    def __init__(self, reader: BatchReader) -> None:
        self._reader = reader

    def who_takes_care(self, conversations: Collection[str]) -> dict[str, Acknowledgement]:
        """What people said last in the incidents of some conversations, by key.

        Raises:
            Unavailable: the server cannot be reached, or does not answer as it should.
        """
        keys = {own_incident_urn(key): key for key in conversations}
        held = self._reader.entities(sorted(keys), [INCIDENT_INFO], what="incidents, who cares")
        found = {keys[urn]: care for urn, aspects in held if (care := _care_in(urn, aspects))}
        names = names_of(self._reader, {care.actor for care in found.values()})
        return {
            key: Acknowledgement(by=names[care.actor], note=care.stage, at=care.at)
            for key, care in found.items()
        }


def _care_in(urn: str, aspects: EntityAspects) -> TakenUp | None:
    info, _ = aspects[INCIDENT_INFO]
    try:
        return taken_up_by(urn, json.dumps(info.to_obj()).encode())
    except PoisonEvent as poison:
        logger.warning("What the server says is left out: %s", poison)
        return None
