"""`digest`: what a channel is told of a day, shown or sent."""

import sys
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from datahub_dataproducts.adapters.clock import WallClock
from datahub_dataproducts.adapters.console.message import message_on_terminal
from datahub_dataproducts.adapters.console.message_markdown import message_as_markdown
from datahub_dataproducts.application.digest import digest_then, send_digest
from datahub_dataproducts.domain.durations import DAY
from datahub_dataproducts.domain.letters import Digest
from datahub_dataproducts.domain.messages import linked
from datahub_dataproducts.domain.receipts import Dispatch
from datahub_dataproducts.domain.schedules import local_time
from datahub_dataproducts.plugins.commands.action_recipe import (
    config_of,
    recipe_option,
    recipe_store_option,
)
from datahub_dataproducts.plugins.commands.store_options import opened
from datahub_dataproducts.plugins.digest_config import DigestConfig

if TYPE_CHECKING:
    from datahub_dataproducts.domain.digests import DigestTime
    from datahub_dataproducts.plugins.action_config import HealthActionConfig
    from datahub_dataproducts.plugins.channels.base import ChannelConfig

_PAGE = 100
_LONGEST = 366 * DAY


@click.command("digest")
@recipe_option
@recipe_store_option
@click.option("--channel", "name", required=True, help="Name of a channel of the recipe.")
@click.option("--day", "day_text", help="The day, like 2026-03-03; the latest that was due.")
@click.option(
    "--send", "is_sent", is_flag=True, help="Have the action send it, if it was not sent."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    show_default=True,
    help="json: as a generic webhook gets it.",
)
def digest_command(
    *,
    recipe_path: Path,
    store_url: str | None,
    name: str,
    day_text: str | None,
    is_sent: bool,
    form: str,
) -> None:
    """Show what a channel is told of a day, by what is known now, or have it sent.

    With --send it is put where the letters of the action wait. A day that was sent already, by the action or
    by this command, is not sent again.

    Exit code 0: shown, or to be sent; 1: there is nothing to tell, or it was sent already; 2: wrong
    use, a wrong recipe, a day without a digest, or no such store.
    """
    config = config_of(recipe_path)
    channel = config.channels.get(name)
    if channel is None:
        known = ", ".join(config.channels) or "none"
        message = f"there is no channel {name}; channels are: {known}"
        raise click.BadParameter(message, param_hint="--channel")
    now = WallClock().now()
    time = _time(channel, day_text, now)
    with opened(store_url or config.store.url) as store:
        digest = digest_then(store, name, config.policy().signposts, time)
        if digest is None:
            click.echo(f"There is nothing to tell {name} of {time.day}")
            sys.exit(1)
        if not is_sent:
            _show(config, channel, digest, form)
        elif send_digest(store, name, digest, now):
            click.echo(f"The digest of {time.day} waits for the action, which sends it to {name}")
        else:
            click.echo(f"The digest of {time.day} was sent to {name} already, or waits to be sent")
            sys.exit(1)


def _time(channel: "ChannelConfig", day_text: str | None, now: int) -> "DigestTime":
    rule = channel.digest_rule(channel.digest or DigestConfig())
    zone = rule.schedule.timezone
    if day_text is None:
        due = rule.due(now - _LONGEST, now)
        day = local_time(now if due is None else due, zone).date()
    else:
        try:
            day = date.fromisoformat(day_text)
        except ValueError:
            message = "write it like 2026-03-03"
            raise click.BadParameter(message, param_hint="--day") from None
    time = rule.of_day(day)
    if time is None or time.at > now:
        why = "is no day of its digests" if time is None else "is still to come"
        raise click.BadParameter(f"{day} {why}", param_hint="--day")
    return time


def _show(
    config: "HealthActionConfig", channel: "ChannelConfig", digest: Digest, form: str
) -> None:
    from datahub_dataproducts.adapters.datahub.links import page_of  # noqa: PLC0415
    from datahub_dataproducts.adapters.webhook.event import event_of  # noqa: PLC0415

    base = config.datahub_url
    message = linked(digest.shown, partial(page_of, base) if base else lambda _: None)
    is_technical = channel.is_technical
    if form == "markdown":
        click.echo(message_as_markdown(message, is_technical=is_technical))
    elif form == "json":
        dispatch = Dispatch(letter=digest, message=message)
        mark = digest.id.replace(" ", "-")
        said = event_of(dispatch, mark=mark, source="/data-products", is_technical=is_technical)
        click.echo(said.decode())
    else:
        console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else _PAGE)
        console.print(message_on_terminal(message, is_technical=is_technical))
