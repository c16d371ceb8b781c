"""The server that a test is about: the stand-in, or a real one that `DATAHUB_GMS_URL` names."""

import json
import os
import threading
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
import requests
from datahub.ingestion.graph.client import DataHubGraph
from datahub.ingestion.graph.config import DatahubClientConfig

from tests.integration.gms.server import Gms
from tests.integration.gms.service import proposal_of

PRODUCT_PROPERTIES = "dataProductProperties"
STRING = "urn:li:dataType:datahub.string"
NUMBER = "urn:li:dataType:datahub.number"
_INDEX_SECONDS = float(os.environ.get("DATAHUB_GMS_INDEX_SECONDS", "3"))


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered: its status, and its sentence where it refused."""

    status: int
    message: str = ""
    body: Any = None


class Subject:
    """Speaks to the server over HTTP alone; names carry a suffix, so that runs do not meet."""

    def __init__(self, url: str, token: str | None, gms: Gms | None) -> None:
        self.url = url
        self._gms = gms
        self._token = token
        self._suffix = uuid4().hex[:12]
        self.graph = DataHubGraph(
            DatahubClientConfig(server=url, token=token, retry_max_times=1, timeout_sec=10)
        )

    @property
    def standin(self) -> Gms:
        """For what only the stand-in can do: be switched, or show what it told."""
        if self._gms is None:
            pytest.skip("needs the stand-in's switches, and DATAHUB_GMS_URL names a real server")
        return self._gms

    def urn(self, kind: str, name: str) -> str:
        return f"urn:li:{kind}:{name}_{self._suffix}"

    def dataset(self, name: str) -> str:
        table = f"shop.{self._suffix}.{name}"
        return f"urn:li:dataset:(urn:li:dataPlatform:postgres,{table},PROD)"

    def settle(self) -> None:
        """Until search knows what was written."""
        if self._gms is not None:
            self._gms.tick()
        else:
            threading.Event().wait(_INDEX_SECONDS)

    def write(
        self,
        urn: str,
        aspect: str,
        value: Any,
        change: str = "UPSERT",
        *,
        wait: bool = True,
        **told: Any,
    ) -> Reply:
        proposal = {**proposal_of(urn, aspect, value, change), **told}
        return self.write_all([proposal], wait=wait, batch=False)

    def patch(self, urn: str, aspect: str, *operations: dict[str, Any], **envelope: Any) -> Reply:
        """A plain patch, or one in an envelope when something is said of it."""
        plain = list(operations)
        return self.write(urn, aspect, {"patch": plain, **envelope} if envelope else plain, "PATCH")

    def write_all(
        self, proposals: list[dict[str, Any]], *, wait: bool = True, batch: bool = True
    ) -> Reply:
        body: dict[str, Any] = {"async": "false" if wait else "true"}
        body |= {"proposals": proposals} if batch else {"proposal": proposals[0]}
        action = "ingestProposalBatch" if batch else "ingestProposal"
        return self.ask("POST", f"/aspects?action={action}", body)

    def ask(self, method: str, path: str, body: Any = None) -> Reply:
        headers = {"X-RestLi-Protocol-Version": "2.0.0", "Content-Type": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        data = None if body is None else json.dumps(body)
        response = requests.request(
            method, f"{self.url}{path}", data=data, headers=headers, timeout=10
        )
        told = response.json() if response.content else None
        message = told.get("message", "") if isinstance(told, dict) else ""
        return Reply(response.status_code, message, told)

    def read(self, urn: str, aspect: str) -> Any:
        """The aspect as a client reads it; None: there is none."""
        told = self.ask("GET", f"/aspects/{quote(urn, safe='')}?aspect={aspect}&version=0")
        if told.status == 404:
            return None
        [value] = told.body["aspect"].values()
        return value

    def graphql(self, query: str, **variables: Any) -> Any:
        return self.graph.execute_graphql(query, variables=variables)

    def define(self, name: str, **definition: Any) -> str:
        """Define a structured property of text that has one value, unless told otherwise."""
        urn = self.urn("structuredProperty", name)
        reply = self.write(urn, "propertyDefinition", self.definition(urn, **definition))
        assert reply.status == 200, reply.message
        return urn

    def definition(self, urn: str, **definition: Any) -> dict[str, Any]:
        return {
            "qualifiedName": urn.rpartition(":")[2],
            "valueType": STRING,
            "cardinality": "SINGLE",
            "entityTypes": ["urn:li:entityType:datahub.dataProduct"],
            **definition,
        }

    def assign(self, urn: str, *entries: tuple[str, list[Any]]) -> Reply:
        """Set all structured properties of an entity."""
        properties = [
            {"propertyUrn": name, "values": [_union(value) for value in values]}
            for name, values in entries
        ]
        return self.write(urn, "structuredProperties", {"properties": properties})

    def run(self, assertion: str, dataset: str, at: int, outcome: str, **told: Any) -> Reply:
        value = {
            "timestampMillis": at,
            "runId": f"run-{at}",
            "assertionUrn": assertion,
            "asserteeUrn": dataset,
            "status": "COMPLETE",
            "result": {"type": outcome},
            **told,
        }
        return self.write(assertion, "assertionRunEvent", value)


def _union(value: Any) -> Any:
    if isinstance(value, dict):
        return value
    return {"string": value} if isinstance(value, str) else {"double": value}


def product(*assets: str, **told: Any) -> dict[str, Any]:
    """Properties of a product with some assets."""
    return {"name": "P", "assets": [{"destinationUrn": urn} for urn in assets], **told}
