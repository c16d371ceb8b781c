"""`status`: what it prints, and how it refuses."""

import json
import sqlite3
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from datahub_dataproducts.domain.assertions import Impact, Outcome
from datahub_dataproducts.domain.corrections import CorrectionKind
from datahub_dataproducts.domain.durations import DAY, HOUR
from datahub_dataproducts.domain.products import Input, Objective
from datahub_dataproducts.plugins.cli import main
from tests.application.stories import Story
from tests.builders import at, checked, correction, product, result

USERS = product("users", checked("t"), checked("never", impact=Impact.WARNING))
REVENUE = product("revenue", checked("r"), inputs=(Input(product="users"),))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    story = Story(tmp_path, [USERS, REVENUE])
    story.hear(
        result("t", at("2026-03-02 06:00")),
        result("r", at("2026-03-02 06:00")),
        result("t", at("2026-03-03 06:00"), Outcome.FAILURE),
        result("t", at("2026-03-04 06:00")),
    )
    story.store.close()
    return tmp_path


def status(store: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["status", "--store", f"sqlite:///{store}", *options])


def shown(folder: Path, *options: str) -> list[str]:
    done = status(folder / "health.db", *options)
    assert done.exit_code == 0, done.output
    return [line.rstrip() for line in done.output.splitlines()]


def refusal(store: Path, *options: str) -> str:
    done = status(store, *options)
    assert done.exit_code == 2
    return done.output.splitlines()[-1]


def test_the_table_is_in_the_time_zone_asked_for_and_says_so(folder: Path) -> None:
    there = shown(folder, "--at", "2026-03-03T12:00", "--timezone", "Europe/Amsterdam")
    assert there[0] == (
        "Health of data products on Tue 2026-03-03 12:00 (Europe/Amsterdam), uptime over all of the "
        "history"
    )
    assert there[2].split("  ")[:3] == ["Revenue", "unhealthy", "Tue 2026-03-03 06:00"]
    here = shown(folder, "--at", "2026-03-03T11:00")
    assert here[0] == (
        "Health of data products on Tue 2026-03-03 11:00 (UTC), uptime over all of the history"
    )
    assert here[2].split("  ")[:3] == ["Revenue", "unhealthy", "Tue 2026-03-03 05:00"]
    assert there[4:] == here[4:], "sentences are in the time zone of their product"


def test_what_is_not_known_is_said_below_the_table_of_a_healthy_product_too(folder: Path) -> None:
    lines = shown(folder, "--at", "2026-03-05T12:00")
    assert [line for line in lines if line.startswith("- ")] == [
        "- Users is healthy. Note that fct has not been checked yet."
    ]


def test_as_json_figures_are_told_with_inputs_and_of_its_own_promises_alone(folder: Path) -> None:
    done = status(
        folder / "health.db", "--format", "json", "--at", "2026-03-04T05:00", "--window", "36h"
    )
    revenue: dict[str, Any] = json.loads(done.output)[0]
    assert revenue["product"] == "revenue"
    experienced = {"good_ms": 12 * HOUR, "bad_ms": DAY, "unknown_ms": 0}
    assert revenue["experienced"] == {**experienced, "corrected": experienced}
    own = {"good_ms": 36 * HOUR, "bad_ms": 0, "unknown_ms": 0}
    assert revenue["own"] == {**own, "corrected": own}
    assert revenue["corrections"] == []


def aim(target: str, window: int) -> Objective:
    return Objective(target=Fraction(target), window=window)


@pytest.mark.parametrize(
    ("objective", "moment", "words"),
    [
        # The day from the 3rd to the 4th was bad.
        (None, "2026-03-05T06:00", "-"),
        (aim("1/2", 3 * DAY), "2026-03-05T06:00", "meeting, 12 h left"),
        (aim("7/12", 3 * DAY), "2026-03-05T06:00", "at risk, 6 h left"),
        (aim("2/3", 3 * DAY), "2026-03-05T06:00", "exhausted, nothing left"),
        (aim("5/6", 3 * DAY), "2026-03-05T06:00", "exhausted, overspent by 12 h"),
        (aim("1/2", DAY), "2026-03-01T06:00", "no data"),
    ],
)
def test_an_objective_is_told_with_what_is_left_of_its_budget(
    tmp_path: Path, objective: Objective | None, moment: str, words: str
) -> None:
    story = Story(tmp_path, [replace(USERS, objective=objective)])
    story.hear(
        result("t", at("2026-03-02 06:00")),
        result("t", at("2026-03-03 06:00"), Outcome.FAILURE),
        result("t", at("2026-03-04 06:00")),
    )
    story.store.close()
    lines = shown(tmp_path, "--at", moment, "--timezone", "Europe/Amsterdam")
    assert lines[1].split()[-1] == "objective"
    assert lines[2].endswith(f"  {words}")


def test_what_people_know_better_stands_beside_what_was_measured(tmp_path: Path) -> None:
    known = correction(CorrectionKind.FALSE_ALARM, "2026-03-02 12:00", "2026-03-02 15:00")
    story = Story(
        tmp_path, [replace(USERS, objective=aim("1/2", DAY), corrections=(known,)), REVENUE]
    )
    story.hear(
        result("t", at("2026-03-02 06:00")), result("t", at("2026-03-02 08:00"), Outcome.FAILURE)
    )
    story.store.close()
    moment = ("--at", "2026-03-02T16:00", "--timezone", "Europe/Amsterdam")
    lines = shown(tmp_path, *moment)
    assert lines[1].split()[4:7] == ["uptime", "corrected", "coverage"]
    users = next(line for line in lines if line.startswith("Users"))
    assert "20.00 %  50.00 %    100.00 %  exhausted, nothing left; as measured: " in users
    assert lines[-1] == (
        "Corrected: Users 2026-03-02 12:00 to 2026-03-02 15:00, a false alarm, good: as known (ana)"
    )
    revenue, told = json.loads(status(tmp_path / "health.db", "--format", "json", *moment).output)
    assert told["health"] == "UNHEALTHY", "health is as measured"
    assert told["experienced"]["bad_ms"] == 8 * HOUR
    assert told["experienced"]["corrected"]["bad_ms"] == 5 * HOUR
    assert told["objective"]["corrected"]["remaining_ms"] == 0
    assert [one["kind"] for one in told["corrections"]] == ["false_alarm"]
    assert revenue["experienced"]["corrected"]["bad_ms"] == revenue["experienced"]["bad_ms"]


def test_as_json_an_objective_is_told_in_milliseconds(tmp_path: Path) -> None:
    story = Story(tmp_path, [replace(USERS, objective=aim("9/10", DAY)), REVENUE])
    story.hear(result("t", at("2026-03-02 06:00")))
    story.store.close()
    done = status(tmp_path / "health.db", "--format", "json", "--at", "2026-03-02T15:00")
    revenue, users = json.loads(done.output)
    assert revenue["objective"] is None
    meeting = {"status": "meeting", "target": 0.9, "budget_ms": HOUR, "remaining_ms": HOUR}
    assert users["objective"] == {**meeting, "corrected": meeting}


def test_a_catalog_given_as_the_store_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    catalog = tmp_path / "cat.db"
    connection = sqlite3.connect(catalog)
    connection.execute("CREATE TABLE metadata_aspect_v2 (urn TEXT)")
    connection.commit()
    connection.close()
    before = catalog.read_bytes()
    assert refusal(catalog) == (
        f"Error: {catalog} is not a store of health: give the store.url of the action"
    )
    assert catalog.read_bytes() == before


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--timezone", "Mars/Base"], "Mars/Base is not a time zone"),
        (["--at", "noon"], "write it like 2026-03-03T12:00"),
        (["--window", "a month"], "write a whole number with s, m, h, d or w"),
    ],
)
def test_wrong_use_is_refused_with_what_to_write(
    folder: Path, options: list[str], words: str
) -> None:
    assert words in refusal(folder / "health.db", *options)


def test_what_was_set_aside_is_counted_below(folder: Path) -> None:
    assert not any("set aside" in line for line in shown(folder))
    with sqlite3.connect(folder / "health.db") as connection:
        connection.execute("INSERT INTO set_aside (at, reason, content) VALUES (1, 'why', 'what')")
    connection.close()
    told = "1 set aside, each with its reason, in the table set_aside of the store"
    assert shown(folder)[-1] == told
