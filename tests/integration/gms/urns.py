"""What the server takes for a URN, and which URN it takes where."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from tests.integration.gms.answers import Refusal
from tests.integration.gms.model import annotated, model, walk

_PARTS, _MOST_ENCODED, _SEPARATOR = 4, 512, "\u241f"


def type_of(urn: str) -> str:
    """The entity type that a URN names; empty when it is none."""
    parts = urn.split(":", 3)
    return parts[2] if len(parts) == _PARTS and parts[:2] == ["urn", "li"] else ""


def parts_of(urn: str) -> list[str]:
    """The parts of its id: those of the parenthesis, split at the commas outside of inner ones."""
    id_ = urn.split(":", 3)[3]
    if not (id_.startswith("(") and id_.endswith(")")):
        return [id_]
    parts, depth = [""], 0
    for letter in id_[1:-1]:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def check_urn(urn: str, *, strict: bool) -> None:
    """Refuse what is no URN for the server."""
    if urn != urn.strip():
        raise Refusal(f"Error: cannot provide an URN with leading or trailing whitespace: {urn!r}")
    if not type_of(urn) or not urn.split(":", 3)[3]:
        raise Refusal(f"Invalid urn: {urn}")
    if _SEPARATOR in urn:
        raise Refusal(f"Error: URN cannot contain {_SEPARATOR} character: {urn}")
    if type_of(urn) != "schemaField" and len(quote(urn, safe="")) > _MOST_ENCODED:
        raise Refusal(f"Error: cannot provide an URN longer than {_MOST_ENCODED} bytes")
    if strict:
        _check_strictly(urn)


def _check_strictly(urn: str) -> None:
    # What is in parentheses is a tuple; commas and parentheses belong to that alone.
    id_ = urn.split(":", 3)[3]
    single = not id_.startswith("(")
    if single and "," in id_:
        raise Refusal(f"Simple URN {urn} contains comma character which is not allowed")
    inside = [id_] if single else [p for p in parts_of(urn) if not p.startswith("urn:li:")]
    if any(letter in part for part in inside for letter in "()"):
        raise Refusal(f"URN {urn} contains illegal parenthesis")
    entity = model().entities.get(type_of(urn))
    if entity is not None and len(parts_of(urn)) != len(entity.key.schema["fields"]):
        raise Refusal(f"Invalid urn: {urn} has not the parts of a {entity.name}")


def check_annotated(schema: Any, value: Any, exists: Callable[[str], bool]) -> None:
    """Hold the fields that are annotated so to the entity types that the model names there."""
    for field, path, held in walk(schema, value):
        for told, items in annotated(field, "UrnValidation", held):
            for urn in items if isinstance(items, list) else [items]:
                _check_field(told, path, urn, exists)


def _check_field(told: dict[str, Any], path: str, urn: str, exists: Callable[[str], bool]) -> None:
    check_urn(urn, strict=told.get("strict", False))
    if type_of(urn) not in told["entityTypes"]:
        raise Refusal(
            f"Invalid entity type urn validation failure (Required: [{', '.join(told['entityTypes'])}]). "
            f"Path: {path} Urn: {urn}"
        )
    if told.get("exist") and not exists(urn):
        raise Refusal(f"Urn validation failure. Urn does not exist. Path: {path} Urn: {urn}")


def key_of(urn: str) -> dict[str, Any]:
    """The key aspect that a URN stands for."""
    entity = model().entities[type_of(urn)]
    names = [field["name"] for field in entity.key.schema["fields"]]
    return dict(zip(names, parts_of(urn), strict=False))
