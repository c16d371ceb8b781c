"""A real series of dbt runs, through DataHub's dbt source and ours, to the health of products."""

import json
import shutil
from datetime import datetime
from pathlib import Path

import pytest

from tests.integration.roads import (
    file_sink,
    lite_sink,
    replay,
    run_dbt_source,
    run_our_source,
    statuses,
    unpacked,
)

DATA = Path(__file__).parents[1] / "data" / "jaffle_shop_duckdb"
PRODUCTS = """
data_products:
  - id: payments
    type: building_block
    domain: finance
    assets: ["ref('stg_payments')"]
    contract: [{asset: "ref('stg_payments')", build: true, tests: all}]
  - id: people
    type: building_block
    domain: crm
    assets: ["ref('raw_customers')", "ref('stg_customers')"]
    contract: [{asset: "ref('raw_customers')", build: true}, {asset: "ref('stg_customers')", tests: all}]
  - id: orders
    type: metric
    domain: sales
    assets: ["ref('raw_orders')", "ref('orders')"]
    inputs: [payments, {id: people, required: false}]
    contract:
      - {asset: "ref('raw_orders')", build: true}
      - {asset: "ref('orders')", build: true, tests: all}
"""
RUNS = (
    "01_build_all_pass",
    "02_build_1_fail_1_seed_error_18_skipped",
    "03_test_2_fail",
    "04_test_2_warn",
    "06_build_recovered",
    "09_build_1_model_error_17_skipped",
    "10_test_3_test_errors",
    "11_retry_partial_3_errors",
)
# After each run, by the words of the semantics:
HEALTHS = {
    # everything passes
    "01": {"payments": "HEALTHY", "people": "HEALTHY", "orders": "HEALTHY"},
    # raw_orders could not be loaded, so orders is bad; a duplicate customer fails a test of people,
    # which orders only optionally uses
    "02": {"payments": "HEALTHY", "people": "UNHEALTHY", "orders": "UNHEALTHY"},
    # the tests run again on the same data: the failed build is bad until shown good
    "03": {"payments": "HEALTHY", "people": "UNHEALTHY", "orders": "UNHEALTHY"},
    # dbt's warn is no failure to DataHub's dbt source
    "04": {"payments": "HEALTHY", "people": "HEALTHY", "orders": "UNHEALTHY"},
    "06": {"payments": "HEALTHY", "people": "HEALTHY", "orders": "HEALTHY"},
    # stg_payments cannot be built: only passes are reported as test results, and yet it is bad,
    # and so is orders, which uses it
    "09": {"payments": "UNHEALTHY", "people": "HEALTHY", "orders": "UNHEALTHY"},
    # the tests of what was not built cannot run: that clears no known fault
    "10": {"payments": "UNHEALTHY", "people": "HEALTHY", "orders": "UNHEALTHY"},
    "11": {"payments": "UNHEALTHY", "people": "HEALTHY", "orders": "UNHEALTHY"},
}


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("jaffle_shop")
    project = folder / "project"
    (project / "data_products").mkdir(parents=True)
    (project / "data_products" / "all.yml").write_text(PRODUCTS, encoding="utf-8")
    (project / "target").mkdir()
    shutil.copy(DATA / "manifest.json.gz", project / "target" / "manifest.json.gz")
    manifest = unpacked(DATA / "manifest.json.gz", folder)
    run_our_source(
        project, lite_sink(folder / "catalog.db"), manifest_path="target/manifest.json.gz"
    )
    events = folder / "events"
    events.mkdir()
    for run in RUNS:
        results = DATA / "run_results" / f"{run}.json"
        run_dbt_source(manifest, results, events / f"{run}.1.json")
        run_our_source(
            project,
            file_sink(events / f"{run}.2.json"),
            manifest_path="target/manifest.json.gz",
            run_results_path=str(results),
        )
    replay(folder, events)
    return folder


@pytest.mark.parametrize("run", RUNS)
def test_after_each_run_products_are_as_healthy_as_the_words_say(replayed: Path, run: str) -> None:
    found = statuses(replayed, _end_of(run))
    assert {id_: s.health.value for id_, s in found.items()} == HEALTHS[run[:2]]


def test_a_broken_build_is_told_by_the_build_and_by_the_input_it_breaks(replayed: Path) -> None:
    found = statuses(replayed, _end_of("09_build_1_model_error_17_skipped"))
    assert found["payments"].because == "stg_payments could not be built"
    assert found["orders"].because == "its input payments could not be built"


def test_the_cause_is_the_blocking_fault_and_not_the_optional_input(replayed: Path) -> None:
    found = statuses(replayed, _end_of("02_build_1_fail_1_seed_error_18_skipped"))
    assert "raw_orders could not be built" in found["orders"].because


def _end_of(run: str) -> int:
    written = json.loads((DATA / "run_results" / f"{run}.json").read_text())
    generated_at = written["metadata"]["generated_at"].replace("Z", "+00:00")
    return int(datetime.fromisoformat(generated_at).timestamp() * 1000) + 1
