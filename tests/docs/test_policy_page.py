"""The page about the policy shows the default as it is, and every code that can be chosen."""

import re
from importlib.resources import files

from datahub_dataproducts.adapters import product_files
from datahub_dataproducts.adapters.product_files.guide import guide_entry
from datahub_dataproducts.domain.products import Lifecycle
from datahub_dataproducts.domain.rules import CHECKS, DEFAULT_STAGES
from tests.docs.pages import blocks, code_in, first_cells, section

PAGE = "docs/policy.md"


def rows(title: str) -> list[list[str]]:
    lines = [line for line in section(PAGE, title).splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_default_stands_there_as_it_is() -> None:
    default = files(product_files).joinpath("default_policy.yml").read_text(encoding="utf-8")
    assert [b.text for b in blocks("yml") if b.page == PAGE] == [default]


def test_the_moves_are_those_of_the_default() -> None:
    assert first_cells(section(PAGE, "Stages")) == [stage.value for stage in Lifecycle]
    for stage, _, moves, _ in rows("Stages"):
        here = Lifecycle(stage.strip("`"))
        default = DEFAULT_STAGES[here]
        assert set(code_in(moves)) == {move.value for move in default.moves - {here}}
        assert ("deleted" in moves) == default.deletable


def test_every_code_that_can_be_chosen_stands_there_with_its_severity() -> None:
    listed = {code_in(code)[0]: severity for code, severity, _ in rows("Severities")}
    entries = {code: guide_entry(code) for code in CHECKS}
    assert listed == {code: entry.severity for code, entry in entries.items() if entry}
    assert all(
        re.fullmatch(r"\[`[a-z-]+`\]\(problems\.md#[a-z-]+\)", r[0]) for r in rows("Severities")
    )
