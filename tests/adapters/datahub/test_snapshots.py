"""Entities read back: from a server over HTTP, and from DataHub Lite files of both types."""

import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from datahub.emitter.mcp import MetadataChangeProposalWrapper
from datahub.emitter.serialization_helper import pre_json_transform
from datahub.ingestion.graph.client import DataHubGraph
from datahub.ingestion.graph.config import DatahubClientConfig
from datahub.lite.lite_util import get_datahub_lite
from datahub.metadata.schema_classes import (
    OwnerClass,
    OwnershipClass,
    PlatformResourceInfoClass,
    StatusClass,
)

from datahub_dataproducts.adapters.datahub.definitions import definition_aspect
from datahub_dataproducts.adapters.datahub.snapshots import (
    GraphEntities,
    LiteEntities,
    NoEntities,
)
from datahub_dataproducts.adapters.datahub.urns import definition_urn
from datahub_dataproducts.application.ports import Unavailable
from tests.builders import product
from tests.integration.gms.answers import Answer
from tests.integration.gms.server import Gms

USERS, GONE = "urn:li:dataProduct:users", "urn:li:dataProduct:gone"
OWNERSHIP = OwnershipClass(owners=[OwnerClass(owner="urn:li:corpuser:ana", type="DATAOWNER")])
NAMES = ("ownership", "status")


def held() -> list[tuple[str, Any]]:
    """Two products with their definitions, one of them removed, and a resource of another kind."""
    return [
        (USERS, OWNERSHIP),
        (USERS, StatusClass(removed=False)),
        (GONE, StatusClass(removed=True)),
        (definition_urn("users"), definition_aspect(product("users"))),
        (definition_urn("users"), StatusClass(removed=False)),
        (definition_urn("gone"), definition_aspect(product("gone"))),
        (definition_urn("gone"), StatusClass(removed=True)),
        (
            "urn:li:platformResource:theirs",
            PlatformResourceInfoClass(resourceType="theirs", primaryKey="x"),
        ),
    ]


@pytest.fixture(params=["sqlite", "duckdb"])
def lite(request: pytest.FixtureRequest, tmp_path: Path) -> LiteEntities:
    file = tmp_path / "catalog.lite"
    catalog = get_datahub_lite({"type": request.param, "config": {"file": str(file)}})
    for urn, aspect in held():
        catalog.write(MetadataChangeProposalWrapper(entityUrn=urn, aspect=aspect))
    catalog.close()
    return LiteEntities(file)


@pytest.fixture
def gms(gms: Gms) -> Gms:
    for urn, aspect in held():
        gms.put(urn, aspect.ASPECT_NAME, pre_json_transform(aspect.to_obj()))
    return gms


def graph_of(gms: Gms) -> DataHubGraph:
    return DataHubGraph(DatahubClientConfig(server=gms.url, token="secret", retry_max_times=1))


def test_a_catalog_that_is_not_there_has_nothing() -> None:
    assert NoEntities().definitions() == ()
    assert NoEntities().read([USERS], NAMES) == {}


def test_definitions_in_a_file_are_ours_and_not_removed(lite: LiteEntities) -> None:
    assert lite.definitions() == (definition_urn("users"),)


def test_a_file_gives_the_aspects_asked_for_of_the_entities_asked_for(lite: LiteEntities) -> None:
    found = lite.read([USERS, "urn:li:dataProduct:none"], NAMES)
    assert list(found) == [USERS]
    assert found[USERS]["status"] == {"removed": False}
    assert found[USERS]["ownership"]["owners"] == [
        {"owner": "urn:li:corpuser:ana", "type": "DATAOWNER"}
    ]
    assert list(lite.read([USERS], ["status"])[USERS]) == ["status"]
    assert lite.read([], NAMES) == {}


def test_what_a_file_has_and_nobody_can_read_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "catalog.db"
    catalog = get_datahub_lite({"type": "sqlite", "config": {"file": str(file)}})
    catalog.write(MetadataChangeProposalWrapper(entityUrn=USERS, aspect=OWNERSHIP))
    catalog.close()
    with closing(sqlite3.connect(file)) as database:
        database.execute("""UPDATE metadata_aspect_v2 SET metadata = '{"owners": 1}'""")
        database.commit()
    assert LiteEntities(file).read([USERS], NAMES) == {}


@pytest.mark.parametrize("metadata", ["{", None])
def test_an_aspect_that_was_cut_off_is_told_with_its_entity(
    tmp_path: Path, metadata: str | None
) -> None:
    file = tmp_path / "lite.db"
    catalog = get_datahub_lite({"type": "sqlite", "config": {"file": str(file)}})
    catalog.write(MetadataChangeProposalWrapper(entityUrn=USERS, aspect=OWNERSHIP))
    catalog.close()
    with closing(sqlite3.connect(file)) as database:
        database.execute("UPDATE metadata_aspect_v2 SET metadata = ?", (metadata,))
        database.commit()
    with pytest.raises(Unavailable, match=f"is damaged at {USERS}"):
        LiteEntities(file).read([USERS], NAMES)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is no DataHub Lite catalog, or it is damaged"),
        (b"text", "is no DataHub Lite catalog, or it is damaged"),
        (b"12345678DUCK" + bytes(100), "cannot be read: "),
    ],
)
def test_a_file_that_is_no_catalog_is_told(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    with pytest.raises(Unavailable) as told:
        LiteEntities(file).definitions()
    assert words in str(told.value)
    assert "\n" not in str(told.value)


def test_a_folder_is_no_catalog(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be read"):
        LiteEntities(tmp_path).definitions()


def test_without_duckdb_its_files_are_told_how_to_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"12345678DUCK")
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(Unavailable, match="is a DuckDB file: pip install duckdb"):
        LiteEntities(file).definitions()


def test_definitions_on_a_server_are_ours_and_not_removed(gms: Gms) -> None:
    assert GraphEntities(graph_of(gms)).definitions() == (definition_urn("users"),)


def test_a_server_gives_the_aspects_asked_for_of_the_entities_asked_for(gms: Gms) -> None:
    found = GraphEntities(graph_of(gms)).read([USERS, "urn:li:dataProduct:none"], NAMES)
    assert list(found) == [USERS]
    assert found[USERS]["status"] == {"removed": False}
    assert [owner["owner"] for owner in found[USERS]["ownership"]["owners"]] == [
        "urn:li:corpuser:ana"
    ]
    assert GraphEntities(graph_of(gms)).read([], NAMES) == {}


def test_a_server_is_asked_for_two_hundred_at_once(gms: Gms) -> None:
    urns = [f"urn:li:dataProduct:{n}" for n in range(1_000)]
    GraphEntities(graph_of(gms)).read(urns, NAMES)
    assert gms.asked == ["POST /openapi/v3/entity/dataProduct/batchGet"] * 5


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(401, "who is secret?"), "DataHub answers 401"),
        (Answer(403), "DataHub answers 403"),
        (Answer(404, "no such secret"), "DataHub answers 404"),
        (Answer(200, body="<html>"), "DataHub does not answer as it should"),
        (Answer(200, body="[1]"), "DataHub does not answer as it should"),
    ],
)
def test_a_server_that_does_not_answer_as_it_should_is_told(
    gms: Gms, answer: Answer, words: str
) -> None:
    entities = GraphEntities(graph_of(gms))
    for ask in (entities.definitions, lambda: entities.read([USERS], NAMES)):
        gms.switches.answer(answer)
        with pytest.raises(Unavailable) as told:
            ask()
        assert words in str(told.value)
        assert "secret" not in str(told.value)


@pytest.mark.parametrize("status", [401, 403])
def test_a_server_that_lets_nobody_in_is_told_from_whoever_else_listens_there(
    gms: Gms, status: int
) -> None:
    gms.switches.answer(Answer(status), times=2)
    with pytest.raises(Unavailable) as told:
        GraphEntities(graph_of(gms), name="hub", token_from="a file").check()
    assert str(told.value).startswith(f"hub: DataHub answers {status}: it ")
    assert str(told.value).endswith(" (a file)") is (status == 401)


def test_whoever_else_listens_there_is_no_server(gms: Gms) -> None:
    GraphEntities(graph_of(gms)).check()
    for other in (Answer(200, body='{"noCode": "false"}'), Answer(404), Answer(200, body="<html>")):
        gms.switches.answer(other)
        with pytest.raises(Unavailable, match="check its address"):
            GraphEntities(graph_of(gms)).check()
