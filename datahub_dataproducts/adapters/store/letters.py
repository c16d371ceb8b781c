"""Letters as the outbox keeps them: JSON, exact, readable by the next version."""

import json
from typing import Any

from datahub_dataproducts.adapters.store.messages import (
    plain_values,
    read_message,
    value_of,
    write_message,
)
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.letters import (
    Affected,
    Announcement,
    Digest,
    Fault,
    HealthPost,
    Letter,
    VerdictPost,
    Why,
)


def write_letter(letter: Letter) -> str:
    """The letter as canonical JSON text."""
    return json.dumps(_fields(letter), sort_keys=True, ensure_ascii=False)


def read_letter(text: str) -> Letter:
    """The letter again; `ValueError` for what `write_letter` did not write."""
    fields = json.loads(text)
    kind = fields.pop("kind", None)
    if kind == "health":
        return value_of(fields, HealthPost)
    if kind == "verdict":
        return value_of(fields, VerdictPost)
    if kind == "announcement":
        return _announcement(fields)
    if kind == "digest":
        return Digest(**{**fields, "message": read_message(fields["message"])})
    msg = f"a letter of unknown kind {kind!r}"
    raise ValueError(msg)


def _announcement(fields: dict[str, Any]) -> Announcement:
    """One that an older version wrote has no more than its text."""
    message = fields.get("message")
    read: dict[str, Any] = {
        "why": Why(fields["why"]),
        "health": Health(fields["health"]),
        "affected": value_of(fields.get("affected", ()), tuple[Affected, ...]),
        "recovered": value_of(fields.get("recovered", ()), tuple[Affected, ...]),
        "faults": value_of(fields.get("faults", ()), tuple[Fault, ...]),
        "ends": tuple(fields.get("ends", ())),
        "message": None if message is None else read_message(message),
    }
    return Announcement(**{**fields, **read})


def _fields(letter: Letter) -> dict[str, Any]:
    if isinstance(letter, HealthPost):
        return {"kind": "health", **plain_values(letter)}
    if isinstance(letter, VerdictPost):
        return {"kind": "verdict", **plain_values(letter)}
    if isinstance(letter, Digest):
        return {**_shallow(letter), "kind": "digest", "message": write_message(letter.message)}
    message = letter.message
    return {
        **_shallow(letter),
        "kind": "announcement",
        "message": None if message is None else write_message(message),
    }


def _shallow(letter: Announcement | Digest) -> dict[str, Any]:
    names = (name for name in letter.__dataclass_fields__ if name != "message")
    return {name: plain_values(getattr(letter, name)) for name in names}
