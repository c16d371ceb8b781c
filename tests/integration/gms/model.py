"""The metadata model as the installed acryl-datahub has it: entities, their aspects, annotations."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import datahub

_SCHEMAS = Path(datahub.__file__).parent / "metadata" / "schemas"
_CLIENTS, _SERVERS = ".pegasus2avro.", "."
# What a server learned later than others that are still in use, by the first version with it.
NEXT = "next"
_LATER_FIELDS = {("dataProductProperties", "parentDataProduct"): NEXT}
_LATER_ASPECTS = {("assertion", "assertionNote"): "v1.7.0.1"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Aspect:
    name: str
    schema: dict[str, Any]
    timeseries: bool

    @property
    def wire_name(self) -> str:
        full = f"{self.schema['namespace']}.{self.schema['name']}"
        return full.replace(_CLIENTS, _SERVERS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Entity:
    name: str
    key: Aspect
    aspects: frozenset[str]


class Model:
    """All of it; read once from the files of the wheel."""

    def __init__(self) -> None:
        self.aspects: dict[str, Aspect] = {}
        self.entities: dict[str, Entity] = {}
        self._types: dict[str, dict[str, Any]] = {}
        for file in sorted(_SCHEMAS.glob("*.avsc")):
            schema = json.loads(file.read_text(encoding="utf-8"))
            self._register(schema, "")
            self._take(schema)

    def resolved(self, schema: Any) -> Any:
        """A primitive's name, a list of branches, or the definition itself."""
        if isinstance(schema, str):
            return self._types.get(schema, schema)
        if isinstance(schema, dict) and not isinstance(schema["type"], str):
            return self.resolved(schema["type"])
        return schema

    def wire_name(self, schema: Any) -> str:
        """What a branch of a union is called in JSON."""
        schema = self.resolved(schema)
        if isinstance(schema, str):
            return schema
        if "name" not in schema:
            return str(schema["type"])
        return f"{schema['namespace']}.{schema['name']}".replace(_CLIENTS, _SERVERS)

    def _take(self, schema: Any) -> None:
        told = schema.get("Aspect") if isinstance(schema, dict) else None
        if told is None:
            return
        timeseries = told.get("type") == "timeseries"
        aspect = Aspect(name=told["name"], schema=schema, timeseries=timeseries)
        self.aspects[aspect.name] = aspect
        if "keyForEntity" in told:
            name = told["keyForEntity"]
            held = frozenset({*told.get("entityAspects", ()), aspect.name})
            self.entities[name] = Entity(name=name, key=aspect, aspects=held)

    def _register(self, schema: Any, namespace: str) -> None:
        if isinstance(schema, list):
            for item in schema:
                self._register(item, namespace)
        elif isinstance(schema, dict):
            if schema.get("type") in {"record", "enum", "fixed"}:
                namespace = schema.setdefault("namespace", namespace)
                self._types.setdefault(f"{namespace}.{schema['name']}", schema)
            for part in ("type", "items", "values"):
                self._register(schema.get(part), namespace)
            for field in schema.get("fields", ()):
                self._register(field.get("type"), namespace)


@cache
def model() -> Model:
    return Model()


def schema_text(name: str) -> str:
    """The Avro schema of an event, as a registry gives it."""
    return (_SCHEMAS / f"{name}.avsc").read_text(encoding="utf-8")


def knows_aspect(version: str, entity: Entity, aspect: str) -> bool:
    later = _LATER_ASPECTS.get((entity.name, aspect))
    return aspect in entity.aspects and (later is None or at_least(version, later))


def unknown_fields(version: str, aspect: str) -> frozenset[str]:
    """Fields of the wheel's model that a server of this version does not have yet."""
    return frozenset(
        field
        for (of, field), since in _LATER_FIELDS.items()
        if of == aspect and not at_least(version, since)
    )


def at_least(version: str, wanted: str) -> bool:
    return _order(version) >= _order(wanted)


def _order(version: str) -> tuple[int, ...]:
    return (10**6,) if version == NEXT else tuple(map(int, re.findall(r"\d+", version)))


def walk(schema: Any, value: Any, path: str = "") -> Iterator[tuple[dict[str, Any], str, Any]]:
    """Each field of a record that has a value, with its place, those of nested records too."""
    schema = model().resolved(schema)
    if isinstance(schema, list):
        yield from _walk_branch(schema, value, path)
    elif isinstance(schema, dict) and schema["type"] == "record":
        for field in schema["fields"]:
            if isinstance(value, dict) and value.get(field["name"]) is not None:
                place = f"{path}/{field['name']}"
                yield field, place, value[field["name"]]
                yield from walk(field["type"], value[field["name"]], place)
    elif isinstance(schema, dict) and schema["type"] in {"array", "map"}:
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in items:
            inner = schema["items" if schema["type"] == "array" else "values"]
            yield from walk(inner, item, f"{path}/{key}")


def _walk_branch(
    branches: list[Any], value: Any, path: str
) -> Iterator[tuple[dict[str, Any], str, Any]]:
    filled = [branch for branch in branches if branch != "null"]
    if len(filled) == 1:
        yield from walk(filled[0], value, path)
        return
    for branch in filled:
        name = model().wire_name(branch)
        if name in value:
            yield from walk(branch, value[name], f"{path}/{name}")


def at_place(value: Any, spec: str) -> Iterator[Any]:
    """What an annotation's path (`/*/destinationUrn`) points at in the value of its field."""
    values = [value]
    for step in spec.split("/")[1:]:
        values = [inner for item in values for inner in _step(item, step)]
    yield from values


def _step(value: Any, step: str) -> list[Any]:
    if step == "*":
        return list(value.values() if isinstance(value, dict) else value)
    inner = value.get(step) if isinstance(value, dict) else None
    return [] if inner is None else [inner]


def annotated(field: dict[str, Any], name: str, value: Any) -> Iterator[tuple[dict[str, Any], Any]]:
    """Each use of an annotation on a field: what it says, and the values that it says it of."""
    told = field.get(name)
    if told is None:
        return
    places = {spec: inner for spec, inner in told.items() if spec.startswith("/")}
    for spec, inner in (places or {"": told}).items():
        for item in at_place(value, spec):
            yield inner, item
