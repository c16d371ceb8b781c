"""GMS as catalog, by DataHub's own client against a stand-in that speaks as the server does."""

import logging
import socket
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from datahub.emitter.mcp import MetadataChangeProposalWrapper
from datahub.ingestion.graph.client import DataHubGraph
from datahub.metadata.schema_classes import (
    AuditStampClass,
    IncidentInfoClass,
    IncidentStatusClass,
    PlatformResourceInfoClass,
    StatusClass,
)

from datahub_dataproducts.adapters.datahub.batches import BatchReader
from datahub_dataproducts.adapters.datahub.definitions import definition_aspect
from datahub_dataproducts.adapters.datahub.graph import GraphCatalog
from datahub_dataproducts.adapters.datahub.urns import definition_urn, own_incident_urn
from datahub_dataproducts.application.ports import Catalog, Directory, Unavailable
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.letters import HealthPost, VerdictPost
from datahub_dataproducts.domain.products import DataProduct
from datahub_dataproducts.domain.receipts import Delivered, Receipt, Refused, Retry
from datahub_dataproducts.domain.verdicts import Verdict
from tests.adapters.datahub.clients import TOKEN, connected
from tests.integration.gms.answers import Answer
from tests.integration.gms.server import Gms
from tests.integration.gms.switches import UNTIL_TICK

PRODUCTS = tuple(
    DataProduct(id=f"p{n}", domain="urn:li:domain:finance", name=f"Prodüct {n}") for n in range(5)
)
URN = "urn:li:dataProduct:p0"
PREFIX = "urn:li:structuredProperty:io.datahub_dataproducts."
BADGE = f"{PREFIX}health"
TIER = "urn:li:structuredProperty:tier"
DATASET = "urn:li:dataset:(urn:li:dataPlatform:duckdb,shop.main.orders,PROD)"
UNHEALTHY = HealthPost(
    product="p0",
    at=1_772_524_800_000,
    health=Health.UNHEALTHY,
    since=1_772_521_200_000,
    reason="Users is out of date.",
    uptime=Fraction(1, 2),
    coverage=Fraction(1),
    window=86_400_000,
)
NOT_MET = VerdictPost(
    assertion="urn:li:assertion:a", dataset=DATASET, at=5, verdict=Verdict.NOT_MET, message="late"
)


@pytest.fixture
def gms() -> Iterator[Gms]:
    with Gms(page=2) as gms:
        yield gms


@pytest.fixture
def catalog(graph: DataHubGraph) -> GraphCatalog:
    return GraphCatalog(graph, reader=BatchReader(graph, waits=()))


def emit(graph: DataHubGraph, urn: str, aspect: Any) -> None:
    graph.emit_mcp(MetadataChangeProposalWrapper(entityUrn=urn, aspect=aspect))


def shown(gms: Gms) -> dict[str, Any]:
    properties = gms.get(URN, "structuredProperties")["properties"]
    return {entry["propertyUrn"].removeprefix(PREFIX): entry["values"] for entry in properties}


def test_it_is_both_a_directory_and_a_catalog(catalog: GraphCatalog) -> None:
    directory: Directory = catalog
    shower: Catalog = catalog
    assert directory is shower


def test_all_published_products_are_read_page_by_page(
    catalog: GraphCatalog, graph: DataHubGraph, gms: Gms
) -> None:
    for product in PRODUCTS:
        emit(graph, definition_urn(product.id), definition_aspect(product))
    other = PlatformResourceInfoClass(resourceType="eventConsumerState", primaryKey="x")
    emit(graph, "urn:li:platformResource:other", other)
    gms.asked.clear()
    assert sorted(catalog.products(), key=lambda product: product.id) == list(PRODUCTS)
    assert gms.asked == [
        *["POST /api/graphql"] * 3,
        "POST /openapi/v3/entity/platformResource/batchGet",
        "POST /openapi/v3/entity/domain/batchGet",
        "GET /config",
    ]


def test_a_removed_product_is_gone(catalog: GraphCatalog, graph: DataHubGraph, gms: Gms) -> None:
    for product in PRODUCTS[:2]:
        emit(graph, definition_urn(product.id), definition_aspect(product))
    # The search index is late: it still finds what the aspects say is removed.
    gms.switches.index_lag = UNTIL_TICK
    emit(graph, definition_urn("p0"), StatusClass(removed=True))
    assert catalog.products() == (PRODUCTS[1],)
    gms.tick()
    assert catalog.products() == (PRODUCTS[1],)


def test_a_definition_that_cannot_be_read_is_left_out_and_told(
    catalog: GraphCatalog, graph: DataHubGraph, gms: Gms, caplog: pytest.LogCaptureFixture
) -> None:
    for product in PRODUCTS[:2]:
        emit(graph, definition_urn(product.id), definition_aspect(product))
    info = gms.get(definition_urn("p0"), "platformResourceInfo")
    info["value"]["blob"] = '{"format":9}'
    gms.damage(definition_urn("p0"), "platformResourceInfo", info)
    with caplog.at_level(logging.WARNING):
        assert catalog.products() == (PRODUCTS[1],)
    [message] = caplog.messages
    assert "format 9" in message


def test_health_is_shown_beside_what_others_have_written(catalog: GraphCatalog, gms: Gms) -> None:
    catalog.prepare()
    definition = {
        "qualifiedName": "tier",
        "valueType": "urn:li:dataType:datahub.string",
        "entityTypes": ["urn:li:entityType:datahub.dataProduct"],
    }
    gms.put(TIER, "propertyDefinition", definition)
    tier = {"propertyUrn": TIER, "values": [{"string": "gold"}]}
    gms.put(URN, "structuredProperties", {"properties": [tier]})
    assert catalog.post(UNHEALTHY) == Delivered()
    assert shown(gms) == {
        TIER: [{"string": "gold"}],
        "health": [{"string": "UNHEALTHY"}],
        "health_reason": [{"string": "Users is out of date."}],
        "health_since": [{"string": "2026-03-03T07:00:00Z"}],
        "uptime": [{"double": 50.0}],
        "coverage": [{"double": 100.0}],
        "evaluated_at": [{"string": "2026-03-03T08:00:00Z"}],
    }


def test_the_newest_health_replaces_all_of_the_one_before(catalog: GraphCatalog, gms: Gms) -> None:
    catalog.prepare()
    catalog.post(UNHEALTHY)
    before = gms.everything()
    assert catalog.post(UNHEALTHY) == Delivered()
    assert gms.everything() == before
    catalog.post(replace(UNHEALTHY, health=Health.UNKNOWN, uptime=None, since=None))
    assert list(shown(gms)) == ["health", "health_reason", "coverage", "evaluated_at"]


def test_a_verdict_is_shown_as_a_run_of_the_assertion(catalog: GraphCatalog, gms: Gms) -> None:
    assert catalog.post(NOT_MET) == Delivered()
    [run] = gms.runs(NOT_MET.assertion)
    assert run["result"] == {"type": "FAILURE", "nativeResults": {"message": "late"}}


def test_what_the_server_refuses_is_refused_with_its_own_sentence(catalog: GraphCatalog) -> None:
    assert catalog.post(replace(NOT_MET, dataset="urn:li:dashboard:(looker,1)")) == Refused(
        "DataHub answers 422: Invalid entity type urn validation failure (Required: [dataset]). "
        "Path: /asserteeUrn Urn: urn:li:dashboard:(looker,1)"
    )


@pytest.mark.parametrize(
    ("answer", "receipt"),
    [
        (
            Answer(429, headers={"Retry-After": "7"}),
            Retry("DataHub answers 429: it asks to slow down", 7_000),
        ),
        (Answer(503, headers={"Retry-After": "30"}), Retry("DataHub answers 503", 30_000)),
        (
            Answer(503, headers={"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}),
            Retry("DataHub answers 503"),
        ),
        (
            Answer(500, message="NullPointerException"),
            Retry("DataHub answers 500", may_have_arrived=True),
        ),
        (
            Answer(502, body="<html>Bad gateway</html>"),
            Retry("DataHub answers 502", may_have_arrived=True),
        ),
        (
            Answer(401),
            Retry("DataHub answers 401: it does not accept the token; give a valid one"),
        ),
        (
            Answer(403),
            Retry(
                "DataHub answers 403: it does not allow this; give the token's user the "
                "privileges for it"
            ),
        ),
        (Answer(400), Refused("DataHub answers 400: it gives no reason")),
        (Answer(400, message="bad urn"), Refused("DataHub answers 400: bad urn")),
        (
            Answer(404, body="<html>http://u:s3cret@proxy/</html>"),
            Refused("DataHub answers 404: it gives no reason"),
        ),
        (
            Answer(400, message=f"Bearer abc.def at https://u:s3cret@host/x with {TOKEN}\nmore"),
            Refused("DataHub answers 400: *** at https://***host/x with *** more"),
        ),
    ],
)
@pytest.mark.parametrize("letter", [UNHEALTHY, NOT_MET])
def test_an_answer_says_whether_to_try_again_and_no_secret(
    catalog: GraphCatalog, gms: Gms, answer: Answer, receipt: Receipt, letter: Any
) -> None:
    catalog.prepare()
    # What refuses a health post may be a definition, so it is looked at and tried again.
    gms.switches.answer(answer, route="ingestProposal", times=2)
    assert catalog.post(letter) == receipt


def test_a_server_that_is_not_there_may_come_back() -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        with connected(f"http://127.0.0.1:{reserved.getsockname()[1]}") as graph:
            catalog = GraphCatalog(graph)
            gone = Retry("DataHub cannot be reached or does not answer in time")
            assert catalog.post(UNHEALTHY) == gone
            assert catalog.prepare() == gone
            with pytest.raises(
                Unavailable, match=r"^DataHub cannot be reached or does not answer in time$"
            ):
                catalog.products()


def test_a_server_that_keeps_silent_is_asked_again_later() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with connected(f"http://127.0.0.1:{silent.getsockname()[1]}", seconds=1) as graph:
            receipt = GraphCatalog(graph).post(UNHEALTHY)
    assert receipt == Retry("DataHub cannot be reached or does not answer in time")


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Answer(503), "^DataHub answers 503$"),
        (Answer(401), "does not accept the token"),
        (Answer(200, body="<html>log in</html>"), "does not answer as it should"),
        (Answer(200, body='{"errors": [{"message": "s3cret"}]}'), "does not answer as it should"),
        (Answer(200, body='{"data": {"scrollAcrossEntities": null}}'), "check its address"),
        (Answer(200, body='{"data": null}'), "check its address"),
    ],
)
def test_reading_products_from_what_does_not_answer_as_gms_says_so(
    catalog: GraphCatalog, gms: Gms, answer: Answer, told: str
) -> None:
    gms.switches.answer(answer)
    with pytest.raises(Unavailable, match=told) as error:
        catalog.products()
    assert "s3cret" not in str(error.value)


def test_a_server_that_is_too_old_is_told_and_written_nothing_to_until_it_is_upgraded(
    catalog: GraphCatalog, gms: Gms
) -> None:
    gms.switches.version = "v1.6.0"
    reason = (
        "DataHub is v1.6.0, which loses what is patched: health needs v1.7.0 or newer; upgrade it, "
        "what is to be posted waits until then"
    )
    assert catalog.prepare() == Retry(reason)
    assert gms.written == []
    with pytest.raises(Unavailable, match=r"^DataHub is v1\.6\.0"):
        catalog.products()
    gms.switches.version = "v1.7.0"
    assert catalog.prepare() == Delivered()
    assert catalog.products() == ()


def test_a_server_whose_version_cannot_be_read_is_written_to_with_one_warning(
    catalog: GraphCatalog, gms: Gms, caplog: pytest.LogCaptureFixture
) -> None:
    gms.switches.version = "acme-7"
    assert catalog.prepare() == Delivered()
    assert catalog.products() == ()
    [message] = caplog.messages
    assert "make sure that it is as new as v1.7.0" in message


def test_a_server_that_keeps_its_settings_to_itself_is_not_held_against_it(
    catalog: GraphCatalog, gms: Gms
) -> None:
    gms.switches.answer(Answer(404), route="/config")
    assert catalog.prepare() == Delivered()


def test_all_incidents_on_some_assets_are_read_in_batches(
    catalog: GraphCatalog, graph: DataHubGraph, gms: Gms, caplog: pytest.LogCaptureFixture
) -> None:
    for number, state in enumerate(("ACTIVE", "RESOLVED", "ACTIVE")):
        emit(graph, f"urn:li:incident:i{number}", incident(state, DATASET, "urn:li:chart:(a,b)"))
    emit(graph, "urn:li:incident:other", incident("ACTIVE", "urn:li:chart:(a,c)"))
    emit(graph, own_incident_urn("p0@5"), incident("ACTIVE", DATASET))
    broken = incident("ACTIVE", DATASET)
    broken.created.time = -1
    emit(graph, "urn:li:incident:i2", broken)
    gms.asked.clear()
    told = catalog.incidents([DATASET], {}, 5_000)
    assert [(n.incident, n.subject, n.at, n.active) for n in told] == [
        ("urn:li:incident:i0", DATASET, 1_000, True),
        ("urn:li:incident:i0", DATASET, 2_000, True),
        ("urn:li:incident:i1", DATASET, 1_000, True),
        ("urn:li:incident:i1", DATASET, 2_000, False),
    ]
    assert gms.asked == [
        *["POST /api/graphql"] * 2,
        "POST /openapi/v3/entity/incident/batchGet",
    ]
    assert "What the server says is left out: incidentInfo of urn:li:incident:i2" in caplog.text
    assert catalog.incidents([], {}, 5_000) == ()


def incident(state: str, *on: str) -> IncidentInfoClass:
    return IncidentInfoClass(
        type="OPERATIONAL",
        entities=list(on),
        status=IncidentStatusClass(state=state, lastUpdated=AuditStampClass(2_000, "urn:li:a")),
        created=AuditStampClass(1_000, "urn:li:corpuser:ana"),
        priority=1,
    )
