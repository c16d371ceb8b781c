"""What a channel is told that is muted or silenced for a while."""

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.application.tell import Ground, TrackingPolicy, look
from datahub_dataproducts.domain.assertions import Assertion, Evidence, Impact, MaxAge, Outcome
from datahub_dataproducts.domain.calendars import hours_that_count
from datahub_dataproducts.domain.conversations import Conversation
from datahub_dataproducts.domain.durations import DAY, HOUR, MINUTE
from datahub_dataproducts.domain.episodes import Patience
from datahub_dataproducts.domain.held_news import Acknowledgement
from datahub_dataproducts.domain.hushes import Hush
from datahub_dataproducts.domain.letters import Announcement, Why
from datahub_dataproducts.domain.products import DataProduct, Input, Lifecycle
from datahub_dataproducts.domain.quiet_hours import QuietHours
from datahub_dataproducts.domain.routes import Route, Terms
from tests.application.stories import IMPATIENT, Stories, Story, posts
from tests.builders import (
    AMSTERDAM,
    at,
    checked,
    freshness_assertion,
    product,
    result,
    update,
    uses,
)
from tests.messages_as_text import as_text
from tests.searching import searches
from tests.strategies import BEGIN, GRID, LENGTH, catalogs, histories_of_evidence

FAILURE, ERROR = Outcome.FAILURE, Outcome.ERROR
WORKING = QuietHours(outside=hours_that_count("MON-FRI 08:00-18:00", ()), timezone=AMSTERDAM)
NIGHTS_OFF = TrackingPolicy(
    channels=("console", "always"), patience=IMPATIENT, terms={"console": Terms(quiet=WORKING)}
)
USERS, REVENUE = (
    product("users", checked("u")),
    product("revenue", checked("r"), inputs=(Input(product="users"),)),
)


def words(story: Story, channel: str = "console") -> list[str]:
    return [f"{one.why.value} #{one.sequence}: {one.text}" for one in posts(story, channel)]


def whys(story: Story, channel: str = "console") -> list[str]:
    return [f"{one.why.value} #{one.sequence}" for one in posts(story, channel)]


def well(story: Story, *names: str) -> None:
    story.hear(*(result(name, at("2026-03-02 09:00")) for name in names or ("u", "r")))
    story.wait("2026-03-02 10:00")


def silence(story: Story, since: str, until: str, **of: object) -> int:
    hush = Hush(
        since=at(since),
        until=at(until),
        author="ana",
        reason="planned work",
        made_at=at(since),
        **of,  # type: ignore[arg-type]
    )
    with story.store.transaction() as book:
        return book.add_hush(hush)


# Mutes.


def test_at_night_nothing_is_told_and_in_the_morning_what_is_still_so(story: Stories) -> None:
    here = story(USERS, REVENUE, policy=NIGHTS_OFF)
    well(here)
    here.hear(result("u", at("2026-03-02 19:00"), FAILURE))
    here.hear(result("r", at("2026-03-02 23:00"), FAILURE))
    here.restart()
    here.wait("2026-03-03 07:59")
    assert words(here) == []
    assert len(posts(here, "always")) == 2
    here.wait("2026-03-03 08:00")
    told = words(here)
    assert [one.partition(" This")[0] for one in told] == [
        "opened #1:",
        "opened #1:",
    ]
    assert "This channel was muted: nothing was told since Mon 2 Mar at 19:00. Users is" in told[1]
    here.wait("2026-03-05 12:00")
    assert words(here) == []


def test_what_comes_and_goes_at_night_is_one_letter_to_those_who_mend(story: Stories) -> None:
    business = replace(NIGHTS_OFF, business=frozenset({"console"}))
    for policy, expected in (
        (
            NIGHTS_OFF,
            [
                (
                    "caught up #1: While nothing was told here: Users was unhealthy from "
                    "Mon 2 Mar at 19:00 to 20:00. Orders was unhealthy from Mon 2 Mar at 21:00 "
                    "to 22:00."
                )
            ],
        ),
        (business, []),
    ):
        with tempfile.TemporaryDirectory() as folder:
            here = Story(Path(folder), [USERS, product("orders", checked("o"))], policy=policy)
            well(here, "u", "o")
            here.hear(result("u", at("2026-03-02 19:00"), FAILURE))
            here.hear(result("u", at("2026-03-02 20:00")))
            here.hear(result("o", at("2026-03-02 21:00"), FAILURE))
            here.hear(result("o", at("2026-03-02 22:00")))
            here.wait("2026-03-03 12:00")
            assert words(here) == expected
            here.store.close()


@pytest.mark.parametrize(
    ("promise", "outcome", "said"),
    [
        (checked("u", impact=Impact.WARNING), FAILURE, "was at risk"),
        (checked("u"), ERROR, "was not known to be healthy"),
    ],
)
def test_what_came_and_went_is_told_with_its_times_on_the_clock_of_the_readers(
    story: Stories, promise: Assertion, outcome: Outcome, said: str
) -> None:
    here = story(
        product("users", promise),
        policy=replace(NIGHTS_OFF, zones={"console": "America/New_York"}),
    )
    well(here, "u")
    here.hear(result("u", at("2026-03-06 19:00"), outcome), result("u", at("2026-03-06 21:00")))
    here.wait("2026-03-09 08:00")
    (told,) = posts(here)
    assert told.text == (
        f"While nothing was told here: Users {said} from Fri 6 Mar at 13:00 to 15:00."
    )
    assert told.timezone == "America/New_York"


def test_what_came_and_went_is_told_of_all_conversations_however_many_letters_it_takes(
    story: Stories,
) -> None:
    here = story(USERS, product("orders", checked("o")), policy=NIGHTS_OFF)
    well(here, "u", "o")
    for name in ("u", "o"):
        here.hear(result(name, at("2026-03-02 19:00"), FAILURE))
    with here.store.transaction() as book:
        held = [one for id_ in ("users", "orders") for one in book.conversations_of(id_)]
    for name in ("u", "o"):
        here.hear(result(name, at("2026-03-02 20:00")))
    ground = Ground(portfolio=here.tracker.portfolio, policy=here.policy, floors={})
    with here.store.transaction() as book:
        for one in held:
            if one[0] == "console":
                look(book, ground, [one], at("2026-03-03 08:00"))
    told = [one.text for one in posts(here)]
    assert [name for name in ("Users", "Orders") if any(name in text for text in told)] == [
        "Users",
        "Orders",
    ]


def test_today_is_the_day_on_which_it_is_told(story: Stories) -> None:
    here = story(USERS, policy=NIGHTS_OFF)
    well(here, "u")
    here.hear(result("u", at("2026-03-06 19:00"), FAILURE))
    here.wait("2026-03-09 08:00")
    (told,) = posts(here)
    assert told.text.startswith(
        "This channel was muted: nothing was told since Fri 6 Mar at 19:00."
    )
    assert "the check of that failed on Fri 6 Mar at 19:00" in told.text
    assert "on Fri 6 Mar at 19:00" in as_text(told.shown)


def test_what_was_told_before_the_night_and_is_over_by_the_morning_is_ended(
    story: Stories,
) -> None:
    here = story(USERS, policy=NIGHTS_OFF)
    well(here, "u")
    here.hear(result("u", at("2026-03-02 17:00"), FAILURE))
    assert whys(here) == ["opened #1"]
    here.hear(result("u", at("2026-03-02 20:00")))
    assert whys(here) == []
    here.wait("2026-03-03 08:00")
    (told,) = posts(here)
    assert (told.why, told.sequence) == (Why.CLOSED, 2)
    assert told.text == (
        "This channel was muted: nothing was told since Mon 2 Mar at 20:00. "
        "Users is healthy again, after 3 h."
    )
    assert "Unhealthy: from Mon 2 Mar at 17:00 to 20:00" in as_text(told.shown)


def test_an_end_that_is_told_late_is_told_with_its_own_times_whatever_came_after(
    story: Stories,
) -> None:
    policy = replace(NIGHTS_OFF, patience=Patience(for_=0, clear_for=10 * MINUTE))
    here = story(product("users", checked("u"), checked("w", impact=Impact.WARNING)), policy=policy)
    well(here, "u", "w")
    here.hear(result("u", at("2026-03-02 16:00"), FAILURE))
    # Well for a moment only: it is the same episode still.
    here.hear(result("u", at("2026-03-02 16:30")))
    here.hear(result("u", at("2026-03-02 16:35"), FAILURE))
    here.hear(result("u", at("2026-03-02 20:00")))
    here.hear(result("w", at("2026-03-02 22:00"), FAILURE))
    here.wait("2026-03-03 08:00")
    told = [one for one in posts(here) if one.why is Why.CLOSED]
    assert [one.at for one in told] == [at("2026-03-02 20:00")]
    assert "Users is no longer unhealthy, after 4 h." in told[0].text


def test_of_a_product_that_people_are_told_of_no_more_no_good_end_is_told_late(
    story: Stories,
) -> None:
    here = story(USERS, policy=NIGHTS_OFF)
    well(here, "u")
    here.hear(result("u", at("2026-03-02 17:00"), FAILURE))
    here.wait("2026-03-02 19:00")
    here.define(replace(USERS, lifecycle=Lifecycle.DEVELOPMENT), when="2026-03-02 19:00")
    here.wait("2026-03-03 08:00")
    (told,) = posts(here)[1:]
    assert "Users is announced no more." in told.text


def test_what_goes_and_comes_back_in_one_night_is_still_the_same_to_the_channel(
    story: Stories,
) -> None:
    here = story(USERS, policy=NIGHTS_OFF)
    well(here, "u")
    here.hear(result("u", at("2026-03-02 17:00"), FAILURE))
    (opened,) = posts(here)
    here.hear(result("u", at("2026-03-02 20:00")), result("u", at("2026-03-02 21:00"), FAILURE))
    here.wait("2026-03-03 12:00")
    assert posts(here) == []
    here.hear(result("u", at("2026-03-03 13:00")))
    (closed,) = posts(here)
    assert (closed.conversation, closed.why) == (opened.conversation, Why.CLOSED)


def test_what_came_and_went_and_came_back_is_told_once(story: Stories) -> None:
    here = story(USERS, policy=NIGHTS_OFF)
    well(here, "u")
    here.hear(result("u", at("2026-03-02 19:00"), FAILURE), result("u", at("2026-03-02 20:00")))
    here.hear(result("u", at("2026-03-02 21:00"), FAILURE))
    here.wait("2026-03-03 08:00")
    assert whys(here) == ["opened #1"]


def test_what_is_ended_is_not_told_to_have_come_and_gone_too(story: Stories) -> None:
    here = story(product("users", checked("u"), checked("u2")), policy=NIGHTS_OFF)
    well(here, "u", "u2")
    here.hear(result("u", at("2026-03-02 17:00"), FAILURE))
    here.hear(result("u2", at("2026-03-02 19:00"), FAILURE))
    here.hear(result("u", at("2026-03-02 20:00")), result("u2", at("2026-03-02 20:00")))
    here.wait("2026-03-03 08:00")
    assert whys(here) == ["opened #1", "closed #2"]


def test_a_second_root_at_night_takes_the_message_over_in_the_morning(story: Stories) -> None:
    here = story(USERS, REVENUE, policy=NIGHTS_OFF)
    well(here)
    here.hear(result("u", at("2026-03-02 17:00"), FAILURE))
    (opened,) = posts(here)
    here.hear(result("u", at("2026-03-02 20:00")))
    here.hear(result("r", at("2026-03-02 20:30"), FAILURE))
    here.wait("2026-03-03 08:00")
    told = posts(here)
    ended = {one.conversation for one in told if one.is_last} | {e for o in told for e in o.ends}
    assert opened.conversation in ended
    assert [[a.product for a in one.affected] for one in told if not one.is_last] == [["revenue"]]


def test_messages_that_became_one_at_night_are_one_in_the_morning(story: Stories) -> None:
    orders = product("orders", checked("o"))
    both = (Input(product="users"), Input(product="orders"))
    first, second = product("first", inputs=both[:1]), product("second", inputs=both)
    only = replace(NIGHTS_OFF, routes=(Route(channels=("console",), products=("first", "second")),))
    here = story(USERS, orders, first, second, policy=only)
    well(here, "u", "o")
    here.hear(result("u", at("2026-03-02 16:00"), FAILURE))
    here.hear(result("o", at("2026-03-02 17:00"), FAILURE))
    told = posts(here)
    assert open_in_the_eyes_of_readers(told) == {frozenset({"first"}), frozenset({"second"})}
    now_both = replace(first, inputs=both)
    here.define(USERS, orders, now_both, second, when="2026-03-02 22:00")
    here.wait("2026-03-03 08:00")
    told += posts(here)
    assert open_in_the_eyes_of_readers(told) == {frozenset({"first", "second"})}


def test_a_message_taken_over_by_one_nobody_heard_of_is_ended_with_that(story: Stories) -> None:
    orders = product("orders", checked("o"))
    both = (Input(product="users"), Input(product="orders"))
    first, second = product("first", inputs=both[:1]), product("second", inputs=both)
    only = replace(
        NIGHTS_OFF, routes=(Route(channels=("console",), products=("first", "second", "third")),)
    )
    here = story(USERS, orders, first, policy=only)
    well(here, "u", "o")
    here.hear(result("u", at("2026-03-02 16:00"), FAILURE))
    told = posts(here)
    here.hear(result("o", at("2026-03-02 20:00"), FAILURE))
    here.define(USERS, orders, first, second, when="2026-03-02 21:00")
    here.wait("2026-03-02 21:30")
    now_both = replace(first, inputs=both)
    here.define(USERS, orders, now_both, second, when="2026-03-02 22:00")
    # And another one later, while it is still held back.
    third = product("third", inputs=both)
    here.define(USERS, orders, now_both, second, third, when="2026-03-02 23:00")
    here.wait("2026-03-03 07:00")
    here.restart()
    here.wait("2026-03-03 08:00")
    told += posts(here)
    assert open_in_the_eyes_of_readers(told) == {frozenset({"first", "second", "third"})}
    here.hear(result("u", at("2026-03-03 09:00")), result("o", at("2026-03-03 09:00")))
    told += posts(here)
    assert open_in_the_eyes_of_readers(told) == set()


def test_a_product_that_went_at_night_is_ended_too(story: Stories) -> None:
    here = story(USERS, REVENUE, policy=NIGHTS_OFF)
    well(here)
    here.hear(result("r", at("2026-03-02 17:00"), FAILURE))
    posts(here)
    here.define(USERS, when="2026-03-02 22:00")
    here.wait("2026-03-03 08:00")
    (closed,) = posts(here)
    assert closed.is_last
    assert "revenue is announced no more" in closed.text


def test_reminders_wait_for_the_morning_and_are_one(story: Stories) -> None:
    here = story(USERS, policy=replace(NIGHTS_OFF, still_open_every=HOUR))
    well(here, "u")
    here.hear(result("u", at("2026-03-02 16:30"), FAILURE))
    for when in ("03-02 17:30", "03-02 18:30", "03-02 23:00", "03-03 08:00", "03-03 08:30"):
        here.wait(f"2026-{when}")
    assert whys(here) == ["opened #1", "still open #2", "still open #3"]


def test_a_turn_that_is_about_to_be_taken_back_is_not_told_in_the_morning(story: Stories) -> None:
    patient = replace(NIGHTS_OFF, patience=Patience(for_=10 * MINUTE, clear_for=10 * MINUTE))
    here = story(USERS, policy=patient)
    well(here, "u")
    here.hear(result("u", at("2026-03-02 20:00"), FAILURE))
    here.hear(result("u", at("2026-03-03 07:55")))
    here.wait("2026-03-03 09:00")
    assert whys(here) == ["caught up #1"]
    assert whys(here, "always") == ["opened #1", "closed #2"]


def test_what_came_and_went_at_night_is_told_also_of_a_product_that_is_no_more(
    story: Stories,
) -> None:
    here = story(USERS, product("orders", checked("o")), policy=NIGHTS_OFF)
    well(here, "u", "o")
    here.hear(result("o", at("2026-03-02 19:00"), FAILURE), result("o", at("2026-03-02 20:00")))
    here.define(USERS, when="2026-03-02 22:00")
    here.wait("2026-03-03 08:00")
    (told,) = words(here)
    assert told.startswith("caught up #1: While nothing was told here: orders was unhealthy from")


def test_what_came_and_went_at_night_is_told_when_a_channel_that_went_too_is_back(
    story: Stories,
) -> None:
    here = story(USERS, policy=NIGHTS_OFF)
    well(here, "u")
    here.hear(result("u", at("2026-03-02 19:00"), FAILURE), result("u", at("2026-03-02 20:00")))
    here.policy = replace(NIGHTS_OFF, channels=("always",))
    here.restart()
    here.wait("2026-03-03 10:00")
    assert words(here) == []
    here.policy = NIGHTS_OFF
    here.restart()
    here.wait("2026-03-03 11:00")
    assert whys(here) == ["caught up #1"]


def test_who_was_told_of_it_before_the_night_hears_its_end_and_of_others_that_they_came_and_went(
    story: Stories,
) -> None:
    here = story(USERS, policy=NIGHTS_OFF)
    well(here, "u")
    here.hear(result("u", at("2026-03-02 17:00"), FAILURE))
    assert whys(here) == ["opened #1"]
    here.define(USERS, product("first", inputs=(Input(product="users"),)), when="2026-03-02 20:00")
    here.hear(result("u", at("2026-03-02 22:00")))
    here.wait("2026-03-03 08:00")
    closed, passed = sorted(posts(here), key=lambda one: one.why is Why.CAUGHT_UP)
    assert closed.is_last
    assert "Users" in closed.text
    assert [one.product for one in passed.recovered] == ["first"]


# Silences.


def test_a_silenced_product_is_told_of_when_that_is_over_with_who_silenced_it(
    story: Stories,
) -> None:
    here = story(USERS, REVENUE)
    well(here)
    silence(here, "2026-03-02 12:00", "2026-03-02 14:00", products=("revenue",))
    here.hear(result("r", at("2026-03-02 13:00"), FAILURE))
    assert words(here) == []
    here.hear(result("u", at("2026-03-02 13:30"), FAILURE))
    (users,) = [one for one in posts(here) if one.product == "users"]
    assert users.why is Why.OPENED
    here.wait("2026-03-02 14:00")
    (revenue,) = posts(here)
    assert revenue.text.startswith(
        "This was silenced by ana until Mon 2 Mar at 14:00 (planned work): nothing was told since "
        "Mon 2 Mar at 13:00."
    )


def test_a_silence_may_hold_for_what_the_product_causes(story: Stories) -> None:
    for with_caused, expected in ((True, []), (False, ["opened #1"])):
        with tempfile.TemporaryDirectory() as folder:
            here = Story(Path(folder), [USERS, REVENUE])
            well(here)
            silence(
                here,
                "2026-03-02 12:00",
                "2026-03-02 14:00",
                products=("users",),
                with_caused=with_caused,
            )
            here.hear(result("u", at("2026-03-02 13:00"), FAILURE))
            assert whys(here) == expected
            here.store.close()


def test_a_silence_keeps_no_incident_of_the_catalog_from_being_raised_and_resolved(
    story: Stories,
) -> None:
    here = story(USERS, policy=replace(NIGHTS_OFF, by_root=("incidents",)))
    well(here, "u")
    silence(here, "2026-03-02 12:00", "2026-03-02 14:00")
    here.hear(result("u", at("2026-03-02 13:00"), FAILURE), result("u", at("2026-03-02 13:30")))
    assert (whys(here), whys(here, "incidents")) == ([], ["opened #1", "closed #2"])


def test_who_is_no_more_hit_by_a_silenced_product_is_told_of_when_the_silence_is_over(
    story: Stories,
) -> None:
    risky = product("revenue", checked("r", impact=Impact.WARNING), inputs=uses("users"))
    here = story(USERS, risky)
    well(here)
    here.hear(result("r", at("2026-03-02 10:30"), FAILURE))
    here.hear(result("u", at("2026-03-02 11:00"), FAILURE))
    posts(here)
    silence(here, "2026-03-02 12:00", "2026-03-02 14:00", products=("users",), with_caused=True)
    here.define(USERS, replace(risky, inputs=()), when="2026-03-02 13:00")
    assert [one.product for told in posts(here) for one in told.recovered] == []
    here.wait("2026-03-02 14:00")
    assert [one.product for told in posts(here) for one in told.recovered] == ["revenue"]


def test_what_a_silenced_product_causes_is_silenced_where_each_product_is_told_by_itself(
    story: Stories,
) -> None:
    by_itself = {"console": Terms(by_product=True)}
    here = story(
        USERS,
        REVENUE,
        policy=TrackingPolicy(channels=("console",), patience=IMPATIENT, terms=by_itself),
    )
    well(here)
    silence(here, "2026-03-02 12:00", "2026-03-02 14:00", products=("users",), with_caused=True)
    here.hear(result("u", at("2026-03-02 13:00"), FAILURE))
    assert whys(here) == []
    here.hear(result("r", at("2026-03-02 13:30"), FAILURE))
    assert [one.product for one in posts(here)] == ["revenue"], "by a fault of its own too"
    here.wait("2026-03-02 14:00")
    assert [one.product for one in posts(here)] == ["users"]


def test_a_silence_that_ends_while_nothing_runs_is_over_when_it_runs_again(story: Stories) -> None:
    here = story(USERS)
    well(here, "u")
    silence(here, "2026-03-02 12:00", "2026-03-02 14:00", products=("users",))
    here.hear(result("u", at("2026-03-02 13:00"), FAILURE))
    here.restart()
    here.wait("2026-03-04 10:00")
    (told,) = posts(here)
    assert told.text.startswith(
        "This was silenced by ana until Mon 2 Mar at 14:00 (planned work): nothing was told since "
        "Mon 2 Mar at 13:00."
    )


def test_a_recipe_without_the_mute_holds_nothing_back_any_more(story: Stories) -> None:
    here = story(USERS, policy=NIGHTS_OFF)
    well(here, "u")
    here.hear(result("u", at("2026-03-06 19:00"), FAILURE))
    here.policy = replace(NIGHTS_OFF, terms={})
    here.restart()
    here.wait("2026-03-06 20:00")
    assert whys(here) == ["opened #1"]


def test_a_silence_of_a_channel_or_a_domain_keeps_no_other_from_hearing(story: Stories) -> None:
    here = story(USERS, policy=NIGHTS_OFF)
    well(here, "u")
    silence(here, "2026-03-02 12:00", "2026-03-02 14:00", channels=("console",))
    silence(here, "2026-03-02 12:00", "2026-03-02 14:00", domains=("urn:li:domain:other",))
    here.hear(result("u", at("2026-03-02 13:00"), FAILURE))
    assert (whys(here), whys(here, "always")) == ([], ["opened #1"])


def test_a_silence_that_is_ended_early_by_somebody_else_is_over(story: Stories) -> None:
    here = story(USERS)
    well(here)
    id_ = silence(here, "2026-03-02 12:00", "2026-03-04 12:00")
    here.hear(result("u", at("2026-03-02 13:00"), FAILURE))
    with here.store.transaction() as book:
        book.end_hush(id_, at("2026-03-02 14:00"))
        book.look_sooner(at("2026-03-02 14:00"))
    here.tracker.look_again()
    here.wait("2026-03-02 14:00")
    assert whys(here) == ["opened #1"]


def test_who_left_a_silenced_message_for_one_that_was_told_is_not_said_to_be_well(
    story: Stories,
) -> None:
    orders, both = (
        product("orders", checked("o")),
        (Input(product="users"), Input(product="orders")),
    )
    revenue = product("revenue", inputs=both)
    here = story(USERS, orders, revenue)
    well(here, "u", "o")
    here.hear(result("u", at("2026-03-02 11:00"), FAILURE))
    (opened,) = posts(here)
    assert {one.product for one in opened.affected} == {"users", "revenue"}
    silence(here, "2026-03-02 12:00", "2026-03-02 14:00", products=("users",), with_caused=True)
    first = product("first", inputs=both[:1])
    here.define(USERS, orders, revenue, first, when="2026-03-02 12:30")
    assert posts(here) == []
    here.hear(result("o", at("2026-03-02 13:00"), FAILURE))
    (told,) = [one for one in posts(here) if one.product == "revenue"]
    assert told.why is Why.OPENED
    here.wait("2026-03-02 14:00")
    (later,) = posts(here)
    assert (later.conversation, later.why) == (opened.conversation, Why.AFFECTED_CHANGED)
    assert {one.product for one in later.affected} == {"users", "first"}
    assert later.recovered == ()


def test_what_came_and_went_is_told_as_the_first_silence_of_those_it_is_of_ends(
    story: Stories,
) -> None:
    here = story(USERS, REVENUE)
    well(here)
    for id_, until in (("users", "2026-03-02 14:00"), ("revenue", "2026-03-02 15:00")):
        silence(here, "2026-03-02 12:00", until, products=(id_,))
    here.hear(result("u", at("2026-03-02 13:00"), FAILURE), result("u", at("2026-03-02 13:30")))
    here.wait("2026-03-02 13:59")
    assert posts(here) == []
    here.wait("2026-03-02 14:00")
    (told,) = posts(here)
    assert [one.product for one in told.recovered] == ["revenue", "users"]


# Patience of a channel.


def test_a_product_that_nobody_hears_of_is_as_patient_as_all(story: Stories) -> None:
    calm = Route(channels=("console",), products=("orders",), terms=Terms(for_=HOUR))
    policy = TrackingPolicy(channels=("console",), routes=(calm,), patience=IMPATIENT)
    here = story(USERS, product("orders", checked("o")), policy=policy)
    well(here, "u", "o")
    here.hear(result("u", at("2026-03-02 12:00"), FAILURE))
    here.hear(result("o", at("2026-03-02 12:01"), FAILURE))
    here.wait("2026-03-02 13:00")
    assert posts(here) == []
    here.wait("2026-03-02 13:01")
    assert [one.product for one in posts(here)] == ["orders"]


def test_a_channel_may_wait_longer_and_never_hears_of_what_is_short(story: Stories) -> None:
    policy = TrackingPolicy(
        channels=("console", "calm"),
        patience=IMPATIENT,
        terms={"calm": Terms(for_=HOUR, clear_for=HOUR)},
    )
    here = story(USERS, policy=policy)
    well(here, "u")
    here.hear(result("u", at("2026-03-02 12:00"), FAILURE), result("u", at("2026-03-02 12:30")))
    here.hear(result("u", at("2026-03-02 13:00"), FAILURE))
    here.wait("2026-03-02 13:59")
    assert whys(here, "calm") == []
    here.wait("2026-03-02 14:00")
    assert whys(here, "calm") == ["opened #1"]
    here.hear(result("u", at("2026-03-02 15:00")), result("u", at("2026-03-02 15:30"), FAILURE))
    here.hear(result("u", at("2026-03-02 16:00")))
    here.wait("2026-03-02 18:00")
    assert whys(here, "calm") == ["closed #2"]
    assert len(posts(here)) == 6


def test_what_waited_for_one_product_alone_is_not_said_to_have_been_silenced(
    story: Stories,
) -> None:
    policy = TrackingPolicy(
        channels=("console", "calm"), patience=IMPATIENT, terms={"calm": Terms(for_=HOUR)}
    )
    here = story(USERS, REVENUE, policy=policy)
    well(here)
    silence(here, "2026-03-02 12:00", "2026-03-02 20:00", products=("users",), channels=("calm",))
    here.hear(result("u", at("2026-03-02 13:00"), FAILURE))
    here.wait("2026-03-02 13:59")
    assert words(here, "calm") == []
    here.wait("2026-03-02 14:00")
    (told,) = posts(here, "calm")
    assert told.text.startswith("Users is unhealthy")
    assert {one.product for one in told.affected} == {"users", "revenue"}


def test_what_had_to_wait_twice_is_not_said_to_have_been_silenced(story: Stories) -> None:
    policy = TrackingPolicy(
        channels=("console", "calm"), patience=IMPATIENT, terms={"calm": Terms(for_=HOUR)}
    )
    here = story(product("users", checked("u"), checked("u2")), policy=policy)
    well(here, "u", "u2")
    for name, when in (("u", "12:00"), ("u2", "12:30")):
        here.hear(result(name, at(f"2026-03-02 {when}"), FAILURE))
    here.wait("2026-03-02 13:00")
    (told,) = words(here, "calm")
    assert told.startswith("opened #1: Users is unhealthy")


def test_that_it_was_silenced_is_said_also_if_it_had_to_wait_after_that(story: Stories) -> None:
    policy = TrackingPolicy(
        channels=("console", "calm"), patience=IMPATIENT, terms={"calm": Terms(for_=HOUR)}
    )
    here = story(USERS, policy=policy)
    well(here, "u")
    id_ = silence(here, "2026-03-02 12:00", "2026-03-02 20:00", channels=("calm",))
    here.hear(result("u", at("2026-03-02 12:10"), FAILURE))
    with here.store.transaction() as book:
        book.end_hush(id_, at("2026-03-02 12:30"))
        book.look_sooner(at("2026-03-02 12:30"))
    here.tracker.look_again()
    here.wait("2026-03-02 12:40")
    here.wait("2026-03-02 13:10")
    (told,) = posts(here, "calm")
    assert told.text.startswith("This was silenced by ana until Mon 2 Mar at 12:30 (planned work)")


def test_what_is_not_fresh_any_more_is_told_at_once_to_a_channel_that_waits_too(
    story: Stories,
) -> None:
    policy = TrackingPolicy(
        channels=("console", "calm"), patience=IMPATIENT, terms={"calm": Terms(for_=HOUR)}
    )
    here = story(product("users", freshness_assertion("x", MaxAge(age=DAY))), policy=policy)
    here.hear(update("x", at("2026-03-02 06:00")))
    here.wait("2026-03-03 06:00")
    assert whys(here, "calm") == ["opened #1"]


def test_a_channel_may_be_less_patient_than_all(story: Stories) -> None:
    policy = TrackingPolicy(
        channels=("console", "quick"),
        patience=Patience(for_=HOUR, clear_for=HOUR),
        terms={"quick": Terms(for_=0, clear_for=0)},
    )
    here = story(USERS, policy=policy)
    well(here, "u")
    here.hear(result("u", at("2026-03-02 12:00"), FAILURE))
    here.wait("2026-03-02 12:59")
    assert (whys(here), whys(here, "quick")) == ([], ["opened #1"])
    here.wait("2026-03-02 13:00")
    assert whys(here) == ["opened #1"]


WARNED = product("users", checked("u"), checked("w", impact=Impact.WARNING))
BY_REASON = TrackingPolicy(
    channels=("console", "quick"),
    patience=Patience(for_=HOUR, clear_for=HOUR),
    routes=(
        Route(
            channels=("quick",),
            reasons=(Why.AT_RISK, Why.BLIND),
            terms=Terms(for_=MINUTE, clear_for=MINUTE),
            goes_on=True,
        ),
        Route(channels=("console",)),
    ),
)


@pytest.mark.parametrize(
    ("name", "outcome", "told"),
    [("w", FAILURE, ["at risk #1", "closed #2"]), ("u", ERROR, ["blind #1", "seen again #2"])],
)
def test_a_route_for_some_reasons_may_be_less_patient_than_those_for_others(
    story: Stories, name: str, outcome: Outcome, told: list[str]
) -> None:
    here = story(WARNED, policy=BY_REASON)
    well(here, "u", "w")
    here.hear(result(name, at("2026-03-02 12:00"), outcome))
    here.wait("2026-03-02 12:01")
    assert (whys(here), whys(here, "quick")) == ([], told[:1])
    here.wait("2026-03-02 13:00")
    assert whys(here) == told[:1]
    here.hear(result(name, at("2026-03-02 14:00")))
    here.wait("2026-03-02 14:01")
    assert (whys(here), whys(here, "quick")) == ([], told[1:])
    here.wait("2026-03-02 15:00")
    assert whys(here) == told[1:]


def test_who_is_less_patient_with_another_reason_hurries_nobody(story: Stories) -> None:
    here = story(WARNED, policy=BY_REASON)
    well(here, "u", "w")
    here.hear(result("u", at("2026-03-02 12:00"), FAILURE))
    here.wait("2026-03-02 12:59")
    assert whys(here) == []
    here.wait("2026-03-02 13:00")
    assert whys(here) == ["opened #1"]
    here.hear(result("u", at("2026-03-02 14:00")), result("u", at("2026-03-02 14:30"), FAILURE))
    here.hear(result("u", at("2026-03-02 16:00")))
    here.wait("2026-03-02 17:00")
    (ended,) = posts(here)
    assert "4 h" in ended.text
    assert whys(here, "quick") == []


# Terms and reasons of routes.


def test_a_conversation_for_each_product_where_that_is_asked_for(story: Stories) -> None:
    policy = TrackingPolicy(
        channels=("console",), patience=IMPATIENT, terms={"console": Terms(by_product=True)}
    )
    here = story(USERS, REVENUE, policy=policy)
    well(here)
    here.hear(result("u", at("2026-03-02 12:00"), FAILURE))
    told = posts(here)
    assert [[a.product for a in one.affected] for one in told] == [["revenue"], ["users"]]


def test_reminders_are_as_often_as_the_channel_wants_them(story: Stories) -> None:
    policy = TrackingPolicy(
        channels=("console", "often", "never"),
        patience=IMPATIENT,
        still_open_every=2 * HOUR,
        terms={"often": Terms(still_open_every=HOUR), "never": Terms(still_open_every=0)},
    )
    here = story(USERS, policy=policy)
    well(here, "u")
    here.hear(result("u", at("2026-03-02 12:00"), FAILURE))
    for hour in ("13", "14"):
        here.wait(f"2026-03-02 {hour}:00")
    assert [len(posts(here, name)) for name in policy.channels] == [2, 3, 1]


def test_a_route_may_leave_out_reasons_and_what_ends_is_told_all_the_same(story: Stories) -> None:
    policy = TrackingPolicy(
        channels=("console",),
        patience=IMPATIENT,
        still_open_every=HOUR,
        routes=(Route(channels=("console",), reasons=(Why.OPENED,)),),
    )
    here = story(USERS, REVENUE, policy=policy)
    well(here)
    here.hear(result("r", at("2026-03-02 12:00"), ERROR))
    assert whys(here) == [], "blindness goes no way"
    here.hear(result("u", at("2026-03-02 13:00"), FAILURE))
    here.wait("2026-03-02 16:00")
    assert whys(here) == ["opened #1"]
    here.hear(result("r", at("2026-03-02 17:00")), result("u", at("2026-03-02 17:00")))
    assert whys(here) == ["closed #2"]


# Somebody takes care.


def take(story: Story, product: str, when: str, note: str = "on it") -> None:
    with story.store.transaction() as book:
        for channel, key in book.conversations_of(product):
            here = book.conversation(channel, key)
            assert isinstance(here, Conversation)
            said = Acknowledgement(by="ana", note=note, at=at(when))
            book.put_conversation(replace(here, acknowledged=said, look_at=at(when)))
    story.tracker.look_again()
    story.wait(when)


def test_who_takes_care_is_told_and_reminders_stop_until_something_changes(
    story: Stories,
) -> None:
    policy = replace(NIGHTS_OFF, still_open_every=HOUR, terms={})
    here = story(USERS, REVENUE, policy=policy)
    well(here)
    here.hear(result("u", at("2026-03-02 12:00"), FAILURE))
    posts(here)
    take(here, "users", "2026-03-02 12:10")
    here.restart()
    (said,) = posts(here)
    assert (said.why, said.sequence) == (Why.ACKNOWLEDGED, 2)
    assert said.text.startswith(
        "Acknowledged by ana on Mon 2 Mar at 12:10: on it. Users is unhealthy"
    )
    here.wait("2026-03-02 17:00")
    assert whys(here) == []
    other = result("u2", at("2026-03-02 17:10"), FAILURE)
    two = product("users", checked("u"), checked("u2"))
    here.define(two, REVENUE, when="2026-03-02 17:05")
    here.hear(other)
    (changed,) = posts(here)
    assert (changed.why, changed.sequence) == (Why.CAUSE_CHANGED, 3)
    # Of what she said it goes on telling, with when that was; nobody said so of the new cause.
    assert changed.text.startswith("Acknowledged by ana on Mon 2 Mar at 12:10: on it. Users is")
    here.restart()
    here.wait("2026-03-02 18:30")
    assert whys(here) == ["still open #4"]
    take(here, "users", "2026-03-02 18:40", note="both")
    (said,) = posts(here)
    assert said.text.startswith("Acknowledged by ana on Mon 2 Mar at 18:40: both. Users is")
    here.wait("2026-03-02 22:00")
    assert whys(here) == []


def test_nobody_is_reminded_of_what_somebody_takes_care_of_also_where_that_is_not_told(
    story: Stories,
) -> None:
    reasons = (Why.OPENED, Why.STILL_OPEN)
    policy = TrackingPolicy(
        channels=("console",),
        patience=IMPATIENT,
        still_open_every=HOUR,
        routes=(Route(channels=("console",), reasons=reasons),),
    )
    here = story(USERS, policy=policy)
    well(here, "u")
    here.hear(result("u", at("2026-03-02 12:00"), FAILURE))
    take(here, "users", "2026-03-02 12:10")
    here.wait("2026-03-02 15:00")
    assert whys(here) == ["opened #1"]


def test_that_somebody_takes_care_is_not_told_at_night(story: Stories) -> None:
    here = story(USERS, policy=NIGHTS_OFF)
    well(here, "u")
    here.hear(result("u", at("2026-03-02 12:00"), FAILURE))
    posts(here)
    take(here, "users", "2026-03-02 22:00")
    assert whys(here) == []
    here.wait("2026-03-03 08:00")
    assert whys(here) == ["acknowledged #2"]


def test_a_message_that_is_changed_goes_on_saying_who_takes_care(story: Stories) -> None:
    here = story(USERS, REVENUE)
    well(here)
    here.hear(result("u", at("2026-03-02 12:00"), FAILURE))
    take(here, "users", "2026-03-02 12:10")
    posts(here)
    here.define(USERS, replace(REVENUE, inputs=()), when="2026-03-02 12:20")
    (changed,) = posts(here)
    assert changed.why is Why.AFFECTED_CHANGED
    said = "Acknowledged by ana on Mon 2 Mar at 12:10: on it."
    assert changed.text.startswith(f"{said} Revenue is healthy again")
    headline, note, *_ = as_text(changed.shown).splitlines()
    assert (headline[:2], note) == ("# ", said)
    here.hear(result("u", at("2026-03-02 13:00")))
    (closed,) = posts(here)
    assert "Acknowledged" not in closed.text


def test_who_takes_care_after_another_fault_was_held_back_takes_care_of_that_too(
    story: Stories,
) -> None:
    policy = replace(NIGHTS_OFF, still_open_every=HOUR)
    here = story(product("users", checked("u"), checked("u2")), policy=policy)
    well(here, "u", "u2")
    here.hear(result("u", at("2026-03-02 17:00"), FAILURE))
    assert whys(here) == ["opened #1"]
    here.hear(result("u2", at("2026-03-02 20:00"), FAILURE))
    take(here, "users", "2026-03-02 21:00")
    here.wait("2026-03-03 08:00")
    (changed,) = posts(here)
    assert (changed.why, changed.text[:19]) == (Why.CAUSE_CHANGED, "Acknowledged by ana")
    here.wait("2026-03-03 17:00")
    assert whys(here) == [], "nobody is reminded of it"


def test_who_takes_care_of_what_was_held_back_is_told_with_it(story: Stories) -> None:
    here = story(USERS, policy=replace(NIGHTS_OFF, still_open_every=HOUR))
    well(here, "u")
    here.hear(result("u", at("2026-03-02 20:00"), FAILURE))
    take(here, "users", "2026-03-02 21:00")
    here.wait("2026-03-03 08:00")
    (opened,) = posts(here)
    assert opened.why is Why.OPENED
    assert opened.text.startswith("Acknowledged by ana on Mon 2 Mar at 21:00: on it. This channel")
    here.wait("2026-03-03 17:00")
    assert whys(here) == [], "nobody is reminded of what somebody takes care of, nor told twice"


def test_that_a_product_joins_by_the_same_fault_calls_for_nobody_else(story: Stories) -> None:
    here = story(USERS, REVENUE, policy=replace(NIGHTS_OFF, still_open_every=HOUR, terms={}))
    well(here)
    here.hear(result("u", at("2026-03-02 12:00"), FAILURE))
    take(here, "users", "2026-03-02 12:10")
    posts(here)
    orders = product("orders", checked("o"), inputs=(Input(product="users"),))
    here.define(USERS, REVENUE, orders, when="2026-03-02 12:20")
    (changed,) = posts(here)
    assert changed.why is Why.AFFECTED_CHANGED
    assert changed.text.startswith(
        "Acknowledged by ana on Mon 2 Mar at 12:10: on it. Orders is unhealthy too."
    )
    here.wait("2026-03-02 17:00")
    assert whys(here) == [], "she takes care of what makes it unhealthy: nobody is reminded"


def test_who_takes_care_takes_care_of_what_joins_at_night_by_the_same_fault(
    story: Stories,
) -> None:
    here = story(USERS, REVENUE, policy=NIGHTS_OFF)
    here.hear(result("r", at("2026-03-02 09:00")), result("u", at("2026-03-02 09:00")))
    orders = product("orders", checked("o"), inputs=(Input(product="users"),))
    here.hear(result("u", at("2026-03-02 12:00"), FAILURE))
    take(here, "users", "2026-03-02 12:10")
    posts(here)
    here.define(USERS, REVENUE, orders, when="2026-03-02 20:00")
    take(here, "users", "2026-03-02 20:10")
    here.define(
        USERS, REVENUE, orders, replace(orders, id="more", name="More"), when="2026-03-02 21:00"
    )
    here.wait("2026-03-03 08:00")
    (changed,) = posts(here)
    assert {one.product for one in changed.affected} == {"users", "revenue", "orders", "more"}
    assert changed.text.startswith("Acknowledged by ana on Mon 2 Mar at 20:10: on it. ")


PATIENT = TrackingPolicy(
    channels=("console",),
    patience=Patience(for_=10 * MINUTE, clear_for=20 * MINUTE),
    still_open_every=2 * HOUR,
)


def test_nobody_is_told_that_a_product_is_still_open_that_is_well_by_now(story: Stories) -> None:
    here = story(USERS, policy=PATIENT)
    well(here, "u")
    here.hear(result("u", at("2026-03-02 12:00"), FAILURE))
    here.wait("2026-03-02 12:10")
    here.hear(result("u", at("2026-03-02 14:05")))
    here.wait("2026-03-02 14:11")
    take(here, "users", "2026-03-02 14:12")
    assert whys(here) == ["opened #1"]
    here.wait("2026-03-02 14:25")
    assert whys(here) == ["closed #2"]


def test_a_reminder_that_waited_is_told_also_if_it_was_not_well_for_long_enough(
    story: Stories,
) -> None:
    here = story(USERS, policy=PATIENT)
    well(here, "u")
    here.hear(result("u", at("2026-03-02 12:00"), FAILURE))
    here.wait("2026-03-02 12:10")
    here.hear(result("u", at("2026-03-02 14:05")))
    here.wait("2026-03-02 14:11")
    here.hear(result("u", at("2026-03-02 14:15"), FAILURE))
    here.wait("2026-03-02 14:40")
    assert whys(here) == ["opened #1", "still open #2"]


def test_reminders_go_on_after_a_night_in_which_something_came_and_went(story: Stories) -> None:
    users = product("users", checked("u"), checked("u2"))
    here = story(users, policy=replace(NIGHTS_OFF, still_open_every=3 * HOUR))
    well(here, "u", "u2")
    here.hear(result("u", at("2026-03-02 17:30"), FAILURE))
    posts(here)
    here.hear(result("u2", at("2026-03-02 19:00"), FAILURE))
    here.wait("2026-03-03 03:00")
    here.hear(result("u2", at("2026-03-03 04:00")))
    here.wait("2026-03-03 12:00")
    assert whys(here)[:1] == ["still open #2"]


def test_who_is_never_reminded_keeps_nobody_else_of_the_conversation_from_it(
    story: Stories,
) -> None:
    policy = TrackingPolicy(
        channels=("console",),
        patience=IMPATIENT,
        still_open_every=2 * HOUR,
        routes=(
            Route(channels=("console",), products=("users",), terms=Terms(still_open_every=0)),
            Route(channels=("console",)),
        ),
    )
    here = story(USERS, REVENUE, policy=policy)
    well(here)
    here.hear(result("u", at("2026-03-02 12:00"), FAILURE))
    here.wait("2026-03-02 14:00")
    assert whys(here) == ["opened #1", "still open #2"]


# However it was muted, in the end a channel knows what it would know without.


UNTIL = BEGIN + LENGTH * GRID
HOURS = st.sampled_from((
    "MON-SUN 08:00-18:00",
    "MON-FRI 09:00-17:00",
    "MON,WED 00:00-12:00",
    "TUE-SUN 11:00-12:00",
))
HUSHES = st.lists(
    st.builds(
        lambda since, length, products, with_caused: Hush(
            since=BEGIN + since * HOUR,
            until=BEGIN + (since + length) * HOUR,
            author="ana",
            reason="planned work",
            made_at=BEGIN,
            products=tuple(products),
            channels=("muted",),
            with_caused=with_caused,
        ),
        st.integers(0, 80),
        st.integers(1, 30),
        st.lists(st.sampled_from(("p0", "p1", "p2")), max_size=2),
        st.booleans(),
    ),
    max_size=3,
)


def open_in_the_eyes_of_readers(told: list[Announcement]) -> set[frozenset[str]]:
    """The products of each message that a reader sees as open.

    Of a product the newest message of a kind counts: one that it went away from may name it still.
    """
    seen: dict[str, set[str]] = {}
    for one in told:
        named = {affected.product for affected in one.affected}
        for key, others in seen.items():
            if kind_of(key) == kind_of(one.conversation):
                others.difference_update(named)
        seen[one.conversation] = named
        for ended in one.ends:
            seen.pop(ended, None)
        if one.is_last:
            seen.pop(one.conversation)
    return {frozenset(named) for named in seen.values()}


def kind_of(conversation: str) -> str:
    begins = conversation.partition(":")[0].partition("@")[0]
    return begins if begins in ("risk", "blindness") else "episode"


@searches(80)
@given(
    made=catalogs(),
    heard=histories_of_evidence,
    hours=HOURS,
    hushes=HUSHES,
    restarts=st.booleans(),
    in_order=st.booleans(),
)
def test_no_mute_and_no_silence_loses_how_it_ends(
    *,
    made: list[DataProduct],
    heard: list[Evidence],
    hours: str,
    hushes: list[Hush],
    restarts: bool,
    in_order: bool,
) -> None:
    quiet = QuietHours(outside=hours_that_count(hours, ()), timezone=AMSTERDAM)
    policy = TrackingPolicy(
        channels=("free", "muted"),
        patience=Patience(for_=37 * MINUTE, clear_for=53 * MINUTE),
        terms={"muted": Terms(quiet=quiet)},
    )
    with tempfile.TemporaryDirectory() as folder:
        here = Story(Path(folder), made, policy=policy)
        with here.store.transaction() as book:
            for hush in hushes:
                book.add_hush(hush)
        for one in sorted(heard, key=lambda e: e.at) if in_order else heard:
            here.hear(one)
            if restarts:
                here.restart()
        now = max(UNTIL, BEGIN + 111 * HOUR)
        is_settled = False
        while not is_settled and now < UNTIL + 30 * DAY:
            now = quiet.end(now + HOUR) or now + HOUR
            here.tracker.tick(now)
            with here.store.transaction() as book:
                states = [book.told(one.id) for one in made]
            is_settled = all(one is None or one.announce_at is None for one in states)
        free, muted = (open_in_the_eyes_of_readers(posts(here, n)) for n in ("free", "muted"))
        here.store.close()
    assert is_settled
    assert muted == free
