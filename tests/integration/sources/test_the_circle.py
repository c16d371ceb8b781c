"""dbt's artifacts -> both ingestions -> server -> each way of events -> health and incident there, and back."""

import gzip
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.gms.events import Event
from tests.integration.sources.source import Source
from tests.integration.sources.stage import TOKEN, Stage, until

pytestmark = pytest.mark.whole

DATA = Path(__file__).parents[2] / "data" / "jaffle_shop_duckdb"
PRODUCTS = """
id: orders
display_name: Orders
type: metric
domain: urn:li:domain:sales
lifecycle: live
runbook: https://wiki.example.com/orders
owners:
  - {id: ana, type: BUSINESS_OWNER}
  - {id: ben, type: TECHNICAL_OWNER}
assets: ["ref('raw_orders')", "ref('orders')"]
contract:
  - {asset: "ref('raw_orders')", build: true}
  - {asset: "ref('orders')", build: true, tests: all}
"""
GOOD, BAD, MENDED = (
    "01_build_all_pass",
    "02_build_1_fail_1_seed_error_18_skipped",
    "06_build_recovered",
)


class Repository:
    """A dbt repository, ingested as a pipeline does after each run of dbt."""

    def __init__(self, folder: Path, url: str) -> None:
        self._folder = folder / "project"
        self._url = url
        (self._folder / "data_products").mkdir(parents=True)
        (self._folder / "data_products/orders.yml").write_text(PRODUCTS, encoding="utf-8")
        manifest = gzip.decompress((DATA / "manifest.json.gz").read_bytes())
        (self._folder / "manifest.json").write_bytes(manifest)

    def ingest(self, run: str) -> None:
        """What dbt left behind, by DataHub's dbt source and by ours."""
        results = self._folder / "run_results.json"
        shutil.copy(DATA / "run_results" / f"{run}.json", results)
        manifest = str(self._folder / "manifest.json")
        theirs = {
            "manifest_path": manifest,
            "run_results_paths": [str(results)],
            "target_platform": "duckdb",
            "include_column_lineage": False,
        }
        ours = {
            "dbt_project_dir": str(self._folder),
            "manifest_path": manifest,
            "run_results_path": str(results),
            "target_platform": "duckdb",
            # dbt ran long ago.
            "default_expect_every": "never",
        }
        self._run("dbt", theirs)
        self._run("data-products", ours)

    def _run(self, kind: str, config: dict[str, Any]) -> None:
        recipe = {
            "source": {"type": kind, "config": config},
            "sink": {"type": "datahub-rest", "config": {"server": self._url, "token": TOKEN}},
        }
        file = self._folder / f"{kind}.yml"
        file.write_text(yaml.safe_dump(recipe), encoding="utf-8")
        command = [str(Path(sys.executable).with_name("datahub")), "ingest", "-c", str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=180)
        assert done.returncode == 0, done.stdout + done.stderr


def with_incidents(recipe: Path, folder: Path) -> Path:
    """The recipe as it is shipped, which tells of everything at once and raises incidents."""
    read = yaml.safe_load(recipe.read_text(encoding="utf-8"))
    more = {"incidents": {"raise": True}, "for": "1s", "clear_for": "1s", "tick_every": "1s"}
    read["action"]["config"].update(more)
    file = folder / recipe.name
    file.write_text(yaml.safe_dump(read), encoding="utf-8")
    return file


@pytest.fixture(params=["kafka", "pg_queue", "events_api"])
def stage(
    request: pytest.FixtureRequest, made_source: Callable[[str], Source], tmp_path: Path
) -> Iterator[Stage]:
    with Stage(made_source(request.param), tmp_path) as made:
        made.gms.put("urn:li:domain:sales", "domainProperties", {"name": "Sales"})
        yield made


def incidents(stage: Stage) -> dict[str, str]:
    """State of each incident by its URN."""
    return {
        urn: aspects["incidentInfo"]["status"]["state"]
        for urn, aspects in stage.gms.everything().items()
        if urn.startswith("urn:li:incident:")
    }


def test_from_dbt_to_health_and_incident_and_back_with_a_kill_in_between(stage: Stage) -> None:
    repository = Repository(stage.folder, stage.gms.url)
    recipe = with_incidents(stage.source.recipe, stage.folder)
    repository.ingest(GOOD)
    first = stage.work(recipe)
    until(lambda: stage.health("orders") == "HEALTHY", "good health", first)
    repository.ingest(BAD)
    until(lambda: stage.health("orders") == "UNHEALTHY", "bad health", first)
    until(lambda: list(incidents(stage).values()) == ["ACTIVE"], "an incident", first)
    first.kill()
    repository.ingest(MENDED)
    second = stage.work(recipe)
    until(lambda: stage.health("orders") == "HEALTHY", "good health again", second)
    until(lambda: list(incidents(stage).values()) == ["RESOLVED"], "its resolution", second)
    until(lambda: kept(stage) == told(stage), "every run of every check once", second)
    until(lambda: not stage.ask("SELECT 1 FROM evidence WHERE provisional"), "their events", second)
    assert second.stop() == 0
    assert kept(stage) == told(stage)
    assert len({run for _, run, _ in kept(stage)}) == len((GOOD, BAD, MENDED))
    assert list(incidents(stage).values()) == ["RESOLVED"]
    assert stage.reasons() == []
    keys = stage.ask("SELECT channel, key FROM letters GROUP BY 1, 2 HAVING count(*) > 1")
    assert keys == []
    assert not stage.ask("SELECT 1 FROM letters WHERE state <> 'delivered'")


def kept(stage: Stage) -> list[tuple[str, str, int]]:
    """Assertion, run and time of each result in the store."""
    rows = stage.ask("SELECT subject, run_id, at FROM evidence WHERE outcome <> ''")
    return sorted((subject, run, at) for subject, run, at in rows)


def told(stage: Stage) -> list[tuple[str, str, int]]:
    """The same of all runs that the server has of what is listened to."""
    heard = {subject for subject, _, _ in kept(stage)}
    runs = [json.loads(e.body["aspect"]["value"]) for e in stage.gms.events if is_run(e)]
    found = {(run["assertionUrn"], run["runId"], run["timestampMillis"]) for run in runs}
    return sorted(one for one in found if one[0] in heard)


def is_run(event: Event) -> bool:
    return event.body.get("aspectName") == "assertionRunEvent"
