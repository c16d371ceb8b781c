"""The DataHub ingestion source `data-products`."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from datahub.emitter.mcp import MetadataChangeProposalWrapper
from datahub.ingestion.api.common import PipelineContext
from datahub.ingestion.api.decorators import (
    SupportStatus,
    capability,
    config_class,
    platform_name,
    support_status,
)
from datahub.ingestion.api.source import SourceCapability
from datahub.ingestion.api.workunit import MetadataWorkUnit
from datahub.ingestion.api.workunit_processor import WorkunitProcessor
from datahub.ingestion.source.state.stale_entity_removal_handler import (
    StaleEntityRemovalSourceReport,
)
from datahub.ingestion.source.state.stateful_ingestion_base import StatefulIngestionSourceBase
from datahub.ingestion.workunit_processors import (
    AutoStaleEntityRemovalProcessor,
    AutoWorkunitsReporterProcessor,
    EnsureAspectSizeProcessor,
)

from datahub_dataproducts.adapters.datahub.proposals.forms import Proposal, WriteSemantics
from datahub_dataproducts.adapters.datahub.proposals.publications import propose
from datahub_dataproducts.adapters.datahub.server_versions import (
    NEEDED,
    ServerVersion,
    unreadable,
    version_of,
)
from datahub_dataproducts.application.publish import Publication
from datahub_dataproducts.domain.problems import Problem
from datahub_dataproducts.plugins.config import DataProductsSourceConfig
from datahub_dataproducts.plugins.repository import read_repository
from datahub_dataproducts.plugins.wiring import publish_with


@dataclass
class DataProductsSourceReport(StaleEntityRemovalSourceReport):
    """What was read and published.

    Attributes:
        files_read: product files found.
        products_found: products declared in them.
        products_published: those without an error.
        results_reported: results of builds and of skipped tests.
        updates_reported: updates of assets.
    """

    files_read: int = 0
    products_found: int = 0
    products_published: int = 0
    results_reported: int = 0
    updates_reported: int = 0


@platform_name("Data Products", id="data-products", doc_order=1)
@config_class(DataProductsSourceConfig)
@support_status(SupportStatus.BETA)
@capability(SourceCapability.DOMAINS, "The domain of each product")
@capability(SourceCapability.DESCRIPTIONS, "Descriptions with the promises in words")
@capability(SourceCapability.OWNERSHIP, "Owners of products, and of assets from dbt's meta")
@capability(SourceCapability.TAGS, "Tags of products")
@capability(SourceCapability.GLOSSARY_TERMS, "Glossary terms of products")
@capability(SourceCapability.DELETION_DETECTION, "Products, contracts and assertions of ours")
class DataProductsSource(StatefulIngestionSourceBase):
    """Publishes the data products that are declared beside dbt models."""

    platform = "data-products"

    def __init__(self, config: DataProductsSourceConfig, ctx: PipelineContext) -> None:
        # The base wants the config of its own stateful_ingestion; it reads no more than that has.
        super().__init__(config, ctx)  # type: ignore[arg-type]
        self.config = config
        self.report: DataProductsSourceReport = DataProductsSourceReport()
        self._version: ServerVersion | None = None

    @classmethod
    def create(cls, config_dict: dict[str, object], ctx: PipelineContext) -> "DataProductsSource":
        """Build the source from a recipe."""
        return cls(DataProductsSourceConfig.model_validate(config_dict), ctx)

    def get_report(self) -> DataProductsSourceReport:
        """What was read and published."""
        return self.report

    def get_allowed_workunit_processors(self) -> list[str | type[WorkunitProcessor[Any]]]:
        """Those that change nothing: assets keep the URNs their files give, datasets their status."""
        return [
            AutoWorkunitsReporterProcessor,
            EnsureAspectSizeProcessor,
            AutoStaleEntityRemovalProcessor,
        ]

    def get_workunits_internal(self) -> Iterable[MetadataWorkUnit]:
        """Publish everything that is right, after telling everything that is wrong."""
        self._version = version_of(self.ctx.graph) if self.ctx.graph else None
        if not self._server_takes_it():
            return
        settings = self.config.settings()
        repository = read_repository(settings)
        publication = publish_with(self.ctx.graph, repository, settings)
        semantics = WriteSemantics(self.config.write_semantics)
        for problem in publication.problems:
            self._tell(problem)
        self._tell_left_out(publication, semantics)
        self._tell_of_parents(publication)
        self.report.files_read = len(repository.files)
        self.report.products_found = len(repository.documents)
        self.report.products_published = len(publication.products)
        self.report.results_reported = len(publication.runs)
        self.report.updates_reported = len(publication.updates)
        for proposal in propose(publication, semantics):
            yield _workunit(proposal)

    def _server_takes_it(self) -> bool:
        """False where patches would be lost without a word: then nothing at all is written."""
        if self._version is None or self.config.write_semantics != WriteSemantics.PATCH.value:
            return True
        if self._version.takes_patches is None:
            self.report.warning(
                title="The version of DataHub cannot be read",
                message="An older server loses owners and terms that are patched.",
                context=unreadable(self._version),
            )
        if self._version.takes_patches is False:
            self.report.failure(
                title="DataHub is too old",
                message="Nothing is published: it would lose the owners of every product. "
                "Upgrade DataHub, or use write_semantics: OVERRIDE, which replaces what people "
                "added to products.",
                context=f"DataHub is {self._version.text}, {NEEDED} or newer is needed",
            )
        return self._version.takes_patches is not False

    def _tell_of_parents(self, publication: Publication) -> None:
        children = [product.id for product in publication.products if product.parent]
        if children and self._version is not None and self._version.keeps_parents is False:
            self.report.warning(
                title="DataHub drops the parents of products",
                message="This version does not know them yet; all else is published.",
                context=f"DataHub is {self._version.text}; of {', '.join(children)}",
            )

    def _tell(self, problem: Problem) -> None:
        if problem.is_error:
            self.report.failure(
                title="Not published",
                message="This is wrong, and what it belongs to is left as it is in the catalog.",
                context=str(problem),
            )
        else:
            self.report.warning(
                title="Published, but have a look",
                message="This is probably not meant.",
                context=str(problem),
            )

    def _tell_left_out(self, publication: Publication, semantics: WriteSemantics) -> None:
        if semantics is WriteSemantics.OVERRIDE and publication.asset_owners:
            self.report.info(
                title="Owners of assets are left out",
                message="With write_semantics: OVERRIDE they would replace those of others.",
                context=f"{len(publication.asset_owners)} datasets",
            )
        promised = {a.asset for p in publication.products for a in p.assertions if a.asset}
        if promised and not publication.complete:
            self.report.info(
                title="Contracts are left as they are",
                message="They are shared, and what is wrong above may promise something in them.",
                context=f"{len(promised)} datasets",
            )


def _workunit(proposal: Proposal) -> MetadataWorkUnit:
    change = proposal.change
    if isinstance(change, MetadataChangeProposalWrapper):
        return change.as_workunit(is_primary_source=proposal.is_ours)
    return MetadataWorkUnit(
        id=MetadataWorkUnit.generate_workunit_id(change),
        mcp_raw=change,
        is_primary_source=proposal.is_ours,
    )
