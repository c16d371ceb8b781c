"""Health over time, and the exact figures that follow; strictness never does good."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.domain.assertions import Assertion, Evidence, Impact, MaxAge, Outcome
from datahub_dataproducts.domain.durations import HOUR
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.histories import histories
from datahub_dataproducts.domain.portfolio import portfolio_of
from datahub_dataproducts.domain.products import DataProduct, Input
from datahub_dataproducts.domain.timelines import (
    Step,
    Tally,
    Track,
    first_difference,
    input_track,
    tally,
    worst_steps,
)
from tests.builders import checked, product, result
from tests.strategies import (
    BEGIN,
    GRID,
    LENGTH,
    assertions,
    catalogs,
    histories_of_evidence,
)

UNHEALTHY, UNKNOWN, AT_RISK, HEALTHY = Health
UNTIL = BEGIN + LENGTH * GRID

# Steps.


def test_at_each_instant_the_worst_of_all_tracks_stands() -> None:
    one = Track(((10, HEALTHY), (30, UNHEALTHY)), UNKNOWN)
    other = Track(((20, AT_RISK), (40, HEALTHY)), HEALTHY)
    assert worst_steps([one, other], 10, 100) == [(10, HEALTHY), (20, AT_RISK), (30, UNHEALTHY)]
    assert worst_steps([one, other], 0, 25) == [(0, UNKNOWN), (10, HEALTHY), (20, AT_RISK)]


def test_a_turn_exactly_at_the_end_is_seen_and_one_after_it_is_not() -> None:
    track = Track(((10, HEALTHY), (20, UNHEALTHY)), UNKNOWN)
    assert worst_steps([track], 10, 19) == [(10, HEALTHY)]
    assert worst_steps([track], 10, 20) == [(10, HEALTHY), (20, UNHEALTHY)]


def test_where_nothing_does_anything_health_is_unknown() -> None:
    assert worst_steps([], 5, 100) == [(5, UNKNOWN)]
    blind = Track(((10, HEALTHY), (20, None)), None)
    assert worst_steps([blind], 5, 100) == [(5, UNKNOWN), (10, HEALTHY), (20, UNKNOWN)]


def test_an_input_is_unknown_before_its_history_begins() -> None:
    assert input_track([(10, HEALTHY)], required=True) == Track(((10, HEALTHY),), UNKNOWN)
    assert input_track([(10, UNHEALTHY)], required=False) == Track(((10, AT_RISK),), None)


@pytest.mark.parametrize(
    ("old", "new", "since", "expected"),
    [
        ([], [], 0, None),
        ([(1, "a")], [(1, "a")], 0, None),
        ([(1, "a")], [(3, "a")], 5, None),
        ([(1, "a")], [(1, "b")], 5, 5),
        ([(1, "a"), (5, "b")], [(1, "a"), (7, "b")], 0, 5),
        ([(1, "a"), (7, "b")], [(1, "a"), (5, "c")], 0, 5),
        ([(1, "a"), (5, "b")], [(1, "a")], 0, 5),
        ([(1, "a")], [(1, "a"), (5, "b")], 0, 5),
        ([], [(5, "b")], 0, 5),
    ],
)
def test_two_timelines_differ_from_their_first_difference_on(
    old: list[tuple[int, str]], new: list[tuple[int, str]], since: int, expected: int | None
) -> None:
    assert first_difference(old, new, since) == expected


# Figures.

STEPS: list[Step] = [(10, HEALTHY), (20, UNHEALTHY), (50, UNKNOWN), (60, AT_RISK)]


def test_good_bad_and_unknown_time_are_counted_in_a_half_open_window() -> None:
    assert tally(STEPS, 10, 100) == Tally(good=50, bad=30, unknown=10)
    assert tally(STEPS, 20, 21) == Tally(good=0, bad=1, unknown=0)
    assert tally(STEPS, 19, 20) == Tally(good=1, bad=0, unknown=0)


def test_time_before_the_history_is_in_no_window() -> None:
    assert tally(STEPS, 0, 15) == Tally(good=5, bad=0, unknown=0)
    assert tally(STEPS, 0, 10) == tally([], 0, 100) == Tally(good=0, bad=0, unknown=0)


def test_uptime_and_coverage_are_exact() -> None:
    figures = tally(STEPS, 10, 100)
    assert (figures.measured, figures.uptime, figures.coverage) == (
        80,
        Fraction(5, 8),
        Fraction(8, 9),
    )


def test_where_nothing_was_measured_there_is_no_uptime_and_no_coverage_without_history() -> None:
    silent = tally([(10, UNKNOWN)], 10, 20)
    assert (silent.uptime, silent.coverage) == (None, 0)
    nothing = tally([], 10, 20)
    assert (nothing.uptime, nothing.coverage) == (None, None)


# Strictness: whatever is made stricter, no bad instant turns good, and no uptime rises.
#
# An undefined uptime may become defined, and the other way round. Bad means UNHEALTHY: under an
# objective that counts AT_RISK as bad neither holds, since silence can hide what is at risk.


def bad_or_good(
    products: list[DataProduct], heard: list[Evidence], id_: str
) -> list[tuple[int, str]]:
    steps = histories(portfolio_of(products), heard, UNTIL)[id_].experienced
    said: list[tuple[int, str]] = []
    for moment in range(BEGIN, UNTIL + 1, HOUR):
        now = [health for at, health in steps if at <= moment]
        if now:
            said.append((moment, now[-1].value))
    return said


def assert_no_better(
    before: list[DataProduct], after: list[DataProduct], heard: list[Evidence]
) -> None:
    for one in before:
        stricter = dict(bad_or_good(after, heard, one.id))
        for moment, health in bad_or_good(before, heard, one.id):
            if health == UNHEALTHY.value:
                assert stricter[moment] == UNHEALTHY.value
        once, now = uptime_of(before, heard, one.id), uptime_of(after, heard, one.id)
        assert once is None or now is None or now <= once


def uptime_of(products: list[DataProduct], heard: list[Evidence], id_: str) -> Fraction | None:
    steps = histories(portfolio_of(products), heard, UNTIL)[id_].experienced
    return tally(steps, BEGIN, UNTIL).uptime


def with_assertions(products: list[DataProduct], changed: list[Assertion]) -> list[DataProduct]:
    return [replace(products[0], assertions=tuple(changed)), *products[1:]]


@given(catalogs(), histories_of_evidence)
def test_a_shorter_greatest_age_turns_no_bad_instant_good(
    made: list[DataProduct], heard: list[Evidence]
) -> None:
    stricter = [
        replace(a, freshness=MaxAge(age=a.freshness.age // 2))
        if isinstance(a.freshness, MaxAge)
        else a
        for a in made[0].assertions
    ]
    assert_no_better(made, with_assertions(made, stricter), heard)


@given(catalogs(), histories_of_evidence)
def test_a_shorter_silence_turns_no_bad_instant_good(
    made: list[DataProduct], heard: list[Evidence]
) -> None:
    stricter = [
        replace(a, expect_every=(a.expect_every or 4 * GRID) // 2) for a in made[0].assertions
    ]
    assert_no_better(made, with_assertions(made, stricter), heard)


@given(catalogs(), histories_of_evidence)
def test_a_blocking_promise_in_place_of_a_warning_turns_no_bad_instant_good(
    made: list[DataProduct], heard: list[Evidence]
) -> None:
    stricter = [replace(a, impact=Impact.BLOCKING) for a in made[0].assertions]
    assert_no_better(made, with_assertions(made, stricter), heard)


@given(catalogs(), histories_of_evidence, assertions)
def test_one_more_promise_turns_no_bad_instant_good(
    made: list[DataProduct], heard: list[Evidence], more: Assertion
) -> None:
    added = replace(more, urn=f"{more.urn}-more", impact=Impact.BLOCKING)
    assert_no_better(made, with_assertions(made, [*made[0].assertions, added]), heard)


@given(catalogs(), histories_of_evidence, st.booleans(), st.lists(assertions, max_size=2))
def test_one_more_input_turns_no_bad_instant_good(
    made: list[DataProduct], heard: list[Evidence], required: bool, promised: list[Assertion]
) -> None:
    used = DataProduct(
        id="more", domain="", assertions=tuple({a.urn: a for a in promised}.values())
    )
    first = made[0]
    more = replace(first, inputs=(*first.inputs, Input(product="more", required=required)))
    assert_no_better(made, [more, *made[1:], used], heard)


def test_silence_hides_what_is_at_risk_and_so_a_shorter_one_is_no_stricter_about_risk() -> None:
    heard: list[Evidence] = [
        result("t", BEGIN),
        result("w", BEGIN, Outcome.FAILURE),
    ]
    warning = checked("w", impact=Impact.WARNING)
    patient, strict = (
        [product("a", checked("t", expect_every=every), warning)] for every in (None, HOUR)
    )
    later = BEGIN + 2 * HOUR
    assert dict(bad_or_good(patient, heard, "a"))[later] == "AT_RISK"
    assert dict(bad_or_good(strict, heard, "a"))[later] == "UNKNOWN"
