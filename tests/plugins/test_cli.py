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


def test_a_command_that_does_not_exist_is_wrong_use() -> None:
    done = CliRunner().invoke(main, ["validat"])
    assert done.exit_code == 2
    assert "No such command 'validat'" in done.output


@pytest.mark.parametrize(
    "loaded", ["datahub.ingestion", "datahub_actions", "sqlalchemy", "requests", "duckdb"]
)
def test_help_and_validate_do_not_wait_for_what_only_servers_need(loaded: str) -> None:
    asked = (
        "import sys;"
        "import datahub_dataproducts.plugins.cli, datahub_dataproducts.plugins.commands.validate;"
        f"sys.exit({loaded!r} in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", asked], check=False, capture_output=True)
    assert done.returncode == 0, f"{loaded} is loaded"
