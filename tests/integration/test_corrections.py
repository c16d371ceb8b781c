"""Corrections on the whole way: YAML, ingest, catalog, action, store, and back to people."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from yaml import safe_dump

from datahub_dataproducts.adapters.datahub.snapshots import LiteEntities
from datahub_dataproducts.domain.durations import HOUR
from datahub_dataproducts.plugins.cli import main
from tests.builders import at
from tests.integration.roads import lite_sink, replay, run_event, store_url

CHECKED = "urn:li:assertion:checked"
PRODUCTS = f"""\
data_products:
  - id: users
    display_name: Users
    domain: crm
    assets: ["urn:li:dataset:(urn:li:dataPlatform:kafka,users,PROD)"]
    contract: [{{assertion: "{CHECKED}"}}]
    objective: {{target: 50%, window: 1d}}
  - id: revenue
    domain: finance
    assets: ["urn:li:dataset:(urn:li:dataPlatform:kafka,revenue,PROD)"]
    inputs: [users]
"""
CORRECTIONS = """\
timezone: Europe/Amsterdam
corrections:
  - product: users
    from: 2026-03-02T07:00
    to: 2026-03-02T09:00
    kind: false_alarm
    reason: The test compared with the wrong day
    author: ben
"""
SAID = (
    "Users 2026-03-02 07:00 to 2026-03-02 09:00, a false alarm, good: "
    "The test compared with the wrong day (ben)"
)
MORNING = at("2026-03-02 06:00")
NAMES = "urn:li:structuredProperty:io.datahub_dataproducts."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project: passed at 06:00, failed at 07:00, passed at 10:00."""
    (tmp_path / "data_products").mkdir()
    (tmp_path / "data_products/all.yml").write_text(PRODUCTS, encoding="utf-8")
    (tmp_path / "data_products_corrections.yml").write_text(CORRECTIONS, encoding="utf-8")
    events = [
        run_event(CHECKED, MORNING),
        run_event(CHECKED, MORNING + HOUR, "FAILURE"),
        run_event(CHECKED, MORNING + 4 * HOUR),
    ]
    (tmp_path / "events.json").write_text(json.dumps(events), encoding="utf-8")
    return tmp_path


def ingest(folder: Path) -> subprocess.CompletedProcess[str]:
    """By the command that people run."""
    source = {
        "dbt_project_dir": str(folder),
        "target_platform": "duckdb",
        "write_semantics": "OVERRIDE",
    }
    recipe = folder / "recipe.yml"
    content = {
        "source": {"type": "data-products", "config": source},
        "sink": lite_sink(folder / "catalog.db"),
    }
    recipe.write_text(safe_dump(content), encoding="utf-8")
    datahub = Path(sys.executable).parent / "datahub"
    return subprocess.run(
        [datahub, "ingest", "-c", recipe],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def asked(folder: Path, command: str, *arguments: str) -> str:
    moment = ("--at", "2026-03-02T12:00", "--timezone", "Europe/Amsterdam")
    done = CliRunner().invoke(main, [command, *arguments, "--store", store_url(folder), *moment])
    assert done.exit_code == 0, done.output
    return done.output


def shown(folder: Path) -> dict[str, Any]:
    """What the catalog shows of users, by the names of the properties."""
    aspects = LiteEntities(folder / "catalog.db").read(
        ["urn:li:dataProduct:users"], ("structuredProperties",)
    )["urn:li:dataProduct:users"]
    return {
        one["propertyUrn"].removeprefix(NAMES): next(iter(one["values"][0].values()))
        for one in aspects["structuredProperties"]["properties"]
    }


def test_what_a_file_in_git_says_stands_beside_what_was_measured_everywhere(folder: Path) -> None:
    done = ingest(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    replay(folder, folder / "events.json")
    told = json.loads(asked(folder, "uptime", "--window", "6h", "--format", "json"))
    users = next(one for one in told["products"] if one["product"] == "users")
    figures = users["periods"][0]["experienced"]
    assert (figures["bad_ms"], figures["corrected"]["bad_ms"]) == (3 * HOUR, HOUR)
    assert users["objective"]["remaining_ms"] == 0
    assert users["objective"]["corrected"]["remaining_ms"] == 2 * HOUR
    assert (told["corrections_from"], len(told["corrections"])) == ("published", 1)
    for command in ("uptime", "status"):
        assert f"Corrected: {SAID}\n" in asked(folder, command)
    assert "Corrected" not in asked(folder, "explain", "users"), "it is healthy at noon"
    # The last post was at 10:00, when it turned good.
    properties = shown(folder)
    assert (properties["uptime"], properties["uptime_corrected"]) == (25.0, 75.0)
    assert properties["own_uptime_corrected"] == 75.0
    assert properties["objective_target"] == 50.0
    statuses = properties["objective_status"], properties["objective_status_corrected"]
    assert statuses == ("exhausted", "meeting")
    budgets = properties["error_budget_left"], properties["error_budget_left_corrected"]
    assert budgets == (-60.0, 60.0)


def test_a_corrected_past_moment_is_explained_with_its_correction(folder: Path) -> None:
    ingest(folder)
    replay(folder, folder / "events.json")
    moment = ("--at", "2026-03-02T08:00", "--timezone", "Europe/Amsterdam")
    done = CliRunner().invoke(main, ["explain", "users", "--store", store_url(folder), *moment])
    assert f"Corrected: {SAID}" in done.output
    assert "Users is unhealthy" in done.output


def test_a_fault_in_the_corrections_fails_the_command_and_publishes_the_products(
    folder: Path,
) -> None:
    file = folder / "data_products_corrections.yml"
    file.write_text(CORRECTIONS.replace("    author: ben\n", ""), encoding="utf-8")
    done = ingest(folder)
    assert done.returncode == 1
    assert "data_products_corrections.yml:3:5: error[missing-value]" in done.stdout + done.stderr
    replay(folder, folder / "events.json")
    assert shown(folder)["health"] == "HEALTHY"
    assert "uptime_corrected" not in shown(folder)
