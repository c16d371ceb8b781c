"""`init`: product files to start from, made of what a dbt project has."""

import json
import re
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from datahub_dataproducts.adapters.console.drafts import drafts_as_text
from datahub_dataproducts.adapters.console.problems import problems_as_text
from datahub_dataproducts.adapters.product_files import codes
from datahub_dataproducts.adapters.product_files.schema import product_file_schema
from datahub_dataproducts.adapters.product_files.write import draft_text
from datahub_dataproducts.domain.drafts import Draft, drafts
from datahub_dataproducts.domain.existing import Existing, existing_products
from datahub_dataproducts.domain.nodes import Project
from datahub_dataproducts.domain.problems import did_you_mean
from datahub_dataproducts.plugins.commands.options import ProjectChoice, project_options
from datahub_dataproducts.plugins.repository import Repository, catalog_naming, read_repository
from datahub_dataproducts.plugins.settings import Settings

_SCHEMA = "product-file.schema.json"
_WILD = re.compile(r"[*?\[]")
_NEXT = """Next:
  1. Read them, and fill in what they ask: owners, by when data must be ready.
  2. datahub-dataproducts validate   checks them, with the place and the remedy of each mistake.
  3. datahub-dataproducts plan       shows what an ingest would put into DataHub: into which one is
                                     said with --catalog http://... or with --recipe."""


@click.command("init")
@project_options
@click.option("--yes", is_flag=True, help="Ask nothing and write all that is proposed.")
@click.option("--dry-run", is_flag=True, help="Print the files, write nothing and ask nothing.")
@click.option("--only", multiple=True, metavar="ID", help="Only this one; may be repeated.")
@click.option(
    "--per",
    type=click.Choice(["folder", "model"]),
    default="folder",
    show_default=True,
    help="Whether a folder of marts (or a dbt group) is one product, or each of its models.",
)
@click.option(
    "--folder",
    metavar="FOLDER",
    help="Where in the dbt project to write; default: where product files are read from "
    "(data_products).",
)
def init_command(
    project: ProjectChoice,
    only: tuple[str, ...],
    per: str,
    folder: str | None,
    *,
    yes: bool,
    dry_run: bool,
) -> None:
    """Propose data products from what a dbt project has, and write a file for each.

    Reads target/manifest.json (run `dbt parse` first). Proposed are the models of marts folders,
    what exposures show, public models, and without a marts folder the models that no other model
    reads; with owners, descriptions, tests and source freshness as far as dbt has them. What dbt
    does not say stands there as a comment that asks for it.

    What product files have already is not proposed again, and no file is ever overwritten.

    Exit code 0: done, or nothing to propose; 1: product files that cannot be read;
    2: wrong use, or no manifest.
    """
    settings = project.settings()
    repository = read_repository(settings)
    _refuse_unreadable(repository)
    dbt = _project_of(repository, settings)
    naming = catalog_naming(settings, dbt)
    offer = _Offer(
        project=dbt,
        existing=existing_products(repository.documents, dbt, naming.sibling_urns),
        root=Path(settings.dbt_project_dir),
        by_model=per == "model",
    )
    proposed = offer.drafts(_wanted(only, offer))
    if not proposed:
        click.echo(_nothing(offer.existing))
        return
    place = folder or _folder_of(settings)
    if dry_run:
        for draft in offer.still_free(proposed, _inside(offer.root, place)):
            click.echo(f"# ==> {place}/{draft.id}.yml\n{draft_text(draft, _SCHEMA)}")
        return
    if not yes:
        proposed, place = _ask(offer, proposed, place, is_given=folder is not None)
    target = _inside(offer.root, place)
    _write(offer.still_free(proposed, target), target)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Offer:
    """What can be proposed of a dbt project."""

    project: Project
    existing: Existing
    root: Path
    by_model: bool

    def drafts(self, wanted: Callable[[str], bool]) -> tuple[Draft, ...]:
        """The drafts of some ids, with inputs among them."""
        return drafts(self.project, self.existing, by_model=self.by_model, wanted=wanted)

    def still_free(self, proposed: Sequence[Draft], folder: Path) -> tuple[Draft, ...]:
        """Those whose file is not there already, which is said."""
        ids = {draft.id for draft in proposed}
        for id_ in sorted(ids):
            if _is_there(folder / f"{id_}.yml"):
                click.echo(f"{folder / f'{id_}.yml'} is there already and stays as it is", err=True)
                ids.remove(id_)
        return self.drafts(ids.__contains__)


def _refuse_unreadable(repository: Repository) -> None:
    unreadable = [
        problem
        for problem in repository.problems
        if problem.is_error and problem.product is None and problem.code != codes.NO_FILES
    ]
    if unreadable:
        told = problems_as_text(unreadable, lambda _: None)
        click.echo(f"{told}\n\nMend these first: what these files have is not proposed.", err=True)
        sys.exit(1)


def _project_of(repository: Repository, settings: Settings) -> Project:
    if repository.project is not None:
        return repository.project
    if repository.other_problems:
        raise click.UsageError(problems_as_text(repository.other_problems, lambda _: None))
    path = Path(settings.dbt_project_dir) / settings.manifest_path
    raise click.UsageError(
        f"there is no {path}, from which products are proposed: run `dbt parse` in the dbt "
        "project, and this there too, or with --project-dir or --manifest"
    )


def _wanted(only: Collection[str], offer: _Offer) -> Callable[[str], bool]:
    if not only:
        return lambda _: True
    _refuse_unknown(only, [draft.id for draft in offer.drafts(lambda _: True)], "--only")
    return only.__contains__


def _refuse_unknown(words: Collection[str], ids: Collection[str], hint: str | None) -> None:
    for word in words:
        if word not in ids:
            near = did_you_mean(word, ids) or f"there are: {', '.join(ids)}"
            raise click.BadParameter(f"{word} is not proposed; {near}", param_hint=hint)


def _nothing(existing: Existing) -> str:
    if existing.ids:
        return "Nothing to propose: what people use in this dbt project is in products already."
    return (
        "Nothing to propose: no model in a marts folder, no exposure, no public model, and none "
        "that no other model reads beside those of staging."
    )


def _folder_of(settings: Settings) -> str:
    """The folder that the first pattern of product files begins with."""
    folders = settings.product_paths[0].split("/")[:-1]
    fixed = next((n for n, part in enumerate(folders) if _WILD.search(part)), len(folders))
    return "/".join(folders[:fixed]) or "."


def _inside(root: Path, folder: str) -> Path:
    path = root / folder
    if not path.resolve().is_relative_to(root.resolve()):
        message = f"{folder} is not in the dbt project, where product files are looked for"
        raise click.BadParameter(message, param_hint="--folder")
    return path


def _ask(
    offer: _Offer, proposed: tuple[Draft, ...], place: str, *, is_given: bool
) -> tuple[tuple[Draft, ...], str]:
    if not _at_terminal():
        raise click.UsageError(
            "there is nobody to ask here: --yes writes all that is proposed, --dry-run prints it"
        )
    click.echo(f"{drafts_as_text(proposed)}\n")
    ids = [draft.id for draft in proposed]

    def chosen(answer: str) -> list[str]:
        words = [word for word in re.split(r"[\s,]+", answer) if word]
        if words in (["all"], ["none"]):
            return ids if words == ["all"] else []
        _refuse_unknown(words, ids, None)
        return words

    kept = click.prompt(
        "Write which of these? (all, none, or their ids)", default="all", value_proc=chosen
    )
    if kept and not is_given:
        place = click.prompt("Into which folder of the dbt project?", default=place)
    return offer.drafts(kept.__contains__), place


def _at_terminal() -> bool:
    return sys.stdin.isatty()


def _is_there(path: Path) -> bool:
    # A link that leads nowhere is there too.
    return path.is_symlink() or path.exists()


def _write(written: Sequence[Draft], folder: Path) -> None:
    if not written:
        click.echo("Nothing written.")
        return
    files = {f"{draft.id}.yml": draft_text(draft, _SCHEMA) for draft in written}
    if not _is_there(folder / _SCHEMA):
        files[_SCHEMA] = json.dumps(product_file_schema(), indent=2) + "\n"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            # "x": what has come to be there since it was looked at is not overwritten either.
            with (folder / name).open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
            note = "  (for editors: completes and checks as you type)" if name == _SCHEMA else ""
            click.echo(f"wrote {folder / name}{note}")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise click.UsageError(f"cannot write to {folder} ({reason})") from None
    click.echo(f"\n{_NEXT}")
