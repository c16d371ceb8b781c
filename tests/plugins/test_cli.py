"""The command line as a whole: which commands there are, and what is loaded for them."""

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from datahub_dataproducts.plugins.cli import main
from datahub_dataproducts.plugins.commands.options import takes_colour
from tests.fakes import store_in

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


def test_commands_that_ask_the_store_do_not_wait_for_what_only_servers_need(
    tmp_path: Path,
) -> None:
    store_in(tmp_path).close()
    slow = {"datahub", "datahub_actions", "alembic", "requests", "duckdb"}
    asked = (
        "import sys;"
        "from datahub_dataproducts.plugins.cli import main;"
        "main(sys.argv[1:], standalone_mode=False);"
        "print(*sys.modules)"
    )
    store = f"sqlite:///{tmp_path / 'health.db'}"
    command = [sys.executable, "-c", asked, "uptime", "--store", store]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert "sqlalchemy" in done.stdout.split()
    assert not slow & {*done.stdout.split()}


def validate_with(
    environment: dict[str, str], folder: Path
) -> "subprocess.CompletedProcess[bytes]":
    start = "from datahub_dataproducts.plugins.cli import main; main()"
    command = [sys.executable, "-c", start, "validate"]
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONIOENCODING"}
    return subprocess.run(
        command, cwd=folder, env={**kept, **environment}, check=False, capture_output=True
    )


@pytest.mark.parametrize(
    ("environment", "shown"),
    [
        ({"PYTHONIOENCODING": "cp1252"}, b"`id` is ? caf\xe9,"),
        (
            {"PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"},
            "`id` is 😀 café,".encode(),
        ),
    ],
)
def test_a_letter_that_the_encoding_of_the_machine_lacks_ends_no_command(
    environment: dict[str, str], shown: bytes, tmp_path: Path
) -> None:
    products = tmp_path / "data_products"
    products.mkdir()
    (products / "a.yml").write_text("id: 😀 café\ndomain: x\n", encoding="utf-8")
    done = validate_with(environment, tmp_path)
    assert done.returncode == 1
    assert shown in done.stdout
    assert b"Traceback" not in done.stderr


class Screen(StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_is_coloured_unless_people_want_no_colour(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert takes_colour(Screen())
    assert not takes_colour(StringIO())
    monkeypatch.setenv("TERM", "dumb")
    assert not takes_colour(Screen())
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    assert not takes_colour(Screen())
