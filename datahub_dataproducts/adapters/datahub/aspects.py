"""Aspects as JSON: what the catalog holds, and what proposals make of it.

One form for all catalogs: the JSON that DataHub's server takes, whole and with its defaults.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from avro.errors import AvroException
from datahub.emitter.aspect import ASPECT_MAP
from datahub.emitter.mcp import MetadataChangeProposalWrapper
from datahub.emitter.serialization_helper import post_json_transform, pre_json_transform
from datahub.metadata.schema_classes import ChangeTypeClass, MetadataChangeProposalClass

from datahub_dataproducts.adapters.datahub.proposals.forms import Proposal

Aspect = dict[str, Any]
Snapshot = dict[str, dict[str, Aspect]]
"""Aspects by URN and name."""

# Between the parts of a key that lies deeper within an entry.
_NESTED = "\u241f"
# By what the server tells the entries of a list apart where a patch does not say it.
_KEYS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "dataProductProperties": {"assets": ["destinationUrn"]}
}


def whole(name: str, aspect: Aspect) -> Aspect | None:
    """An aspect as the catalog gives it, in the one form; None where it cannot be read."""
    try:
        typed = ASPECT_MAP[name].from_obj(post_json_transform(aspect))
        made: Aspect = pre_json_transform(typed.to_obj())
    except (AvroException, ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return None
    return made


def applied(snapshot: Snapshot, proposals: Iterable[Proposal]) -> Snapshot:
    """What the catalog holds after some proposals: whole aspects replace, patches are merged.

    The snapshot has to hold every aspect that is patched; it stays as it is.
    """
    after = {urn: dict(aspects) for urn, aspects in snapshot.items()}
    for proposal in proposals:
        change = proposal.change
        assert change.entityUrn is not None
        assert change.aspectName is not None
        aspects = after.setdefault(change.entityUrn, {})
        if isinstance(change, MetadataChangeProposalWrapper):
            assert change.aspect is not None
            aspects[change.aspectName] = pre_json_transform(change.aspect.to_obj())
        else:
            aspects[change.aspectName] = _patched(aspects.get(change.aspectName, {}), change)
    return after


def _patched(aspect: Aspect, change: MetadataChangeProposalClass) -> Aspect:
    """An aspect after a patch, as the server merges it.

    A list whose entries have keys is a map while it is patched, one level for each part of a key;
    what a path leads through is made where it is missing.
    """
    assert change.changeType == ChangeTypeClass.PATCH
    assert change.aspectName is not None
    assert change.aspect is not None
    operations = json.loads(change.aspect.value)
    keys = _KEYS.get(change.aspectName, {})
    if isinstance(operations, dict):
        operations, keys = operations["patch"], operations["arrayPrimaryKeys"]
    # A copy all the way down: the aspect before is compared with this one.
    document = json.loads(json.dumps(aspect))
    for field, parts in keys.items():
        document[field] = _as_map(document.get(field) or [], parts)
    for operation in operations:
        _add(document, operation)
    for field, parts in keys.items():
        # A patch of the whole list gives a list.
        if isinstance(document[field], dict):
            document[field] = _as_list(document[field], len(parts))
    return whole(change.aspectName, document) or document


def _add(document: Aspect, operation: Mapping[str, Any]) -> None:
    assert operation["op"] == "add", "what we propose only adds"
    *path, last = (
        part.replace("~1", "/").replace("~0", "~") for part in operation["path"].split("/")[1:]
    )
    place = document
    for part in path:
        place = place.setdefault(part, {})
    place[last] = operation["value"]


def _as_map(entries: Iterable[Aspect], parts: Sequence[str]) -> Aspect:
    root: Aspect = {}
    for entry in entries:
        place = root
        *path, last = (_key(entry, part) for part in parts)
        for key in path:
            place = place.setdefault(key, {})
        place[last] = entry
    return root


def _key(entry: Any, part: str) -> str:
    for name in part.split(_NESTED):
        entry = entry.get(name) if isinstance(entry, dict) else None
    return entry if isinstance(entry, str) else ""


def _as_list(entries: Aspect, depth: int) -> list[Any]:
    if depth == 1:
        return list(entries.values())
    return [entry for below in entries.values() for entry in _as_list(below, depth - 1)]
