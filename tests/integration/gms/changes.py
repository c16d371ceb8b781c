"""What entity change events the server makes of a change of an aspect."""

from collections.abc import Callable, Iterator
from typing import Any

Told = dict[str, Any]
_KEYS_TOLD = {
    f"{entity}Key"
    for entity in (
        "dataset",
        "dashboard",
        "chart",
        "container",
        "dataFlow",
        "dataJob",
        "glossaryTerm",
        "domain",
        "tag",
    )
}


def entity_changes(
    urn: str, aspect: str, before: dict[str, Any] | None, after: dict[str, Any] | None
) -> Iterator[Told]:
    """Category, operation, modifier and parameters of each; none for what the server tells not."""
    if aspect in _KEYS_TOLD:
        yield {"category": "LIFECYCLE", "operation": "CREATE" if after else "HARD_DELETE"}
    elif aspect in _TELLERS:
        yield from _TELLERS[aspect](before or {}, after or {})


def _run(_: Told, after: Told) -> Iterator[Told]:
    if after.get("status") != "COMPLETE":
        return
    parameters = {
        # The status, although it is called a result.
        "runResult": after["status"],
        "runId": after["runId"],
        "asserteeUrn": after["asserteeUrn"],
    }
    if "result" in after:
        parameters["assertionResult"] = after["result"]["type"]
    yield {"category": "RUN", "operation": "COMPLETED", "parameters": parameters}


def _structured_properties(before: Told, after: Told) -> Iterator[Told]:
    was, now = (
        {entry["propertyUrn"]: entry["values"] for entry in value.get("properties", [])}
        for value in (before, after)
    )
    changed = [urn for urn in (*was, *now) if was.get(urn) != now.get(urn)]
    for urn in dict.fromkeys(changed):
        for operation, side in (("REMOVE", was), ("ADD", now)):
            if urn in side:
                yield {
                    "category": "STRUCTURED_PROPERTY",
                    "operation": operation,
                    "modifier": urn,
                    "parameters": {"propertyUrn": urn},
                }


def _owners(before: Told, after: Told) -> Iterator[Told]:
    was, now = (
        {entry["owner"]: entry["type"] for entry in value.get("owners", [])}
        for value in (before, after)
    )
    for owner in dict.fromkeys((*was, *now)):
        if was.get(owner) == now.get(owner):
            continue
        operation = "MODIFY" if owner in was and owner in now else "ADD"
        yield {
            "category": "OWNER",
            "operation": operation if owner in now else "REMOVE",
            "modifier": owner,
            "parameters": {"ownerUrn": owner, "ownerType": now.get(owner, was.get(owner))},
        }


def _listed(category: str, field: str, key: str, parameter: str) -> Callable[..., Iterator[Told]]:
    def tell(before: Told, after: Told) -> Iterator[Told]:
        was, now = (
            [item if isinstance(item, str) else item[key] for item in value.get(field, [])]
            for value in (before, after)
        )
        for urn in dict.fromkeys((*was, *now)):
            if (urn in was) != (urn in now):
                yield {
                    "category": category,
                    "operation": "ADD" if urn in now else "REMOVE",
                    "modifier": urn,
                    "parameters": {parameter: urn},
                }

    return tell


def _status(before: Told, after: Told) -> Iterator[Told]:
    if bool(before.get("removed")) != bool(after.get("removed")):
        operation = "SOFT_DELETE" if after.get("removed") else "REINSTATE"
        yield {"category": "LIFECYCLE", "operation": operation}


def _deprecation(before: Told, after: Told) -> Iterator[Told]:
    if bool(before.get("deprecated")) != bool(after.get("deprecated")):
        status = "DEPRECATED" if after.get("deprecated") else "ACTIVE"
        yield {
            "category": "DEPRECATION",
            "operation": "MODIFY",
            "modifier": status,
            "parameters": {"status": status},
        }


_TELLERS: dict[str, Callable[[Told, Told], Iterator[Told]]] = {
    "assertionRunEvent": _run,
    "structuredProperties": _structured_properties,
    "ownership": _owners,
    "globalTags": _listed("TAG", "tags", "tag", "tagUrn"),
    "glossaryTerms": _listed("GLOSSARY_TERM", "terms", "urn", "termUrn"),
    "domains": _listed("DOMAIN", "domains", "", "domainUrn"),
    "status": _status,
    "deprecation": _deprecation,
}
