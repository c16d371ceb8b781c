"""Digests: told to each channel that wants one when it is due, once a day whatever happens."""

import tempfile
from contextlib import suppress
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datahub_dataproducts.application.digest import digest_then, send_digest
from datahub_dataproducts.application.tell import Ground, TrackingPolicy
from datahub_dataproducts.application.ticking import tick_once
from datahub_dataproducts.domain.assertions import Outcome
from datahub_dataproducts.domain.calendars import hours_that_count
from datahub_dataproducts.domain.digests import DigestRule
from datahub_dataproducts.domain.durations import DAY, MINUTE
from datahub_dataproducts.domain.held_news import Acknowledgement
from datahub_dataproducts.domain.hushes import Hush
from datahub_dataproducts.domain.letters import Digest
from datahub_dataproducts.domain.messages import Meter
from datahub_dataproducts.domain.products import DataProduct, Lifecycle, Objective
from datahub_dataproducts.domain.quiet_hours import QuietHours
from datahub_dataproducts.domain.routes import Route
from datahub_dataproducts.domain.schedules import Schedule, local_time
from tests.application.stories import IMPATIENT, Stories, Story
from tests.builders import AMSTERDAM, at, checked, product, result

FAILURE = Outcome.FAILURE
NINE = DigestRule(schedule=Schedule(times=(540,), timezone=AMSTERDAM))
POLICY = TrackingPolicy(channels=("console",), patience=IMPATIENT, digests={"console": NINE})


@pytest.fixture
def story(tmp_path: Path) -> Stories:
    def begin(*products: DataProduct, policy: TrackingPolicy = POLICY) -> Story:
        return Story(tmp_path, products, policy=policy)

    return begin


def digests(story: Story, channel: str = "console") -> list[Digest]:
    """Those that a channel was told since this was last asked."""
    story.deliver()
    letters = [one.letter for one in story.channels[channel].dispatches]
    story.channels[channel].dispatches.clear()
    return [letter for letter in letters if isinstance(letter, Digest)]


def texts(story: Story, channel: str = "console") -> list[str]:
    return [one.text for one in digests(story, channel)]


def test_a_channel_is_told_each_day_what_is_and_what_was(story: Stories) -> None:
    here = story(product("revenue", checked("t")))
    here.hear(result("t", at("2026-03-02 06:00")))
    here.wait("2026-03-02 06:30")
    here.hear(result("t", at("2026-03-02 20:00"), FAILURE))
    here.wait("2026-03-03 08:59")
    assert texts(here) == [
        "Data products, Sun 1 Mar: Revenue is not known to be healthy\nNot known:\n- Revenue: fct has not been checked yet",
        "Data products, Mon 2 Mar: Revenue is healthy",
    ]
    here.wait("2026-03-03 09:00")
    assert texts(here) == [
        (
            "Data products, Tue 3 Mar: Revenue is unhealthy\n"
            "Newly unhealthy:\n"
            "- Revenue: since Mon 2 Mar at 20:00, fct fails a check, owner: revenue-team"
        )
    ]
    here.hear(result("t", at("2026-03-03 10:00")))
    here.hear(result("t", at("2026-03-04 08:00")))
    here.wait("2026-03-04 09:30")
    assert texts(here) == [
        (
            "Data products, Wed 4 Mar: Revenue has recovered\n"
            "Recovered:\n"
            "- Revenue: was unhealthy for 14 h, from Mon 2 Mar at 20:00 to Tue 3 Mar at 10:00"
        )
    ]


def test_a_digest_comes_after_all_that_happened_by_its_time(story: Stories) -> None:
    expecting = replace(checked("t"), expect_every=DAY)
    here = story(product("revenue", expecting))
    here.hear(result("t", at("2026-03-02 09:00")))
    # Silence begins just as the digest is due, and nobody looked before.
    here.wait("2026-03-03 12:00")
    assert texts(here)[-1] == (
        "Data products, Tue 3 Mar: Revenue is not known to be healthy\nNot known:\n- Revenue: fct has gone silent"
    )


def test_of_several_that_were_missed_the_last_is_told_and_speaks_of_all_the_time(
    story: Stories,
) -> None:
    here = story(product("revenue", checked("t")))
    here.hear(result("t", at("2026-03-02 06:00")))
    here.wait("2026-03-02 06:30")
    here.hear(result("t", at("2026-03-02 10:00"), FAILURE), result("t", at("2026-03-02 12:00")))
    texts(here)
    here.restart()
    here.wait("2026-03-05 15:00")
    (only,) = digests(here)
    assert (only.day, only.at) == ("2026-03-05", at("2026-03-05 09:00"))
    assert "Recovered:\n- Revenue: was unhealthy for 2 h" in only.text


def test_a_channel_is_not_told_of_the_time_before_it_wanted_digests(story: Stories) -> None:
    here = story(product("revenue", checked("t")), policy=replace(POLICY, digests={}))
    here.hear(result("t", at("2026-03-02 06:00")))
    here.wait("2026-03-03 15:00")
    here.policy = POLICY
    here.restart()
    here.wait("2026-03-03 15:01")
    assert digests(here) == []
    here.wait("2026-03-04 09:00")
    assert [one.day for one in digests(here)] == ["2026-03-04"]


def test_a_channel_that_wanted_none_for_a_while_begins_anew(story: Stories) -> None:
    here = story(product("revenue", checked("t")))
    here.hear(result("t", at("2026-03-02 06:00")))
    here.wait("2026-03-02 09:00")
    assert [one.day for one in digests(here)] == ["2026-03-01", "2026-03-02"]
    here.policy = replace(POLICY, digests={})
    here.restart()
    here.wait("2026-03-10 12:00")
    here.policy = POLICY
    here.restart()
    here.wait("2026-03-10 12:01")
    assert digests(here) == []
    here.wait("2026-03-11 09:00")
    assert [one.day for one in digests(here)] == ["2026-03-11"]


def test_another_time_of_day_holds_from_the_next_digest_on(story: Stories) -> None:
    here = story(product("revenue", checked("t")))
    here.hear(result("t", at("2026-03-02 06:00")))
    here.wait("2026-03-02 09:00")
    assert [one.day for one in digests(here)] == ["2026-03-01", "2026-03-02"]
    at_noon = DigestRule(schedule=Schedule(times=(720,), timezone=AMSTERDAM))
    here.policy = replace(POLICY, digests={"console": at_noon})
    here.restart()
    here.hear(result("t", at("2026-03-02 10:00"), FAILURE), result("t", at("2026-03-02 11:00")))
    here.wait("2026-03-02 12:00")
    # The same day is told once, whatever the hour.
    assert digests(here) == []
    here.restart()
    here.wait("2026-03-03 12:00")
    (only,) = digests(here)
    assert only.at == at("2026-03-03 12:00")
    # What came between the two hours is told with the next one.
    assert "Recovered:\n- Revenue: was unhealthy for 1 h" in only.text


def test_an_earlier_time_of_day_that_went_by_is_told_at_once_and_of_all_the_time(
    story: Stories,
) -> None:
    here = story(product("revenue", checked("t")))
    here.hear(result("t", at("2026-03-02 06:00")))
    here.wait("2026-03-02 09:00")
    here.hear(result("t", at("2026-03-02 10:00"), FAILURE), result("t", at("2026-03-02 11:00")))
    digests(here)
    at_seven = DigestRule(schedule=Schedule(times=(420,), timezone=AMSTERDAM))
    here.policy = replace(POLICY, digests={"console": at_seven})
    # It would have been told at nine, and is to be told at seven from now on.
    here.tracker.tick(at("2026-03-03 08:00"))
    here.restart()
    here.wait("2026-03-03 08:01")
    (only,) = digests(here)
    assert only.at == at("2026-03-03 07:00")
    assert "was unhealthy for 1 h" in only.text
    here.wait("2026-03-04 06:59")
    assert digests(here) == []


def test_a_quiet_day_that_is_skipped_counts_as_told(story: Stories) -> None:
    quietly = replace(POLICY, digests={"console": replace(NINE, is_skipped_when_quiet=True)})
    here = story(product("revenue", checked("t")), policy=quietly)
    here.hear(result("t", at("2026-03-01 06:00")))
    here.wait("2026-03-03 10:00")
    assert digests(here) == []
    here.hear(result("t", at("2026-03-03 12:00"), FAILURE))
    here.wait("2026-03-04 10:00")
    assert "Newly unhealthy" in texts(here)[0]


def test_it_tells_of_the_products_that_the_channel_hears_of(story: Stories) -> None:
    policy = replace(
        POLICY,
        channels=("console", "finance"),
        routes=(
            Route(channels=("finance",), products=("revenue",), goes_on=True),
            Route(channels=("console",)),
        ),
        digests={"console": NINE, "finance": NINE},
    )
    sleeping = replace(product("draft", checked("d")), lifecycle=Lifecycle.DEVELOPMENT)
    here = story(
        product("revenue", checked("t")), product("users", checked("u")), sleeping, policy=policy
    )
    here.hear(result("t", at("2026-03-02 06:00")), result("u", at("2026-03-02 06:00")))
    here.wait("2026-03-02 09:00")
    assert texts(here, "finance")[-1] == "Data products, Mon 2 Mar: Revenue is healthy"
    assert texts(here)[-1] == "Data products, Mon 2 Mar: both are healthy"


def test_at_quiet_times_no_digest_is_told_and_the_next_speaks_of_them(story: Stories) -> None:
    working = QuietHours(outside=hours_that_count("MON-FRI 08:00-18:00", ()), timezone=AMSTERDAM)
    at_work = replace(NINE, quiet=working)
    here = story(
        product("revenue", checked("t")), policy=replace(POLICY, digests={"console": at_work})
    )
    here.hear(result("t", at("2026-03-02 06:00")))
    here.wait("2026-03-06 10:00")
    digests(here)
    here.hear(result("t", at("2026-03-06 11:00"), FAILURE), result("t", at("2026-03-06 12:00")))
    for day in ("07", "08"):
        here.wait(f"2026-03-{day} 10:00")
        here.restart()
    assert digests(here) == []
    here.wait("2026-03-09 09:00")
    (monday,) = digests(here)
    assert monday.day == "2026-03-09"
    assert "Recovered:\n- Revenue: was unhealthy for 1 h" in monday.text
    asked = at_work.of_day(date(2026, 3, 9))
    assert asked is not None
    assert asked.since == at("2026-03-06 09:00")
    assert at_work.of_day(date(2026, 3, 8)) is None


def test_what_was_told_as_open_and_is_not_known_any_more_is_told_as_open(story: Stories) -> None:
    here = story(product("revenue", checked("t"), checked("a")))
    here.hear(result("t", at("2026-03-02 06:00")), result("a", at("2026-03-02 06:00")))
    here.hear(result("t", at("2026-03-02 07:00"), FAILURE))
    here.hear(
        result("a", at("2026-03-02 07:10"), Outcome.ERROR), result("t", at("2026-03-02 08:00"))
    )
    here.wait("2026-03-04 09:00")
    assert texts(here)[-1].endswith(
        "Not known:\n- Revenue: fct could not be checked, was unhealthy since Mon 2 Mar at 07:00, "
        "and is not known to be well again"
    )


def test_who_took_care_later_is_no_part_of_the_digest_of_a_day_before(story: Stories) -> None:
    here = story(product("revenue", checked("t")))
    here.hear(result("t", at("2026-03-02 06:00"), FAILURE))
    here.wait("2026-03-02 09:00")
    with here.store.transaction() as book:
        ((channel, key),) = book.conversations_of("revenue")
        conversation = book.conversation(channel, key)
        assert conversation is not None
        said = Acknowledgement(by="ana", note="on it", at=at("2026-03-02 12:00"))
        book.put_conversation(replace(conversation, acknowledged=said))
    monday = NINE.of_day(date(2026, 3, 2))
    assert monday is not None
    made = digest_then(here.store, "console", POLICY.signposts, monday)
    assert made is not None
    assert "acknowledged" not in made.text


def test_what_is_silenced_is_told_as_such_with_who_takes_care(story: Stories) -> None:
    here = story(product("revenue", checked("t")))
    here.hear(result("t", at("2026-03-02 06:00")))
    here.hear(result("t", at("2026-03-02 07:00"), FAILURE))
    with here.store.transaction() as book:
        book.add_hush(
            Hush(
                since=at("2026-03-02 08:00"),
                until=at("2026-03-02 12:00"),
                author="ana",
                reason="migration",
                made_at=at("2026-03-02 08:00"),
            )
        )
        book.add_hush(
            Hush(
                since=at("2026-03-02 08:00"),
                until=at("2026-03-02 12:00"),
                author="ben",
                reason="elsewhere",
                made_at=at("2026-03-02 08:00"),
                channels=("finance",),
            )
        )
    here.wait("2026-03-02 09:00")
    assert texts(here)[-1].endswith("silenced by ana until Mon 2 Mar at 12:00 (migration)")


def test_who_takes_care_is_told(story: Stories) -> None:
    here = story(product("revenue", checked("t")))
    here.hear(result("t", at("2026-03-02 06:00"), FAILURE))
    with here.store.transaction() as book:
        ((channel, key),) = book.conversations_of("revenue")
        conversation = book.conversation(channel, key)
        assert conversation is not None
        said = Acknowledgement(by="ana", note="on it", at=at("2026-03-02 07:00"))
        book.put_conversation(replace(conversation, acknowledged=said))
    here.wait("2026-03-02 09:00")
    assert texts(here)[-1].endswith(
        "owner: revenue-team, acknowledged by ana on Mon 2 Mar at 07:00: on it"
    )


def test_a_product_that_was_bad_for_long_is_told_with_its_beginning(story: Stories) -> None:
    expecting = replace(checked("u"), expect_every=DAY)
    here = story(product("revenue", checked("t"), expecting))
    here.hear(result("t", at("2026-03-01 06:00")), result("u", at("2026-03-01 06:00")))
    here.hear(result("t", at("2026-03-01 12:00"), FAILURE))
    # It is not known for a day, which ends nothing.
    here.hear(result("t", at("2026-03-06 12:00")), result("t", at("2026-03-07 12:00"), FAILURE))
    here.wait("2026-05-01 09:00")
    assert "- Revenue: day 62, since Sun 1 Mar at 12:00" in texts(here)[-1]


def test_how_its_objective_stands_is_told(story: Stories) -> None:
    monthly = Objective(target=Fraction(99, 100), calendar="month")
    here = story(replace(product("revenue", checked("t")), objective=monthly))
    here.hear(result("t", at("2026-03-01 00:00")))
    here.hear(result("t", at("2026-03-01 10:00"), FAILURE), result("t", at("2026-03-01 11:00")))
    here.wait("2026-03-02 09:00")
    assert "nothing is left of this month's error budget" in texts(here)[-1]


def test_that_a_budget_is_spent_is_told_the_day_it_happens_and_then_in_one_line(
    story: Stories,
) -> None:
    month = Objective(target=Fraction(99, 100), window=30 * DAY)
    here = story(
        replace(product("revenue", checked("t")), objective=month), product("users", checked("u"))
    )
    here.hear(result("t", at("2026-03-01 06:00")), result("u", at("2026-03-01 06:00")))
    here.wait("2026-03-01 06:30")
    here.hear(result("t", at("2026-03-02 06:00"), FAILURE), result("t", at("2026-03-02 08:00")))
    for day in ("02", "03", "04"):
        here.wait(f"2026-03-{day} 09:00")
    assert texts(here)[-3:] == [
        (
            "Data products, Mon 2 Mar: 1 recovered\nRecovered:\n"
            "- Revenue: was unhealthy for 2 h, from Mon 2 Mar at 06:00 to 08:00, "
            "nothing is left of the 30-day error budget\n1 other is healthy."
        ),
        "Data products, Tue 3 Mar: both are healthy\nError budget spent: Revenue.",
        "Data products, Wed 4 Mar: both are healthy\nError budget spent: Revenue.",
    ]


def test_the_picture_reaches_back_to_the_first_of_its_days(story: Stories) -> None:
    evening = DigestRule(schedule=Schedule(times=(23 * 60 + 59,), timezone=AMSTERDAM))
    here = story(
        product("revenue", checked("t")), policy=replace(POLICY, digests={"console": evening})
    )
    # A day of 25 hours lies between: the first of fourteen days began more than fourteen days ago.
    here.hear(result("t", at("2026-10-12 00:00")))
    here.hear(result("t", at("2026-10-20 00:00"), FAILURE), result("t", at("2026-10-21 00:00")))
    here.hear(result("t", at("2026-10-25 12:00"), FAILURE))
    here.wait("2026-10-25 23:59")
    made = digests(here)[-1]
    (meter,) = (block for block in made.message.blocks if isinstance(block, Meter))
    assert [day == 1 for day in meter.days] == [True] * 8 + [False] + [True] * 4 + [False]


# When somebody asks.


def test_the_digest_of_any_day_is_shown_by_what_is_known_now(story: Stories) -> None:
    here = story(product("revenue", checked("t")))
    here.hear(result("t", at("2026-03-02 06:00")))
    here.wait("2026-03-02 06:30")
    here.wait("2026-03-03 09:00")
    assert texts(here)[-1] == "Data products, Tue 3 Mar: Revenue is healthy"
    here.hear(result("t", at("2026-03-03 08:00"), FAILURE), when="2026-03-03 12:00")
    tuesday = NINE.of_day(date(2026, 3, 3))
    assert tuesday is not None
    assert (tuesday.since, tuesday.at) == (at("2026-03-02 09:00"), at("2026-03-03 09:00"))
    made = digest_then(here.store, "console", POLICY.signposts, tuesday)
    assert made is not None
    assert "Newly unhealthy:\n- Revenue: since Tue 3 Mar at 08:00" in made.text


def test_a_digest_is_sent_once_however_often_it_is_asked_for(story: Stories) -> None:
    here = story(product("revenue", checked("t")))
    here.hear(result("t", at("2026-03-02 06:00")))
    monday = NINE.of_day(date(2026, 3, 2))
    assert monday is not None
    made = digest_then(here.store, "console", POLICY.signposts, monday)
    assert made is not None
    assert send_digest(here.store, "console", made, at("2026-03-02 09:10"))
    assert not send_digest(here.store, "console", made, at("2026-03-02 09:11"))
    assert digests(here)[-1] == made
    assert not send_digest(here.store, "console", made, at("2026-03-02 09:12"))


def test_a_day_without_a_digest_has_none() -> None:
    weekdays = DigestRule(schedule=Schedule(times=(540,), weekdays=(0, 1, 2, 3, 4)))
    assert weekdays.of_day(date(2026, 3, 1)) is None
    monday = weekdays.of_day(date(2026, 3, 2))
    assert monday is not None
    assert monday.at - monday.since == 3 * DAY


# Once a day, whatever happens.

BEGIN = at("2026-03-27 00:00")  # the clocks change on the 29th
STEPS = st.lists(
    st.tuples(
        st.integers(-2 * 60, 30 * 60).map(lambda minutes: minutes * MINUTE),
        st.sampled_from(["tick", "restart", "result", "crash"]),
    ),
    min_size=1,
    max_size=12,
)
TIMES = st.sampled_from([0, 90, 150, 540, 1439])
ZONES = st.sampled_from([AMSTERDAM, "America/New_York", "UTC", "Pacific/Apia"])


@settings(deadline=None, max_examples=25)
@given(steps=STEPS, time=TIMES, zone=ZONES)
def test_each_day_is_told_exactly_once_whatever_the_clock_and_restarts(
    steps: list[tuple[int, str]], time: int, zone: str
) -> None:
    schedule = Schedule(times=(time,), timezone=zone)
    policy = replace(POLICY, digests={"console": DigestRule(schedule=schedule)})
    with tempfile.TemporaryDirectory() as folder:
        here = Story(Path(folder), [product("revenue", checked("t"))], policy=policy)
        here.wait("2026-03-27 00:00")
        told, now, looked = digests(here), BEGIN, [BEGIN]
        for passed, what in steps:
            now += passed
            if what == "restart":
                here.restart()
            elif what == "result":
                here.tracker.record(result("t", now), now)
            elif what == "crash":
                crash(here, now)
            here.tracker.tick(now)
            looked.append(now)
            told += digests(here)
        assert [one.day for one in told] == days_told(schedule, looked)


def days_told(schedule: Schedule, looked: list[int]) -> list[str]:
    """A day is told when it is first looked after its digest was due; of several the last alone."""
    found = [at("2026-03-01 00:00")]
    for look in looked:
        tick = schedule.last_tick(look)
        if tick is not None and tick > found[-1]:
            found.append(tick)
    return [f"{local_time(tick, schedule.timezone):%Y-%m-%d}" for tick in found[1:]]


def crash(here: Story, now: int) -> None:
    """The process ends within the transaction that told a digest."""
    with suppress(KeyboardInterrupt), here.store.transaction() as book:
        ground = Ground(portfolio=here.tracker.portfolio, policy=here.policy, floors={})
        tick_once(book, ground, now, now)
        raise KeyboardInterrupt
    here.restart()
