"""Tries the examples of the guide: what `validate` says of them in the project of examples/analytics."""

import gzip
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from datahub_dataproducts.adapters.console.problems import problems_as_text
from datahub_dataproducts.adapters.product_files.guide import Example
from datahub_dataproducts.adapters.product_files.read import SourceText, read_file
from datahub_dataproducts.domain.problems import Problem
from datahub_dataproducts.plugins.commands.options import ProjectChoice
from datahub_dataproducts.plugins.repository import publish_repository, read_repository
from datahub_dataproducts.plugins.settings import Settings

ROOT = Path(__file__).parents[1]
PROJECT = ROOT / "examples/analytics"
RECIPE = "recipe.yml"
# What an ingest reads if its recipe says so.
RESULTS = {
    "run_results_path": "target/run_results.json",
    "sources_path": "target/sources.json",
}


def problems_of(example: Example, folder: Path) -> tuple[Problem, ...]:
    """What is wrong with an example in an empty folder, which becomes the dbt project.

    The project is that of examples/analytics, without its product files. A `recipe.yml` among the
    files is the recipe; run results and sources that lie in `target` are read.
    """
    _lay_out(example, folder)
    with _in_folder(folder):
        settings = _settings()
        return publish_repository(read_repository(settings), settings).problems


def printed(problems: tuple[Problem, ...], folder: Path) -> str:
    """The problems as `validate` prints them in the folder."""
    with _in_folder(folder):
        return problems_as_text(problems, _source_of)


def _lay_out(example: Example, folder: Path) -> None:
    for name in ("data_products", "target"):
        (folder / name).mkdir()
    project = (PROJECT / "dbt_project.yml").read_bytes()
    (folder / "dbt_project.yml").write_bytes(project)
    (folder / "target/manifest.json").write_bytes(_manifest())
    for name, text in example.files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    if example.commands:
        subprocess.run(["sh", "-e", "-c", example.commands], cwd=folder, check=True)


@cache
def _manifest() -> bytes:
    return gzip.decompress((PROJECT / "artifacts/manifest.json.gz").read_bytes())


def _settings() -> Settings:
    if Path(RECIPE).exists():
        return ProjectChoice(recipe=Path(RECIPE)).settings()
    there = {name: path for name, path in RESULTS.items() if Path(path).exists()}
    return Settings(dbt_project_dir=".", **there)


def _source_of(file: str) -> str | None:
    source = read_file(Path(file), file)
    return source.text if isinstance(source, SourceText) else None


@contextmanager
def _in_folder(folder: Path) -> Iterator[None]:
    # Problems of the project as a whole name its folder: from here it is `.`, on every machine.
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
