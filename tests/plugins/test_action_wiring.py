"""The parts of the action, as it builds them from its config."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from datahub.ingestion.graph.client import DataHubGraph
from datahub.ingestion.graph.config import DatahubClientConfig
from datahub_actions.api.action_graph import AcrylDataHubGraph
from datahub_actions.pipeline.pipeline_context import PipelineContext

from datahub_dataproducts.adapters.clock import WallClock
from datahub_dataproducts.adapters.datahub.definitions import definition_aspect
from datahub_dataproducts.adapters.datahub.urns import data_product_urn, definition_urn
from datahub_dataproducts.application.pulse import Heart
from datahub_dataproducts.plugins.action import DataProductHealthAction
from tests.builders import checked, product
from tests.integration.gms.server import Gms
from tests.integration.roads import run_event

_READ = ("graphql", "platformResource/batchGet", "dataProduct/batchGet", "assertion/batchGet")
NOW = WallClock().now()
PRODUCTS = [product(f"p{number}", checked(f"t{number}")) for number in range(4)]


@pytest.fixture
def gms() -> Iterator[Gms]:
    with Gms() as gms:
        for one in PRODUCTS:
            gms.put(data_product_urn(one.id), "dataProductProperties", {"name": one.id})
            info = definition_aspect(one).to_obj()
            gms.put(definition_urn(one.id), "platformResourceInfo", info)
            run = run_event(one.assertions[0].urn, NOW, "FAILURE")["aspect"]["json"]
            gms.put(one.assertions[0].urn, "assertionRunEvent", run)
        yield gms


def test_whatever_is_read_of_datahub_and_each_letter_is_a_step_of_the_work(
    gms: Gms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beats: set[int] = set()
    monkeypatch.setattr(Heart, "beat", lambda _: beats.add(len(gms.asked)))
    with DataHubGraph(DatahubClientConfig(server=gms.url, retry_max_times=0)) as graph:
        context = PipelineContext("steps", AcrylDataHubGraph(graph))
        source: Any = object()
        context.event_source = source
        store = {"url": f"sqlite:///{tmp_path}/health.db"}
        DataProductHealthAction.create({"store": store, "tick_every": "1h"}, context).close()
    read = {at for at, asked in enumerate(gms.asked) if asked.endswith(_READ)}
    # The last of what was asked are the posts, before the first of which much is prepared.
    posts = set(range(len(gms.asked) - len(PRODUCTS) + 1, len(gms.asked)))
    assert (len(read), read - beats, posts - beats) == (7, set(), set())
