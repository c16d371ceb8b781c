"""What the tests need to know of a way by which events come."""

import io
import json
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import fastavro

from tests.integration.gms.events import PLATFORM, TIMESERIES, VERSIONED
from tests.integration.gms.kafka import avro_schema
from tests.integration.gms.server import Gms
from tests.integration.gms.sinks import EventSink

ACTIONS = Path(__file__).parents[3] / "recipes/actions"

Poison = tuple[str, Any, str]
"""Topic, what is put there, and what is told of it when it is set aside."""


class Source(Protocol):
    """One way.

    Attributes:
        recipe: as it is shipped.
        group: who listens.
        sinks: where the server puts its events.
        drops_before_decoding: what is not heard of is dropped before it is decoded.
        is_the_server: where the server is down, events are.
        acknowledges_at_once: and not every ten seconds.
    """

    recipe: Path
    group: str
    sinks: Sequence[EventSink]
    drops_before_decoding: bool
    is_the_server: bool
    acknowledges_at_once: bool

    def settings(self, gms: Gms) -> Mapping[str, str]:
        """The environment of the recipe."""

    def name_of(self, topic: str) -> str:
        """What a topic is called there."""

    def poisons(self) -> list[Poison]:
        """What nobody can read."""

    def poison(self, gms: Gms, topic: str, value: Any, key: str) -> None:
        """Put something there that is no event."""

    def acknowledged(self, gms: Gms) -> int:
        """How many messages the group has acknowledged, over all topics."""

    def has_listeners(self, gms: Gms, log: str) -> bool:
        """Whether a worker, whose log this is, has begun to listen."""


def encoded(id_: int, name: str, value: Any) -> bytes:
    stream = io.BytesIO()
    stream.write(b"\0" + struct.pack(">I", id_))
    fastavro.schemaless_writer(stream, avro_schema(name), value)
    return stream.getvalue()


def as_text(name: str, value: Any) -> str:
    stream = io.StringIO()
    fastavro.json_writer(stream, avro_schema(name), [value], write_union_type=True)
    return stream.getvalue()


def platform_event() -> dict[str, Any]:
    """A valid one, which is no change log."""
    payload = {"value": b"{}", "contentType": "application/json"}
    return {"header": {"timestampMillis": 1}, "name": "entityChangeEvent", "payload": payload}


def change_log(aspect: str, value: bytes, entity: str = "assertion") -> dict[str, Any]:
    """A change log with an aspect of these bytes."""
    return {
        "entityType": entity,
        "entityUrn": f"urn:li:{entity}:poisoned",
        "changeType": "UPSERT",
        "aspectName": aspect,
        "aspect": {"value": value, "contentType": "application/json"},
    }


def avro_poisons() -> list[Poison]:
    """Bytes that are no message of their topic."""
    log = "MetadataChangeLog"
    return [
        (TIMESERIES, b"no avro at all", "cannot be read"),
        (VERSIONED, b"", "cannot be read"),
        (TIMESERIES, b"\0" + struct.pack(">I", 99) + b"x", "cannot be read"),
        (VERSIONED, encoded(2, "PlatformEvent", platform_event()), "cannot be read"),
        (PLATFORM, encoded(1, log, change_log("status", b"{}")), "it is not what"),
        (TIMESERIES, encoded(1, log, change_log("assertionRunEvent", b"{")), "is malformed"),
        (TIMESERIES, encoded(1, log, change_log("assertionRunEvent", b"\xff")), "it is not what"),
    ]


def text_poisons() -> list[Poison]:
    """The same for the events API."""
    log = "MetadataChangeLog"
    return [
        (TIMESERIES, "no json at all", "it is not what"),
        (VERSIONED, "", "it is not what"),
        (TIMESERIES, "[1]", "it is not what"),
        (VERSIONED, as_text("PlatformEvent", platform_event()), "it is not what"),
        (PLATFORM, as_text(log, change_log("status", b"{}")), "it is not what"),
        (TIMESERIES, as_text(log, change_log("assertionRunEvent", b"{")), "is malformed"),
        (TIMESERIES, as_text(log, change_log("assertionRunEvent", b"\xff")), "is malformed"),
        (PLATFORM, json.dumps({**_text_event(), "payload": None}), "it is not what"),
    ]


def _text_event() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(as_text("PlatformEvent", platform_event()))
    return found
