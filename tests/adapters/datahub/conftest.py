"""A server and a client of it for every test that asks."""

from collections.abc import Iterator

import pytest
from datahub.ingestion.graph.client import DataHubGraph

from tests.adapters.datahub.clients import connected
from tests.integration.gms.server import Gms


@pytest.fixture
def gms() -> Iterator[Gms]:
    """A stand-in with nothing in it."""
    with Gms() as gms:
        yield gms


@pytest.fixture
def graph(gms: Gms) -> Iterator[DataHubGraph]:
    """DataHub's own client of it."""
    with connected(gms.url) as graph:
        yield graph
