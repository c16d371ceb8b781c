"""DataHub event source `data_product_kafka`: DataHub's own `kafka`, without what it loses.

DataHub's source logs a message that it cannot decode and goes on, so that the next acknowledgement
passes it by: also when it was only the schema registry, a part of DataHub's server, that did not
answer. And one whose Avro is of another schema, or whose bytes are no text, ends the process, at
each start anew. Here the stream waits for the registry, and what nobody can read becomes an event
of its own, which the action sets aside with the reason. The config is that of `kafka`.

Messages that wait already may be kept together (see `gathering`); an action that
knows nothing of it has each acknowledged when it was heard, as with DataHub's source.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from confluent_kafka import KafkaException, TopicPartition
from confluent_kafka.error import KeyDeserializationError, ValueDeserializationError
from datahub.configuration.common import ConfigurationError
from datahub_actions.event.event_envelope import EventEnvelope
from datahub_actions.pipeline.pipeline_context import PipelineContext
from datahub_actions.plugin.source.kafka.kafka_event_source import (
    KafkaEventSource,
    KafkaEventSourceConfig,
    build_kafka_meta,
)

from datahub_dataproducts.adapters.datahub.quick_json import quickly_written
from datahub_dataproducts.adapters.datahub.registry_faults import may_pass, reasons_of
from datahub_dataproducts.adapters.datahub.unreadable import (
    MALFORMED,
    check_text,
    other_than,
    unreadable,
)
from datahub_dataproducts.plugins.gathering import Gathering
from datahub_dataproducts.plugins.starting import (
    config_as,
    told_in_a_line,
    without_credentials,
)

logger = logging.getLogger(__name__)

_WHO = "event source data_product_kafka"
_TRIES = 3
_FIRST_WAIT = 1.0
_LONGEST_WAIT = 30.0
_TEXTS = ("aspect", "previousAspectValue", "entityKeyAspect", "payload")


class DataProductKafkaSource(KafkaEventSource):
    """See the module; `create` is what DataHub Actions calls."""

    @classmethod
    def create(cls, config_dict: dict[str, Any], ctx: PipelineContext) -> "DataProductKafkaSource":
        """Build the source from a recipe; what no consumer can be made of is told in a line."""
        with told_in_a_line("The event source"):
            config = config_as(KafkaEventSourceConfig, config_dict, _WHO)
            try:
                return cls(config, ctx)
            except KafkaException as problem:
                why = problem.args[0].str()
                raise ConfigurationError(f"{_WHO}: connection.consumer_config: {why}") from None
            except ValueError as problem:
                raise ConfigurationError(f"{_WHO}: {without_credentials(problem)}") from None

    def __init__(self, config: KafkaEventSourceConfig, ctx: PipelineContext) -> None:
        """As of DataHub's source."""
        super().__init__(config, ctx)
        self.gathering = Gathering(self._acknowledge)
        self.read_from(self.consumer)

    def read_from(self, consumer: Any) -> None:
        """Read with a consumer, and again what it could not read."""
        self._reading = _Reading(consumer, self.gathering)
        # It can do what a consumer can, and is none by its type.
        stand_in: Any = self._reading
        self.consumer = stand_in

    def request_stop(self) -> None:
        """Leave off, also from waiting."""
        super().request_stop()
        self._reading.stop()

    def ack(self, event: EventEnvelope, processed: bool = True) -> None:  # noqa: FBT001, FBT002
        """It was heard; acknowledged when it is kept (the signature is the framework's)."""
        if processed:
            self.gathering.acknowledge(event)

    def close(self) -> None:
        """Have kept what waits, and leave the group with what is acknowledged."""
        self.gathering.end()
        super().close()

    def _acknowledge(self, event: EventEnvelope) -> None:
        try:
            super().ack(event)
        except KafkaException as problem:
            # Its partition is somebody else's since, who hears it again. As it is kept by its
            # contents, nothing comes of that.
            logger.warning("What was kept could not be acknowledged: %s", problem)

    def handle_mcl(self, msg: Any) -> Iterable[EventEnvelope]:
        """The change that a message tells of, or that it cannot be read."""
        return _told(msg, super().handle_mcl, "aspectName")

    def handle_pe(self, msg: Any) -> Iterable[EventEnvelope]:  # type: ignore[override]
        """The same of a platform event."""
        return _told(msg, super().handle_pe, "payload")


@dataclass(frozen=True, slots=True)
class _Unreadable:
    """Stands in the place of a message; DataHub's source asks it where it is and no more."""

    message: Any
    reason: str

    def topic(self) -> Any:
        return self.message.topic()

    def partition(self) -> Any:
        return self.message.partition()

    def offset(self) -> Any:
        return self.message.offset()

    def error(self) -> None:
        return None


class _Reading:
    """The consumer of DataHub's source, which reads again what could not be read."""

    def __init__(self, consumer: Any, gathering: Gathering) -> None:
        self._consumer = consumer
        self._gathering = gathering
        self._tries: dict[tuple[str, int, int], int] = {}
        self._wait = _FIRST_WAIT
        self._stopping = threading.Event()

    def __getattr__(self, name: str) -> Any:
        """Whatever else a consumer can do."""
        return getattr(self._consumer, name)

    def stop(self) -> None:
        self._stopping.set()

    def subscribe(self, topics: list[str]) -> None:
        """What waits is kept and acknowledged before its partition is given to another."""
        self._consumer.subscribe(topics, on_revoke=lambda *_: self._gathering.end())

    def poll(self, timeout: float) -> Any:
        """The next message; none where it has to be read again, or nothing is waiting."""
        gathering = self._gathering
        if gathering.is_going_on:
            message = self._read(0.0) if gathering.takes_more else None
            if message is not None:
                return gathering.hand_out(message)
            gathering.end()
        again = gathering.hand_out_again()
        if again is not None:
            return again
        message = self._read(timeout)
        return None if message is None else gathering.hand_out(message)

    def _read(self, timeout: float) -> Any:
        try:
            message = self._consumer.poll(timeout)
        except (KeyDeserializationError, ValueDeserializationError) as error:
            return self._judge(error.kafka_message, error)
        if message is not None:
            self._wait = _FIRST_WAIT
        return message

    def _judge(self, message: Any, error: Exception) -> _Unreadable | None:
        """Waited for, read once more, or given up."""
        place = (message.topic(), message.partition(), message.offset())
        reasons = reasons_of(error)
        if may_pass(error):
            self._gathering.end()
            logger.warning(
                "The schema registry does not tell the schema of a message of %s; it is asked "
                "again in %d s: %s",
                message.topic(),
                self._wait,
                reasons[-1],
            )
            self._stopping.wait(self._wait)
            self._wait = min(2 * self._wait, _LONGEST_WAIT)
        else:
            self._tries[place] = self._tries.get(place, 0) + 1
            if self._tries[place] >= _TRIES:
                del self._tries[place]
                return _Unreadable(message, f"{type(reasons[-1]).__name__}: {reasons[-1]}")
        self._consumer.seek(TopicPartition(*place))
        return None


def _told(
    message: Any, read: Callable[[Any], Iterable[EventEnvelope]], field: str
) -> Iterable[EventEnvelope]:
    """What is read of a message whose record is to have a field."""
    if isinstance(message, _Unreadable):
        return [_envelope(message.message, message.reason)]
    try:
        record = message.value()
        record[field]
        # What decodes it runs here, and not where nobody would catch what it raises.
        told = list(read(message))
        if told:
            check_text(_texts(record))
    except MALFORMED as error:
        return [_envelope(message, other_than(message.topic(), error))]
    return map(quickly_written, told)


def _texts(record: dict[str, Any]) -> Iterator[bytes]:
    for part in _TEXTS:
        held = record.get(part)
        if held is not None:
            # One of several records that a field may hold comes with its name.
            yield (held[1] if isinstance(held, tuple) else held)["value"]


def _envelope(message: Any, reason: str) -> EventEnvelope:
    meta = build_kafka_meta(message)
    place = meta["kafka"]
    value = message.value()
    return unreadable(
        place=f"{place['topic']}, partition {place['partition']}, offset {place['offset']}",
        reason=reason,
        # What was decoded is shown as it was understood.
        content=value if isinstance(value, bytes) else repr(value).encode(),
        meta=meta,
    )
