"""`schema`: the JSON Schema of product files."""

import json

import click

from datahub_dataproducts.adapters.product_files.schema import product_file_schema


@click.command("schema")
def schema_command() -> None:
    r"""Print the JSON Schema (draft 7) of product files, for editors.

    With it, an editor completes keys, shows what they mean and marks what is wrong. Keep it beside
    the products, and name it in the first line of each product file:

    \b
      datahub-dataproducts schema > data_products/.schema.json
      # yaml-language-server: $schema=.schema.json

    What depends on dbt or on other products only `datahub-dataproducts validate` tells.
    Exit code 0.
    """
    click.echo(json.dumps(product_file_schema(), indent=2, ensure_ascii=False))
