"""Figures of products over a window, from what the store holds."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from datahub_dataproducts.application.uptime import ProductUptime, UptimeTable, uptime
from datahub_dataproducts.domain.assertions import Outcome
from datahub_dataproducts.domain.durations import DAY, HOUR
from datahub_dataproducts.domain.objectives import ObjectiveStatus
from datahub_dataproducts.domain.products import Input, Objective
from datahub_dataproducts.domain.timelines import Tally
from tests.application.stories import Story
from tests.builders import at, checked, product, result

USERS = replace(
    product("users", checked("t")), objective=Objective(target=Fraction(99, 100), window=30 * DAY)
)
REVENUE = product("revenue", checked("r"), inputs=(Input(product="users"),))
DAYS = [(at(f"2026-03-0{n} 00:00"), at(f"2026-03-0{n + 1} 00:00")) for n in (1, 2, 3)]


@pytest.fixture
def story(tmp_path: Path) -> Story:
    here = Story(tmp_path, [USERS, REVENUE])
    here.hear(
        result("t", at("2026-03-02 06:00")),
        result("r", at("2026-03-02 06:00")),
        result("t", at("2026-03-02 22:00"), Outcome.FAILURE),
        result("t", at("2026-03-03 04:00")),
        result("t", at("2026-03-03 12:00"), Outcome.FAILURE),
        result("t", at("2026-03-03 13:00")),
    )
    return here


def asked(story: Story, *products: str, when: str = "2026-03-04 00:00") -> UptimeTable:
    return uptime(story.store, products, at(when), DAYS)


def of(table: UptimeTable, id_: str) -> ProductUptime:
    (found,) = [one for one in table.products if one.product.id == id_]
    return found


def test_figures_are_told_period_by_period_with_inputs_and_without(story: Story) -> None:
    found = of(asked(story), "revenue")
    assert found.history_from == at("2026-03-02 06:00")
    assert [one.period for one in found.periods] == DAYS
    assert [one.experienced for one in found.periods] == [
        Tally(good=0, bad=0, unknown=0),
        Tally(good=16 * HOUR, bad=2 * HOUR, unknown=0),
        Tally(good=19 * HOUR, bad=5 * HOUR, unknown=0),
    ]
    assert [one.own.bad for one in found.periods] == [0, 0, 0]
    assert [one.episodes for one in found.periods] == [(), (2 * HOUR,), (4 * HOUR, HOUR)]


def test_what_is_later_than_the_moment_does_not_count(story: Story) -> None:
    when = at("2026-03-03 12:30")
    (found,) = uptime(story.store, ["users"], when, [(at("2026-03-03 00:00"), when)]).products
    assert found.periods[0].episodes == (4 * HOUR, HOUR // 2)


def test_an_objective_is_judged_at_the_end_of_the_window(story: Story) -> None:
    table = asked(story)
    report = of(table, "users").objective
    assert report is not None
    assert report.status is ObjectiveStatus.EXHAUSTED
    assert (report.until, report.tally.bad) == (at("2026-03-04 00:00"), 7 * HOUR)
    assert of(table, "revenue").objective is None


def test_an_objective_before_any_history_has_no_data(story: Story) -> None:
    report = of(asked(story, when="2026-03-01 12:00"), "users").objective
    assert report is not None
    assert report.status is ObjectiveStatus.NO_DATA


def test_products_come_in_the_order_asked_for_and_by_id_where_all_are(story: Story) -> None:
    for products, expected in (
        ((), ["revenue", "users"]),
        (("users", "revenue"), ["users", "revenue"]),
        (("users",), ["users"]),
    ):
        assert [one.product.id for one in asked(story, *products).products] == expected


def test_products_that_are_not_there_are_named(story: Story) -> None:
    story.define(REVENUE, when="2026-03-05 00:00")
    table = asked(story, "userz", "users", when="2026-03-06 00:00")
    assert (table.products, table.missing) == ((), ("userz", "users"))
    assert table.known == ("revenue", "users")
    gone = asked(story, when="2026-03-06 00:00")
    assert ([one.product.id for one in gone.products], gone.missing) == (["revenue"], ())
