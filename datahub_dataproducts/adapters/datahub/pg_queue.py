"""DataHub's queue in PostgreSQL as one consumer group sees it: what is next, and what is done.

The tables are DataHub's, and so is the code that works on them; what is added here is a connection
that can be made again, and an offset that does not stay behind what the queue no longer holds.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import psycopg2
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext
from datahub.metadata.schema_classes import MetadataChangeLogClass
from datahub.pgqueue.compression import decode_stored, from_wire
from datahub.pgqueue.config import PgQueueConsumerConfig
from datahub.pgqueue.connection import build_psycopg2_connect_kwargs
from datahub.pgqueue.consumer import PgQueueConsumedRecord
from datahub.pgqueue.priority_bands import resolve_priority_bands_json
from datahub.pgqueue.repository import (
    PgQueueMessageHandle,
    PgQueueReceivedMessage,
    PgQueueRepository,
)

from datahub_dataproducts.application.ports import Unavailable

logger = logging.getLogger(__name__)

# A server that vanishes is noticed after a minute, and not after the two hours of most systems.
_KEEPALIVE = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}


@dataclass(frozen=True, kw_only=True, slots=True)
class QueuedMessage:
    """A message that is leased to us.

    Attributes:
        route: the key of its topic in the config.
        topic: its topic in the queue.
        raw: as it is stored, and where.
    """

    route: str
    topic: str
    raw: PgQueueReceivedMessage

    @property
    def place(self) -> str:
        """Where in the queue it is, in words."""
        at = self.raw.handle
        return f"{self.topic}, partition {at.partition_id}, number {at.enqueue_seq}"


class Queue:
    """One connection to the queue.

    Every method may raise `Unavailable`: it is of no use then, and what it gave comes again.
    """

    def __init__(self, config: PgQueueConsumerConfig, owner: str) -> None:
        """`owner` is the name under which messages are leased."""
        queue = config.queue
        self._group = config.consumer_group
        self._owner = owner
        seconds = config.visibility_timeout_seconds
        if seconds is None:
            seconds = queue.topic_defaults.visibility_timeout_seconds
        self._lease = timedelta(seconds=seconds)
        self._bands = resolve_priority_bands_json()
        self._routes = config.topic_routes
        self._names = (queue.queue_schema, queue.table_prefix)
        self._tables = _Tables(*self._names)
        where: dict[str, Any] = {**build_psycopg2_connect_kwargs(queue), **_KEEPALIVE}
        with _answering():
            self._connection = psycopg2.connect(**where)
        self.look_again()

    def receive(self, most: int) -> list[QueuedMessage]:
        """Lease what is next of each topic, at most so many of each; none: there is nothing."""
        with _answering():
            return [
                QueuedMessage(route=route, topic=topic, raw=raw)
                for route, topic, id_, partitions in self._topics()
                for raw in self._leased(id_, partitions, most)
            ]

    def acknowledge(self, handles: Sequence[PgQueueMessageHandle]) -> None:
        """They are done with; doing so twice changes nothing."""
        with _answering():
            self._tables.commit_for_group(self._connection, self._group, handles)

    def release(self, handles: Sequence[PgQueueMessageHandle]) -> None:
        """Give back what is leased to us and not done with, so that the next need not wait."""
        with _answering():
            self._tables.extend_visibility_for_group(
                self._connection,
                self._group,
                handles,
                lock_owner=self._owner,
                extend_by=timedelta(0),
            )

    def look_again(self) -> None:
        """Take up topics and partitions that are new, and pass by what the queue let go of.

        The offset only goes on over numbers without a gap. Of a queue that has let go of its
        beginning it would stay where it is for ever, and each acknowledgement would read again all
        that were acknowledged since.
        """
        self._tables = _Tables(*self._names)
        with _answering():
            for _, topic, id_, partitions in self._topics():
                for partition in range(partitions):
                    self._pass_gone(topic, id_, partition)

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()

    def _leased(self, topic: int, partitions: int, most: int) -> list[PgQueueReceivedMessage]:
        self._tables.register_consumer(self._connection, self._group, topic)
        return self._tables.receive_batch_for_group(
            self._connection,
            consumer_group=self._group,
            topic_id=topic,
            partition_ids=range(partitions),
            lock_owner=self._owner,
            visibility_timeout=self._lease,
            max_messages=most,
            priority_bands_json=self._bands,
        )

    def _topics(self) -> Iterator[tuple[str, str, int, int]]:
        """Route, name, id and number of partitions of each topic that is there by now."""
        for route, topic in self._routes.items():
            row = self._tables.fetch_topic_row(self._connection, topic)
            if row is not None:
                yield route, topic, row[0], row[1]

    def _pass_gone(self, topic: str, id_: int, partition: int) -> None:
        first = self._tables.first_kept(self._connection, id_, partition)
        offset = self._tables.get_committed_offset(self._connection, self._group, id_, partition)
        if first is None or first <= offset + 1:
            return
        self._tables.pass_by(self._connection, self._group, id_, partition, first - 1)
        if offset:
            logger.warning(
                "%d messages of %s, partition %d, were removed from the queue before they were "
                "heard; what they told comes with the next reading of the catalog",
                first - 1 - offset,
                topic,
                partition,
            )


@contextmanager
def _answering() -> Iterator[None]:
    """A database that does not answer as it should is unavailable, in one line.

    The other error is what DataHub's code raises where a message that it leased is removed from
    under it.
    """
    try:
        yield
    except (psycopg2.Error, RuntimeError) as error:
        # What comes after libpq's first line are hints.
        raise Unavailable(str(error).strip().split("\n", 1)[0]) from None


class _Tables(PgQueueRepository):
    """DataHub's own, and what it lacks."""

    def first_kept(self, connection: Any, topic: int, partition: int) -> int | None:
        """The lowest number that a partition still holds, None: it is empty."""
        with connection, connection.cursor() as cursor:
            cursor.execute(
                f"SELECT min(enqueue_seq) FROM {self._message}"  # noqa: S608 - checked names
                " WHERE topic_id = %s AND partition_id = %s",
                (topic, partition),
            )
            (first,) = cursor.fetchone()
        return first if first is None else int(first)

    def pass_by(self, connection: Any, group: str, topic: int, partition: int, offset: int) -> None:
        """Let the group's offset be at least so much."""
        with connection, connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {self._consumer_offset} AS kept"  # noqa: S608 - checked names
                " (consumer_group, topic_id, partition_id, offset_value, epoch)"
                " VALUES (%s, %s, %s, %s, 0)"
                " ON CONFLICT (consumer_group, topic_id, partition_id) DO UPDATE"
                " SET offset_value = greatest(kept.offset_value, excluded.offset_value)",
                (group, topic, partition, offset),
            )


class MessageDecoder:
    """Stored bytes -> records, by the schemas that the registry has."""

    def __init__(self, config: PgQueueConsumerConfig) -> None:
        """The registry is not asked before the first message."""
        self._kinds = config.payload_kind_by_route_key
        self._open = ExitStack()
        where = {"url": config.schema_registry_url, **config.schema_registry_config}
        registry = self._open.enter_context(SchemaRegistryClient(where))
        self._avro = AvroDeserializer(schema_registry_client=registry, return_record_name=True)

    def record_of(self, message: QueuedMessage) -> PgQueueConsumedRecord:
        """The record that DataHub's event source makes events of.

        Raises:
            Exception: whatever decoding meets; `may_pass` tells the registry's faults from those of
                the message.
        """
        raw = message.raw
        stored = decode_stored(raw.payload, from_wire(raw.payload_compression))
        context = SerializationContext(message.topic, MessageField.VALUE)
        record: Any = self._avro(stored, context)
        if self._kinds.get(message.route) == "mcl":
            record = MetadataChangeLogClass.from_obj(record, tuples=True)
        return PgQueueConsumedRecord(
            route_key=message.route, topic_name=message.topic, raw=raw, record=record
        )

    def close(self) -> None:
        """Give the connections to the registry back."""
        self._open.close()
