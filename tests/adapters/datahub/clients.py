"""Clients of a server, as the action has them."""

from datahub.ingestion.graph.client import DataHubGraph
from datahub.ingestion.graph.config import DatahubClientConfig

TOKEN = "s3cret-t0ken"


def connected(url: str, *, seconds: float = 30) -> DataHubGraph:
    """Without retries; it waits so long for an answer."""
    config = DatahubClientConfig(server=url, token=TOKEN, timeout_sec=seconds, retry_max_times=0)
    return DataHubGraph(config)
