"""`validate`: everything that is wrong with product files, at once."""

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import click

from datahub_dataproducts.adapters.console.problem_forms import (
    Described,
    problems_as_annotations,
    problems_as_json,
    problems_as_sarif,
)
from datahub_dataproducts.adapters.console.problems import problems_as_text
from datahub_dataproducts.adapters.console.words import counted
from datahub_dataproducts.adapters.git import GitRefused
from datahub_dataproducts.adapters.product_files.guide import guide_entry
from datahub_dataproducts.adapters.product_files.read import text_of
from datahub_dataproducts.domain.problems import Problem, sorted_problems
from datahub_dataproducts.domain.reviews import plain_id
from datahub_dataproducts.plugins.commands.options import (
    ProjectChoice,
    corrections_option,
    project_options,
    repository_around,
    takes_colour,
    with_corrections,
)
from datahub_dataproducts.plugins.repository import publish_repository, read_repository
from datahub_dataproducts.plugins.settings import Settings

_DISTRIBUTION = "datahub-dataproducts"
_OF_CODE_HOSTS = frozenset({"github", "sarif"})


@click.command("validate")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@project_options
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github", "sarif"]),
    default="text",
    show_default=True,
    help="text for people, github for annotations in a pull request, json and sarif for tools.",
)
@click.option("--strict", is_flag=True, help="Exit with 1 for warnings too.")
@click.option(
    "--policy",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What is asked of products at each stage; default: data_products_policy.yml in the project.",
)
@corrections_option
@click.option(
    "--base",
    metavar="REVISION",
    help="Judge moves between lifecycle stages since this git revision, such as origin/main.",
)
@click.option(
    "--run-results",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="dbt's run_results.json of past runs (repeat it): is `expect_every` longer than their "
    "pace?",
)
def validate_command(
    paths: tuple[Path, ...],
    project: ProjectChoice,
    form: str,
    *,
    strict: bool,
    policy: Path | None,
    corrections: Path | None,
    base: str | None,
    run_results: tuple[Path, ...],
) -> None:
    """Check product files: everything that is wrong, with the place and what to do about it.

    PATHS are dbt projects, folders or product files; default: the dbt project around the current
    folder. Of files that are named, the whole project is read, since they refer to others, but
    only what is wrong with them is told.

    dbt's names (ref, source, exposure) are looked up in target/manifest.json: run `dbt parse`
    first. Nothing is written and no server is asked.

    Exit code 0: nothing wrong, or warnings only; 1: errors, or warnings with --strict;
    2: wrong use. `datahub-dataproducts problem CODE` explains a problem.
    """
    # Code hosts know files by their place in the repository, wherever this is run.
    hosted = repository_around(Path()) if form in _OF_CODE_HOSTS else None
    checked = [
        _check(
            _asked(with_corrections(settings, corrections), policy, base, run_results),
            hosted or Path.cwd(),
        )
        for settings in project.settings_for(paths)
    ]
    problems = sorted_problems(p for one in checked for p in one.problems)
    if form == "text":
        _show(problems, checked)
    else:
        click.echo(_machine_readable(problems, form), nl=form != "github" or bool(problems))
    if any(problem.is_error or strict for problem in problems):
        sys.exit(1)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Checked:
    """What was found in one dbt project; files are named from where the reader stands."""

    files: int
    products: int
    problems: tuple[Problem, ...]


def _asked(
    settings: Settings, policy: Path | None, base: str | None, run_results: Iterable[Path]
) -> Settings:
    return replace(
        settings,
        policy_path=str(policy.absolute()) if policy else settings.policy_path,
        base=base,
        observed_paths=tuple(str(path.absolute()) for path in run_results),
    )


def _check(settings: Settings, here: Path) -> _Checked:
    try:
        repository = read_repository(settings)
    except GitRefused as refused:
        raise click.BadParameter(str(refused), param_hint="--base") from None
    publication = publish_repository(repository, settings)
    # The others were read for what those asked for refer to; what is wrong there is theirs.
    asked = repository.asked_documents
    ids = {plain_id(document.id.value) for document in asked}
    others = {*repository.files} - repository.asked_for

    def is_told(problem: Problem) -> bool:
        file = problem.location.file if problem.location else None
        if file is None or file in repository.asked_for:
            return True
        return file not in others and (problem.product is None or problem.product in ids)

    told = [
        _seen_from(here, problem, settings.dbt_project_dir)
        for problem in publication.problems
        if is_told(problem)
    ]
    return _Checked(
        files=len(repository.asked_for),
        products=len(asked),
        problems=tuple(told),
    )


def _seen_from(here: Path, problem: Problem, root: str) -> Problem:
    place = problem.location
    if place is None:
        return problem
    if "://" in place.file:
        return problem
    # Links stay as people wrote them.
    path = Path(os.path.normpath(Path.cwd() / root / place.file))
    file = path.relative_to(here) if path.is_relative_to(here) else path
    return replace(problem, location=replace(place, file=file.as_posix()))


def _show(problems: tuple[Problem, ...], checked: Iterable[_Checked]) -> None:
    if problems:
        text = problems_as_text(
            problems, lambda file: text_of(Path(file)), colour=takes_colour(sys.stdout)
        )
        click.echo(f"{text}\n")
    files = sum(one.files for one in checked)
    products = sum(one.products for one in checked)
    read = f"{counted(products, 'product')} in {counted(files, 'file')}"
    errors = sum(problem.is_error for problem in problems)
    warnings = len(problems) - errors
    found = [counted(errors, "error")] * bool(errors)
    found += [counted(warnings, "warning")] * bool(warnings)
    click.echo(f"{', '.join(found) or 'Nothing wrong'}: {read}")


def _machine_readable(problems: tuple[Problem, ...], form: str) -> str:
    if form == "json":
        return problems_as_json(problems)
    if form == "github":
        return problems_as_annotations(problems)
    return problems_as_sarif(problems, _described, version(_DISTRIBUTION))


def _described(code: str) -> Described | None:
    entry = guide_entry(code)
    return Described(title=entry.title, meaning=entry.meaning) if entry else None
