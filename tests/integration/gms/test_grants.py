"""What requests need their token to be allowed to."""

import pytest
from datahub.ingestion.graph.client import DataHubGraph
from datahub.ingestion.graph.config import DatahubClientConfig
from requests import HTTPError

from tests.integration.gms.server import Gms


def test_a_request_needs_what_it_reads_searches_and_writes() -> None:
    with Gms() as gms:
        gms.switches.grants = frozenset({"read dataProduct", "search dataProduct"})
        with DataHubGraph(DatahubClientConfig(server=gms.url, retry_max_times=0)) as graph:
            graph.get_entities("dataProduct", ["urn:li:dataProduct:a"], ["dataProductProperties"])
            assert list(graph.get_urns_by_filter(entity_types=["dataProduct"])) == []
            assert gms.refused == set()
            with pytest.raises(HTTPError, match="403"):
                graph.get_entities("assertion", ["urn:li:assertion:a"], ["assertionRunEvent"])
            with pytest.raises(HTTPError, match="403"):
                graph.get_entities("assertion", ["urn:li:assertion:a"], ["assertionInfo"])
        assert gms.refused == {"read series of assertion", "read assertion"}
