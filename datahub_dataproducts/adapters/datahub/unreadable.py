"""A message of the stream that nobody can read, as an event: so that it is kept, and not just logged."""

import json
from dataclasses import dataclass

from datahub_actions.event.event import Event
from typing_extensions import Self

UNREADABLE_TYPE = "UnreadableMessage_v1"


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
