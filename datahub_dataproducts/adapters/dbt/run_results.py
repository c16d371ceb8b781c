"""dbt's run_results.json: how each node ended, if anything ran at all."""

from dataclasses import dataclass
from pathlib import Path

import msgspec

from datahub_dataproducts.adapters.dbt.artifacts import (
    Artifact,
    Kind,
    Metadata,
    problem_with,
    read_artifact,
)
from datahub_dataproducts.adapters.dbt.instants import instant
from datahub_dataproducts.domain.nodes import NodeRun, RunStatus
from datahub_dataproducts.domain.problems import Location, Problem, ProblemSeverity

_RUNNING_COMMANDS = frozenset({"build", "run", "test", "seed", "snapshot", "retry"})

# A warning is a success, as in DataHub's dbt source unless `test_warnings_are_errors`.
_STATUS = {
    "success": RunStatus.SUCCESS,
    "pass": RunStatus.SUCCESS,
    "warn": RunStatus.SUCCESS,
    "fail": RunStatus.FAILED,
    "partial success": RunStatus.FAILED,
    "error": RunStatus.ERROR,
    "runtime error": RunStatus.ERROR,
    "skipped": RunStatus.SKIPPED,
}
_NOTHING_TO_RUN = frozenset({"no-op", "no op", "noop"})


@dataclass(frozen=True, kw_only=True, slots=True)
class RunResults:
    """The nodes that ran or were to run, in dbt's order, and warnings about those left out."""

    runs: tuple[NodeRun, ...]
    problems: tuple[Problem, ...] = ()


class _Timing(msgspec.Struct):
    name: str | None = None
    started_at: str | None = None
    completed_at: str | None = None


class _Result(msgspec.Struct):
    unique_id: str
    status: str
    timing: list[_Timing] | None = None
    message: str | None = None


class _Arguments(msgspec.Struct):
    which: str | None = None


class _RunResults(Artifact, kw_only=True):
    results: list[_Result]
    args: _Arguments | None = None


_KIND = Kind(
    name="run-results",
    file="run_results.json",
    newest=6,
    made_by="dbt build",
    option="run_results_path",
    decoder=msgspec.json.Decoder(_RunResults),
)


def read_run_results(path: Path) -> RunResults | Problem:
    """How each node ended, or why the file cannot tell.

    Refused are the results of commands that run nothing: `dbt docs generate` and `dbt compile`
    overwrite run_results.json with "success" for every test, failing ones too.
    """
    written = read_artifact(path, _KIND)
    if isinstance(written, Problem):
        return written
    command = written.args.which if written.args else None
    if command not in _RUNNING_COMMANDS:
        return _ran_nothing(path, command)
    generated_at = instant(written.metadata.generated_at)
    if generated_at is None:
        return problem_with(
            path,
            "dbt-run-without-time",
            "run_results.json does not say when it was generated",
            "run `dbt build` again and let it finish",
        )
    runs: list[NodeRun] = []
    problems: list[Problem] = []
    for result in written.results:
        status = result.status.strip().lower().replace("_", " ")
        if status in _STATUS:
            runs.append(_run(result, _STATUS[status], written.metadata, generated_at))
        elif status not in _NOTHING_TO_RUN:
            problems.append(_unknown_status(path, result))
    return RunResults(runs=tuple(runs), problems=tuple(problems))


def _run(result: _Result, status: RunStatus, metadata: Metadata, generated_at: int) -> NodeRun:
    at = _tested_at(result) if result.unique_id.startswith("test.") else _ended_at(result)
    return NodeRun(
        unique_id=result.unique_id,
        status=status,
        at=generated_at if at is None else at,
        run_id=metadata.invocation_id or "",
        message=result.message or "",
    )


def _tested_at(result: _Result) -> int | None:
    """The start of its execution: the time of the run event DataHub's dbt source sends for it."""
    starts = [timing.started_at for timing in result.timing or () if timing.name == "execute"]
    return instant(starts[-1]) if starts else None


def _ended_at(result: _Result) -> int | None:
    timings = sorted(result.timing or (), key=lambda timing: timing.name != "execute")
    ends = (instant(timing.completed_at) for timing in timings)
    return next((end for end in ends if end is not None), None)


def _ran_nothing(path: Path, command: str | None) -> Problem:
    kept = "run `dbt build`, or keep its results apart with `dbt build --target-path`"
    if not command:
        return problem_with(
            path,
            "dbt-run-of-unknown-command",
            "run_results.json does not say which dbt command wrote it",
            kept,
        )
    name = "docs generate" if command == "generate" else command
    return problem_with(
        path,
        "dbt-run-of-nothing",
        f"these results were written by `dbt {name}`, which runs neither models nor tests, and "
        "may say success for every one of them",
        kept,
    )


def _unknown_status(path: Path, result: _Result) -> Problem:
    return Problem(
        code="dbt-status-unknown",
        severity=ProblemSeverity.WARNING,
        location=Location(str(path)),
        message=f'{result.unique_id} ended with the status "{result.status}", which is not known, '
        "so its result is left out",
        remedy="upgrade datahub-dataproducts, or report the status",
    )
