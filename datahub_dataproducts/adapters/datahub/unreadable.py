"""A message of the stream that nobody can read, as an event: so that it is kept, and not just logged."""

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from avro.errors import AvroException
from datahub_actions.event.event import Event
from datahub_actions.event.event_envelope import EventEnvelope
from typing_extensions import Self

UNREADABLE_TYPE = "UnreadableMessage_v1"

MALFORMED = (
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    AssertionError,
    RecursionError,
    AvroException,
)
"""What decoding raises where a record has not the fields of its schema, or its JSON is none."""

_MOST_BYTES = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class UnreadableMessage(Event):
    """It has a place in the stream, and is not what its topic says.

    Attributes:
        reason: why it cannot be read; never its content.
        content: its bytes in base64, the first of them where it is long.
    """

    reason: str
    content: str

    @classmethod
    def from_json(cls, json_str: str) -> Self:
        """The event that `as_json` wrote."""
        written = json.loads(json_str)
        return cls(reason=written["reason"], content=written["content"])

    def as_json(self) -> str:
        """Reason and content."""
        return json.dumps({"reason": self.reason, "content": self.content})


def unreadable(
    *, place: str, reason: str, content: bytes, meta: Mapping[str, Any]
) -> EventEnvelope:
    """The event that the message at a place of the stream cannot be read.

    `meta` is what the event source knows of it, for its acknowledgement.
    """
    event = UnreadableMessage(
        reason=f"the message at {place} cannot be read: {reason}",
        content=base64.b64encode(content[:_MOST_BYTES]).decode("ascii"),
    )
    return EventEnvelope(UNREADABLE_TYPE, event, dict(meta))


def other_than(topic: str, error: Exception) -> str:
    """The reason where what was decoded is not what a topic holds.

    The text of the error may hold the content, which belongs to the content alone.
    """
    return f"it is not what {topic} holds ({type(error).__name__})"


def check_text(values: Iterable[bytes]) -> None:
    """DataHub takes these bytes for text: its filters would fail, and its log of what failed.

    Raises:
        ValueError: they are none.
    """
    for value in values:
        value.decode()
