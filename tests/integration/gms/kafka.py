"""The server's events in Kafka, as the schema registry's Avro; and a broker in this process."""

import io
import json
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import confluent_kafka
import fastavro

from tests.integration.gms.events import PLATFORM, TIMESERIES, VERSIONED, Event
from tests.integration.gms.model import schema_text

# Schemas by their id in the registry; the ids of a real server are its own.
REGISTERED = {1: "MetadataChangeLog", 2: "PlatformEvent"}
_ID_OF_TOPIC = {VERSIONED: 1, TIMESERIES: 1, PLATFORM: 2}
_BYTES = ("aspect", "previousAspectValue", "payload", "entityKeyAspect")
_MAGIC = b"\0"


class KafkaSink:
    """Produces to a broker; every event is delivered when `take` returns."""

    def __init__(self, bootstrap: str) -> None:
        self._producer = confluent_kafka.Producer({
            "bootstrap.servers": bootstrap,
            "linger.ms": 0,
        })
        self._schemas: dict[int, Any] = {
            id_: fastavro.parse_schema(json.loads(schema_text(name)))
            for id_, name in REGISTERED.items()
        }

    def take(self, event: Event) -> None:
        self._producer.produce(event.topic, self._encoded(event), key=event.key)
        if self._producer.flush(10):
            raise TimeoutError(f"{event.topic} does not take its event")

    def poison(self, topic: str, value: bytes) -> None:
        """Something that is no event."""
        self._producer.produce(topic, value, key="poison")
        self._producer.flush(10)

    def _encoded(self, event: Event) -> bytes:
        id_ = _ID_OF_TOPIC[event.topic]
        message = {
            field: {**value, "value": value["value"].encode()} if field in _BYTES else value
            for field, value in event.message.items()
        }
        stream = io.BytesIO()
        stream.write(_MAGIC + struct.pack(">I", id_))
        fastavro.schemaless_writer(stream, self._schemas[id_], message)
        return stream.getvalue()


@contextmanager
def mock_broker() -> Iterator[str]:
    """A broker with DataHub's topics that lives while the block lasts: its address.

    It is librdkafka's own, made for tests. Other processes can connect to it.
    """
    cluster = confluent_kafka.Producer({
        "test.mock.num.brokers": 1,
        "bootstrap.servers": "made-by-the-cluster:1",
        "log_level": 0,
    })
    for topic in (VERSIONED, TIMESERIES, PLATFORM):
        cluster.list_topics(topic, timeout=10)
    [broker] = cluster.list_topics(timeout=10).brokers.values()
    yield f"{broker.host}:{broker.port}"
    # Only now may the cluster go.
    cluster.flush(0)
