"""Options that say which dbt project a command is about, and what its recipe decides."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from glob import escape
from pathlib import Path
from typing import Any, TextIO, TypeVar

import click

from datahub_dataproducts.domain.schedules import is_timezone
from datahub_dataproducts.plugins.settings import Settings

R = TypeVar("R")

DBT_PROJECT = "dbt_project.yml"
CATALOG_PATH = "target/catalog.json"
_ENDINGS = ("yml", "yaml")


class _FileOrUri(click.Path):
    """A path that is checked as click does, or a URI as it is written."""

    def convert(
        self,
        value: str | os.PathLike[str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Any:
        """A `Path`, or a URI as text."""
        if isinstance(value, str) and "://" in value:
            return value
        return super().convert(value, param, ctx)


@dataclass(frozen=True, kw_only=True, slots=True)
class ProjectChoice:
    """What the options say about the dbt project; None: not said.

    Attributes:
        project_dir: folder of the dbt project; else the nearest one at or above the current folder.
        recipe: of the ingestion source, whose settings count then.
        manifest: dbt's manifest: a path relative to the current folder, or a URI.
        target_platform: what dbt loads into.
        timezone: of promises where neither they nor their product give one.
    """

    project_dir: Path | None = None
    recipe: Path | None = None
    manifest: Path | str | None = None
    target_platform: str | None = None
    timezone: str | None = None

    def settings(self, around: Path | None = None) -> Settings:
        """What is decided for the dbt project around a folder (default: the current one).

        Raises:
            click.UsageError: the recipe or the time zone is wrong.
        """
        settings = self._of_recipe() if self.recipe else Settings()
        if self.project_dir is not None:
            settings = replace(settings, dbt_project_dir=str(self.project_dir))
        elif self.recipe is None:
            root = project_around(around or Path())
            settings = replace(settings, dbt_project_dir=str(root or around or Path()))
        if self.recipe is None and (Path(settings.dbt_project_dir) / CATALOG_PATH).is_file():
            # Where `dbt docs generate` has left it.
            settings = replace(settings, catalog_path=CATALOG_PATH)
        if self.manifest is not None:
            place = self.manifest
            written = place if isinstance(place, str) else str(place.absolute())
            settings = replace(settings, manifest_path=written)
        if self.target_platform is not None:
            settings = replace(settings, target_platform=self.target_platform)
        if self.timezone is not None:
            if not is_timezone(self.timezone):
                message = f"{self.timezone} is not a time zone: write an IANA name"
                raise click.BadParameter(message, param_hint="--timezone")
            settings = replace(settings, default_timezone=self.timezone)
        return settings

    def settings_for(self, paths: Sequence[Path]) -> list[Settings]:
        """What is decided for each dbt project that paths belong to; no path: the current one.

        A path is a dbt project, a folder in one, or a product file.

        Raises:
            click.UsageError: the recipe or the time zone is wrong.
        """
        if not paths:
            return [self.settings()]
        asked: dict[Path, tuple[Settings, list[str]]] = {}
        for path in paths:
            folder = path if path.is_dir() else path.parent
            settings = self.settings(folder)
            root = Path(settings.dbt_project_dir)
            _, patterns = asked.setdefault(root, (settings, []))
            patterns += _patterns(path, root, settings)
        return [
            replace(settings, given_paths=tuple(patterns)) for settings, patterns in asked.values()
        ]

    def _of_recipe(self) -> Settings:
        # Only here: a recipe is read by DataHub's own code, which takes seconds to load.
        from datahub_dataproducts.plugins.recipe import (  # noqa: PLC0415
            WrongRecipe,
            read_recipe,
            source_config,
        )

        assert self.recipe is not None
        try:
            return source_config(read_recipe(self.recipe), self.recipe).settings()
        except WrongRecipe as wrong:
            raise click.UsageError(str(wrong)) from None


def project_around(folder: Path) -> Path | None:
    """The nearest folder at or above one that holds a dbt project, as written from here."""
    # As written, links and all: that is how people know their folders.
    absolute = Path(os.path.normpath(Path.cwd() / folder))
    for candidate in (absolute, *absolute.parents):
        if (candidate / DBT_PROJECT).is_file():
            return Path(os.path.relpath(candidate))
    return None


def repository_around(folder: Path) -> Path | None:
    """The root of the git repository that a folder is in."""
    absolute = folder.absolute()
    return next((at for at in (absolute, *absolute.parents) if (at / ".git").exists()), None)


def takes_colour(stream: TextIO) -> bool:
    """True for a terminal, unless people ask for no colour (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _patterns(path: Path, root: Path, settings: Settings) -> tuple[str, ...]:
    """The patterns, below a dbt project, of the product files that a path stands for."""
    below = Path(os.path.relpath(path, root)).as_posix()
    if not path.is_dir():
        return (escape(below),)
    if below != ".":
        return tuple(f"{escape(below)}/**/*.{ending}" for ending in _ENDINGS)
    if (path / DBT_PROJECT).is_file():
        return settings.product_paths
    return tuple(f"**/*.{ending}" for ending in _ENDINGS)


def project_options(command: Callable[..., R]) -> Callable[..., R]:
    """Adds the options; the command gets them as `project`, a `ProjectChoice`."""

    @click.option(
        "--project-dir",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        help="Folder of the dbt project; default: the nearest one at or above the current folder.",
    )
    @click.option(
        "--recipe",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="The ingestion recipe: its settings count (paths, platform, time zone, ...).",
    )
    @click.option(
        "--manifest",
        type=_FileOrUri(exists=True, dir_okay=False, path_type=Path),
        help="dbt's manifest, plain or gzipped, a file or a URI (s3, gs, http, https); default: "
        "target/manifest.json in the project.",
    )
    @click.option(
        "--target-platform",
        help="What dbt loads into (snowflake, duckdb, ...); default: what the manifest says.",
    )
    @click.option(
        "--timezone",
        help="Time zone of promises where neither they nor their product give one; default: UTC.",
    )
    @wraps(command)
    def with_project(**options: Any) -> R:
        said = {name: options.pop(name) for name in ProjectChoice.__slots__}
        return command(project=ProjectChoice(**said), **options)

    return with_project


token_file_option = click.option(
    "--token-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File that holds the server's token; default: the variable DATAHUB_GMS_TOKEN.",
)
"""Where a command that asks a catalog has the token from."""

corrections_option = click.option(
    "--corrections",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What people know better of the history than the evidence; default: "
    "data_products_corrections.yml in the project.",
)
"""The file of corrections, where it is not the recipe's or the usual one; see `with_corrections`."""


def with_corrections(settings: Settings, corrections: Path | None) -> Settings:
    """The settings with the file of corrections that was asked for; None: none was."""
    if corrections is None:
        return settings
    return replace(settings, corrections_path=str(corrections.absolute()))
