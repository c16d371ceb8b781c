"""The event source `data_product_pg_queue`, against a real PostgreSQL."""

from collections.abc import Iterator
from typing import Any

import pytest
from datahub_actions.event.event_envelope import EventEnvelope
from datahub_actions.pipeline.pipeline_context import PipelineContext
from datahub_actions.source.event_source_registry import event_source_registry

from datahub_dataproducts.adapters.datahub.unreadable import UNREADABLE_TYPE
from datahub_dataproducts.plugins.pg_queue_events import DataProductPgQueueSource
from tests.integration.gms.events import PLATFORM, TIMESERIES, Event
from tests.integration.gms.pg_queue import PgQueueSink, make_queue
from tests.integration.gms.server import Gms
from tests.integration.postgres.server import PostgresServer

RUN = {
    "timestampMillis": 1_772_524_800_000,
    "assertionUrn": "urn:li:assertion:a",
    "asserteeUrn": "urn:li:dataset:(urn:li:dataPlatform:duckdb,db.main.fct,PROD)",
    "status": "COMPLETE",
    "result": {"type": "FAILURE"},
}
WATERMARKS = "SELECT sum(offset_value)::int FROM queue.metadata_queue_consumer_offset"


@pytest.fixture
def queue(postgres_url: str) -> PgQueueSink:
    make_queue(postgres_url)
    return PgQueueSink(postgres_url)


@pytest.fixture
def gms(queue: PgQueueSink) -> Iterator[Gms]:
    with Gms(sinks=[queue]) as server:
        yield server


def source_of(gms: Gms, server: PostgresServer, database: str) -> DataProductPgQueueSource:
    where = {
        "host_port": f"{server.host}:{server.port}",
        "database": database,
        "username": server.owner,
        "password": server.password,
    }
    config = {"queue": where, "schema_registry_url": f"{gms.url}/schema-registry/api/"}
    context = PipelineContext(pipeline_name="reads", graph=None)
    source = event_source_registry.get("data_product_pg_queue").create(config, context)
    assert isinstance(source, DataProductPgQueueSource)
    return source


@pytest.fixture
def source(
    gms: Gms, postgres_server: PostgresServer, postgres_database: str
) -> Iterator[DataProductPgQueueSource]:
    made = source_of(gms, postgres_server, postgres_database)
    yield made
    made.close()


def taken(source: DataProductPgQueueSource, count: int, *, but: int = 0) -> list[EventEnvelope]:
    """The next events, each acknowledged but for one; then it is stopped."""
    found: list[Any] = []
    for envelope in source.events():
        found.append(envelope)
        source.ack(envelope, processed=len(found) != but)
        if len(found) == count:
            source.request_stop()
    return found


def tell(gms: Gms, *runs: str) -> None:
    for run in runs:
        gms.put("urn:li:assertion:a", "assertionRunEvent", {**RUN, "runId": run})


def test_what_is_acknowledged_is_passed_and_the_rest_comes_again(
    gms: Gms, postgres_server: PostgresServer, postgres_database: str
) -> None:
    tell(gms, "r1", "r2", "r3")
    told = len(gms.events)
    first = source_of(gms, postgres_server, postgres_database)
    taken(first, told, but=told)
    first.close()
    assert postgres_server.execute(WATERMARKS, database=postgres_database) == [(told - 1,)]
    second = source_of(gms, postgres_server, postgres_database)
    (again,) = taken(second, 1)
    second.close()
    assert again.event_type == "EntityChangeEvent_v1"
    assert postgres_server.execute(WATERMARKS, database=postgres_database) == [(told,)]


def test_nothing_is_acknowledged_before_it_is_done_with(
    gms: Gms,
    source: DataProductPgQueueSource,
    postgres_server: PostgresServer,
    postgres_database: str,
) -> None:
    tell(gms, "r1")
    killed = source_of(gms, postgres_server, postgres_database)
    next(iter(killed.events()))
    killed.close()
    assert len(taken(source, len(gms.events))) == len(gms.events)


def test_an_event_of_another_kind_is_nobodys_and_is_passed(
    gms: Gms,
    queue: PgQueueSink,
    source: DataProductPgQueueSource,
    postgres_server: PostgresServer,
    postgres_database: str,
) -> None:
    stamp = {"time": 1, "actor": "urn:li:corpuser:a"}
    key = "entityChangeEvent-urn:li:assertion:a"
    other = Event(topic=PLATFORM, key=key, body={"auditStamp": stamp}, name="notificationRequest")
    queue.take(other)
    tell(gms, "r1")
    told = len(gms.events)
    assert len(taken(source, told)) == told
    source.close()
    assert postgres_server.execute(WATERMARKS, database=postgres_database) == [(told + 1,)]


@pytest.mark.parametrize("content", [b"", b"\0\0\0\0\1", b"\0\0\0\0\2abc", b"\xff" * 40, b"{}"])
def test_what_nobody_can_read_is_told_and_keeps_nothing_waiting(
    content: bytes, gms: Gms, queue: PgQueueSink, source: DataProductPgQueueSource
) -> None:
    queue.put(TIMESERIES, content, "urn:li:assertion:a")
    tell(gms, "r1")
    given = taken(source, len(gms.events) + 1)
    (broken,) = [e for e in given if e.event_type == UNREADABLE_TYPE]
    reason: Any = broken.event
    assert f"the message at {TIMESERIES}, partition " in reason.reason
    assert "number 1 cannot be read: " in reason.reason
    assert broken.meta["pg_queue"]["enqueue_seq"] == 1
