"""GMS, DataHub's server, as catalog."""

import json
import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager

from avro.errors import AvroException
from avrogen.dict_wrapper import DictWrapper
from datahub.configuration.common import GraphError, OperationalError
from datahub.emitter.mcp import MetadataChangeProposalWrapper
from datahub.emitter.rest_emitter import EmitMode
from datahub.ingestion.graph.client import DataHubGraph
from datahub.ingestion.graph.openapi import EntityAspects
from datahub.metadata.schema_classes import (
    MetadataChangeProposalClass as MetadataChangeProposal,
)
from datahub.metadata.schema_classes import (
    PlatformResourceInfoClass,
    StatusClass,
    StructuredPropertyDefinitionClass,
    StructuredPropertySettingsClass,
)
from datahub.specific.dataproduct import DataProductPatchBuilder
from requests import RequestException

from datahub_dataproducts.adapters.datahub.definitions import (
    DEFINITION_TYPE,
    DefinitionError,
    product_of,
)
from datahub_dataproducts.adapters.datahub.events import evidence_in
from datahub_dataproducts.adapters.datahub.graph_incidents import batches, incidents_on
from datahub_dataproducts.adapters.datahub.health_aspects import (
    PROPERTY_URNS,
    health_properties,
    is_shown,
    structured_property_definitions,
    verdict_run,
)
from datahub_dataproducts.adapters.datahub.news import PoisonEvent
from datahub_dataproducts.adapters.datahub.receipts import NO_GMS, receipt_of, response_of
from datahub_dataproducts.adapters.datahub.urns import data_product_urn, definition_urn
from datahub_dataproducts.application.ports import Unavailable
from datahub_dataproducts.domain.assertions import IncidentNotice, Observation
from datahub_dataproducts.domain.letters import (
    Delivered,
    HealthPost,
    Receipt,
    VerdictPost,
)
from datahub_dataproducts.domain.products import DataProduct

logger = logging.getLogger(__name__)

_TELLING = {"assertion": "assertionRunEvent", "dataset": "operation"}

_INVALID = (400, 422)


class GraphCatalog:
    """Products and their health on DataHub's server; the ports `Directory` and `Catalog`."""

    def __init__(self, graph: DataHubGraph) -> None:
        self._graph = graph

    def products(self) -> tuple[DataProduct, ...]:
        """All published products, as far as the search index knows them already.

        One that cannot be read is left out and logged.

        Raises:
            Unavailable: the server cannot be reached, or does not answer as it should.
        """
        with self._reading():
            return tuple(self._products())

    def removed(self, products: Collection[str]) -> frozenset[str]:
        """Those of some products, by id, that are removed, or whose definitions are.

        Raises:
            Unavailable: the server cannot be reached, or does not answer as it should.
        """
        kinds = (("dataProduct", data_product_urn), ("platformResource", definition_urn))
        with self._reading():
            return frozenset(
                id_
                for entity, urn_of in kinds
                for id_ in self._removed(entity, {urn_of(id_): id_ for id_ in products})
            )

    def latest(self, subjects: Sequence[str]) -> tuple[Observation, ...]:
        """The latest evidence the server has of assertions and datasets; what it lacks is left out.

        Raises:
            Unavailable: the server cannot be reached, or does not answer as it should.
        """
        with self._reading():
            return tuple(
                piece
                for entity, aspect in _TELLING.items()
                for piece in self._latest(entity, aspect, subjects)
            )

    def incidents(self, assets: Sequence[str]) -> tuple[IncidentNotice, ...]:
        """What the server knows of all incidents on some assets, open or not.

        As far as the search index knows them already.

        Raises:
            Unavailable: the server cannot be reached, or does not answer as it should.
        """
        with self._reading():
            return incidents_on(self._graph, assets)

    def prepare(self) -> Receipt:
        """Write the definitions of our structured properties where they are not as they should be.

        GMS has one badge for all, and takes its settings only while none is set, not even itself.
        """
        try:
            present = self._present()
            for proposal in structured_property_definitions():
                if not _is_present(proposal, present):
                    self._write(proposal, had_badge=_has_badge(proposal, present))
        except (GraphError, RequestException) as error:
            return receipt_of(error, self._secret)
        return Delivered()

    def post(self, letter: HealthPost | VerdictPost) -> Receipt:
        """Show it; posting the same again changes nothing."""
        try:
            if isinstance(letter, VerdictPost):
                self._emit(verdict_run(letter))
            else:
                for proposal in _patch(letter):
                    self._emit(proposal)
        except (GraphError, RequestException) as error:
            return receipt_of(error, self._secret)
        return Delivered()

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except (GraphError, RequestException) as error:
            raise Unavailable(receipt_of(error, self._secret).reason) from None
        except (AvroException, AttributeError, LookupError, TypeError, ValueError):
            # What is read is as deep as the answer of whoever listens at the address.
            raise Unavailable(NO_GMS) from None

    def _removed(self, entity: str, ids: Mapping[str, str]) -> Iterator[str]:
        for urn, status in self._aspects(entity, sorted(ids), StatusClass.ASPECT_NAME):
            if isinstance(status, StatusClass) and status.removed:
                yield ids[urn]

    def _latest(self, entity: str, aspect: str, subjects: Sequence[str]) -> Iterator[Observation]:
        urns = [urn for urn in subjects if urn.startswith(f"urn:li:{entity}:")]
        for urn, value in self._aspects(entity, urns, aspect):
            try:
                yield from evidence_in(urn, aspect, json.dumps(value.to_obj()).encode())
            except PoisonEvent as poison:
                logger.warning("What the server says is left out: %s", poison)

    def _aspects(
        self, entity: str, urns: Sequence[str], aspect: str
    ) -> Iterator[tuple[str, DictWrapper]]:
        for batch in batches(urns):
            for urn, aspects in self._graph.get_entities(entity, batch, [aspect]).items():
                value, _ = aspects.get(aspect, (None, None))
                if value is not None:
                    yield urn, value

    def _products(self) -> Iterator[DataProduct]:
        urns = self._graph.get_urns_by_filter(
            entity_types=["platformResource"],
            extraFilters=[
                {"field": "resourceType", "condition": "EQUAL", "values": [DEFINITION_TYPE]}
            ],
            skip_cache=True,
        )
        # Sorted, since the server's order is of no meaning; once each, since pages may overlap.
        for batch in batches(sorted(set(urns))):
            entities = self._graph.get_entities(
                "platformResource",
                batch,
                [PlatformResourceInfoClass.ASPECT_NAME, StatusClass.ASPECT_NAME],
            )
            for urn in batch:
                product = _product(urn, entities.get(urn, {}))
                if product is not None:
                    yield product

    def _present(self) -> Mapping[str, EntityAspects]:
        names = [
            StructuredPropertyDefinitionClass.ASPECT_NAME,
            StructuredPropertySettingsClass.ASPECT_NAME,
        ]
        return self._graph.get_entities("structuredProperty", list(PROPERTY_URNS), names)

    def _write(self, proposal: MetadataChangeProposalWrapper, *, had_badge: bool) -> None:
        settings = proposal.aspect
        try:
            self._emit(proposal)
        except OperationalError as error:
            response = response_of(error)
            if not isinstance(settings, StructuredPropertySettingsClass) or response is None:
                raise
            if not settings.showAsAssetBadge or response.status_code not in _INVALID:
                raise
            if not had_badge:
                logger.warning("DataHub has a badge already, so health is shown without one")
            settings.showAsAssetBadge = False
            self._emit(proposal)
            if had_badge:
                # What was in the way was the property itself, and now no longer is.
                settings.showAsAssetBadge = True
                self._emit(proposal)

    def _emit(self, proposal: MetadataChangeProposal | MetadataChangeProposalWrapper) -> None:
        # Synchronous, so that what the server refuses is known, and definitions precede values.
        self._graph.emit_mcp(proposal, emit_mode=EmitMode.SYNC_PRIMARY)

    @property
    def _secret(self) -> str | None:
        return self._graph.config.token


def _product(urn: str, aspects: EntityAspects) -> DataProduct | None:
    status, _ = aspects.get(StatusClass.ASPECT_NAME, (None, None))
    info, _ = aspects.get(PlatformResourceInfoClass.ASPECT_NAME, (None, None))
    if isinstance(status, StatusClass) and status.removed:
        return None
    if not isinstance(info, PlatformResourceInfoClass):
        return None
    try:
        return product_of(info)
    except DefinitionError as error:
        logger.warning("The definition %s is left out: %s", urn, error)
        return None


def _is_present(
    proposal: MetadataChangeProposalWrapper, present: Mapping[str, EntityAspects]
) -> bool:
    assert proposal.entityUrn is not None
    assert proposal.aspectName is not None
    assert proposal.aspect is not None
    aspect, _ = present.get(proposal.entityUrn, {}).get(proposal.aspectName, (None, None))
    return aspect is not None and is_shown(proposal.aspect.to_obj(), aspect.to_obj())


def _has_badge(
    proposal: MetadataChangeProposalWrapper, present: Mapping[str, EntityAspects]
) -> bool:
    name = StructuredPropertySettingsClass.ASPECT_NAME
    held, _ = present.get(proposal.entityUrn or "", {}).get(name, (None, None))
    return isinstance(held, StructuredPropertySettingsClass) and bool(held.showAsAssetBadge)


def _patch(post: HealthPost) -> Sequence[MetadataChangeProposal]:
    patch = DataProductPatchBuilder(data_product_urn(post.product))
    properties = health_properties(post)
    for entry in properties:
        patch.set_structured_property_manual(entry)
    for urn in PROPERTY_URNS:
        if all(entry.propertyUrn != urn for entry in properties):
            patch.remove_structured_property(urn)
    return patch.build()
