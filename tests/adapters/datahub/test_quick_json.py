"""Events that are quickly written as JSON: the same as DataHub writes them."""

import json
from typing import Any

from datahub.metadata.schema_classes import (
    AuditStampClass,
    ChangeTypeClass,
    GenericAspectClass,
    MetadataChangeLogClass,
    SystemMetadataClass,
)
from datahub_actions.event.event import Event
from datahub_actions.event.event_envelope import EventEnvelope
from datahub_actions.event.event_registry import (
    ENTITY_CHANGE_EVENT_V1_TYPE,
    METADATA_CHANGE_LOG_EVENT_V1_TYPE,
    EntityChangeEvent,
    MetadataChangeLogEvent,
)
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.adapters.datahub.quick_json import quickly_written
from datahub_dataproducts.adapters.datahub.unreadable import UNREADABLE_TYPE, unreadable

TEXTS = st.text(max_size=8)
ASPECTS = st.none() | st.builds(
    GenericAspectClass, value=TEXTS.map(str.encode), contentType=st.just("application/json")
)
STAMPS = st.none() | st.builds(AuditStampClass, time=st.integers(0, 9), actor=TEXTS)
METADATA = st.none() | st.builds(
    SystemMetadataClass,
    lastObserved=st.none() | st.integers(0, 9),
    runId=st.none() | TEXTS,
    properties=st.none() | st.dictionaries(TEXTS, TEXTS, max_size=2),
    aspectCreated=STAMPS,
)
CHANGE_LOGS = st.builds(
    MetadataChangeLogClass,
    entityType=TEXTS,
    changeType=st.just(ChangeTypeClass.UPSERT),
    entityUrn=st.none() | TEXTS,
    aspectName=st.none() | TEXTS,
    aspect=ASPECTS,
    previousAspectValue=ASPECTS,
    systemMetadata=METADATA,
    headers=st.none() | st.dictionaries(TEXTS, TEXTS, max_size=2),
    created=STAMPS,
).map(MetadataChangeLogEvent.from_class)
PARAMETERS = st.none() | st.dictionaries(TEXTS, TEXTS | st.lists(TEXTS, max_size=2), max_size=2)


def written(type_: str, event: Event) -> tuple[EventEnvelope, Any, Any]:
    """What it becomes, and how both are written."""
    quick = quickly_written(EventEnvelope(type_, event, {"kafka": {}}))
    return quick, json.loads(quick.event.as_json()), json.loads(event.as_json())


@given(CHANGE_LOGS)
def test_a_change_log_is_written_as_datahub_writes_it(event: MetadataChangeLogEvent) -> None:
    quick, ours, theirs = written(METADATA_CHANGE_LOG_EVENT_V1_TYPE, event)
    assert ours == theirs
    assert isinstance(quick.event, MetadataChangeLogEvent)
    assert quick.event.aspect == event.aspect
    assert (quick.event_type, quick.meta) == (METADATA_CHANGE_LOG_EVENT_V1_TYPE, {"kafka": {}})


@given(PARAMETERS, st.none() | TEXTS)
def test_an_entity_change_is_written_as_datahub_writes_it(
    parameters: dict[str, Any] | None, modifier: str | None
) -> None:
    given_ = {
        "entityType": "assertion",
        "entityUrn": "urn:li:assertion:a",
        "category": "RUN",
        "operation": "COMPLETED",
        "modifier": modifier,
        "parameters": parameters,
        "auditStamp": {"time": 1, "actor": "urn:li:corpuser:datahub"},
        "version": 0,
    }
    event = EntityChangeEvent.from_json(json.dumps(given_))
    quick, ours, theirs = written(ENTITY_CHANGE_EVENT_V1_TYPE, event)
    assert ours == theirs
    assert isinstance(quick.event, EntityChangeEvent)
    assert quick.event.safe_parameters == (parameters or {})


def test_what_is_neither_stays_what_it_is() -> None:
    envelope = unreadable(place="topic", reason="malformed", content=b"x", meta={})
    assert envelope.event_type == UNREADABLE_TYPE
    assert quickly_written(envelope) is envelope
