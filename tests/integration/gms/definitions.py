"""The server's rules about structured property definitions and about how properties are shown."""

import re
from collections.abc import Iterable
from typing import Any

from tests.integration.gms.answers import Refusal

_VERSION = re.compile(r"[0-9]{14}")
_DISPLAY = (
    "showInSearchFilters",
    "showInAssetSummary",
    "showAsAssetBadge",
    "showInColumnsTable",
)


def check_definition(urn: str, definition: dict[str, Any]) -> None:
    """What can be said of a definition alone."""
    version = definition.get("version")
    if version is not None and not _VERSION.fullmatch(version):
        raise Refusal("Invalid version specified. Must match [0-9]{14} such as `20240614000000`")
    for text in (urn.split(":", 3)[3], definition["qualifiedName"]):
        if " " in text:
            raise Refusal(f"Structured Property id or qualifiedName cannot have spaces: {text!r}")


def qualified_types(definition: dict[str, Any]) -> list[str]:
    """The entity types that a value may point at; they must exist."""
    types: list[str] = definition.get("typeQualifier", {}).get("allowedTypes", [])
    return types


def check_redefinition(before: dict[str, Any], after: dict[str, Any]) -> None:
    """What may not change without a higher version, and what may never."""
    if before["qualifiedName"] != after["qualifiedName"]:
        raise Refusal("Cannot change the fully qualified name of a Structured Property")
    if after.get("version", "") > before.get("version", ""):
        return
    if before["valueType"] != after["valueType"]:
        raise Refusal("Value type cannot be changed as this is a backwards incompatible change")
    if before.get("cardinality") == "MULTIPLE" and after.get("cardinality", "SINGLE") == "SINGLE":
        raise Refusal("Property definition cardinality cannot be changed from MULTI to SINGLE")
    was, now = _allowed(before), _allowed(after)
    if was is None and now is not None:
        raise Refusal("Cannot restrict values that were previously allowed")
    if was is not None and now is not None and any(value not in now for value in was):
        raise Refusal("Cannot restrict values that were previously allowed")


def _allowed(definition: dict[str, Any]) -> list[Any] | None:
    values = definition.get("allowedValues")
    return None if values is None else [entry["value"] for entry in values]


def check_collision(urn: str, others: Iterable[str]) -> None:
    """Search folds `.` and `_` together, so no two properties may differ by that alone."""
    for other in others:
        if other != urn and _folded(other) == _folded(urn):
            raise Refusal(
                f"Structured property {urn} collides with {other}: both have the search field "
                f"{_folded(urn)}"
            )


def _folded(urn: str) -> str:
    return urn.split(":", 3)[3].replace(".", "_")


def check_hiding(settings: dict[str, Any]) -> None:
    if settings.get("isHidden") and any(settings.get(flag) for flag in _DISPLAY):
        raise Refusal(
            "Cannot have property isHidden = true while other display location settings are "
            "also true."
        )


def check_badge(settings: dict[str, Any], badges: list[str]) -> None:
    """One badge for all; the property itself counts among those that are in the way."""
    if settings.get("showAsAssetBadge") and badges:
        raise Refusal(
            "Cannot have more than one property set with show as badge. "
            f"Property urns currently set: {badges}"
        )
