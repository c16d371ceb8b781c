"""Entries of the guide are read strictly: a slip in one is a fault of this package."""

import pytest

from datahub_dataproducts.adapters.product_files.guide import (
    EXAMPLE_FILE,
    Example,
    GuideEntry,
    WrongGuide,
    guide_codes,
    parse_entry,
    read_guide,
)

ENTRY = """\
code: own-input
severity: error
title: A title
meaning: >-
  Two
  lines
bad: |
  id: a
good:
  data_products/b.yml: "id: b"
  shell: rm c
"""


def test_an_entry_is_read() -> None:
    assert parse_entry("own-input", ENTRY) == GuideEntry(
        code="own-input",
        severity="error",
        title="A title",
        meaning="Two lines",
        bad=Example(files=((EXAMPLE_FILE, "id: a\n"),)),
        good=Example(files=(("data_products/b.yml", "id: b"),), commands="rm c"),
        theme="checks",
        untried="",
    )


def test_all_entries_are_those_of_their_files() -> None:
    assert [entry.code for entry in read_guide()] == list(guide_codes())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (ENTRY.replace("own-input", "other"), "wrong code"),
        (ENTRY.replace("severity: error", "severity: fatal"), "severity"),
        (f"{ENTRY}theme: none\n", "theme"),
        (ENTRY.replace("title:", "titel:"), "missing ['title'], unknown ['titel']"),
        (ENTRY.replace("A title", "' '"), "title is text"),
        (ENTRY.replace("A title", "[1]"), "title is text"),
        (ENTRY.replace("rm c", "[rm, c]"), "an example is"),
        (ENTRY.replace("|\n  id: a", "[a]"), "an example is"),
        ("[own-input]", "an entry is a mapping"),
        ("{", "own-input: "),
    ],
)
def test_a_slip_in_an_entry_is_told(text: str, words: str) -> None:
    with pytest.raises(WrongGuide) as told:
        parse_entry("own-input", text)
    assert words in str(told.value)
