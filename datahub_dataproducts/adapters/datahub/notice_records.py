"""Notices of incidents as records of their own, as the export of a store has them.

What a version of an incident told is kept as notices; the version itself, with all that people wrote
in it, is not. A notice is read as the event that somebody was told just that.
"""

import json
from dataclasses import asdict, dataclass
from typing import Any

import msgspec
from datahub_actions.event.event import Event
from datahub_actions.event.event_envelope import EventEnvelope
from typing_extensions import Self

from datahub_dataproducts.adapters.datahub.event_forms import LAST_INSTANT
from datahub_dataproducts.domain.assertions import IncidentNotice
from datahub_dataproducts.domain.name_lengths import fault_of_name

NOTICE_TYPE = "IncidentNotice_v1"

_FIELDS = frozenset({"incident", "written_at"})


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeEvent(Event):
    """Somebody was told `notice`."""

    notice: IncidentNotice

    @classmethod
    def from_json(cls, json_str: str) -> Self:
        """The event that `as_json` wrote."""
        return cls(notice=_notice(json.loads(json_str)))

    def as_json(self) -> str:
        """The record."""
        return json.dumps(asdict(self.notice))


def is_notice(record: dict[str, Any]) -> bool:
    """True for a record that can be nothing else; it may be malformed."""
    return record.keys() >= _FIELDS


def notice_event(record: dict[str, Any]) -> EventEnvelope:
    """The event of a record.

    Raises:
        ValueError: it is malformed.
    """
    return EventEnvelope(NOTICE_TYPE, NoticeEvent(notice=_notice(record)), {})


def _notice(record: Any) -> IncidentNotice:
    notice = msgspec.convert(record, IncidentNotice)
    if not 0 <= notice.at <= notice.written_at <= LAST_INSTANT:
        raise ValueError("its instants are none, or it was written before it was so")
    for name in (notice.subject, notice.incident):
        if fault := fault_of_name(name):
            raise ValueError(f"a URN in it {fault}")
    return notice
