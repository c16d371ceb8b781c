"""What GraphQL shows of an entity: values and, where it is asked for more, functions that find it."""

from collections.abc import Callable
from typing import Any

from datahub.ingestion.graph.client import entity_type_to_graphql

from tests.integration.gms.incidents import shown_incident
from tests.integration.gms.search import runs_found
from tests.integration.gms.service import Service
from tests.integration.gms.urns import parts_of, type_of

_PAGE = 20
_COUNTED = {"FAILURE": "failed", "SUCCESS": "succeeded", "ERROR": "errored"}
_MOST_ASSERTIONS = 500


def entity_of(service: Service, urn: str) -> dict[str, Any]:
    kind = type_of(urn)
    base = {"urn": urn, "type": entity_type_to_graphql(kind)}
    if kind not in _SHOWN:
        return {"__typename": "OtherEntity", **base}
    typename, show = _SHOWN[kind]
    return {"__typename": typename, **base, **show(service, urn)}


def assets_of(service: Service, product: str) -> list[str]:
    """The assets of a product, as far as the graph index knows."""
    edges = service.storage.edges(source=product)
    return [edge.target for edge in edges if edge.kind == "DataProductContains"]


def _dataset(service: Service, urn: str) -> dict[str, Any]:
    return {
        "name": parts_of(urn)[1],
        "exists": service.storage.exists(urn),
        "structuredProperties": _properties(service, urn),
        "contract": lambda _: _contract_on(service, urn),
        "assertions": lambda _, **asked: _assertions(service, urn, **asked),
        "incidents": lambda _, **asked: _incidents(service, urn, **asked),
        "health": lambda _: _health(service, urn),
    }


def _data_product(service: Service, urn: str) -> dict[str, Any]:
    held = _value(service, urn, "dataProductProperties")

    def entities(_: Any, input: Any = None) -> dict[str, Any]:  # noqa: A002
        assets = assets_of(service, urn)
        start, count = ((input or {}).get(key) for key in ("start", "count"))
        page = assets[start or 0 : (start or 0) + (count or _PAGE)]
        results = [{"entity": entity_of(service, asset)} for asset in page]
        counts = {"start": start or 0, "count": len(page), "total": len(assets)}
        return {**counts, "searchResults": results}

    properties = held and {
        "name": held.get("name", parts_of(urn)[0]),
        "description": held.get("description"),
        "externalUrl": held.get("externalUrl"),
        "numAssets": len(held.get("assets", [])),
        "customProperties": [
            {"key": key, "value": value} for key, value in held.get("customProperties", {}).items()
        ],
    }
    return {
        "properties": properties,
        "structuredProperties": _properties(service, urn),
        "entities": entities,
    }


def _properties(service: Service, urn: str) -> dict[str, Any] | None:
    held = _value(service, urn, "structuredProperties")
    if held is None:
        return None
    entries = [
        {
            "structuredProperty": entity_of(service, entry["propertyUrn"]),
            "values": [_property_value(value) for value in entry["values"]],
        }
        for entry in held["properties"]
    ]
    return {"properties": entries}


def _property_value(value: dict[str, Any]) -> dict[str, Any]:
    if "string" in value:
        return {"__typename": "StringValue", "stringValue": value["string"]}
    return {"__typename": "NumberValue", "numberValue": value["double"]}


def _contract_on(service: Service, dataset: str) -> dict[str, Any] | None:
    """The first that the graph index finds, were there more."""
    edges = service.storage.edges(target=dataset)
    found = [edge.source for edge in edges if edge.kind == "ContractFor"]
    return entity_of(service, found[0]) if found else None


def _data_contract(service: Service, urn: str) -> dict[str, Any]:
    held = _value(service, urn, "dataContractProperties")
    parts = ("freshness", "schema", "dataQuality")
    properties = held and {
        "entityUrn": held["entity"],
        **{
            part: [
                {"assertion": entity_of(service, entry["assertion"])}
                for entry in held.get(part, [])
            ]
            for part in parts
        },
    }
    return {"properties": properties, "status": _value(service, urn, "dataContractStatus")}


def _assertion(service: Service, urn: str) -> dict[str, Any]:
    def runs(_: Any, **asked: Any) -> dict[str, Any]:
        found = runs_found(
            service.storage,
            urn,
            "assertionRunEvent",
            start=asked.get("startTimeMillis"),
            end=asked.get("endTimeMillis"),
            limit=asked.get("limit") or _PAGE,
        )
        status = asked.get("status")
        events = [value for value, _ in found if status in {None, value["status"]}]
        told = {"total": len(events), **dict.fromkeys(_COUNTED.values(), 0), "runEvents": events}
        for event in events:
            name = _COUNTED.get(event.get("result", {}).get("type", ""))
            if name:
                told[name] += 1
        return told

    return {"info": _value(service, urn, "assertionInfo"), "runEvents": runs}


def _assertion_urns(service: Service, dataset: str) -> list[str]:
    edges = service.storage.edges(target=dataset)
    urns = dict.fromkeys(edge.source for edge in edges if edge.kind == "Asserts")
    return [urn for urn in urns if not (_value(service, urn, "status") or {}).get("removed")][
        :_MOST_ASSERTIONS
    ]


def _assertions(service: Service, dataset: str, **asked: Any) -> dict[str, Any]:
    urns = _assertion_urns(service, dataset)
    return _part("assertions", [entity_of(service, urn) for urn in urns], asked)


def _incidents(service: Service, dataset: str, **asked: Any) -> dict[str, Any]:
    shown = [entity_of(service, urn) for urn in _incident_urns(service, dataset)]
    wanted = [
        incident
        for incident in shown
        if asked.get("state") in {None, incident["status"]["state"]}
        and asked.get("stage") in {None, incident["status"].get("stage")}
        and asked.get("priority") in {None, incident["priority"]}
    ]
    return _part("incidents", wanted, asked)


def _incident_urns(service: Service, dataset: str) -> list[str]:
    edges = service.storage.edges(target=dataset)
    return [edge.source for edge in edges if edge.kind == "IncidentOn"]


def _part(name: str, items: list[Any], asked: dict[str, Any]) -> dict[str, Any]:
    start, count = asked.get("start") or 0, asked.get("count") or _PAGE
    page = items[start : start + count]
    return {"start": start, "count": len(page), "total": len(items), name: page}


def _incident(service: Service, urn: str) -> dict[str, Any]:
    held = _value(service, urn, "incidentInfo")
    assert held is not None
    return {**shown_incident(held), "entity": entity_of(service, held["entities"][0])}


def _health(service: Service, dataset: str) -> list[dict[str, Any]]:
    """By incidents and by assertions; anything but success counts as failing."""
    active = [
        urn
        for urn in _incident_urns(service, dataset)
        if (_value(service, urn, "incidentInfo") or {})["status"]["state"] == "ACTIVE"
    ]
    latest = {
        urn: runs_found(service.storage, urn, "assertionRunEvent", limit=1)
        for urn in _assertion_urns(service, dataset)
    }
    failing = [
        urn
        for urn, runs in latest.items()
        if runs and runs[0][0].get("result", {}).get("type") != "SUCCESS"
    ]
    told = [_kind("INCIDENTS", active)] if _incident_urns(service, dataset) else []
    if any(latest.values()):
        told.append(_kind("ASSERTIONS", failing))
    return told


def _kind(name: str, causes: list[str]) -> dict[str, Any]:
    return {"type": name, "status": "FAIL" if causes else "PASS", "causes": causes}


def _value(service: Service, urn: str, aspect: str) -> dict[str, Any] | None:
    latest = service.latest(urn, aspect)
    return latest[0] if latest else None


def _nothing(_: Service, __: str) -> dict[str, Any]:
    return {}


_SHOWN: dict[str, tuple[str, Callable[[Service, str], dict[str, Any]]]] = {
    "assertion": ("Assertion", _assertion),
    "corpuser": ("CorpUser", _nothing),
    "dataContract": ("DataContract", _data_contract),
    "dataProduct": ("DataProduct", _data_product),
    "dataset": ("Dataset", _dataset),
    "incident": ("Incident", _incident),
    "structuredProperty": ("StructuredPropertyEntity", _nothing),
}
