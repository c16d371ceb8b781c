"""The example, published by the installed `datahub ingest`: what a server shows of it afterwards."""

import gzip
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from datahub.ingestion.graph.client import DataHubGraph
from datahub.ingestion.graph.config import DatahubClientConfig
from datahub.ingestion.run.pipeline import Pipeline

from tests.integration.gms.events import VERSIONED
from tests.integration.gms.server import Gms

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "examples" / "analytics"
PRODUCTS = ("activation", "attribution", "revenue", "users")
DIM_USERS = "urn:li:dataset:(urn:li:dataPlatform:duckdb,analytics.main.dim_users,PROD)"
USERS = "urn:li:dataProduct:users"
# What an ingestion writes of itself, and what is new each time.
_OF_THE_INGESTION = ("dataHubExecutionRequest", "dataHubIngestionSource", "dataJob")


def recipe(project: Path, url: str) -> dict[str, Any]:
    source = {
        "dbt_project_dir": str(project),
        "manifest_path": str(project / "manifest.json"),
        "run_results_path": str(EXAMPLE / "artifacts/2026-03-08/run_results.json"),
        "sources_path": str(EXAMPLE / "artifacts/2026-03-08/sources.json"),
        "target_platform": "duckdb",
        "stateful_ingestion": {"enabled": True},
    }
    return {
        "pipeline_name": "data_products",
        "source": {"type": "data-products", "config": source},
        "sink": {"type": "datahub-rest", "config": {"server": url, "token": "made-up"}},
    }


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("analytics")
    shutil.copytree(EXAMPLE / "data_products", folder / "data_products")
    manifest = gzip.decompress((EXAMPLE / "artifacts/manifest.json.gz").read_bytes())
    (folder / "manifest.json").write_bytes(manifest)
    return folder


def with_domains(gms: Gms) -> Gms:
    for name in ("data-platform", "finance", "growth", "marketing"):
        gms.put(f"urn:li:domain:{name}", "domainProperties", {"name": name})
    return gms


def publish(project: Path, gms: Gms) -> Pipeline:
    pipeline = Pipeline.create(recipe(project, gms.url))
    pipeline.run()
    pipeline.raise_from_status()
    return pipeline


@pytest.fixture(scope="module")
def published(project: Path) -> Iterator[Gms]:
    with Gms() as gms:
        with_domains(gms)
        file = project / "recipe.yml"
        file.write_text(yaml.safe_dump(recipe(project, gms.url)), encoding="utf-8")
        command = [str(Path(sys.executable).with_name("datahub")), "ingest", "-c", str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        yield gms


@pytest.fixture
def graph(published: Gms) -> Iterator[DataHubGraph]:
    with DataHubGraph(DatahubClientConfig(server=published.url)) as graph:
        yield graph


def test_the_server_takes_all_of_it_drops_nothing_and_is_asked_for_nothing_unknown(
    published: Gms,
) -> None:
    assert published.failed == []
    assert published.service.dropped == []
    assert published.unexpected == []


def test_each_product_is_there_with_its_promises_owners_domain_and_links(published: Gms) -> None:
    for name in PRODUCTS:
        urn = f"urn:li:dataProduct:{name}"
        properties = published.get(urn, "dataProductProperties")
        assert "## What is promised" in properties["description"]
        assert any(asset["outputPort"] for asset in properties["assets"])
        owners = published.get(urn, "ownership")
        assert sum(map(len, owners["ownerTypes"].values())) == len(owners["owners"]) > 0
        assert len(published.get(urn, "domains")["domains"]) == 1
        assert published.get(urn, "institutionalMemory")["elements"]
        assert published.get(urn, "subTypes")["typeNames"]
        assert published.get(urn, "status") == {"removed": False}


def test_each_asset_is_in_one_product_and_stays_there(published: Gms, graph: DataHubGraph) -> None:
    for name in PRODUCTS:
        urn = f"urn:li:dataProduct:{name}"
        for asset in published.get(urn, "dataProductProperties")["assets"]:
            [holder] = published.get(asset["destinationUrn"], "dataProducts")["dataProducts"]
            assert holder["destinationUrn"] == urn


def test_the_contract_of_a_dataset_holds_its_assertions_with_their_latest_runs(
    graph: DataHubGraph,
) -> None:
    query = """query shown($urn: String!) { dataset(urn: $urn) {
      contract { status { state } properties { dataQuality { assertion { urn } } } }
      assertions { total assertions { urn info { type } runEvents(limit: 1) { total } } } } }"""
    dataset = graph.execute_graphql(query, variables={"urn": DIM_USERS})["dataset"]
    assert dataset["contract"]["status"] == {"state": "ACTIVE"}
    ours = dataset["assertions"]["assertions"]
    assert ours
    assert {assertion["info"]["type"] for assertion in ours} == {"CUSTOM"}
    # What was built has a run already; freshness is judged by the action.
    assert any(assertion["runEvents"]["total"] for assertion in ours)
    promised = {e["assertion"]["urn"] for e in dataset["contract"]["properties"]["dataQuality"]}
    assert promised & {assertion["urn"] for assertion in ours}


def test_publishing_again_changes_nothing_but_what_runs_say(published: Gms, project: Path) -> None:
    before = len(published.events)
    publish(project, published)
    again = [
        (event.body["entityUrn"], event.body["aspectName"])
        for event in published.events[before:]
        if event.topic == VERSIONED and event.body["entityType"] not in _OF_THE_INGESTION
    ]
    assert again == []


def test_what_left_the_repository_is_soft_deleted(project: Path, tmp_path: Path) -> None:
    folder = tmp_path / "analytics"
    shutil.copytree(project, folder)
    with Gms() as gms:
        publish(folder, with_domains(gms))
        (folder / "data_products/activation.yml").unlink()
        publish(folder, gms)
        assert gms.get("urn:li:dataProduct:activation", "status") == {"removed": True}
        assert gms.get(USERS, "status") == {"removed": False}
        assert gms.failed == []


def test_a_server_that_would_lose_owners_is_written_nothing_to_and_the_report_says_why(
    project: Path,
) -> None:
    with Gms(version="v1.6.0") as gms:
        gms.switches.trailing_slash_works = False
        pipeline = Pipeline.create(recipe(project, with_domains(gms).url))
        pipeline.run()
        told = str(pipeline.source.get_report().failures)
        assert "DataHub is v1.6.0, v1.7.0 or newer is needed" in told
        assert not [urn for urn, _ in gms.written if "dataProduct" in urn or "dataset" in urn]


def test_a_server_that_is_too_old_takes_whole_aspects(project: Path) -> None:
    with Gms(version="v1.6.0") as gms:
        gms.switches.trailing_slash_works = False
        asked = recipe(project, with_domains(gms).url)
        asked["source"]["config"]["write_semantics"] = "OVERRIDE"
        pipeline = Pipeline.create(asked)
        pipeline.run()
        pipeline.raise_from_status()
        assert gms.failed == []
        assert gms.get(USERS, "ownership")["owners"]


def test_a_server_of_a_version_of_its_own_is_written_to_with_a_warning(project: Path) -> None:
    with Gms(version="acme-7") as gms:
        pipeline = publish(project, with_domains(gms))
        told = str(pipeline.source.get_report().warnings)
        assert 'DataHub says "acme-7", so make sure that it is as new as v1.7.0' in told
        assert gms.get(USERS, "ownership")["owners"]


@pytest.mark.parametrize(("version", "told"), [("v1.7.0.1", True), ("v1.8.0", False)])
def test_a_parent_that_the_server_drops_is_told(
    project: Path, tmp_path: Path, version: str, *, told: bool
) -> None:
    folder = tmp_path / "analytics"
    shutil.copytree(project, folder)
    file = folder / "data_products/activation.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text(f"{text}\nparent_data_product: users\n", encoding="utf-8")
    with Gms(version=version) as gms:
        pipeline = publish(folder, with_domains(gms))
        warnings = str(pipeline.source.get_report().warnings)
        assert ("DataHub drops the parents of products" in warnings) is told
        assert ("of activation" in warnings) is told
