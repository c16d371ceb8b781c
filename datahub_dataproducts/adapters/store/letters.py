"""Letters as the outbox keeps them: JSON, exact, readable by the next version."""

import json
from fractions import Fraction
from typing import Any

from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.letters import (
    Affected,
    Announcement,
    CorrectedPost,
    Fault,
    HealthPost,
    Letter,
    ObjectivePost,
    RecentUptime,
    VerdictPost,
    Why,
)
from datahub_dataproducts.domain.objectives import ObjectiveStatus
from datahub_dataproducts.domain.verdicts import Reason, Verdict

_SHARES = ("uptime", "coverage", "own_uptime")
_RECENT = ("uptime", "corrected")


def write_letter(letter: Letter) -> str:
    """The letter as canonical JSON text."""
    return json.dumps(_fields(letter), sort_keys=True, ensure_ascii=False)


def read_letter(text: str) -> Letter:
    """The letter again; `ValueError` for what `write_letter` did not write."""
    fields = json.loads(text)
    kind = fields.pop("kind", None)
    if kind == "health":
        return _health(fields)
    if kind == "verdict":
        return VerdictPost(**{**fields, "verdict": Verdict(fields["verdict"])})
    if kind == "announcement":
        return _announcement(fields)
    msg = f"a letter of unknown kind {kind!r}"
    raise ValueError(msg)


def _health(fields: dict[str, Any]) -> HealthPost:
    """One that an older version wrote has fewer figures."""
    corrected = fields.get("corrected")
    return HealthPost(**{
        **fields,
        "health": Health(fields["health"]),
        **_read_figures(fields),
        "corrected": None if corrected is None else CorrectedPost(**_read_figures(corrected)),
        "recent": tuple(
            RecentUptime(days=one["days"], **{name: _share(one[name]) for name in _RECENT})
            for one in fields.get("recent", ())
        ),
    })


def _share(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def _read_figures(fields: dict[str, Any]) -> dict[str, Any]:
    objective = fields.get("objective")
    read: dict[str, Any] = {name: _share(fields.get(name)) for name in _SHARES}
    if objective is not None:
        status, target = ObjectiveStatus(objective["status"]), Fraction(objective["target"])
        objective = ObjectivePost(**{**objective, "status": status, "target": target})
    return {**read, "objective": objective}


def _figures(post: HealthPost | CorrectedPost) -> dict[str, Any]:
    objective = post.objective
    return {
        "uptime": None if post.uptime is None else str(post.uptime),
        "coverage": None if post.coverage is None else str(post.coverage),
        "own_uptime": None if post.own_uptime is None else str(post.own_uptime),
        "objective": None
        if objective is None
        else {
            "status": objective.status.value,
            "target": str(objective.target),
            "budget": objective.budget,
            "remaining": objective.remaining,
        },
    }


def _announcement(fields: dict[str, Any]) -> Announcement:
    """One that an older version wrote has no more than its text."""
    changed: dict[str, Any] = {"why": Why(fields["why"]), "health": Health(fields["health"])}
    for name in ("affected", "recovered"):
        changed[name] = tuple(
            Affected(**{**one, "health": Health(one["health"])}) for one in fields.get(name, ())
        )
    changed["faults"] = tuple(
        Fault(**{**one, "reason": Reason(one["reason"])}) for one in fields.get("faults", ())
    )
    changed["ends"] = tuple(fields.get("ends", ()))
    return Announcement(**{**fields, **changed})


def _affected(one: Affected) -> dict[str, Any]:
    return {
        "product": one.product,
        "title": one.title,
        "type": one.type,
        "health": one.health.value,
        "since": one.since,
    }


def _fault(one: Fault) -> dict[str, Any]:
    return {
        "root": one.root,
        "asset": one.asset,
        "assertion": one.assertion,
        "reason": one.reason.value,
        "since": one.since,
        "run_id": one.run_id,
    }


def _fields(letter: Letter) -> dict[str, Any]:
    if isinstance(letter, HealthPost):
        return {
            "kind": "health",
            "product": letter.product,
            "at": letter.at,
            "health": letter.health.value,
            "since": letter.since,
            "reason": letter.reason,
            "window": letter.window,
            **_figures(letter),
            "corrected": None if letter.corrected is None else _figures(letter.corrected),
            "recent": [
                {
                    "days": one.days,
                    "uptime": None if one.uptime is None else str(one.uptime),
                    "corrected": None if one.corrected is None else str(one.corrected),
                }
                for one in letter.recent
            ],
        }
    if isinstance(letter, VerdictPost):
        return {
            "kind": "verdict",
            "assertion": letter.assertion,
            "dataset": letter.dataset,
            "at": letter.at,
            "verdict": letter.verdict.value,
            "message": letter.message,
        }
    return {
        "kind": "announcement",
        "product": letter.product,
        "domain": letter.domain,
        "at": letter.at,
        "timezone": letter.timezone,
        "why": letter.why.value,
        "health": letter.health.value,
        "text": letter.text,
        "conversation": letter.conversation,
        "sequence": letter.sequence,
        "affected": [_affected(one) for one in letter.affected],
        "recovered": [_affected(one) for one in letter.recovered],
        "faults": [_fault(one) for one in letter.faults],
        "ends": list(letter.ends),
    }
