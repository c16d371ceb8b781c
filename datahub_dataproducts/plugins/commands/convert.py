"""`convert`: product files from and to the open standards ODPS, ODCS and OpenSLO."""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, count
from pathlib import Path

import click

from datahub_dataproducts.adapters.console.problems import problems_as_text
from datahub_dataproducts.adapters.product_files.findings import Findings, TooManyProblems
from datahub_dataproducts.adapters.product_files.open_standards.from_odcs import from_odcs
from datahub_dataproducts.adapters.product_files.open_standards.from_odps import (
    Neighbours,
    from_odps,
)
from datahub_dataproducts.adapters.product_files.open_standards.odcs import contract_id_of
from datahub_dataproducts.adapters.product_files.open_standards.odps import (
    ids_of_contracts,
    product_id,
    read_odps,
)
from datahub_dataproducts.adapters.product_files.open_standards.to_odcs import to_odcs
from datahub_dataproducts.adapters.product_files.open_standards.to_odps import to_odps
from datahub_dataproducts.adapters.product_files.open_standards.to_openslo import to_openslo
from datahub_dataproducts.adapters.product_files.open_standards.yaml_text import Written
from datahub_dataproducts.adapters.product_files.read import read_file, text_of
from datahub_dataproducts.domain.documents import ProductDocument
from datahub_dataproducts.domain.problems import Problem, sorted_problems
from datahub_dataproducts.plugins.commands.options import ProjectChoice, project_options
from datahub_dataproducts.plugins.repository import publish_repository, read_repository
from datahub_dataproducts.plugins.settings import Settings


@click.command("convert")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--from", "source", type=click.Choice(["odps", "odcs"]), help="What the files are.")
@click.option(
    "--to",
    "target",
    type=click.Choice(["odps", "odcs", "openslo"]),
    help="What to make of products.",
)
@click.option(
    "--output-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write a file for each product (ODCS: for each asset) here; default: print them all.",
)
@project_options
def convert_command(
    paths: tuple[Path, ...],
    source: str | None,
    target: str | None,
    output_dir: Path | None,
    project: ProjectChoice,
) -> None:
    """Convert product files from and to open standards.

    \b
    --from odps FILE...    Data products of the Bitol standard ODPS become product files. Give the
                           ODCS contracts of their ports too, and they are named in `contract`.
    --from odcs FILE...    Each ODCS contract becomes a product that promises what it says.
    --to odps [PATHS]      Each product becomes an ODPS document.
    --to odcs [PATHS]      Each asset with promises becomes an ODCS contract: columns and rules from
                           dbt, service levels from freshness. Reads the manifest.
    --to openslo [PATHS]   Each objective becomes an SLO of openslo/v1.

    PATHS are dbt projects, folders or product files, as for `validate`; default: the dbt project
    around the current folder. What has no place in the other form is told on stderr, and kept
    in custom properties or annotations where the way back needs it. Existing files of --output-dir
    with the same names are written anew.

    A product of yours need not be converted to promise what a contract says: name the ODCS file
    in it by `contract: [{odcs: path}]`.

    \b
    Exit code 0: converted; 1: something could not be read, and the rest is converted;
    2: wrong use.
    """  # noqa: D301 - click wants the character itself, to keep the lines
    if (source is None) == (target is None):
        raise click.UsageError("say either --from odps|odcs or --to odps|odcs|openslo")
    if source is not None and not paths:
        raise click.UsageError(f"name the files to convert: --from {source} FILE...")
    problems: list[Problem] = []
    if source == "odps":
        written = _from_odps(paths, output_dir or Path(), problems)
    elif source == "odcs":
        written = _from_odcs(paths, output_dir or Path(), problems)
    else:
        written = _to(str(target), project.settings_for(paths), problems)
    _put(written, output_dir)
    if problems:
        click.echo(
            problems_as_text(sorted_problems(problems), lambda file: text_of(Path(file))), err=True
        )
    if any(problem.is_error for problem in problems):
        sys.exit(1)


def _from_odps(paths: Sequence[Path], folder: Path, problems: list[Problem]) -> list[Written]:
    products: dict[Path, dict[str, object]] = {}
    contracts: dict[str, str] = {}
    for path in paths:
        source = read_file(path, str(path))
        if isinstance(source, Problem):
            problems.append(source)
            continue
        findings = Findings(source.file)
        contract = contract_id_of(source.text)
        if contract:
            contracts[contract] = _seen_from(path, folder)
            continue
        try:
            document = read_odps(source.text, findings)
        except TooManyProblems:
            document = None
        problems += findings.problems
        if document is not None:
            products[path] = document
    neighbours = Neighbours(
        contracts=contracts,
        products={
            contract: product_id(document)
            for document in products.values()
            for contract in ids_of_contracts(document)
        },
    )
    return [from_odps(document, neighbours) for document in products.values()]


def _from_odcs(paths: Sequence[Path], folder: Path, problems: list[Problem]) -> list[Written]:
    found: list[Written] = []
    for path in paths:
        source = read_file(path, str(path))
        if isinstance(source, Problem):
            problems.append(source)
            continue
        findings = Findings(source.file)
        try:
            written = from_odcs(source.text, _seen_from(path, folder), findings)
        except TooManyProblems:
            written = None
        problems += findings.problems
        found += [written] if written is not None else []
    return found


def _seen_from(path: Path, folder: Path) -> str:
    """A path as a product file in a folder names it."""
    return Path(os.path.relpath(path, folder)).as_posix()


def _to(target: str, settings: Iterable[Settings], problems: list[Problem]) -> list[Written]:
    return [written for one in settings for written in _to_of_project(target, one, problems)]


def _to_of_project(target: str, settings: Settings, problems: list[Problem]) -> Iterator[Written]:
    repository = read_repository(settings)
    documents = {document.id.value: document for document in repository.documents}
    asked_for = repository.asked_documents
    if target == "odcs":
        publication = publish_repository(repository, settings)
        problems += _of_here(publication.problems, asked_for, settings)
        ids = {document.id.value for document in asked_for}
        for product in publication.products:
            if product.id not in ids:
                continue
            exported, notes = to_odcs(product, repository.project, settings.expect_every)
            _tell(product.id, notes)
            yield from (one.written for one in exported)
        return
    problems += _of_here(repository.problems, asked_for, settings)
    wrong = {p.product for p in repository.problems if p.is_error}
    right = (
        document for document in asked_for if not document.wrong and document.id.value not in wrong
    )
    yield from _documents(target, right, documents)


def _documents(
    target: str, asked_for: Iterable[ProductDocument], documents: Mapping[str, ProductDocument]
) -> Iterator[Written]:
    for document in asked_for:
        written = to_odps(document, documents) if target == "odps" else to_openslo(document)
        if written is not None:
            yield written
        else:
            _tell(document.id.value, ("it has no objective, so there is no SLO of it",))


def _of_here(
    problems: Iterable[Problem], asked_for: Iterable[ProductDocument], settings: Settings
) -> list[Problem]:
    """The errors of what was asked for, their files named from the current folder on."""
    ids = {document.id.value for document in asked_for}
    found: list[Problem] = []
    for problem in problems:
        if not problem.is_error or problem.product not in {*ids, None}:
            continue
        place = problem.location
        if place is not None and "://" not in place.file:
            file = os.path.relpath(Path(settings.dbt_project_dir) / place.file)
            problem = replace(problem, location=replace(place, file=file))  # noqa: PLW2901
        found.append(problem)
    return found


def _put(written: Iterable[Written], output_dir: Path | None) -> None:
    files = _named_apart(sorted(written, key=lambda one: (one.name, one.text)))
    if output_dir is not None:
        _write(files, output_dir)
        return
    for position, (name, one) in enumerate(files):
        _tell(name, one.notes)
        click.echo(("---\n" if position else "") + one.text, nl=False)


def _write(files: Iterable[tuple[str, Written]], folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, one in files:
            _tell(name, one.notes)
            (folder / name).write_text(one.text, encoding="utf-8")
            click.echo(str(folder / name))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise click.UsageError(f"cannot write to {folder} ({reason})") from None


def _named_apart(written: Iterable[Written]) -> list[tuple[str, Written]]:
    """Ids that differ may give one name of a file: the second of them is numbered."""
    found: dict[str, Written] = {}
    for one in written:
        stem, dot, ending = one.name.partition(".")
        numbered = (f"{stem}-{number}{dot}{ending}" for number in count(2))
        name = next(name for name in chain([one.name], numbered) if name not in found)
        found[name] = one
    return list(found.items())


def _tell(what: str, notes: Iterable[str]) -> None:
    for note in notes:
        click.echo(f"{what}: {note}", err=True)
