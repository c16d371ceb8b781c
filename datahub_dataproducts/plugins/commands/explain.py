"""`explain`: why a product is what it is, promise by promise."""

import click

from datahub_dataproducts.adapters.console.explanation_json import explanation_as_json
from datahub_dataproducts.adapters.console.explanation_mermaid import explanation_as_mermaid
from datahub_dataproducts.adapters.console.explanations import explanation_as_text
from datahub_dataproducts.application.explain import NotThere, explain
from datahub_dataproducts.domain.problems import did_you_mean
from datahub_dataproducts.domain.reviews import plain_id
from datahub_dataproducts.plugins.commands.store_options import (
    instant,
    moment_option,
    opened,
    store_option,
    timezone_option,
)

_FORMS = {
    "text": explanation_as_text,
    "json": explanation_as_json,
    "mermaid": explanation_as_mermaid,
}


@click.command("explain")
@click.argument("product")
@store_option
@moment_option
@timezone_option("what is told")
@click.option(
    "--format",
    "form",
    type=click.Choice(list(_FORMS)),
    default="text",
    show_default=True,
    help="text for people, json for programs, mermaid for a flowchart on a page.",
)
def explain_command(product: str, store_url: str, moment: str | None, zone: str, form: str) -> None:
    """Explain why PRODUCT is healthy or not, now or at a past moment.

    Tells the health and since when; each cause, from the product through its inputs to the promise
    and the result it rests on; what has to happen for it to be healthy; and of the product and of
    all it uses, every promise with its rule, its verdict and since when it holds.

    PRODUCT is an id or a URN. Reads the store that the action `data_product_health` keeps, and
    changes nothing.

    Exit code 0: explained; 2: wrong use, no such store, or no such product at that moment.
    """
    at = instant(moment, zone)
    with opened(store_url) as store:
        found = explain(store, plain_id(product), at, zone)
    if isinstance(found, NotThere):
        raise click.UsageError(_not_there(found))
    click.echo(_FORMS[form](found))


def _not_there(found: NotThere) -> str:
    if found.is_gone:
        return f'there is no product "{found.product}" at that moment, but at others: give another --at'
    remedy = did_you_mean(found.product, found.known)
    if not remedy:
        remedy = "`datahub-dataproducts status` shows those there are"
    return f'there is no product "{found.product}"; {remedy}'
