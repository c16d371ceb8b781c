"""How fast an error budget is spent, and what each deadline cost of it."""

from dataclasses import replace
from fractions import Fraction

import pytest

from datahub_dataproducts.domain.assertions import Deadline, MaxAge
from datahub_dataproducts.domain.durations import DAY, HOUR, MINUTE
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.products import BurnRule, Objective
from datahub_dataproducts.domain.schedules import Schedule
from datahub_dataproducts.domain.spending import (
    Miss,
    Spending,
    burns,
    deadlines_before_bad_time,
    misses,
    spending_of,
)
from datahub_dataproducts.domain.timelines import Step
from tests.builders import at, freshness_assertion, product

UNHEALTHY, UNKNOWN, AT_RISK, HEALTHY = Health
TARGET = Fraction(99, 100)
NOW = at("2026-03-31 00:00")
ROLLING = Objective(target=TARGET, window=100 * HOUR)
BEGIN = NOW - 100 * HOUR


def bad_for(milliseconds: int, since: int = BEGIN) -> list[Step]:
    return [(since, UNHEALTHY), (since + milliseconds, HEALTHY)]


# Burn rates. At a target of 99 %, all the time bad is a rate of 100.

FAST = BurnRule(rate=Fraction(25), long=4 * HOUR, short=HOUR)
BURNING = replace(ROLLING, burn=(FAST,))


@pytest.mark.parametrize(
    ("bad", "long", "short", "fires"),
    [
        # One of four hours, and it still goes on.
        ([(60, 0)], 25, 100, True),
        # A millisecond less, and the long window does not say it is worth somebody's time.
        ([(59, 0)], Fraction(59 * 100, 240), Fraction(59 * 100, 60), False),
        # It is over.
        ([(180, 60)], 50, 0, False),
        # It comes and goes: exactly at the rate in both.
        ([(165, 120), (15, 0)], 25, 25, True),
        ([], 0, 0, False),
    ],
)
def test_a_burn_rule_fires_when_both_windows_are_at_its_rate(
    bad: list[tuple[int, int]], long: Fraction, short: Fraction, fires: bool
) -> None:
    steps: list[Step] = [(BEGIN, HEALTHY)]
    for begin, end in bad:
        steps += [(NOW - begin * MINUTE, UNHEALTHY), (NOW - end * MINUTE, HEALTHY)]
    (burn,) = burns(BURNING, steps, NOW, timezone="UTC", history_from=BEGIN)
    assert (burn.rule, burn.long, burn.short, burn.fires) == (FAST, long, short, fires)


def test_nothing_burns_where_nothing_is_measured() -> None:
    for steps in ([], [(BEGIN, UNKNOWN)]):
        (burn,) = burns(BURNING, steps, NOW, timezone="UTC", history_from=BEGIN)
        assert (burn.long, burn.short, burn.fires) == (None, None, False)


def test_a_rate_of_too_little_coverage_is_told_and_does_not_fire() -> None:
    steps: list[Step] = [(BEGIN, UNKNOWN), (NOW - HOUR, UNHEALTHY)]
    (burn,) = burns(BURNING, steps, NOW, timezone="UTC", history_from=BEGIN)
    assert (burn.long, burn.short, burn.fires) == (100, 100, False)


def test_an_objective_without_burn_rules_has_no_burns() -> None:
    assert burns(ROLLING, bad_for(HOUR), NOW, timezone="UTC", history_from=BEGIN) == ()


# Missed deadlines.


def test_each_missed_deadline_is_told_with_what_it_cost() -> None:
    daily = Objective(target=TARGET, window=30 * DAY)
    deadlines = [at(f"2026-03-{day:02} 08:00", "UTC") for day in range(1, 31)]
    now = at("2026-03-31 00:00", "UTC")
    steps: list[Step] = [
        (now - 30 * DAY, HEALTHY),
        (deadlines[2], UNHEALTHY),
        (deadlines[2] + 2 * HOUR, HEALTHY),
        (deadlines[28], UNHEALTHY),
    ]
    found = misses(daily, steps, deadlines, now, timezone="UTC", history_from=now - 30 * DAY)
    budget = 432 * MINUTE
    assert found == (
        Miss(deadline=deadlines[2], lost=2 * HOUR, share=Fraction(2 * HOUR, budget)),
        Miss(deadline=deadlines[28], lost=DAY, share=Fraction(DAY, budget)),
        Miss(deadline=deadlines[29], lost=16 * HOUR, share=Fraction(16 * HOUR, budget)),
    )


def test_a_miss_of_a_budget_of_nothing_has_no_share() -> None:
    tiny = Objective(target=TARGET, window=50)
    found = misses(tiny, [(0, UNHEALTHY)], [10], 50, timezone="UTC", history_from=0)
    assert found == (Miss(deadline=10, lost=40, share=None),)


EIGHT = Deadline(schedule=Schedule((480,), "Europe/Amsterdam"))
NOON = Deadline(schedule=Schedule((720,), "Europe/Amsterdam", weekdays=(0,)))
REVENUE = replace(
    product(
        "revenue",
        freshness_assertion("a", EIGHT),
        freshness_assertion("b", NOON),
        freshness_assertion("c", MaxAge(age=DAY)),
    ),
    objective=Objective(target=TARGET, window=7 * DAY, burn=(BURNING.burn)),
)


def test_bad_time_is_told_with_the_latest_own_deadline_before_it() -> None:
    # A Sunday and the Monday after.
    steps: list[Step] = [
        (at("2026-03-20 00:00"), HEALTHY),
        (at("2026-03-29 08:00"), UNHEALTHY),
        (at("2026-03-29 10:00"), HEALTHY),
        (at("2026-03-30 07:00"), UNHEALTHY),
        (at("2026-03-30 13:00"), HEALTHY),
    ]
    found = spending_of(REVENUE, steps, NOW)
    assert found is not None
    assert [(miss.deadline, miss.lost) for miss in found.misses] == [
        (at("2026-03-29 08:00"), 3 * HOUR),
        (at("2026-03-30 08:00"), 4 * HOUR),
        (at("2026-03-30 12:00"), HOUR),
    ]
    assert [burn.fires for burn in found.burns] == [False]
    budget = 7 * DAY // 100
    assert sum(miss.lost for miss in found.misses) == 8 * HOUR
    assert found.misses[0].share == Fraction(3 * HOUR, budget)


def test_bad_time_of_a_product_without_deadlines_has_none() -> None:
    plain = replace(REVENUE, assertions=(freshness_assertion("c", MaxAge(age=DAY)),))
    found = spending_of(plain, [(NOW - DAY, UNHEALTHY)], NOW)
    assert found is not None
    assert found.misses == ()
    assert found.burns[0].fires


def test_before_the_first_deadline_of_all_time_there_is_none() -> None:
    never = Deadline(schedule=Schedule((480,), days=(30,), months=(2,)))
    hopeless = replace(REVENUE, assertions=(freshness_assertion("a", never),))
    assert deadlines_before_bad_time(hopeless, [(NOW - DAY, UNHEALTHY)], NOW) == ()


def test_a_product_without_an_objective_spends_nothing() -> None:
    plain = replace(REVENUE, objective=None)
    assert spending_of(plain, [(NOW - DAY, UNHEALTHY)], NOW) is None
    assert deadlines_before_bad_time(plain, [(NOW - DAY, UNHEALTHY)], NOW) == ()


def test_a_product_without_a_history_spends_nothing_yet() -> None:
    found = spending_of(replace(REVENUE, objective=ROLLING), [], NOW)
    assert found == Spending()
