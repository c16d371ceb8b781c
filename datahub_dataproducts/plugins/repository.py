"""Repository: reads what a dbt repository holds, and publishes it to a value; needs no server."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast

from datahub_dataproducts.adapters.clock import WallClock
from datahub_dataproducts.adapters.datahub.catalog_naming import CatalogNaming
from datahub_dataproducts.adapters.product_files.corrections import CORRECTIONS_FILE
from datahub_dataproducts.adapters.product_files.named_files import ReadOther
from datahub_dataproducts.adapters.product_files.open_standards.other_files import other_files
from datahub_dataproducts.adapters.product_files.policy import POLICY_FILE, read_policy
from datahub_dataproducts.adapters.product_files.read import find_files, read_file
from datahub_dataproducts.adapters.product_files.translate import Parsed, parse_product_file
from datahub_dataproducts.application.publish import Policy, Publication, publish
from datahub_dataproducts.domain.corrections import Correction
from datahub_dataproducts.domain.documents import ProductDocument
from datahub_dataproducts.domain.nodes import NodeRun, Project, SourceLoad
from datahub_dataproducts.domain.problems import Problem
from datahub_dataproducts.domain.products import Lifecycle
from datahub_dataproducts.domain.reviews import plain_id
from datahub_dataproducts.domain.rules import DEFAULT_RULES, Rules
from datahub_dataproducts.plugins.artifacts import (
    is_there,
    place_of,
    read_artifacts,
    shown_below,
)
from datahub_dataproducts.plugins.corrections_file import read_corrections_file
from datahub_dataproducts.plugins.revisions import stages_at
from datahub_dataproducts.plugins.settings import Settings

_NO_PLATFORM = "dbt"
"""Where neither settings nor a manifest say the platform, no dbt node is named either."""


@dataclass(kw_only=True, slots=True)
class Repository:
    """What a dbt repository holds, as far as it can be read, and what cannot.

    Attributes:
        files: the product files found, as problems call them.
        asked_for: those of them, and of the files they name, that were asked for; all
            product files, where none was.
        documents: products as written.
        problems: of product files and products.
        other_problems: of the policy, of the corrections and of what dbt wrote.
        project: None where there is no manifest, or none that can be read.
        runs: what dbt's run results say.
        loads: what dbt's source freshness says.
        rules: the team's, or the default ones.
        corrections: what people know better of the history, of any products.
        before: the stages of the products at the base revision, by id; None: there is no base.
        observed: when results came, by dbt's unique id, milliseconds.
    """

    files: tuple[str, ...] = ()
    asked_for: frozenset[str] = frozenset()
    documents: list[ProductDocument] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    other_problems: list[Problem] = field(default_factory=list)
    project: Project | None = None
    runs: tuple[NodeRun, ...] = ()
    loads: tuple[SourceLoad, ...] = ()
    rules: Rules = DEFAULT_RULES
    corrections: tuple[Correction, ...] = ()
    before: dict[str, Lifecycle] | None = None
    observed: dict[str, list[int]] = field(default_factory=dict)

    @property
    def asked_documents(self) -> list[ProductDocument]:
        """The products of the files that were asked for."""
        return [d for d in self.documents if d.id.location.file in self.asked_for]


def read_repository(settings: Settings) -> Repository:
    """Read product files and dbt's artifacts; whatever is wrong becomes a problem.

    Raises:
        GitRefused: there is a base revision in the settings, and git does not know it.
    """
    repository = Repository()
    root = Path(settings.dbt_project_dir)
    _read_products(repository, root, settings)
    _read_policy(repository, root, settings.policy_path)
    _read_corrections(repository, root, settings.corrections_path)
    if settings.base is not None:
        repository.before = stages_at(root, settings.base, settings.product_paths)
    artifacts = read_artifacts(settings)
    repository.other_problems += artifacts.problems
    repository.project = artifacts.project
    repository.runs = artifacts.runs
    repository.loads = artifacts.loads
    repository.observed = artifacts.observed
    return repository


def publish_repository(repository: Repository, settings: Settings) -> Publication:
    """What the catalog shall show of a repository."""
    root = Path(settings.dbt_project_dir)
    return publish(
        repository.documents,
        repository.problems,
        repository.project,
        other_problems=repository.other_problems,
        corrections=repository.corrections,
        runs=repository.runs,
        loads=repository.loads,
        naming=catalog_naming(settings, repository.project),
        policy=Policy(
            expect_every=settings.expect_every,
            manifest=shown_below(place_of(root, settings.manifest_path), root),
            in_warehouse=settings.asset_platform == "target",
        ),
        rules=repository.rules,
        before=repository.before,
        observed=repository.observed,
    )


def catalog_naming(settings: Settings, project: Project | None) -> CatalogNaming:
    """The URNs that DataHub's dbt source gives to a project under the same settings."""
    said_by_dbt = project.adapter if project else ""
    naming = CatalogNaming(
        target_platform=settings.target_platform or said_by_dbt or _NO_PLATFORM,
        target_platform_instance=settings.target_platform_instance,
        platform_instance=settings.platform_instance,
        env=settings.env,
        convert_urns_to_lowercase=settings.convert_urns_to_lowercase,
        lowercase_platform_instance=settings.lowercase_platform_instance,
        use_identifiers=settings.use_identifiers,
        include_database_name=settings.include_database_name,
        include_env_in_assertion_guid=settings.include_env_in_assertion_guid,
        drop_duplicate_sources=settings.drop_duplicate_sources,
        asset_platform=cast(Literal["target", "dbt"], settings.asset_platform),
    )
    return naming if project is None else naming.within(project)


def _read_products(repository: Repository, root: Path, settings: Settings) -> None:
    patterns = settings.given_paths or settings.product_paths
    paths, problems = find_files(root, patterns)
    repository.problems += problems
    asked_for = dict.fromkeys(path.relative_to(root).as_posix() for path in paths)
    repository.asked_for = frozenset(asked_for)
    if settings.given_paths:
        # The rest of the project is read for what those asked for refer to. What is wrong with
        # finding it is told when it is asked for.
        others, _ = find_files(root, settings.product_paths)
        paths = sorted({*paths, *others})
    # Whichever pattern it matches, it is none of the product files.
    paths = [path for path in paths if path != _corrections_at(root, settings.corrections_path)]
    now = WallClock().now()
    for file, parsed in _parsed(paths, root, settings.default_timezone, now).items():
        repository.files += (file,)
        repository.documents += parsed.documents
        repository.problems += parsed.problems
    # What is wrong with a calendar is found by each product that names it, and told once.
    repository.problems = list(dict.fromkeys(repository.problems))


def _parsed(
    paths: Iterable[Path], root: Path, default_timezone: str, now: int
) -> dict[str, Parsed]:
    """What product files say, by their paths from the dbt project on."""
    read: dict[str, Parsed] = {}
    named_files, product_files = set[str](), set[str]()
    for path in paths:
        file = path.relative_to(root).as_posix()
        source = read_file(path, file)
        if isinstance(source, Problem):
            read[file] = Parsed(documents=(), problems=(source,))
            continue
        named: set[str] = set()
        read_other = _noting(named, other_files(root))
        read[file] = parse_product_file(source.text, file, default_timezone, read_other, now=now)
        named_files |= named
        if named or read[file].documents:
            product_files.add(file)
    # A contract or a calendar may lie among the product files: whoever names it has told what is in
    # it. What has a product or names another file is a product file, whoever names that: nobody else
    # tells it.
    return {file: read[file] for file in read if file not in named_files - product_files}


def _noting(paths: set[str], read: ReadOther) -> ReadOther:
    """Reads other files, and notes which."""

    def read_noted(path: str) -> str | Problem:
        paths.add(path)
        return read(path)

    return read_noted


def _read_policy(repository: Repository, root: Path, policy_path: str | None) -> None:
    path = root / (policy_path or POLICY_FILE)
    if policy_path is None and not is_there(path):
        return
    source = read_file(path, shown_below(path, root))
    if isinstance(source, Problem):
        repository.other_problems.append(source)
        return
    policy = read_policy(source.text, source.file)
    repository.rules = policy.rules
    repository.other_problems += policy.problems


def _corrections_at(root: Path, corrections_path: str | None) -> Path:
    return root / (corrections_path or CORRECTIONS_FILE)


def _read_corrections(repository: Repository, root: Path, corrections_path: str | None) -> None:
    path = _corrections_at(root, corrections_path)
    if corrections_path is None and not is_there(path):
        return
    known = {plain_id(document.id.value) for document in repository.documents}
    # A product may be in one of the files that could not be read.
    all_read = not any(p.is_error and p.product is None for p in repository.problems)
    read = read_corrections_file(
        path,
        shown_below(path, root),
        now=WallClock().now(),
        products=known if all_read else None,
    )
    repository.corrections = tuple(marked.value for marked in read.corrections)
    repository.other_problems += read.problems
