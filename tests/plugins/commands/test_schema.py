"""`schema` prints what editors read."""

import json

from click.testing import CliRunner
from jsonschema import Draft7Validator

from datahub_dataproducts.adapters.product_files.schema import (
    corrections_file_schema,
    policy_file_schema,
    product_file_schema,
)
from datahub_dataproducts.plugins.cli import main


def test_the_schema_is_printed_as_json() -> None:
    result = CliRunner().invoke(main, ["schema"])
    assert result.exit_code == 0
    printed = json.loads(result.output)
    Draft7Validator.check_schema(printed)
    assert printed == product_file_schema()


def test_the_schema_of_the_policy_is_printed_when_asked_for() -> None:
    result = CliRunner().invoke(main, ["schema", "--of", "policy"])
    assert result.exit_code == 0
    assert json.loads(result.output) == policy_file_schema()


def test_the_schema_of_corrections_is_printed_when_asked_for() -> None:
    result = CliRunner().invoke(main, ["schema", "--of", "corrections"])
    assert result.exit_code == 0
    printed = json.loads(result.output)
    Draft7Validator.check_schema(printed)
    assert printed == corrections_file_schema()
