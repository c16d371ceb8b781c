"""A proposal as it comes in, held to what the server checks while the caller waits."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.integration.gms.answers import Refusal
from tests.integration.gms.assignments import Definitions, check_entries
from tests.integration.gms.definitions import check_definition, check_hiding, qualified_types
from tests.integration.gms.model import Aspect, at_least, knows_aspect, model
from tests.integration.gms.records import RecordReader
from tests.integration.gms.switches import Switches
from tests.integration.gms.urns import check_annotated, check_urn, type_of

_CHANGES = {"UPSERT", "CREATE", "UPDATE", "PATCH", "RESTATE", "CREATE_ENTITY"}
_CHECKS_PATCHED_VALUES = "v1.7.0"
_PATCHES_STATUS = "v1.7.0"


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """`payload` is the aspect itself, or the patch where `change` is PATCH."""

    urn: str
    aspect: Aspect
    change: str
    payload: Any
    system: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Checks:
    """What checking needs to know of what is kept."""

    switches: Switches
    exists: Callable[[str], bool]
    definitions: Definitions

    def read(self, raw: dict[str, Any]) -> Proposal:
        """Refuses what the caller is told of, also when the write is asynchronous."""
        urn, change = raw.get("entityUrn"), raw.get("changeType")
        if not isinstance(urn, str) or change not in _CHANGES:
            raise Refusal("A proposal needs an entityUrn and a changeType", 400)
        check_urn(urn, strict=self.switches.strict_urns)
        aspect = self._aspect(urn, raw)
        if aspect.timeseries and change != "UPSERT":
            raise Refusal(f"Timeseries aspect {aspect.name} supports only UPSERT, not {change}")
        try:
            payload = json.loads(raw["aspect"]["value"])
        except (KeyError, TypeError, ValueError):
            raise Refusal("A proposal needs an aspect that is JSON", 400) from None
        dropped: list[str] = []
        if change == "PATCH":
            self._check_patch(urn, aspect, payload)
        else:
            payload, dropped = self.conform(aspect, payload)
            self.check(urn, aspect, payload)
        return Proposal(
            urn=urn,
            aspect=aspect,
            change=change,
            payload=payload,
            system=raw.get("systemMetadata") or {},
            headers=raw.get("headers") or {},
            dropped=tuple(dropped),
        )

    def conform(self, aspect: Aspect, payload: Any) -> tuple[dict[str, Any], list[str]]:
        """The aspect as it is kept, and the places of what was dropped."""
        reader = RecordReader(aspect, self.switches.version)
        return reader.read(payload), reader.dropped

    def check(self, urn: str, aspect: Aspect, value: dict[str, Any]) -> None:
        check_annotated(aspect.schema, value, self.exists)
        if aspect.name == "propertyDefinition":
            check_definition(urn, value)
            for type_ in qualified_types(value):
                if type_of(type_) != "entityType" or not self.exists(type_):
                    raise Refusal(f"Provided allowedType {type_} is not an entity type")
        elif aspect.name == "structuredPropertySettings":
            check_hiding(value)
        elif aspect.name == "structuredProperties":
            may_miss = self.switches.drop_missing_values
            check_entries(urn, value["properties"], self.definitions, may_miss=may_miss)

    def _aspect(self, urn: str, raw: dict[str, Any]) -> Aspect:
        kind, name = type_of(urn), raw.get("aspectName")
        if raw.get("entityType") != kind:
            raise Refusal(f"Entity type {raw.get('entityType')} is not that of {urn}", 400)
        if kind not in model().entities:
            raise Refusal(f"Failed to find entity with name {kind} in EntityRegistry", 400)
        if not knows_aspect(self.switches.version, model().entities[kind], str(name)):
            raise Refusal(f"Unknown aspect {name} for entity {kind}", 400)
        return model().aspects[str(name)]

    def _check_patch(self, urn: str, aspect: Aspect, payload: Any) -> None:
        newest = at_least(self.switches.version, _PATCHES_STATUS)
        if aspect.name == "status" and not newest:
            raise Refusal("Patch of status failed: java.lang.NullPointerException", 500)
        if aspect.name != "structuredProperties" or not isinstance(payload, dict):
            return
        if at_least(self.switches.version, _CHECKS_PATCHED_VALUES):
            added = [
                operation["value"]
                for operation in payload.get("patch", [])
                if operation["op"] == "add" and isinstance(operation["value"], dict)
            ]
            value, _ = self.conform(aspect, {"properties": added})
            may_miss = self.switches.drop_missing_values
            check_entries(urn, value["properties"], self.definitions, may_miss=may_miss)
