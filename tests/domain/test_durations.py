import pytest
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.domain.durations import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    WEEK,
    parse_duration,
    say_duration,
    wait_is_over,
    whole_minutes,
    write_duration,
)


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("90s", 90 * SECOND),
        ("10m", 10 * MINUTE),
        ("24h", DAY),
        ("1d", 24 * HOUR),
        ("2w", 2 * WEEK),
        (" 3d ", 3 * DAY),
    ],
)
def test_a_duration_is_a_whole_number_with_a_unit(text: str, duration: int) -> None:
    assert parse_duration(text) == duration


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3",
        "d",
        "0d",
        "03d",
        "-1d",
        "1.5h",
        "1 d",
        "1D",
        "1d2h",
        "1y",
        "\u0663d",
        "9" * 10 + "s",
    ],
)
def test_what_is_not_of_that_form_is_no_duration(text: str) -> None:
    assert parse_duration(text) is None


@given(st.integers(1, 10**8), st.sampled_from("smhdw"))
def test_what_is_written_is_read_back(number: int, unit: str) -> None:
    duration = parse_duration(f"{number}{unit}")
    assert duration is not None
    assert parse_duration(write_duration(duration)) == duration


@pytest.mark.parametrize(
    ("duration", "text"),
    [(WEEK, "1w"), (8 * DAY, "8d"), (DAY, "1d"), (90 * MINUTE, "90m"), (1_999, "1s"), (0, "0s")],
)
def test_a_duration_is_written_in_its_largest_whole_unit(duration: int, text: str) -> None:
    assert write_duration(duration) == text


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        (SECOND - 1, "less than a second"),
        (SECOND, "1 s"),
        (MINUTE - 1, "59 s"),
        (MINUTE, "1 min"),
        (59 * MINUTE, "59 min"),
        (HOUR, "1 h"),
        (2 * HOUR + 40 * MINUTE, "2 h 40 min"),
        (DAY, "1 day"),
        (DAY + 59 * MINUTE, "1 day"),
        (3 * DAY + HOUR + 5 * MINUTE, "3 days 1 h"),
    ],
)
def test_people_are_told_the_two_largest_units(duration: int, words: str) -> None:
    assert say_duration(duration) == words


@given(st.integers(-400 * DAY, 400 * DAY))
def test_whole_minutes_are_those_that_people_read(duration: int) -> None:
    minutes = whole_minutes(duration)
    assert minutes * duration >= 0
    assert abs(minutes) * MINUTE <= abs(duration) < (abs(minutes) + 1) * MINUTE
    if minutes:
        assert say_duration(abs(minutes) * MINUTE) == say_duration(abs(duration))


@pytest.mark.parametrize(
    ("since", "now", "is_over"),
    [
        (None, 0, True),
        (SECOND, SECOND, False),
        (SECOND, SECOND + MINUTE - 1, False),
        (SECOND, SECOND + MINUTE, True),
        (SECOND, SECOND - 1, True),
    ],
)
def test_a_wait_is_over_after_its_time_or_where_the_clock_was_set_back(
    since: int | None, now: int, *, is_over: bool
) -> None:
    assert wait_is_over(MINUTE, since, now) is is_over
