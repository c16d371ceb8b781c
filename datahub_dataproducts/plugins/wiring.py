"""Wiring of an ingest: what only a DataHub server knows is looked up before publishing."""

from datahub.ingestion.graph.client import DataHubGraph

from datahub_dataproducts.adapters.datahub.names import resolve_names
from datahub_dataproducts.application.publish import Publication
from datahub_dataproducts.plugins.repository import Repository, publish_repository
from datahub_dataproducts.plugins.settings import Settings


def publish_with(
    graph: DataHubGraph | None, repository: Repository, settings: Settings
) -> Publication:
    """What the catalog shall show of a repository; with a server, names it knows are looked up."""
    if graph is not None:
        documents, unknown = resolve_names(repository.documents, graph)
        repository.documents = documents
        repository.problems = [*repository.problems, *unknown]
    return publish_repository(repository, settings)
