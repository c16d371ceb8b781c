"""Catalogs: the one that options or a recipe's sink name, opened to be read."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datahub.ingestion.graph.client import DataHubGraph
from datahub.ingestion.graph.config import DatahubClientConfig
from datahub.ingestion.sink.datahub_lite import DataHubLiteSinkConfig
from datahub.ingestion.sink.datahub_rest import DatahubRestSinkConfig
from pydantic import ValidationError

from datahub_dataproducts.adapters.datahub.snapshots import (
    Entities,
    GraphEntities,
    LiteEntities,
    NoEntities,
)
from datahub_dataproducts.application.ports import Unavailable
from datahub_dataproducts.plugins.config_faults import faults_of
from datahub_dataproducts.plugins.recipe import WrongRecipe, part_of

TOKEN = "DATAHUB_GMS_TOKEN"  # noqa: S105 - the name of the variable that has it
_SERVER = ("http://", "https://")
# `htps://...`, `localhost:8080`: as a file it would be one that does not exist yet, and so empty.
_LIKE_AN_ADDRESS = re.compile(r"\w+://|[\w.-]+:\d+(/|$)")
_TIMEOUT_SECONDS = 60
_TOKEN_FROM = f"it is taken from the variable {TOKEN}, or from a file with --token-file"
_CREDENTIALS = re.compile(r"(?<=//)[^/]*@")


@dataclass(frozen=True, kw_only=True, slots=True)
class Catalog:
    """A catalog that is read.

    Attributes:
        name: what it is, in words, without secrets.
        entities: what it holds.
        graph: the server, None for a file.
    """

    name: str
    entities: Entities
    graph: DataHubGraph | None = None

    @property
    def takes_patches(self) -> bool:
        """DataHub Lite takes whole aspects only."""
        return self.graph is not None


def catalog_at(place: str, token_file: Path | None) -> Catalog:
    """A server by its address, or a DataHub Lite file by its path.

    The token of a server is what the file has, else what the variable `DATAHUB_GMS_TOKEN` has.

    Raises:
        Unavailable: the server does not answer, it is no address of one, or the file of the token
            holds none.
        OSError: the file of the token cannot be read.
    """
    if not place.startswith(_SERVER):
        if _LIKE_AN_ADDRESS.match(place) and not Path(place).exists():
            # It may have a password in it.
            raise Unavailable(
                "--catalog is neither a file nor the address of a server, which begins with "
                "http:// or https://"
            )
        return _lite(Path(place))
    token = _read_token(token_file) if token_file else os.environ.get(TOKEN, "")
    config = DatahubClientConfig(
        server=place,
        token=token.strip() or None,
        timeout_sec=_TIMEOUT_SECONDS,
        retry_max_times=1,
    )
    return _server(config, f"it is the text of {token_file}" if token_file else _TOKEN_FROM)


def _read_token(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii")
    except UnicodeDecodeError:
        raise Unavailable(f"{file} holds no token: a token is ASCII text") from None


def catalog_of(recipe: dict[str, Any], path: Path) -> Catalog:
    """The catalog that a recipe's sink writes to.

    Raises:
        WrongRecipe: the sink is no catalog, or is described wrongly.
        Unavailable: the server does not answer.
    """
    sink = part_of(recipe, "sink", path)
    kind, config = sink.get("type"), sink.get("config") or {}
    try:
        if kind == "datahub-rest":
            sink_config = DatahubRestSinkConfig.model_validate(config)
            return _server(sink_config, f"it is the `token` of the sink in {path}")
        if kind == "datahub-lite":
            return _lite(_file_of(DataHubLiteSinkConfig.model_validate(config)))
    except ValidationError as error:
        model = DatahubRestSinkConfig if kind == "datahub-rest" else DataHubLiteSinkConfig
        told = faults_of(error, config, model)
        raise WrongRecipe(f"{path}: sink: {told}") from None
    raise WrongRecipe(
        f"{path}: the sink {kind} is no catalog that can be read: give the catalog with --catalog"
    )


def _file_of(sink: DataHubLiteSinkConfig) -> Path:
    return Path(str(sink.config.get("file", ""))).expanduser()


def _lite(file: Path) -> Catalog:
    if not file.exists():
        return Catalog(name=f"{file}, which does not exist yet", entities=NoEntities())
    return Catalog(name=f"{file} (DataHub Lite)", entities=LiteEntities(file))


def _server(config: DatahubClientConfig, token_from: str) -> Catalog:
    name = _CREDENTIALS.sub("", config.server)
    graph = DataHubGraph(config)
    entities = GraphEntities(graph, name=name, token_from=token_from)
    entities.check()
    return Catalog(name=name, entities=entities, graph=graph)
