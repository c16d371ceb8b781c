"""Holidays: days without a tick and without hours that count, and how they are told."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest

from datahub_dataproducts.domain.assertions import Deadline
from datahub_dataproducts.domain.cadences import compare, gaps
from datahub_dataproducts.domain.calendars import hours_that_count
from datahub_dataproducts.domain.durations import DAY, HOUR
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.holiday_words import holiday_changes, say_holidays
from datahub_dataproducts.domain.objectives import counting_spans, judge_objective
from datahub_dataproducts.domain.product_changes import judged_otherwise, say_objective
from datahub_dataproducts.domain.products import Objective
from datahub_dataproducts.domain.promise_changes import contract_changes
from datahub_dataproducts.domain.promises import say_freshness
from datahub_dataproducts.domain.schedules import Schedule, is_holiday
from tests.builders import AMSTERDAM, at, freshness_assertion, product

# A Friday, a Saturday and the Monday after.
EASTER = (date(2026, 4, 3), date(2026, 4, 4), date(2026, 4, 6))
WORKDAYS = Schedule(times=(480,), timezone=AMSTERDAM, weekdays=(0, 1, 2, 3, 4), holidays=EASTER)
PLAIN = replace(WORKDAYS, holidays=())


def test_a_day_is_a_holiday_when_it_is_among_them() -> None:
    days = [EASTER[0] + timedelta(n) for n in range(-1, 5)]
    assert [is_holiday(day, EASTER) for day in days] == [False, True, True, False, True, False]


def test_on_a_holiday_there_is_no_tick() -> None:
    thursday, tuesday = at("2026-04-02 08:00"), at("2026-04-07 08:00")
    assert WORKDAYS.next_tick(thursday) == tuesday
    assert WORKDAYS.last_tick(tuesday - 1) == thursday


def test_after_a_holiday_half_the_longer_gap_counts() -> None:
    rule = Deadline(schedule=WORKDAYS)
    # Thursday 08:00 to Tuesday 08:00 are five days, of which the second half begins on Saturday.
    middle = at("2026-04-04 20:00")
    assert rule.expiry(middle) == at("2026-04-07 08:00")
    assert rule.expiry(middle + 1) == at("2026-04-08 08:00")


def test_a_written_look_back_is_not_touched_by_holidays() -> None:
    rule = Deadline(schedule=WORKDAYS, look_back=12 * HOUR)
    assert rule.expiry(at("2026-04-06 20:00")) == at("2026-04-07 08:00")
    assert rule.expiry(at("2026-04-06 20:01")) == at("2026-04-08 08:00")


def test_the_date_of_a_holiday_is_local() -> None:
    late = Schedule(times=(30,), timezone="Pacific/Auckland", holidays=(date(2026, 4, 6),))
    # Half past midnight of the 6th there is the 5th in UTC.
    ticks = [at(f"2026-04-{day} 00:30", "Pacific/Auckland") for day in ("05", "07")]
    assert late.next_tick(ticks[0]) == ticks[1]


def test_of_a_holiday_no_hour_counts() -> None:
    window = at("2026-04-02 00:00"), at("2026-04-08 00:00")
    aim = Objective(target=Fraction(99, 100), window=DAY, hours="MON-FRI 08:00-18:00")
    found = counting_spans(
        replace(aim, holidays=EASTER), window, timezone=AMSTERDAM, history_from=0
    )
    assert found == [
        (at(f"2026-04-{day} 08:00"), at(f"2026-04-{day} 18:00")) for day in ("02", "07")
    ]


def test_without_hours_the_holidays_alone_do_not_count() -> None:
    window = at("2026-04-02 12:00"), at("2026-04-08 00:00")
    aim = Objective(target=Fraction(99, 100), window=DAY, holidays=EASTER)
    assert counting_spans(aim, window, timezone=AMSTERDAM, history_from=0) == [
        (at("2026-04-02 12:00"), at("2026-04-03 00:00")),
        (at("2026-04-05 00:00"), at("2026-04-06 00:00")),
        (at("2026-04-07 00:00"), at("2026-04-08 00:00")),
    ]


def test_a_day_of_23_hours_that_is_a_holiday_is_left_out_whole() -> None:
    hours = hours_that_count("", (date(2026, 3, 29),))
    assert hours is not None
    aim = Objective(target=Fraction(1, 2), window=DAY, holidays=hours.holidays)
    window = at("2026-03-28 00:00"), at("2026-03-31 00:00")
    counted = counting_spans(aim, window, timezone=AMSTERDAM, history_from=0)
    assert sum(until - since for since, until in counted) == 2 * DAY


def test_bad_time_on_a_holiday_costs_nothing() -> None:
    aim = Objective(target=Fraction(9, 10), window=7 * DAY, holidays=EASTER)
    steps = [
        (at("2026-04-01 00:00"), Health.HEALTHY),
        (at("2026-04-03 00:00"), Health.UNHEALTHY),
        (at("2026-04-05 00:00"), Health.HEALTHY),
    ]
    report = judge_objective(
        aim, steps, at("2026-04-08 00:00"), timezone=AMSTERDAM, history_from=steps[0][0]
    )
    assert (report.tally.bad, report.tally.good) == (0, 4 * DAY)


def test_hours_that_cannot_be_read_are_none_with_holidays_too() -> None:
    assert hours_that_count("whenever", EASTER) is None


def test_the_words_say_that_holidays_are_left_out() -> None:
    assert say_freshness(Deadline(schedule=WORKDAYS)) == (
        "is updated Monday to Friday by 08:00 Europe/Amsterdam, except on holidays"
    )
    aim = Objective(target=Fraction(99, 100), window=30 * DAY, hours="MON-FRI 08:00-18:00")
    assert say_objective(replace(aim, holidays=EASTER)) == (
        "99 % of the last 30d, counting MON-FRI 08:00-18:00, "
        "except 3 holidays from 2026-04-03 to 2026-04-06"
    )
    assert say_holidays(EASTER[:1]) == "the holiday 2026-04-03"
    assert say_holidays(()) == ""


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (EASTER, EASTER, ("", "")),
        (EASTER[:1], EASTER[:2], ("without 2026-04-04", "with 2026-04-04")),
        (EASTER, EASTER[:2], ("with 2026-04-06", "without 2026-04-06")),
        (
            EASTER[:2],
            EASTER[1:],
            (
                "with 2026-04-03 and without 2026-04-06",
                "with 2026-04-06 and without 2026-04-03",
            ),
        ),
        (
            (),
            tuple(date(2026, 5, n) for n in range(1, 8)),
            tuple(
                f"{word} 2026-05-01, 2026-05-02, 2026-05-03, 2026-05-04, 2026-05-05 and 2 more"
                for word in ("without", "with")
            ),
        ),
    ],
)
def test_days_that_come_and_go_are_named(
    before: tuple[date, ...], after: tuple[date, ...], words: tuple[str, str]
) -> None:
    assert holiday_changes(before, after) == words


def test_another_holiday_is_a_change_of_the_promise() -> None:
    def promising(*days: date) -> Deadline:
        return Deadline(schedule=replace(WORKDAYS, holidays=days))

    before, after = (freshness_assertion("dim", promising(*days)) for days in (EASTER, EASTER[:2]))
    assert judged_otherwise(product("a", before), product("a", after))
    [change] = contract_changes((before,), (after,))
    assert change.item.endswith(": holidays")
    assert (change.before, change.after) == ("with 2026-04-06", "without 2026-04-06")


# Cadences.


def test_the_longest_gap_is_that_over_the_holidays() -> None:
    assert gaps(PLAIN)[-1] == 3 * DAY + HOUR
    assert gaps(WORKDAYS)[-1] == 5 * DAY


def test_the_year_with_most_holidays_is_looked_at() -> None:
    few = (date(2029, 5, 1), *EASTER)
    assert gaps(replace(WORKDAYS, holidays=tuple(sorted(few))))[-1] == 5 * DAY


def test_a_calendar_beyond_all_years_is_looked_at_in_a_usual_one() -> None:
    assert gaps(replace(PLAIN, holidays=(date(9999, 12, 24),))) == gaps(PLAIN)


def test_a_holiday_makes_nothing_early() -> None:
    late = replace(PLAIN, times=(23 * 60,))
    early = replace(PLAIN, times=(60,))
    assert compare(replace(early, holidays=EASTER), late) == compare(early, late)
