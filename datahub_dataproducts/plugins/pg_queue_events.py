"""DataHub event source `data_product_pg_queue`: DataHub's own `pg_queue`, without what blocks it.

DataHub's source gives up a whole batch where it cannot decode one message of it, after all were
leased to it: nothing of these partitions is heard for ten minutes, and then the same happens again,
for ever; so too where only the schema registry does not answer. A connection that breaks is never
made again, and a database that is down at the start ends the process. Here what nobody can read
becomes an event of its own, the registry and the database are waited for, and what was not done is
given back at the end. The config is that of `pg_queue`.
"""

import logging
import threading
from collections.abc import Iterable, Iterator
from typing import Any

from datahub.configuration.common import ConfigurationError
from datahub.metadata.schema_classes import MetadataChangeLogClass
from datahub.pgqueue.connection import consumer_lock_owner
from datahub.pgqueue.consumer import PgQueueConsumedRecord
from datahub.pgqueue.empty_poll_backoff import EmptyPollBackoff
from datahub.pgqueue.repository import PgQueueMessageHandle
from datahub_actions.event.event_envelope import EventEnvelope
from datahub_actions.pipeline.pipeline_context import PipelineContext
from datahub_actions.plugin.source.pgqueue.pg_queue_event_source import (
    PgQueueEventSource,
    PgQueueEventSourceConfig,
)

from datahub_dataproducts.adapters.datahub.pg_queue import MessageDecoder, Queue, QueuedMessage
from datahub_dataproducts.adapters.datahub.quick_json import quickly_written
from datahub_dataproducts.adapters.datahub.registry_faults import may_pass, reasons_of
from datahub_dataproducts.adapters.datahub.unreadable import (
    MALFORMED,
    check_text,
    other_than,
    unreadable,
)
from datahub_dataproducts.application.ports import Unavailable
from datahub_dataproducts.plugins.starting import (
    config_as,
    told_in_a_line,
    without_credentials,
)

logger = logging.getLogger(__name__)

_WHO = "event source data_product_pg_queue"
_TRIES = 3
# Seconds.
_FIRST_WAIT = 1.0
_LONGEST_WAIT = 30.0


class DataProductPgQueueSource(PgQueueEventSource):
    """See the module; `create` is what DataHub Actions calls."""

    @classmethod
    def create(
        cls, config_dict: dict[str, Any], ctx: PipelineContext
    ) -> "DataProductPgQueueSource":
        """Build the source from a recipe; what nothing can be made of is told in a line."""
        with told_in_a_line("The event source"):
            config = config_as(PgQueueEventSourceConfig, config_dict, _WHO)
            try:
                return cls(config, ctx)
            except ValueError as problem:
                raise ConfigurationError(f"{_WHO}: {without_credentials(problem)}") from None

    def __init__(self, config: PgQueueEventSourceConfig, ctx: PipelineContext) -> None:
        """Nothing is connected yet: DataHub's source does so here, or ends the process."""
        self.source_config = config
        self.ctx = ctx
        self._settings = config.build_consumer_config(ctx.pipeline_name)
        self._owner = consumer_lock_owner(ctx.pipeline_name)
        self._decoder = MessageDecoder(self._settings)
        self._queue: Queue | None = None
        # By the id of the message: what is leased to us, and what of it is done with.
        self._leased: dict[int, PgQueueMessageHandle] = {}
        self._done: dict[int, PgQueueMessageHandle] = {}
        self._stopping = threading.Event()

    def request_stop(self) -> None:
        """Leave off, also from waiting."""
        super().request_stop()
        self._stopping.set()

    def events(self) -> Iterable[EventEnvelope]:
        """Events of all topics, until it is stopped."""
        settings = self._settings
        idle = EmptyPollBackoff(
            settings.empty_poll_sleep_min_millis, settings.empty_poll_sleep_max_millis
        )
        wait = _FIRST_WAIT
        while not self.stop_requested():
            try:
                messages = self._received()
            except Unavailable as problem:
                self._lose(problem, wait)
                wait = min(2 * wait, _LONGEST_WAIT)
                continue
            wait = _FIRST_WAIT
            for message in messages:
                yield from self._told(message)
            if messages:
                idle.reset()
            else:
                self._stopping.wait(idle.next_sleep_seconds())

    def ack(self, event: EventEnvelope, processed: bool = True) -> None:  # noqa: FBT001, FBT002
        """Noted: the database is told at the end of the batch (the signature is the framework's).

        It is in our own store by now, so what the database is not told comes again and changes
        nothing.
        """
        if processed:
            handle = PgQueueMessageHandle.from_meta_dict(event.meta["pg_queue"]["handle"])
            self._done[handle.id] = handle

    def close(self) -> None:
        """Say what is done, and give back what is not."""
        self.running = False
        self._decoder.close()
        if self._queue is None:
            return
        try:
            self._settle(self._queue)
            self._queue.release(list(self._leased.values()))
        except Unavailable as problem:
            logger.warning("What was heard last will be heard again: %s", problem)
        finally:
            self._queue.close()
            self._queue = None

    def _received(self) -> list[QueuedMessage]:
        if self._queue is None:
            self._queue = Queue(self._settings, self._owner)
            logger.info("The queue in PostgreSQL is connected")
        self._settle(self._queue)
        messages = self._queue.receive(self.source_config.batch_size)
        self._leased = {message.raw.handle.id: message.raw.handle for message in messages}
        if not messages:
            self._queue.look_again()
        return messages

    def _settle(self, queue: Queue) -> None:
        queue.acknowledge(list(self._done.values()))
        for id_ in self._done:
            self._leased.pop(id_, None)
        self._done = {}

    def _lose(self, problem: Unavailable, wait: float) -> None:
        logger.warning(
            "The queue in PostgreSQL does not answer; it is asked again in %d s: %s",
            wait,
            problem,
        )
        if self._queue is not None:
            self._queue.close()
            self._queue = None
        self._stopping.wait(wait)

    def _told(self, message: QueuedMessage) -> Iterator[EventEnvelope]:
        """What a message tells, or that it cannot be read; nothing once it is to stop."""
        if self.stop_requested():
            return
        read = self._read(message)
        if isinstance(read, str):
            yield _envelope(message, read)
        elif read is not None:
            yield from self._events_of(message, read)

    def _read(self, message: QueuedMessage) -> PgQueueConsumedRecord | str | None:
        """The record, or why there is none; None where it was not waited for to the end."""
        wait, tries = _FIRST_WAIT, 0
        while not self.stop_requested():
            try:
                return self._decoder.record_of(message)
            except Exception as error:  # noqa: BLE001 - any that is left out would stop the stream for ever
                reason = reasons_of(error)[-1]
                if not may_pass(error):
                    tries += 1
                    if tries == _TRIES:
                        return f"{type(reason).__name__}: {reason}"
                    continue
            logger.warning(
                "The schema registry does not tell the schema of a message of %s; it is asked "
                "again in %d s: %s",
                message.topic,
                wait,
                reason,
            )
            self._stopping.wait(wait)
            wait = min(2 * wait, _LONGEST_WAIT)
        return None

    def _events_of(
        self, message: QueuedMessage, record: PgQueueConsumedRecord
    ) -> list[EventEnvelope]:
        try:
            # What decodes it runs here, and not where nobody would catch what it raises.
            told = list(self._records_to_envelopes(record))
            check_text(_texts(record.record))
        except MALFORMED as error:
            return [_envelope(message, other_than(message.topic, error))]
        if not told:
            # No event is made of it, so nobody acknowledges it.
            self._done[message.raw.handle.id] = message.raw.handle
        return [quickly_written(envelope) for envelope in told]


def _texts(record: Any) -> Iterator[bytes]:
    if isinstance(record, MetadataChangeLogClass):
        for held in (record.aspect, record.previousAspectValue, record.entityKeyAspect):
            if held is not None:
                yield held.value


def _envelope(message: QueuedMessage, reason: str) -> EventEnvelope:
    handle = message.raw.handle
    meta = {
        "pg_queue": {
            "topic": message.topic,
            "partition": handle.partition_id,
            "enqueue_seq": handle.enqueue_seq,
            "routing_key": message.raw.routing_key,
            "handle": handle.to_meta_dict(),
        }
    }
    return unreadable(place=message.place, reason=reason, content=message.raw.payload, meta=meta)
