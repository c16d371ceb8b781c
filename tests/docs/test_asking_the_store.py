"""The commands that ask the store run as the page for operators shows them."""

import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from datahub_dataproducts.adapters.product_files.corrections import CORRECTIONS_FILE
from datahub_dataproducts.domain.assertions import Outcome
from datahub_dataproducts.domain.products import Input
from datahub_dataproducts.plugins.cli import main
from tests.application.stories import Story
from tests.builders import at, checked, product, result
from tests.docs.pages import blocks, first_cells, section, text_of

PAGE = "docs/operations.md"
TITLE = "Asking the store"
TEXT = text_of(PAGE).partition(f"## {TITLE}\n")[2].partition("\n## ")[0]
COMMANDS = [
    line
    for block in blocks("sh")
    if block.page == PAGE and block.text in TEXT
    for line in block.text.splitlines()
]
# The results of the story are older than what the gate allows.
EXPECTED = {"check": 2}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    revenue = product("revenue", checked("r"), inputs=(Input(product="users"),))
    story = Story(tmp_path, [revenue, product("users", checked("u"))])
    story.hear(
        result("r", at("2026-03-02 06:00")),
        result("u", at("2026-03-02 06:00")),
        result("u", at("2026-03-03 06:00"), Outcome.FAILURE),
    )
    story.store.close()
    (corrections,) = (block.text for block in blocks("yaml") if block.text in TEXT)
    (tmp_path / CORRECTIONS_FILE).write_text(corrections, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_shown_runs(command: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    program, *arguments = shlex.split(command)
    assert program == "datahub-dataproducts"
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == EXPECTED.get(arguments[0], 0), done.output
    assert done.output.strip()


def test_every_command_shown_is_told_of() -> None:
    shown = {command.split()[1] for command in COMMANDS}
    assert shown == set(first_cells(section(PAGE, TITLE)))
