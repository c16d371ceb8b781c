"""Snapshots: what a catalog holds of some entities, read from DataHub's server or a Lite file."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import Protocol

from avro.errors import AvroException
from datahub.configuration.common import ConfigurationError, GraphError
from datahub.emitter.serialization_helper import pre_json_transform
from datahub.ingestion.graph.client import DataHubGraph
from requests import RequestException

from datahub_dataproducts.adapters.datahub.aspects import Snapshot, whole
from datahub_dataproducts.adapters.datahub.definitions import DEFINITION_TYPE
from datahub_dataproducts.adapters.datahub.receipts import NO_GMS, receipt_of, response_of
from datahub_dataproducts.application.ports import Unavailable

_AT_ONCE = 200
_UNKNOWN, _FORBIDDEN = 401, 403
_REFUSALS = (_UNKNOWN, _FORBIDDEN)
_SQLITE = b"SQLite format 3\0"
_DUCKDB = b"DUCK"
_DUCKDB_AT = slice(8, 12)
_NO_CATALOG = ("not a database", "malformed", "no such table", "does not exist", "disk image")
_QUERY = """
    SELECT urn, aspect_name, metadata FROM metadata_aspect_v2
    WHERE version = 0 AND urn LIKE ? AND aspect_name IN ({})
"""
_INFO, _STATUS = "platformResourceInfo", "status"


class Entities(Protocol):
    """Where entities are read back from."""

    def definitions(self) -> tuple[str, ...]:
        """URNs of all definitions of products of ours that are not removed.

        Raises:
            Unavailable: the catalog cannot be read.
        """
        ...

    def read(self, urns: Sequence[str], aspects: Sequence[str]) -> Snapshot:
        """Some aspects of some entities of one type; what the catalog lacks is left out.

        Raises:
            Unavailable: the catalog cannot be read.
        """
        ...


class NoEntities:
    """A catalog that does not exist yet."""

    def definitions(self) -> tuple[str, ...]:
        """None."""
        return ()

    def read(self, urns: Sequence[str], aspects: Sequence[str]) -> Snapshot:  # noqa: ARG002 - the port
        """Nothing."""
        return {}


class GraphEntities:
    """DataHub's server, asked for two hundred entities at once."""

    def __init__(self, graph: DataHubGraph, *, name: str = "", token_from: str = "") -> None:
        """In errors it is called `name`, and its token is said to be taken from `token_from`."""
        self._graph = graph
        self._name = name
        self._token_from = token_from

    def check(self) -> None:
        """Make sure that a server is there and lets us in, before anything else is asked of it.

        Raises:
            Unavailable: it cannot be reached, it is no DataHub server, or it refuses the token.
        """
        with self._answering():
            try:
                self._graph.fetch_server_config()
            except ConfigurationError:
                # To DataHub's client, who lets nobody in is no DataHub.
                where = self._graph.config.server.rstrip("/")
                answer = self._graph.session.get(f"{where}/config")
                if answer.status_code in _REFUSALS:
                    answer.raise_for_status()
                raise

    def definitions(self) -> tuple[str, ...]:
        """URNs of all definitions, as far as the search index knows them already.

        Raises:
            Unavailable: the server cannot be reached, or does not answer as it should.
        """
        with self._answering():
            urns = self._graph.get_urns_by_filter(
                entity_types=["platformResource"],
                extraFilters=[
                    {"field": "resourceType", "condition": "EQUAL", "values": [DEFINITION_TYPE]}
                ],
                skip_cache=True,
            )
            return tuple(sorted(set(urns)))

    def read(self, urns: Sequence[str], aspects: Sequence[str]) -> Snapshot:
        """Some aspects of some entities of one type.

        Raises:
            Unavailable: the server cannot be reached, or does not answer as it should.
        """
        found: Snapshot = {}
        remaining = iter(urns)
        with self._answering():
            while batch := list(islice(remaining, _AT_ONCE)):
                entity = _type_of(batch[0])
                for urn, held in self._graph.get_entities(entity, batch, list(aspects)).items():
                    found[urn] = {
                        name: pre_json_transform(value.to_obj())
                        for name, (value, _) in held.items()
                        if name in aspects
                    }
        return found

    @contextmanager
    def _answering(self) -> Iterator[None]:
        name = f"{self._name}: " if self._name else ""
        try:
            yield
        except (GraphError, RequestException) as error:
            response = response_of(error)
            is_of_token = response is not None and response.status_code == _UNKNOWN
            hint = f" ({self._token_from})" if is_of_token and self._token_from else ""
            reason = receipt_of(error, self._graph.config.token).reason
            raise Unavailable(f"{name}{reason}{hint}") from None
        except (
            AvroException,
            ConfigurationError,
            AttributeError,
            LookupError,
            TypeError,
            ValueError,
        ):
            # What is read is as deep as the answer of whoever listens at the address.
            raise Unavailable(f"{name}{NO_GMS}") from None


class LiteEntities:
    """A DataHub Lite file of type sqlite or duckdb, opened to be read only.

    DataHub's own reader of SQLite files leaves the files of a write-ahead log beside the catalog
    when it opens it to be read only, so the table is read here.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def definitions(self) -> tuple[str, ...]:
        """URNs of all definitions.

        Raises:
            Unavailable: it is no catalog, or it is locked.
        """
        resources = self._held("platformResource", (_INFO, _STATUS))
        return tuple(
            urn
            for urn, aspects in sorted(resources.items())
            if aspects.get(_INFO, {}).get("resourceType") == DEFINITION_TYPE
            and not aspects.get(_STATUS, {}).get("removed")
        )

    def read(self, urns: Sequence[str], aspects: Sequence[str]) -> Snapshot:
        """Some aspects of some entities of one type.

        Raises:
            Unavailable: it is no catalog, or it is locked.
        """
        if not urns:
            return {}
        wanted = set(urns)
        held = self._held(_type_of(urns[0]), aspects)
        return {urn: found for urn, found in held.items() if urn in wanted}

    def _held(self, entity: str, aspects: Sequence[str]) -> Snapshot:
        query = _QUERY.format(", ".join("?" * len(aspects)))
        found: Snapshot = {}
        for urn, name, text in self._rows(query, [f"urn:li:{entity}:%", *aspects]):
            try:
                aspect = whole(name, json.loads(text))
            except (TypeError, ValueError):
                raise Unavailable(f"the catalog {self._file} is damaged at {urn}") from None
            if aspect is not None:
                found.setdefault(urn, {})[name] = aspect
        return found

    def _rows(self, query: str, values: Sequence[str]) -> list[tuple[str, str, str]]:
        try:
            with self._file.open("rb") as stream:
                head = stream.read(len(_SQLITE))
            if head[_DUCKDB_AT] == _DUCKDB:
                return _rows_of_duckdb(self._file, query, values)
            # An empty file is a database without tables to SQLite.
            with closing(
                sqlite3.connect(f"{self._file.resolve().as_uri()}?mode=rw", uri=True)
            ) as c:
                c.execute("PRAGMA query_only = ON")
                return c.execute(query, values).fetchall()
        except (sqlite3.Error, OSError) as error:
            raise Unavailable(_told(self._file, str(error))) from None


def _rows_of_duckdb(file: Path, query: str, values: Sequence[str]) -> list[tuple[str, str, str]]:
    try:
        # Only here: it is needed for files of this type alone.
        import duckdb  # noqa: PLC0415
    except ModuleNotFoundError:
        raise Unavailable(f"{file} is a DuckDB file: pip install duckdb to read it") from None
    try:
        with duckdb.connect(str(file), read_only=True) as connection:
            return connection.execute(query, list(values)).fetchall()
    except duckdb.Error as error:
        raise Unavailable(_told(file, str(error).partition("\n")[0])) from None


def _told(file: Path, reason: str) -> str:
    if "lock" in reason or "busy" in reason:
        return f"the catalog {file} is locked by another process"
    if any(words in reason for words in _NO_CATALOG):
        return f"{file} is no DataHub Lite catalog, or it is damaged"
    return f"the catalog {file} cannot be read: {reason}"


def _type_of(urn: str) -> str:
    return urn.split(":", 3)[2]
