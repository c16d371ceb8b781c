"""The events API: offsets, where a reader begins, pages, and who is let in."""

import json
import threading
import time

import pytest
import requests
from datahub_actions.plugin.source.acryl.datahub_cloud_events_consumer import DataHubEventsConsumer

from datahub_dataproducts.adapters.clock import WallClock
from datahub_dataproducts.domain.durations import DAY
from tests.integration.gms.answers import Answer
from tests.integration.gms.events import PLATFORM, TIMESERIES, VERSIONED
from tests.integration.gms.runs import ASSERTION, DATASET, RUN
from tests.integration.gms.server import Gms
from tests.integration.gms.subject import Subject


def consumer(server: Subject, **settings: object) -> DataHubEventsConsumer:
    return DataHubEventsConsumer(server.graph, **{"lookback_days": 1, **settings})


def polled(reader: DataHubEventsConsumer, topic: str = PLATFORM, limit: int = 100) -> list[str]:
    return [e.value for e in reader.poll_events(topic, None, limit, 1).events]


def test_the_events_api_gives_what_came_since_the_offset(server: Subject) -> None:
    server.standin.put(ASSERTION, "assertionRunEvent", RUN)
    reader = consumer(server)
    [event] = polled(reader)
    message = json.loads(event)
    assert message["name"] == "entityChangeEvent"
    assert json.loads(message["payload"]["value"])["category"] == "RUN"
    assert polled(reader) == []
    # One that comes while the server is asked is waited for.
    later = threading.Timer(0.1, server.standin.put, (ASSERTION, "assertionRunEvent", RUN))
    later.start()
    assert len(polled(reader)) == 1
    later.join()


def test_a_page_holds_no_more_than_is_asked_for_and_the_next_one_goes_on(server: Subject) -> None:
    for number in range(5):
        server.standin.put(ASSERTION, "assertionRunEvent", {**RUN, "runId": f"r{number}"})
    reader = consumer(server)
    pages = [polled(reader, TIMESERIES, 2) for _ in range(3)]
    assert [len(page) for page in pages] == [2, 2, 1]
    aspects = [json.loads(event)["aspect"] for page in pages for event in page]
    texts = [aspect["com.linkedin.pegasus2avro.mxe.GenericAspect"]["value"] for aspect in aspects]
    assert [json.loads(text)["runId"] for text in texts] == [f"r{n}" for n in range(5)]


def test_an_answer_waits_until_the_page_is_full_or_the_time_is_over(server: Subject) -> None:
    server.standin.put(ASSERTION, "assertionRunEvent", RUN)
    begun = time.monotonic()
    assert len(polled(consumer(server))) == 1
    assert time.monotonic() - begun >= 1
    server.standin.switches.fills_pages = False
    begun = time.monotonic()
    assert len(polled(consumer(server))) == 1
    assert time.monotonic() - begun < 1


def test_without_an_offset_it_begins_at_the_end_or_some_days_ago() -> None:
    now = [WallClock().now()]
    with Gms(now=lambda: now[0]) as gms:
        server = Subject(gms.url, None, gms)
        with server.graph:
            gms.put(ASSERTION, "assertionRunEvent", RUN)
            now[0] += 2 * DAY
            gms.put(ASSERTION, "assertionRunEvent", RUN)
            assert polled(consumer(server, lookback_days=None)) == []
            assert len(polled(consumer(server, lookback_days=1))) == 1
            assert len(polled(consumer(server, lookback_days=7))) == 2


def test_bytes_are_told_as_one_character_each(server: Subject) -> None:
    # DataHub's own client takes the characters for the text.
    server.standin.put(
        DATASET, "datasetProperties", {"description": "Größe", "customProperties": {}}
    )
    [log] = [e for e in polled(consumer(server), VERSIONED) if "datasetProperties" in e]
    text = json.loads(log)["aspect"]["com.linkedin.pegasus2avro.mxe.GenericAspect"]["value"]
    assert json.loads(text)["description"].encode("latin-1").decode() == "Größe"


@pytest.mark.parametrize(
    ("topic", "offset", "status"),
    [("Other_v1", "", 400), (VERSIONED, "", 403), (PLATFORM, "no offset", 500)],
)
def test_a_topic_may_be_unknown_or_closed_and_an_offset_none(
    topic: str, offset: str, status: int, server: Subject
) -> None:
    server.standin.switches.closed_topics = frozenset({VERSIONED})
    asked = {"topic": topic, **({"offsetId": offset} if offset else {})}
    answer = requests.get(f"{server.standin.url}/openapi/v1/events/poll", asked, timeout=30)
    assert answer.status_code == status


def test_it_can_be_down_as_everything_else(server: Subject) -> None:
    server.standin.switches.answer(Answer(503), route="/events/poll")
    url = f"{server.standin.url}/openapi/v1/events/poll?topic={PLATFORM}"
    assert requests.get(url, timeout=30).status_code == 503
