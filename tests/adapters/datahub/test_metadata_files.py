"""Metadata files in every form DataHub writes them become the events GMS would send."""

import json
from pathlib import Path
from typing import Any

import pytest
from datahub.emitter.mcp import MetadataChangeProposalWrapper
from datahub.ingestion.run.pipeline import Pipeline
from datahub.metadata.schema_classes import StatusClass
from datahub_actions.event.event_envelope import EventEnvelope

from datahub_dataproducts.adapters.datahub.json_records import MetadataFileError
from datahub_dataproducts.adapters.datahub.metadata_files import Skipped, find_files, read_events

URN = "urn:li:dataProduct:revenue"
STATUS = {
    "entityType": "dataProduct",
    "entityUrn": URN,
    "changeType": "UPSERT",
    "aspectName": "status",
    "aspect": {"json": {"removed": True}},
}


def read(folder: Path, *records: Any) -> list[EventEnvelope | Skipped]:
    file = folder / "records.json"
    file.write_text(json.dumps(records), encoding="utf-8")
    return list(read_events(file))


def only(folder: Path, record: Any) -> dict[str, Any]:
    [event] = read(folder, record)
    assert isinstance(event, EventEnvelope)
    assert event.event_type == "MetadataChangeLogEvent_v1"
    told: dict[str, Any] = json.loads(event.event.as_json())
    return told


def test_a_proposal_as_the_file_sink_writes_it_is_a_change(tmp_path: Path) -> None:
    observed = {"lastObserved": 7, "runId": "r", "unheardOf": 1}
    told = only(tmp_path, {**STATUS, "systemMetadata": observed})
    assert told["entityUrn"] == URN
    assert told["aspectName"] == "status"
    assert json.loads(told["aspect"]["value"]) == {"removed": True}
    assert told["aspect"]["contentType"] == "application/json"
    assert told["systemMetadata"] == {
        "lastObserved": 7,
        "runId": "r",
        "lastRunId": "no-run-id-provided",
    }


def test_a_proposal_whose_aspect_is_a_text_is_the_same_change(tmp_path: Path) -> None:
    text = {"value": '{"removed": true}', "contentType": "application/json"}
    assert only(tmp_path, {**STATUS, "aspect": text}) == only(tmp_path, STATUS)


def test_an_event_in_its_envelope_keeps_its_stamp(tmp_path: Path) -> None:
    stamp = {"time": 5, "actor": "urn:li:corpuser:datahub"}
    event = {**STATUS, "created": stamp, "headers": {"a": "b"}, "previousAspectValue": None}
    told = only(tmp_path, {"event_type": "MetadataChangeLogEvent_v1", "event": event, "meta": {}})
    assert told["created"] == stamp
    assert told["headers"] == {"a": "b"}


def test_an_entity_change_in_its_envelope_stays_one(tmp_path: Path) -> None:
    change = {
        "entityType": "assertion",
        "entityUrn": "urn:li:assertion:a",
        "category": "RUN",
        "operation": "COMPLETED",
        "parameters": {"runId": "1"},
        "auditStamp": {"time": 5, "actor": "urn:li:corpuser:datahub"},
    }
    [event] = read(tmp_path, {"event_type": "EntityChangeEvent_v1", "event": change})
    assert isinstance(event, EventEnvelope)
    assert event.event_type == "EntityChangeEvent_v1"
    assert event.event.safe_parameters == {"runId": "1"}  # type: ignore[attr-defined]


def test_a_patch_is_passed_on_as_one(tmp_path: Path) -> None:
    operations = [{"op": "add", "path": "/removed", "value": True}]
    told = only(tmp_path, {**STATUS, "changeType": "PATCH", "aspect": {"json": operations}})
    assert told["changeType"] == "PATCH"
    assert told["aspect"]["contentType"] == "application/json-patch+json"
    assert json.loads(told["aspect"]["value"]) == operations


def test_a_delete_needs_no_aspect(tmp_path: Path) -> None:
    told = only(tmp_path, {**STATUS, "changeType": "DELETE", "aspect": None})
    assert "aspect" not in told or told["aspect"] is None


def test_an_old_style_event_is_split_into_its_aspects(tmp_path: Path) -> None:
    dataset = "urn:li:dataset:(urn:li:dataPlatform:duckdb,shop.main.orders,PROD)"
    snapshot = {
        "urn": dataset,
        "aspects": [
            {"com.linkedin.pegasus2avro.common.Status": {"removed": False}},
            {
                "com.linkedin.pegasus2avro.dataset.DatasetProperties": {
                    "description": "Orders",
                    "tags": [],
                    "customProperties": {},
                }
            },
        ],
    }
    kind = "com.linkedin.pegasus2avro.metadata.snapshot.DatasetSnapshot"
    events = read(tmp_path, {"proposedSnapshot": {kind: snapshot}})
    told = [json.loads(e.event.as_json()) for e in events if isinstance(e, EventEnvelope)]
    assert [t["aspectName"] for t in told] == ["status", "datasetProperties"]
    assert {t["entityUrn"] for t in told} == {dataset}
    assert json.loads(told[1]["aspect"]["value"])["description"] == "Orders"


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (5, "it is not an object"),
        ({}, "its changeType is none of CREATE, CREATE_ENTITY, DELETE, PATCH"),
        ({**STATUS, "changeType": ["UPSERT"]}, "its changeType is none of"),
        ({**STATUS, "entityType": None}, "it has no entityType"),
        ({**STATUS, "entityUrn": 5}, "it has no entityUrn"),
        ({**STATUS, "aspectName": ""}, "it has no aspectName"),
        ({**STATUS, "aspect": None}, "it has no aspect"),
        ({**STATUS, "aspect": {}}, "its aspect has neither json nor value"),
        ({**STATUS, "aspect": "x"}, "its aspect has neither json nor value"),
        ({**STATUS, "aspect": {"value": {}}}, "the value of its aspect is not a text"),
        ({"event_type": "MetadataChangeLogEvent_v1"}, "its envelope holds no event"),
        ({"event_type": "Unheard", "event": {}}, "its event_type is neither"),
        ({"event_type": "EntityChangeEvent_v1", "event": {}}, "it is no EntityChangeEvent"),
        ({"proposedSnapshot": {"unheard.Of": {}}}, "it is no MetadataChangeEvent"),
        ({"proposedSnapshot": None}, "its changeType is none of"),
        ({"proposedSnapshot": []}, "it is no MetadataChangeEvent"),
    ],
)
def test_a_record_that_is_no_event_is_skipped_with_its_place_and_the_reason(
    tmp_path: Path, record: Any, reason: str
) -> None:
    before, skipped, after = read(tmp_path, STATUS, record, STATUS)
    assert isinstance(before, EventEnvelope)
    assert isinstance(after, EventEnvelope)
    assert isinstance(skipped, Skipped)
    assert (skipped.file, skipped.index) == (str(tmp_path / "records.json"), 1)
    assert skipped.reason.startswith(reason)
    assert str(skipped).startswith(f"{skipped.file}: record 1 is skipped: {reason}")


def test_what_the_real_file_sink_writes_is_read(tmp_path: Path) -> None:
    source, sink = tmp_path / "in.json", tmp_path / "out.json"
    proposal = MetadataChangeProposalWrapper(entityUrn=URN, aspect=StatusClass(removed=True))
    source.write_text(json.dumps([proposal.to_obj()]))
    Pipeline.create({
        "source": {"type": "file", "config": {"path": str(source)}},
        "sink": {"type": "file", "config": {"filename": str(sink)}},
    }).run()
    events = list(read_events(sink))
    assert {event.event.aspectName for event in events if isinstance(event, EventEnvelope)} >= {  # type: ignore[attr-defined]
        "status"
    }
    assert not [event for event in events if isinstance(event, Skipped)]


def test_a_folder_is_read_in_order_of_names_with_what_is_below_it(tmp_path: Path) -> None:
    names = ["b.json", "a/2.json.gz", "a/1.json", "c.jsonl", "ab.json", "notes.md", "d.json/e.txt"]
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = [file.relative_to(tmp_path).as_posix() for file in find_files(str(tmp_path))]
    assert found == ["a/1.json", "a/2.json.gz", "ab.json", "b.json", "c.jsonl"]


def test_a_file_is_taken_whatever_its_name_is(tmp_path: Path) -> None:
    file = tmp_path / "failed_events.log"
    file.touch()
    assert find_files(str(file)) == (file,)


def test_a_path_with_nothing_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(MetadataFileError, match=r"gone\.json: there is no such file or folder"):
        find_files(str(tmp_path / "gone.json"))
    with pytest.raises(MetadataFileError, match="no metadata file in this folder"):
        find_files(str(tmp_path))
