"""Options of the commands that ask the store: which one, which moment, in which time zone."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

import click

from datahub_dataproducts.adapters.clock import WallClock
from datahub_dataproducts.application.ports import CATALOG, INCIDENTS, Unavailable
from datahub_dataproducts.domain.durations import parse_duration
from datahub_dataproducts.domain.problems import did_you_mean
from datahub_dataproducts.domain.schedules import is_timezone

if TYPE_CHECKING:
    from datahub_dataproducts.adapters.store.archive import SqlArchive
    from datahub_dataproducts.adapters.store.opening import Layout
    from datahub_dataproducts.adapters.store.store import SqlHealthStore

_F = TypeVar("_F", bound=Callable[..., object])
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)

# Instants begin in 1970, and calendars of programs do not go on for ever.
_YEARS = range(1971, 2200)

DEFAULT_STORE = "sqlite:///health.db"
"""That of the action, unless its recipe says otherwise."""

moment_option = click.option(
    "--at", "moment", help="A past moment, like 2026-03-03T12:00; default: now."
)


def store_option(command: _F) -> _F:
    """`--store`: the store of the action."""
    return click.option(
        "--store",
        "store_url",
        default=DEFAULT_STORE,
        show_default=True,
        help="The store of the action, as in its recipe.",
    )(command)


def timezone_option(what: str, given: str = "--at") -> Callable[[_F], _F]:
    """`--timezone`: of moments that are given and of what is shown."""
    return click.option(
        "--timezone",
        "zone",
        default="UTC",
        show_default=True,
        help=f"Time zone of {given} and of {what}." if given else f"Time zone of {what}.",
    )


def instant(moment: str | None, zone: str, option: str = "--at") -> int:
    """The moment that options name, milliseconds; `option` is the one that gives it.

    Raises:
        click.UsageError: the time zone or the moment is wrong.
    """
    if not is_timezone(zone):
        raise click.BadParameter(f"{zone} is not a time zone", param_hint="--timezone")
    if moment is None:
        return WallClock().now()
    try:
        read = datetime.fromisoformat(moment)
    except ValueError:
        message = "write it like 2026-03-03T12:00"
        raise click.BadParameter(message, param_hint=option) from None
    if read.tzinfo is None:
        read = read.replace(tzinfo=ZoneInfo(zone))
    if read.year not in _YEARS:
        message = f"write a moment of the years {_YEARS[0]} to {_YEARS[-1]}"
        raise click.BadParameter(message, param_hint=option)
    return (read - _EPOCH) // timedelta(milliseconds=1)


def duration(text: str, option: str) -> int:
    """The milliseconds that an option says.

    Raises:
        click.UsageError: it is no duration.
    """
    length = parse_duration(text)
    if length is None:
        raise click.BadParameter("write a whole number with s, m, h, d or w", param_hint=option)
    return length


@contextmanager
def opened(store_url: str) -> Iterator["SqlHealthStore"]:
    """The store, open while it is asked.

    Raises:
        click.UsageError: there is no such store, or it cannot be read; the text says why.
    """
    with _needing_the_extra():
        from datahub_dataproducts.plugins.store_wiring import store_of  # noqa: PLC0415
    store = store_of(store_url)
    try:
        store.open(create=False)
        yield store
    except Unavailable as problem:
        raise click.UsageError(str(problem)) from None
    finally:
        store.close()


def check_known(named: Iterable[str], known: Iterable[str], option: str, what: str) -> None:
    """Refuses what the store does not know, with what it knows that is near, or all.

    Raises:
        click.BadParameter: for the first of `named` that is not among those `known`.
    """
    known = sorted(set(known))
    for one in named:
        if one not in known:
            remedy = did_you_mean(one, known) or f"there are {', '.join(known) or 'none'}"
            message = f'there is no {what} "{one}" in the store; {remedy}'
            raise click.BadParameter(message, param_hint=option)


def check_channels(named: Iterable[str], book: "SqlArchive", *more: str) -> None:
    """The same of channels; `more` are names that the store does not keep among them.

    A store that no action has worked on knows none, and refuses none.

    Raises:
        click.BadParameter: for the first of `named` that nobody is told by.
    """
    known = ({*book.channels()} - {INCIDENTS}) | {*more}
    if known - {CATALOG}:
        check_known(named, known, "--channel", "channel")


def migrated(store_url: str) -> "tuple[Layout, Layout]":
    """The layout that a store had, and the one of this version, which it has now.

    Raises:
        click.UsageError: there is no such store, or it cannot be brought there; the text says why.
    """
    with _needing_the_extra():
        from datahub_dataproducts.adapters.store.opening import migrate  # noqa: PLC0415
    try:
        return migrate(store_url)
    except Unavailable as problem:
        raise click.UsageError(str(problem)) from None


def copied(source_url: str, target_url: str) -> dict[str, int]:
    """How many rows of a store were copied into another database, by table.

    Raises:
        click.UsageError: it cannot be copied; the text says why.
    """
    with _needing_the_extra():
        from datahub_dataproducts.adapters.store.copying import copy_store  # noqa: PLC0415
    try:
        return copy_store(source_url, target_url)
    except Unavailable as problem:
        raise click.UsageError(str(problem)) from None


@contextmanager
def _needing_the_extra() -> Iterator[None]:
    """The store needs the [actions] extra, and the command line as a whole does not."""
    try:
        yield
    except ModuleNotFoundError as missing:
        needed = f'this needs {missing.name}: pip install "datahub-dataproducts[actions]"'
        raise click.UsageError(needed) from None
