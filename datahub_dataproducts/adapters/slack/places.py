"""Where in Slack a conversation is shown, and by what our own messages are known there. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from datahub_dataproducts.domain.letters import ToPeople

EVENT = "data_product_announcement"
"""The type of the metadata of our messages."""

MESSAGE = "message"
FOLLOW_UP = "follow-up"
DETAILS = "details"

_TS = re.compile(r"[0-9]{1,12}\.[0-9]{1,9}")
_CHANNEL = re.compile(r"[A-Z0-9]{2,30}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A message of ours.

    Attributes:
        channel: id of the channel.
        ts: by which Slack knows the message in it.
        details: a mark of what its thread says last, empty: it has none.
    """

    channel: str
    ts: str
    details: str = ""

    def written(self) -> str:
        """As a reference for the outbox."""
        return msgspec.json.encode(self).decode()


def read_place(reference: str) -> Place | None:
    """What `written` wrote; None for anything else."""
    try:
        place = msgspec.json.decode(reference, type=Place)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return None
    return place_of(place.channel, place.ts, place.details)


def place_of(channel: object, ts: object, details: str = "") -> Place | None:
    """A place as an answer of Slack names it; None where it cannot be one."""
    named = str(channel), str(ts)
    if not _CHANNEL.fullmatch(named[0]) or not _TS.fullmatch(named[1]):
        return None
    return Place(channel=named[0], ts=named[1], details=details)


def metadata(letter: ToPeople, part: str) -> dict[str, object]:
    """What a message of ours is known by."""
    payload = {"conversation": letter.thread, "letter": letter.id, "part": part}
    return {"event_type": EVENT, "event_payload": payload}


def own_message(messages: Iterable[Any], **payload: str) -> str:
    """The `ts` of the first message whose metadata has this in it; empty where there is none."""
    for message in messages:
        said = message.get("metadata") if isinstance(message, dict) else None
        if not isinstance(said, dict) or said.get("event_type") != EVENT:
            continue
        of = said.get("event_payload")
        if isinstance(of, dict) and all(of.get(key) == value for key, value in payload.items()):
            return str(message.get("ts", ""))
    return ""
