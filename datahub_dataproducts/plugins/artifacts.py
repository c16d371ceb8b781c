"""Artifacts: what dbt wrote for one project, read as far as it can be."""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from datahub_dataproducts.adapters.datahub.artifact_files import ArtifactFiles
from datahub_dataproducts.adapters.dbt.artifacts import Fetch, Place, is_uri, shown
from datahub_dataproducts.adapters.dbt.catalog import read_catalog
from datahub_dataproducts.adapters.dbt.manifest import read_manifest
from datahub_dataproducts.adapters.dbt.owners import OWNER_KEYS, OwnerKind, OwnerRules
from datahub_dataproducts.adapters.dbt.run_results import read_run_results
from datahub_dataproducts.adapters.dbt.sources import read_sources
from datahub_dataproducts.domain.nodes import NodeRun, Project, RunStatus, SourceLoad
from datahub_dataproducts.domain.problems import Problem
from datahub_dataproducts.plugins.settings import Settings


@dataclass(kw_only=True, slots=True)
class Artifacts:
    """What dbt wrote, and what is wrong with it.

    Attributes:
        project: None where there is no manifest, or none that can be read.
        runs: what the run results say.
        loads: what source freshness says.
        observed: when results came, by dbt's unique id, milliseconds.
        problems: with places from the dbt project on.
    """

    project: Project | None = None
    runs: tuple[NodeRun, ...] = ()
    loads: tuple[SourceLoad, ...] = ()
    observed: dict[str, list[int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_artifacts(settings: Settings) -> Artifacts:
    """Read the artifacts that the settings name; whatever is wrong becomes a problem."""
    artifacts = Artifacts()
    root = Path(settings.dbt_project_dir)
    fetch = ArtifactFiles(settings.aws_connection, settings.gcs_connection).fetch
    _read_manifest(artifacts, place_of(root, settings.manifest_path), settings, fetch)
    if settings.catalog_path:
        _read_catalog(artifacts, place_of(root, settings.catalog_path), fetch)
    if settings.run_results_path:
        _read_runs(artifacts, place_of(root, settings.run_results_path), fetch)
    for path in settings.observed_paths:
        _observe(artifacts, place_of(root, path), fetch)
    if settings.sources_path:
        loads = read_sources(place_of(root, settings.sources_path), fetch)
        if isinstance(loads, Problem):
            artifacts.problems.append(loads)
        else:
            artifacts.loads = loads
    artifacts.problems = [_placed_below(root, problem) for problem in artifacts.problems]
    return artifacts


def place_of(root: Path, written: str) -> Place:
    """Where an artifact is: a URI as it is, else a path below the dbt project."""
    return written if is_uri(written) else root / written


def shown_below(place: Place, root: Path) -> str:
    """A place as it is told: from the dbt project on, if it lies there.

    DataHub masks the values of the recipe's variables in all that it prints, and the folder of the
    dbt project is often one of them.
    """
    if isinstance(place, str):
        return shown(place)
    return str(place.relative_to(root) if place.is_relative_to(root) else place)


def is_there(path: Path) -> bool:
    """False where there is nothing; True also where it cannot be looked at.

    Why not is told by whoever reads it.
    """
    try:
        return path.exists()
    except OSError:
        return True


def _read_manifest(artifacts: Artifacts, place: Place, settings: Settings, fetch: Fetch) -> None:
    # Without a manifest only products with dbt names are wrong, which is told where they stand.
    if isinstance(place, Path) and not is_there(place):
        return
    project = read_manifest(place, _owner_rules(settings), fetch)
    if isinstance(project, Problem):
        artifacts.problems.append(project)
    else:
        artifacts.project = project
        artifacts.problems += project.problems


def _read_catalog(artifacts: Artifacts, place: Place, fetch: Fetch) -> None:
    catalog = read_catalog(place, fetch)
    if isinstance(catalog, Problem):
        artifacts.problems.append(catalog)
    elif artifacts.project is not None:
        artifacts.project = artifacts.project.with_columns(catalog.columns)


def _owner_rules(settings: Settings) -> OwnerRules:
    return OwnerRules(
        keys={**OWNER_KEYS, **settings.owner_keys},
        kinds=tuple(
            (re.compile(pattern), OwnerKind(kind)) for pattern, kind in settings.owner_kinds
        ),
        strip_user_ids_from_email=settings.strip_user_ids_from_email,
    )


def _read_runs(artifacts: Artifacts, place: Place, fetch: Fetch) -> None:
    results = read_run_results(place, fetch)
    if isinstance(results, Problem):
        artifacts.problems.append(results)
    else:
        artifacts.runs = results.runs
        artifacts.problems += results.problems


def _observe(artifacts: Artifacts, place: Place, fetch: Fetch) -> None:
    results = read_run_results(place, fetch)
    if isinstance(results, Problem):
        artifacts.problems.append(results)
        return
    for run in results.runs:
        # A test that failed has a result. What was not built moved no data.
        is_test = run.unique_id.startswith("test.") and run.status is not RunStatus.SKIPPED
        if run.status is RunStatus.SUCCESS or is_test:
            artifacts.observed.setdefault(run.unique_id, []).append(run.at)


def _placed_below(root: Path, problem: Problem) -> Problem:
    at = problem.location
    if at is None or is_uri(at.file):
        return problem
    return replace(problem, location=replace(at, file=shown_below(Path(at.file), root)))
