"""Published schemas: what a document of another standard must look like, by that standard's own word.

The files are those the standards publish, see SCHEMAS.md beside them.
"""

import json
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from datahub_dataproducts.adapters.product_files.findings import shown
from datahub_dataproducts.domain.problems import did_you_mean

ODCS = "ODCS"
ODPS = "ODPS"
_FILES = {
    (ODCS, "v3.2.0"): "odcs-json-schema-v3.2.0.json",
    (ODCS, ""): "odcs-json-schema-v3.1.0.json",
    (ODPS, ""): "odps-json-schema-v1.0.0.json",
}
_KINDS = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "nothing",
    "number": "a number",
    "object": "a mapping",
    "string": "text",
}
_OPTIONS = "logicalTypeOptions"
_NUMBERS = (int, float)


@dataclass(frozen=True, kw_only=True, slots=True)
class Violation:
    """Where a document is not as its schema wants it.

    Attributes:
        path: keys and list positions from the root to what is wrong.
        key: the key of the mapping at `path` that should not be there, else empty.
        message: what is wrong, without a full stop.
        remedy: what to do.
    """

    path: tuple[str | int, ...]
    key: str = ""
    message: str
    remedy: str


def violations(document: Any, standard: str, version: str = "") -> tuple[Violation, ...]:
    """Everything in which a document, as JSON has it, differs from what its standard publishes.

    Args:
        document: the whole document.
        standard: `ODCS` or `ODPS`.
        version: its `apiVersion`; a version without a schema of its own is held to the one that
            the standard publishes for it and its predecessors.
    """
    validator = _validator(standard, version)
    errors = (e for e in validator.iter_errors(document) if not _is_slip(e, document))
    found = {violation for error in errors for violation in _told(error)}
    return tuple(sorted(found, key=lambda v: ([str(step) for step in v.path], v.key, v.message)))


@lru_cache
def _validator(standard: str, version: str) -> Any:
    # Only here: few product files name a contract of another standard, and it takes a while to load.
    from jsonschema import Draft201909Validator, ValidationError  # noqa: PLC0415
    from jsonschema.validators import extend  # noqa: PLC0415

    name = _FILES.get((standard, version)) or _FILES[standard, ""]
    text = files("datahub_dataproducts.adapters.product_files.open_standards") / name
    root = json.loads(text.read_text(encoding="utf-8"))
    known_by_schema: dict[int, set[str]] = {}

    def known_anywhere(schema: Any) -> set[str]:
        # The schema lives as long as this function, so an id stays one part of it.
        if id(schema) not in known_by_schema:
            known_by_schema[id(schema)] = _known_keys(schema, root)
        return known_by_schema[id(schema)]

    def unknown(known: Callable[[Any], Collection[str]]) -> Any:
        """A rule that tells each key that the schema has no word for."""

        def told(_validator: Any, allowed: Any, instance: Any, schema: Any) -> Iterator[Any]:
            if allowed is False and isinstance(instance, dict):
                for key in instance.keys() - known(schema):
                    yield ValidationError(key, validator_value=known(schema))

        return told

    # The library works out anew which keys the rest of a schema has looked at, for every value: that
    # takes very long, and where the rest is wrong it takes all keys for unknown.
    rules = {
        "additionalProperties": unknown(lambda schema: schema.get("properties", {}).keys()),
        "unevaluatedProperties": unknown(known_anywhere),
    }
    with_rules: Any = extend
    return with_rules(Draft201909Validator, rules)(root)


def _is_slip(error: Any, document: Any) -> bool:
    """Whether an error is the schema's own: its rules for one logical type hold for no type too.

    So it asks for `map`, and allows no options at all, of a column that says no `logicalType`.
    """
    if error.validator == "required" and "map" in error.validator_value:
        return "logicalType" not in error.instance
    path = list(error.absolute_path)
    if _OPTIONS not in path:
        return False
    column = document
    for step in path[: path.index(_OPTIONS)]:
        column = column[step]
    return "logicalType" not in column


def _told(error: Any) -> Iterator[Violation]:
    path: tuple[str | int, ...] = tuple(error.absolute_path)
    name = f"`{path[-1]}`" if path and isinstance(path[-1], str) else "this"
    say = _WORDS.get(error.validator)
    if say is not None:
        yield from say(error, path, name)
    else:
        message = f"{name} is not as the standard wants it: {shown(error.message, 160)}"
        yield Violation(path=path, message=message, remedy="write it as the standard says")


def _missing(error: Any, path: tuple[str | int, ...], _name: str) -> Iterator[Violation]:
    for key in error.validator_value:
        if key not in error.instance:
            message = f"`{key}` is not given, and the standard asks for it"
            yield Violation(path=path, message=message, remedy=f"add `{key}:`")


def _unknown(error: Any, path: tuple[str | int, ...], _name: str) -> Iterator[Violation]:
    key = error.message
    yield Violation(
        path=path,
        key=key,
        message=f"the standard has no key `{shown(key)}` here",
        remedy=did_you_mean(key, error.validator_value)
        or "take it out, or move it to `customProperties`",
    )


def _known_keys(schema: Any, root: Any) -> set[str]:
    """All keys that a schema, or any part it is put together from, has a word for."""
    if not isinstance(schema, dict):
        return set()
    known = set(schema.get("properties", ()))
    parts = [schema.get(word) for word in ("if", "then", "else")]
    parts += [part for word in ("allOf", "anyOf", "oneOf") for part in schema.get(word, ())]
    if "$ref" in schema:
        target = root
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        parts.append(target)
    return known.union(*(_known_keys(part, root) for part in parts))


def _kind(error: Any, path: tuple[str | int, ...], name: str) -> Iterator[Violation]:
    wanted = error.validator_value
    kinds = [wanted] if isinstance(wanted, str) else wanted
    said = " or ".join(_KINDS[kind] for kind in kinds)
    value = error.instance
    has = shown(str(value))
    if value is None or isinstance(value, dict | list):
        has = _KINDS["null" if value is None else "object" if isinstance(value, dict) else "array"]
    remedy = f"write {said}, or take it out"
    if "string" in kinds and isinstance(value, _NUMBERS):
        remedy = f'put it in quotes: "{has}"'
    yield Violation(path=path, message=f"{name} is {said}, not {has}", remedy=remedy)


def _word(error: Any, path: tuple[str | int, ...], name: str) -> Iterator[Violation]:
    known = [str(word) for word in error.validator_value]
    value = str(error.instance)
    yield Violation(
        path=path,
        message=f"{name} is {shown(value)}, and the standard has {', '.join(known)}",
        remedy=did_you_mean(value, known) or "write one of these words",
    )


_WORDS = {
    "additionalProperties": _unknown,
    "unevaluatedProperties": _unknown,
    "required": _missing,
    "type": _kind,
    "enum": _word,
}
