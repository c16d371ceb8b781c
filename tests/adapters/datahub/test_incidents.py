"""What DataHub's incidents tell us, in the forms in which the server tells of them."""

import contextlib
import json
from typing import Any

import pytest
from datahub.metadata.schema_classes import (
    AuditStampClass,
    GenericAspectClass,
    IncidentInfoClass,
    IncidentStatusClass,
)
from datahub_actions.event.event_envelope import EventEnvelope
from datahub_actions.event.event_registry import MetadataChangeLogEvent
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.adapters.datahub.events import event_time, evidence_of
from datahub_dataproducts.adapters.datahub.incidents import (
    TakenUp,
    incident_notices,
    taken_up_by,
)
from datahub_dataproducts.adapters.datahub.news import IncidentTakenUp, PoisonEvent
from datahub_dataproducts.adapters.datahub.people import OWN_ACTOR
from datahub_dataproducts.adapters.datahub.urns import is_own_incident, own_incident_urn
from datahub_dataproducts.domain.assertions import IncidentNotice
from datahub_dataproducts.domain.incidents import incident_changes
from tests.builders import dataset

URN = "urn:li:incident:0fb0c6c4-5a5a-4e0a-9c9e-6f5ad1d0b3a1"
X, Y = dataset("x"), dataset("y")
RAISED, TURNED, WRITTEN = 1_000, 5_000, 5_100


def info(
    *on: str,
    state: str = "ACTIVE",
    priority: int | None = 0,
    title: str | None = "Late load",
    turned: int = RAISED,
    **fields: Any,
) -> IncidentInfoClass:
    actor = "urn:li:corpuser:ana"
    return IncidentInfoClass(
        type="OPERATIONAL",
        entities=list(on or (X,)),
        priority=priority,
        title=title,
        status=IncidentStatusClass(state=state, lastUpdated=AuditStampClass(turned, actor)),
        created=AuditStampClass(RAISED, actor),
        **fields,
    )


def log(
    aspect: IncidentInfoClass | bytes | None,
    *,
    name: str = "incidentInfo",
    change: str = "UPSERT",
    urn: str | None = URN,
    created: int | None = None,
    before: IncidentInfoClass | bytes | None = None,
) -> EventEnvelope:
    event = MetadataChangeLogEvent(
        entityType="incident",
        entityUrn=urn,
        aspectName=name,
        changeType=change,
        aspect=generic(aspect),
        previousAspectValue=generic(before),
        created=None if created is None else AuditStampClass(created, "urn:li:corpuser:ana"),
    )
    return EventEnvelope("MetadataChangeLogEvent_v1", event, {})


def generic(aspect: IncidentInfoClass | bytes | None) -> GenericAspectClass | None:
    if aspect is None:
        return None
    value = aspect if isinstance(aspect, bytes) else json.dumps(aspect.to_obj()).encode()
    return GenericAspectClass(value, "application/json")


def notices(event: EventEnvelope) -> list[IncidentNotice]:
    return [one for one in evidence_of(event) if isinstance(one, IncidentNotice)]


def test_a_new_incident_is_open_from_when_it_was_raised() -> None:
    (told,) = notices(log(info(), created=RAISED))
    assert told == IncidentNotice(
        subject=X,
        incident=URN,
        at=RAISED,
        active=True,
        grave=True,
        title="Late load",
        written_at=RAISED,
    )


def test_it_is_open_from_when_it_started_where_that_is_said() -> None:
    told = notices(log(info(startedAt=200), created=RAISED))
    assert [(n.at, n.active, n.written_at) for n in told] == [
        (200, True, RAISED),
        (RAISED, True, RAISED),
    ]


@pytest.mark.parametrize(
    ("priority", "grave"), [(0, True), (1, True), (2, False), (3, False), (None, False), (9, False)]
)
def test_critical_and_high_are_grave(priority: int | None, grave: bool) -> None:
    (told,) = notices(log(info(priority=priority)))
    assert told.grave is grave


def test_a_resolved_one_tells_its_whole_time() -> None:
    event = log(info(state="RESOLVED", turned=TURNED), created=WRITTEN)
    assert [(n.at, n.active, n.written_at) for n in notices(event)] == [
        (RAISED, True, WRITTEN),
        (TURNED, False, WRITTEN),
    ]
    assert event_time(event) == WRITTEN


def test_a_changed_priority_holds_from_when_it_was_written() -> None:
    told = [*notices(log(info(priority=2), created=RAISED)), *notices(log(info(), created=WRITTEN))]
    changes = incident_changes([X], told, WRITTEN)
    assert [(c.at, c.judgement.low) for c in changes] == [(RAISED, True), (WRITTEN, False)]


def test_one_that_is_opened_again_is_open_from_its_last_turn() -> None:
    told = [
        *notices(log(info(), created=RAISED)),
        *notices(log(info(state="RESOLVED", turned=3_000), created=3_000)),
        *notices(log(info(turned=TURNED), created=WRITTEN)),
    ]
    changes = incident_changes([X], told, WRITTEN)
    assert [(c.at, bool(c.incidents)) for c in changes] == [
        (RAISED, True),
        (3_000, False),
        (TURNED, True),
    ]


def test_one_that_was_over_before_it_began_is_over() -> None:
    told = notices(log(info(state="RESOLVED", turned=10)))
    assert incident_changes([X], told, WRITTEN) == ()
    open_before = notices(log(info()))
    changes = incident_changes([X], [*open_before, *told], WRITTEN)
    assert not changes[-1].incidents


def test_on_several_assets_each_is_told_of_once() -> None:
    assert [n.subject for n in notices(log(info(X, Y, X, "")))] == [X, Y]


def test_an_asset_that_is_taken_off_is_through_with_it() -> None:
    told = notices(log(info(Y), before=info(X, Y), created=WRITTEN))
    assert [(n.subject, n.active) for n in told if n.at == WRITTEN] == [(Y, True), (X, False)]
    assert len(notices(log(info(Y), before=b"{"))) == 1


@pytest.mark.parametrize("name", ["incidentInfo", "incidentKey"])
def test_a_deleted_one_is_over_wherever_it_was(name: str) -> None:
    event = log(None, name=name, change="DELETE", created=WRITTEN)
    (told,) = notices(event)
    assert (told.subject, told.incident, told.at, told.active) == ("", URN, WRITTEN, False)


def test_a_deletion_of_no_time_and_what_is_malformed_is_poison() -> None:
    for event in (
        log(None, change="DELETE"),
        log(None),
        log(b"{"),
        log(b"\xff"),
        log(info(), urn=None),
        log(b'{"entities": [], "created": {"time": 1}, "status": {"state": "LOST"}}'),
    ):
        with pytest.raises(PoisonEvent):
            evidence_of(event)
    assert event_time(log(None)) is None
    assert event_time(log(b"{")) is None
    assert event_time(log(None, change="DELETE")) is None
    assert event_time(log(None, change="DELETE", created=WRITTEN)) == WRITTEN


def test_what_else_is_told_of_an_incident_is_none_of_ours() -> None:
    assert evidence_of(log(b"{}", name="incidentKey")) == ()
    assert evidence_of(log(b"{}", name="globalTags")) == ()
    assert evidence_of(log(b"[]", change="PATCH")) == ()


def test_those_that_we_raise_ourselves_do_not_count() -> None:
    ours = own_incident_urn("revenue@1000")
    assert ours == own_incident_urn("revenue@1000")
    assert len({ours, own_incident_urn("revenue@1001"), own_incident_urn("users@1000")}) == 3
    assert is_own_incident(ours)
    assert not is_own_incident(URN)
    assert evidence_of(log(info(), urn=ours)) == ()
    assert evidence_of(log(None, change="DELETE", urn=ours, created=1)) == ()
    assert incident_notices(ours, b"{", stamp=None) == ()


OURS = own_incident_urn("revenue@1000")
ANA = "urn:li:corpuser:ana"


def at_stage(stage: str | None, state: str = "ACTIVE", actor: str = ANA) -> IncidentInfoClass:
    status = IncidentStatusClass(
        state=state, stage=stage, lastUpdated=AuditStampClass(TURNED, actor)
    )
    told = info()
    told.status = status
    return told


@pytest.mark.parametrize(
    ("stage", "state", "words"),
    [
        ("INVESTIGATION", "ACTIVE", "investigating"),
        ("WORK_IN_PROGRESS", "ACTIVE", "work in progress"),
        ("FIXED", "ACTIVE", "marked as fixed"),
        ("FIXED", "RESOLVED", "marked as fixed"),
        ("NO_ACTION_REQUIRED", "RESOLVED", "no action required"),
        (None, "RESOLVED", "marked as resolved"),
        ("TRIAGE", "RESOLVED", "marked as resolved"),
    ],
)
def test_whoever_sets_ours_beyond_triage_or_resolves_it_takes_care(
    stage: str | None, state: str, words: str
) -> None:
    told = at_stage(stage, state)
    assert evidence_of(log(told, urn=OURS)) == (IncidentTakenUp(OURS),)
    value = json.dumps(told.to_obj()).encode()
    assert taken_up_by(OURS, value) == TakenUp(actor=ANA, stage=words, at=TURNED)
    assert all(isinstance(one, IncidentNotice) for one in evidence_of(log(told)))


@pytest.mark.parametrize("stage", [None, "TRIAGE"])
def test_in_triage_nobody_takes_care_yet(stage: str | None) -> None:
    assert evidence_of(log(at_stage(stage), urn=OURS)) == ()


def test_a_stage_that_nobody_knows_yet_says_nothing() -> None:
    value = json.dumps(at_stage("FIXED").to_obj()).replace("FIXED", "CUSTOM").encode()
    assert evidence_of(log(value, urn=OURS)) == ()


@pytest.mark.parametrize(
    "actor",
    [OWN_ACTOR, "urn:li:corpuser:__datahub_system", "urn:li:corpGroup:team", "urn:li:corpuser:"],
)
def test_who_is_no_person_takes_no_care(actor: str) -> None:
    assert evidence_of(log(at_stage("FIXED", "RESOLVED", actor), urn=OURS)) == ()


def test_one_of_ours_that_is_malformed_is_set_aside_as_others_are() -> None:
    with pytest.raises(PoisonEvent, match="is malformed"):
        evidence_of(log(b"{", urn=OURS))


def test_the_title_is_one_printable_line_of_bearable_length() -> None:
    (told,) = notices(log(info(title="  Late\n\x1b[31mload ")))
    assert told.title == "Late \ufffd[31mload"
    (told,) = notices(log(info(title="x" * 500)))
    assert told.title == f"{'x' * 200}..."
    (told,) = notices(log(info(title=None, customType="odd")))
    assert told.title == ""


def test_a_stamp_that_is_impossible_says_nothing() -> None:
    (told,) = notices(log(info(), created=10**18))
    assert told.written_at == RAISED
    assert incident_notices(URN, json.dumps(info().to_obj()).encode(), stamp=10**18) == (told,)


@given(st.binary() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_whatever_comes_is_read_or_poison(value: bytes | str) -> None:
    raw = value if isinstance(value, bytes) else value.encode()
    with contextlib.suppress(PoisonEvent):
        assert isinstance(incident_notices(URN, raw, stamp=None), tuple)
