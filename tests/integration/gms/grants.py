"""What a request needs its token to be allowed to, in words: a verb and the type of an entity."""

import json
from typing import Any
from urllib.parse import unquote

from datahub.ingestion.graph.client import entity_type_to_graphql

from tests.integration.gms.model import model
from tests.integration.gms.urns import type_of

_V3 = "/openapi/v3/entity/"


def needed(method: str, path: str, action: str, body: bytes) -> set[str]:
    """`search dataProduct`, `read incident`, `write assertion`; nothing for what is open to all."""
    told = json.loads(body) if body else {}
    if action:
        return _of_action(action, told)
    if path.startswith(_V3) and path.endswith("/batchGet"):
        return {
            _reading(type_of(asked["urn"]), name)
            for asked in told
            for name in asked
            if name != "urn"
        }
    if path.startswith(("/aspects/", "/entitiesV2/")):
        return {f"read {type_of(unquote(path.split('/')[2]))}"}
    if path == "/openapi/v3/relationship/scroll":
        return {"read relationships"}
    if path == "/api/graphql":
        types = {entity_type_to_graphql(name): name for name in model().entities}
        return {f"search {types[one]}" for one in (told.get("variables") or {}).get("types", [])}
    is_write = path.startswith(_V3) and method in {"POST", "PATCH", "DELETE"}
    return {f"write {path.removeprefix(_V3).split('/')[0]}"} if is_write else set()


def _of_action(action: str, told: Any) -> set[str]:
    if action == "ingestProposal":
        return {f"write {type_of(told['proposal']['entityUrn'])}"}
    if action == "ingestProposalBatch":
        return {f"write {type_of(proposal['entityUrn'])}" for proposal in told["proposals"]}
    if action == "getTimeseriesAspectValues":
        return {f"read series of {told['entity']}"}
    if action == "search":
        return {f"search {told['entity']}"}
    return {f"{action} {type_of(told['urn'])}"}


def _reading(kind: str, aspect: str) -> str:
    known = model().aspects.get(aspect)
    is_series = known is not None and known.timeseries
    return f"read series of {kind}" if is_series else f"read {kind}"
