"""Preparation: the definitions of our structured properties on DataHub's server, read before written.

Several workers may prepare at once, and anybody may have changed the definitions: what others added
stays, what somebody removed stays removed, and whatever is not as it should be is told once.
"""

import logging
from collections.abc import Mapping

from datahub.configuration.common import GraphError, OperationalError
from datahub.emitter.mcp import MetadataChangeProposalWrapper
from datahub.emitter.rest_emitter import EmitMode
from datahub.ingestion.graph.client import DataHubGraph
from datahub.ingestion.graph.openapi import EntityAspects
from datahub.metadata.schema_classes import (
    StatusClass,
    StructuredPropertyDefinitionClass,
    StructuredPropertySettingsClass,
)
from requests import RequestException

from datahub_dataproducts.adapters.datahub.property_definitions import (
    PROPERTY_URNS,
    completed,
    is_shown,
    structured_property_definitions,
)
from datahub_dataproducts.adapters.datahub.receipts import receipt_of, response_of
from datahub_dataproducts.domain.receipts import Delivered, Receipt, Refused

logger = logging.getLogger(__name__)

_SHOWN = StructuredPropertySettingsClass.ASPECT_NAME
_DEFINED = StructuredPropertyDefinitionClass.ASPECT_NAME
_REMOVED = StatusClass.ASPECT_NAME
_INVALID = (400, 422)
_BADGE = "the badge"
_Held = Mapping[str, EntityAspects]


class Preparation:
    """Makes the definitions what they should be, as far as the server and those who use it let it."""

    def __init__(self, graph: DataHubGraph) -> None:
        self._graph = graph
        self._out: dict[str, str] = {}
        self._told: dict[str, str] = {}

    @property
    def usable(self) -> tuple[str, ...]:
        """URNs of those that take values, in order: all of them before anybody has looked."""
        return tuple(urn for urn in PROPERTY_URNS if urn not in self._out)

    def prepare(self) -> Receipt:
        """Write what is missing or not as it should be; refused only where no property is usable.

        A definition comes before its settings, and both synchronously, so that a value that is
        written afterwards is not dropped.
        """
        out: dict[str, str] = {}
        try:
            held = self._read(PROPERTY_URNS)
            for proposal in structured_property_definitions():
                urn = proposal.entityUrn or ""
                if urn not in out:
                    reason = self._reason(proposal, held.get(urn, {}))
                    if reason is not None:
                        out[urn] = reason
        except (GraphError, RequestException) as error:
            return receipt_of(error, self._graph.config.token)
        self._out = out
        self._tell()
        if not self.usable:
            return Refused(f"no structured property can be used: {next(iter(out.values()))}")
        return Delivered()

    def _reason(self, proposal: MetadataChangeProposalWrapper, held: EntityAspects) -> str | None:
        """Why the property is of no use, None where it is; writes what is missing."""
        status, _ = held.get(_REMOVED, (None, None))
        if isinstance(status, StatusClass) and status.removed:
            # What somebody took out on purpose is not put back.
            return "somebody removed it; restore it there to have it filled again"
        wanted = proposal.aspect
        if isinstance(wanted, StructuredPropertySettingsClass):
            self._show(proposal.entityUrn or "", wanted, held)
            return None
        present, _ = held.get(_DEFINED, (None, None))
        if present is not None:
            assert wanted is not None
            if is_shown(wanted.to_obj(), present.to_obj()):
                return None
            both = completed(wanted.to_obj(), present.to_obj())
            proposal.aspect = StructuredPropertyDefinitionClass.from_obj(both)
        return self._refusal(proposal)

    def _show(self, urn: str, wanted: StructuredPropertySettingsClass, held: EntityAspects) -> None:
        """Settings; GMS has one badge for all, and takes it only while none is set, not even itself."""
        present, _ = held.get(_SHOWN, (None, None))
        if present is not None and is_shown(wanted.to_obj(), present.to_obj()):
            return
        proposal = MetadataChangeProposalWrapper(entityUrn=urn, aspect=wanted)
        reason = self._refusal(proposal)
        if reason is None:
            return
        if not wanted.showAsAssetBadge:
            self._tell_once(
                f"{urn} shown", f"DataHub does not take how {_name(urn)} is to be shown: {reason}"
            )
            return
        # Another worker may have been quicker: its badge is this one.
        present, _ = self._read([urn]).get(urn, {}).get(_SHOWN, (None, None))
        if present is not None and is_shown(wanted.to_obj(), present.to_obj()):
            return
        wanted.showAsAssetBadge = False
        if present is None or not is_shown(wanted.to_obj(), present.to_obj()):
            self._emit(proposal)
        if isinstance(present, StructuredPropertySettingsClass) and present.showAsAssetBadge:
            # What was in the way was the property itself, and now no longer is.
            wanted.showAsAssetBadge = True
            reason = self._refusal(proposal)
        if reason is not None:
            self._tell_once(_BADGE, "DataHub has a badge already, so health is shown without one")

    def _tell(self) -> None:
        for urn in [urn for urn in self._told if urn in PROPERTY_URNS and urn not in self._out]:
            del self._told[urn]
        for urn, reason in self._out.items():
            self._tell_once(
                urn, f"The structured property {_name(urn)} is left out of all posts: {reason}"
            )

    def _tell_once(self, about: str, message: str) -> None:
        if self._told.get(about) != message:
            self._told[about] = message
            logger.warning("%s", message)

    def _read(self, urns: tuple[str, ...] | list[str]) -> _Held:
        names = [_DEFINED, _SHOWN, _REMOVED]
        return self._graph.get_entities("structuredProperty", list(urns), names)

    def _refusal(self, proposal: MetadataChangeProposalWrapper) -> str | None:
        """Write it; why the server will never take it, None where it did."""
        try:
            self._emit(proposal)
        except OperationalError as error:
            response = response_of(error)
            if response is None or response.status_code not in _INVALID:
                raise
            return receipt_of(error, self._graph.config.token).reason
        return None

    def _emit(self, proposal: MetadataChangeProposalWrapper) -> None:
        self._graph.emit_mcp(proposal, emit_mode=EmitMode.SYNC_PRIMARY)


def _name(urn: str) -> str:
    return urn.rpartition(":")[2]
