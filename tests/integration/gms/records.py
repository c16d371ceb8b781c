"""JSON of an aspect -> the value that is kept, held to the aspect's schema.

What the schema does not know is dropped without a word, as the server does it by default.
"""

from typing import Any

from tests.integration.gms.answers import Refusal
from tests.integration.gms.model import Aspect, model, unknown_fields

_INT, _LONG = 2**31, 2**63
_LAST_BYTE = 0xFF
# Chosen by the client to tell the branches of an aliased union apart; it does not send it.
_DISCRIMINATOR = "fieldDiscriminator"


class RecordReader:
    """Reads one aspect.

    Attributes:
        dropped: places of the fields that were dropped.
    """

    def __init__(self, aspect: Aspect, version: str) -> None:
        self.dropped: list[str] = []
        self._aspect = aspect
        self._hidden = unknown_fields(version, aspect.name)

    def read(self, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise Refusal(f"Cannot parse {self._aspect.name}: it is no record")
        read: dict[str, Any] = self._value(self._aspect.schema, value, "")
        return read

    def _value(self, schema: Any, value: Any, path: str) -> Any:
        schema = model().resolved(schema)
        if isinstance(schema, list):
            return self._branch(schema, value, path)
        kind = schema if isinstance(schema, str) else schema["type"]
        if kind == "record":
            return self._record(schema, value, path)
        if kind == "array":
            self._expect(isinstance(value, list), path, kind)
            return [
                self._value(schema["items"], item, f"{path}/{n}") for n, item in enumerate(value)
            ]
        if kind == "map":
            self._expect(isinstance(value, dict), path, kind)
            return {
                key: self._value(schema["values"], item, f"{path}/{key}")
                for key, item in value.items()
            }
        if kind == "enum":
            self._expect(value in schema["symbols"], path, "an enum symbol")
            return value
        self._expect(_is_primitive(kind, value), path, kind)
        return value

    def _record(self, schema: dict[str, Any], value: Any, path: str) -> dict[str, Any]:
        self._expect(isinstance(value, dict), path, "a record")
        hidden = self._hidden if not path else frozenset()
        known = {f["name"]: f for f in schema["fields"] if f["name"] not in hidden}
        self.dropped += [f"{path}/{name}" for name in value if name not in known]
        for name, field in known.items():
            missing = value.get(name) is None and "default" not in field
            if missing and not _may_be_null(field["type"]) and name != _DISCRIMINATOR:
                raise Refusal(
                    f"ERROR :: {path}/{name} :: field is required but not found "
                    "and has no default value"
                )
        return {
            name: self._value(known[name]["type"], item, f"{path}/{name}")
            for name, item in value.items()
            if name in known and item is not None
        }

    def _branch(self, branches: list[Any], value: Any, path: str) -> Any:
        filled = [branch for branch in branches if branch != "null"]
        if len(filled) == 1:
            return self._value(filled[0], value, path)
        names = {model().wire_name(branch): branch for branch in filled}
        if isinstance(value, dict) and len(value) == 1:
            [(name, inner)] = value.items()
            if name in names:
                return {name: self._value(names[name], inner, path)}
        raise Refusal(f"ERROR :: {path} :: {value!r} is not a member of the union {list(names)}")

    def _expect(self, holds: bool, path: str, what: str) -> None:
        if not holds:
            raise Refusal(f"ERROR :: {path or '/'} :: the value cannot be coerced to {what}")


def _may_be_null(schema: Any) -> bool:
    schema = model().resolved(schema)
    return isinstance(schema, list) and "null" in schema


def _is_primitive(kind: str, value: Any) -> bool:
    if kind == "boolean":
        return isinstance(value, bool)
    if kind in {"int", "long"}:
        most = _INT if kind == "int" else _LONG
        return isinstance(value, int) and not isinstance(value, bool) and -most <= value < most
    if kind in {"double", "float"}:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind == "string":
        return isinstance(value, str)
    # Bytes are text in JSON, one character a byte.
    return isinstance(value, str) and all(ord(letter) <= _LAST_BYTE for letter in value)
