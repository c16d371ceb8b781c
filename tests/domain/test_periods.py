"""Windows cut at local midnights, and the bad times in them."""

from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.domain.durations import DAY, HOUR
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.periods import Pace, bad_times, periods, within
from datahub_dataproducts.domain.schedules import local_time
from datahub_dataproducts.domain.timelines import Step, tally
from tests.builders import AMSTERDAM, at

# Of each: what is odd about its midnights.
ZONES = [
    "UTC",
    AMSTERDAM,
    "America/Sao_Paulo",  # clocks went forward at midnight
    "Asia/Beirut",  # they do so still
    "America/St_Johns",  # they went back at one minute past midnight
    "Pacific/Apia",  # one day of 2011 never was
    "Asia/Kathmandu",
]
BAD, GOOD, RISK, UNKNOWN = Health.UNHEALTHY, Health.HEALTHY, Health.AT_RISK, Health.UNKNOWN


def said(window: tuple[str, str], pace: Pace, zone: str = AMSTERDAM) -> list[str]:
    """The beginnings on the wall, and how many hours each part has."""
    parts = periods((at(window[0], zone), at(window[1], zone)), pace, zone)
    return [f"{local_time(a, zone):%Y-%m-%d %H:%M} {(b - a) / HOUR:g} h" for a, b in parts]


def test_months_are_those_of_the_calendar_with_partial_ones_at_the_ends() -> None:
    assert said(("2026-02-10 12:00", "2026-04-02 00:00"), Pace.MONTH) == [
        "2026-02-10 12:00 444 h",
        "2026-03-01 00:00 743 h",
        "2026-04-01 00:00 24 h",
    ]


def test_weeks_begin_on_monday() -> None:
    assert said(("2026-03-06 00:00", "2026-03-12 00:00"), Pace.WEEK) == [
        "2026-03-06 00:00 72 h",
        "2026-03-09 00:00 72 h",
    ]


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        (AMSTERDAM, "2026-03-29", 23),
        (AMSTERDAM, "2026-10-25", 25),
        ("Asia/Beirut", "2026-03-29", 23),
        ("America/Sao_Paulo", "2018-11-04", 23),
    ],
)
def test_a_day_on_which_clocks_change_has_another_length(zone: str, day: str, hours: int) -> None:
    noon = at(f"{day} 12:00", zone)
    (part,) = [
        p for p in periods((noon - 3 * DAY, noon + 3 * DAY), Pace.DAY, zone) if p[0] <= noon < p[1]
    ]
    assert (part[1] - part[0]) / HOUR == hours


def test_a_day_that_never_was_is_no_period() -> None:
    begin, end = (at(f"2011-{day} 00:00", "Pacific/Apia") for day in ("12-28", "12-31"))
    assert [b - a for a, b in periods((begin, end), Pace.DAY, "Pacific/Apia")] == [DAY, DAY]


def test_without_a_pace_the_window_is_one_period_and_an_empty_one_has_none() -> None:
    assert periods((1, 5), None, "UTC") == [(1, 5)]
    assert periods((5, 5), Pace.DAY, "UTC") == []


windows = st.tuples(st.integers(946_684_800_000, 1_900_000_000_000), st.integers(1, 100 * DAY)).map(
    lambda one: (one[0], one[0] + one[1])
)


@given(windows, st.sampled_from(Pace), st.sampled_from(ZONES))
def test_periods_fill_the_window_without_gap_or_overlap(
    window: tuple[int, int], pace: Pace, zone: str
) -> None:
    parts = periods(window, pace, zone)
    assert (parts[0][0], parts[-1][1]) == window
    assert all(a < b for a, b in parts)
    assert all(one[1] == other[0] for one, other in pairwise(parts))


@given(windows, st.sampled_from(Pace))
def test_each_period_but_the_first_begins_with_its_day_week_or_month(
    window: tuple[int, int], pace: Pace
) -> None:
    there = ZoneInfo(AMSTERDAM)
    for begin, _ in periods(window, pace, AMSTERDAM)[1:]:
        local = datetime.fromtimestamp(begin / 1000, there)
        assert (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0)
        assert pace is not Pace.WEEK or local.weekday() == 0
        assert pace is not Pace.MONTH or local.day == 1


turns = st.lists(st.tuples(st.integers(0, 400), st.sampled_from(Health)), max_size=12).map(
    lambda found: [
        (946_684_800_000 + n * 6 * HOUR, health) for n, health in sorted(dict(found).items())
    ]
)


@given(turns, st.integers(0, 90), st.integers(1, 60), st.sampled_from(Pace), st.sampled_from(ZONES))
def test_figures_of_the_periods_add_up_to_those_of_the_window_exactly(
    steps: list[Step], begin: int, days: int, pace: Pace, zone: str
) -> None:
    since = 946_684_800_000 + begin * DAY
    window = since, since + days * DAY
    parts = [tally(steps, *part) for part in periods(window, pace, zone)]
    whole = tally(steps, *window)
    for name in ("good", "bad", "unknown"):
        assert sum(getattr(part, name) for part in parts) == getattr(whole, name)
    assert sum(bad_times(steps, window)) == whole.bad
    for part in periods(window, pace, zone):
        assert sum(bad_times(steps, part)) == tally(steps, *part).bad
        assert tally(within(steps, part), *part) == tally(steps, *part)
        assert bad_times(within(steps, part), part) == bad_times(steps, part)


# Episodes.


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([], []),
        ([(0, GOOD)], []),
        ([(0, BAD)], [10]),
        ([(0, GOOD), (2, BAD), (5, GOOD)], [3]),
        ([(0, BAD), (2, RISK), (5, BAD), (6, GOOD)], [2, 1]),
        ([(0, BAD), (2, UNKNOWN), (5, BAD), (6, GOOD)], [3]),
        ([(0, BAD), (2, UNKNOWN), (5, GOOD), (6, BAD)], [2, 4]),
        ([(-5, BAD), (2, GOOD), (12, BAD)], [2]),
        ([(-5, BAD), (-2, UNKNOWN), (3, BAD), (4, UNKNOWN), (5, BAD)], [6]),
    ],
)
def test_an_episode_ends_only_when_the_product_is_measured_to_be_good(
    steps: list[Step], expected: list[int]
) -> None:
    assert bad_times(steps, (0, 10)) == expected
