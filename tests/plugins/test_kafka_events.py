"""The event source `data_product_kafka`: what becomes of messages that cannot be read."""

import base64
from typing import Any

import pytest
from confluent_kafka.error import ValueDeserializationError
from confluent_kafka.schema_registry.error import SchemaRegistryError
from datahub_actions.event.event_envelope import EventEnvelope
from datahub_actions.pipeline.pipeline_context import PipelineContext
from datahub_actions.source.event_source_registry import event_source_registry

from datahub_dataproducts.adapters.datahub.events import evidence_of
from datahub_dataproducts.adapters.datahub.news import PoisonEvent
from datahub_dataproducts.adapters.datahub.unreadable import UNREADABLE_TYPE, UnreadableMessage
from datahub_dataproducts.plugins.kafka_events import DataProductKafkaSource

CONNECTION = {"bootstrap": "127.0.0.1:1", "schema_registry_url": "http://127.0.0.1:1"}


class Message:
    """One of a consumer's."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def topic(self) -> str:
        return "MetadataChangeLog_Versioned_v1"

    def partition(self) -> int:
        return 2

    def offset(self) -> int:
        return 7

    def error(self) -> None:
        return None

    def value(self) -> Any:
        return self._value


class Stream:
    """A consumer of one message, which it cannot read for some reasons first."""

    def __init__(self, message: Message, *reasons: Exception) -> None:
        self._message = message
        self._reasons = list(reasons)
        self.sought: list[Any] = []

    def poll(self, timeout: float) -> Message:
        if self._reasons:
            raise ValueDeserializationError(self._reasons.pop(0), self._message)
        return self._message

    def seek(self, place: Any) -> None:
        self.sought.append((place.topic, place.partition, place.offset))

    def close(self) -> None:
        """Nothing is open."""


def source_of(stream: Stream) -> DataProductKafkaSource:
    context = PipelineContext(pipeline_name="reads", graph=None)
    source = DataProductKafkaSource.create({"connection": CONNECTION}, context)
    assert isinstance(source, DataProductKafkaSource)
    source.consumer.close()
    source.read_from(stream)
    return source


def told(source: DataProductKafkaSource, message: Any) -> EventEnvelope:
    (envelope,) = source.handle_mcl(message)
    return envelope


def test_the_framework_finds_it_by_its_type() -> None:
    assert event_source_registry.get("data_product_kafka") is DataProductKafkaSource


def test_while_the_registry_does_not_answer_the_same_message_is_read_again() -> None:
    message = Message({})
    reasons = [SchemaRegistryError(503, 50301, "starting"), ConnectionError("refused")]
    stream = Stream(message, *reasons)
    source = source_of(stream)
    # Somebody who stops it need not wait until the registry is asked again.
    source.request_stop()
    assert [source.consumer.poll(0.1) for _ in range(3)] == [None, None, message]
    assert stream.sought == [("MetadataChangeLog_Versioned_v1", 2, 7)] * 2


@pytest.mark.parametrize(
    "reason", [SchemaRegistryError(404, 40403, "not found"), ValueError("no magic byte")]
)
def test_one_that_cannot_be_read_three_times_is_told_as_such(reason: Exception) -> None:
    source = source_of(Stream(Message(b"abc"), *[reason] * 3))
    polled = [source.consumer.poll(0.1) for _ in range(3)]
    assert polled[:2] == [None, None]
    envelope = told(source, polled[2])
    assert envelope.event_type == UNREADABLE_TYPE
    assert envelope.meta["kafka"]["offset"] == 7
    assert isinstance(envelope.event, UnreadableMessage)
    assert envelope.event == UnreadableMessage.from_json(envelope.event.as_json())
    assert base64.b64decode(envelope.event.content) == b"abc"
    with pytest.raises(PoisonEvent, match="Versioned_v1, partition 2, offset 7 cannot be read"):
        evidence_of(envelope)


@pytest.mark.parametrize(
    "value",
    [
        None,
        {"name": "entityChangeEvent"},
        {"aspectName": "status"},
        {
            "entityType": "dataset",
            "aspectName": "status",
            "changeType": "UPSERT",
            "aspect": {"value": b"\xff", "contentType": "application/json"},
        },
    ],
)
def test_what_is_no_change_is_told_as_unreadable_and_its_content_is_in_no_reason(
    value: Any,
) -> None:
    message = Message(value)
    envelope = told(source_of(Stream(message)), message)
    assert isinstance(envelope.event, UnreadableMessage)
    assert "it is not what MetadataChangeLog_Versioned_v1 holds" in envelope.event.reason
    assert "ff" not in envelope.event.reason.replace("offset", "")
