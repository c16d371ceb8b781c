"""Who takes care of incidents that we raised, as a server that is as strict as the real one has it."""

from collections.abc import Iterator
from typing import Any

import pytest
from datahub.ingestion.graph.client import DataHubGraph

from datahub_dataproducts.adapters.datahub.batches import BatchReader
from datahub_dataproducts.adapters.datahub.incident_care import IncidentCare
from datahub_dataproducts.adapters.datahub.people import OWN_ACTOR
from datahub_dataproducts.adapters.datahub.urns import own_incident_urn
from datahub_dataproducts.application.incident_ports import CareDirectory
from datahub_dataproducts.application.ports import Unavailable
from datahub_dataproducts.domain.held_news import Acknowledgement
from tests.adapters.datahub.test_graph import connected
from tests.builders import dataset
from tests.integration.gms.answers import Answer
from tests.integration.gms.server import Gms

ANA, BEN = "urn:li:corpuser:ana@example.com", "urn:li:corpuser:ben"
NAMES = "entity/corpuser/batchGet"
KEY = "users@1000"


@pytest.fixture
def gms() -> Iterator[Gms]:
    with Gms() as gms:
        yield gms


@pytest.fixture
def graph(gms: Gms) -> Iterator[DataHubGraph]:
    with connected(gms.url) as graph:
        yield graph


@pytest.fixture
def care(graph: DataHubGraph) -> CareDirectory:
    return IncidentCare(BatchReader(graph, waits=()))


def put(gms: Gms, key: str, actor: str, at: int, **status: Any) -> None:
    stamp = {"time": at, "actor": actor}
    info = {
        "type": "OPERATIONAL",
        "entities": [dataset("x")],
        "status": {"state": "ACTIVE", **status, "lastUpdated": stamp},
        "created": {"time": 1, "actor": OWN_ACTOR},
    }
    gms.put(own_incident_urn(key), "incidentInfo", info)


def test_each_is_told_by_the_conversation_it_was_raised_for(gms: Gms, care: CareDirectory) -> None:
    put(gms, KEY, ANA, 2_000, stage="INVESTIGATION", message="SELECT 1")
    put(gms, "orders@1000", BEN, 3_000, stage="FIXED", state="RESOLVED")
    put(gms, "other@1000", BEN, 3_000, stage="TRIAGE")
    asked = [KEY, "orders@1000", "other@1000", "never@raised"]
    assert care.who_takes_care(asked) == {
        KEY: Acknowledgement(by="ana@example.com", note="investigating", at=2_000),
        "orders@1000": Acknowledgement(by="ben", note="marked as fixed", at=3_000),
    }
    assert care.who_takes_care([]) == {}


@pytest.mark.parametrize(
    ("aspects", "name"),
    [
        ({"corpUserInfo": {"active": True, "fullName": "Ana Meyer"}}, "Ana Meyer"),
        ({"corpUserInfo": {"active": True, "fullName": "A", "displayName": "Ana M."}}, "Ana M."),
        (
            {
                "corpUserInfo": {"active": True, "displayName": "Ana M."},
                "corpUserEditableInfo": {"displayName": "Ana\nof Finance"},
            },
            "Ana of Finance",
        ),
        (
            {
                "corpUserInfo": {"active": True, "displayName": "Ana M."},
                "corpUserEditableInfo": {"title": "Head"},
            },
            "Ana M.",
        ),
        ({"corpUserInfo": {"active": True, "displayName": " "}}, "ana@example.com"),
        ({"corpUserEditableInfo": {"displayName": "x" * 200}}, "x" * 99 + "…"),
        ({"corpUserStatus": {"status": "ACTIVE", "lastModified": {"time": 1, "actor": BEN}}}, ""),
    ],
)
def test_a_person_is_called_as_on_their_page(
    gms: Gms, care: CareDirectory, aspects: dict[str, Any], name: str
) -> None:
    put(gms, KEY, ANA, 2_000, stage="INVESTIGATION")
    for aspect, value in aspects.items():
        gms.put(ANA, aspect, value)
    assert care.who_takes_care([KEY])[KEY].by == (name or "ana@example.com")


def test_whose_name_cannot_be_read_is_called_by_their_id(
    gms: Gms, care: CareDirectory, caplog: pytest.LogCaptureFixture
) -> None:
    put(gms, KEY, ANA, 2_000, stage="INVESTIGATION")
    gms.switches.answer(Answer(403, "no"), route=NAMES, times=9)
    assert care.who_takes_care([KEY])[KEY].by == "ana@example.com"
    assert "Users are called by their ids" in caplog.text


def test_a_server_that_does_not_answer_says_nothing_of_who_takes_care(
    gms: Gms, care: CareDirectory
) -> None:
    gms.switches.answer(Answer(503, "down"), route="entity/incident/batchGet", times=9)
    with pytest.raises(Unavailable):
        care.who_takes_care([KEY])


def test_an_incident_that_cannot_be_read_is_left_out(
    gms: Gms, care: CareDirectory, caplog: pytest.LogCaptureFixture
) -> None:
    put(gms, KEY, ANA, -5, stage="INVESTIGATION")
    put(gms, "orders@1000", BEN, 3_000, stage="WORK_IN_PROGRESS")
    assert set(care.who_takes_care([KEY, "orders@1000"])) == {"orders@1000"}
    assert "What the server says is left out" in caplog.text
