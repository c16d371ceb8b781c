"""A stand-in for GMS on the loopback: the few endpoints we use, with the rules that can bite.

Like the server it drops a property value whose definition is missing, takes the settings of a badge
only while none is set (not even the same one), and refuses a run on anything but a dataset. What it
does not know it answers with 501, which no client takes for success.
"""

import json
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import unquote, urlsplit

from typing_extensions import Self

CONFIG = {
    "noCode": "true",
    "statefulIngestionCapable": True,
    "patchCapable": True,
    "datahub": {"serverType": "prod", "serverEnv": "core"},
    "versions": {"acryldata/datahub": {"version": "v1.7.0", "commit": "0" * 40}},
}
_TIMESERIES = {"assertionRunEvent"}


@dataclass(frozen=True)
class Answer:
    """An answer given instead of the true one."""

    status: int
    message: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None


class Refusal(Exception):
    """What the server does not take, with the sentence it says."""


class Gms:
    """The server; what it keeps is in `aspects` and `runs`, what it was asked in `asked`."""

    def __init__(self, *, page: int = 1_000) -> None:
        self.page = page
        self.aspects: dict[tuple[str, str], Any] = {}
        self.runs: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.proposals: list[dict[str, Any]] = []
        self.answers: deque[Answer] = deque()
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def written(self) -> list[tuple[str, str]]:
        """Entity and aspect of every proposal taken, in order."""
        return [(p["entityUrn"], p["aspectName"]) for p in self.proposals]

    def answer(self, method: str, path: str, query: str, body: Any) -> Any:
        if (method, path) == ("GET", "/config"):
            return CONFIG
        if (method, path, query) == ("POST", "/aspects", "action=ingestProposal"):
            return self._ingest(body["proposal"], body["async"])
        if (method, path) == ("POST", "/api/graphql"):
            return {"data": {"scrollAcrossEntities": self._scroll(body["variables"])}}
        if method == "POST" and path.startswith("/openapi/v3/entity/") and "batchGet" in path:
            return self._entities(body)
        raise NotImplementedError(f"{method} {path}?{query}")

    def _ingest(self, proposal: dict[str, Any], waits_not: str) -> dict[str, str]:
        urn, name = proposal["entityUrn"], proposal["aspectName"]
        value = json.loads(proposal["aspect"]["value"])
        if waits_not != "false":
            raise NotImplementedError("asynchronous writes, whose faults nobody sees")
        if name in _TIMESERIES:
            self._check_run(value)
            self.runs.append(value)
        elif proposal["changeType"] == "PATCH":
            self._patch(urn, name, value)
        else:
            self._check_settings(name, value)
            self.aspects[urn, name] = value
        self.proposals.append(proposal)
        return {"value": "success"}

    def _check_run(self, value: dict[str, Any]) -> None:
        if not value["asserteeUrn"].startswith("urn:li:dataset:"):
            raise Refusal("Invalid entity type urn validation failure (Required: [dataset])")

    def _check_settings(self, name: str, value: dict[str, Any]) -> None:
        badges = [urn for (urn, _), held in self.aspects.items() if held.get("showAsAssetBadge")]
        if name == "structuredPropertySettings" and value.get("showAsAssetBadge") and badges:
            raise Refusal(
                "Cannot have more than one property set with show as badge. "
                f"Property urns currently set: {badges}"
            )

    def _patch(self, urn: str, name: str, patch: dict[str, Any]) -> None:
        if name != "structuredProperties":
            raise NotImplementedError(f"a patch of {name}")
        held = self.aspects.get((urn, name), {"properties": []})["properties"]
        kept = {entry["propertyUrn"]: entry for entry in held}
        for operation in patch["patch"]:
            _, array, key, *_ = operation["path"].split("/")
            assert array == "properties"
            kept.pop(key, None)
            defined = (key, "propertyDefinition") in self.aspects
            if operation["op"] == "add" and defined:
                kept[key] = operation["value"]
        if not kept:
            raise Refusal("Structured properties write rejected, no valid property assignments")
        self.aspects[urn, name] = {"properties": list(kept.values())}

    def _scroll(self, variables: dict[str, Any]) -> dict[str, Any]:
        assert variables["types"] == ["PLATFORM_RESOURCE"]
        [either] = variables["orFilters"]
        wanted = {
            rule["field"]: rule["values"] for rule in either["and"] if not rule.get("negated")
        }
        found = [
            urn
            for (urn, name), value in self.aspects.items()
            if name == "platformResourceInfo"
            and all(value[key] in values for key, values in wanted.items())
            and not self.aspects.get((urn, "status"), {}).get("removed")
        ]
        start = int(variables["scrollId"] or 0)
        end = start + self.page
        return {
            "nextScrollId": str(end) if end < len(found) else None,
            "searchResults": [{"entity": {"urn": urn}} for urn in found[start:end]],
        }

    def _entities(self, asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
        answered = []
        for item in asked:
            aspects = {
                name: {"value": self.aspects[item["urn"], name]}
                for name in item
                if (item["urn"], name) in self.aspects
            }
            # Of a timeseries aspect the server gives the latest value.
            runs = [run for run in self.runs if run["assertionUrn"] == item["urn"]]
            if "assertionRunEvent" in item and runs:
                latest = max(runs, key=lambda run: run["timestampMillis"])
                aspects["assertionRunEvent"] = {"value": latest}
            if aspects:
                answered.append({"urn": item["urn"], **aspects})
        return answered


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, gms: Gms) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.gms = gms


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self._respond("GET", None)

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        self._respond("POST", json.loads(raw))

    def log_message(self, *_: Any) -> None:
        """Nothing is printed."""

    def _respond(self, method: str, body: Any) -> None:
        gms, parts = self.server.gms, urlsplit(self.path)
        gms.asked.append(f"{method} {parts.path}")
        if gms.answers:
            given = gms.answers.popleft()
            text = _fault(given.status, given.message) if given.body is None else given.body
            self._send(given.status, text, given.headers)
            return
        try:
            answer = gms.answer(method, unquote(parts.path), parts.query, body)
        except Refusal as refusal:
            self._send(422, _fault(422, str(refusal)), {})
        except NotImplementedError as unknown:
            self._send(501, _fault(501, str(unknown)), {})
        else:
            self._send(200, json.dumps(answer), {})

    def _send(self, status: int, text: str, headers: Mapping[str, str]) -> None:
        content = text.encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _fault(status: int, message: str) -> str:
    return json.dumps({
        "exceptionClass": "com.linkedin.restli.server.RestLiServiceException",
        "message": message,
        "status": status,
    })
