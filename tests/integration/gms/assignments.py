"""The server's rules about the values of structured properties."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tests.integration.gms.answers import Refusal
from tests.integration.gms.urns import parts_of, type_of

_DATE = re.compile(r"[1-9]\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_MOST_BYTES = 32_766
_PLATFORM = "urn:li:dataPlatform:"


@dataclass(frozen=True, kw_only=True, slots=True)
class Definition:
    """A definition as it is kept now; `removed`: soft-deleted."""

    value: dict[str, Any]
    removed: bool


Definitions = Callable[[str], Definition | None]


def check_entries(
    urn: str, entries: Iterable[dict[str, Any]], definitions: Definitions, *, may_miss: bool
) -> None:
    """Hold assignments on an entity to the definitions of their properties."""
    seen: set[str] = set()
    for entry in entries:
        name = entry["propertyUrn"]
        if name in seen:
            raise Refusal(f"Property: {name} has multiple entries")
        seen.add(name)
        _check_entry(urn, entry, definitions(_checked(name)), may_miss=may_miss)


def _checked(name: str) -> str:
    if type_of(name) != "structuredProperty":
        raise Refusal(
            f"Unexpected entity type. Expected: structuredProperty Found: {type_of(name)}"
        )
    return name


def _check_entry(
    urn: str, entry: dict[str, Any], definition: Definition | None, *, may_miss: bool
) -> None:
    name, values = entry["propertyUrn"], entry["values"]
    if definition is None:
        if may_miss:
            return
        raise Refusal(f"Unexpected null value found for {name} Structured Property Definition.")
    if definition.removed:
        raise Refusal(f"Cannot apply a soft deleted Structured Property value: {name}")
    if definition.value.get("cardinality", "SINGLE") == "SINGLE" and len(values) > 1:
        raise Refusal(
            f"Property: {name} has cardinality 1, but multiple values were assigned: {values}"
        )
    platforms = definition.value.get("allowedPlatforms")
    if platforms and _platform_of(urn) not in platforms:
        raise Refusal(f"Property: {name} is not allowed on the platform of {urn}")
    for value in values:
        _check_value(name, value, definition.value)


def _check_value(name: str, value: dict[str, Any], definition: dict[str, Any]) -> None:
    [(member, held)] = value.items()
    kind = definition["valueType"].rpartition(".")[2]
    if kind == "number":
        if not _is_number(held):
            raise Refusal(f"Property: {name}, value: {held} should be a number")
    elif member != "string":
        raise Refusal(f"Property: {name}, value: {held} should be a string")
    elif kind == "date" and not _DATE.fullmatch(held):
        raise Refusal(f"Property: {name}, value: {held} should be a date with format YYYY-MM-DD")
    elif kind == "urn":
        _check_target(name, held, definition)
    if isinstance(held, str) and len(held.encode()) > _MOST_BYTES:
        raise Refusal(f"Property: {name} has a value of more than {_MOST_BYTES} bytes")
    allowed = definition.get("allowedValues")
    if allowed and value not in [entry["value"] for entry in allowed]:
        raise Refusal(
            f"Property: {name}, value: {value} should be one of "
            f"{[entry['value'] for entry in allowed]}"
        )


def _check_target(name: str, held: str, definition: dict[str, Any]) -> None:
    if not type_of(held):
        raise Refusal(f"Property: {name}, value: {held} should be an urn")
    wanted = definition.get("typeQualifier", {}).get("allowedTypes")
    if wanted and f"urn:li:entityType:datahub.{type_of(held)}" not in wanted:
        raise Refusal(
            f"Property: {name}, value: {held} is not of any supported urn types: {wanted}"
        )


def _is_number(held: Any) -> bool:
    try:
        float(held)
    except ValueError:
        return False
    return True


def _platform_of(urn: str) -> str | None:
    first = parts_of(urn)[0]
    return first if first.startswith(_PLATFORM) else None


def without_missing(
    entries: list[dict[str, Any]], definitions: Definitions
) -> list[dict[str, Any]]:
    """What the server keeps: an assignment without definition is dropped, and it answers success."""
    kept = [entry for entry in entries if definitions(entry["propertyUrn"]) is not None]
    if entries and not kept:
        raise Refusal("Structured properties write rejected: no valid property assignments remain")
    return kept


def check_immutable(
    before: list[dict[str, Any]], after: list[dict[str, Any]], definitions: Definitions
) -> None:
    now = {entry["propertyUrn"]: entry["values"] for entry in after}
    for entry in before:
        name = entry["propertyUrn"]
        definition = definitions(name)
        if definition is None or not definition.value.get("immutable"):
            continue
        if name not in now:
            raise Refusal(f"Cannot delete an immutable property: {name}")
        if now[name] != entry["values"]:
            raise Refusal(f"Cannot mutate an immutable property: {name}")
