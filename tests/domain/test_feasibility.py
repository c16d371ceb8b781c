"""Objectives that cannot be met, or mean nothing, are told with the numbers, at their place."""

from dataclasses import replace
from fractions import Fraction
from math import prod
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.domain.documents import Marked
from datahub_dataproducts.domain.durations import DAY, HOUR, MINUTE
from datahub_dataproducts.domain.feasibility import review_feasibility, say_percent
from datahub_dataproducts.domain.products import BurnRule, Objective
from datahub_dataproducts.domain.submissions import Submission
from tests.submissions import (
    age,
    by_id,
    due,
    lines,
    place,
    promised,
    submission,
    table,
)

percents = st.integers(1, 9_999).map(lambda n: f"{n / 100:.2f}")


def told(*submissions: Submission) -> list[str]:
    return lines(review_feasibility(by_id(*submissions)))


def test_a_target_above_what_required_inputs_allow_is_told_exactly() -> None:
    places = {"objective": place(7), "objective.target": place(8)}
    revenue = submission(
        "revenue", inputs=["users", "orders", "plain"], target="99.9", places=places
    )
    others = (submission(i, target="99") for i in ("users", "orders"))
    assert told(revenue, *others, submission("plain")) == [
        (
            "p.yml:8:3: warning[target-above-inputs]: 99.9 % is promised, and the required inputs "
            "allow at most 98.01 % (users 99 %, orders 99 %); promise at most 98.01 %, or see which "
            "input can promise more or do as `required: false`"
        )
    ]


def test_a_target_no_higher_than_its_inputs_allow_is_fine() -> None:
    users = submission("users", target="99")
    assert told(submission("revenue", inputs=["users"], target="99"), users) == []
    assert told(submission("revenue", target="99.99"), users) == []


def test_of_many_inputs_the_first_are_named() -> None:
    revenue = submission("revenue", inputs=list("abcdefg"), target="99")
    (line,) = told(revenue, *(submission(id_, target="90") for id_ in "abcdefg"))
    assert "(a 90 %, b 90 %, c 90 %, d 90 %, e 90 % and 2 more)" in line


@given(percents, st.lists(percents, max_size=4), percents)
def test_one_more_input_never_takes_a_warning_of_a_target_away(
    target: str, inputs: list[str], more: str
) -> None:
    def is_told(targets: list[str]) -> bool:
        ids = [f"i{n}" for n in range(len(targets))]
        others = [submission(i, target=t) for i, t in zip(ids, targets, strict=True)]
        return told(submission("revenue", inputs=ids, target=target), *others) != []

    allowed = prod((Fraction(t) / 100 for t in inputs), start=Fraction(1))
    assert is_told(inputs) == (Fraction(target) / 100 > allowed)
    assert is_told([*inputs, more]) or not is_told(inputs)


def aiming(burn: tuple[BurnRule, ...] = (), **fields: Any) -> dict[str, Any]:
    objective = Objective(target=Fraction(99, 100), burn=burn, **fields)
    places = {
        "objective": place(7),
        "objective.burn.1.rate": place(9),
        "objective.window": place(8),
    }
    return {"objective": Marked(objective, place(7)), "places": places}


def test_a_burn_rule_that_can_never_fire_is_an_error() -> None:
    fires = BurnRule(rate=Fraction(100), long=HOUR, short=MINUTE)
    never = BurnRule(rate=Fraction("100.5"), long=HOUR, short=MINUTE)
    revenue = submission("revenue", **aiming((fires, never), window=30 * DAY))
    assert told(revenue) == [
        (
            "p.yml:9:3: error[burn-never-fires]: at a target of 99 % the highest burn rate there is, "
            "with all the time bad, is 100, and 100.5 is never reached; write a rate of at most 100"
        )
    ]


def test_a_window_between_two_deadlines_is_told() -> None:
    fct = promised(table("fct"), due("08:00", "MON-FRI", "UTC"))
    often = promised(table("often"), due("08:00 20:00", zone="UTC"))
    rule = BurnRule(rate=Fraction(14), long=HOUR, short=MINUTE)
    steady = BurnRule(rate=Fraction(2), long=3 * DAY, short=HOUR)
    revenue = submission("revenue", often, fct, **aiming((rule, steady), window=DAY))
    assert told(revenue) == [
        (
            "p.yml:8:3: warning[window-below-cadence]: the window is 1 day, and the deadlines of fct "
            "are up to 3 days apart (52 times a year): there are windows without any; take a window "
            "of several times 3 days, such as 30d"
        ),
        (
            "p.yml:7:3: warning[window-below-cadence]: the long window is 1 h, and the deadlines of "
            "fct are up to 3 days apart: each single miss fires this rule; take a long window of at "
            "least 3 days, or leave burn rules to products that are measured often"
        ),
    ]


def test_the_hour_that_clocks_are_put_back_by_makes_no_window_too_short() -> None:
    weekly = promised(table("fct"), due("08:00", "MON"))
    assert told(submission("a", weekly, **aiming(window=7 * DAY))) == []
    (line,) = told(submission("a", weekly, **aiming(window=7 * DAY - HOUR)))
    assert line.endswith("take a window of several times 7 days, such as 30d")


def test_a_window_of_the_calendar_counts_with_its_shortest() -> None:
    monthly = replace(due("08:00", zone="UTC").schedule, days=(1,))
    promise = promised(table("fct"), replace(due("08:00"), schedule=monthly))
    (line,) = told(submission("a", promise, **aiming(calendar="month")))
    assert "the window is 28 days, and the deadlines of fct are up to 31 days apart" in line
    assert told(submission("a", promise, **aiming(calendar="quarter"))) == []


def test_without_deadlines_no_window_is_too_short() -> None:
    rule = BurnRule(rate=Fraction(14), long=HOUR, short=MINUTE)
    product = submission("a", promised(table("fct"), age(DAY)), **aiming((rule,), window=HOUR))
    assert told(product) == []


def test_a_look_back_beyond_the_deadline_before_is_told() -> None:
    lax = promised(table("fct"), due("08:00", look_back=36 * HOUR))
    assert told(submission("a", lax)) == [
        (
            "p.yml:11:3: warning[look-back-too-long]: an update up to 1 day 12 h before the deadline "
            "counts, and the deadlines are 1 day apart: what was in time for one is in time for the "
            "next, so a missed load may not show; take a `look_back` of at most 1 day, or leave it "
            "out"
        )
    ]
    a_day = promised(table("fct"), due("08:00", look_back=24 * HOUR))
    assert told(submission("a", a_day, promised(table("x"), age(1)))) == []


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (Fraction(99, 100), "99 %"),
        (Fraction(9801, 10_000), "98.01 %"),
        (Fraction(1, 3), "33.333333333 %"),
        (Fraction(9, 10), "90 %"),
    ],
)
def test_percentages_are_exact_as_far_as_they_go(share: Fraction, words: str) -> None:
    assert say_percent(share) == words
