"""The routes that DataHub's clients use unless told otherwise: rest.li."""

import json
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.integration.gms.answers import Unknown, fault
from tests.integration.gms.model import model
from tests.integration.gms.search import runs_found
from tests.integration.gms.service import SYSTEM, Service
from tests.integration.gms.urns import type_of

_STATUS_OF_MISSING = 404
_MOST_RUNS = 10_000


def traced(body: Any, trace: str, status: int = 200) -> Response:
    headers = {"traceparent": f"00-{trace}-{trace[:16]}-01"}
    return JSONResponse(body, status, headers=headers)


class RestLi:
    def __init__(self, service: Service) -> None:
        self._service = service
        self._actions = {
            ("aspects", "ingestProposal"): self._ingest,
            ("aspects", "ingestProposalBatch"): self._ingest_batch,
            ("aspects", "getTimeseriesAspectValues"): self._runs,
            ("aspects", "getCount"): self._count,
            ("entities", "delete"): self._delete,
            ("entities", "search"): self._search,
            ("entities", "listUrns"): self._list,
        }

    def routes(self) -> list[Route]:
        return [
            Route("/config", self.config, methods=["GET"]),
            Route("/aspects", self.act, methods=["POST"]),
            Route("/entities", self.act, methods=["POST"]),
            Route("/aspects/{urn:path}", self.aspect, methods=["GET"]),
            Route("/entitiesV2/{urn:path}", self.entity, methods=["GET"]),
        ]

    async def config(self, _: Request) -> Response:
        version = self._service.switches.version
        told = "v1.8.0" if version == "next" else version
        return JSONResponse({
            "models": {},
            "managedIngestion": {"defaultCliVersion": "1.7.0.17", "enabled": True},
            "timeZone": "GMT",
            "datasetUrnNameCasing": False,
            "datahub": {"serverType": "prod", "serverEnv": "core"},
            "statefulIngestionCapable": True,
            "supportsImpactAnalysis": True,
            "patchCapable": True,
            "noCode": "true",
            "retention": "true",
            "baseUrl": "http://localhost:9002",
            "telemetry": {"enabledCli": False, "enabledIngestion": False},
            "versions": {"acryldata/datahub": {"version": told, "commit": "0" * 40}},
        })

    async def act(self, request: Request) -> Response:
        resource = request.url.path.strip("/")
        action = request.query_params.get("action", "")
        do = self._actions.get((resource, action))
        if do is None:
            raise Unknown(f"/{resource}?action={action}")
        return do(await request.json())

    def _ingest(self, body: Any) -> Response:
        trace = self._service.ingest([body["proposal"]], wait=_waits(body))
        return traced({"value": "success"}, trace)

    def _ingest_batch(self, body: Any) -> Response:
        trace = self._service.ingest(body["proposals"], wait=_waits(body))
        return traced({"value": "success"}, trace)

    def _runs(self, body: Any) -> Response:
        name, limit = body["aspect"], body.get("limit", _MOST_RUNS)
        with self._service.reading() as storage:
            runs = runs_found(
                storage,
                body["urn"],
                name,
                filters=(body.get("filter") or {}).get("or"),
                start=body.get("startTimeMillis"),
                end=body.get("endTimeMillis"),
                limit=1 if body.get("latestValue") else limit,
            )
        values = [
            {
                "aspect": {"value": json.dumps(value), "contentType": "application/json"},
                "systemMetadata": system,
            }
            for value, system in runs
        ]
        told = {"entityName": body["entity"], "aspectName": name, "limit": limit}
        return JSONResponse({"value": {**told, "values": values}})

    def _count(self, body: Any) -> Response:
        like = body.get("urnLike", "%").removesuffix("%")
        with self._service.reading() as storage:
            urns = [urn for urn in storage.urns(body["aspect"]) if urn.startswith(like)]
        return JSONResponse({"value": len(urns)})

    def _delete(self, body: Any) -> Response:
        rows, runs = self._service.delete(body["urn"])
        return JSONResponse({"value": {"rows": rows, "timeseriesRows": runs, "urn": body["urn"]}})

    def _search(self, body: Any) -> Response:
        filters = (body.get("filter") or {}).get("or")
        with self._service.reading():
            urns = self._service.searchable.found(
                [body["entity"]], query=body.get("input", "*"), filters=filters
            )
        start, count = body.get("start", 0), body.get("count", 10)
        return JSONResponse({
            "value": {
                "numEntities": len(urns),
                "pageSize": count,
                "from": start,
                "metadata": {"aggregations": []},
                "entities": [{"entity": urn} for urn in urns[start : start + count]],
            }
        })

    def _list(self, body: Any) -> Response:
        start, count = body.get("start", 0), body.get("count", 10)
        with self._service.reading() as storage:
            urns = storage.urns(model().entities[body["entity"]].key.name)
        page = urns[start : start + count]
        told = {"start": start, "count": len(page), "total": len(urns), "entities": page}
        return JSONResponse({"value": told})

    async def aspect(self, request: Request) -> Response:
        urn, name = request.path_params["urn"], request.query_params["aspect"]
        version = int(request.query_params.get("version", "0"))
        with self._service.reading() as storage:
            if version:
                value = storage.past(urn, name, version)
            else:
                latest = self._service.latest(urn, name)
                value = latest[0] if latest else None
        if value is None:
            message = f"Did not find urn: {urn} aspect: {name} version: {version}"
            return JSONResponse(fault(_STATUS_OF_MISSING, message), _STATUS_OF_MISSING)
        return JSONResponse({
            "version": version,
            "aspect": {model().aspects[name].wire_name: value},
        })

    async def entity(self, request: Request) -> Response:
        urn = request.path_params["urn"]
        # The list is not encoded: it is part of rest.li's own syntax.
        listed = parse_qs(request.url.query).get("aspects", [""])[0]
        wanted = [
            name for name in listed.removeprefix("List(").removesuffix(")").split(",") if name
        ]
        aspects = {}
        with self._service.reading() as storage:
            for name in wanted or storage.names(urn):
                latest = self._service.latest(urn, name)
                if latest is not None:
                    aspects[name] = {
                        "name": name,
                        "type": "TIMESERIES" if model().aspects[name].timeseries else "VERSIONED",
                        "version": 0,
                        "value": latest[0],
                        "systemMetadata": latest[1],
                        "created": {"actor": SYSTEM, "time": latest[2]},
                    }
        return JSONResponse({"urn": urn, "entityName": type_of(urn), "aspects": aspects})


def _waits(body: dict[str, Any]) -> bool:
    return str(body.get("async", "false")).lower() != "true"
