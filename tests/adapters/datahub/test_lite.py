"""DataHub Lite as catalog."""

import logging
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from datahub.emitter.mcp import MetadataChangeProposalWrapper
from datahub.lite.sqlite_lite import SqliteLite
from datahub.metadata.schema_classes import (
    AuditStampClass,
    IncidentInfoClass,
    IncidentStatusClass,
    PlatformResourceInfoClass,
    SerializedValueClass,
    StatusClass,
    StructuredPropertiesClass,
    StructuredPropertyValueAssignmentClass,
)

from datahub_dataproducts.adapters.datahub.definitions import DEFINITION_TYPE, definition_aspect
from datahub_dataproducts.adapters.datahub.lite import LiteCatalog
from datahub_dataproducts.adapters.datahub.urns import definition_urn
from datahub_dataproducts.application.ports import Catalog, Directory, Unavailable
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.letters import HealthPost, VerdictPost
from datahub_dataproducts.domain.products import DataProduct
from datahub_dataproducts.domain.receipts import Delivered, Retry
from datahub_dataproducts.domain.verdicts import Verdict

REVENUE = DataProduct(id="revenue", domain="urn:li:domain:finance", name="Revenü")
USERS = DataProduct(id="users", domain="urn:li:domain:growth")
URN = "urn:li:dataProduct:revenue"
PREFIX = "urn:li:structuredProperty:io.datahub_dataproducts."
UNHEALTHY = HealthPost(
    product="revenue",
    at=1_772_524_800_000,
    health=Health.UNHEALTHY,
    since=1_772_521_200_000,
    reason="Users is out of date.",
    uptime=Fraction(1, 2),
    coverage=Fraction(1),
    window=86_400_000,
)
NOT_MET = VerdictPost(
    assertion="urn:li:assertion:a", dataset="urn:d", at=5, verdict=Verdict.NOT_MET, message="late"
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A catalog with two products and a platform resource of somebody else."""
    file = tmp_path / "catalog.db"
    other = PlatformResourceInfoClass(resourceType="eventConsumerState", primaryKey="x")
    write(
        file,
        *(of(definition_urn(p.id), definition_aspect(p)) for p in (REVENUE, USERS)),
        *(of(definition_urn(p.id), StatusClass(removed=False)) for p in (REVENUE, USERS)),
        of("urn:li:platformResource:other", other),
    )
    return file


@pytest.fixture
def catalog(file: Path) -> Iterator[LiteCatalog]:
    catalog = LiteCatalog(str(file), {"busy_timeout": 50})
    yield catalog
    catalog.close()


def of(urn: str, aspect: Any) -> MetadataChangeProposalWrapper:
    return MetadataChangeProposalWrapper(entityUrn=urn, aspect=aspect)


def write(file: Path, *proposals: MetadataChangeProposalWrapper) -> None:
    lite = SqliteLite.create({"file": str(file), "options": {"synchronous": "OFF"}})
    for proposal in proposals:
        lite.write(proposal)
    lite.sqlite_client.close()


def read(file: Path, urn: str) -> dict[str, Any]:
    lite = SqliteLite.create({"file": str(file), "read_only": True})
    entity: dict[str, Any] = lite.get(urn, None) or {}
    lite.sqlite_client.close()
    return entity


def rows(file: Path) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(file)
    found = connection.execute(
        "SELECT urn, aspect_name, version, metadata FROM metadata_aspect_v2 ORDER BY 1, 2, 3"
    ).fetchall()
    connection.close()
    return found


def shown(file: Path) -> dict[str, Any]:
    properties = read(file, URN)["structuredProperties"]["properties"]
    return {entry["propertyUrn"].removeprefix(PREFIX): entry["values"] for entry in properties}


def test_it_is_both_a_directory_and_a_catalog(catalog: LiteCatalog) -> None:
    directory: Directory = catalog
    shower: Catalog = catalog
    assert directory is shower


def test_all_published_products_are_read(catalog: LiteCatalog) -> None:
    assert set(catalog.products()) == {REVENUE, USERS}


def test_a_removed_product_is_gone_and_a_published_one_is_back(
    catalog: LiteCatalog, file: Path
) -> None:
    write(file, of(definition_urn("users"), StatusClass(removed=True)))
    assert catalog.products() == (REVENUE,)
    write(file, of(definition_urn("users"), StatusClass(removed=False)))
    assert set(catalog.products()) == {REVENUE, USERS}


def test_the_newest_definition_counts(catalog: LiteCatalog, file: Path) -> None:
    newer = replace(REVENUE, name="Net revenue")
    write(file, of(definition_urn("revenue"), definition_aspect(newer)))
    assert set(catalog.products()) == {newer, USERS}


def test_a_definition_that_cannot_be_read_is_left_out_and_told(
    catalog: LiteCatalog, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    newer = PlatformResourceInfoClass(
        resourceType=DEFINITION_TYPE,
        primaryKey="x",
        value=SerializedValueClass(blob=b'{"format":9}', contentType="JSON"),
    )
    write(file, of(definition_urn("users"), newer))
    with caplog.at_level(logging.WARNING):
        assert catalog.products() == (REVENUE,)
    [message] = caplog.messages
    assert definition_urn("users") in message
    assert "format 9" in message


def test_preparing_writes_what_the_properties_are_and_only_once(
    catalog: LiteCatalog, file: Path
) -> None:
    assert catalog.prepare() == Delivered()
    health = read(file, f"{PREFIX}health")
    assert health["propertyDefinition"]["displayName"] == "Health"
    assert health["structuredPropertySettings"]["showAsAssetBadge"] is True
    before = rows(file)
    assert catalog.prepare() == Delivered()
    assert rows(file) == before


def test_preparing_repairs_what_somebody_changed(catalog: LiteCatalog, file: Path) -> None:
    catalog.prepare()
    urn = f"{PREFIX}health"
    write(file, of(urn, StructuredPropertiesClass(properties=[])))
    definition = read(file, urn)["propertyDefinition"]
    connection = sqlite3.connect(file)
    connection.execute(
        "UPDATE metadata_aspect_v2 SET metadata = json_set(metadata, '$.displayName', 'x')"
        " WHERE urn = ? AND aspect_name = 'propertyDefinition'",
        (urn,),
    )
    connection.commit()
    connection.close()
    assert catalog.prepare() == Delivered()
    assert read(file, urn)["propertyDefinition"] == definition


def test_health_is_shown_beside_what_others_have_written(catalog: LiteCatalog, file: Path) -> None:
    others = StructuredPropertyValueAssignmentClass(
        propertyUrn="urn:li:structuredProperty:tier", values=["gold", 3.0]
    )
    write(file, of(URN, StructuredPropertiesClass(properties=[others])))
    assert catalog.post(UNHEALTHY) == Delivered()
    assert shown(file) == {
        "urn:li:structuredProperty:tier": [{"string": "gold"}, {"double": 3.0}],
        "health": [{"string": "UNHEALTHY"}],
        "health_reason": [{"string": "Users is out of date."}],
        "health_since": [{"string": "2026-03-03T07:00:00Z"}],
        "uptime": [{"double": 50.0}],
        "coverage": [{"double": 100.0}],
        "evaluated_at": [{"string": "2026-03-03T08:00:00Z"}],
    }


def test_the_newest_health_replaces_all_of_the_one_before(catalog: LiteCatalog, file: Path) -> None:
    catalog.post(UNHEALTHY)
    catalog.post(replace(UNHEALTHY, health=Health.UNKNOWN, uptime=None, since=None))
    assert shown(file)["health"] == [{"string": "UNKNOWN"}]
    assert "uptime" not in shown(file)
    assert "health_since" not in shown(file)


def test_posting_the_same_again_changes_nothing(catalog: LiteCatalog, file: Path) -> None:
    catalog.post(UNHEALTHY)
    catalog.post(NOT_MET)
    before = rows(file)
    assert catalog.post(UNHEALTHY) == Delivered()
    assert catalog.post(NOT_MET) == Delivered()
    assert rows(file) == before


def test_a_verdict_is_shown_as_a_run_of_the_assertion(catalog: LiteCatalog, file: Path) -> None:
    assert catalog.post(NOT_MET) == Delivered()
    run = read(file, "urn:li:assertion:a")["assertionRunEvent"]
    assert run["result"] == {"type": "FAILURE", "nativeResults": {"message": "late"}}


def test_it_is_used_from_another_thread_than_the_one_that_opened_it(catalog: LiteCatalog) -> None:
    catalog.prepare()
    receipts: list[object] = []
    thread = threading.Thread(target=lambda: receipts.append(catalog.post(UNHEALTHY)), daemon=True)
    thread.start()
    thread.join()
    assert receipts == [Delivered()]


def test_it_opens_again_after_it_was_closed(catalog: LiteCatalog) -> None:
    catalog.products()
    catalog.close()
    catalog.close()
    assert len(catalog.products()) == 2


def test_a_wrong_path_is_told_with_what_to_do_and_no_file_is_made(tmp_path: Path) -> None:
    file = tmp_path / "gone" / "catalog.db"
    catalog = LiteCatalog(str(file))
    with pytest.raises(Unavailable, match=r"there is no DataHub Lite catalog .*; ingest the"):
        catalog.products()
    receipt = catalog.post(UNHEALTHY)
    assert isinstance(receipt, Retry)
    assert "or correct the file of the catalog" in receipt.reason
    assert isinstance(catalog.prepare(), Retry)
    assert not file.parent.exists()


def test_a_file_that_is_no_catalog_is_told(tmp_path: Path) -> None:
    file = tmp_path / "catalog.db"
    file.write_text("This is a shopping list, not a database. " * 100)
    catalog = LiteCatalog(str(file))
    with pytest.raises(Unavailable, match="is no DataHub Lite catalog of type sqlite"):
        catalog.products()
    assert isinstance(catalog.post(UNHEALTHY), Retry)


def test_while_another_process_writes_posting_waits_its_turn_and_reading_goes_on(
    catalog: LiteCatalog, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    catalog.products()
    writer = sqlite3.connect(file, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    assert catalog.post(UNHEALTHY) == Retry(f"the catalog {file} is locked by another process")
    assert len(catalog.products()) == 2
    writer.execute("ROLLBACK")
    writer.close()
    assert catalog.post(UNHEALTHY) == Delivered()
    assert caplog.records == []


def test_what_cannot_be_read_is_not_written_over_and_later_posts_arrive(
    catalog: LiteCatalog, file: Path
) -> None:
    catalog.post(UNHEALTHY)
    connection = sqlite3.connect(file)
    connection.execute("UPDATE metadata_aspect_v2 SET metadata = '5' WHERE urn = ?", (URN,))
    connection.commit()
    assert catalog.post(UNHEALTHY) == Retry(
        f"structuredProperties of {URN} cannot be read in the catalog; write it anew"
    )
    connection.execute("DELETE FROM metadata_aspect_v2 WHERE urn = ?", (URN,))
    connection.commit()
    connection.close()
    assert catalog.post(UNHEALTHY) == Delivered()


def test_ten_thousand_products_are_read_in_one_query(tmp_path: Path) -> None:
    file = tmp_path / "many.db"
    write(file, of(definition_urn("p"), definition_aspect(REVENUE)))
    connection = sqlite3.connect(file)
    [[metadata, system]] = connection.execute(
        "SELECT metadata, system_metadata FROM metadata_aspect_v2 WHERE version = 0"
    ).fetchall()
    connection.executemany(
        "INSERT INTO metadata_aspect_v2 VALUES (?, 'platformResourceInfo', 0, ?, ?, 1)",
        [(f"urn:li:platformResource:{n}", metadata, system) for n in range(10_000)],
    )
    connection.commit()
    connection.close()
    catalog = LiteCatalog(str(file))
    statements: list[str] = []
    catalog.products()
    lite = catalog._lite  # noqa: SLF001 - to listen to what it asks of SQLite
    assert lite is not None
    lite.sqlite_client.set_trace_callback(statements.append)
    assert len(catalog.products()) == 10_001
    assert sum("SELECT urn, aspect_name" in statement for statement in statements) == 1
    catalog.close()


def test_all_incidents_on_some_assets_are_read(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stamp = AuditStampClass(1_000, "urn:li:corpuser:ana")

    def incident(*on: str) -> IncidentInfoClass:
        status = IncidentStatusClass(state="ACTIVE", lastUpdated=stamp)
        return IncidentInfoClass(
            type="OPERATIONAL", entities=list(on), status=status, created=stamp, title="Late"
        )

    broken = incident("urn:li:dataset:x")
    broken.created = AuditStampClass(-1, "urn:li:corpuser:ana")
    write(
        file,
        of("urn:li:incident:a", incident("urn:li:dataset:x", "urn:li:dataset:y")),
        of("urn:li:incident:b", incident("urn:li:dataset:y")),
        of("urn:li:incident:c", broken),
    )
    told = LiteCatalog(str(file)).incidents(["urn:li:dataset:x"], {}, 5)
    assert [(n.incident, n.subject, n.at, n.grave, n.title) for n in told] == [
        ("urn:li:incident:a", "urn:li:dataset:x", 1_000, False, "Late")
    ]
    assert "What the catalog says is left out: incidentInfo of urn:li:incident:c" in caplog.text
