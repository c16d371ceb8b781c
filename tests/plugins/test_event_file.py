"""The event source `metadata_file`, as DataHub Actions runs it."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from datahub.configuration.common import ConfigurationError
from datahub_actions.event.event_envelope import EventEnvelope
from datahub_actions.pipeline.pipeline_context import PipelineContext
from datahub_actions.source.event_source_registry import event_source_registry
from freezegun import freeze_time

from datahub_dataproducts.plugins.event_file import MetadataFileEventSource

NOON = 1_772_452_800_000  # 2026-03-02 12:00 UTC
MINUTE = 60_000


def run(at: int, name: str = "a") -> dict[str, Any]:
    value = {
        "timestampMillis": at,
        "runId": "r",
        "assertionUrn": f"urn:li:assertion:{name}",
        "asserteeUrn": "urn:li:dataset:d",
        "status": "COMPLETE",
        "result": {"type": "SUCCESS"},
    }
    return {
        "entityType": "assertion",
        "entityUrn": f"urn:li:assertion:{name}",
        "changeType": "UPSERT",
        "aspectName": "assertionRunEvent",
        "aspect": {"json": value},
    }


def write(file: Path, *records: Any) -> Path:
    file.write_text(json.dumps(records), encoding="utf-8")
    return file


def create(path: Path, **config: Any) -> MetadataFileEventSource:
    context = PipelineContext("test", None)
    return MetadataFileEventSource.create({"path": str(path), **config}, context)


def urns(events: list[EventEnvelope]) -> list[str]:
    return [event.event.entityUrn.rpartition(":")[2] for event in events]  # type: ignore[attr-defined]


def test_the_framework_finds_it_by_its_type() -> None:
    assert event_source_registry.get("metadata_file") is MetadataFileEventSource


def test_a_folder_is_given_file_by_file_and_then_the_source_ends(tmp_path: Path) -> None:
    write(tmp_path / "2.json", run(2, "c"))
    write(tmp_path / "1.json", run(9, "a"), run(1, "b"))
    source = create(tmp_path)
    events = list(source.events())
    assert urns(events) == ["a", "b", "c"]
    for event in events:
        source.ack(event, processed=True)
        source.ack(event, processed=False)
    source.close()
    source.close()


def test_the_event_clock_stands_at_each_event_before_it_is_given_and_never_goes_back(
    tmp_path: Path,
) -> None:
    source = create(write(tmp_path / "e.json", run(NOON), run(NOON - 5), run(NOON + 5)))
    clock = source.event_clock
    assert clock is not None
    assert clock.now() == 0
    assert [clock.now() for _ in source.events()] == [NOON, NOON, NOON + 5]


def test_an_event_from_the_future_moves_the_clock_at_most_five_minutes_ahead(
    tmp_path: Path,
) -> None:
    source = create(write(tmp_path / "e.json", run(NOON + 86_400_000)))
    with freeze_time("2026-03-02 12:00:00"):
        list(source.events())
    assert source.event_clock is not None
    assert source.event_clock.now() == NOON + 5 * MINUTE


def test_an_event_that_speaks_of_no_time_or_is_malformed_leaves_the_clock(tmp_path: Path) -> None:
    status = {**run(0), "aspectName": "status", "aspect": {"json": {"removed": False}}}
    broken = {**run(0), "aspect": {"json": {"timestampMillis": "soon"}}}
    source = create(write(tmp_path / "e.json", run(NOON), status, broken))
    assert len(list(source.events())) == 3
    assert source.event_clock is not None
    assert source.event_clock.now() == NOON


def test_with_the_wall_clock_there_is_no_event_clock(tmp_path: Path) -> None:
    assert create(write(tmp_path / "e.json", run(1)), clock="wall").event_clock is None


def test_a_record_that_is_no_event_is_skipped_with_one_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = write(tmp_path / "e.json", run(1, "a"), {"secret": "s3cret"}, run(2, "b"))
    source = create(file)
    with caplog.at_level(logging.WARNING):
        assert urns(list(source.events())) == ["a", "b"]
    assert source.skipped == 1
    [warning] = caplog.messages
    assert warning.startswith(f"{file}: record 1 is skipped: its changeType is none of")
    assert "s3cret" not in warning


def test_a_file_that_is_cut_off_ends_the_source_with_one_line_after_its_events(
    tmp_path: Path,
) -> None:
    file = tmp_path / "e.json"
    file.write_text(json.dumps([run(1, "a"), run(2, "b")])[:-20])
    events: list[EventEnvelope] = []
    with pytest.raises(ConfigurationError, match="it is cut off in record 1") as error:
        events.extend(create(file).events())
    assert urns(events) == ["a"]
    assert "\n" not in str(error.value)


def test_a_stop_ends_it_between_two_events(tmp_path: Path) -> None:
    source = create(write(tmp_path / "e.json", run(1, "a"), run(2, "b")))
    events = []
    for event in source.events():
        events.append(event)
        source.request_stop()
    assert urns(events) == ["a"]


def test_a_stop_before_the_start_is_kept(tmp_path: Path) -> None:
    source = create(write(tmp_path / "e.json", run(1, "a")))
    source.request_stop()
    assert list(source.events()) == []
