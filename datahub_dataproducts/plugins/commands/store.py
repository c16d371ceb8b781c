"""`store`: looks after the store that the action keeps."""

import json
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click

from datahub_dataproducts.adapters.clock import WallClock
from datahub_dataproducts.adapters.console.audits import audit_as_json, audit_as_text
from datahub_dataproducts.adapters.console.undelivered import letters_as_json, letters_as_text
from datahub_dataproducts.adapters.console.words import counted
from datahub_dataproducts.application.audit import audit
from datahub_dataproducts.application.export import Record, export
from datahub_dataproducts.application.ports import CATALOG
from datahub_dataproducts.application.retention import Removed, compact
from datahub_dataproducts.domain.durations import write_duration
from datahub_dataproducts.domain.retention import SHORTEST, Keeping, marks_of
from datahub_dataproducts.plugins.commands.store_options import (
    check_channels,
    copied,
    duration,
    instant,
    migrated,
    opened,
    store_option,
)

form_option = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)


@click.group("store")
def store_command() -> None:
    """Check, export, migrate, copy and clear the store that the action keeps.

    Exit codes are told by each command: 0 is well, 2 is wrong use or a store that cannot be read.
    """


@store_command.command("migrate")
@store_option
def migrate_command(store_url: str) -> None:
    """Bring a store of an older layout to the one of this version, as the action does when it starts.

    Stop an action of an older version first. All of it happens or nothing. Exit code 0: it has the
    layout of this version, 2: wrong use, no such store, or one of a newer version.
    """
    before, after = migrated(store_url)
    moved = f", and had {before.number}" if before.number != after.number else " already"
    click.echo(f"The store has layout {after.number}{moved}")


@store_command.command("copy")
@click.option(
    "--from", "source_url", metavar="URL", required=True, help="The store, as in the recipe."
)
@click.option(
    "--to",
    "target_url",
    metavar="URL",
    required=True,
    help="Where it is to be: an empty database, like postgresql://health@db.example.com/health, "
    "or a file that is not there yet, like sqlite:///health.db.",
)
def copy_command(source_url: str, target_url: str) -> None:
    """Copy a store into another database, to move it from SQLite to PostgreSQL or back.

    Stop the action first; afterwards give it the new URL. All of it is copied and compared row by
    row, or nothing; the store that is copied stays as it is.

    Exit code 0: copied, 2: wrong use, somebody works on one of them, or the other is not empty.
    """
    for name, count in sorted(copied(source_url, target_url).items()):
        click.echo(f"{name}: {counted(count, 'row')}")
    click.echo("All rows are the same in both")


@store_command.command("vacuum")
@store_option
@click.option("--keep", help="First let go of results older than e.g. 400d that decide nothing.")
@click.option(
    "--keep-letters", help="First let go of letters delivered or refused before e.g. 90d."
)
@click.option("--keep-set-aside", help="First let go of what was set aside before e.g. 90d.")
@click.option("--dry-run", is_flag=True, help="Only tell what would go.")
@form_option
def vacuum_command(
    *,
    store_url: str,
    keep: str | None,
    keep_letters: str | None,
    keep_set_aside: str | None,
    dry_run: bool,
    form: str,
) -> None:
    """Give the space that the store does not need back to the disk, or let it be used again.

    With --keep and the like, what decides nothing any more is let go of first, as with `store.keep`
    in the recipe of the action, which may run beside it. On SQLite the file is written anew at the
    end: events wait, and it takes as much room again. On PostgreSQL nobody waits.

    Exit code 0: done, 2: wrong use, or the store cannot be read or written.
    """
    keeping = Keeping(
        results=_results(keep),
        letters=duration(keep_letters, "--keep-letters") if keep_letters else None,
        set_aside=duration(keep_set_aside, "--keep-set-aside") if keep_set_aside else None,
    )
    with opened(store_url) as store:
        before = store.space()
        with store.reading() as book:
            products = [product for product, _ in book.definitions()]
        marks = marks_of(keeping, products, WallClock().now())
        removed = sum(compact(store, marks, dry=dry_run), Removed())
        if not dry_run:
            store.give_back()
        after = store.space()
    if form == "json":
        told = {
            "dry_run": dry_run,
            "mark": marks.results,
            "results": removed.results,
            "letters": removed.letters,
            "set_aside": removed.set_aside,
            "bytes_before": before.size,
            "bytes_after": after.size,
            "bytes_free": after.free,
        }
        click.echo(json.dumps(told, indent=2))
    else:
        _tell_removed(removed, dry_run=dry_run)
        click.echo(
            f"The store has {before.size:,} bytes, of which {before.free:,} are free now"
            if dry_run
            else f"The store had {before.size:,} bytes and has {after.size:,}"
        )


def _results(keep: str | None) -> int | None:
    if keep is None:
        return None
    length = duration(keep, "--keep")
    if length < SHORTEST:
        message = f"results are kept for a quarter: write {write_duration(SHORTEST)} or more"
        raise click.BadParameter(message, param_hint="--keep")
    return length


def _tell_removed(removed: Removed, *, dry_run: bool) -> None:
    went = "Would go" if dry_run else "Gone"
    click.echo(
        f"{went}: {counted(removed.results, 'result')}, {counted(removed.letters, 'letter')}, "
        f"{removed.set_aside:,} set aside"
    )


@store_command.command("check")
@store_option
@click.option(
    "--timezone", "zone", default="UTC", show_default=True, help="Time zone of what is told."
)
@form_option
def check_store_command(store_url: str, zone: str, form: str) -> None:
    """Check that the store is whole, and is what its evidence says.

    Every verdict and history is computed again from the evidence that is kept, by the promises that
    hold now and since they do, and compared with what was kept step by step. Also told: letters
    that do not arrive, and what was set aside. May run beside the action; nobody waits for it.

    Exit code 0: nothing is wrong, 1: something is, 2: wrong use, or the store cannot be read.
    """
    instant(None, zone)
    with opened(store_url) as store:
        found = audit(store)
        # As it was given it may hold a password.
        where = store.url
    click.echo(audit_as_json(found) if form == "json" else audit_as_text(found, where, zone))
    sys.exit(int(bool(found.findings)))


@store_command.command("letters")
@store_option
@click.option("--channel", help="Only letters to this channel; the catalog's is `catalog`.")
@click.option(
    "--retry", is_flag=True, help="Send what was refused once more; say with --channel to whom."
)
@click.option(
    "--timezone", "zone", default="UTC", show_default=True, help="Time zone of what is told."
)
@form_option
def letters_command(
    *, store_url: str, channel: str | None, retry: bool, zone: str, form: str
) -> None:
    """Tell what is still to be sent or was refused, and why; send what was refused once more.

    A letter of a conversation of which a later one has arrived is not sent again: it would tell
    what is over. The action may run beside it, and sends what is due when it next looks.

    Exit code 0: no letter is refused, 1: some are, 2: wrong use, an unknown channel, or the store
    cannot be read.
    """
    now = instant(None, zone)
    if retry and channel is None:
        raise click.UsageError("--retry needs --channel: whoever refused is asked again")
    with opened(store_url) as store:
        waiting = store.undelivered()
        if channel is not None:
            with store.reading() as book:
                check_channels([channel], book, CATALOG, *(one.channel for one in waiting))
        if retry and channel is not None:
            again = store.send_again(channel, now)
            click.echo(
                f"Sent once more by the action: {counted(again, 'letter')} to {channel}", err=True
            )
            waiting = store.undelivered()
        found = [one for one in waiting if channel in (None, one.channel)]
        rests = store.rests()
    as_text = letters_as_text(found, rests, zone, now)
    click.echo(letters_as_json(found) if form == "json" else as_text)
    sys.exit(int(any(one.is_refused for one in found)))


@store_command.command("export")
@store_option
@click.option(
    "--to",
    "target",
    metavar="FOLDER",
    required=True,
    help="A folder, made if it is not there: one file a table. `-`: everything to standard output, "
    'each record as {"table": ..., "record": ...}.',
)
def export_command(store_url: str, target: str) -> None:
    """Write everything that the store knows as JSON Lines, for an auditor.

    Tables: evidence (as metadata events, which `replay --events` reads), changes of verdicts,
    intervals of health, generations of products, what was told, what was set aside, and the store
    itself. All are of one moment. May run beside the action; nobody waits for it.

    Exit code 0: written, 1: the folder cannot be written, 2: wrong use, or the store cannot be read.
    """
    with opened(store_url) as store:
        # Only here: what DataHub brings takes its time to load.
        from datahub_dataproducts.adapters.datahub.evidence_records import (  # noqa: PLC0415
            evidence_record,
        )

        with closing(export(store, evidence_record)) as tables:
            try:
                _write(tables, target)
            except BrokenPipeError:
                # Whoever reads standard output has read enough.
                raise
            except OSError as error:
                where = error.filename or "standard output"
                raise click.ClickException(f"{where}: {error.strerror}") from None


def _write(tables: Iterator[tuple[str, Iterator[Record]]], target: str) -> None:
    if target == "-":
        for name, records in tables:
            for record in records:
                click.echo(_line({"table": name, "record": record}))
        return
    folder = Path(target)
    folder.mkdir(parents=True, exist_ok=True)
    for name, records in tables:
        with (folder / f"{name}.jsonl").open("w", encoding="utf-8") as file:
            written = 0
            for record in records:
                file.write(f"{_line(record)}\n")
                written += 1
        click.echo(f"{folder / name}.jsonl: {counted(written, 'record')}")


def _line(record: Record) -> str:
    return json.dumps(record, separators=(",", ":"), ensure_ascii=False)
