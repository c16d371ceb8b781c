"""`uptime`: what it prints, and how it refuses."""

import csv
import json
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from datahub_dataproducts.domain.assertions import Outcome
from datahub_dataproducts.domain.corrections import Correction, CorrectionKind
from datahub_dataproducts.domain.durations import DAY, HOUR
from datahub_dataproducts.domain.products import Input
from datahub_dataproducts.plugins.cli import main
from tests.application.stories import Story
from tests.builders import at, checked, product, result

USERS = product("users", checked("t"))
REVENUE = product("revenue", inputs=(Input(product="users"),))
IN_AMSTERDAM = ("--timezone", "Europe/Amsterdam", "--at", "2026-04-02T00:00")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    story = Story(tmp_path, [USERS, REVENUE])
    story.hear(
        result("t", at("2026-03-01 00:00")),
        result("t", at("2026-03-28 12:00"), Outcome.FAILURE),
        result("t", at("2026-04-01 12:00")),
    )
    story.store.close()
    return tmp_path


def uptime(folder: Path, *arguments: str, code: int = 0) -> Result:
    url = f"sqlite:///{folder / 'health.db'}"
    done = CliRunner().invoke(main, ["uptime", "--store", url, *arguments])
    assert done.exit_code == code, done.output
    return done


def test_months_are_those_of_the_calendar_of_the_time_zone(folder: Path) -> None:
    done = uptime(folder, "users", "--window", "32d", "--by", "month", *IN_AMSTERDAM)
    beginnings = [line[7:25].strip() for line in done.output.splitlines()[2:]]
    assert beginnings == ["2026-02-28 23:00", "2026-03-01 00:00", "2026-04-01 00:00"]


def test_an_episode_over_the_end_of_a_month_counts_in_both_to_the_millisecond(
    folder: Path,
) -> None:
    done = uptime(
        folder, "users", "--window", "32d", "--by", "month", "--format", "json", *IN_AMSTERDAM
    )
    (users,) = json.loads(done.output)["products"]
    _, march, april = users["periods"]
    # Clocks go forward on the 29th: the month has 743 hours.
    assert march["episodes_ms"] == [3 * DAY + 11 * HOUR]
    assert march["experienced"]["good_ms"] + march["experienced"]["bad_ms"] == 743 * HOUR
    assert april["episodes_ms"] == [12 * HOUR]


def test_all_products_are_told_as_csv_over_the_last_30_days(folder: Path) -> None:
    done = uptime(folder, "--format", "csv", *IN_AMSTERDAM)
    rows = list(csv.DictReader(StringIO(done.output)))
    assert [row["product"] for row in rows] == ["revenue", "users"]
    assert {int(row["to_ms"]) - int(row["from_ms"]) for row in rows} == {30 * DAY}
    assert [row["own_bad_ms"] for row in rows] == ["0", str(4 * DAY - HOUR)]


def test_a_product_asked_for_twice_is_told_once(folder: Path) -> None:
    done = uptime(folder, "users", "urn:li:dataProduct:users", "--format", "csv", *IN_AMSTERDAM)
    assert len(done.output.splitlines()) == 2


def test_a_window_longer_than_there_is_time_begins_in_1970(folder: Path) -> None:
    done = uptime(folder, "users", "--window", "999999w", "--format", "json")
    assert json.loads(done.output)["products"][0]["periods"][0]["from"] == 0


def test_where_there_is_no_product_that_is_said(tmp_path: Path) -> None:
    Story(tmp_path, []).store.close()
    assert "there is no product at that moment" in uptime(tmp_path).output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["user"], 'there is no product "user"; did you mean "users"?'),
        (["zzz"], 'there is no product "zzz"'),
        (["--window", "a month"], "write a whole number with s, m, h, d or w"),
        (["--charges", "--format", "csv"], "--charges has no place in csv"),
        (["--by", "year"], "is not one of 'day', 'week', 'month'"),
        (["--store", "sqlite:///no.db"], "there is no store at no.db"),
    ],
)
def test_wrong_use_is_refused_with_what_to_write(
    folder: Path, arguments: list[str], words: str
) -> None:
    assert words in uptime(folder, *arguments, code=2).output


def test_a_product_that_is_no_more_is_asked_for_with_a_moment(tmp_path: Path) -> None:
    story = Story(tmp_path, [USERS, REVENUE])
    story.hear(result("t", at("2026-03-01 00:00")))
    story.define(REVENUE, when="2026-03-05 00:00")
    story.store.close()
    done = uptime(tmp_path, "users", code=2)
    assert "at that moment, but at others: give another --at" in done.output
    uptime(tmp_path, "users", "--at", "2026-03-04")


PLANNED = (
    "{product: users, from: 2026-03-28T12:00, to: 2026-04-01T12:00, kind: planned_work, "
    "reason: Migration of the warehouse, author: ana}"
)


def written(folder: Path, *items: str) -> str:
    file = folder / "data_products_corrections.yml"
    lines = ["timezone: Europe/Amsterdam", "corrections:", *(f"  - {item}" for item in items)]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(file)


def test_corrections_of_a_file_stand_beside_what_was_measured(folder: Path) -> None:
    file = written(folder, PLANNED)
    done = uptime(folder, "--corrections", file, *IN_AMSTERDAM)
    assert done.stderr == ""
    rows = [line.split() for line in done.output.splitlines()[2:4]]
    # Only the product that the correction names; what its dependent went through stays.
    assert [(row[0], row[5], row[7]) for row in rows] == [
        ("Revenue", "86.80", "86.80"),
        ("Users", "86.80", "100.00"),
    ]
    interval = "2026-03-28 12:00 to 2026-04-01 12:00"
    assert done.output.splitlines()[4:] == [
        "",
        "Corrections of the file given, in place of those published",
        f"Corrected: Users {interval}, planned work, not measured: Migration of the warehouse (ana)",
    ]


def test_published_corrections_count_unless_a_file_is_given(tmp_path: Path) -> None:
    correction = Correction(
        product="users",
        since=at("2026-03-28 12:00"),
        until=at("2026-04-01 12:00"),
        kind=CorrectionKind.FALSE_ALARM,
        reason="The test was wrong",
        author="ben",
    )
    story = Story(tmp_path, [replace(USERS, corrections=(correction,)), REVENUE])
    story.hear(
        result("t", at("2026-03-01 00:00")),
        result("t", at("2026-03-28 12:00"), Outcome.FAILURE),
        result("t", at("2026-04-01 12:00")),
    )
    story.store.close()
    published = uptime(tmp_path, "users", *IN_AMSTERDAM).output.splitlines()
    assert published[2].split()[5:8] == ["86.80", "%", "100.00"]
    interval = "2026-03-28 12:00 to 2026-04-01 12:00"
    assert published[4:] == [
        "Corrections as published",
        f"Corrected: Users {interval}, a false alarm, good: The test was wrong (ben)",
    ]
    empty = tmp_path / "none.yml"
    empty.write_text("corrections: []\n", encoding="utf-8")
    given = uptime(tmp_path, "users", "--corrections", str(empty), *IN_AMSTERDAM)
    assert given.output.splitlines()[2].split()[5:8] == ["86.80", "%", "86.80"]


def test_all_that_is_wrong_with_corrections_is_told_and_no_figures(folder: Path) -> None:
    wrong = PLANNED.replace("planned_work", "holiday").replace("T12:00, to", ", to")
    file = written(folder, wrong, PLANNED.replace("users", "userz"))
    done = uptime(folder, "--corrections", file, "--format", "json", code=1)
    assert done.stdout == ""
    assert done.stderr.count("error[") == 2
    assert f"{file}:4:5: warning[unknown-product]: no product is called userz" in done.stderr
    assert '= did you mean "users"?' in done.stderr
    assert "^^^^" in done.stderr


def test_a_warning_of_corrections_stays_out_of_what_programs_read(folder: Path) -> None:
    file = written(folder, PLANNED.replace("users", "userz"))
    done = uptime(folder, "--corrections", file, "--format", "json", *IN_AMSTERDAM)
    assert "warning[unknown-product]" in done.stderr
    assert json.loads(done.stdout)["corrections"] == []


def test_a_file_of_corrections_that_cannot_be_read_is_told(folder: Path) -> None:
    file = folder / "fix.yml"
    file.write_bytes(b"corrections: \xff")
    done = uptime(folder, "--corrections", str(file), code=1)
    assert "error[not-utf-8]: the file is not text in UTF-8" in done.stderr
    assert uptime(folder, "--corrections", str(folder / "no.yml"), code=2).stdout == ""


def test_an_empty_file_of_corrections_corrects_nothing(folder: Path) -> None:
    file = folder / "fix.yml"
    file.write_text("", encoding="utf-8")
    done = uptime(folder, "--corrections", str(file), "--format", "json", *IN_AMSTERDAM)
    told = json.loads(done.stdout)
    assert told["corrections"] == []
    for one in told["products"]:
        figures = one["periods"][0]["experienced"]
        assert figures.pop("corrected") == figures


def test_lost_time_is_charged_to_the_product_whose_promise_was_broken(folder: Path) -> None:
    done = uptime(folder, "revenue", "--charges", *IN_AMSTERDAM)
    assert done.output.splitlines()[-1] == "Revenue lost 3 days 23 h: 3 days 23 h through Users"
