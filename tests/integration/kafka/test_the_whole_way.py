"""Server -> Kafka -> `datahub actions` on the recipe as shipped -> health on the server."""

import io
import json
import struct
from collections.abc import Iterator
from typing import Any

import fastavro
import pytest

from datahub_dataproducts.adapters.clock import WallClock
from datahub_dataproducts.adapters.datahub.events import HEARD
from datahub_dataproducts.domain.assertions import MaxAge
from datahub_dataproducts.domain.durations import HOUR, MINUTE
from tests.builders import checked, dataset, freshness_assertion, product
from tests.integration.gms.events import PLATFORM, TIMESERIES, VERSIONED
from tests.integration.gms.model import schema_text
from tests.integration.kafka.stage import Stage, Worker, until

IDS = ("early", "orders", "poisoned", "twice")
NOT_OURS = 50
PRODUCTS = [
    *(product(id_, checked(id_), checked(f"{id_}-2")) for id_ in IDS),
    product("fresh", freshness_assertion("fresh", MaxAge(age=HOUR))),
]


@pytest.fixture(scope="module")
def town(broker: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stage, Worker]]:
    """A stage on which something had happened before the worker was ever started."""
    stage = Stage(broker, tmp_path_factory.mktemp("town"))
    stage.publish(PRODUCTS)
    ago = WallClock().now() - 10 * MINUTE
    stage.run("early", "FAILURE", at=ago)
    stage.run("early", "SUCCESS", at=ago + MINUTE)
    stage.run("early-2", at=ago)
    for number in range(NOT_OURS):
        owner = {"owner": f"urn:li:corpuser:u{number}", "type": "TECHNICAL_OWNER"}
        stage.gms.put(dataset("fct"), "ownership", {"owners": [owner]})
    worker = stage.work()
    worker.listens()
    yield stage, worker
    stage.close()


def test_what_came_before_the_first_start_counts(town: tuple[Stage, Worker]) -> None:
    stage, worker = town
    until(lambda: stage.health("early") == "HEALTHY", "the health of before", worker)
    # The one that is not the latest either, which the server is not asked for.
    until(lambda: stage.heard("early") == 2, "both results", worker)
    found = stage.ask(
        "SELECT health FROM steps WHERE product = 'early' AND scope = 'experienced' ORDER BY at"
    )
    assert [health for (health,) in found] == ["UNHEALTHY", "HEALTHY"]


def test_a_result_makes_a_product_unhealthy_and_its_posts_arrive(
    town: tuple[Stage, Worker],
) -> None:
    stage, worker = town
    for check in ("orders", "orders-2"):
        stage.run(check)
    until(lambda: stage.health("orders") == "HEALTHY", "good health", worker)
    stage.run("orders", "FAILURE")
    until(lambda: stage.health("orders") == "UNHEALTHY", "bad health", worker)
    stage.run("orders")
    until(lambda: stage.health("orders") == "HEALTHY", "good health again", worker)


def test_an_update_makes_a_promise_fresh_and_its_verdict_is_a_run_on_the_server(
    town: tuple[Stage, Worker],
) -> None:
    stage, worker = town
    now = WallClock().now()
    update = {"timestampMillis": now, "lastUpdatedTimestamp": now, "operationType": "INSERT"}
    stage.gms.put(dataset("fresh"), "operation", update)
    urn = "urn:li:assertion:fresh-fresh"
    (run,) = until(lambda: stage.gms.runs(urn), "the run of the verdict", worker)
    assert (run["result"]["type"], run["asserteeUrn"]) == ("SUCCESS", dataset("fresh"))
    until(lambda: stage.health("fresh") == "HEALTHY", "its health", worker)


def encoded(id_: int, schema: dict[str, Any], value: Any) -> bytes:
    stream = io.BytesIO()
    stream.write(b"\0" + struct.pack(">I", id_))
    fastavro.schemaless_writer(stream, fastavro.parse_schema(schema), value)
    return stream.getvalue()


def platform_event() -> bytes:
    """A valid one, which is no change log."""
    payload = {"value": b"{}", "contentType": "application/json"}
    header = {"timestampMillis": 1}
    value = {"header": header, "name": "entityChangeEvent", "payload": payload}
    return encoded(2, json.loads(schema_text("PlatformEvent")), value)


def change_log(aspect: str, value: bytes, entity: str = "assertion") -> bytes:
    """A change log with an aspect of these bytes."""
    log = {
        "entityType": entity,
        "entityUrn": f"urn:li:{entity}:poisoned",
        "changeType": "UPSERT",
        "aspectName": aspect,
        "aspect": {"value": value, "contentType": "application/json"},
    }
    return encoded(1, json.loads(schema_text("MetadataChangeLog")), log)


POISONS = [
    (TIMESERIES, b"no avro at all", "cannot be read"),
    (VERSIONED, b"", "cannot be read"),
    (TIMESERIES, b"\0" + struct.pack(">I", 99) + b"x", "cannot be read"),
    (VERSIONED, platform_event(), "it is not what"),
    (PLATFORM, change_log("status", b"{}"), "it is not what"),
    (TIMESERIES, change_log("assertionRunEvent", b"{"), "is malformed"),
    (TIMESERIES, change_log("assertionRunEvent", b"\xff\xfe"), "it is not what"),
]


def test_what_nobody_can_read_is_set_aside_with_its_reason_and_the_stream_goes_on(
    town: tuple[Stage, Worker],
) -> None:
    stage, worker = town
    for number, (topic, value, _) in enumerate(POISONS):
        # In the partition where the next result comes after it.
        kind = "entityChangeEvent-" if topic == PLATFORM else ""
        stage.sink.poison(topic, value, f"{kind}urn:li:assertion:poisoned")
        stage.run("poisoned", run=f"after-{number}")
    until(lambda: stage.heard("poisoned") == len(POISONS), "the results after them", worker)
    until(lambda: len(stage.reasons()) >= len(POISONS), "what is set aside", worker)
    told = stage.reasons()
    assert len(told) == len(POISONS)
    for topic, _, reason in POISONS:
        wanted = {reason} if reason == "is malformed" else {reason, stage.topics[topic]}
        assert any(all(words in one for words in wanted) for one in told)


def test_events_that_come_twice_and_out_of_order_count_once(town: tuple[Stage, Worker]) -> None:
    stage, worker = town
    switches = stage.gms.switches
    switches.duplicates, switches.reorder = 2, True
    try:
        for outcome in ("SUCCESS", "FAILURE", "SUCCESS"):
            stage.run("twice", outcome)
            stage.run("twice-2", outcome)
    finally:
        switches.duplicates, switches.reorder = 0, False
    until(lambda: stage.health("twice") == "HEALTHY", "its health", worker)
    # What comes on the other topic comes from the same runs.
    stage.run("orders-2", run="last")
    until(lambda: stage.heard("orders-2") > 1, "what came after", worker)
    found = stage.ask(
        "SELECT run_id, provisional FROM evidence WHERE subject = 'urn:li:assertion:twice'"
    )
    assert [provisional for _, provisional in found] == [0, 0, 0]
    assert len({run for run, _ in found}) == 3


def test_what_is_not_ours_is_dropped_before_it_is_decoded_and_a_stop_is_clean(
    town: tuple[Stage, Worker],
) -> None:
    stage, worker = town
    assert worker.stop() == 0
    counted = worker.statistics()
    (filter_,) = counted["filter_stats"].values()
    # Of changes those that are ours reach the filter, and events whose kind only it can tell.
    changes = [e for e in stage.gms.events if not e.name]
    others = [c for c in changes if (c.body["entityType"], c.body["aspectName"]) not in HEARD]
    assert len(others) >= NOT_OURS
    sent = len(stage.gms.events) + len(POISONS) + 2 * 12
    assert filter_["processed_count"] <= sent - len(others)
    assert counted["failed_event_count"] == 0
    # Dropped or not, it is acknowledged: whoever comes next begins behind it.
    assert stage.committed() >= NOT_OURS
    assert not stage.ask("SELECT 1 FROM letters WHERE state <> 'delivered'")
