"""Incidents by GraphQL: raised, changed, resolved."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from tests.integration.gms.answers import Refusal
from tests.integration.gms.service import USER, Service, proposal_of

_PRIORITIES = {"CRITICAL": 0, "HIGH": 1, "MEDIUM": 2, "LOW": 3}
_NAMES = {number: name for name, number in _PRIORITIES.items()}
_INFO = "incidentInfo"


class Incidents:
    def __init__(self, service: Service) -> None:
        self._service = service

    def raise_(self, input: Mapping[str, Any]) -> str:  # noqa: A002 - the name in the schema
        """The URN of a new incident."""
        one = [input["resourceUrn"]] if input.get("resourceUrn") else []
        resources = list(input.get("resourceUrns") or one)
        if not resources:
            raise Refusal("At least 1 resource urn must be defined to raise an incident.")
        for urn in resources:
            if not self._service.storage.exists(urn):
                raise Refusal(f"Failed to raise incident. Resource {urn} does not exist.")
        stamp = self._stamp()
        info = {
            "type": input["type"],
            "entities": resources,
            "status": self._status(input.get("status") or {"state": "ACTIVE"}),
            "source": {"type": (input.get("source") or {"type": "MANUAL"})["type"]},
            "created": stamp,
            **_same(input, "customType", "title", "description", "startedAt"),
            **self._people(input),
        }
        urn = f"urn:li:incident:{uuid4()}"
        self._put(urn, info)
        return urn

    def update(self, urn: str, input: Mapping[str, Any]) -> bool:  # noqa: A002 - as above
        """Change what is named, and leave the rest."""
        info = {
            **self._info(urn),
            **_same(input, "title", "description", "startedAt"),
            **self._people(input),
        }
        if input.get("status"):
            info["status"] = self._status(input["status"])
        if input.get("resourceUrns") is not None:
            if not input["resourceUrns"]:
                raise Refusal("At least 1 resource urn must be defined to update an incident.")
            info["entities"] = list(input["resourceUrns"])
        self._put(urn, info)
        return True

    def update_status(self, urn: str, input: Mapping[str, Any]) -> bool:  # noqa: A002 - as above
        """Replace the status: a stage or message that is not named is gone."""
        self._put(urn, {**self._info(urn), "status": self._status(input)})
        return True

    def _info(self, urn: str) -> dict[str, Any]:
        held = self._service.storage.get(urn, _INFO)
        if held is None:
            raise Refusal("Failed to update incident. Incident does not exist.")
        return held.value

    def _put(self, urn: str, info: dict[str, Any]) -> None:
        self._service.ingest([proposal_of(urn, _INFO, info)], wait=True)

    def _people(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        told: dict[str, Any] = {}
        if asked.get("priority"):
            told["priority"] = _PRIORITIES[asked["priority"]]
        if asked.get("assigneeUrns") is not None:
            stamp = self._stamp()
            told["assignees"] = [
                {"actor": urn, "assignedAt": stamp} for urn in asked["assigneeUrns"]
            ]
        return told

    def _status(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        return {**_same(asked, "state", "stage", "message"), "lastUpdated": self._stamp()}

    def _stamp(self) -> dict[str, Any]:
        return {"time": self._service.now(), "actor": USER}


def _same(asked: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: asked[name] for name in names if asked.get(name) is not None}


def shown_incident(info: dict[str, Any]) -> dict[str, Any]:
    """What GraphQL calls the fields of the aspect."""
    status = info["status"]
    return {
        "incidentType": info["type"],
        "customType": info.get("customType"),
        "title": info.get("title"),
        "description": info.get("description"),
        "incidentStatus": status,
        "status": status,
        "priority": _NAMES.get(info.get("priority", -1)),
        "startedAt": info.get("startedAt"),
        "created": info["created"],
    }
