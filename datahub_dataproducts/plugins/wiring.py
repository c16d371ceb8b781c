"""Wiring: the one place that builds adapters from a recipe, and reads what use cases decide on."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from datahub.ingestion.graph.client import DataHubGraph

from datahub_dataproducts.adapters.datahub.names import CatalogNaming, resolve_names
from datahub_dataproducts.adapters.dbt.manifest import read_manifest
from datahub_dataproducts.adapters.dbt.run_results import read_run_results
from datahub_dataproducts.adapters.dbt.sources import read_sources
from datahub_dataproducts.adapters.product_files.read import find_files, read_file
from datahub_dataproducts.adapters.product_files.translate import parse_product_file
from datahub_dataproducts.application.publish import Policy, Publication, publish
from datahub_dataproducts.domain.documents import ProductDocument
from datahub_dataproducts.domain.nodes import NodeRun, Project, SourceLoad
from datahub_dataproducts.domain.problems import Problem
from datahub_dataproducts.plugins.config import DataProductsSourceConfig


@dataclass(kw_only=True, slots=True)
class Repository:
    """What a dbt repository holds, as far as it can be read, and what cannot.

    Attributes:
        files: number of product files found.
        documents: products as written.
        problems: of product files and products.
        artifact_problems: of what dbt wrote.
        project: None where there is no manifest, or none that can be read.
        runs: what dbt's run results say.
        loads: what dbt's source freshness says.
    """

    files: int = 0
    documents: list[ProductDocument] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    artifact_problems: list[Problem] = field(default_factory=list)
    project: Project | None = None
    runs: tuple[NodeRun, ...] = ()
    loads: tuple[SourceLoad, ...] = ()


def read_repository(config: DataProductsSourceConfig) -> Repository:
    """Read product files and dbt's artifacts; whatever is wrong becomes a problem."""
    repository = Repository()
    root = Path(config.dbt_project_dir)
    _read_products(repository, root, config)
    manifest = root / config.manifest_path
    # Without a manifest only products with dbt names are wrong, which is told where they stand.
    if _is_there(manifest):
        project = read_manifest(manifest)
        if isinstance(project, Problem):
            repository.artifact_problems.append(project)
        else:
            repository.project = project
    if config.run_results_path:
        _read_runs(repository, root / config.run_results_path)
    if config.sources_path:
        loads = read_sources(root / config.sources_path)
        if isinstance(loads, Problem):
            repository.artifact_problems.append(loads)
        else:
            repository.loads = loads
    found = repository.artifact_problems
    repository.artifact_problems = [_placed_below(root, problem) for problem in found]
    return repository


def publish_repository(
    repository: Repository, config: DataProductsSourceConfig, graph: DataHubGraph | None
) -> Publication:
    """What the catalog shall show of a repository; with a server, names it knows are looked up."""
    root = Path(config.dbt_project_dir)
    documents, problems = repository.documents, repository.problems
    if graph is not None:
        documents, unknown = resolve_names(documents, graph)
        problems = [*problems, *unknown]
    return publish(
        documents,
        problems,
        repository.project,
        other_problems=repository.artifact_problems,
        runs=repository.runs,
        loads=repository.loads,
        naming=catalog_naming(config, repository.project),
        policy=Policy(
            expect_every=config.silence,
            manifest=_shown(root / config.manifest_path, root),
            in_warehouse=config.asset_platform == "target",
        ),
    )


def catalog_naming(config: DataProductsSourceConfig, project: Project | None) -> CatalogNaming:
    """The URNs that DataHub's dbt source gives to a project under the same settings."""
    naming = CatalogNaming(
        target_platform=config.target_platform,
        target_platform_instance=config.target_platform_instance,
        platform_instance=config.platform_instance,
        env=config.env,
        convert_urns_to_lowercase=config.convert_urns_to_lowercase,
        # Written in its recipe, it makes DataHub lower the platform instance too; as the mere
        # default of its dbt source it does not.
        lowercase_platform_instance=config.convert_urns_to_lowercase
        and "convert_urns_to_lowercase" in config.model_fields_set,
        use_identifiers=config.use_identifiers,
        include_database_name=config.include_database_name,
        include_env_in_assertion_guid=config.include_env_in_assertion_guid,
        drop_duplicate_sources=config.drop_duplicate_sources,
        asset_platform=config.asset_platform,
    )
    return naming if project is None else naming.within(project)


def _read_products(repository: Repository, root: Path, config: DataProductsSourceConfig) -> None:
    paths, problems = find_files(root, config.product_paths)
    repository.files = len(paths)
    repository.problems += problems
    for path in paths:
        source = read_file(path, path.relative_to(root).as_posix())
        if isinstance(source, Problem):
            repository.problems.append(source)
            continue
        parsed = parse_product_file(source.text, source.file, config.default_timezone)
        repository.documents += parsed.documents
        repository.problems += parsed.problems


def _shown(path: Path, root: Path) -> str:
    """A path as it is told: from the dbt project on, if it lies there.

    DataHub masks the values of the recipe's variables in all that it prints, and the folder of the
    dbt project is often one of them.
    """
    return str(path.relative_to(root) if path.is_relative_to(root) else path)


def _placed_below(root: Path, problem: Problem) -> Problem:
    place = problem.location
    if place is None:
        return problem
    return replace(problem, location=replace(place, file=_shown(Path(place.file), root)))


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        # It cannot be looked at; why not is told by whoever reads it.
        return True


def _read_runs(repository: Repository, path: Path) -> None:
    results = read_run_results(path)
    if isinstance(results, Problem):
        repository.artifact_problems.append(results)
    else:
        repository.runs = results.runs
        repository.artifact_problems += results.problems
