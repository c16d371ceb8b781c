"""`owners`: who answers for what, and what nobody answers for."""

import sys
from dataclasses import replace
from pathlib import Path

import click

from datahub_dataproducts.adapters.console.owners import (
    owners_as_json,
    owners_as_markdown,
    owners_as_text,
)
from datahub_dataproducts.adapters.console.problems import problems_as_text
from datahub_dataproducts.domain.accountability import (
    Accountability,
    Gap,
    accountability,
    answering_to,
)
from datahub_dataproducts.domain.problems import Problem, did_you_mean
from datahub_dataproducts.plugins.commands.options import ProjectChoice, project_options
from datahub_dataproducts.plugins.repository import Repository, catalog_naming, read_repository
from datahub_dataproducts.plugins.settings import Settings

_FORMS = {"text": owners_as_text, "json": owners_as_json, "markdown": owners_as_markdown}
_MOST_NAMES = 20


@click.command("owners")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@project_options
@click.option(
    "--owner",
    "name",
    metavar="NAME",
    help="Only what one user or group answers for: an id, a URN, or an e-mail up to the @.",
)
@click.option(
    "--format", "form", type=click.Choice(list(_FORMS)), default="text", show_default=True
)
def owners_command(
    paths: tuple[Path, ...], project: ProjectChoice, name: str | None, form: str
) -> None:
    """Show who answers for what, and which live product or asset of one lacks an owner.

    PATHS are dbt projects, folders or product files; default: the dbt project around the current
    folder. Owners of products are in product files, those of assets in dbt (meta, groups,
    exposures). A live or deprecated product wants a business and a technical owner, its tables a
    technical one, its exposures any.

    Exit code 0: shown; 1: something live lacks an owner, or a file cannot be read; 2: wrong use.
    """
    found = Accountability()
    unread: list[Problem] = []
    for settings in project.settings_for(paths):
        repository = read_repository(settings)
        found = _both(found, _found(repository, settings))
        unread += _unread(repository, settings)
    if name is not None:
        found = _of_one(found, name)
    click.echo(_FORMS[form](found))
    if unread:
        click.echo(f"\n{problems_as_text(unread, lambda _: None)}", err=True)
    if found.gaps or any(problem.is_error for problem in unread):
        sys.exit(1)


def _found(repository: Repository, settings: Settings) -> Accountability:
    naming = catalog_naming(settings, repository.project)
    found = accountability(repository.asked_documents, repository.project, naming.owner_urn)
    root = Path(settings.dbt_project_dir)
    return replace(found, gaps=tuple(_seen_from_here(gap, root) for gap in found.gaps))


def _seen_from_here(gap: Gap, root: Path) -> Gap:
    place = replace(gap.location, file=(root / gap.location.file).as_posix())
    return replace(gap, location=place)


def _unread(repository: Repository, settings: Settings) -> list[Problem]:
    """What keeps owners from being known: files that are no products, and no manifest."""
    problems = [p for p in repository.problems if p.is_error and p.product is None]
    problems += repository.other_problems
    if repository.project is None and not repository.other_problems:
        path = Path(settings.dbt_project_dir) / settings.manifest_path
        click.echo(f"Owners of assets are not known: there is no {path} (dbt parse)", err=True)
    return problems


def _both(one: Accountability, other: Accountability) -> Accountability:
    """Two dbt projects together: an owner of both answers for all of it."""
    owners = {owner.urn: owner for owner in one.owners}
    for owner in other.owners:
        known = owners.get(owner.urn)
        owners[owner.urn] = (
            replace(
                owner,
                products=known.products + owner.products,
                assets=known.assets + owner.assets,
            )
            if known
            else owner
        )
    return Accountability(
        owners=tuple(owners[urn] for urn in sorted(owners)), gaps=one.gaps + other.gaps
    )


def _of_one(found: Accountability, name: str) -> Accountability:
    """What the owners of a name answer for, and what is missing in those products."""
    owners = answering_to(name, found.owners)
    if not owners:
        names = [owner.name for owner in found.owners]
        remedy = did_you_mean(name, names) or f"there are: {', '.join(names[:_MOST_NAMES])}"
        message = f"nobody of the name {name} answers for anything; {remedy}"
        raise click.BadParameter(message, param_hint="--owner")
    products = {duty.product for owner in owners for duty in owner.products}
    products |= {p for owner in owners for duty in owner.assets for p in duty.products}
    gaps = tuple(gap for gap in found.gaps if gap.product in products)
    return Accountability(owners=owners, gaps=gaps)
