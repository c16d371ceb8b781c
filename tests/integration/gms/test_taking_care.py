"""From a failure to DataHub's page of the incident, and from there to every channel, in one process."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from datahub.ingestion.graph.client import DataHubGraph
from datahub.ingestion.graph.config import DatahubClientConfig

from datahub_dataproducts.adapters.datahub.batches import BatchReader
from datahub_dataproducts.adapters.datahub.incident_care import IncidentCare
from datahub_dataproducts.adapters.datahub.raised_incidents import IncidentChannel
from datahub_dataproducts.adapters.datahub.urns import own_incident_urn
from datahub_dataproducts.application.deliver import Courier
from datahub_dataproducts.application.ports import INCIDENTS
from datahub_dataproducts.application.tell import TrackingPolicy
from datahub_dataproducts.domain.assertions import Outcome
from datahub_dataproducts.domain.durations import DAY, HOUR, MINUTE
from datahub_dataproducts.plugins.care_watch import CareWatch
from tests.application.stories import IMPATIENT, Story
from tests.builders import at, checked, product, result
from tests.fakes import FakeCatalog
from tests.integration.gms.server import Gms
from tests.integration.gms.service import USER
from tests.integration.gms.test_peoples_edits import EDIT, TURN
from tests.plugins.directories import FakeClock

USERS = product("users", checked("u"), checked("u2"))


class House:
    """Products, a server on which incidents of them are raised, and one channel for people."""

    def __init__(self, folder: Path, gms: Gms, graph: DataHubGraph, clock: FakeClock) -> None:
        self.gms = gms
        self._graph = graph
        self._clock = clock
        policy = TrackingPolicy(channels=("console",), patience=IMPATIENT, by_root=(INCIDENTS,))
        self.story = Story(folder, [USERS], policy=policy)
        raises = IncidentChannel(graph, lambda: self.story.tracker.portfolio, None)
        channels = {"console": self.story.channels["console"], INCIDENTS: raises}
        self._courier = Courier(self.story.store, FakeCatalog(), channels)
        self._watch = CareWatch(
            store=self.story.store,
            directory=IncidentCare(BatchReader(graph, waits=())),
            channel=INCIDENTS,
            tick=1,
            every=HOUR,
        )
        for name in ("u", "u2"):
            self.hear(name)
        clock.time += MINUTE
        self.hear("u", Outcome.FAILURE)
        self.urn = own_incident_urn(f"users@{clock.time}")

    def hear(self, name: str, outcome: Outcome = Outcome.SUCCESS) -> None:
        now = self._clock.now()
        self.story.tracker.record(result(name, now, outcome), now)
        self._courier.deliver(now, ahead=DAY)

    def look(self) -> list[str]:
        """What people are told in the next hour, at whose end everything is read again."""
        self._clock.time += HOUR
        now = self._clock.now()
        self._watch.look(now)
        self.story.tracker.look_again()
        self.story.tracker.tick(now)
        self._courier.deliver(now, ahead=DAY)
        posts = self.story.channels["console"].posts
        told = [f"{post.why.value}: {post.text}" for post in posts]
        posts.clear()
        return told

    def write(self, mutation: str, **given: Any) -> None:
        """As the page of the incident does, for who is signed in; a minute later."""
        self._clock.time += MINUTE
        self._graph.execute_graphql(mutation, variables={"urn": self.urn, "input": given})

    def call(self, name: str) -> None:
        """What who is signed in is called."""
        self.gms.put(USER, "corpUserInfo", {"active": True, "displayName": name})

    @property
    def status(self) -> Any:
        """As the page shows it."""
        return self.gms.get(self.urn, "incidentInfo")["status"]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    clock = FakeClock(at("2026-03-02 08:00"), runs=False)
    with (
        Gms(now=clock.now) as gms,
        DataHubGraph(DatahubClientConfig(server=gms.url)) as graph,
    ):
        made = House(tmp_path, gms, graph, clock)
        made.call("Ana Meyer")
        assert [told.split(":")[0] for told in made.look()] == ["opened"]
        yield made


def test_a_stage_that_somebody_sets_on_the_page_is_told_once_by_their_name(house: House) -> None:
    house.write(TURN, state="ACTIVE", stage="INVESTIGATION", message="SELECT 1")
    assert house.status["lastUpdated"]["actor"] == USER
    (told,) = house.look()
    assert told.startswith("acknowledged: Acknowledged by Ana Meyer on ")
    assert ": investigating. Users is" in told
    assert "SELECT" not in told
    house.write(EDIT, title="Ours now", priority="LOW")
    house.write(TURN, state="ACTIVE", stage="WORK_IN_PROGRESS")
    assert house.look() == []


def test_a_stage_stays_theirs_whatever_we_write_after(house: House) -> None:
    house.write(TURN, state="ACTIVE", stage="INVESTIGATION", message="asking the vendor")
    before = house.status
    (told,) = house.look()
    assert told.startswith("acknowledged: ")
    house.hear("u2", Outcome.FAILURE)
    assert [one.split(":")[0] for one in house.look()] == ["cause changed"]
    assert house.status == before
    assert house.look() == [], "who took up the first cause has not said so of the second"
    house.write(TURN, state="ACTIVE", stage="WORK_IN_PROGRESS")
    (again,) = house.look()
    assert again.startswith("acknowledged: Acknowledged by Ana Meyer on ")
    assert ": work in progress. " in again


def test_triage_takes_nothing_up_and_what_is_fixed_by_word_alone_stays_open(house: House) -> None:
    house.write(TURN, state="ACTIVE", stage="TRIAGE")
    assert house.look() == []
    house.write(TURN, state="RESOLVED", stage="FIXED")
    (told,) = house.look()
    assert told.startswith("acknowledged: Acknowledged by Ana Meyer on ")
    assert ": marked as fixed. Users is" in told
    house.hear("u")
    assert [one.split(":")[0] for one in house.look()] == ["closed"]


def test_what_we_resolve_ourselves_is_nobodys_word(house: House) -> None:
    house.hear("u")
    assert house.status["state"] == "RESOLVED"
    assert [one.split(":")[0] for one in house.look()] == ["closed"]
