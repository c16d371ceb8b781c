"""`datahub ingest` right after `dbt build`: what failed, and what was skipped because of it, is in DataHub.

The day of which DataHub's own dbt source tells of passes alone: of a skipped test it sends nothing.
"""

import gzip
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.gms.server import Gms
from tests.integration.gms.test_published_example import EXAMPLE, recipe, with_domains
from tests.integration.roads import action_recipe

pytestmark = pytest.mark.whole

DAY = EXAMPLE / "artifacts/2026-03-05"


def run(*command: str) -> None:
    datahub = str(Path(sys.executable).with_name("datahub"))
    done = subprocess.run(
        [datahub, *command], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr


def ingest(folder: Path, gms: Gms) -> None:
    """One command; the paths are those that dbt writes to."""
    shutil.copytree(EXAMPLE / "data_products", folder / "data_products")
    manifest = gzip.decompress((EXAMPLE / "artifacts/manifest.json.gz").read_bytes())
    (folder / "manifest.json").write_bytes(manifest)
    asked = recipe(folder, gms.url)
    for option, name in (("run_results_path", "run_results"), ("sources_path", "sources")):
        asked["source"]["config"][option] = str(DAY / f"{name}.json")
    (folder / "ingest.yml").write_text(yaml.safe_dump(asked), encoding="utf-8")
    run("ingest", "-c", str(folder / "ingest.yml"))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Gms]]:
    folder = tmp_path_factory.mktemp("analytics")
    with Gms() as gms:
        ingest(folder, with_domains(gms))
        yield folder, gms


def latest(gms: Gms) -> list[dict[str, Any]]:
    urns = dict.fromkeys(urn for urn, aspect in gms.written if aspect == "assertionRunEvent")
    return [gms.runs(urn)[0] for urn in urns]


def count(statuses: list[str]) -> dict[str, int]:
    return {status: statuses.count(status) for status in sorted(set(statuses))}


def test_what_failed_and_what_was_skipped_are_results_and_no_pass_is_missing(
    told: tuple[Path, Gms],
) -> None:
    _, gms = told
    results = json.loads((DAY / "run_results.json").read_text(encoding="utf-8"))["results"]
    runs = latest(gms)
    assert gms.failed == []
    types = count([run["result"]["type"] for run in runs])
    skipped = [r for r in results if r["status"] == "skipped" and r["unique_id"][:5] == "test."]
    assert len(skipped) == 8
    assert types["FAILURE"] == 1
    # Every promised test that was skipped, and the model behind the one that failed.
    assert types["ERROR"] >= len(skipped)
    [failed] = [run for run in runs if run["result"]["type"] == "FAILURE"]
    broken = [r for r in results if r["status"] == "error"]
    assert len(broken) == 1
    assert broken[0]["unique_id"].rpartition(".")[2] in failed["asserteeUrn"]


def test_the_action_knows_it_without_having_heard_an_event(told: tuple[Path, Gms]) -> None:
    folder, gms = told
    (folder / "events.json").write_text("[]", encoding="utf-8")
    asked = action_recipe(folder, folder / "events.json")
    asked["source"]["config"]["clock"] = "wall"
    asked["datahub"] = {"server": gms.url}
    asked["action"]["config"]["catalog"] = {"type": "datahub"}
    (folder / "action.yml").write_text(yaml.safe_dump(asked), encoding="utf-8")
    run("actions", "-c", str(folder / "action.yml"))
    health = {}
    for name in ("activation", "attribution", "revenue", "users"):
        shown = gms.get(f"urn:li:dataProduct:{name}", "structuredProperties")["properties"]
        [value] = [e["values"] for e in shown if e["propertyUrn"].endswith("dataproducts.health")]
        health[name] = value[0]["string"]
    assert set(health.values()) == {"UNHEALTHY"}
    assert gms.unexpected == []
