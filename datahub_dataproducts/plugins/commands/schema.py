"""`schema`: the JSON Schemas for editors."""

import json

import click

from datahub_dataproducts.adapters.product_files.schema import (
    corrections_file_schema,
    policy_file_schema,
    product_file_schema,
)

_SCHEMAS = {
    "product": product_file_schema,
    "policy": policy_file_schema,
    "corrections": corrections_file_schema,
}


@click.command("schema")
@click.option(
    "--of",
    "what",
    type=click.Choice(list(_SCHEMAS)),
    default="product",
    show_default=True,
    help="Of product files, of the policy file data_products_policy.yml, or of the file of "
    "corrections data_products_corrections.yml.",
)
def schema_command(what: str) -> None:
    """Print the JSON Schema (draft 7) of product files, for editors.

    With it, an editor completes keys, shows what they mean and marks what is wrong. Keep it beside
    the products, and name it in the first line of each product file:

    \b
      datahub-dataproducts schema > data_products/product-file.schema.json
      # yaml-language-server: $schema=product-file.schema.json

    What depends on dbt or on other products only `datahub-dataproducts validate` tells.
    Exit code 0.
    """  # noqa: D301 - click wants the character itself, to keep the lines
    click.echo(json.dumps(_SCHEMAS[what](), indent=2, ensure_ascii=False))
