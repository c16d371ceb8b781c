"""Who takes an incident up on DataHub's page is told so on the channels, whatever ends in between."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from datahub.ingestion.graph.client import DataHubGraph
from datahub.ingestion.graph.config import DatahubClientConfig

from tests.builders import checked, product
from tests.integration.gms.test_peoples_edits import EDIT, TURN
from tests.integration.sources.source import Source
from tests.integration.sources.stage import TOKEN, Stage, until
from tests.integration.sources.test_the_circle import incidents, with_incidents

pytestmark = pytest.mark.whole
TAKEN_UP = "Acknowledged by Ana Meyer on "


@pytest.fixture
def stage(made_source: Callable[[str], Source], tmp_path: Path) -> Iterator[Stage]:
    with Stage(made_source("kafka"), tmp_path) as made:
        yield made


def test_a_stage_that_a_person_sets_is_told_once_over_a_restart(stage: Stage) -> None:
    stage.publish([product("orders", checked("orders"))])
    person = {"active": True, "displayName": "Ana Meyer", "fullName": "A. Meyer"}
    recipe = with_incidents(stage.source.recipe, stage.folder)
    first = stage.work(recipe)
    stage.run("orders")
    until(lambda: stage.health("orders") == "HEALTHY", "good health", first)
    stage.run("orders", "FAILURE")
    (urn,) = until(lambda: incidents(stage), "an incident", first)
    actor = stage.gms.get(urn, "incidentInfo")["created"]["actor"]
    with DataHubGraph(DatahubClientConfig(server=stage.gms.url, token=TOKEN)) as graph:
        triage = {"state": "ACTIVE", "stage": "TRIAGE", "message": "who is it?"}
        graph.execute_graphql(TURN, variables={"urn": urn, "input": triage})
        by = stage.gms.get(urn, "incidentInfo")["status"]["lastUpdated"]["actor"]
        assert by != actor
        stage.gms.put(by, "corpUserInfo", person)
        looked_at = {"state": "ACTIVE", "stage": "INVESTIGATION", "message": "I look at it"}
        graph.execute_graphql(TURN, variables={"urn": urn, "input": looked_at})
        first.says(TAKEN_UP)
        assert first.log().count("Acknowledged by") == 1
        first.kill()
        renamed = {"urn": urn, "input": {"title": "Ours now"}}
        graph.execute_graphql(EDIT, variables=renamed)
        second = stage.work(recipe)
        stage.listens(second)
        stage.run("orders")
        until(lambda: list(incidents(stage).values()) == ["RESOLVED"], "its end", second)
    assert second.stop() == 0
    assert "Acknowledged" not in second.log()
    info = stage.gms.get(urn, "incidentInfo")
    assert (info["title"], info["status"]["stage"]) == ("Ours now", "INVESTIGATION")
