"""`acknowledge`: say that somebody takes care."""

import click

from datahub_dataproducts.adapters.clock import WallClock
from datahub_dataproducts.application.hushing import acknowledge
from datahub_dataproducts.application.ports import INCIDENTS
from datahub_dataproducts.domain.held_news import Acknowledgement
from datahub_dataproducts.plugins.commands.store_options import (
    check_channels,
    check_known,
    opened,
    store_option,
)


@click.command("acknowledge")
@click.argument("product")
@store_option
@click.option("--by", "author", required=True, help="Who takes care.")
@click.option("--note", default="", help="What they say of it.")
@click.option("--channel", "channels", multiple=True, help="Only on this channel; repeatable.")
def acknowledge_command(
    product: str, store_url: str, author: str, note: str, channels: tuple[str, ...]
) -> None:
    """Say that somebody takes care of what is open of a product.

    The message on each channel says so with the action's next look, and is not repeated until
    something changes. May be used beside the action, which needs no restart.

    Exit code 0: said, 1: nothing is open of the product, 2: wrong use, an unknown product
    or channel, or no such store.
    """
    if not author.strip():
        raise click.BadParameter("write who takes care", param_hint="--by")
    said = Acknowledgement(by=author.strip(), note=note.strip(), at=WallClock().now())
    with opened(store_url) as store:
        with store.reading() as book:
            known = [one.id for one, _ in book.definitions()]
            check_known([product], known, "PRODUCT", "product")
            check_channels(channels, book)
        # The incident in DataHub is not told of it: there people say themselves who takes care.
        told = [one for one in acknowledge(store, product, channels, said) if one != INCIDENTS]
    if not told:
        raise click.ClickException(f"nothing that people were told of {product} is open")
    click.echo(f"Acknowledged by {said.by} on {', '.join(told)}")
