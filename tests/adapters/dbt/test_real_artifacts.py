"""Every dbt artifact there is a sample of gives what it says, or is refused in the right words."""

import re
from collections import Counter
from typing import Any

import pytest

from datahub_dataproducts.adapters.dbt.catalog import Catalog, read_catalog
from datahub_dataproducts.adapters.dbt.manifest import read_manifest
from datahub_dataproducts.adapters.dbt.run_results import RunResults, read_run_results
from datahub_dataproducts.adapters.dbt.sources import read_sources
from datahub_dataproducts.domain.nodes import Project
from datahub_dataproducts.domain.problems import Problem
from tests.adapters.dbt.artifact_files import DATA

FOLDERS = ("dbt_bouncer_project", "dbt_project_evaluator_it", "dbt_versions", "jaffle_shop_duckdb")
MADE_BY_DOCS_GENERATE = "dbt-run-of-nothing: these results were written by `dbt docs generate`"

MANIFESTS = {
    "dbt_bouncer_project/dbt_v2_beta_fixture/manifest.json.gz": "38 model, 3 seed, 2 snapshot, "
    "13 source, 65 test, 2 exposure, 1 metric, 1 semantic_model, 1 operation; 1 disabled",
    "dbt_bouncer_project/manifest.json.gz": "15 model, 3 seed, 2 snapshot, 4 source, 42 test, "
    "2 exposure, 1 metric, 1 semantic_model, 1 operation",
    "dbt_bouncer_project/semantic_manifest.json": "dbt-file-of-another-kind: this is not dbt's "
    "manifest.json: it names no dbt schema version",
    "dbt_project_evaluator_it/manifest.json.gz": "84 model, 28 seed, 8 source, 72 test, "
    "1 exposure, 2 metric, 1 semantic_model; 30 disabled",
    "dbt_versions/manifest/v1/manifest.json.gz": "8 model, 3 seed, 21 test",
    "dbt_versions/manifest/v4/manifest.json.gz": "5 model, 3 seed, 20 test; 1 disabled",
    "dbt_versions/manifest/v7/manifest.json.gz": "5 model, 3 seed, 20 test",
    "dbt_versions/manifest/v10/manifest.json.gz": "6 model, 3 seed, 20 test",
    "dbt_versions/manifest/v12/manifest_1.12.json.gz": "13 model, 6 seed, 6 source, 27 test, "
    "23 metric, 6 semantic_model, 3 saved_query",
    "jaffle_shop_duckdb/manifest.json.gz": "5 model, 3 seed, 20 test",
    "jaffle_shop_duckdb/manifest.severity_warn.json.gz": "5 model, 3 seed, 20 test",
}
RUN_RESULTS = {
    "dbt_bouncer_project/dbt_v2_beta_fixture/run_results.json": "59 success, 3 skipped",
    "dbt_bouncer_project/run_results.docs_generate.json": MADE_BY_DOCS_GENERATE,
    "dbt_bouncer_project/run_results.json": "63 success",
    "dbt_project_evaluator_it/run_results.json": "154 success",
    "dbt_versions/run_results/v1/run_results.json": "8 success",
    "dbt_versions/run_results/v4/run_results.json": "28 success, 1 error",
    "dbt_versions/run_results/v6/run_results.json": "61 success",
    "dbt_versions/run_results/v6/run_results_1.12.json": MADE_BY_DOCS_GENERATE,
    "jaffle_shop_duckdb/run_results/01_build_all_pass.json": "28 success",
    "jaffle_shop_duckdb/run_results/02_build_1_fail_1_seed_error_18_skipped.json": "8 success, "
    "1 failed, 1 error, 18 skipped",
    "jaffle_shop_duckdb/run_results/03_test_2_fail.json": "18 success, 2 failed",
    "jaffle_shop_duckdb/run_results/04_test_2_warn.json": "20 success",
    "jaffle_shop_duckdb/run_results/06_build_recovered.json": "28 success",
    "jaffle_shop_duckdb/run_results/07_docs_generate_NOT_test_results.json": MADE_BY_DOCS_GENERATE,
    "jaffle_shop_duckdb/run_results/08_compile_NOT_test_results.json": "dbt-run-of-nothing: these "
    "results were written by `dbt compile`",
    "jaffle_shop_duckdb/run_results/09_build_1_model_error_17_skipped.json": "7 success, 1 error, "
    "17 skipped",
    "jaffle_shop_duckdb/run_results/10_test_3_test_errors.json": "17 success, 3 error",
    "jaffle_shop_duckdb/run_results/11_retry_partial_3_errors.json": "3 error",
}
OTHERS = {
    "dbt_bouncer_project/sources.all_4_runtime_errors_so_results_empty.json": "0 loads",
    "dbt_project_evaluator_it/sources.json": "3 loads",
    "jaffle_shop_duckdb/sources.empty.json": "0 loads",
    "dbt_versions/freshness/v0/freshness.json": "2 loads",
    "dbt_bouncer_project/catalog.json": "17 tables, 83 columns",
    "dbt_bouncer_project/dbt_v2_beta_fixture/catalog.json": "16 tables, 79 columns",
    "dbt_project_evaluator_it/catalog.json.gz": "82 tables, 441 columns",
    "dbt_versions/catalog/catalog_1.12.json": "25 tables, 138 columns",
    "jaffle_shop_duckdb/catalog.json": "8 tables, 38 columns",
}
EVERY_ARTIFACT = MANIFESTS | RUN_RESULTS | OTHERS


def reader_of(artifact: str) -> Any:
    if artifact in MANIFESTS:
        return read_manifest
    if artifact in RUN_RESULTS:
        return read_run_results
    return read_catalog if "catalog" in artifact else read_sources


def said(read: object) -> str:
    """What was read, in the order in which the table says it."""
    if isinstance(read, Problem):
        return f"{read.code}: {read.message}"
    if isinstance(read, Project):
        types = Counter(node.resource_type for node in read.nodes.values())
        order = ["model", "seed", "snapshot", "source", "test", "exposure", "metric"]
        order += ["semantic_model", "saved_query", "operation"]
        assert not types.keys() - set(order)
        counts = ", ".join(f"{types[type_]} {type_}" for type_ in order if types[type_])
        return counts + (f"; {len(read.disabled)} disabled" if read.disabled else "")
    if isinstance(read, RunResults):
        statuses = Counter(run.status.value for run in read.runs)
        order = ["success", "failed", "error", "skipped"]
        return ", ".join(f"{statuses[status]} {status}" for status in order if statuses[status])
    if isinstance(read, Catalog):
        columns = sum(len(table) for table in read.columns.values())
        return f"{len(read.columns)} tables, {columns} columns"
    assert isinstance(read, tuple)
    return f"{len(read)} loads"


@pytest.mark.parametrize(("artifact", "gives"), EVERY_ARTIFACT.items())
def test_an_artifact_gives_what_it_says_or_is_refused_in_words(artifact: str, gives: str) -> None:
    assert said(reader_of(artifact)(DATA / artifact)).startswith(gives)


def test_no_artifact_is_forgotten() -> None:
    there = (path for folder in FOLDERS for path in (DATA / folder).rglob("*.json*"))
    assert {path.relative_to(DATA).as_posix() for path in there} == EVERY_ARTIFACT.keys()


@pytest.mark.parametrize("artifact", [a for a in EVERY_ARTIFACT if "semantic_manifest" not in a])
def test_an_artifact_given_as_another_is_named_with_its_kind_and_version(artifact: str) -> None:
    right = reader_of(artifact)
    for reader in {read_manifest, read_run_results, read_sources, read_catalog} - {right}:
        problem = reader(DATA / artifact)
        assert isinstance(problem, Problem)
        assert problem.code == "dbt-file-of-another-kind"
        assert re.match(r"this is dbt's [a-z-]+ v\d+ \(written by dbt ", problem.message)


def test_columns_of_the_warehouse_have_its_types_in_its_order() -> None:
    catalog = read_catalog(DATA / "jaffle_shop_duckdb" / "catalog.json")
    assert isinstance(catalog, Catalog)
    columns = catalog.columns["model.jaffle_shop.orders"]
    assert [(column.name, column.data_type) for column in columns][:2] == [
        ("order_id", "INTEGER"),
        ("customer_id", "INTEGER"),
    ]
