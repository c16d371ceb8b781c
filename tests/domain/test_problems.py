import pytest

from datahub_dataproducts.domain.problems import (
    Location,
    Problem,
    ProblemSeverity,
    did_you_mean,
    on_one_line,
    sorted_problems,
)

ERROR = Problem(
    code="unknown-input",
    severity=ProblemSeverity.ERROR,
    location=Location("data_products/revenue.yml", 12, 5),
    message='there is no product "user"',
    remedy='did you mean "users"?',
)


def test_a_problem_reads_as_editors_and_compilers_write_them() -> None:
    assert str(ERROR) == (
        'data_products/revenue.yml:12:5: error[unknown-input]: there is no product "user"; '
        'did you mean "users"?'
    )


def test_a_problem_without_place_and_remedy_reads_well() -> None:
    warning = Problem(
        code="old", severity=ProblemSeverity.WARNING, location=None, message="it is old"
    )
    assert str(warning) == "warning[old]: it is old"
    assert not warning.is_error
    assert ERROR.is_error


def test_a_file_that_is_not_there_is_named_without_a_line() -> None:
    missing = Problem(
        code="gone",
        severity=ProblemSeverity.ERROR,
        location=Location("target/run_results.json", 0, 0),
        message="there is none",
    )
    assert str(missing) == "target/run_results.json: error[gone]: there is none"


def test_problems_are_told_in_the_order_of_files_and_lines_those_without_a_place_first() -> None:
    def problem(location: Location | None, code: str = "x") -> Problem:
        return Problem(
            code=code, severity=ProblemSeverity.ERROR, location=location, message="it is wrong"
        )

    ordered = (
        problem(None),
        problem(Location("a.yml", 2, 1)),
        problem(Location("a.yml", 10, 1)),
        problem(Location("a.yml", 10, 1), "y"),
        problem(Location("b.yml", 1, 1)),
    )
    assert sorted_problems(reversed(ordered)) == ordered


def test_the_nearest_known_word_is_offered_and_nothing_where_none_is_near() -> None:
    assert did_you_mean("user", ["attribution", "users"]) == 'did you mean "users"?'
    assert did_you_mean("revenue", ["users"]) == ""
    assert did_you_mean("revenue", []) == ""


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("as it is: \u00e4", "as it is: \u00e4"),
        ("a name\n  with a line end\t", "a name with a line end"),
        ("\x1b[31mred", "\ufffd[31mred"),
    ],
)
def test_a_message_is_one_line_whatever_a_file_says(text: str, line: str) -> None:
    assert on_one_line(text) == line
