"""GraphQL: searching, reading, incidents. What the schema does not know is refused, as there."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from datahub.ingestion.graph.client import entity_type_to_graphql
from graphql import (
    GraphQLError,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    build_schema,
    graphql_sync,
)
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.integration.gms import graphql_entities as entities
from tests.integration.gms.answers import Refusal
from tests.integration.gms.incidents import Incidents
from tests.integration.gms.model import model
from tests.integration.gms.search import page_of
from tests.integration.gms.service import USER, Service

_PAGE = 10


class GraphQl:
    def __init__(self, service: Service) -> None:
        self._service = service
        self._incidents = Incidents(service)
        self._schema = _schema()

    def routes(self) -> list[Route]:
        return [Route("/api/graphql", self.execute, methods=["POST"])]

    async def execute(self, request: Request) -> Response:
        body = await request.json()
        # One root for both: fields of the query and of the mutation have different names.
        root = {
            "me": {"corpUser": {"urn": USER, "type": "CORP_USER", "__typename": "CorpUser"}},
            "entity": self._entity,
            "entities": lambda _, urns: [self._entity(_, urn) for urn in urns],
            "dataset": self._entity,
            "dataProduct": self._entity,
            "assertion": self._entity,
            "scrollAcrossEntities": self._scroll,
            "searchAcrossEntities": lambda _, input: self._search(input),  # noqa: A006
            "listDataProductAssets": self._assets,
            "raiseIncident": _told(self._incidents.raise_),
            "updateIncident": _told(self._incidents.update),
            "updateIncidentStatus": _told(self._incidents.update_status),
        }
        with self._service.reading():
            result = graphql_sync(
                self._schema,
                body["query"],
                root_value=root,
                variable_values=body.get("variables"),
                operation_name=body.get("operationName"),
            )
        return JSONResponse(result.formatted)

    def _entity(self, _: Any, urn: str) -> Any:
        return entities.entity_of(self._service, urn)

    def _scroll(self, _: Any, input: Mapping[str, Any]) -> dict[str, Any]:  # noqa: A002
        urns = self._found(input)
        count = min(input.get("count") or _PAGE, self._service.switches.page)
        page, following = page_of(urns, input.get("scrollId"), count)
        return {"nextScrollId": following, **self._results(urns, list(page))}

    def _search(self, input: Mapping[str, Any]) -> dict[str, Any]:  # noqa: A002
        return self._part(self._found(input), input)

    def _assets(self, _: Any, urn: str, input: Mapping[str, Any]) -> dict[str, Any]:  # noqa: A002
        return self._part(entities.assets_of(self._service, urn), input)

    def _part(self, urns: list[str], asked: Mapping[str, Any]) -> dict[str, Any]:
        start = asked.get("start") or 0
        count = min(asked.get("count") or _PAGE, self._service.switches.page)
        results = self._results(urns, urns[start : start + count])
        return {"start": start, **results}

    def _results(self, urns: list[str], page: list[str]) -> dict[str, Any]:
        results = [{"entity": entities.entity_of(self._service, urn)} for urn in page]
        return {"count": len(page), "total": len(urns), "searchResults": results}

    def _found(self, asked: Mapping[str, Any]) -> list[str]:
        names = _names_of_types()
        types = asked.get("types")
        flags = asked.get("searchFlags") or {}
        return self._service.searchable.found(
            None if types is None else [names[type_] for type_ in types],
            query=asked["query"],
            filters=asked.get("orFilters"),
            with_removed=bool(flags.get("includeSoftDeleted")),
        )


def _told(do: Any) -> Any:
    def told(_: Any, **arguments: Any) -> Any:
        try:
            return do(**arguments)
        except Refusal as refusal:
            raise GraphQLError(str(refusal)) from refusal

    return told


@cache
def _names_of_types() -> dict[str, str]:
    return {entity_type_to_graphql(name): name for name in model().entities}


@cache
def _schema() -> GraphQLSchema:
    types = "\n  ".join(sorted(_names_of_types()))
    text = Path(__file__).with_name("schema.graphql").read_text(encoding="utf-8")
    schema = build_schema(f"{text}\nenum EntityType {{\n  {types}\n}}\n")
    long = schema.type_map["Long"]
    assert isinstance(long, GraphQLScalarType)
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLObjectType):
            type_.is_type_of = None
    return schema
