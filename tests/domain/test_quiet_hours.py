"""When a channel is told nothing, and when it hears again."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.domain.calendars import hours_that_count
from datahub_dataproducts.domain.durations import MINUTE, WEEK
from datahub_dataproducts.domain.quiet_hours import NEVER_QUIET, QuietHours
from tests.builders import AMSTERDAM, at


def working(*holidays: date) -> QuietHours:
    return QuietHours(outside=hours_that_count("MON-FRI 08:00-18:00", holidays), timezone=AMSTERDAM)


def test_in_the_hours_nothing_is_quiet() -> None:
    assert working().end(at("2026-03-03 08:00")) is None
    assert working().end(at("2026-03-03 17:59")) is None


def test_a_night_is_over_in_the_morning_and_a_weekend_on_monday() -> None:
    assert working().end(at("2026-03-03 18:00")) == at("2026-03-04 08:00")
    assert working().end(at("2026-03-06 20:00")) == at("2026-03-09 08:00")


def test_on_holidays_it_is_quiet_all_day() -> None:
    quiet = working(date(2026, 4, 6))
    assert quiet.end(at("2026-04-06 10:00")) == at("2026-04-07 08:00")


def test_the_hours_are_those_of_the_wall_on_the_day_that_clocks_change_too() -> None:
    quiet = QuietHours(outside=hours_that_count("MON-SUN 08:00-18:00", ()), timezone=AMSTERDAM)
    assert quiet.end(at("2026-03-28 18:00")) == at("2026-03-29 08:00")


def test_hours_that_never_come_are_looked_at_again_all_the_same() -> None:
    every_day = tuple(date.fromordinal(date(2026, 1, 1).toordinal() + day) for day in range(800))
    begin = at("2026-03-03 12:00")
    assert working(*every_day).end(begin) == begin + 60 * WEEK


def test_where_nothing_is_said_nothing_is_quiet() -> None:
    assert NEVER_QUIET.end(at("2026-03-03 03:00")) is None


@given(st.integers(0, 60 * 24 * 365).map(lambda n: at("2026-01-01 00:00") + n * MINUTE))
def test_when_the_quiet_is_over_it_is_not_quiet(instant: int) -> None:
    end = working().end(instant)
    assert end is None or (end > instant and working().end(end) is None)
