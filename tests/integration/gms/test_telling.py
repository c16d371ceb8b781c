"""What the server tells of a write, and where it tells it."""

import json
import threading
from pathlib import Path
from typing import Any

from datahub_actions.event.event_envelope import EventEnvelope
from datahub_actions.pipeline.pipeline_context import PipelineContext
from datahub_actions.plugin.source.kafka.kafka_event_source import KafkaEventSource

from datahub_dataproducts.adapters.datahub.metadata_files import read_events
from tests.integration.gms.events import PLATFORM, TIMESERIES, VERSIONED, Event
from tests.integration.gms.kafka import KafkaSink, mock_broker
from tests.integration.gms.runs import ASSERTION, DATASET, RUN
from tests.integration.gms.server import Gms
from tests.integration.gms.sinks import FileSink
from tests.integration.gms.subject import PRODUCT_PROPERTIES, Subject, product


def told(server: Subject, *, topic: str = "") -> list[Event]:
    """What was told since this was last asked."""
    events = server.standin.events
    new = [event for event in events if topic in event.topic]
    events.clear()
    return new


def changes(server: Subject) -> list[tuple[str, str, str | None]]:
    """Category, operation and modifier of the entity change events."""
    return [
        (event.body["category"], event.body["operation"], event.body.get("modifier"))
        for event in told(server, topic=PLATFORM)
        if event.name == "entityChangeEvent"
    ]


def test_a_change_is_told_with_what_was_before(server: Subject) -> None:
    urn = server.urn("dataProduct", "orders")
    server.write(urn, PRODUCT_PROPERTIES, product())
    key, first = told(server)
    assert (key.body["aspectName"], first.body["aspectName"]) == (
        "dataProductKey",
        PRODUCT_PROPERTIES,
    )
    assert (first.topic, first.key) == (VERSIONED, urn)
    assert "previousAspectValue" not in first.body
    server.write(urn, PRODUCT_PROPERTIES, {"name": "Q"})
    [log] = told(server)
    assert log.body["changeType"] == "UPSERT"
    assert json.loads(log.body["aspect"]["value"]) == {"name": "Q"}
    assert json.loads(log.body["previousAspectValue"]["value"])["name"] == "P"


def test_the_same_again_is_not_told(server: Subject) -> None:
    urn = server.urn("dataProduct", "orders")
    server.write(urn, PRODUCT_PROPERTIES, product())
    told(server)
    server.write(urn, PRODUCT_PROPERTIES, product())
    assert told(server) == []


def test_another_time_stamp_is_a_change(server: Subject) -> None:
    urn = server.urn("dataProduct", "orders")
    for time in (1, 2):
        told(server)
        stamp = {"time": time, "actor": "urn:li:corpuser:a"}
        server.write(urn, "ownership", {"owners": [], "lastModified": stamp})
    assert [event.body["aspectName"] for event in told(server)] == ["ownership"]


def test_a_run_is_told_each_time_it_is_written(server: Subject) -> None:
    for _ in range(2):
        told(server)
        server.run(ASSERTION, DATASET, 1, "SUCCESS")
        assert [event.topic for event in told(server)][-2:] == [TIMESERIES, PLATFORM]


def test_a_completed_run_is_told_with_its_status_as_run_result(server: Subject) -> None:
    server.write(ASSERTION, "assertionRunEvent", RUN)
    [change] = told(server, topic=PLATFORM)
    assert change.key == f"entityChangeEvent-{ASSERTION}"
    assert {name: change.body[name] for name in ("entityType", "category", "operation")} == {
        "entityType": "assertion",
        "category": "RUN",
        "operation": "COMPLETED",
    }
    assert change.body["parameters"] == {
        "runResult": "COMPLETE",
        "runId": "r1",
        "asserteeUrn": DATASET,
        "assertionResult": "FAILURE",
    }


def test_a_patch_is_told_as_the_upsert_of_what_came_of_it(server: Subject) -> None:
    urn = server.urn("dataProduct", "orders")
    server.patch(urn, PRODUCT_PROPERTIES, {"op": "add", "path": "/name", "value": "N"})
    log = told(server)[-1]
    assert log.body["changeType"] == "UPSERT"
    assert json.loads(log.body["aspect"]["value"]) == {"name": "N"}


def test_another_value_of_a_property_is_told_as_removed_and_added_without_the_value(
    server: Subject,
) -> None:
    urn, tier = server.urn("dataProduct", "orders"), server.define("tier")
    server.assign(urn, (tier, ["gold"]))
    assert changes(server) == [("STRUCTURED_PROPERTY", "ADD", tier)]
    server.assign(urn, (tier, ["silver"]))
    removed, added = told(server, topic=PLATFORM)
    assert (removed.body["operation"], added.body["operation"]) == ("REMOVE", "ADD")
    assert added.body["parameters"] == {"propertyUrn": tier}


def test_owners_tags_terms_domains_and_removal_are_told(server: Subject) -> None:
    urn, ana = server.urn("dataProduct", "orders"), "urn:li:corpuser:ana"
    stamp = {"time": 1, "actor": ana}
    told_of: dict[str, list[Any]] = {}
    for aspect, value in [
        ("ownership", {"owners": [{"owner": ana, "type": "TECHNICAL_OWNER"}]}),
        ("ownership", {"owners": [{"owner": ana, "type": "BUSINESS_OWNER"}]}),
        ("ownership", {"owners": []}),
        ("globalTags", {"tags": [{"tag": "urn:li:tag:t"}]}),
        ("glossaryTerms", {"terms": [{"urn": "urn:li:glossaryTerm:g"}], "auditStamp": stamp}),
        ("domains", {"domains": ["urn:li:domain:d"]}),
        ("status", {"removed": True}),
        ("status", {"removed": False}),
    ]:
        server.write(urn, aspect, value)
        told_of.setdefault(aspect, []).extend(changes(server))
    assert told_of == {
        "ownership": [("OWNER", operation, ana) for operation in ("ADD", "MODIFY", "REMOVE")],
        "globalTags": [("TAG", "ADD", "urn:li:tag:t")],
        "glossaryTerms": [("GLOSSARY_TERM", "ADD", "urn:li:glossaryTerm:g")],
        "domains": [("DOMAIN", "ADD", "urn:li:domain:d")],
        "status": [("LIFECYCLE", "SOFT_DELETE", None), ("LIFECYCLE", "REINSTATE", None)],
    }


def test_products_contracts_assertions_and_incidents_are_told_by_their_relationships_alone(
    server: Subject,
) -> None:
    stamp = {"time": 1, "actor": "urn:li:corpuser:a"}
    incident = {"state": "ACTIVE", "lastUpdated": stamp}
    custom = {"type": "t", "entity": DATASET}
    quality = {"entity": DATASET, "dataQuality": [{"assertion": ASSERTION}]}
    written: list[tuple[str, str, Any, set[str]]] = [
        ("dataProduct", PRODUCT_PROPERTIES, product(DATASET), {"DataProductContains"}),
        (
            "dataContract",
            "dataContractProperties",
            quality,
            {"ContractFor", "IncludesDataQualityAssertion"},
        ),
        ("assertion", "assertionInfo", {"type": "CUSTOM", "customAssertion": custom}, {"Asserts"}),
        (
            "incident",
            "incidentInfo",
            {"type": "CUSTOM", "entities": [DATASET], "status": incident, "created": stamp},
            {"IncidentOn"},
        ),
    ]
    for kind, aspect, value, relationships in written:
        assert server.write(server.urn(kind, "x"), aspect, value).status == 200
        events = [e for e in told(server, topic=PLATFORM) if e.key.endswith(server.urn(kind, "x"))]
        assert {event.name for event in events} == {"relationshipChangeEvent"}
        assert {event.body["relationshipType"] for event in events} == relationships
        assert {event.body["operation"] for event in events} == {"ADD"}


def test_a_hard_delete_is_told_by_its_key_last(server: Subject) -> None:
    urn = server.urn("dataProduct", "orders")
    server.write(urn, "status", {"removed": False})
    told(server)
    server.ask("POST", "/entities?action=delete", {"urn": urn})
    logs = [(e.body["aspectName"], e.body["changeType"]) for e in told(server, topic=VERSIONED)]
    assert logs == [("status", "DELETE"), ("dataProductKey", "DELETE")]


def test_events_can_come_more_than_once_and_out_of_order_between_topics(server: Subject) -> None:
    server.run(ASSERTION, DATASET, 1, "SUCCESS")
    told(server)
    server.standin.switches.duplicates = 1
    server.standin.switches.reorder = True
    server.run(ASSERTION, DATASET, 2, "SUCCESS")
    assert [event.topic for event in told(server)] == [PLATFORM, PLATFORM, TIMESERIES, TIMESERIES]


def test_a_write_that_is_refused_is_not_told(server: Subject) -> None:
    server.run(ASSERTION, "urn:li:dataProduct:orders", 1, "SUCCESS")
    assert told(server) == []


def test_a_file_of_events_is_read_by_the_event_source(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    with Gms(sinks=[FileSink(file)]) as gms:
        gms.put(DATASET, "status", {"removed": False})
        gms.put("urn:li:dataProduct:orders", PRODUCT_PROPERTIES, product(DATASET))
        gms.put(ASSERTION, "assertionRunEvent", RUN)
    read = list(read_events(file))
    assert all(isinstance(event, EventEnvelope) for event in read)
    *_, log, change = read
    assert json.loads(log.event.aspect.value) == RUN
    assert change.event.safe_parameters["assertionResult"] == "FAILURE"


def test_datahubs_kafka_source_reads_the_events_by_the_servers_own_registry() -> None:
    with mock_broker() as broker, Gms(sinks=[KafkaSink(broker)]) as gms:
        gms.put(ASSERTION, "assertionRunEvent", RUN)
        gms.put("urn:li:dataProduct:orders", PRODUCT_PROPERTIES, product(DATASET))
        connection = {
            "bootstrap": broker,
            "schema_registry_url": f"{gms.url}/schema-registry/api/",
            "consumer_config": {"auto.offset.reset": "earliest"},
        }
        context = PipelineContext(pipeline_name="reads", graph=None)
        source = KafkaEventSource.create({"connection": connection}, context)
        wanted, seen = len(gms.events), []
        # Events that never come are a failure, not a test without end.
        patience = threading.Timer(60, source.request_stop)
        patience.start()
        for event in source.events():
            seen.append(event)
            if len(seen) == wanted:
                break
        patience.cancel()
        source.close()
        source.schema_registry_client.close()
    runs = [e for e in seen if getattr(e.event, "aspectName", "") == "assertionRunEvent"]
    assert [json.loads(event.event.aspect.value) for event in runs] == [RUN]
    completed = [e.event for e in seen if getattr(e.event, "category", "") == "RUN"]
    assert [change.safe_parameters["assertionResult"] for change in completed] == ["FAILURE"]
