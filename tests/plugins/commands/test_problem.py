"""`problem CODE` explains a code; without one, all are listed."""

import pytest
from click.testing import CliRunner, Result

from datahub_dataproducts.adapters.product_files.guide import THEMES, GuideEntry, read_guide
from datahub_dataproducts.plugins.cli import main


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["problem", *arguments])


def test_a_code_is_explained_with_its_example_and_the_remedy() -> None:
    result = run("own-input")
    assert result.exit_code == 0
    assert (
        result.output
        == """\
own-input (error): A product that is its own input

A product cannot depend on its own health. What its assets read of one another
is no input.

Wrong:

    id: revenue
    domain: finance
    inputs: [revenue]

Right:

    id: revenue
    domain: finance
"""
    )


def test_files_and_commands_of_an_example_are_told() -> None:
    assert "    $ ln -s .. data_products/all\n" in run("link-loop").output
    assert "data_products/finance/revenue.yml:\n\n    id: revenue\n" in run("duplicate-id").output


def test_all_codes_are_listed_by_theme() -> None:
    lines = run().output.splitlines()
    assert [line for line in lines if line and not line.startswith(" ")] == [
        title for theme, title in THEMES.items() if theme in {e.theme for e in read_guide()}
    ]
    listed = [line.split()[0] for line in lines if line.startswith(" ")]
    assert sorted(listed) == [entry.code for entry in read_guide()]
    assert max(map(len, lines)) <= 100


@pytest.mark.parametrize("entry", read_guide(), ids=lambda entry: entry.code)
def test_every_explanation_fits_a_screen(entry: GuideEntry) -> None:
    result = run(entry.code)
    assert result.exit_code == 0
    assert result.output.startswith(f"{entry.code} (")


def test_a_code_that_there_is_not_is_wrong_use() -> None:
    result = run("unknow-key")
    assert result.exit_code == 2
    assert 'there is no problem unknow-key: did you mean "unknown-key"?' in result.output
    assert "leave it out for a list of all" in run("x").output
