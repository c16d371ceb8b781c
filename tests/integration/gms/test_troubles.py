"""Tokens, limits, conflicts, old versions: what a client has to live with."""

import pytest
import requests
from datahub.configuration.common import TraceValidationError
from datahub.emitter.mcp import MetadataChangeProposalWrapper
from datahub.emitter.rest_emitter import DatahubRestEmitter, EmitMode
from datahub.ingestion.graph.config import ClientMode
from datahub.metadata.schema_classes import (
    StatusClass,
    StructuredPropertiesClass,
    StructuredPropertyValueAssignmentClass,
)

from tests.integration.gms.answers import Answer, conflict, too_many_requests
from tests.integration.gms.server import Gms
from tests.integration.gms.subject import Subject

URN = "urn:li:dataProduct:orders"
REMOVED = MetadataChangeProposalWrapper(entityUrn=URN, aspect=StatusClass(removed=True))


def emitter(gms: Gms, **told: object) -> DatahubRestEmitter:
    options = {"token": "good", "retry_max_times": 2, "timeout_sec": 10, **told}
    return DatahubRestEmitter(gms.url, **options)  # type: ignore[arg-type]


def test_a_client_writes_by_rest_li_unless_told_otherwise(server: Subject) -> None:
    gms = server.standin
    with emitter(gms) as client:
        client.test_connection()
        client.emit_mcp(REMOVED)
        client.emit_mcps([REMOVED, REMOVED])
    assert gms.get(URN, "status") == {"removed": True}
    assert gms.asked == ["GET /config", "POST /aspects", "POST /aspects"]


def test_a_client_of_the_sdk_writes_by_openapi_where_the_server_is_new_enough(
    server: Subject,
) -> None:
    gms = server.standin
    for version, path in (
        ("v1.7.0", "/openapi/v3/entity/dataProduct"),
        ("v1.0.0", "/aspects"),
    ):
        gms.switches.version = version
        gms.asked.clear()
        with emitter(gms, client_mode=ClientMode.SDK) as client:
            client.test_connection()
            client.emit_mcp(REMOVED)
        assert gms.asked[-1] == f"POST {path}"
        assert gms.get(URN, "status") == {"removed": True}


def test_a_client_that_waits_for_an_asynchronous_write_is_told_that_it_failed(
    server: Subject,
) -> None:
    entry = StructuredPropertyValueAssignmentClass("urn:li:structuredProperty:missing", ["x"])
    lost = MetadataChangeProposalWrapper(
        entityUrn=URN, aspect=StructuredPropertiesClass(properties=[entry])
    )
    with emitter(server.standin, client_mode=ClientMode.SDK) as client:
        client.test_connection()
        client.emit_mcp(REMOVED, emit_mode=EmitMode.ASYNC_WAIT)
        with pytest.raises(TraceValidationError) as told:
            client.emit_mcp(lost, emit_mode=EmitMode.ASYNC_WAIT)
    assert "no valid property assignments remain" in str(told.value)


def test_who_has_no_token_that_is_good_is_let_in_nowhere(server: Subject) -> None:
    gms = server.standin
    gms.switches.tokens = frozenset({"good"})
    assert server.write(URN, "status", {"removed": True}).status == 401
    assert (
        server.ask("POST", "/api/graphql", {"query": "{ me { corpUser { urn } } }"}).status == 401
    )
    assert gms.get(URN, "status") is None
    with emitter(gms) as client:
        client.emit_mcp(REMOVED)
    assert gms.get(URN, "status") == {"removed": True}


def test_the_client_tries_again_when_there_were_too_many_requests(server: Subject) -> None:
    gms = server.standin
    gms.switches.answer(too_many_requests(0), route="ingestProposal")
    with emitter(gms) as client:
        client.emit_mcp(REMOVED)
    assert gms.asked == ["POST /aspects"] * 2
    assert gms.written == [(URN, "status")]


def test_a_conflict_says_that_it_can_be_tried_again_and_when(server: Subject) -> None:
    server.standin.switches.answer(conflict(7))
    body = {"query": "{ me { corpUser { urn } } }"}
    response = requests.post(f"{server.url}/api/graphql", json=body, timeout=5)
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "7"
    assert response.json()["code"] == "DATABASE_TRANSACTION_CONFLICT"
    assert response.json()["retryable"] is True


def test_troubles_are_of_one_route_and_as_many_as_were_asked_for(server: Subject) -> None:
    server.standin.switches.answer(
        Answer(500, "NullPointerException"), route="/api/graphql", times=2
    )
    query = {"query": "{ me { corpUser { urn } } }"}
    assert server.ask("GET", "/config").status == 200
    statuses = [server.ask("POST", "/api/graphql", query).status for _ in range(3)]
    assert statuses == [500, 500, 200]


def test_the_version_is_told_in_the_configuration(server: Subject) -> None:
    server.standin.switches.version = "v1.6.0"
    config = server.ask("GET", "/config").body
    assert config["versions"]["acryldata/datahub"]["version"] == "v1.6.0"
    assert config["noCode"] == "true"
    assert config["statefulIngestionCapable"] is True


def test_what_the_stand_in_does_not_know_it_takes_for_no_success(server: Subject) -> None:
    gms = server.standin
    assert server.ask("POST", "/operations?action=restoreIndices", {}).status == 501
    assert server.ask("POST", "/entities?action=ingest", {}).status == 501
    assert gms.unexpected == ["POST /operations", "POST /entities?action=ingest"]
    gms.unexpected.clear()


def test_the_answer_to_a_write_names_its_trace(server: Subject) -> None:
    proposal = {
        "entityType": "dataProduct",
        "entityUrn": server.urn("dataProduct", "orders"),
        "changeType": "UPSERT",
        "aspectName": "status",
        "aspect": {"value": '{"removed": false}', "contentType": "application/json"},
    }
    body = {"proposal": proposal, "async": "false"}
    url = f"{server.standin.url}/aspects?action=ingestProposal"
    version, trace, span, _ = (
        requests.post(url, json=body, timeout=5).headers["traceparent"].split("-")
    )
    assert (version, len(trace), len(span)) == ("00", 32, 16)
