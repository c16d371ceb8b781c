"""Rows to values and back."""

from typing import Any

from sqlalchemy import Row

from datahub_dataproducts.domain.assertions import Evidence, Outcome, Result, Update
from datahub_dataproducts.domain.episodes import Told
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.verdicts import Change, Judgement, Reason, Standing, Verdict

HEALTHS = {health.value: health for health in Health}
_UPDATE = ""


def evidence_row(evidence: Evidence) -> dict[str, Any]:
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


def evidence(row: Row[Any]) -> Evidence:
    """The evidence of a row."""
    if row.outcome == _UPDATE:
        return Update(subject=row.subject, at=row.at, run_id=row.run_id)
    return Result(
        subject=row.subject,
        at=row.at,
        run_id=row.run_id,
        outcome=Outcome(row.outcome),
        provisional=row.provisional,
        message=row.message,
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


def standing(row: Row[Any]) -> Standing:
    """The standing of a row."""
    fault = None
    if row.fault_low is not None:
        fault = Judgement(Verdict.NOT_MET, Reason.FAILED, low=row.fault_low)
    return Standing(_judgement(row), row.latest, row.run_id, fault, row.expires_at)


def change_row(change: Change) -> dict[str, Any]:
    """A row of `changes`, its key left out."""
    evidence_of = {"evidence_at": change.evidence_at, "run_id": change.run_id}
    return {"at": change.at, **_judgement_row(change.judgement), **evidence_of}


def change(row: Row[Any]) -> Change:
    """The change of a row."""
    return Change(row.at, _judgement(row), row.evidence_at, row.run_id)


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


def told(row: Row[Any]) -> Told:
    """What was told, of a row."""
    return Told(
        digest=row.digest,
        health=HEALTHS[row.health],
        posted_at=row.posted_at,
        announced=row.announced,
        announced_health=None if row.announced_health is None else HEALTHS[row.announced_health],
        opened_at=row.opened_at,
        blind=row.blind,
        announce_at=row.announce_at,
    )


def _judgement_row(judgement: Judgement) -> dict[str, Any]:
    return {
        "verdict": judgement.verdict.value,
        "reason": judgement.reason.value,
        "low": judgement.low,
    }


def _judgement(row: Row[Any]) -> Judgement:
    return Judgement(Verdict(row.verdict), Reason(row.reason), row.low)
