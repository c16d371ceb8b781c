"""The OpenAPI routes: entities in batches, scrolls, relationships, tracing, the registry."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.integration.gms.answers import Refusal
from tests.integration.gms.kafka import REGISTERED
from tests.integration.gms.model import knows_aspect, model, schema_text
from tests.integration.gms.restli import traced
from tests.integration.gms.search import fits, page_of
from tests.integration.gms.service import Service, proposal_of
from tests.integration.gms.storage import Edge
from tests.integration.gms.urns import type_of

_PAGE = 10


class OpenApi:
    def __init__(self, service: Service) -> None:
        self._service = service

    def routes(self) -> list[Route]:
        entity = "/openapi/v3/entity"
        return [
            Route(f"{entity}/scroll", self.scroll, methods=["POST"]),
            Route(f"{entity}/{{type}}/batchGet", self.batch_get, methods=["POST"]),
            Route(f"{entity}/{{type}}", self.write, methods=["POST", "PATCH"]),
            Route(f"{entity}/{{type}}/{{urn:path}}", self.delete, methods=["DELETE"]),
            Route(f"{entity}/{{type}}/{{urn:path}}", self.get, methods=["GET"]),
            Route("/openapi/relationships/v1/", self.relationships, methods=["GET"]),
            Route("/openapi/v3/relationship/scroll", self.scroll_relationships, methods=["POST"]),
            Route("/openapi/v1/trace/write/{trace}", self.trace, methods=["POST"]),
            Route(
                "/openapi/v1/registry/models/entity/specifications",
                self.specifications,
                methods=["GET"],
            ),
            Route("/schema-registry/api/schemas/ids/{id:int}", self.schema, methods=["GET"]),
            Route("/schema-registry/api/{rest:path}", self.no_schema),
        ]

    async def write(self, request: Request) -> Response:
        kind, asked = request.path_params["type"], await request.json()
        wait = request.query_params.get("async", "true") == "false"
        change = "PATCH" if request.method == "PATCH" else "UPSERT"
        entity = model().entities.get(kind)
        if entity is None:
            raise Refusal(f"Failed to find entity with name {kind} in EntityRegistry", 400)
        version = self._service.switches.version
        proposals = []
        for item in asked:
            if "urn" not in item:
                raise Refusal("Missing `urn` field", 400)
            for name, told in item.items():
                # Unlike rest.li, what the entity does not have is skipped without a word.
                if name == "urn" or not knows_aspect(version, entity, name):
                    continue
                if change == "PATCH" and "patch" not in told["value"]:
                    raise Refusal("Missing `patch` field.", 400)
                proposal = proposal_of(item["urn"], name, told["value"], change)
                proposal["systemMetadata"] = told.get("systemMetadata")
                proposal["headers"] = told.get("headers")
                proposals.append(proposal)
        trace = self._service.ingest(proposals, wait=wait)
        echo = [
            {"urn": proposal["entityUrn"], proposal["aspectName"]: _value(proposal)}
            for proposal in proposals
        ]
        return traced(echo, trace, 200 if wait else 202)

    async def batch_get(self, request: Request) -> Response:
        with_system = request.query_params.get("systemMetadata") == "true"
        answered = []
        with self._service.reading():
            for item in await request.json():
                if "urn" not in item:
                    raise Refusal("Missing `urn` field", 400)
                names = [name for name in item if name != "urn"]
                entity = self._entity(item["urn"], names, with_system=with_system)
                if len(entity) > 1:
                    answered.append(entity)
        return JSONResponse(answered)

    async def get(self, request: Request) -> Response:
        names = request.query_params.getlist("aspects")
        with self._service.reading():
            entity = self._entity(request.path_params["urn"], names, with_system=False)
        return JSONResponse(entity, 200 if len(entity) > 1 else 404)

    async def delete(self, request: Request) -> Response:
        self._service.delete(request.path_params["urn"])
        return JSONResponse([])

    async def scroll(self, request: Request) -> Response:
        body, asked = await request.json(), request.query_params
        with self._service.reading():
            urns = self._service.searchable.found(
                body.get("entities") or None,
                query=asked.get("query", "*"),
                filters=_alternatives(body.get("filter")),
                with_removed=asked.get("includeSoftDelete") == "true",
            )
            page, following = page_of(urns, asked.get("scrollId"), self._count(asked))
            system = asked.get("systemMetadata") == "true"
            entities = [
                {"urn": urn}
                if body.get("aspects") is None
                else self._entity(urn, body["aspects"], with_system=system)
                for urn in page
            ]
        told = {"scrollId": following, "totalCount": len(urns), "entities": entities}
        return JSONResponse(told)

    async def relationships(self, request: Request) -> Response:
        asked = request.query_params
        urn, incoming = asked["urn"], asked["direction"] == "INCOMING"
        types = set(asked.getlist("relationshipTypes"))
        start, count = int(asked.get("start", 0)), int(asked.get("count", 200))
        with self._service.reading() as storage:
            edges = storage.edges(target=urn) if incoming else storage.edges(source=urn)
        related = [
            {"relationshipType": edge.kind, "urn": edge.source if incoming else edge.target}
            for edge in edges
            if edge.kind in types
        ]
        page = related[start : start + min(count, self._service.switches.page)]
        told = {"start": start, "count": len(page), "total": len(related), "entities": page}
        return JSONResponse(told)

    async def scroll_relationships(self, request: Request) -> Response:
        body, asked = await request.json() or {}, request.query_params
        types = set(asked.getlist("relationshipTypes"))
        with self._service.reading() as storage:
            edges = [
                edge
                for edge in storage.edges()
                if (not types or edge.kind in types)
                and _is_at(edge.source, body.get("sourceFilter"))
                and _is_at(edge.target, body.get("destinationFilter"))
            ]
        numbers = [str(number) for number in range(len(edges))]
        page, following = page_of(numbers, asked.get("scrollId"), self._count(asked))
        results = [_relationship(edges[int(number)]) for number in page]
        return JSONResponse({"scrollId": following, "results": results})

    async def trace(self, request: Request) -> Response:
        trace = request.path_params["trace"]
        told: dict[str, dict[str, Any]] = {}
        for urn, names in (await request.json()).items():
            for name in names:
                error = self._service.trace_error(trace, urn, name)
                status = {"writeStatus": "ACTIVE_STATE" if error is None else "ERROR"}
                if error is not None:
                    status["writeMessage"] = error
                told.setdefault(urn, {})[name] = {
                    "success": error is None,
                    "primaryStorage": status,
                    "searchStorage": status,
                }
        return JSONResponse(told)

    async def specifications(self, _: Request) -> Response:
        elements = [
            {
                "name": entity.name,
                "keyAspectName": entity.key.name,
                "aspectSpecs": [{"aspectAnnotation": {"name": n}} for n in sorted(entity.aspects)],
            }
            for entity in model().entities.values()
        ]
        count = len(elements)
        told = {"start": 0, "count": count, "total": count, "elements": elements}
        return JSONResponse(told)

    async def schema(self, request: Request) -> Response:
        name = REGISTERED.get(request.path_params["id"])
        if name is None:
            body = {"error_code": 40403, "message": "Schema not found"}
            return JSONResponse(body, 404)
        return JSONResponse({"schema": schema_text(name)})

    async def no_schema(self, _: Request) -> Response:
        return JSONResponse({"error_code": 404, "message": "HTTP 404 Not Found"}, 404)

    def _count(self, asked: Any) -> int:
        return min(int(asked.get("count", _PAGE)), self._service.switches.page)

    def _entity(self, urn: str, names: list[str], *, with_system: bool) -> dict[str, Any]:
        told: dict[str, Any] = {"urn": urn}
        for name in names or self._service.storage.names(urn):
            latest = self._service.latest(urn, name)
            if latest is not None:
                told[name] = {"value": latest[0]}
                if with_system:
                    told[name]["systemMetadata"] = latest[1]
        return told


def _value(proposal: dict[str, Any]) -> dict[str, Any]:
    return {"value": json.loads(proposal["aspect"]["value"])}


def _alternatives(told: Any) -> list[dict[str, Any]]:
    return [{"and": group["criteria"]} for group in (told or {}).get("and", [])]


def _is_at(urn: str, told: Any) -> bool:
    either = _alternatives(told)
    document = {"urn": {urn}, "_entityType": {type_of(urn)}}
    return not either or any(all(fits(document, c) for c in group["and"]) for group in either)


def _relationship(edge: Edge) -> dict[str, Any]:
    return {
        "relationshipType": edge.kind,
        "source": {"urn": edge.source, "entityType": type_of(edge.source)},
        "destination": {"urn": edge.target, "entityType": type_of(edge.target)},
        "properties": {},
    }
