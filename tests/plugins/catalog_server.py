"""A stand-in for a DataHub server, as far as an ingestion speaks to it: it keeps what it is sent."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

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
        unexpected: requests it has no answer for.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.proposals: list[dict[str, Any]] = []
        self.domains: set[str] = set()
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
            self.proposals.append(body["proposal"])
            return 200, {"value": "success"}
        if path == "/aspects?action=ingestProposalBatch":
            self.proposals.extend(body["proposals"])
            return 200, {"value": "success"}
        if path == "/aspects?action=getTimeseriesAspectValues":
            return 200, {"value": {"values": self._checkpoints(body["urn"])}}
        if path == "/entities?action=search":
            return 200, {"value": {"numEntities": 0, "entities": []}}
        self.unexpected.append(f"POST {path}")
        return 404, None

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
            self._reply(*self._catalog.answer_get(self.path))

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        body = json.loads(self.rfile.read(length) or b"null")
        with self._catalog.lock:
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
