"""The server's events in Kafka, as the schema registry's Avro; and a broker in this process."""

import io
import json
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
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
    """Produces to a broker; every event is delivered when `take` returns.

    `topics` are the names that they have there, where they are not DataHub's own.
    """

    def __init__(self, bootstrap: str, topics: Mapping[str, str] | None = None) -> None:
        self._topics = topics or {}
        self._producer = confluent_kafka.Producer({
            "bootstrap.servers": bootstrap,
            "linger.ms": 0,
        })

    def take(self, event: Event) -> None:
        self._produce(event.topic, encoded(event), event.key)

    def poison(self, topic: str, value: bytes, key: str = "poison") -> None:
        """Something that is no event."""
        self._produce(topic, value, key)

    def _produce(self, topic: str, value: bytes, key: str) -> None:
        self._producer.produce(self._topics.get(topic, topic), value, key=key)
        if self._producer.flush(30):
            raise TimeoutError(f"{topic} does not take what it is given")


@cache
def avro_schema(name: str) -> Any:
    return fastavro.parse_schema(json.loads(schema_text(name)))


def record_of(event: Event) -> dict[str, Any]:
    """The message as its schema has it."""
    return {
        field: {**value, "value": value["value"].encode()} if field in _BYTES else value
        for field, value in event.message.items()
    }


def encoded(event: Event) -> bytes:
    """The message as it is in Kafka, and in the queue in PostgreSQL."""
    id_ = _ID_OF_TOPIC[event.topic]
    stream = io.BytesIO()
    stream.write(_MAGIC + struct.pack(">I", id_))
    fastavro.schemaless_writer(stream, avro_schema(REGISTERED[id_]), record_of(event))
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
