"""The command line as a whole: which commands there are, and what is loaded for them."""

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from datahub_dataproducts.plugins.cli import main

COMMANDS = main.list_commands(click.Context(main))


def test_help_lists_every_command_with_what_it_is_for() -> None:
    shown = " ".join(CliRunner().invoke(main, ["--help"]).output.split())
    for name in COMMANDS:
        assert f" {name} " in shown


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_teaches_its_exit_codes(name: str) -> None:
    done = CliRunner().invoke(main, [name, "--help"])
    assert done.exit_code == 0, done.output
    assert "xit code" in done.output
    assert done.output.startswith(f"Usage: main {name}")
    assert "\\b" not in done.output, "a mark of click's that is printed"


def test_a_command_that_does_not_exist_is_wrong_use() -> None:
    done = CliRunner().invoke(main, ["validat"])
    assert done.exit_code == 2
    assert "No such command 'validat'" in done.output


def test_help_and_validate_do_not_wait_for_what_only_servers_need() -> None:
    slow = {"datahub.ingestion", "datahub_actions", "sqlalchemy", "requests", "duckdb"}
    asked = (
        "import sys;"
        "import datahub_dataproducts.plugins.cli, datahub_dataproducts.plugins.commands.validate;"
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True)
    assert "datahub_dataproducts.plugins.repository" in done.stdout.split()
    assert not slow & {*done.stdout.split()}
