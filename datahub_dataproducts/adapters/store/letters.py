"""Letters as the outbox keeps them: JSON, exact, readable by the next version."""

import json
from fractions import Fraction
from typing import Any

from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.letters import Announcement, HealthPost, Letter, VerdictPost, Why
from datahub_dataproducts.domain.verdicts import Verdict


def write_letter(letter: Letter) -> str:
    """The letter as canonical JSON text."""
    return json.dumps(_fields(letter), sort_keys=True, ensure_ascii=False)


def read_letter(text: str) -> Letter:
    """The letter again; `ValueError` for what `write_letter` did not write."""
    fields = json.loads(text)
    kind = fields.pop("kind", None)
    if kind == "health":
        fields["health"] = Health(fields["health"])
        for name in ("uptime", "coverage"):
            fields[name] = None if fields[name] is None else Fraction(fields[name])
        return HealthPost(**fields)
    if kind == "verdict":
        return VerdictPost(**{**fields, "verdict": Verdict(fields["verdict"])})
    if kind == "announcement":
        changed = {"why": Why(fields["why"]), "health": Health(fields["health"])}
        return Announcement(**{**fields, **changed})
    msg = f"a letter of unknown kind {kind!r}"
    raise ValueError(msg)


def _fields(letter: Letter) -> dict[str, Any]:
    if isinstance(letter, HealthPost):
        return {
            "kind": "health",
            "product": letter.product,
            "at": letter.at,
            "health": letter.health.value,
            "since": letter.since,
            "reason": letter.reason,
            "uptime": None if letter.uptime is None else str(letter.uptime),
            "coverage": None if letter.coverage is None else str(letter.coverage),
            "window": letter.window,
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
    }
