"""`plan`: what an ingest would create, change and remove in the catalog."""

import logging
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from datahub_dataproducts.adapters.console.plan import plan_as_json, plan_as_text
from datahub_dataproducts.adapters.console.plan_markdown import plan_as_markdown
from datahub_dataproducts.adapters.console.problems import problems_as_text
from datahub_dataproducts.adapters.datahub.last_run import removes, stale
from datahub_dataproducts.adapters.datahub.previews import ours_in, preview
from datahub_dataproducts.adapters.datahub.proposals.forms import WriteSemantics
from datahub_dataproducts.adapters.datahub.server_versions import NEEDED, unreadable, version_of
from datahub_dataproducts.adapters.product_files.read import text_of
from datahub_dataproducts.application.plan import Plan, Removal, plan
from datahub_dataproducts.application.ports import Unavailable
from datahub_dataproducts.application.publish import Publication
from datahub_dataproducts.domain.reviews import plain_id
from datahub_dataproducts.plugins.catalogs import Catalog, catalog_at, catalog_of
from datahub_dataproducts.plugins.commands.options import (
    ProjectChoice,
    corrections_option,
    project_options,
    takes_colour,
    token_file_option,
    with_corrections,
)
from datahub_dataproducts.plugins.recipe import (
    SOURCE_TYPE,
    WrongRecipe,
    read_recipe,
    source_config,
)
from datahub_dataproducts.plugins.repository import Repository, read_repository
from datahub_dataproducts.plugins.settings import Settings
from datahub_dataproducts.plugins.wiring import publish_with

_CHANGES = 3
"""Exit code of `--detailed-exitcode` where there are changes."""


class _CannotPlan(click.ClickException):
    """There is no catalog to compare with; the text says why, without secrets."""

    exit_code = 2


@click.command("plan")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@project_options
@click.option(
    "--catalog",
    "place",
    metavar="ADDRESS_OR_FILE",
    help="DataHub's server (http://..., https://...) or a DataHub Lite file; "
    "default: where the recipe's sink writes to.",
)
@token_file_option
@corrections_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    show_default=True,
    help="text for people, markdown for a comment on a pull request, json for tools.",
)
@click.option(
    "--detailed-exitcode", is_flag=True, help=f"Exit with {_CHANGES} when there are changes."
)
def plan_command(
    paths: tuple[Path, ...],
    project: ProjectChoice,
    place: str | None,
    token_file: Path | None,
    form: str,
    *,
    corrections: Path | None,
    detailed_exitcode: bool,
) -> None:
    """Show what an ingest of these files would create, change and remove in the catalog.

    PATHS are product files or folders of one dbt project, whose products are told of; default:
    all of the dbt project around the current folder. Nothing is written.

    What would be removed depends on the stateful ingestion of the recipe, so give it with
    --recipe. Without --catalog its sink is the catalog.

    Exit code 0: planned; 1: something is wrong with the files, and what is right is planned;
    2: wrong use, or the catalog cannot be read or is too old; 3, with --detailed-exitcode: there are changes.
    """
    # What DataHub's client logs on its way is told here in other words, or not at all.
    logging.getLogger("datahub").setLevel(logging.CRITICAL)
    (settings, *others) = project.settings_for(paths)
    if others:
        raise click.UsageError("PATHS are of several dbt projects: plan them one by one")
    try:
        recipe = _Recipe.at(project.recipe) if project.recipe else None
        catalog = _catalog(place, token_file, recipe)
        planned = _plan(with_corrections(settings, corrections), catalog, recipe)
    except (WrongRecipe, Unavailable) as problem:
        raise _CannotPlan(str(problem)) from None
    except OSError as error:
        raise _CannotPlan(f"{error.filename}: {error.strerror}") from None
    click.echo(_told(planned, catalog, form, settings))
    if any(problem.is_error for problem in planned.problems):
        sys.exit(1)
    if detailed_exitcode and planned.changes_anything:
        sys.exit(_CHANGES)


@dataclass(frozen=True, slots=True)
class _Recipe:
    """A recipe: where it is, and what it says."""

    path: Path
    content: dict[str, Any]

    @classmethod
    def at(cls, path: Path) -> "_Recipe":
        return cls(path, read_recipe(path))


def _catalog(place: str | None, token_file: Path | None, recipe: _Recipe | None) -> Catalog:
    if place is not None:
        return catalog_at(place, token_file)
    if recipe is None:
        raise click.UsageError("Give the catalog with --catalog, or a recipe with --recipe")
    return catalog_of(recipe.content, recipe.path)


def _plan(settings: Settings, catalog: Catalog, recipe: _Recipe | None) -> Plan:
    semantics = _semantics(settings, catalog, recipe)
    _check_version(catalog, semantics)
    repository = read_repository(settings)
    publication = publish_with(catalog.graph, repository, settings)
    removal, gone = _removal(publication, semantics, catalog, recipe)
    states = preview(publication, semantics, catalog.entities, gone)
    published = [product.id for product in publication.products]
    declared = {plain_id(document.id.value) for document in repository.documents}
    return plan(
        states.before,
        states.after,
        published=published,
        left_out=declared - {*published},
        removal=removal,
        problems=publication.problems,
        asked_for=_asked_for(repository, settings),
    )


def _semantics(settings: Settings, catalog: Catalog, recipe: _Recipe | None) -> WriteSemantics:
    semantics = WriteSemantics(settings.write_semantics)
    if catalog.takes_patches or semantics is WriteSemantics.OVERRIDE:
        return semantics
    if recipe is not None:
        raise click.UsageError(
            f"{recipe.path}: DataHub Lite takes whole aspects only: set write_semantics: OVERRIDE"
        )
    return WriteSemantics.OVERRIDE


def _check_version(catalog: Catalog, semantics: WriteSemantics) -> None:
    """An ingest writes nothing to a server that would lose what it patches."""
    if catalog.graph is None or semantics is WriteSemantics.OVERRIDE:
        return
    version = version_of(catalog.graph)
    if version is not None and version.takes_patches is False:
        raise Unavailable(
            f"{catalog.name}: DataHub is {version.text}, {NEEDED} or newer is needed: an ingest "
            "would write nothing, since the owners of every product would be lost; upgrade "
            "DataHub, or use write_semantics: OVERRIDE, which replaces what people added to products"
        )
    if version is not None and version.takes_patches is None:
        click.echo(f"{catalog.name}: {unreadable(version)}", err=True)


def _removal(
    publication: Publication, semantics: WriteSemantics, catalog: Catalog, recipe: _Recipe | None
) -> tuple[Removal, frozenset[str]]:
    """What becomes of what the files have no more, and the URNs that an ingest removes."""
    if not publication.complete:
        return Removal.ERRORS, frozenset()
    if recipe is None:
        return Removal.UNSAID, frozenset()
    config = source_config(recipe.content, recipe.path).stateful_ingestion
    if config is None or not removes(config):
        return Removal.OFF, frozenset()
    name = recipe.content.get("pipeline_name")
    return stale(config, name, SOURCE_TYPE, ours_in(publication, semantics), catalog.graph)


def _asked_for(repository: Repository, settings: Settings) -> frozenset[str] | None:
    if not settings.given_paths:
        return None
    return frozenset(plain_id(document.id.value) for document in repository.asked_documents)


def _told(planned: Plan, catalog: Catalog, form: str, settings: Settings) -> str:
    if form == "json":
        return plan_as_json(planned, catalog.name)
    if form == "markdown":
        return plan_as_markdown(planned, catalog.name)
    root = Path(settings.dbt_project_dir)
    colour = takes_colour(sys.stdout)
    text = plan_as_text(planned, catalog.name, colour=colour)
    if not planned.problems:
        return text

    told = problems_as_text(planned.problems, lambda file: text_of(root / file), colour=colour)
    return f"{told}\n\n{text}"
