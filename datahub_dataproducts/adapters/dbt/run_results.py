"""dbt's run_results.json: how each node ended, if anything ran at all."""

from dataclasses import dataclass

import msgspec

from datahub_dataproducts.adapters.dbt.artifacts import (
    Artifact,
    Fetch,
    Kind,
    Metadata,
    Place,
    problem_with,
    read_artifact,
    shown,
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
    unique_id: str = ""
    status: str | None = None
    timing: list[_Timing | None] | None = None
    message: str | None = None


class _Arguments(msgspec.Struct):
    which: str | None = None


class _RunResults(Artifact, kw_only=True):
    # Without a default: results that have none are cut off or of another tool.
    results: list[_Result | None] | None
    args: _Arguments | None = None


_KIND = Kind(
    versions={"run-results": (1, 6)},
    file="run_results.json",
    made_by="dbt build",
    option="run_results_path",
    decoder=msgspec.json.Decoder(_RunResults),
)


def read_run_results(place: Place, fetch: Fetch | None = None) -> RunResults | Problem:
    """How each node ended, or why the file cannot tell.

    Refused are the results of commands that run nothing: `dbt docs generate` and `dbt compile`
    overwrite run_results.json with "success" for every test, failing ones too.
    """
    written = read_artifact(place, _KIND, fetch)
    if isinstance(written, Problem):
        return written
    command = written.args.which if written.args else None
    if command not in _RUNNING_COMMANDS:
        return _ran_nothing(place, command)
    generated_at = instant(written.metadata.generated_at)
    if generated_at is None:
        return problem_with(
            place,
            "dbt-run-without-time",
            "run_results.json does not say when it was generated",
            "run `dbt build` again and let it finish",
        )
    runs: list[NodeRun] = []
    problems: list[Problem] = []
    for result in written.results or ():
        if result is None or not result.unique_id:
            # Nothing can be said of a node without a name.
            continue
        status = (result.status or "").strip().lower().replace("_", " ")
        if status in _STATUS:
            runs.append(_run(result, _STATUS[status], written.metadata, generated_at))
        elif status not in _NOTHING_TO_RUN:
            problems.append(_unknown_status(place, result))
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
    starts = [timing.started_at for timing in _timings(result) if timing.name == "execute"]
    return instant(starts[-1]) if starts else None


def _ended_at(result: _Result) -> int | None:
    timings = sorted(_timings(result), key=lambda timing: timing.name != "execute")
    ends = (instant(timing.completed_at) for timing in timings)
    return next((end for end in ends if end is not None), None)


def _timings(result: _Result) -> list[_Timing]:
    return [timing for timing in result.timing or () if timing is not None]


def _ran_nothing(place: Place, command: str | None) -> Problem:
    kept = "run `dbt build`, or keep its results apart with `dbt build --target-path`"
    if not command:
        return problem_with(
            place,
            "dbt-run-of-unknown-command",
            "run_results.json does not say which dbt command wrote it",
            kept,
        )
    name = "docs generate" if command == "generate" else command
    return problem_with(
        place,
        "dbt-run-of-nothing",
        f"these results were written by `dbt {name}`, which runs neither models nor tests, and "
        "may say success for every one of them",
        kept,
    )


def _unknown_status(place: Place, result: _Result) -> Problem:
    return Problem(
        code="dbt-status-unknown",
        severity=ProblemSeverity.WARNING,
        location=Location(shown(place)),
        message=f'{result.unique_id} ended with the status "{result.status or ""}", which is not known, '
        "so its result is left out",
        remedy="upgrade datahub-dataproducts, or report the status",
    )
