"""Problems for people: the line, the marker under what is wrong, the remedy."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.adapters.console.problems import problems_as_text
from datahub_dataproducts.domain.problems import Location, Problem, ProblemSeverity


def problem(
    line: int = 1,
    column: int = 1,
    *,
    remedy: str = "mend it",
    severity: ProblemSeverity = ProblemSeverity.ERROR,
) -> Problem:
    return Problem(
        code="wrong-kind",
        severity=severity,
        location=Location("a.yml", line, column),
        message="this is wrong",
        remedy=remedy,
    )


def shown(text: str, line: int = 1, column: int = 1, remedy: str = "mend it") -> list[str]:
    return problems_as_text([problem(line, column, remedy=remedy)], lambda _: text).split("\n")


def test_a_problem_shows_its_line_marks_the_word_and_says_what_to_do() -> None:
    assert shown("id: a\ndomain: [x]\n", 2, 9) == [
        "a.yml:2:9: error[wrong-kind]: this is wrong",
        "    2 | domain: [x]",
        "      |         ^^^",
        "      = mend it",
    ]


@pytest.mark.parametrize(
    ("line", "column", "marked"),
    [
        ("assets: [ref('a b'), x]", 10, "ref('a b')"),
        ("assets: ['a, b', x]", 10, "'a, b'"),
        ('ready_by: "08:00"', 11, '"08:00"'),
        ("expect_evry: 1d", 1, "expect_evry"),
        ("- urn:li:assertion:1  # ours", 3, "urn:li:assertion:1"),
        ("owner: ana", 8, "ana"),
        ("freshness: {max_age: 1d}  # daily", 12, "{max_age: 1d}"),
        ("freshness: {max_age: 1d,", 12, "{max_age"),
        ("owner:", 7, " "),
    ],
)
def test_the_marker_is_as_long_as_what_is_wrong(line: str, column: int, marked: str) -> None:
    marker = shown(line, 1, column)[2]
    assert marker == f"      | {' ' * (column - 1)}{'^' * len(marked)}"


def test_a_remedy_that_is_not_given_leaves_no_line() -> None:
    assert len(shown("a: b", remedy="")) == 3


def test_what_has_no_line_to_show_is_told_without() -> None:
    nowhere = Problem(
        code="no-product-files",
        severity=ProblemSeverity.WARNING,
        location=None,
        message="nothing is there",
    )
    missing = problem(0, 0, remedy="")
    told = problems_as_text([nowhere, missing], lambda _: None)
    assert (
        told
        == "warning[no-product-files]: nothing is there\n\na.yml: error[wrong-kind]: this is wrong"
    )


def test_a_place_after_the_end_of_the_file_is_told_without_a_line() -> None:
    assert shown("one line", 7, 3) == [
        "a.yml:7:3: error[wrong-kind]: this is wrong",
        "    = mend it",
    ]


def test_a_file_is_read_once_however_much_is_wrong_with_it() -> None:
    read: list[str] = []

    def source_of(file: str) -> str:
        read.append(file)
        return "a: b\nc: d"

    problems_as_text([problem(1), problem(2), problem(2)], source_of)
    assert read == ["a.yml"]


def test_the_marker_stands_below_wide_characters_and_tabs() -> None:
    lines = shown("\t名: [x]", 1, 5)
    assert lines[1:3] == ["    1 | \t名: [x]", "      | \t    ^^^"]


def test_what_a_terminal_would_obey_is_not_printed() -> None:
    lines = shown("a: \x1b[31mred\x07")
    assert lines[1] == "    1 | a: \ufffd[31mred\ufffd"


def test_colours_are_for_terminals_only() -> None:
    told = problems_as_text([problem()], lambda _: "a: b", colour=True)
    assert "\x1b[1;31merror[wrong-kind]\x1b[0m" in told
    assert "\x1b" not in problems_as_text([problem()], lambda _: "a: b")


@given(
    before=st.text(st.characters(exclude_characters="\r\n\x85\u2028\u2029"), max_size=300),
    after=st.text(st.characters(exclude_characters="\r\n\x85\u2028\u2029"), max_size=300),
)
def test_whatever_the_line_the_marker_begins_where_the_problem_is(before: str, after: str) -> None:
    line = f"{before}WRONG,{after}"
    told = shown(line, 1, len(before) + 1)
    assert told[0].endswith("this is wrong")
    assert "WRONG" in told[1]
    place = told[1].index("WRONG")
    tabless = told[1][:place]
    wide = sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in tabless
    )
    assert told[2].index("^") == len(told[2]) - 5
    if "\t" not in tabless:
        assert told[2].index("^") == wide
    assert len(told[1]) < 140
