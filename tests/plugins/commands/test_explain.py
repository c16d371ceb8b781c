"""`explain`: what it prints, and how it refuses."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from datahub_dataproducts.domain.assertions import Outcome
from datahub_dataproducts.domain.products import Input
from datahub_dataproducts.plugins.cli import main
from tests.application.stories import Story
from tests.builders import at, checked, product, result

USERS = product("users", checked("t"))
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
    story.define(REVENUE, when="2026-03-05 00:00")
    story.store.close()
    return tmp_path


def explain(folder: Path, *arguments: str, code: int = 0) -> Result:
    url = f"sqlite:///{folder / 'health.db'}"
    done = CliRunner().invoke(main, ["explain", "--store", url, *arguments])
    assert done.exit_code == code, done.output
    return done


def test_a_past_moment_is_explained_in_the_time_zone_asked_for(folder: Path) -> None:
    done = explain(folder, "revenue", "--at", "2026-03-03T12:00", "--timezone", "Europe/Amsterdam")
    lines = done.output.splitlines()
    assert lines[0] == "Revenue (revenue) on Tue 2026-03-03 12:00 (Europe/Amsterdam)"
    assert lines[2].startswith("Revenue is unhealthy because its input Users fails a check: ")
    assert "  in Users: a passing result of t in fct" in lines


def test_a_product_may_be_given_by_its_urn(folder: Path) -> None:
    done = explain(folder, "urn:li:dataProduct:revenue", "--format", "json")
    assert json.loads(done.output)["product"] == "revenue"


def test_the_flowchart_of_a_moment_is_printed_alone(folder: Path) -> None:
    done = explain(folder, "revenue", "--at", "2026-03-03T12:00", "--format", "mermaid")
    assert done.output.startswith("flowchart LR\n    p0[")


def test_the_store_is_left_as_it_is(folder: Path) -> None:
    before = (folder / "health.db").read_bytes()
    explain(folder, "revenue")
    explain(folder, "revenue", "--at", "2026-03-03T12:00")
    assert (folder / "health.db").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["revenu"], 'there is no product "revenu"; did you mean "revenue"?'),
        (["x"], 'there is no product "x"; `datahub-dataproducts status` shows those there are'),
        (["users"], 'there is no product "users" at that moment, but at others: give another --at'),
        (["revenue", "--at", "noon"], "write it like 2026-03-03T12:00"),
        (["revenue", "--at", "0001-01-01"], "write a moment of the years 1971 to 2199"),
        (["revenue", "--at", "9999-12-31"], "write a moment of the years 1971 to 2199"),
        (["revenue", "--timezone", "Mars/Base"], "Mars/Base is not a time zone"),
        (["revenue", "--store", "sqlite:///no.db"], "there is no store at no.db"),
    ],
)
def test_what_cannot_be_explained_is_refused_with_what_to_do(
    folder: Path, arguments: list[str], words: str
) -> None:
    assert words in explain(folder, *arguments, code=2).output
