"""Holidays: dates in a calendar file or in the product file, and what is wrong with them."""

from datetime import date

import pytest

from datahub_dataproducts.adapters.product_files.named_files import ReadOther
from datahub_dataproducts.adapters.product_files.translate import Parsed, parse_product_file
from datahub_dataproducts.domain.assertions import Deadline
from datahub_dataproducts.domain.problems import Location, Problem, ProblemSeverity
from tests.adapters.product_files.product_texts import SMALLEST
from tests.builders import at

FILE = "data_products/sales/p.yml"
CHRISTMAS = (date(2026, 12, 25), date(2026, 12, 26))
NAMED = "holidays:\n  2026-12-26: Second Day\n  2026-12-25: Christmas Day\n"


def reading(files: dict[str, str]) -> ReadOther:
    def read(path: str) -> str | Problem:
        missing = Problem(
            code="bad-contract-file",
            severity=ProblemSeverity.ERROR,
            location=Location(path),
            message="there is no such file",
            remedy="see to its path",
        )
        return files.get(path, missing)

    return read


def parsed(
    holidays: str, calendar: str = NAMED, *, now: str = "", rule: str = 'ready_by: "08:00"'
) -> Parsed:
    promise = f"{{asset: ref('a'), freshness: {{{rule}, holidays: {holidays}}}}}"
    return parse_product_file(
        f"{SMALLEST}assets: [ref('a')]\ncontract: [{promise}]\n",
        FILE,
        "Europe/Amsterdam",
        reading({"calendars/nl.yml": calendar}),
        now=at(now, "UTC") if now else None,
    )


def dates(holidays: str, calendar: str = NAMED, rule: str = 'ready_by: "08:00"') -> list[date]:
    found = parsed(holidays, calendar, rule=rule)
    assert [str(problem) for problem in found.problems] == []
    fresh = found.documents[0].contract[0].freshness
    assert fresh is not None
    assert isinstance(fresh.value, Deadline)
    return list(fresh.value.schedule.holidays)


def told(calendar: str, *, now: str = "") -> list[str]:
    found = parsed("../../calendars/nl.yml", calendar, now=now)
    assert {problem.product for problem in found.problems} <= {None}
    assert found.documents[0].wrong is any(problem.is_error for problem in found.problems)
    return [str(problem) for problem in found.problems]


@pytest.mark.parametrize(
    "written",
    [
        NAMED,
        "holidays: [2026-12-26, '2026-12-25']",
        "holidays:\n  - 2026-12-25\n  - 2026-12-26: Second Day of Christmas\n",
        "holidays:\n  2026-12-25:\n  2026-12-26: ~\n",
        "x-years: &y {2026-12-25: Christmas}\nholidays:\n  <<: *y\n  2026-12-26: Second Day\n",
    ],
)
def test_a_calendar_lists_dates_with_names_or_without(written: str) -> None:
    if written.startswith("x-"):
        assert told(written)[0].startswith("calendars/nl.yml:1:1: warning[unknown-key]")
    else:
        assert dates("../../calendars/nl.yml", written) == list(CHRISTMAS)


def test_the_dates_may_stand_in_the_product_file() -> None:
    assert dates("[2026-12-25, 2026-12-26: Second Day]") == list(CHRISTMAS)
    assert dates("{2026-12-25: Christmas, 2026-12-26: ~}") == list(CHRISTMAS)


def test_crons_have_holidays_too() -> None:
    assert dates("../../calendars/nl.yml", rule='cron: "0 8 * * MON-FRI"') == list(CHRISTMAS)


def test_a_maximum_age_has_none() -> None:
    found = parsed("../../calendars/nl.yml", rule="max_age: 24h")
    assert [problem.code for problem in found.problems] == ["misplaced-key"]


def test_hours_that_count_have_holidays_too() -> None:
    text = f"{SMALLEST}objective: {{target: 99%, window: 30d, holidays: nl.yml}}\n"
    found = parse_product_file(text, "p.yml", "UTC", reading({"nl.yml": NAMED}))
    assert found.problems == ()
    assert found.documents[0].objective is not None
    assert found.documents[0].objective.value.holidays == CHRISTMAS


@pytest.mark.parametrize(
    ("calendar", "problems"),
    [
        (
            "holidays:\n  - 2026-02-30\n  - 2026-12-25\n",
            [
                (
                    "2:5: error[bad-date]: `holidays` has 2026-02-30, which is a date that does not "
                    "exist; write `- 2026-12-25` or `- 2026-12-25: Christmas Day`, with year, month and day"
                )
            ],
        ),
        (
            "holidays: [25-12-2026, 2026-12-26]",
            [
                (
                    "1:12: error[bad-date]: `holidays` has 25-12-2026, which is no date from 1970 to "
                    "2099; write `- 2026-12-25` or `- 2026-12-25: Christmas Day`, with year, month and day"
                )
            ],
        ),
        (
            "holidays: [2026-12-25, 2026-12-25]",
            [
                (
                    "1:24: warning[repeated-date]: 2026-12-25 is written twice, first at line 1; keep "
                    "one of them"
                )
            ],
        ),
        *(
            (
                text,
                [
                    (
                        f"{place}: error[no-dates]: no holiday is listed here; write `- 2026-12-25` or "
                        "`- 2026-12-25: Christmas Day`, or take it out"
                    )
                ],
            )
            for text, place in [
                ("# none yet\n", "1:1"),
                ("~", "1:1"),
                ("holidays:\n", "1:1"),
                ("holidays: []", "1:11"),
                ("holidays: {}", "1:11"),
            ]
        ),
        (
            "- 2026-12-25\n",
            [
                (
                    "1:1: error[wrong-kind]: a calendar is a mapping, not a list; write `holidays:` and "
                    "below it the dates"
                )
            ],
        ),
        (
            "holidays: 2026-12-25",
            [
                (
                    "1:11: error[wrong-kind]: `holidays` takes a list of dates, not 2026-12-25; write "
                    "`- 2026-12-25` or `- 2026-12-25: Christmas Day`"
                )
            ],
        ),
        (
            "holidays: [[2026-12-25], 2026-12-26, 2027-12-25: [a]]",
            [
                (
                    "1:12: error[wrong-kind]: `holidays` lists dates, not lists; write `- 2026-12-25` or "
                    "`- 2026-12-25: Christmas Day`"
                ),
                (
                    "1:50: error[wrong-kind]: the name of a holiday is text, not a list; write "
                    "`- 2026-12-25` or `- 2026-12-25: Christmas Day`"
                ),
            ],
        ),
        (
            "holidays: {2026-12-25: a, 2026-12-25: b}",
            [
                (
                    "1:27: error[duplicate-key]: `2026-12-25` is written twice, first at line 1; keep "
                    "one of them"
                )
            ],
        ),
    ],
)
def test_what_is_wrong_with_a_calendar_is_told_at_its_place(
    calendar: str, problems: list[str]
) -> None:
    assert told(calendar) == [f"calendars/nl.yml:{problem}" for problem in problems]


def test_a_calendar_that_is_no_yaml_is_told_once() -> None:
    (problem,) = parsed("../../calendars/nl.yml", "holidays: [2026-12-25").problems
    assert problem.code == "not-yaml"


def test_a_calendar_with_too_many_faults_is_read_no_further() -> None:
    found = parsed("../../calendars/nl.yml", f"holidays: [2026-12-25, {'x, ' * 600}]")
    assert found.problems[-1].code == "too-many-problems"


def test_what_is_wrong_with_dates_in_the_product_file_is_told_there() -> None:
    (problem,) = parsed("[2026-12-32]").problems
    assert (problem.code, problem.product) == ("bad-date", "revenue")
    assert str(problem).startswith("data_products/sales/p.yml:")


def test_two_that_name_one_calendar_tell_the_same_problem() -> None:
    text = f"{SMALLEST}assets: [ref('a')]\ncontract:\n" + "".join(
        f"  - {{asset: ref('{name}'), freshness: {{ready_by: '08:00', holidays: nl.yml}}}}\n"
        for name in "aa"
    )
    found = parse_product_file(text, "p.yml", "UTC", reading({"nl.yml": "holidays: [2026-13-01]"}))
    assert len(found.problems) == 2
    assert len(set(found.problems)) == 1


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        (
            "../nl.yml",
            (
                "error[bad-calendar-file]: the calendar data_products/nl.yml: there is no such file; "
                "see to its path"
            ),
        ),
        (
            "../../../nl.yml",
            (
                "error[outside-project]: `freshness.holidays` is ../../../nl.yml, which is no file below "
                "the dbt project; write its path from this file on, with `/`, as in "
                "`holidays: calendars/nl.yml`"
            ),
        ),
    ],
)
def test_a_calendar_that_cannot_be_had_is_told_where_it_is_named(path: str, problem: str) -> None:
    (found,) = parsed(path).problems
    assert str(found).partition(": ")[2] == problem
    assert found.product == "revenue"


def test_a_date_in_the_place_of_a_path_is_told() -> None:
    codes = {problem.code for problem in parsed("2026-12-25").problems}
    assert codes == {"unquoted-text", "bad-calendar-file"}


def test_without_the_project_a_calendar_cannot_be_read() -> None:
    text = f"{SMALLEST}objective: {{target: 99%, window: 30d, holidays: nl.yml}}\n"
    (problem,) = parse_product_file(text, "p.yml", "UTC").problems
    assert str(problem) == (
        "p.yml:3:49: error[bad-calendar-file]: the calendar nl.yml cannot be read here: only this "
        "text is; check the file within its dbt project"
    )


def test_a_calendar_whose_last_date_is_past_is_a_warning() -> None:
    assert told(NAMED, now="2026-12-27 00:00") == [
        (
            "calendars/nl.yml:2:3: warning[no-date-to-come]: the last holiday is 2026-12-26, which is "
            "past, and none is to come; add those of this year and the next, and keep the old ones: the "
            "past is judged by them"
        )
    ]


def test_a_date_is_past_when_its_day_is_over_where_it_counts() -> None:
    # In Amsterdam it is an hour later.
    assert told(NAMED, now="2026-12-26 22:59") == []
    assert len(told(NAMED, now="2026-12-26 23:00")) == 1
    (inline,) = parsed("[2026-12-25]", now="2027-06-01 00:00").problems
    assert (inline.code, inline.location.line if inline.location else 0) == ("no-date-to-come", 4)
    assert inline.product == "revenue"
