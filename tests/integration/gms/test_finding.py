"""Reading in batches, searching, following relationships; and how late all of that can be."""

from typing import Any

import pytest
from datahub.ingestion.graph.filters import RemovedStatusFilter
from datahub.ingestion.graph.openapi import RelationshipDirection
from datahub.metadata.schema_classes import AssertionRunEventClass, DatahubIngestionCheckpointClass

from tests.integration.gms.server import Gms
from tests.integration.gms.subject import PRODUCT_PROPERTIES, Subject, product
from tests.integration.gms.switches import UNTIL_TICK

OPEN = {"field": "resourceType", "condition": "EQUAL", "values": ["open"]}


def resource(server: Subject, name: str, kind: str = "open") -> str:
    urn = server.urn("platformResource", name)
    told = {"resourceType": kind, "primaryKey": urn}
    assert server.write(urn, "platformResourceInfo", told).status == 200
    return urn


def found(server: Subject, *rules: Any, **asked: Any) -> list[str]:
    urns = server.graph.get_urns_by_filter(
        entity_types=["platformResource"],
        extraFilters=[
            *rules,
            {"field": "primaryKey", "condition": "CONTAIN", "values": [_own(server)]},
        ],
        **asked,
    )
    return sorted(urns)


def _own(server: Subject) -> str:
    return server.urn("platformResource", "").rpartition("_")[2]


def test_entities_are_found_by_their_searchable_fields(server: Subject) -> None:
    a, b = resource(server, "a"), resource(server, "b")
    resource(server, "c", "other")
    server.settle()
    assert found(server, OPEN) == [a, b]
    assert found(server, {**OPEN, "negated": True}) == [server.urn("platformResource", "c")]


def test_what_was_soft_deleted_is_not_found_unless_asked_for(server: Subject) -> None:
    a = resource(server, "a")
    server.write(a, "status", {"removed": True})
    server.settle()
    assert found(server, OPEN) == []
    assert found(server, OPEN, status=RemovedStatusFilter.ALL) == [a]


def test_search_is_late_and_reading_is_not(server: Subject) -> None:
    server.standin.switches.index_lag = UNTIL_TICK
    a = resource(server, "a")
    assert found(server, OPEN) == []
    assert server.read(a, "platformResourceInfo") is not None
    server.settle()
    assert found(server, OPEN) == [a]


def test_search_catches_up_by_itself() -> None:
    clock = [100.0]
    with Gms(seconds=lambda: clock[0]) as gms:
        server = Subject(gms.url, None, gms)
        with server.graph:
            gms.switches.index_lag = 5
            a = resource(server, "a")
            clock[0] = 104.9
            assert found(server, OPEN) == []
            clock[0] = 105.0
            assert found(server, OPEN) == [a]


def test_results_come_in_pages(server: Subject) -> None:
    urns = [resource(server, str(n)) for n in range(5)]
    server.settle()
    server.standin.switches.page = 2
    server.standin.asked.clear()
    assert found(server, OPEN) == sorted(urns)
    assert server.standin.asked == ["POST /api/graphql"] * 3


def test_a_batch_leaves_out_entities_that_have_nothing_of_what_was_asked_for(
    server: Subject,
) -> None:
    a, b = (server.urn("dataProduct", name) for name in "ab")
    server.write(a, PRODUCT_PROPERTIES, product())
    server.write(b, "status", {"removed": False})
    asked: list[dict[str, Any]] = [
        {"urn": urn, PRODUCT_PROPERTIES: {}, "nonsense": {}} for urn in (a, b)
    ]
    reply = server.ask("POST", "/openapi/v3/entity/dataProduct/batchGet", asked)
    assert [(entity["urn"], len(entity)) for entity in reply.body] == [(a, 2)]
    everything = server.ask("POST", "/openapi/v3/entity/dataProduct/batchGet", [{"urn": b}])
    assert set(everything.body[0]) == {"urn", "dataProductKey", "status"}
    nameless = server.ask("POST", "/openapi/v3/entity/dataProduct/batchGet", [{"status": {}}])
    assert "Missing `urn` field" in nameless.message


def test_a_batch_has_the_latest_run_of_each_assertion(server: Subject) -> None:
    urns = [server.urn("assertion", name) for name in "ab"]
    for urn in urns:
        for at, outcome in ((2, "FAILURE"), (1, "SUCCESS")):
            server.run(urn, server.dataset("orders"), at, outcome)
    server.settle()
    held = server.graph.get_entities("assertion", urns, ["assertionRunEvent"])
    for urn in urns:
        run, _ = held[urn]["assertionRunEvent"]
        assert isinstance(run, AssertionRunEventClass)
        assert run.timestampMillis == 2


def test_versions_are_told_with_an_aspect(server: Subject) -> None:
    urn = server.urn("dataProduct", "orders")
    for removed in (False, True, True):
        server.write(urn, "status", {"removed": removed})
    held = server.graph.get_entities("dataProduct", [urn], ["status"], with_system_metadata=True)
    _, system = held[urn]["status"]
    assert system is not None
    assert system.version == "2"


def test_relationships_are_followed_both_ways(server: Subject) -> None:
    urn, orders = server.urn("dataProduct", "orders"), server.dataset("orders")
    server.write(urn, PRODUCT_PROPERTIES, product(orders))
    server.settle()
    kinds = ["DataProductContains"]
    incoming = server.graph.get_related_entities(orders, kinds, RelationshipDirection.INCOMING)
    assert [related.urn for related in incoming] == [urn]
    outgoing = server.graph.get_related_entities(urn, kinds, RelationshipDirection.OUTGOING)
    assert [related.urn for related in outgoing] == [orders]
    [edge] = server.graph.scroll_relationships(
        relationship_types=kinds, destination_urns=[orders]
    ).relationships
    assert (edge.source_urn, edge.destination_entity_type) == (urn, "dataset")


def test_relationships_are_as_late_as_search(server: Subject) -> None:
    urn, orders = server.urn("dataProduct", "orders"), server.dataset("orders")
    server.standin.switches.index_lag = UNTIL_TICK
    server.write(urn, PRODUCT_PROPERTIES, product(orders))
    for there in (False, True):
        related = server.graph.get_related_entities(
            orders, ["DataProductContains"], RelationshipDirection.INCOMING
        )
        assert bool(list(related)) is there
        server.settle()


def test_entities_are_scrolled_with_their_aspects(server: Subject) -> None:
    urns = sorted(server.urn("dataProduct", name) for name in "abc")
    for urn in urns:
        server.write(urn, "status", {"removed": False})
    server.settle()
    rule = [{"and": [{"field": "urn", "values": urns, "condition": "EQUAL"}]}]
    first = server.graph.scroll_entities(
        entity_names=["dataProduct"], aspects=["status"], count=2, filter=rule
    )
    assert first.total_count == 3
    rest = server.graph.scroll_entities(
        entity_names=["dataProduct"], count=2, filter=rule, scroll_id=first.scroll_id
    )
    assert sorted([*first.entities, *rest.entities]) == urns
    assert all("status" in aspects for aspects in first.entities.values())
    assert rest.scroll_id is None


def test_a_domain_is_found_by_its_name(server: Subject) -> None:
    urn = server.urn("domain", "sales")
    server.write(urn, "domainProperties", {"name": urn})
    server.settle()
    assert server.graph.get_domain_urn_by_name(urn) == urn
    assert server.graph.get_domain_urn_by_name(f"{urn}?") is None


def test_runs_are_filtered_and_come_latest_first(server: Subject) -> None:
    assertion, orders = server.urn("assertion", "a"), server.dataset("orders")
    for at, outcome in ((1, "SUCCESS"), (3, "FAILURE"), (2, "SUCCESS")):
        server.run(assertion, orders, at, outcome)
    server.settle()
    runs = server.graph.get_timeseries_values(
        assertion, AssertionRunEventClass, filter={}, limit=10
    )
    assert [run.timestampMillis for run in runs] == [3, 2, 1]
    latest = server.graph.get_latest_timeseries_value(
        assertion,
        AssertionRunEventClass,
        filter_criteria_map={"asserteeUrn": orders, "runId": "run-2"},
    )
    assert latest is not None
    assert latest.timestampMillis == 2
    checkpoint = server.graph.get_latest_timeseries_value(
        "urn:li:dataJob:(urn:li:dataFlow:(datahub,none,prod),none)",
        DatahubIngestionCheckpointClass,
        filter_criteria_map={"pipelineName": "none"},
    )
    assert checkpoint is None


@pytest.mark.parametrize("id_", [1, 2])
def test_the_registry_has_the_schemas_of_the_events(server: Subject, id_: int) -> None:
    path = "/schema-registry/api/schemas/ids"
    schema = server.standin and server.ask("GET", f"{path}/{id_}").body["schema"]
    assert '"namespace": "com.linkedin.pegasus2avro.mxe"' in schema
    assert server.ask("GET", f"{path}/99").status == 404
