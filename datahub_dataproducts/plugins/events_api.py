"""DataHub event source `data_product_events_api`: DataHub's own `datahub-cloud`, without what it loses.

DataHub's source keeps its offset only when it is closed: one that is killed begins anew, and the
first time at the end of the stream, so that what came in between is lost. An event that it cannot
read, and a server that is gone for long, end the process as if all were well, and a start meets the
same event again; while it waits it says nothing and hears no stop. Letters beyond ASCII arrive as
others. Here an offset is kept as soon as what is before it is in the store, what nobody can read
becomes an event of its own, and a topic that is not given is asked for again without end.
"""

import json
import logging
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from datahub.configuration import ConfigModel
from datahub.configuration.common import ConfigurationError
from datahub.ingestion.graph.client import DataHubGraph
from datahub_actions.event.event_envelope import EventEnvelope
from datahub_actions.pipeline.pipeline_context import PipelineContext
from datahub_actions.plugin.source.acryl.constants import (
    METADATA_CHANGE_LOG_TIMESERIES_TOPIC_NAME,
    METADATA_CHANGE_LOG_VERSIONED_TOPIC_NAME,
    PLATFORM_EVENT_TOPIC_NAME,
)
from datahub_actions.plugin.source.acryl.datahub_cloud_event_source import DataHubEventSource
from datahub_actions.plugin.source.acryl.datahub_cloud_events_consumer import ExternalEvent
from datahub_actions.source.event_source import EventSource
from pydantic import Field

from datahub_dataproducts.adapters.clock import WallClock
from datahub_dataproducts.adapters.datahub.events_api import EventsTopic, Page, record_of
from datahub_dataproducts.adapters.datahub.unreadable import MALFORMED, other_than, unreadable
from datahub_dataproducts.application.ports import Clock
from datahub_dataproducts.domain.durations import SECOND, wait_is_over
from datahub_dataproducts.domain.receipts import Refused, Retry
from datahub_dataproducts.plugins.starting import config_as, told_in_a_line

logger = logging.getLogger(__name__)

_WHO = "event source data_product_events_api"
_TOPICS = (
    PLATFORM_EVENT_TOPIC_NAME,
    METADATA_CHANGE_LOG_VERSIONED_TOPIC_NAME,
    METADATA_CHANGE_LOG_TIMESERIES_TOPIC_NAME,
)
# Milliseconds.
_FIRST_WAIT = SECOND
_LONGEST_WAIT = 60 * SECOND
# Seconds. The server holds a request itself; this is for one that does not.
_PAUSE = 0.5
# The aspect in which DataHub keeps the offsets of all readers.
_OFFSETS = ("platformResourceInfo", '"eventConsumerState"')


class EventsApiConfig(ConfigModel):
    """What can be set.

    Attributes:
        topics: those that are read; the server may refuse some of them to the token.
        lookback_days: where a new reader begins; 0: with what comes from now on.
        reset_offsets: begin as a new reader does, at each start.
        limit: the most events of one page.
        poll_timeout_seconds: how long the server waits for a page to be full. The topics are asked
            one after the other, so an event may be as late as that for each of them.
        keep_offset_every_seconds: how often an offset is kept at most; what came after it comes
            again to one that was killed.
    """

    topics: list[str] = Field(default=list(_TOPICS), min_length=1)
    lookback_days: int = Field(default=7, ge=0)
    reset_offsets: bool = False
    limit: int = Field(default=500, ge=1, le=5_000)
    poll_timeout_seconds: int = Field(default=2, ge=1, le=60)
    keep_offset_every_seconds: int = Field(default=10, ge=0)


@dataclass(slots=True)
class _Reading:
    """How a topic is getting on; instants and durations are milliseconds."""

    topic: EventsTopic
    # Something came since the offset was kept that was not only an offset that was kept.
    is_worth_keeping: bool = False
    kept_at: int = 0
    asked_at: int = 0
    # Nothing is asked for so long; the next time it is for longer.
    pause: int = 0
    next_pause: int = _FIRST_WAIT


class DataProductEventsApiSource(EventSource):
    """See the module; `create` is what DataHub Actions calls."""

    def __init__(
        self, config: EventsApiConfig, graph: DataHubGraph, name: str, clock: Clock
    ) -> None:
        """`name` is that of the pipeline: its offsets are kept by it."""
        self.running = False
        self._config = config
        self._clock = clock
        self._stopping = threading.Event()
        self._is_refused = False
        self._readings = [
            _Reading(
                EventsTopic(
                    graph,
                    topic,
                    reader=_reader(name, topic, config.topics),
                    lookback_days=config.lookback_days,
                    afresh=config.reset_offsets,
                )
            )
            for topic in config.topics
        ]

    @classmethod
    def create(cls, config_dict: dict[str, Any], ctx: PipelineContext) -> "EventSource":
        """Build the source from a recipe; nothing is asked yet, what is wrong is told in a line."""
        with told_in_a_line("The event source"):
            config = config_as(EventsApiConfig, config_dict, _WHO)
            if ctx.graph is None:
                raise ConfigurationError(
                    f"{_WHO}: the events API is that of a server: give the recipe a `datahub` block"
                )
            return cls(config, ctx.graph.graph, ctx.pipeline_name, WallClock())

    def request_stop(self) -> None:
        """Leave off, also from waiting."""
        super().request_stop()
        self._stopping.set()

    def events(self) -> Iterable[EventEnvelope]:
        """Events of all topics, until it is stopped."""
        while not self.stop_requested():
            heard = False
            for reading in self._readings:
                page = self._page(reading)
                if page is not None:
                    heard = heard or bool(page.events)
                    yield from self._events_of(reading, page)
            if not heard:
                self._stopping.wait(_PAUSE)

    def ack(  # the signature is the framework's
        self,
        event: EventEnvelope,  # noqa: ARG002
        processed: bool = True,  # noqa: FBT001, FBT002
    ) -> None:
        """Whoever is given the next event has done with this one, unless it says so."""
        self._is_refused = self._is_refused or not processed

    def close(self) -> None:
        """Keep the offsets."""
        for reading in self._readings:
            if reading.is_worth_keeping:
                reading.topic.keep()

    def _page(self, reading: _Reading) -> Page | None:
        """The next page; None where it is not to be had, or not yet asked for again."""
        if self.stop_requested():
            return None
        if not wait_is_over(reading.pause, reading.asked_at, self._clock.now()):
            return None
        config = self._config
        page = reading.topic.page(limit=config.limit, seconds=config.poll_timeout_seconds)
        if isinstance(page, Page):
            reading.pause, reading.next_pause = 0, _FIRST_WAIT
            return page
        self._put_off(reading, page)
        return None

    def _put_off(self, reading: _Reading, problem: Retry | Refused) -> None:
        asked = problem.after if isinstance(problem, Retry) else None
        wait = max(reading.next_pause, asked or 0)
        logger.warning(
            "The events API does not give %s; it is asked again in %d s: %s",
            reading.topic.name,
            wait / SECOND,
            problem.reason,
        )
        reading.asked_at, reading.pause = self._clock.now(), wait
        reading.next_pause = min(2 * reading.next_pause, _LONGEST_WAIT)

    def _events_of(self, reading: _Reading, page: Page) -> Iterator[EventEnvelope]:
        """The events of a page, which is passed when all of them are in the store."""
        self._is_refused = False
        for event in page.events:
            if self.stop_requested():
                return
            yield from _told(reading.topic, event)
            reading.is_worth_keeping = reading.is_worth_keeping or not _is_of_offsets(event)
        if self._is_refused:
            # The same page comes again.
            reading.asked_at, reading.pause = self._clock.now(), _FIRST_WAIT
            return
        reading.topic.offset = page.offset
        self._keep(reading)

    def _keep(self, reading: _Reading) -> None:
        """Keeping an offset is a change that is told, too: alone it is no reason to keep another."""
        wait = self._config.keep_offset_every_seconds * SECOND
        if not wait_is_over(wait, reading.kept_at, self._clock.now()):
            return
        if reading.is_worth_keeping or not reading.topic.has_begun:
            reading.topic.keep()
            reading.kept_at = self._clock.now()
            reading.is_worth_keeping = not reading.topic.is_kept


def _reader(name: str, topic: str, topics: list[str]) -> str:
    """By these names DataHub's own source keeps its offsets."""
    urn = name if name.startswith("urn:li:dataHubAction:") else f"urn:li:dataHubAction:{name}"
    return urn if topics == [PLATFORM_EVENT_TOPIC_NAME] else f"{urn}-{topic}"


def _is_of_offsets(event: str) -> bool:
    return all(word in event.replace("\\", "") for word in _OFFSETS)


def _told(topic: EventsTopic, event: str) -> list[EventEnvelope]:
    """What an event is to the action, or that it cannot be read."""
    meta = {"events_api": {"topic": topic.name, "page": topic.offset}}
    try:
        message = ExternalEvent(contentType="application/json", value=json.dumps(record_of(event)))
        read = (
            DataHubEventSource.handle_pe
            if topic.name == PLATFORM_EVENT_TOPIC_NAME
            else DataHubEventSource.handle_mcl
        )
        # What decodes it runs here, and not where nobody would catch what it raises.
        return [EventEnvelope(e.event_type, e.event, meta) for e in read(message)]
    except MALFORMED as error:
        place = f"{topic.name}, in the page at {topic.offset or 'the beginning'}"
        reason = other_than(topic.name, error)
        return [unreadable(place=place, reason=reason, content=event.encode(), meta=meta)]
