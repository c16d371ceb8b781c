"""JSON patches over keyed lists, as the server applies them to an aspect.

While a patch is applied, a keyed list is a map of maps, one level for each of its keys.
"""

import copy
from dataclasses import dataclass
from typing import Any

from tests.integration.gms.answers import Refusal

SEPARATOR = "\u241f"
Keys = dict[str, list[str]]

# Aspects that take a plain patch, with the keys of their lists. None: an item is its own key.
TEMPLATES: dict[str, Keys] = {
    "chartInfo": {},
    "dashboardInfo": {},
    "dataFlowInfo": {},
    "dataJobInfo": {},
    "dataJobInputOutput": {},
    "dataProductProperties": {"assets": ["destinationUrn"]},
    "datasetProperties": {},
    "documentation": {"documentations": [f"attribution{SEPARATOR}source"]},
    "domains": {"domains": []},
    "editableContainerProperties": {},
    "editableDatasetProperties": {},
    "editableMlModelGroupProperties": {},
    "editableSchemaMetadata": {"editableSchemaFieldInfo": ["fieldPath"]},
    "formInfo": {},
    "globalTags": {"tags": ["tag"]},
    "glossaryTerms": {"terms": ["urn"]},
    "ownership": {"owners": ["owner", "type"]},
    "propertyDefinition": {"entityTypes": [], "allowedValues": [f"value{SEPARATOR}string"]},
    "siblings": {"siblings": []},
    "status": {},
    "structuredProperties": {"properties": ["propertyUrn", f"attribution{SEPARATOR}source"]},
    "upstreamLineage": {"upstreams": ["dataset"]},
    "versionProperties": {},
}

# Fields that a template fills in where the aspect is not there yet: when, and by whom.
_STAMPED = {"glossaryTerms": "auditStamp", "ownership": "lastModified"}


@dataclass(frozen=True, slots=True)
class Patch:
    operations: list[dict[str, Any]]
    keys: Keys


def patch_of(aspect: str, payload: Any, *, exists: bool) -> Patch:
    """What the payload of a proposal asks for, by the aspect's own template or the generic one."""
    if isinstance(payload, list):
        return _plain(aspect, payload, exists=exists)
    if not isinstance(payload, dict) or "patch" not in payload:
        raise Refusal("Missing `patch` field.")
    keys = payload.get("arrayPrimaryKeys") or {}
    if keys or payload.get("forceGenericPatch"):
        return Patch(payload["patch"], keys)
    return _plain(aspect, payload["patch"], exists=exists)


def _plain(aspect: str, operations: list[dict[str, Any]], *, exists: bool) -> Patch:
    if aspect not in TEMPLATES and not exists:
        raise Refusal(f"Patch not supported for aspect with name {aspect}")
    return Patch(operations, TEMPLATES.get(aspect, {}))


def blank(aspect: str, at: int, actor: str) -> dict[str, Any]:
    """What a patch begins with where the aspect is not there yet."""
    field = _STAMPED.get(aspect)
    return {field: {"time": at, "actor": actor}} if field else {}


def patched(held: dict[str, Any], patch: Patch, *, trailing_slash_works: bool) -> Any:
    """The aspect after the patch; what it removes need not be there."""
    node = copy.deepcopy(held)
    for field, keys in patch.keys.items():
        node[field] = _as_maps(node.get(field) or [], keys)
    for operation in patch.operations:
        tokens = _tokens(operation["path"])
        if operation["op"] not in {"add", "remove"}:
            raise Refusal(f"Unsupported PATCH operation: `{operation['op']}`")
        if operation["op"] == "add" and not trailing_slash_works and tokens[-1] == "":
            _refuse_first_touch(node, tokens)
        _apply(node, operation, tokens)
    for field, keys in patch.keys.items():
        node[field] = _as_list(node.get(field, {}), max(1, len(keys)), keys)
        if not node[field] and field not in held:
            del node[field]
    return node


def _tokens(path: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]


def _refuse_first_touch(node: Any, tokens: list[str]) -> None:
    for token in tokens[:-1]:
        node = node.get(token) if isinstance(node, dict) else None
    if node is None:
        path = "/".join(["", *tokens])
        raise Refusal(f"jakarta.json.JsonException: {path} cannot be created", 500)


def _apply(node: Any, operation: dict[str, Any], tokens: list[str]) -> None:
    for token in tokens[:-1]:
        node = node[int(token)] if isinstance(node, list) else node.setdefault(token, {})
    last = tokens[-1]
    if isinstance(node, list):
        _apply_to_list(node, operation, last)
    elif operation["op"] == "add":
        node[last] = operation["value"]
    else:
        node.pop(last, None)


def _apply_to_list(node: list[Any], operation: dict[str, Any], last: str) -> None:
    if operation["op"] == "add":
        node.insert(len(node) if last == "-" else int(last), operation["value"])
    else:
        del node[int(last)]


def _as_maps(items: list[Any], keys: list[str]) -> dict[str, Any]:
    root: dict[str, Any] = {}
    for item in items:
        *path, last = [_key(item, key) for key in keys] or [str(item)]
        here = root
        for part in path:
            here = here.setdefault(part, {})
        here[last] = item
    return root


def _key(item: Any, key: str) -> str:
    for part in key.split(SEPARATOR):
        item = item.get(part) if isinstance(item, dict) else None
    return "" if item is None else str(item)


def _as_list(maps: Any, depth: int, keys: list[str]) -> list[Any]:
    if isinstance(maps, list):
        # The whole list was set.
        return maps
    if depth == 0:
        return [maps]
    found: list[Any] = []
    for key, inner in maps.items():
        found += [_with_key(item, keys, key) for item in _as_list(inner, depth - 1, keys[1:])]
    return found


def _with_key(item: Any, keys: list[str], key: str) -> Any:
    if keys and isinstance(item, dict) and key and SEPARATOR not in keys[0]:
        return {keys[0]: key, **item} if keys[0] not in item else item
    return item
