"""Source freshness says of what time the data is, and nothing about what it did not measure."""

from pathlib import Path

import pytest

from datahub_dataproducts.adapters.dbt.instants import instant
from datahub_dataproducts.adapters.dbt.sources import read_sources
from datahub_dataproducts.domain.nodes import SourceLoad
from tests.adapters.dbt.artifact_files import DATA, schema, written


def test_each_measured_source_has_the_time_of_its_latest_row() -> None:
    prefix = "source.dbt_project_evaluator_integration_tests.source_1."
    loads = read_sources(DATA / "dbt_project_evaluator_it" / "sources.json")
    assert isinstance(loads, tuple)
    assert {load.unique_id.removeprefix(prefix): load.loaded_at for load in loads} == {
        "raw_table_5": instant("2026-11-22T09:01:44.226Z"),
        "table_1": instant("2026-11-22T13:01:44.223Z"),
        "table_2": instant("2026-11-21T18:01:44.225Z"),
    }
    assert {load.run_id for load in loads} == {"07c5e5ba-3da0-41c2-b34d-eca8989bca45"}


@pytest.mark.parametrize(
    "file",
    [
        "jaffle_shop_duckdb/sources.empty.json",
        "dbt_bouncer_project/sources.all_4_runtime_errors_so_results_empty.json",
    ],
)
def test_sources_whose_checks_could_not_run_are_not_measured(file: str) -> None:
    assert read_sources(DATA / file) == ()


@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_result_without_a_load_time_is_left_out(tmp_path: Path, version: int) -> None:
    results = [
        {"unique_id": "source.a.raw.broken", "status": "runtime error", "error": "no such table"},
        {"unique_id": "source.a.raw.empty", "status": "error", "max_loaded_at": None},
        {"unique_id": "source.a.raw.odd", "status": "pass", "max_loaded_at": "soon"},
        {
            "unique_id": "source.a.raw.late",
            "status": "error",
            "max_loaded_at": "2026-01-01T00:00:00Z",
        },
    ]
    content = {"metadata": schema("sources", version), "results": results}
    loaded_at = instant("2026-01-01T00:00:00Z")
    assert loaded_at is not None
    assert read_sources(written(tmp_path, "sources.json", content)) == (
        SourceLoad(unique_id="source.a.raw.late", loaded_at=loaded_at, run_id="run-1"),
    )
