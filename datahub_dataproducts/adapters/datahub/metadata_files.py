"""Metadata files -> the events GMS would send for them.

A record is a metadata change proposal, event or log as DataHub's `file` sink writes it, or an
event in the envelope that DataHub Actions writes, or a notice as the export of a store has it.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from avro.errors import AvroException
from datahub.emitter.aspect import JSON_CONTENT_TYPE, JSON_PATCH_CONTENT_TYPE
from datahub.emitter.mcp_builder import mcps_from_mce
from datahub.metadata.schema_classes import (
    AuditStampClass,
    ChangeTypeClass,
    GenericAspectClass,
    MetadataChangeEventClass,
    SystemMetadataClass,
)
from datahub_actions.event.event_envelope import EventEnvelope
from datahub_actions.event.event_registry import (
    ENTITY_CHANGE_EVENT_V1_TYPE,
    METADATA_CHANGE_LOG_EVENT_V1_TYPE,
    EntityChangeEvent,
    MetadataChangeLogEvent,
)

from datahub_dataproducts.adapters.datahub.json_records import MetadataFileError, read_records
from datahub_dataproducts.adapters.datahub.notice_records import is_notice, notice_event

_ENDINGS = (".json", ".json.gz", ".jsonl", ".jsonl.gz")
_CHANGE_TYPES = frozenset(
    value for name, value in vars(ChangeTypeClass).items() if name.isupper() and value == name
)
_SYSTEM_FIELDS = ("lastObserved", "runId", "lastRunId", "pipelineName", "properties", "version")


@dataclass(frozen=True, slots=True)
class Skipped:
    """A record that is no valid event: its file, its index (the first is 0), and why."""

    file: str
    index: int
    reason: str

    def __str__(self) -> str:
        """For the log."""
        return f"{self.file}: record {self.index} is skipped: {self.reason}"


class _NoEvent(ValueError):
    """Why a record is no event, continuing "record 3 is skipped: "."""


def find_files(path: str) -> tuple[Path, ...]:
    """The file itself, or the metadata files of a folder and those below it in order of names.

    Raises:
        MetadataFileError: there is no such file, or none in the folder.
    """
    root = Path(path).expanduser()
    if root.is_file():
        return (root,)
    if not root.is_dir():
        raise MetadataFileError(
            f"{path}: there is no such file or folder; correct `path` "
            f"(it is read from {Path.cwd()})"
        )
    files = [file for file in root.rglob("*") if file.name.endswith(_ENDINGS) and file.is_file()]
    if not files:
        raise MetadataFileError(
            f"{path}: no metadata file in this folder; put some there ({', '.join(_ENDINGS)})"
        )
    return tuple(sorted(files, key=lambda file: file.relative_to(root).parts))


def read_events(file: Path) -> Iterator[EventEnvelope | Skipped]:
    """The events of a file in order.

    Raises:
        MetadataFileError: the file cannot be read to its end; the events before were given.
    """
    for index, record in enumerate(read_records(file)):
        try:
            yield from _events(record)
        except _NoEvent as error:
            yield Skipped(str(file), index, str(error))


def _events(record: Any) -> tuple[EventEnvelope, ...]:
    if not isinstance(record, dict):
        raise _NoEvent("it is not an object")
    if "event_type" in record:
        return (_enveloped(record),)
    if is_notice(record):
        return (_noticed(record),)
    if record.get("proposedSnapshot") is not None:
        return _split(record)
    return (_envelope(_change_log(record)),)


def _envelope(event: MetadataChangeLogEvent) -> EventEnvelope:
    return EventEnvelope(METADATA_CHANGE_LOG_EVENT_V1_TYPE, event, {})


def _enveloped(record: dict[str, Any]) -> EventEnvelope:
    event, kind = record.get("event"), record["event_type"]
    if not isinstance(event, dict):
        raise _NoEvent("its envelope holds no event")
    if kind == METADATA_CHANGE_LOG_EVENT_V1_TYPE:
        return _envelope(_change_log(event))
    if kind == ENTITY_CHANGE_EVENT_V1_TYPE:
        # What is read from DataHub's documentation has no version; the server's always has.
        text = json.dumps({"version": 0, **event})
        return EventEnvelope(kind, _entity_change(text), {})
    raise _NoEvent(
        "its event_type is neither "
        f"{METADATA_CHANGE_LOG_EVENT_V1_TYPE} nor {ENTITY_CHANGE_EVENT_V1_TYPE}"
    )


def _noticed(record: dict[str, Any]) -> EventEnvelope:
    try:
        return notice_event(record)
    except ValueError as error:
        raise _NoEvent(f"it is no notice of an incident: {error}") from None


def _entity_change(text: str) -> EntityChangeEvent:
    try:
        return EntityChangeEvent.from_json(text)
    except (AvroException, ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        raise _NoEvent("it is no EntityChangeEvent") from None


def _split(record: dict[str, Any]) -> tuple[EventEnvelope, ...]:
    """The proposals of an old-style event (a snapshot of several aspects), as GMS splits it."""
    try:
        proposals = [
            proposal.make_mcp()
            for proposal in mcps_from_mce(MetadataChangeEventClass.from_obj(record))
        ]
    except (AvroException, ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        raise _NoEvent("it is no MetadataChangeEvent") from None
    return tuple(
        _envelope(
            MetadataChangeLogEvent(
                entityType=proposal.entityType,
                changeType=proposal.changeType,
                entityUrn=proposal.entityUrn,
                aspectName=proposal.aspectName,
                aspect=proposal.aspect,
                systemMetadata=_system_metadata(record.get("systemMetadata")),
            )
        )
        for proposal in proposals
    )


def _change_log(record: dict[str, Any]) -> MetadataChangeLogEvent:
    change = str(record.get("changeType"))
    if change not in _CHANGE_TYPES:
        raise _NoEvent(f"its changeType is none of {', '.join(sorted(_CHANGE_TYPES))}")
    content_type = JSON_PATCH_CONTENT_TYPE if change == ChangeTypeClass.PATCH else JSON_CONTENT_TYPE
    aspect = _generic(record.get("aspect"), content_type)
    if aspect is None and change != ChangeTypeClass.DELETE:
        raise _NoEvent("it has no aspect")
    return MetadataChangeLogEvent(
        entityType=_text(record, "entityType"),
        changeType=change,
        entityUrn=_text(record, "entityUrn"),
        aspectName=_text(record, "aspectName"),
        aspect=aspect,
        systemMetadata=_system_metadata(record.get("systemMetadata")),
        headers=record.get("headers"),
        previousAspectValue=_generic(record.get("previousAspectValue"), JSON_CONTENT_TYPE),
        created=_stamp(record.get("created")),
    )


def _text(record: dict[str, Any], field: str) -> str:
    value = record.get(field)
    if not isinstance(value, str) or not value:
        raise _NoEvent(f"it has no {field}")
    return value


def _generic(aspect: Any, content_type: str) -> GenericAspectClass | None:
    if aspect is None:
        return None
    if not isinstance(aspect, dict) or not ("json" in aspect or "value" in aspect):
        raise _NoEvent("its aspect has neither json nor value")
    if "json" in aspect:
        return GenericAspectClass(json.dumps(aspect["json"]).encode(), content_type)
    if not isinstance(aspect["value"], str):
        raise _NoEvent("the value of its aspect is not a text")
    return GenericAspectClass(aspect["value"].encode(), aspect.get("contentType") or content_type)


def _system_metadata(value: Any) -> SystemMetadataClass | None:
    if not isinstance(value, dict):
        return None
    known = {name: value[name] for name in _SYSTEM_FIELDS if name in value}
    return SystemMetadataClass(**known)


def _stamp(value: Any) -> AuditStampClass | None:
    if not isinstance(value, dict) or not isinstance(value.get("time"), int):
        return None
    return AuditStampClass(time=value["time"], actor=str(value.get("actor", "")))
