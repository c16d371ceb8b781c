"""Incidents of DataHub -> notices. Pure.

Of one version of an incident come its start, its last turn, and, while it is open, what was so when
the version was written. Incidents that we raised ourselves are no evidence; they tell who takes
care of them, which is whoever set them to a stage beyond triage, or resolved them.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from datahub.metadata.schema_classes import ChangeTypeClass

from datahub_dataproducts.adapters.datahub.event_forms import (
    BAD_JSON,
    LAST_INSTANT,
    IncidentEntities,
    IncidentInfo,
)
from datahub_dataproducts.adapters.datahub.news import IncidentTakenUp, PoisonEvent
from datahub_dataproducts.adapters.datahub.people import is_person
from datahub_dataproducts.adapters.datahub.urns import is_own_incident
from datahub_dataproducts.domain.assertions import IncidentNotice
from datahub_dataproducts.domain.name_lengths import fault_of_name
from datahub_dataproducts.domain.problems import on_one_line

INCIDENT_INFO = "incidentInfo"
# 0 is critical, 1 is high; the server has no name for any other number than 2 and 3.
_GRAVE = frozenset({0, 1})
_LONGEST_TITLE = 200
# The stages in which somebody has taken it up, in words for people. In TRIAGE nobody has yet, and
# what is set to it again stays theirs who had taken it up.
_STAGES = {
    "INVESTIGATION": "investigating",
    "WORK_IN_PROGRESS": "work in progress",
    "FIXED": "marked as fixed",
    "NO_ACTION_REQUIRED": "no action required",
}
_RESOLVED = "marked as resolved"
_info = msgspec.json.Decoder(IncidentInfo)
_entities = msgspec.json.Decoder(IncidentEntities)


@dataclass(frozen=True, kw_only=True, slots=True)
class TakenUp:
    """Who takes care of an incident: their URN, how far they are in words, since when (milliseconds)."""

    actor: str
    stage: str
    at: int


def taken_up_by(urn: str, value: bytes) -> TakenUp | None:
    """Who takes care of an incident by the version `value` of its aspect; None: nobody says so.

    Raises:
        PoisonEvent: it is malformed.
    """
    status = _decoded(urn, value).status
    stage = _STAGES.get(status.stage or "")
    if stage is None and status.state == "RESOLVED":
        stage = _RESOLVED
    actor = status.last_updated.actor or ""
    if stage is None or not is_person(actor):
        return None
    return TakenUp(actor=actor, stage=stage, at=status.last_updated.time)


def incident_notices(
    urn: str, value: bytes, *, stamp: int | None, previous: bytes | None = None
) -> tuple[IncidentNotice, ...]:
    """What a version of an incident tells of each asset that it is or was on.

    Args:
        urn: of the incident.
        value: aspect `incidentInfo` as JSON.
        stamp: when the version was written, milliseconds; None: the aspect alone says.
        previous: the aspect before, where it is told; assets it was on and is on no more are
            through with it.

    Raises:
        PoisonEvent: it is malformed.
    """
    if is_own_incident(urn):
        return ()
    _check(urn)
    info = _decoded(urn, value)
    written_at = _written_at(info, stamp)
    on = dict.fromkeys(entity for entity in info.entities if entity)
    told = [notice for entity in on for notice in _notices(urn, entity, info, written_at)]
    left = [entity for entity in _before(previous) if entity and entity not in on]
    told += [_notice(urn, entity, info, written_at, written_at, active=False) for entity in left]
    return tuple(dict.fromkeys(told))


def gone_notices(
    open_: Mapping[str, Collection[str]], there: Collection[str], now: int
) -> tuple[IncidentNotice, ...]:
    """What follows for incidents that were open, by URN with their assets, and are not there now.

    They were deleted, nobody knows when: now they are over.
    """
    return tuple(
        IncidentNotice(subject="", incident=urn, at=now, active=False, grave=False, written_at=now)
        for urn in sorted(open_)
        if urn not in there
    )


def incident_change(log: Any) -> tuple[IncidentNotice | IncidentTakenUp, ...]:
    """What a change log of an incident tells.

    Args:
        log: of the aspect `incidentInfo`, or of the key, whose deletion is how a hard delete is
            told. An incident that is deleted is no more on whatever it was.

    Raises:
        PoisonEvent: it is malformed.
    """
    urn = _urn(log)
    if log.changeType == ChangeTypeClass.DELETE:
        return () if is_own_incident(urn) else (_deleted(urn, _created(log)),)
    if log.aspectName != INCIDENT_INFO:
        return ()
    if is_own_incident(urn):
        return (IncidentTakenUp(urn),) if taken_up_by(urn, _value(log, urn)) is not None else ()
    before = log.previousAspectValue
    previous = None if before is None else before.value
    return incident_notices(urn, _value(log, urn), stamp=_created(log), previous=previous)


def incident_time(log: Any) -> int | None:
    """When a version of an incident was written, by its change log, milliseconds.

    None where a deletion does not say.

    Raises:
        PoisonEvent: it is malformed.
    """
    stamp = _created(log)
    if log.changeType == ChangeTypeClass.DELETE:
        return stamp
    urn = _urn(log)
    return _written_at(_decoded(urn, _value(log, urn)), stamp)


def _check(urn: str) -> None:
    # What the store has no room for it would refuse on every try, and nothing be heard after it.
    if fault := fault_of_name(urn):
        raise PoisonEvent(f"the URN of an incident {fault}")


def _deleted(urn: str, stamp: int | None) -> IncidentNotice:
    _check(urn)
    if stamp is None:
        raise PoisonEvent(f"it is not said when {urn} was deleted")
    return IncidentNotice(
        subject="", incident=urn, at=stamp, active=False, grave=False, written_at=stamp
    )


def _urn(log: Any) -> str:
    if not isinstance(log.entityUrn, str):
        raise PoisonEvent(f"a change of {log.aspectName} does not say of what")
    return log.entityUrn


def _value(log: Any, urn: str) -> bytes:
    if log.aspect is None:
        raise PoisonEvent(f"{log.aspectName} of {urn} has no aspect")
    value: bytes = log.aspect.value
    return value


def _created(log: Any) -> int | None:
    """When the server wrote what it tells of, milliseconds, where it says."""
    time = log.created.time if log.created is not None else None
    return time if isinstance(time, int) and 0 < time <= LAST_INSTANT else None


def _decoded(urn: str, value: bytes) -> IncidentInfo:
    try:
        return _info.decode(value)
    except BAD_JSON as error:
        # msgspec names the place and the types, never the value.
        raise PoisonEvent(f"{INCIDENT_INFO} of {urn} is malformed: {error}") from None


def _before(previous: bytes | None) -> list[str]:
    if previous is None:
        return []
    try:
        return _entities.decode(previous).entities
    except BAD_JSON:
        # What is told now stands without what was told before.
        return []


def _start(info: IncidentInfo) -> int:
    return info.created.time if info.started_at is None else info.started_at


def _written_at(info: IncidentInfo, stamp: int | None) -> int:
    known = [_start(info), info.created.time, info.status.last_updated.time]
    return max([*known, *(at for at in [stamp] if at is not None and at <= LAST_INSTANT)])


def _notices(
    urn: str, entity: str, info: IncidentInfo, written_at: int
) -> Iterator[IncidentNotice]:
    start, turned_at = _start(info), info.status.last_updated.time
    if info.status.state == "RESOLVED":
        # One that was over no later than it began lasted not at all, but is over.
        if start < turned_at:
            yield _notice(urn, entity, info, start, written_at, active=True)
        end = max(turned_at, start + 1)
        yield _notice(urn, entity, info, end, max(end, written_at), active=False)
        return
    for at in sorted({start, max(start, turned_at), written_at}):
        yield _notice(urn, entity, info, at, written_at, active=True)


def _notice(
    urn: str, entity: str, info: IncidentInfo, at: int, written_at: int, *, active: bool
) -> IncidentNotice:
    title = on_one_line(info.title or "").strip()
    if len(title) > _LONGEST_TITLE:
        title = f"{title[:_LONGEST_TITLE]}..."
    return IncidentNotice(
        subject=entity,
        incident=urn,
        at=at,
        active=active,
        grave=info.priority in _GRAVE,
        title=title,
        written_at=written_at,
    )
