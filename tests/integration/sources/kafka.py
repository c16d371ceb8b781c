"""Events by Kafka: topics and a consumer group of its own on a broker."""

import os
import uuid
from collections.abc import Mapping

import confluent_kafka
import pytest

from tests.integration.gms.events import PLATFORM, TIMESERIES, VERSIONED
from tests.integration.gms.kafka import KafkaSink
from tests.integration.gms.server import Gms
from tests.integration.sources.source import ACTIONS, Poison, avro_poisons
from tests.integration.sources.stage import until

BOOTSTRAP = "TEST_KAFKA_BOOTSTRAP"
"""The environment variable that names a broker to test with, in place of the one within the test."""

with_a_real_broker = pytest.mark.skipif(
    BOOTSTRAP not in os.environ, reason="`make test-kafka` runs these, against a real broker"
)

_TOPICS = {
    VERSIONED: "METADATA_CHANGE_LOG_VERSIONED_TOPIC_NAME",
    TIMESERIES: "METADATA_CHANGE_LOG_TIMESERIES_TOPIC_NAME",
    PLATFORM: "PLATFORM_EVENT_TOPIC_NAME",
}


class Kafka:
    """See `Source`.

    Attributes:
        bootstrap: the broker.
        topics: the names of DataHub's topics there.
    """

    recipe = ACTIONS / "kafka.yml"
    acknowledges_at_once = False
    is_the_server = False
    drops_before_decoding = True

    def __init__(self, bootstrap: str) -> None:
        one = uuid.uuid4().hex[:8]
        self.bootstrap = bootstrap
        self.group = f"health-{one}"
        self.topics = {topic: f"{topic}-{one}" for topic in _TOPICS}
        self._make_topics()
        self._sink = KafkaSink(bootstrap, self.topics)
        self.sinks = [self._sink]

    def settings(self, gms: Gms) -> Mapping[str, str]:
        return {
            **{variable: self.topics[topic] for topic, variable in _TOPICS.items()},
            "KAFKA_BOOTSTRAP_SERVER": self.bootstrap,
            "SCHEMA_REGISTRY_URL": f"{gms.url}/schema-registry/api/",
        }

    def name_of(self, topic: str) -> str:
        return self.topics[topic]

    def poisons(self) -> list[Poison]:
        return avro_poisons()

    def poison(self, gms: Gms, topic: str, value: bytes, key: str) -> None:
        self._sink.poison(topic, value, key)

    def acknowledged(self, gms: Gms) -> int:
        consumer = confluent_kafka.Consumer({
            "bootstrap.servers": self.bootstrap,
            "group.id": self.group,
            "log_level": 0,
        })
        places = [
            confluent_kafka.TopicPartition(topic, partition)
            for topic in self.topics.values()
            for partition in consumer.list_topics(topic, timeout=10).topics[topic].partitions
        ]
        found = consumer.committed(places, timeout=30)
        consumer.close()
        return sum(max(place.offset, 0) for place in found)

    def has_listeners(self, gms: Gms, log: str) -> bool:
        return "connected to Kafka" in log

    def _make_topics(self) -> None:
        client = confluent_kafka.Producer({"bootstrap.servers": self.bootstrap, "log_level": 0})
        for topic in self.topics.values():
            until(
                lambda topic=topic: client.list_topics(topic, timeout=10).topics[topic].partitions,
                f"the topic {topic}",
            )
