"""Rows to values and back. Rows are read by place: all columns in the order of the schema."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from functools import cache
from typing import Any

from datahub_dataproducts.adapters.store.letters import read_letter
from datahub_dataproducts.application.outbox_ports import DueLetter
from datahub_dataproducts.domain.assertions import (
    IncidentNotice,
    Observation,
    Outcome,
    Result,
    Update,
)
from datahub_dataproducts.domain.episodes import Told
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.verdicts import (
    Change,
    Judgement,
    OpenIncident,
    Reason,
    Standing,
    Verdict,
)

HEALTHS = {health.value: health for health in Health}
_UPDATE = ""


def evidence_row(evidence: Observation) -> dict[str, Any]:
    """A row of `evidence`."""
    key = {"subject": evidence.subject, "at": evidence.at, "run_id": evidence.run_id}
    if isinstance(evidence, Update):
        return {**key, "outcome": _UPDATE, "provisional": False, "message": ""}
    return {
        **key,
        "outcome": evidence.outcome.value,
        "provisional": evidence.provisional,
        "message": evidence.message,
    }


def evidence(row: Sequence[Any]) -> Observation:
    """The evidence of a row."""
    subject, at, run_id, outcome, provisional, message = row
    if outcome == _UPDATE:
        return Update(subject=subject, at=at, run_id=run_id)
    return Result(
        subject=subject,
        at=at,
        run_id=run_id,
        outcome=Outcome(outcome),
        provisional=bool(provisional),
        message=message,
    )


def notice_row(notice: IncidentNotice) -> dict[str, Any]:
    """A row of `notices`."""
    return {
        "subject": notice.subject,
        "incident": notice.incident,
        "at": notice.at,
        "written_at": notice.written_at,
        "active": notice.active,
        "grave": notice.grave,
        "title": notice.title,
    }


def notice(row: Sequence[Any]) -> IncidentNotice:
    """The notice of a row."""
    subject, incident, at, written_at, active, grave, title = row
    return IncidentNotice(
        subject=subject,
        incident=incident,
        at=at,
        active=bool(active),
        grave=bool(grave),
        title=title,
        written_at=written_at,
    )


def standing_row(standing: Standing) -> dict[str, Any]:
    """A row of `standings`, its key left out."""
    return {
        **_judgement_row(standing.judgement),
        "latest": standing.latest,
        "run_id": standing.run_id,
        "fault_low": standing.fault.low if standing.fault else None,
        "expires_at": standing.expires_at,
    }


def standing(row: Sequence[Any]) -> Standing:
    """The standing of a row."""
    _, _, verdict, reason, low, latest, run_id, fault_low, expires_at = row
    fault = None
    if fault_low is not None:
        fault = _judgement(Verdict.NOT_MET.value, Reason.FAILED.value, fault_low)
    return Standing(_judgement(verdict, reason, low), latest, run_id, fault, expires_at)


def change_row(change: Change) -> dict[str, Any]:
    """A row of `changes`, its key left out."""
    evidence_of = {"evidence_at": change.evidence_at, "run_id": change.run_id}
    incidents = _incidents_text(change.incidents) if change.incidents else None
    judged = _judgement_row(change.judgement)
    return {"at": change.at, **judged, **evidence_of, "incidents": incidents}


def change(row: Sequence[Any]) -> Change:
    """The change of a row."""
    _, _, at, _, verdict, reason, low, evidence_at, run_id, incidents = row
    still_open = _incidents(incidents) if incidents else ()
    return Change(at, _judgement(verdict, reason, low), evidence_at, run_id, still_open)


def told_row(told_: Told) -> dict[str, Any]:
    """A row of `told`, its key left out."""
    announced_health = told_.announced_health
    return {
        "digest": told_.digest,
        "health": told_.health.value,
        "posted_at": told_.posted_at,
        "announced": told_.announced,
        "announced_health": None if announced_health is None else announced_health.value,
        "opened_at": told_.opened_at,
        "blind": told_.blind,
        "announce_at": told_.announce_at,
    }


def told(row: Sequence[Any]) -> Told:
    """What was told, of a row."""
    _, digest, health, posted_at, announced, announced_health, opened_at, blind, announce_at = row
    return Told(
        digest=digest,
        health=HEALTHS[health],
        posted_at=posted_at,
        announced=announced,
        announced_health=None if announced_health is None else HEALTHS[announced_health],
        opened_at=opened_at,
        blind=bool(blind),
        announce_at=announce_at,
    )


def due_letter(row: Sequence[Any]) -> DueLetter:
    """The letter of a row, as it is sent."""
    id_, channel, _, revision, _, _, attempts, body, _, _, is_uncertain = row
    return DueLetter(
        id=id_,
        revision=revision,
        channel=channel,
        letter=read_letter(body),
        attempts=attempts,
        is_uncertain=bool(is_uncertain),
    )


def _judgement_row(judgement: Judgement) -> dict[str, Any]:
    return {
        "verdict": judgement.verdict.value,
        "reason": judgement.reason.value,
        "low": judgement.low,
    }


@cache
def _judgement(verdict: str, reason: str, low: int) -> Judgement:
    # There are a handful of them, and thousands of rows that hold one.
    return Judgement(Verdict(verdict), Reason(reason), bool(low))


def _incidents_text(incidents: Iterable[OpenIncident]) -> str:
    return json.dumps([asdict(one) for one in incidents])


def _incidents(text: str) -> tuple[OpenIncident, ...]:
    return tuple(OpenIncident(**one) for one in json.loads(text))
