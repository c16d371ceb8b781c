"""Replay inputs: products as they are or were promised, and what events and dbt tell of them."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from datahub_dataproducts.adapters.datahub.events import event_time, evidence_of
from datahub_dataproducts.adapters.datahub.metadata_files import Skipped, find_files, read_events
from datahub_dataproducts.adapters.datahub.news import PoisonEvent
from datahub_dataproducts.adapters.dbt.run_results import read_run_results
from datahub_dataproducts.adapters.dbt.sources import read_sources
from datahub_dataproducts.adapters.product_files.read import text_of
from datahub_dataproducts.application.publish import Publication
from datahub_dataproducts.application.replay import Told
from datahub_dataproducts.domain.assertions import (
    Evidence,
    IncidentNotice,
    Result,
    Update,
)
from datahub_dataproducts.domain.dbt_tests import results_of_tests
from datahub_dataproducts.domain.nodes import NodeRun, SourceLoad
from datahub_dataproducts.domain.portfolio import portfolio_of
from datahub_dataproducts.domain.problems import Problem, ProblemSeverity
from datahub_dataproducts.domain.reviews import plain_id
from datahub_dataproducts.plugins.past_products import put_back
from datahub_dataproducts.plugins.repository import (
    Repository,
    catalog_naming,
    publish_repository,
    read_repository,
)
from datahub_dataproducts.plugins.settings import Settings

FEASIBILITY = frozenset({
    "age-below-cadence",
    "burn-never-fires",
    "deadline-before-input",
    "look-back-too-long",
    "silence-below-cadence",
    "target-above-inputs",
    "window-below-cadence",
})
"""Codes of promises that are hard or impossible to keep: a replay shows what comes of them."""


@dataclass(kw_only=True, slots=True)
class ReplayInputs:
    """What is replayed, and what is wrong with it.

    Attributes:
        publication: the products, and what dbt's own results say of their promises.
        asked_for: ids of the products that were asked for.
        told: evidence of their promises.
        last: time of the last event (milliseconds), None: there is none.
        set_aside: what could not be read and was left out, a sentence each without a full stop.
    """

    publication: Publication
    asked_for: frozenset[str]
    told: list[Told] = field(default_factory=list)
    last: int | None = None
    set_aside: list[str] = field(default_factory=list)
    _root: Path
    _texts: dict[str, str] | None = None

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All that is wrong with product files and dbt's files."""
        return self.publication.problems

    def text_of(self, file: str) -> str | None:
        """The text of a product file as it was read, None where there is none."""
        if self._texts is not None:
            return self._texts.get(file)
        return text_of(self._root / file)


def read_inputs(
    settings: Settings,
    *,
    revision: str | None = None,
    events: Sequence[Path] = (),
    run_results: Sequence[Path] = (),
    sources: Sequence[Path] = (),
) -> ReplayInputs:
    """Read product files, events and dbt's results.

    Args:
        settings: of the dbt project.
        revision: of git, whose product files count in place of those in the working tree.
        events: metadata files and folders of them.
        run_results: dbt's run_results.json of past runs.
        sources: dbt's sources.json of past runs.

    Raises:
        GitRefused: git does not give the revision.
        MetadataFileError: a file of events cannot be read to its end, or a folder has none.
    """
    # What a recipe reports next time is no part of the past that is asked about.
    settings = replace(settings, run_results_path=None, sources_path=None)
    repository = read_repository(settings)
    texts = put_back(repository, settings, revision) if revision is not None else None
    _tell_feasibility_only(repository)
    repository.runs, repository.loads = _read_dbt(repository, run_results, sources)
    publication = publish_repository(repository, settings)
    inputs = ReplayInputs(
        publication=publication,
        asked_for=frozenset(plain_id(document.id.value) for document in repository.asked_documents),
        _root=Path(settings.dbt_project_dir),
        _texts=texts,
    )
    portfolio = portfolio_of(publication.products)
    # What an incident was on that is deleted is not said.
    heard_of = {*portfolio.listeners, *portfolio.watchers, ""}
    dbt_tells = _of_dbt(repository, settings, publication)
    for evidence in dbt_tells:
        _take(inputs, evidence, evidence.at, heard_of)
    ends = [run.at for run in repository.runs] + [load.loaded_at for load in repository.loads]
    inputs.last = max(ends, default=None)
    for path in events:
        for file in find_files(str(path)):
            _read_events(inputs, file, heard_of)
    return inputs


def _tell_feasibility_only(repository: Repository) -> None:
    severities = dict(repository.rules.severities)
    for code in FEASIBILITY:
        if severities.get(code, ProblemSeverity.ERROR) is ProblemSeverity.ERROR:
            severities[code] = ProblemSeverity.WARNING
    repository.rules = replace(repository.rules, severities=severities)


def _read_dbt(
    repository: Repository, run_results: Iterable[Path], sources: Iterable[Path]
) -> tuple[tuple[NodeRun, ...], tuple[SourceLoad, ...]]:
    runs: tuple[NodeRun, ...] = ()
    loads: tuple[SourceLoad, ...] = ()
    for path in run_results:
        results = read_run_results(path)
        if isinstance(results, Problem):
            repository.other_problems.append(results)
        else:
            runs += results.runs
            repository.other_problems += results.problems
    for path in sources:
        found = read_sources(path)
        if isinstance(found, Problem):
            repository.other_problems.append(found)
        else:
            loads += found
    return runs, loads


def _of_dbt(
    repository: Repository, settings: Settings, publication: Publication
) -> tuple[Evidence, ...]:
    """As both sources would report it: DataHub's of the tests, ours of builds and updates."""
    nodes = repository.project.nodes if repository.project else {}
    naming, known = catalog_naming(settings, repository.project), frozenset(nodes)
    tests = results_of_tests(nodes, repository.runs, lambda test: naming.test_urns(test, known))
    return (*tests, *(run.result for run in publication.runs), *publication.updates)


def _read_events(inputs: ReplayInputs, file: Path, heard_of: Container[str]) -> None:
    for event in read_events(file):
        if isinstance(event, Skipped):
            inputs.set_aside.append(str(event))
            continue
        at = event_time(event)
        if at is not None:
            inputs.last = at if inputs.last is None else max(at, inputs.last)
        try:
            news = evidence_of(event)
        except PoisonEvent as poison:
            inputs.set_aside.append(f"{file}: an event is set aside: {poison}")
            continue
        for one in news:
            if isinstance(one, Result | Update | IncidentNotice):
                _take(inputs, one, one.at if at is None else at, heard_of)


def _take(inputs: ReplayInputs, evidence: Evidence, at: int, heard_of: Container[str]) -> None:
    if evidence.subject in heard_of:
        inputs.told.append(Told(evidence=evidence, at=at))
