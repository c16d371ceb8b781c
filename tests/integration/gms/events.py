"""The events that a write leads to: change logs, entity change events, relationship change events."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.integration.gms.changes import entity_changes
from tests.integration.gms.storage import Held, edges_of
from tests.integration.gms.urns import type_of

VERSIONED = "MetadataChangeLog_Versioned_v1"
TIMESERIES = "MetadataChangeLog_Timeseries_v1"
PLATFORM = "PlatformEvent_v1"
_ENTITY_CHANGE, _RELATIONSHIP_CHANGE = "entityChangeEvent", "relationshipChangeEvent"
_JSON = "application/json"
# Change types that the server makes entity change events of.
_TELLING = {"CREATE", "UPSERT", "DELETE"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One message.

    Attributes:
        topic: a topic of DataHub.
        key: the key of the message in Kafka.
        name: of a platform event; empty for a change log.
        body: as JSON says it; in a change log an aspect's `value` is text.
        text: what the events API tells in its place, where it is something broken.
    """

    topic: str
    key: str
    body: dict[str, Any]
    name: str = ""
    text: str | None = None

    @property
    def at(self) -> int:
        """When it was told, in milliseconds."""
        stamp: dict[str, int] = self.body["auditStamp" if self.name else "created"]
        return stamp["time"]

    @property
    def message(self) -> dict[str, Any]:
        """The message as its Avro schema has it, bytes as text."""
        if not self.name:
            return self.body
        payload = {"value": _text(self.body), "contentType": _JSON}
        return {"header": {"timestampMillis": self.at}, "name": self.name, "payload": payload}


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """An aspect before and after; None: it was, or is, not there."""

    urn: str
    aspect: str
    kind: str
    before: Held | None
    after: Held | None
    at: int
    actor: str
    timeseries: bool = False


def events_of(change: Change) -> Iterator[Event]:
    """The change log first, then what the server's hooks make of it."""
    yield _change_log(change)
    stamp = {"time": change.at, "actor": change.actor}
    before = change.before.value if change.before else None
    after = change.after.value if change.after else None
    if change.kind in _TELLING:
        for told in entity_changes(change.urn, change.aspect, before, after):
            body = {
                "entityType": type_of(change.urn),
                "entityUrn": change.urn,
                **told,
                "auditStamp": stamp,
                "version": 0,
            }
            yield _platform_event(_ENTITY_CHANGE, change.urn, body)
    if not change.timeseries:
        yield from _relationship_changes(change, before, after, stamp)


def _change_log(change: Change) -> Event:
    log: dict[str, Any] = {
        "entityType": type_of(change.urn),
        "entityUrn": change.urn,
        "changeType": change.kind,
        "aspectName": change.aspect,
        "created": {"time": change.at, "actor": change.actor},
    }
    for held, aspect, system in (
        (change.after, "aspect", "systemMetadata"),
        (change.before, "previousAspectValue", "previousSystemMetadata"),
    ):
        if held is not None:
            log[aspect] = {"value": _text(held.value), "contentType": _JSON}
            log[system] = held.system
    topic = TIMESERIES if change.timeseries else VERSIONED
    return Event(topic=topic, key=change.urn, body=log)


def _relationship_changes(
    change: Change, before: Any, after: Any, stamp: dict[str, Any]
) -> Iterator[Event]:
    was = edges_of(change.urn, change.aspect, before) if before else set()
    now = edges_of(change.urn, change.aspect, after) if after else set()
    for operation, edges in (("REMOVE", was - now), ("ADD", now - was)):
        for edge in sorted(edges):
            body = {
                "sourceUrn": edge.source,
                "destinationUrn": edge.target,
                "operation": operation,
                "relationshipType": edge.kind,
                "auditStamp": stamp,
            }
            yield _platform_event(_RELATIONSHIP_CHANGE, change.urn, body)


def _text(value: Any) -> str:
    # As the server writes it: letters beyond ASCII as they are.
    return json.dumps(value, ensure_ascii=False)


def _platform_event(name: str, urn: str, body: dict[str, Any]) -> Event:
    return Event(topic=PLATFORM, key=f"{name}-{urn}", body=body, name=name)


def arranged(events: Iterable[Event], *, duplicates: int, reorder: bool) -> list[Event]:
    """As a consumer may see them: between topics there is no order, and some come again."""
    told = [event for event in events for _ in range(1 + duplicates)]
    # Sorting is stable: inside each topic the order stays.
    return sorted(told, key=lambda event: event.topic != PLATFORM) if reorder else told
