"""`replay`: what products would have been, from past events alone."""

import os
import re
import sys
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click
from typing_extensions import override

from datahub_dataproducts.adapters.console.problems import problems_as_text
from datahub_dataproducts.adapters.console.replay import replay_as_json, replay_as_text
from datahub_dataproducts.adapters.git import GitRefused
from datahub_dataproducts.application.replay import Replay, replay
from datahub_dataproducts.application.tell import TrackingPolicy
from datahub_dataproducts.application.track_health import HealthTracker
from datahub_dataproducts.domain.episodes import Patience
from datahub_dataproducts.domain.schedules import is_timezone
from datahub_dataproducts.plugins.commands.options import (
    ProjectChoice,
    corrections_option,
    project_around,
    project_options,
    with_corrections,
)
from datahub_dataproducts.plugins.commands.store_options import duration
from datahub_dataproducts.plugins.settings import Settings

if TYPE_CHECKING:
    from datahub_dataproducts.plugins.replay_inputs import ReplayInputs

_DISAGREE = 3
"""Exit code where what is kept step by step and what is computed from nothing disagree."""

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_LAST_INSTANT = (datetime.max.replace(tzinfo=timezone.utc) - _EPOCH) // timedelta(milliseconds=1)
# A number of eight digits is a date without hyphens.
_MILLISECONDS = re.compile(r"-?(\d{1,7}|\d{9,})")
_CHANNEL = "replay"


class _CannotReplay(click.ClickException):
    """There is something wrong with the files or events; the text says what."""

    exit_code = 1


class _ManyValues(click.Command):
    """An option that may be repeated takes several values at once too, as shells expand `*`."""

    @override
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As if the option stood before each of its values."""
        many = {
            name
            for option in self.params
            if isinstance(option, click.Option) and option.multiple
            for name in option.opts
        }
        return super().parse_args(ctx, _one_by_one(args, many))


def _one_by_one(arguments: Iterable[str], many: Collection[str]) -> list[str]:
    given: list[str] = []
    option, has_value = "", False
    for argument in arguments:
        if argument.startswith("-"):
            name, equals, _ = argument.partition("=")
            option, has_value = (name if name in many else ""), bool(equals)
        else:
            if option and has_value:
                given.append(option)
            has_value = True
        given.append(argument)
    return given


_FILES = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("replay", cls=_ManyValues)
@click.option(
    "--products",
    "paths",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A dbt project, folder or product file (several, or repeat it); default: the dbt project "
    "around the current folder.",
)
@click.option(
    "--revision",
    metavar="REVISION",
    help="Take the product files as they are at this git revision.",
)
@click.option(
    "--events",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="Metadata files of MCPs, MCEs or MCLs, or evidence and notices of `store export`, plain or "
    "gzipped, or folders of them (several, or repeat it).",
)
@click.option(
    "--run-results",
    multiple=True,
    type=_FILES,
    help="dbt's run_results.json of past runs: tests, builds and updates, without any catalog.",
)
@click.option(
    "--sources",
    multiple=True,
    type=_FILES,
    help="dbt's sources.json of past runs: when the data of sources was loaded.",
)
@click.option(
    "--until",
    "moment",
    metavar="TIME",
    help="The end, like 2026-03-03T12:00 or in epoch milliseconds; default: the last event.",
)
@click.option(
    "--show-in",
    metavar="TIMEZONE",
    help="Time zone of --until and of the text; default: --timezone.",
)
@click.option(
    "--for",
    "for_",
    metavar="DURATION",
    default="10m",
    show_default=True,
    help="How long a turn to the worse must last before people are told, as in the action.",
)
@click.option(
    "--clear-for",
    metavar="DURATION",
    default="10m",
    show_default=True,
    help="How long a turn to the better must last before people are told, as in the action.",
)
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@click.option("--strict", is_flag=True, help="Exit with 1 if an event had to be set aside.")
@corrections_option
@project_options
def replay_command(
    project: ProjectChoice,
    *,
    paths: tuple[Path, ...],
    revision: str | None,
    events: tuple[Path, ...],
    run_results: tuple[Path, ...],
    sources: tuple[Path, ...],
    moment: str | None,
    show_in: str | None,
    for_: str,
    clear_for: str,
    corrections: Path | None,
    form: str,
    strict: bool,
) -> None:
    """Show what products would have been: health, uptime, episodes and announcements from past events.

    Needs no server and no store: health is computed from nothing, by the promises in the product
    files. With --revision, or after editing them, the same events tell what a change of promises
    would have done.

    Events that lie exactly at the end count, later ones are left out. dbt's manifest is needed
    only where products name dbt nodes. Promises that cannot be kept, which `validate` may call
    errors, are warnings here.

    What people know better, by --corrections or the file in the project as it is today, stands beside
    what is computed, and changes nothing of it.

    Exit code 0: replayed; 1: something is wrong with the files or events, and nothing is replayed
    (with --strict also: replayed, and an event was set aside); 2: wrong use; 3: replayed, and the
    tracker of the action disagrees, which is a fault of this program.
    """
    if not (events or run_results or sources):
        raise click.UsageError("Give events with --events, --run-results or --sources")
    patience = Patience(for_=duration(for_, "--for"), clear_for=duration(clear_for, "--clear-for"))
    settings = with_corrections(_settings(project, paths, revision), corrections)
    zone = _zone(show_in) if show_in else settings.default_timezone
    until = None if moment is None else _instant(moment, zone)
    inputs = _read(
        settings, revision=revision, events=events, run_results=run_results, sources=sources
    )
    if until is None and inputs.last is None:
        raise click.UsageError("No event says what time it is: give the end with --until")
    replayed = _replay(inputs, inputs.last or 0 if until is None else until, patience)
    told = replayed.only(inputs.asked_for)
    click.echo(replay_as_json(told) if form == "json" else replay_as_text(told, zone))
    sys.exit(_told_beside(replayed) or int(strict and bool(inputs.set_aside)))


def _told_beside(replayed: Replay) -> int:
    """Tell what is not in the output, and the exit code that follows from it."""
    if replayed.left_out:
        click.echo(f"Left out, because it is later than the end: {replayed.left_out:,}", err=True)
    for difference in replayed.differences:
        click.echo(f"Error: {difference}; report this as a fault of this program", err=True)
    return _DISAGREE if replayed.differences else 0


def _settings(project: ProjectChoice, paths: Sequence[Path], revision: str | None) -> Settings:
    for path in paths:
        if revision is None and not path.exists():
            raise click.BadParameter(f"there is no {path}", param_hint="--products")
    folders = [_folder(path) for path in paths]
    is_open = project.project_dir is None and project.recipe is None
    if is_open and folders and all(project_around(folder) is None for folder in folders):
        # Product files on their own: all of them together are one portfolio.
        above = os.path.commonpath([folder.absolute() for folder in folders])
        project = replace(project, project_dir=Path(above))
    settings, *others = project.settings_for(paths)
    if others:
        raise click.UsageError("--products are of several dbt projects: replay them one by one")
    return settings


def _folder(path: Path) -> Path:
    """The folder a path is or lies in; of what is not there any more, the nearest that is."""
    return next((folder for folder in (path, *path.parents) if folder.is_dir()), Path())


def _read(
    settings: Settings,
    *,
    revision: str | None,
    events: Sequence[Path],
    run_results: Sequence[Path],
    sources: Sequence[Path],
) -> "ReplayInputs":
    """Read everything, tell what is wrong, and end here where that is an error."""
    try:
        # Only here: events need the [actions] extra, and the command line as a whole does not.
        from datahub_dataproducts.adapters.datahub.json_records import (  # noqa: PLC0415
            MetadataFileError,
        )
        from datahub_dataproducts.plugins.replay_inputs import read_inputs  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        needed = f'this needs {missing.name}: pip install "datahub-dataproducts[actions]"'
        raise click.UsageError(needed) from None
    try:
        inputs = read_inputs(
            settings, revision=revision, events=events, run_results=run_results, sources=sources
        )
    except GitRefused as refused:
        raise click.BadParameter(str(refused), param_hint="--revision") from None
    except MetadataFileError as broken:
        raise _CannotReplay(str(broken)) from None
    if inputs.problems:
        shown = problems_as_text(inputs.problems, inputs.text_of, colour=sys.stderr.isatty())
        click.echo(f"{shown}\n", err=True)
    for reason in inputs.set_aside:
        click.echo(f"Set aside: {reason}", err=True)
    errors = sum(problem.is_error for problem in inputs.problems)
    if errors:
        count = "1 error" if errors == 1 else f"{errors:,} errors"
        raise _CannotReplay(f"nothing is replayed: {count} in what was read")
    return inputs


def _replay(inputs: "ReplayInputs", until: int, patience: Patience) -> Replay:
    from datahub_dataproducts.plugins.scratch_store import scratch_store  # noqa: PLC0415

    policy = TrackingPolicy(channels=(_CHANNEL,), patience=patience)
    with scratch_store() as store:
        tracking = HealthTracker(store, policy)
        products, told = inputs.publication.products, inputs.told
        return replay(products, told, until, tracking=tracking, store=store, patience=patience)


def _zone(name: str) -> str:
    if not is_timezone(name):
        raise click.BadParameter(f"{name} is not a time zone", param_hint="--show-in")
    return name


def _instant(moment: str, zone: str) -> int:
    if _MILLISECONDS.fullmatch(moment):
        instant = int(moment)
    else:
        try:
            read = datetime.fromisoformat(re.sub("[Zz]$", "+00:00", moment))
        except ValueError:
            message = "write it like 2026-03-03T12:00, or in epoch milliseconds"
            raise click.BadParameter(message, param_hint="--until") from None
        if read.tzinfo is None:
            read = read.replace(tzinfo=ZoneInfo(zone))
        instant = (read - _EPOCH) // timedelta(milliseconds=1)
    if not 0 <= instant <= _LAST_INSTANT:
        raise click.BadParameter(f"{moment} is no possible time", param_hint="--until")
    return instant
