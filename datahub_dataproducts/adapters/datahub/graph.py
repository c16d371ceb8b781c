"""GMS, DataHub's server, as catalog."""

import json
import logging
from collections.abc import Collection, Iterator, Mapping, Sequence

from datahub.configuration.common import GraphError
from datahub.emitter.mcp import MetadataChangeProposalWrapper
from datahub.emitter.rest_emitter import EmitMode
from datahub.ingestion.graph.client import DataHubGraph
from datahub.metadata.schema_classes import (
    MetadataChangeProposalClass as MetadataChangeProposal,
)
from datahub.specific.dataproduct import DataProductPatchBuilder
from requests import RequestException

from datahub_dataproducts.adapters.datahub.batches import SERIES_AT_ONCE, BatchReader
from datahub_dataproducts.adapters.datahub.events import evidence_in
from datahub_dataproducts.adapters.datahub.graph_incidents import incidents_on
from datahub_dataproducts.adapters.datahub.graph_products import GraphProducts
from datahub_dataproducts.adapters.datahub.hand_made import HandMadeTerms
from datahub_dataproducts.adapters.datahub.health_aspects import health_properties, verdict_run
from datahub_dataproducts.adapters.datahub.news import PoisonEvent
from datahub_dataproducts.adapters.datahub.preparation import Preparation
from datahub_dataproducts.adapters.datahub.receipts import receipt_of
from datahub_dataproducts.adapters.datahub.server_versions import (
    NEEDED,
    unreadable,
    version_of,
)
from datahub_dataproducts.adapters.datahub.urns import data_product_urn
from datahub_dataproducts.application.ports import Unavailable
from datahub_dataproducts.domain.assertions import IncidentNotice, Observation
from datahub_dataproducts.domain.durations import HOUR
from datahub_dataproducts.domain.letters import HealthPost, VerdictPost
from datahub_dataproducts.domain.products import DataProduct
from datahub_dataproducts.domain.receipts import Delivered, Receipt, Refused, Retry

logger = logging.getLogger(__name__)

_TELLING = {"assertion": "assertionRunEvent", "dataset": "operation"}


class GraphCatalog:
    """Products and their health on DataHub's server; the ports `Directory` and `Catalog`."""

    def __init__(
        self,
        graph: DataHubGraph,
        *,
        hand_made: HandMadeTerms | None = None,
        frontend: str | None = None,
        reader: BatchReader | None = None,
    ) -> None:
        """How products made by hand are taken, None: they do not count; `frontend` for links."""
        self._graph = graph
        self._frontend = frontend
        self._reader = reader or BatchReader(graph)
        self._published = GraphProducts(self._reader, hand_made)
        self._preparation = Preparation(graph)
        self._looked_at: int | None = None
        self._is_known = False

    def products(self) -> tuple[DataProduct, ...]:
        """All products that are there, as far as the search index knows them already.

        One that cannot be read is left out and logged.

        Raises:
            Unavailable: the server cannot be reached, does not answer as it should, or is too old.
        """
        found = tuple(self._published.all())
        unfit = self._unfit()
        if unfit is not None:
            raise Unavailable(unfit)
        return found

    def hand_made(self, products: Collection[str]) -> tuple[DataProduct, ...]:
        """Those of some products, by id, that people made there, as they are now.

        Raises:
            Unavailable: the server cannot be reached, or does not answer as it should.
        """
        return tuple(self._published.hand_made(products))

    def removed(self, products: Collection[str]) -> frozenset[str]:
        """Those of some products, by id, that are removed, or whose definitions are.

        Raises:
            Unavailable: the server cannot be reached, or does not answer as it should.
        """
        return self._published.removed(products)

    def lacking(self, products: Collection[str]) -> frozenset[str]:
        """Those of some products, by id, of which the server has nothing at all.

        Raises:
            Unavailable: the server cannot be reached, or does not answer as it should.
        """
        return self._published.lacking(products)

    def latest(self, subjects: Sequence[str]) -> tuple[Observation, ...]:
        """The latest evidence the server has of assertions and datasets; what it lacks is left out.

        Raises:
            Unavailable: the server cannot be reached, or does not answer as it should.
        """
        return tuple(
            piece
            for entity, aspect in _TELLING.items()
            for piece in self._latest(entity, aspect, subjects)
        )

    def incidents(
        self, assets: Sequence[str], open_: Mapping[str, Collection[str]], now: int
    ) -> tuple[IncidentNotice, ...]:
        """What the server knows of all incidents on some assets, and of those that were open.

        The first as far as the search index knows them already.

        Raises:
            Unavailable: the server cannot be reached, or does not answer as it should.
        """
        return incidents_on(self._reader, assets, open_, now)

    def prepare(self) -> Receipt:
        """Write the definitions of our structured properties where they are not as they should be.

        A server that is too old is written nothing to.
        """
        unfit = self._unfit()
        return Retry(unfit) if unfit is not None else self._preparation.prepare()

    def post(self, letter: HealthPost | VerdictPost) -> Receipt:
        """Show it; posting the same again changes nothing."""
        if isinstance(letter, VerdictPost):
            return self._sent([verdict_run(letter, self._frontend)])
        # Definitions may be changed by hand: they are looked at by the posts' own time.
        if self._looked_at is None:
            self._looked_at = letter.at
        if self._preparation.usable and letter.at - self._looked_at < HOUR:
            receipt = self._sent(self._patch(letter))
            if not isinstance(receipt, Refused):
                return receipt
        ready = self._preparation.prepare()
        if not isinstance(ready, Delivered):
            # The letter is not at fault, so it waits.
            return Retry(ready.reason, ready.after if isinstance(ready, Retry) else None)
        self._looked_at = letter.at
        return self._sent(self._patch(letter))

    def _sent(
        self, proposals: Sequence[MetadataChangeProposal | MetadataChangeProposalWrapper]
    ) -> Receipt:
        try:
            for proposal in proposals:
                # Synchronous, so that what the server refuses is known.
                self._graph.emit_mcp(proposal, emit_mode=EmitMode.SYNC_PRIMARY)
        except (GraphError, RequestException) as error:
            return receipt_of(error, self._secret)
        return Delivered()

    def _unfit(self) -> str | None:
        """Why the server can be written nothing to, None where it can or where that is not known."""
        if self._is_known:
            return None
        # Another connection: this one remembers what the server was, and it may be upgraded.
        with DataHubGraph(self._graph.config) as fresh:
            version = version_of(fresh)
        if version is None:
            return None
        if version.takes_patches is False:
            return (
                f"DataHub is {version.text}, which loses what is patched: health needs {NEEDED} "
                "or newer; upgrade it, what is to be posted waits until then"
            )
        if version.takes_patches is None:
            logger.warning("%s", unreadable(version))
        self._is_known = True
        return None

    def _patch(self, post: HealthPost) -> Sequence[MetadataChangeProposal]:
        patch = DataProductPatchBuilder(data_product_urn(post.product))
        usable = self._preparation.usable
        properties = {entry.propertyUrn: entry for entry in health_properties(post)}
        for urn in usable:
            if urn in properties:
                patch.set_structured_property_manual(properties[urn])
        for urn in usable:
            if urn not in properties:
                patch.remove_structured_property(urn)
        return patch.build()

    def _latest(self, entity: str, aspect: str, subjects: Sequence[str]) -> Iterator[Observation]:
        urns = [urn for urn in subjects if urn.startswith(f"urn:li:{entity}:")]
        held = self._reader.entities(
            urns, [aspect], what=f"{entity}s, what was last heard", at_once=SERIES_AT_ONCE
        )
        for urn, aspects in held:
            value, _ = aspects[aspect]
            try:
                yield from evidence_in(urn, aspect, json.dumps(value.to_obj()).encode())
            except PoisonEvent as poison:
                logger.warning("What the server says is left out: %s", poison)

    @property
    def _secret(self) -> str | None:
        return self._graph.config.token
