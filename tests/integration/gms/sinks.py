"""Where the server's events go."""

import json
from pathlib import Path
from typing import Protocol

from tests.integration.gms.events import PLATFORM, Event

_ENVELOPES = {"entityChangeEvent": "EntityChangeEvent_v1"}


class EventSink(Protocol):
    def take(self, event: Event) -> None: ...


class MemorySink:
    """All events, in the order in which they were told."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def take(self, event: Event) -> None:
        self.events.append(event)

    def of(self, topic: str, urn: str = "") -> list[Event]:
        return [e for e in self.events if e.topic == topic and urn in e.key]


class FileSink:
    """A file of events, one JSON a line, as the event source `metadata_file` reads them.

    Relationship changes are left out: files of events have none.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._file.touch()

    def take(self, event: Event) -> None:
        if event.topic == PLATFORM and event.name not in _ENVELOPES:
            return
        kind = _ENVELOPES.get(event.name, "MetadataChangeLogEvent_v1")
        with self._file.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps({"event_type": kind, "event": event.body}) + "\n")
