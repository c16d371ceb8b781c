import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from datahub.configuration.config_loader import load_config_file
from datahub.ingestion.run.pipeline import Pipeline
from pydantic import ValidationError

from datahub_dataproducts.plugins.config import DataProductsSourceConfig
from tests.plugins.catalog_server import CatalogServer, catalog_server
from tests.plugins.repositories import (
    CUSTOMERS,
    JAFFLE_SHOP,
    ORDERS,
    complaints,
    proposals,
    urns,
    write_products,
)

RECIPES = Path(__file__).parents[2] / "recipes/ingest"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A dbt project, with the environment that the recipes read."""
    write_products(tmp_path, {"orders.yml": ORDERS, "customers.yml": CUSTOMERS})
    for name, value in {
        "DBT_PROJECT_DIR": tmp_path,
        "DBT_MANIFEST": JAFFLE_SHOP / "manifest.json.gz",
        "DBT_RUN_RESULTS": JAFFLE_SHOP / "run_results/01_build_all_pass.json",
        "DBT_SOURCES": JAFFLE_SHOP / "sources.empty.json",
        "TARGET_PLATFORM": "duckdb",
        "METADATA_FILE": tmp_path / "products.json",
        "CATALOG": tmp_path / "catalog.db",
        "STATE_FILE": tmp_path / "state.json",
    }.items():
        monkeypatch.setenv(name, str(value))
    return tmp_path


def run(recipe: str) -> Pipeline:
    config: dict[str, Any] = load_config_file(RECIPES / recipe)
    pipeline = Pipeline.create(config)
    pipeline.run()
    return pipeline


def test_a_metadata_file_holds_what_would_be_published(project: Path) -> None:
    run("file.yml").raise_from_status(raise_warnings=True)
    written = proposals(project / "products.json")
    assert urns(written) == ["customers", "orders"]
    assert {p["changeType"] for p in written} == {"UPSERT"}


def test_a_recipe_does_without_the_files_dbt_need_not_write(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DBT_SOURCES")
    run("file.yml").raise_from_status(raise_warnings=True)


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("kind", ["rest", "rest-stateful", "ci", "file", "lite"])
def test_a_platform_that_is_not_set_is_asked_for_in_plain_words(
    monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.delenv("TARGET_PLATFORM")
    monkeypatch.setenv("DATAHUB_GMS_URL", "http://localhost:1")
    monkeypatch.setenv("DATAHUB_GMS_TOKEN", "made-up-secret")
    source = load_config_file(RECIPES / f"{kind}.yml")["source"]
    with pytest.raises(ValidationError) as refused:
        DataProductsSourceConfig.model_validate(source["config"])
    (error,) = refused.value.errors()
    assert error["loc"] == ("target_platform",)
    assert error["msg"] == (
        "Value error, it is empty: write the platform dbt loads into, such as snowflake or duckdb, "
        "or set the variable that the recipe takes it from (TARGET_PLATFORM)"
    )


@pytest.mark.usefixtures("project")
def test_of_the_recipes_for_a_server_one_removes_nothing_and_one_wants_its_variables(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATAHUB_GMS_URL", "http://localhost:1")
    monkeypatch.setenv("DATAHUB_GMS_TOKEN", "made-up-secret")
    stateful = load_config_file(RECIPES / "rest-stateful.yml")
    plain = load_config_file(RECIPES / "rest.yml")
    in_ci = load_config_file(RECIPES / "ci.yml")
    assert in_ci["sink"]["config"].pop("mode") == "SYNC"
    assert in_ci == stateful
    assert stateful["source"]["config"].pop("stateful_ingestion") == {"enabled": True}
    del stateful["pipeline_name"]
    assert plain == stateful


def test_without_state_a_server_keeps_what_left_the_repository(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with catalog_server() as server:
        server.domains.add("urn:li:domain:sales")
        published_to(server, monkeypatch, "rest.yml").raise_from_status()
        (project / "data_products/customers.yml").unlink()
        published_to(server, monkeypatch, "rest.yml").raise_from_status()
    assert "urn:li:dataProduct:customers" in server.urns("dataProductProperties")
    assert not [p for p in server.proposals if '"removed": true' in p["aspect"]["value"]]


def removed_in(catalog: Path) -> list[str]:
    query = (
        "SELECT urn FROM metadata_aspect_v2 WHERE aspect_name = 'status' AND version = 0 "
        "AND json_extract(metadata, '$.removed')"
    )
    with closing(sqlite3.connect(catalog)) as database:
        return sorted(urn for (urn,) in database.execute(query))


def test_datahub_lite_is_kept_as_the_repository_is(project: Path) -> None:
    run("lite.yml").raise_from_status(raise_warnings=True)
    assert removed_in(project / "catalog.db") == []
    (project / "data_products/customers.yml").unlink()
    run("lite.yml").raise_from_status(raise_warnings=True)
    assert "urn:li:dataProduct:customers" in removed_in(project / "catalog.db")


def published_to(
    server: CatalogServer, monkeypatch: pytest.MonkeyPatch, recipe: str = "rest-stateful.yml"
) -> Pipeline:
    monkeypatch.setenv("DATAHUB_GMS_URL", server.url)
    monkeypatch.setenv("DATAHUB_GMS_TOKEN", "made-up-secret")
    return run(recipe)


@pytest.mark.usefixtures("project")
def test_a_server_is_sent_patches_and_asked_for_the_names_of_domains(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with catalog_server() as server:
        server.domains.add("urn:li:domain:sales")
        pipeline = published_to(server, monkeypatch)
    pipeline.raise_from_status()
    assert complaints(pipeline) == []
    assert server.unexpected == []
    changes = {
        p["changeType"] for p in server.proposals if p["aspectName"] == "dataProductProperties"
    }
    assert changes == {"PATCH"}
    assert sorted(server.urns("domains")) == [
        "urn:li:dataProduct:customers",
        "urn:li:dataProduct:orders",
    ]


@pytest.mark.usefixtures("project")
def test_a_domain_the_server_does_not_know_stops_its_products(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with catalog_server() as server:
        pipeline = published_to(server, monkeypatch)
    assert complaints(pipeline) == [
        (
            "data_products/customers.yml:2:9: error[unknown-domain]: DataHub does not know the domain "
            '"sales"; create it there first, or give its URN'
        ),
        (
            "data_products/orders.yml:4:9: error[unknown-domain]: DataHub does not know the domain "
            '"sales"; create it there first, or give its URN'
        ),
    ]
    assert server.urns("domains") == []


def test_a_server_loses_what_left_the_repository(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with catalog_server() as server:
        server.domains.add("urn:li:domain:sales")
        published_to(server, monkeypatch)
        (project / "data_products/customers.yml").unlink()
        server.proposals = [
            p for p in server.proposals if p["aspectName"] == "datahubIngestionCheckpoint"
        ]
        pipeline = published_to(server, monkeypatch)
    pipeline.raise_from_status()
    gone = {
        p["entityUrn"]
        for p in server.proposals
        if p["aspectName"] == "status" and '"removed": true' in p["aspect"]["value"]
    }
    assert "urn:li:dataProduct:customers" in gone
    assert not any(urn.startswith("urn:li:dataset:") for urn in gone)
