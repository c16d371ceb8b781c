import pytest

from datahub_dataproducts.domain.assertions import Deadline, MaxAge
from datahub_dataproducts.domain.durations import parse_duration
from datahub_dataproducts.domain.nodes import Node
from datahub_dataproducts.domain.promises import say_freshness, say_list, say_test
from datahub_dataproducts.domain.schedules import Schedule, parse_cron, parse_days


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ("MON-SUN", "is updated every day by 08:00 Europe/Amsterdam"),
        ("MON-FRI", "is updated Monday to Friday by 08:00 Europe/Amsterdam"),
        ("FRI-MON", "is updated Friday to Monday by 08:00 Europe/Amsterdam"),
        ("MON,WED,FRI", "is updated on Monday, Wednesday and Friday by 08:00 Europe/Amsterdam"),
        ("SAT,SUN", "is updated on Saturday and Sunday by 08:00 Europe/Amsterdam"),
        ("TUE", "is updated every Tuesday by 08:00 Europe/Amsterdam"),
    ],
)
def test_a_deadline_names_its_days_its_time_and_its_zone(days: str, words: str) -> None:
    weekdays = parse_days(days)
    assert weekdays is not None
    schedule = Schedule(times=(480,), weekdays=weekdays, timezone="Europe/Amsterdam")
    assert say_freshness(Deadline(schedule=schedule)) == words


@pytest.mark.parametrize(
    ("cron", "words"),
    [
        ("0 8 * * *", "every day by 08:00"),
        ("0 8,12 * * 1-5", "Monday to Friday by 08:00 and 12:00"),
        ("*/15 * * * *", "every 15 minutes"),
        ("0 * * * *", "every hour"),
        ("0 */2 * * *", "every 2 hours"),
        ("0 6-18 * * 1-5", "every hour from 06:00 to 18:00 Monday to Friday"),
        ("0,50 0-8 * * *", "18 times a day between 00:00 and 08:50"),
        ("0 6 1 * *", "on day 1 of the month by 06:00"),
        ("0 6 1-7 * *", "on days 1 to 7 of the month by 06:00"),
        ("0 6 1,15 1,7 *", "on days 1 and 15 in January and July by 06:00"),
        ("0 6 * 12 *", "every day in December by 06:00"),
        ("0 6 * 12 1", "every Monday in December by 06:00"),
        ("0 6 1 * 1", "on day 1 of the month and every Monday by 06:00"),
        (
            "0 6 */10 * 1,2",
            "on days 1, 11, 21 and 31 of the month that fall on Monday or Tuesday by 06:00",
        ),
        ("*/90 * * * *", "every hour"),
    ],
)
def test_a_cron_line_is_said_in_words(cron: str, words: str) -> None:
    schedule = parse_cron(cron, "UTC")
    assert isinstance(schedule, Schedule)
    assert say_freshness(Deadline(schedule=schedule)) == f"is updated {words} UTC"


def test_an_uneven_rhythm_of_more_than_an_hour_is_said_in_hours_and_minutes() -> None:
    schedule = Schedule(times=tuple(range(0, 24 * 60, 90)))
    assert say_freshness(Deadline(schedule=schedule)) == "is updated every 1 h 30 min UTC"


@pytest.mark.parametrize(
    ("age", "words"),
    [("24h", "24 h"), ("36h", "36 h"), ("7d", "7 days"), ("90m", "1 h 30 min"), ("30s", "30 s")],
)
def test_an_age_is_said_in_the_unit_people_use(age: str, words: str) -> None:
    milliseconds = parse_duration(age)
    assert milliseconds is not None
    assert say_freshness(MaxAge(age=milliseconds)) == f"is never older than {words}"


def test_a_generic_test_is_called_by_its_kind_and_its_column() -> None:
    test = Node(
        unique_id="test.shop.not_null_orders_id.1",
        resource_type="test",
        name="not_null_orders_id",
        package="shop",
        test_name="not_null",
        column="id",
    )
    assert say_test(test) == "passes not_null on id"


def test_a_singular_test_is_called_by_its_name() -> None:
    test = Node(
        unique_id="test.shop.assert_totals",
        resource_type="test",
        name="assert_totals",
        package="shop",
    )
    assert say_test(test) == "passes assert_totals"


@pytest.mark.parametrize(
    ("words", "said"),
    [((), ""), (("a",), "a"), (("a", "b"), "a and b"), (("a", "b", "c"), "a, b and c")],
)
def test_a_list_ends_with_and(words: tuple[str, ...], said: str) -> None:
    assert say_list(words) == said
