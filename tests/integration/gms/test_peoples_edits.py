"""What people wrote in DataHub, after ten ingests, a week of health posts and an incident of ours."""

import gzip
import shutil
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from datahub.ingestion.graph.client import DataHubGraph
from datahub.ingestion.graph.config import DatahubClientConfig

from datahub_dataproducts.adapters.datahub.graph import GraphCatalog
from datahub_dataproducts.adapters.datahub.hand_made import HandMadeTerms
from datahub_dataproducts.adapters.datahub.raised_incidents import IncidentChannel
from datahub_dataproducts.domain.durations import DAY
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.letters import HealthPost, Why
from datahub_dataproducts.domain.portfolio import portfolio_of
from datahub_dataproducts.domain.receipts import Delivered
from tests.adapters.datahub.test_raised_incidents import CLOSED, OPENED
from tests.adapters.datahub.test_raised_incidents import URN as INCIDENT
from tests.adapters.datahub.test_raised_incidents import USERS as BROKEN
from tests.builders import sent
from tests.integration.gms.server import Gms
from tests.integration.gms.test_published_example import (
    DIM_USERS,
    EXAMPLE,
    USERS,
    publish,
    with_domains,
)

ANA, BO = "urn:li:corpuser:ana", "urn:li:corpuser:bo"
STAMP = {"time": 1, "actor": ANA}
TIER = "urn:li:structuredProperty:tier"
OURS = "urn:li:structuredProperty:io.datahub_dataproducts."
BY_HAND = "urn:li:dataProduct:6f1e"
ORDERS = "urn:li:dataset:(urn:li:dataPlatform:postgres,shop.public.orders,PROD)"
HEALTH_POST = HealthPost(
    product="users",
    at=0,
    health=Health.HEALTHY,
    since=0,
    reason="Users is healthy.",
    uptime=None,
    coverage=None,
    window=30 * DAY,
)
# Entries that people add to lists, and what only people write.
ADDED: dict[str, tuple[str, Any]] = {
    "ownership": ("owners", {"owner": ANA, "type": "DATA_STEWARD"}),
    "globalTags": ("tags", {"tag": "urn:li:tag:by_hand"}),
    "glossaryTerms": ("terms", {"urn": "urn:li:glossaryTerm:by_hand"}),
    "institutionalMemory": (
        "elements",
        {"url": "https://by.hand", "description": "notes", "createStamp": STAMP},
    ),
    "structuredProperties": ("properties", {"propertyUrn": TIER, "values": [{"string": "1"}]}),
}
EDITED = {"description": "Ask **Ana** first", "created": STAMP, "lastModified": STAMP}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("analytics")
    shutil.copytree(EXAMPLE / "data_products", folder / "data_products")
    manifest = gzip.decompress((EXAMPLE / "artifacts/manifest.json.gz").read_bytes())
    (folder / "manifest.json").write_bytes(manifest)
    return folder


def edit(gms: Gms, urn: str) -> None:
    for aspect, (field, entry) in ADDED.items():
        held = gms.get(urn, aspect) or {}
        more = {"auditStamp": STAMP} if aspect == "glossaryTerms" else {}
        gms.put(urn, aspect, {**held, **more, field: [*held.get(field, []), entry]})


def held(gms: Gms, *urns: str) -> dict[tuple[str, str], Any]:
    """All that these entities have, without what we fill and what says when it was filled."""
    found: dict[tuple[str, str], Any] = {}
    for urn in urns:
        with gms.service.reading() as storage:
            names = list(storage.names(urn))
        for name in names:
            value = deepcopy(gms.get(urn, name))
            if name == "structuredProperties":
                entries = value["properties"]
                value = [e for e in entries if not e["propertyUrn"].startswith(OURS)]
            found[urn, name] = value
    return found


def test_they_are_there_untouched(project: Path) -> None:
    with Gms() as gms:
        publish(project, with_domains(gms))
        definition = {
            "qualifiedName": "tier",
            "valueType": "urn:li:dataType:datahub.string",
            "entityTypes": [
                f"urn:li:entityType:datahub.{kind}" for kind in ("dataProduct", "dataset")
            ],
        }
        gms.put(TIER, "propertyDefinition", definition)
        made = {"name": "Orders", "description": "by Bo", "assets": [{"destinationUrn": ORDERS}]}
        gms.put(BY_HAND, "dataProductProperties", made)
        for urn in (USERS, BY_HAND, DIM_USERS):
            edit(gms, urn)
        gms.put(DIM_USERS, "editableDatasetProperties", EDITED)
        before = held(gms, USERS, BY_HAND, DIM_USERS, TIER)

        for _ in range(10):
            publish(project, gms)
        with DataHubGraph(DatahubClientConfig(server=gms.url)) as graph:
            catalog = GraphCatalog(graph, hand_made=HandMadeTerms())
            assert "6f1e" in {product.id for product in catalog.products()}
            assert catalog.prepare() == Delivered()
            for day in range(7):
                for product in ("users", "6f1e"):
                    post = replace(HEALTH_POST, product=product, at=day * DAY)
                    assert catalog.post(post) == Delivered()

        after = held(gms, USERS, BY_HAND, DIM_USERS, TIER)
        assert after == before
        for urn in (USERS, BY_HAND):
            shown = gms.get(urn, "structuredProperties")["properties"]
            assert any(entry["propertyUrn"].startswith(OURS) for entry in shown)
        for urn in (USERS, BY_HAND, DIM_USERS):
            for aspect, (field, entry) in ADDED.items():
                assert entry in gms.get(urn, aspect)[field], (urn, aspect)


EDIT = """mutation edit($urn: String!, $input: UpdateIncidentInput!) {
  updateIncident(urn: $urn, input: $input) }"""
TURN = """mutation turn($urn: String!, $input: IncidentStatusInput!) {
  updateIncidentStatus(urn: $urn, input: $input) }"""


def test_an_incident_that_people_took_over_is_theirs_for_a_week_and_after_it() -> None:
    with Gms() as gms, DataHubGraph(DatahubClientConfig(server=gms.url)) as graph:
        channel = IncidentChannel(graph, lambda: portfolio_of([BROKEN]), None)
        assert channel.post(sent(OPENED)) == Delivered()
        ours = {**gms.get(INCIDENT, "incidentInfo")}
        theirs = {
            "title": "Ours now",
            "description": "By hand",
            "priority": "LOW",
            "assigneeUrns": [ANA, BO],
        }
        graph.execute_graphql(EDIT, variables={"urn": INCIDENT, "input": theirs})
        status = {"state": "ACTIVE", "stage": "INVESTIGATION", "message": "I look at it"}
        graph.execute_graphql(TURN, variables={"urn": INCIDENT, "input": status})
        gms.put(INCIDENT, "globalTags", {"tags": [{"tag": "urn:li:tag:by_hand"}]})
        before = held(gms, INCIDENT)
        assert before[INCIDENT, "incidentInfo"] != ours

        for day in range(1, 8):
            news = replace(
                OPENED,
                why=Why.CAUSE_CHANGED if day % 2 else Why.AFFECTED_CHANGED,
                at=OPENED.at + day * DAY,
                text=f"Day {day}.",
            )
            assert channel.post(sent(news)) == Delivered()
            assert held(gms, INCIDENT) == before

        assert channel.post(sent(replace(CLOSED, at=OPENED.at + 8 * DAY))) == Delivered()
        after = held(gms, INCIDENT)
        turned = after.pop((INCIDENT, "incidentInfo"))
        stood = before.pop((INCIDENT, "incidentInfo"))
        assert after == before
        assert turned.pop("status")["message"] == f"I look at it\n\n{CLOSED.text}"
        del stood["status"]
        assert turned == stood
