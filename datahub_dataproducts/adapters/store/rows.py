"""Rows to values and back. Rows are read by place: all columns in the order of the schema."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from datahub_dataproducts.adapters.store.letters import read_letter
from datahub_dataproducts.application.ports import DueLetter
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


def evidence(row: Sequence[Any]) -> Evidence:
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
    return {"at": change.at, **_judgement_row(change.judgement), **evidence_of}


def change(row: Sequence[Any]) -> Change:
    """The change of a row."""
    _, _, at, _, verdict, reason, low, evidence_at, run_id = row
    return Change(at, _judgement(verdict, reason, low), evidence_at, run_id)


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
    id_, channel, _, revision, _, _, attempts, body, _ = row
    letter = read_letter(body)
    return DueLetter(id=id_, revision=revision, channel=channel, letter=letter, attempts=attempts)


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
