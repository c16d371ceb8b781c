"""The event source `data_product_events_api`: pages, offsets and what is asked again."""

from collections.abc import Iterator
from typing import Any

import pytest
from datahub.ingestion.graph.client import DatahubClientConfig, DataHubGraph
from datahub_actions.api.action_graph import AcrylDataHubGraph
from datahub_actions.event.event_envelope import EventEnvelope
from datahub_actions.pipeline.pipeline_context import PipelineContext
from datahub_actions.plugin.source.acryl.datahub_cloud_event_source import DataHubEventSource
from datahub_actions.source.event_source_registry import event_source_registry

from datahub_dataproducts.adapters.datahub.unreadable import UNREADABLE_TYPE
from datahub_dataproducts.domain.durations import SECOND
from datahub_dataproducts.plugins.events_api import DataProductEventsApiSource, EventsApiConfig
from tests.integration.gms.answers import Answer
from tests.integration.gms.events import PLATFORM, TIMESERIES, VERSIONED, Event
from tests.integration.gms.server import Gms

DATASET = "urn:li:dataset:(urn:li:dataPlatform:duckdb,db.main.fct,PROD)"
RUN = {
    "timestampMillis": 1_772_524_800_000,
    "runId": "r1",
    "assertionUrn": "urn:li:assertion:a",
    "asserteeUrn": DATASET,
    "status": "COMPLETE",
    "result": {"type": "FAILURE"},
}


class Clock:
    """Says what it is told to say."""

    def __init__(self) -> None:
        self.at = 1_000 * SECOND

    def now(self) -> int:
        return self.at


class Hurry(Clock):
    """A minute passes with each look."""

    def now(self) -> int:
        self.at += 60 * SECOND
        return self.at


@pytest.fixture
def gms() -> Iterator[Gms]:
    with Gms() as server:
        server.switches.fills_pages = False
        yield server


def source_of(gms: Gms, clock: Clock | None = None, **config: Any) -> DataProductEventsApiSource:
    graph = DataHubGraph(DatahubClientConfig(server=gms.url, retry_max_times=1))
    settings = EventsApiConfig(poll_timeout_seconds=1, **config)
    return DataProductEventsApiSource(settings, graph, "test", clock or Clock())


def tell(gms: Gms, *runs: str) -> None:
    for run in runs:
        gms.put("urn:li:assertion:a", "assertionRunEvent", {**RUN, "runId": run})


def taken(source: DataProductEventsApiSource, count: int, *, done: bool = True) -> list[Any]:
    """The next events, each acknowledged; then it is stopped."""
    found: list[EventEnvelope] = []
    for envelope in source.events():
        found.append(envelope)
        source.ack(envelope, processed=done)
        if len(found) == count:
            source.request_stop()
    return [e.event if e.event_type == UNREADABLE_TYPE else e.event.as_json() for e in found]


def test_the_framework_finds_it_by_its_type_and_nothing_is_asked_before_it_runs(gms: Gms) -> None:
    kind = event_source_registry.get("data_product_events_api")
    assert kind is DataProductEventsApiSource
    graph = AcrylDataHubGraph(DataHubGraph(DatahubClientConfig(server=gms.url)))
    kind.create({}, PipelineContext("test", graph)).close()
    assert not any("/events/poll" in asked for asked in gms.asked)


@pytest.mark.parametrize(
    ("topic", "held"),
    [(PLATFORM, '"COMPLETED"'), (VERSIONED, "assertionKey"), (TIMESERIES, "assertionRunEvent")],
)
def test_events_of_every_topic_are_given(topic: str, held: str, gms: Gms) -> None:
    tell(gms, "r1")
    (given,) = taken(source_of(gms, topics=[topic]), 1)
    assert held in given


@pytest.mark.parametrize(
    ("text", "fault"), [("{", "JSONDecodeError"), ("[" * 100_000, "RecursionError")]
)
def test_what_nobody_can_read_is_told_and_the_rest_of_the_page_is_given(
    text: str, fault: str, gms: Gms
) -> None:
    body = {"created": {"time": 2**62}}
    gms.events.append(Event(topic=TIMESERIES, key="k", body=body, text=text))
    tell(gms, "r1")
    broken, run = taken(source_of(gms, topics=[TIMESERIES]), 2)
    assert broken.reason == (
        f"the message at {TIMESERIES}, in the page at the beginning cannot be read: it is not "
        f"what {TIMESERIES} holds ({fault})"
    )
    assert "r1" in run


def test_datahubs_own_source_goes_on_where_this_one_was(gms: Gms) -> None:
    tell(gms, "r1", "r2")
    source = source_of(gms, topics=[PLATFORM])
    taken(source, 2)
    source.close()
    again = source_of(gms, topics=[PLATFORM])
    tell(gms, "r3")
    (given,) = taken(again, 1)
    assert "r3" in given
    graph = AcrylDataHubGraph(DataHubGraph(DatahubClientConfig(server=gms.url)))
    theirs = DataHubEventSource.create({}, PipelineContext("test", graph))
    assert isinstance(theirs, DataHubEventSource)
    assert theirs.topic_consumers[PLATFORM].consumer_id == "urn:li:dataHubAction:test"


def test_a_page_that_was_not_done_with_comes_again(gms: Gms) -> None:
    tell(gms, "r1", "r2")
    source = source_of(gms, Hurry(), topics=[TIMESERIES])
    given: list[str] = []
    for envelope in source.events():
        given.append(str(envelope.event.as_json()))
        source.ack(envelope, processed=len(given) != 1)
        if len(given) == 4:
            source.request_stop()
    assert [("r1" in one, "r2" in one) for one in given] == [(True, False), (False, True)] * 2


def test_a_topic_that_is_not_given_keeps_no_other_waiting(
    gms: Gms, caplog: pytest.LogCaptureFixture
) -> None:
    gms.switches.closed_topics = frozenset({PLATFORM, VERSIONED})
    tell(gms, "r1", "r2")
    assert len(taken(source_of(gms), 2)) == 2
    told = [r.getMessage() for r in caplog.records if "does not give" in r.getMessage()]
    # The clock stands still, so that each is asked for only once.
    assert [line.split(";")[0] for line in told] == [
        f"The events API does not give {topic}" for topic in (PLATFORM, VERSIONED)
    ]
    assert "asked again in 1 s: DataHub answers 403" in told[0]


def test_the_wait_doubles_up_to_a_minute(gms: Gms, caplog: pytest.LogCaptureFixture) -> None:
    gms.switches.answer(Answer(404), route="/events/poll", times=8)
    tell(gms, "r1")
    taken(source_of(gms, Hurry(), topics=[TIMESERIES]), 1)
    told = [r.getMessage() for r in caplog.records if "does not give" in r.getMessage()]
    waits = [line.split("again in ")[1].split(" s:")[0] for line in told]
    assert waits == ["1", "2", "4", "8", "16", "32", "60", "60"]


def test_an_offset_is_kept_first_then_every_ten_seconds_and_at_the_end(gms: Gms) -> None:
    clock = Clock()
    source = source_of(gms, clock, topics=[TIMESERIES], limit=1)

    def kept() -> int:
        return sum(aspect == "platformResourceInfo" for _, aspect in gms.written)

    tell(gms, *"abcd")
    counts = []
    for envelope in source.events():
        source.ack(envelope)
        counts.append(kept())
        if len(counts) == 3:
            clock.at += 10 * SECOND
        if len(counts) == 4:
            source.request_stop()
    assert counts == [0, 1, 1, 2]
    source.close()
    assert kept() == 3
