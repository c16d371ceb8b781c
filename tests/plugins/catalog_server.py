"""A stand-in for a DataHub server, as far as an ingestion speaks to it: it keeps what it is sent."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from tests.patched_entities import PatchedEntities

_CONFIG = {
    "noCode": "true",
    "retention": "true",
    "statefulIngestionCapable": True,
    "versions": {"acryldata/datahub": {"version": "v1.7.0", "commit": "0"}},
    "datahub": {"serverType": "prod"},
    "managedIngestion": {"defaultCliVersion": "1.7.0", "enabled": True},
}


class CatalogServer:
    """What a server was sent, and the domains and checkpoints it knows.

    Attributes:
        url: where it listens.
        proposals: in the order of arrival.
        domains: URNs of the domains it knows.
        entities: what it holds after all proposals.
        asked: method and path of every request.
        tokens: what requests said to be allowed by.
        refusal: a status to answer every question about entities with; 0: none.
        unexpected: requests it has no answer for.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.proposals: list[dict[str, Any]] = []
        self.domains: set[str] = set()
        self.entities = PatchedEntities()
        self.asked: list[str] = []
        self.tokens: set[str] = set()
        self.refusal = 0
        self.unexpected: list[str] = []
        self.lock = threading.Lock()

    def urns(self, aspect: str) -> list[str]:
        """The entities that were sent an aspect."""
        return [p["entityUrn"] for p in self.proposals if p["aspectName"] == aspect]

    def answer_get(self, path: str) -> tuple[int, Any]:
        """Status and JSON body."""
        if path == "/config":
            return 200, _CONFIG
        entity, _, query = path.removeprefix("/aspects/").partition("?")
        if path.startswith("/aspects/") and "aspect=domainProperties" in query:
            urn = unquote(entity)
            if urn not in self.domains:
                return 404, None
            name = {"name": urn.rpartition(":")[2]}
            return 200, {"version": 0, "aspect": {"com.linkedin.domain.DomainProperties": name}}
        self.unexpected.append(f"GET {path}")
        return 404, None

    def answer_post(self, path: str, body: Any) -> tuple[int, Any]:
        """Status and JSON body."""
        if path == "/aspects?action=ingestProposal":
            self._take([body["proposal"]])
            return 200, {"value": "success"}
        if path == "/aspects?action=ingestProposalBatch":
            self._take(body["proposals"])
            return 200, {"value": "success"}
        if path.startswith(("/openapi/", "/api/")):
            return self._answer_reader(path, body)
        if path == "/aspects?action=getTimeseriesAspectValues":
            return 200, {"value": {"values": self._checkpoints(body["urn"])}}
        if path == "/entities?action=search":
            return 200, {"value": {"numEntities": 0, "entities": []}}
        self.unexpected.append(f"POST {path}")
        return 404, None

    def _answer_reader(self, path: str, body: Any) -> tuple[int, Any]:
        if self.refusal:
            return self.refusal, {"message": "no", "status": self.refusal}
        if path.startswith("/openapi/v3/entity/") and "batchGet" in path:
            return 200, [found for asked in body if (found := self._entity(asked))]
        if path == "/api/graphql":
            return 200, {"data": {"scrollAcrossEntities": self._definitions(body["variables"])}}
        self.unexpected.append(f"POST {path}")
        return 404, None

    def _take(self, proposals: list[dict[str, Any]]) -> None:
        self.proposals += proposals
        for proposal in proposals:
            self.entities.take_json(proposal)

    def _entity(self, asked: dict[str, Any]) -> dict[str, Any] | None:
        # One that has none of the aspects asked for is left out, as the server does it.
        aspects = self.entities.aspects
        held = {
            name: {"value": aspects[key]}
            for name in asked
            if (key := (asked["urn"], name)) in aspects
        }
        return {"urn": asked["urn"], **held} if held else None

    def _definitions(self, variables: dict[str, Any]) -> dict[str, Any]:
        assert variables["types"] == ["PLATFORM_RESOURCE"]
        aspects = self.entities.aspects
        found = [
            urn
            for (urn, name), value in aspects.items()
            if name == "platformResourceInfo"
            and value["resourceType"] == "data-product-definition"
            and not aspects.get((urn, "status"), {}).get("removed")
        ]
        return {"nextScrollId": None, "searchResults": [{"entity": {"urn": u}} for u in found]}

    def _checkpoints(self, urn: str) -> list[dict[str, Any]]:
        sent = [p for p in self.proposals if p["entityUrn"] == urn]
        kept = [p for p in sent if p["aspectName"] == "datahubIngestionCheckpoint"]
        return [{"aspect": kept[-1]["aspect"]}] if kept else []


@contextmanager
def catalog_server() -> Iterator[CatalogServer]:
    """A server on a free port of this machine, for as long as the block lasts."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Requests)
    catalog = CatalogServer(f"http://127.0.0.1:{server.server_address[1]}")
    server.catalog = catalog  # type: ignore[attr-defined]
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield catalog
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Requests(BaseHTTPRequestHandler):
    @property
    def _catalog(self) -> CatalogServer:
        catalog: CatalogServer = self.server.catalog  # type: ignore[attr-defined]
        return catalog

    def do_GET(self) -> None:
        with self._catalog.lock:
            self._catalog.asked.append(f"GET {self.path}")
            self._reply(*self._catalog.answer_get(self.path))

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        body = json.loads(self.rfile.read(length) or b"null")
        with self._catalog.lock:
            self._catalog.asked.append(f"POST {self.path}")
            self._catalog.tokens |= {self.headers.get("Authorization", "")} - {""}
            self._reply(*self._catalog.answer_post(self.path, body))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - of http.server
        """Stay quiet: the test looks at what was sent."""

    def _reply(self, status: int, body: Any) -> None:
        content = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
