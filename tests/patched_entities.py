"""A model of how DataHub's server keeps aspects: whole ones replace, patches are merged.

Keyed lists are maps while a patch is applied, one level a key; what is added twice is there once.
Only what the proposals here use is modelled: adding.
"""

import json
from typing import Any

from datahub.emitter.mcp import MetadataChangeProposalWrapper
from datahub.metadata.schema_classes import ChangeTypeClass, MetadataChangeProposalClass

_SEPARATOR = "\u241f"
_KEYS_OF_PLAIN_PATCHES = {"dataProductProperties": {"assets": ["destinationUrn"]}}
_STAMPS = {"created", "createStamp", "auditStamp", "lastModified"}


class PatchedEntities:
    """Aspects as JSON, by URN and name."""

    def __init__(self) -> None:
        self.aspects: dict[tuple[str, str], Any] = {}

    def take_json(self, proposal: dict[str, Any]) -> None:
        """Keep what a proposal says that came as JSON; what is no versioned aspect is kept too."""
        key = (proposal["entityUrn"], proposal["aspectName"])
        value = json.loads(proposal["aspect"]["value"])
        if proposal["changeType"] == ChangeTypeClass.PATCH:
            self._patch(key, value)
        else:
            self.aspects[key] = value

    def take(self, change: MetadataChangeProposalWrapper | MetadataChangeProposalClass) -> None:
        """Keep what a proposal says."""
        assert change.entityUrn
        assert change.aspectName
        key = (change.entityUrn, change.aspectName)
        if isinstance(change, MetadataChangeProposalWrapper):
            assert change.aspect is not None
            self.aspects[key] = change.aspect.to_obj()
            return
        assert change.changeType == ChangeTypeClass.PATCH
        assert change.aspect is not None
        self._patch(key, json.loads(change.aspect.value))

    def _patch(self, key: tuple[str, str], payload: Any) -> None:
        keys = _KEYS_OF_PLAIN_PATCHES.get(key[1], {})
        if isinstance(payload, dict):
            payload, keys = payload["patch"], payload["arrayPrimaryKeys"]
        self.aspects[key] = _patched(self.aspects.get(key, {}), payload, keys)

    def of(self, urn: str) -> dict[str, Any]:
        """All aspects of an entity without audit stamps and defaults."""
        return {name: _bare(aspect) for (of, name), aspect in self.aspects.items() if of == urn}


def _patched(aspect: Any, patch: list[Any], keys: dict[str, list[str]]) -> Any:
    node = json.loads(json.dumps(aspect))
    for field, names in keys.items():
        node[field] = _as_maps(node.get(field, []), names)
    for operation in patch:
        assert operation["op"] == "add", "the model knows only how to add"
        *path, last = [
            part.replace("~1", "/").replace("~0", "~") for part in operation["path"].split("/")[1:]
        ]
        parent = node
        for part in path:
            parent = parent.setdefault(part, {})
        parent[last] = operation["value"]
    for field, names in keys.items():
        if isinstance(node[field], dict):
            node[field] = _as_list(node[field], len(names))
    return node


def _as_maps(items: list[Any], names: list[str]) -> dict[str, Any]:
    root: dict[str, Any] = {}
    for item in items:
        here = root
        *path, last = [_value(item, name) for name in names]
        for part in path:
            here = here.setdefault(part, {})
        here[last] = item
    return root


def _value(item: Any, name: str) -> str:
    for part in name.split(_SEPARATOR):
        item = item.get(part, {}) if isinstance(item, dict) else {}
    return item if isinstance(item, str) else ""


def _as_list(maps: dict[str, Any], depth: int) -> list[Any]:
    items = list(maps.values())
    return items if depth == 1 else [x for item in items for x in _as_list(item, depth - 1)]


def _bare(value: Any) -> Any:
    if isinstance(value, list):
        return [_bare(item) for item in value]
    if isinstance(value, dict):
        return {k: _bare(v) for k, v in value.items() if k not in _STAMPS and v not in (None, {})}
    return value
