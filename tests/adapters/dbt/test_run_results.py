"""Run results say how each node ended, or are refused when nothing ran."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from datahub_dataproducts.adapters.dbt.instants import instant
from datahub_dataproducts.adapters.dbt.run_results import RunResults, read_run_results
from datahub_dataproducts.domain.nodes import NodeRun, RunStatus
from datahub_dataproducts.domain.problems import Problem, ProblemSeverity
from tests.adapters.dbt.artifact_files import DATA, schema, written

SERIES = DATA / "jaffle_shop_duckdb" / "run_results"
GENERATED_AT = instant("2026-01-02T03:04:05.678900Z")
COMPILE = {
    "name": "compile",
    "started_at": "2026-01-02T03:00:00Z",
    "completed_at": "2026-01-02T03:00:01Z",
}
EXECUTE = {
    "name": "execute",
    "started_at": "2026-01-02T03:00:02Z",
    "completed_at": "2026-01-02T03:00:09.5Z",
}


def results_in(path: Path) -> RunResults:
    results = read_run_results(path)
    assert isinstance(results, RunResults), results
    return results


def file_of(folder: Path, *results: dict[str, Any], **content: Any) -> Path:
    run_results = {
        "metadata": schema("run-results", 6),
        "args": {"which": "build"},
        "results": results,
        **content,
    }
    return written(folder, "run_results.json", run_results)


def run_of(folder: Path, **fields: Any) -> NodeRun:
    result = {"unique_id": "model.a.b", "status": "success", "timing": [], **fields}
    (run,) = results_in(file_of(folder, result)).runs
    return run


@pytest.mark.parametrize(
    ("file", "statuses"),
    [
        ("dbt_versions/run_results/v1/run_results.json", {"SUCCESS": 8}),
        ("dbt_versions/run_results/v4/run_results.json", {"SUCCESS": 28, "ERROR": 1}),
        ("dbt_versions/run_results/v6/run_results.json", {"SUCCESS": 61}),
        (
            "dbt_bouncer_project/dbt_v2_beta_fixture/run_results.json",
            {"SUCCESS": 59, "SKIPPED": 3},
        ),
        ("dbt_bouncer_project/run_results.json", {"SUCCESS": 63}),
        ("jaffle_shop_duckdb/run_results/01_build_all_pass.json", {"SUCCESS": 28}),
        (
            "jaffle_shop_duckdb/run_results/02_build_1_fail_1_seed_error_18_skipped.json",
            {"SUCCESS": 8, "FAILED": 1, "ERROR": 1, "SKIPPED": 18},
        ),
        ("jaffle_shop_duckdb/run_results/04_test_2_warn.json", {"SUCCESS": 20}),
        (
            "jaffle_shop_duckdb/run_results/09_build_1_model_error_17_skipped.json",
            {"SUCCESS": 7, "ERROR": 1, "SKIPPED": 17},
        ),
        (
            "jaffle_shop_duckdb/run_results/10_test_3_test_errors.json",
            {"SUCCESS": 17, "ERROR": 3},
        ),
        ("jaffle_shop_duckdb/run_results/11_retry_partial_3_errors.json", {"ERROR": 3}),
    ],
)
def test_run_results_of_dbt_0_19_to_2_0_are_read(file: str, statuses: dict[str, int]) -> None:
    results = results_in(DATA / file)
    assert Counter(run.status.name for run in results.runs) == statuses
    assert results.problems == ()


@pytest.mark.parametrize(
    ("file", "command"),
    [
        (SERIES / "07_docs_generate_NOT_test_results.json", "`dbt docs generate`"),
        (SERIES / "08_compile_NOT_test_results.json", "`dbt compile`"),
        (DATA / "dbt_bouncer_project/run_results.docs_generate.json", "`dbt docs generate`"),
    ],
)
def test_results_of_a_command_that_runs_nothing_are_refused(file: Path, command: str) -> None:
    problem = read_run_results(file)
    assert isinstance(problem, Problem)
    assert problem.is_error
    assert problem.code == "dbt-run-of-nothing"
    assert command in problem.message
    assert "may say success for every one of them" in problem.message
    assert "--target-path" in problem.remedy


@pytest.mark.parametrize("which", ["parse", "list", "show", "run-operation", "clone", "freshness"])
def test_every_command_that_builds_and_tests_nothing_is_refused(tmp_path: Path, which: str) -> None:
    problem = read_run_results(file_of(tmp_path, args={"which": which}))
    assert isinstance(problem, Problem)
    assert f"`dbt {which}`" in problem.message


@pytest.mark.parametrize("args", [None, {}, {"which": None}, {"which": ""}])
def test_results_of_an_unknown_command_are_refused(tmp_path: Path, args: object) -> None:
    problem = read_run_results(file_of(tmp_path, args=args))
    assert isinstance(problem, Problem)
    assert problem.code == "dbt-run-of-unknown-command"


@pytest.mark.parametrize("which", ["build", "run", "test", "seed", "snapshot", "retry"])
def test_every_command_that_runs_nodes_is_read(tmp_path: Path, which: str) -> None:
    assert results_in(file_of(tmp_path, args={"which": which})).runs == ()


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("success", RunStatus.SUCCESS),
        ("pass", RunStatus.SUCCESS),
        ("warn", RunStatus.SUCCESS),
        ("fail", RunStatus.FAILED),
        ("partial success", RunStatus.FAILED),
        ("error", RunStatus.ERROR),
        ("runtime error", RunStatus.ERROR),
        ("skipped", RunStatus.SKIPPED),
    ],
)
def test_a_status_is_read_in_any_case(tmp_path: Path, said: str, status: RunStatus) -> None:
    for written_as in (said, said.upper(), said.title(), said.replace(" ", "_")):
        assert run_of(tmp_path, status=written_as).status is status


@pytest.mark.parametrize("status", ["no-op", "NO-OP", "No_Op", "noop"])
def test_what_had_nothing_to_run_is_left_out_in_silence(tmp_path: Path, status: str) -> None:
    results = results_in(file_of(tmp_path, {"unique_id": "exposure.a.b", "status": status}))
    assert results == RunResults(runs=())


def test_an_unknown_status_is_a_warning_and_the_other_results_stay(tmp_path: Path) -> None:
    results = results_in(
        file_of(
            tmp_path,
            {"unique_id": "model.a.b", "status": "reused"},
            {"unique_id": "model.a.c", "status": "success"},
        )
    )
    assert [run.unique_id for run in results.runs] == ["model.a.c"]
    (problem,) = results.problems
    assert problem.severity is ProblemSeverity.WARNING
    assert "model.a.b" in problem.message
    assert '"reused"' in problem.message


def test_a_build_is_of_the_time_its_execution_ended(tmp_path: Path) -> None:
    run = run_of(tmp_path, timing=[COMPILE, EXECUTE])
    assert run.at == instant("2026-01-02T03:00:09.5Z")


@pytest.mark.parametrize("execute", [{"name": "execute", "started_at": None}, {"name": "execute"}])
def test_a_build_that_was_never_executed_is_of_the_time_of_another_timing(
    tmp_path: Path, execute: dict[str, object]
) -> None:
    assert run_of(tmp_path, timing=[COMPILE, execute]).at == instant("2026-01-02T03:00:01Z")


def test_a_test_is_of_the_time_its_execution_started_as_in_datahub(tmp_path: Path) -> None:
    run = run_of(tmp_path, unique_id="test.a.b", timing=[COMPILE, EXECUTE])
    assert run.at == instant("2026-01-02T03:00:02Z")


@pytest.mark.parametrize("unique_id", ["model.a.b", "test.a.b"])
@pytest.mark.parametrize("timing", [None, [], [{"name": "execute", "started_at": ""}]])
def test_what_has_no_time_is_of_the_end_of_the_run(
    tmp_path: Path, unique_id: str, timing: object
) -> None:
    run = run_of(tmp_path, unique_id=unique_id, status="skipped", timing=timing)
    assert run.at == GENERATED_AT


def test_a_test_that_was_only_compiled_is_of_the_end_of_the_run_as_in_datahub(
    tmp_path: Path,
) -> None:
    assert run_of(tmp_path, unique_id="test.a.b", timing=[COMPILE]).at == GENERATED_AT


def test_a_run_carries_the_invocation_and_what_dbt_said(tmp_path: Path) -> None:
    run = run_of(tmp_path, message="Got 1 result, configured to fail if != 0")
    assert (run.run_id, run.message) == ("run-1", "Got 1 result, configured to fail if != 0")
    assert not run_of(tmp_path, message=None).message


@pytest.mark.parametrize("generated_at", [None, "", "yesterday"])
def test_results_without_a_time_are_refused(tmp_path: Path, generated_at: str | None) -> None:
    metadata = {**schema("run-results", 6), "generated_at": generated_at}
    problem = read_run_results(file_of(tmp_path, metadata=metadata))
    assert isinstance(problem, Problem)
    assert problem.code == "dbt-run-without-time"
