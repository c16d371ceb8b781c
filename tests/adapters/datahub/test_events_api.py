"""What the events API gives, as text, and how its offsets are kept."""

import json
from typing import Any

import pytest
from datahub.ingestion.graph.client import DatahubClientConfig, DataHubGraph
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.adapters.datahub.events_api import EventsTopic, Page, record_of
from datahub_dataproducts.domain.receipts import Retry
from tests.integration.gms.answers import Answer
from tests.integration.gms.events import TIMESERIES, VERSIONED
from tests.integration.gms.server import Gms
from tests.integration.sources.source import as_text, change_log

DATASET = "urn:li:dataset:(urn:li:dataPlatform:duckdb,db.main.fct,PROD)"
ASPECT = "com.linkedin.pegasus2avro.mxe.GenericAspect"


def topic(gms: Gms, *, afresh: bool = False, name: str = VERSIONED) -> EventsTopic:
    graph = DataHubGraph(DatahubClientConfig(server=gms.url, retry_max_times=1))
    reader = "urn:li:dataHubAction:test"
    return EventsTopic(graph, name, reader=reader, lookback_days=1, afresh=afresh)


def events_in(page: Any) -> tuple[str, ...]:
    assert isinstance(page, Page), page
    return page.events


@given(st.dictionaries(st.text(), st.text()))
def test_texts_are_read_as_they_were_written(value: dict[str, str]) -> None:
    written = json.dumps(value, ensure_ascii=False)
    if any(0xD800 <= ord(letter) <= 0xDFFF for letter in written):
        return
    record = record_of(as_text("MetadataChangeLog", change_log("status", written.encode())))
    assert json.loads(record["aspect"][ASPECT]["value"]) == value


def test_what_is_text_already_stays() -> None:
    event = json.dumps({"aspect": {"value": "Größe ✓"}, "payload": {"value": "Größe"}})
    assert record_of(event) == json.loads(event)


@pytest.mark.parametrize("event", ["", "nonsense", "[1]", "null", '{"aspect"'])
def test_what_is_no_record_is_refused(event: str) -> None:
    with pytest.raises(ValueError, match=r"no record|Expecting"):
        record_of(event)


def test_who_comes_back_goes_on_where_the_offset_was_kept() -> None:
    with Gms() as gms:
        gms.put(DATASET, "status", {"removed": False})
        first = topic(gms)
        page = first.page(limit=10, seconds=1)
        assert events_in(page)
        assert (first.offset, first.has_begun, first.is_kept) == (None, False, True)
        assert isinstance(page, Page)
        first.offset = page.offset
        assert not first.is_kept
        first.keep()
        assert first.has_begun
        assert first.is_kept
        gms.put(DATASET, "status", {"removed": True})
        later = events_in(topic(gms).page(limit=10, seconds=1))
        assert len(later) == len([e for e in gms.events if e.topic == VERSIONED]) - len(page.events)
        anew = events_in(topic(gms, afresh=True).page(limit=10, seconds=1))
        assert len(anew) == len(page.events) + len(later)


def test_an_offset_that_cannot_be_kept_is_told_and_kept_later(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with Gms() as gms:
        reading = topic(gms, name=TIMESERIES)
        page = reading.page(limit=10, seconds=1)
        assert isinstance(page, Page)
        reading.offset = page.offset
        gms.switches.answer(Answer(403), route="ingestProposal")
        reading.keep()
        assert not reading.is_kept
        assert f"How far {TIMESERIES} was heard is kept later: DataHub answers 403" in caplog.text
        reading.keep()
        assert reading.is_kept


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(200, body="<html>"), "DataHub does not answer as it should"),
        (Answer(200, body='{"count": 0}'), "DataHub does not answer as it should"),
        (Answer(401), "DataHub answers 401"),
        (Answer(429, headers={"Retry-After": "0"}), "DataHub"),
    ],
)
def test_an_answer_that_is_none_is_a_reason_to_ask_again(answer: Answer, reason: str) -> None:
    with Gms() as gms:
        gms.switches.answer(answer, route="/events/poll", times=10)
        asked = topic(gms).page(limit=1, seconds=1)
    assert isinstance(asked, Retry)
    assert asked.reason.startswith(reason)
