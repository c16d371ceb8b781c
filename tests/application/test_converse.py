"""What each channel is told of an episode, from its opening to its end."""

import tempfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from datahub_dataproducts.application.tell import TrackingPolicy
from datahub_dataproducts.domain.assertions import Deadline, Evidence, Impact, Outcome
from datahub_dataproducts.domain.durations import DAY, HOUR, MINUTE
from datahub_dataproducts.domain.episode_history import Episode, by_time_alone, episodes
from datahub_dataproducts.domain.episodes import Patience
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.histories import histories, verdicts
from datahub_dataproducts.domain.letters import Why
from datahub_dataproducts.domain.portfolio import portfolio_of
from datahub_dataproducts.domain.products import (
    DataProduct,
    Lifecycle,
    Objective,
    ProductType,
)
from datahub_dataproducts.domain.routes import Route
from datahub_dataproducts.domain.schedules import Schedule
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
from tests.fakes import FakeChannel
from tests.strategies import BEGIN, GRID, LENGTH, catalogs, histories_of_evidence

FAILURE, ERROR = Outcome.FAILURE, Outcome.ERROR
EIGHT_DAILY = Deadline(schedule=Schedule(times=(480,), timezone=AMSTERDAM))


def block(made: DataProduct) -> DataProduct:
    return replace(made, type=ProductType.BUILDING_BLOCK, domain="urn:li:domain:platform")


def metric(made: DataProduct, domain: str) -> DataProduct:
    return replace(made, type=ProductType.METRIC, domain=f"urn:li:domain:{domain}")


def heads(story: Story, channel: str = "console") -> list[str]:
    """Reason, number and first words of what a channel was told since this was last asked."""
    return [
        f"{one.why.value} #{one.sequence}: {one.text.partition('. ')[0].partition(': ')[0].rstrip('.')}"
        for one in posts(story, channel)
    ]


# The whole story.

CHANNELS = ("finance", "growth", "engineering")
NEWSROOM = TrackingPolicy(
    channels=CHANNELS,
    business=frozenset({"finance", "growth"}),
    routes=(
        Route(channels=("finance", "engineering"), domains=("urn:li:domain:finance",)),
        Route(channels=("growth", "engineering"), domains=("urn:li:domain:growth",)),
        Route(channels=("engineering",)),
    ),
)
USERS = block(product("users", freshness_assertion("dim_users", EIGHT_DAILY)))
ORDERS = block(product("orders", checked("orders")))
REVENUE = metric(product("revenue", checked("rev"), inputs=uses("users", "orders")), "finance")
ACTIVATION = metric(product("activation", inputs=uses("users")), "growth")
CHURN = metric(product("churn", checked("churn"), inputs=uses("users")), "growth")


def test_a_building_block_fails_and_each_channel_reads_its_own_story(story: Stories) -> None:
    here = story(USERS, ORDERS, REVENUE, ACTIVATION, CHURN, policy=NEWSROOM)
    read: dict[str, list[str]] = {name: [] for name in CHANNELS}

    def until(when: str) -> None:
        here.wait(when)
        for name in CHANNELS:
            read[name] += heads(here, name)

    here.hear(
        update("dim_users", at("2026-03-02 06:02")),
        *(result(name, at("2026-03-02 06:03")) for name in ("orders", "rev", "churn")),
    )
    until("2026-03-03 07:59")
    assert read == {"finance": [], "growth": [], "engineering": []}
    # Users is not refreshed; three metrics are affected.
    until("2026-03-03 08:00")
    here.restart()
    # A second cause for one of them.
    here.hear(result("churn", at("2026-03-03 08:30"), FAILURE))
    until("2026-03-03 08:40")
    # Another input cannot be checked any more, which hides nothing that is bad.
    here.hear(result("orders", at("2026-03-03 09:00"), ERROR))
    until("2026-03-03 09:30")
    here.hear(result("churn", at("2026-03-03 09:40")))
    until("2026-03-03 10:00")
    # Users is refreshed: two recover, and of the third it is not known.
    here.hear(update("dim_users", at("2026-03-03 10:40")))
    here.restart()
    until("2026-03-03 11:00")
    # A test flaps.
    here.hear(result("rev", at("2026-03-03 11:05"), FAILURE), result("rev", at("2026-03-03 11:10")))
    here.hear(result("rev", at("2026-03-03 11:15"), FAILURE), result("rev", at("2026-03-03 11:20")))
    until("2026-03-03 12:00")
    here.hear(result("orders", at("2026-03-03 12:30")))
    until("2026-03-03 13:00")
    assert read["finance"] == [
        "opened #1: Revenue is unhealthy because its input Users is out of date",
        "closed #2: Revenue is healthy again, after 4 h 30 min",
    ]
    assert read["growth"] == [
        "opened #1: Activation is unhealthy because its input Users is out of date",
        "opened #1: Churn is unhealthy because fct fails a check",
        "cause changed #2: Churn is unhealthy because its input Users is out of date",
        "closed #3: Churn is healthy again, after 2 h 40 min",
        "closed #2: Activation is healthy again, after 2 h 40 min",
    ]
    assert read["engineering"] == [
        "opened #1: Users is unhealthy because dim_users is out of date",
        "opened #1: Churn is unhealthy because fct fails a check",
        "blind #1: It is not known whether Orders is healthy, because fct could not be checked",
        "cause changed #2: Churn is unhealthy because its input Users is out of date",
        "closed #3: Churn is healthy again, after 2 h 40 min",
        "affected changed #2: Activation and Users are healthy again, after 2 h 40 min",
        "closed #3: Revenue is healthy again, after 4 h 30 min",
        "seen again #2: Orders is known to be healthy again",
    ]


def test_a_letter_has_what_a_channel_needs_to_keep_one_message(story: Stories) -> None:
    here = story(USERS, REVENUE, policy=replace(NEWSROOM, patience=IMPATIENT))
    here.hear(update("dim_users", at("2026-03-02 06:02")), result("rev", at("2026-03-02 06:02")))
    here.wait("2026-03-03 08:00")
    (opened,) = posts(here, "engineering")
    missed = at("2026-03-03 08:00")
    assert (opened.conversation, opened.sequence) == (f"users@{missed}", 1)
    assert [(a.product, a.type, a.health, a.since) for a in opened.affected] == [
        ("revenue", "metric", Health.UNHEALTHY, missed),
        ("users", "building_block", Health.UNHEALTHY, missed),
    ]
    assert [fault.assertion for fault in opened.faults] == ["urn:li:assertion:fresh-dim_users"]
    here.hear(update("dim_users", at("2026-03-03 10:40")))
    (closed,) = posts(here, "engineering")
    assert (closed.conversation, closed.sequence, closed.why) == (
        opened.conversation,
        2,
        Why.CLOSED,
    )
    assert (closed.affected, closed.faults) == ((), ())
    assert [(a.product, a.since) for a in closed.recovered] == [
        ("revenue", missed),
        ("users", missed),
    ]


# Folding.


def hit(story: Stories, count: int, root: DataProduct, **options: object) -> Story:
    metrics = [
        replace(product(f"m{n:02}", inputs=uses(root.id)), type=ProductType.METRIC)
        for n in range(count)
    ]
    here = story(root, *metrics, **options)
    here.hear(update("raw", at("2026-03-02 06:02")))
    here.wait("2026-03-03 08:00")
    return here


def test_fifty_products_hit_by_one_root_are_one_message(story: Stories) -> None:
    here = hit(story, 50, product("users", freshness_assertion("raw", EIGHT_DAILY)))
    (letter,) = posts(here)
    assert letter.text.startswith(
        "Users is unhealthy because raw is out of date: it was last updated on Mon 2 Mar at 06:02"
    )
    assert (
        "08:00 Europe/Amsterdam. The metrics M00, M01, M02, M03, M04 and 45 more, which use Users, "
        "are unhealthy too. Owner"
    ) in letter.text
    assert len(letter.affected) == 51
    here.hear(update("raw", at("2026-03-03 10:40")))
    assert heads(here) == [
        "closed #2: M00, M01, M02, M03, M04 and 46 more are healthy again, after 2 h 40 min"
    ]


def test_a_root_that_is_not_announced_folds_those_who_use_it(story: Stories) -> None:
    root = product(
        "users", freshness_assertion("raw", EIGHT_DAILY), lifecycle=Lifecycle.DEVELOPMENT
    )
    here = hit(story, 3, root)
    (letter,) = posts(here)
    assert letter.text.startswith(
        "M00 is unhealthy because its input Users is out of date: raw was last updated"
    )
    assert "Amsterdam. The metrics M01 and M02 are unhealthy too. Owner" in letter.text


def test_another_product_that_is_affected_is_told_in_the_same_conversation(
    story: Stories,
) -> None:
    users, late = product("users", checked("t")), product("late", inputs=uses("users"))
    here = story(users, replace(late, lifecycle=Lifecycle.DEVELOPMENT))
    here.hear(result("t", at("2026-03-03 06:00"), FAILURE))
    here.define(users, late, when="2026-03-03 07:00")
    (opened, more) = posts(here)
    assert (more.why, more.sequence, more.conversation) == (
        Why.AFFECTED_CHANGED,
        2,
        opened.conversation,
    )
    assert more.text.startswith(
        "Late is unhealthy too. Users is unhealthy because fct fails a check: the promise is "
        "that it passes t, and the check of that failed on Tue 3 Mar at 06:00. Late, which uses Users, is "
        "unhealthy too."
    )


def test_one_recovers_while_the_others_stay_and_the_letter_tells_of_both(story: Stories) -> None:
    users = product("users", checked("t"))
    here = story(users, product("a", inputs=uses("users")), product("b", inputs=uses("users")))
    here.hear(result("t", at("2026-03-03 06:00"), FAILURE))
    posts(here)
    here.define(
        users,
        product("a", checked("own"), inputs=()),
        product("b", inputs=uses("users")),
        when="2026-03-03 06:30",
    )
    here.hear(result("own", at("2026-03-03 07:00")))
    blind, letter = posts(here)
    assert (blind.why, letter.why) == (Why.BLIND, Why.AFFECTED_CHANGED)
    assert letter.ends == (blind.conversation,), "that it is known again need not be said beside"
    assert letter.text.startswith(
        "A is healthy again, after 1 h. Users is unhealthy because fct fails a check: the "
        "promise is that it passes t, and the check of that failed on Tue 3 Mar at 06:00. B, which uses "
        "Users, is unhealthy too."
    )
    assert [one.product for one in letter.recovered] == ["a"]


def test_who_goes_over_to_another_conversation_ends_the_one_that_is_empty(story: Stories) -> None:
    quiet = product("users", checked("t"), lifecycle=Lifecycle.DEVELOPMENT)
    orders = product("orders", checked("o"))
    here = story(quiet, orders, product("a", inputs=uses("users")))
    here.hear(result("t", at("2026-03-03 06:00"), FAILURE), result("o", at("2026-03-03 06:00")))
    here.hear(result("o", at("2026-03-03 06:30"), FAILURE))
    first, second = posts(here)
    here.define(quiet, orders, product("a", inputs=uses("orders")), when="2026-03-03 07:00")
    (letter,) = posts(here)
    assert (letter.why, letter.conversation) == (Why.AFFECTED_CHANGED, second.conversation)
    assert letter.ends == (first.conversation,)
    assert letter.text.startswith("A is unhealthy too. Orders is unhealthy because")
    here.hear(result("o", at("2026-03-03 08:00")))
    (closed,) = posts(here)
    assert closed.text == (
        "A is healthy again, after 2 h. Orders is healthy again, after 1 h 30 min."
    )


# Risk and blindness.


def test_a_risk_that_becomes_an_episode_is_over_with_it(story: Stories) -> None:
    here = story(product("revenue", checked("w", impact=Impact.WARNING), checked("t")))
    here.hear(result("t", at("2026-03-03 05:00")))
    here.hear(result("w", at("2026-03-03 06:00"), FAILURE))
    here.hear(result("t", at("2026-03-03 07:00"), FAILURE))
    risk, opened = posts(here)
    assert (risk.why, opened.why) == (Why.AT_RISK, Why.OPENED)
    assert opened.ends == (risk.conversation,)
    here.hear(result("t", at("2026-03-03 08:00")))
    here.hear(result("w", at("2026-03-03 09:00")))
    assert heads(here) == [
        "closed #2: Revenue is no longer unhealthy, after 1 h",
        "closed #1: Revenue is healthy again",
    ]


def test_all_that_is_blind_is_one_conversation_of_the_technical_channel(story: Stories) -> None:
    policy = TrackingPolicy(
        channels=("business", "technical"), business=frozenset({"business"}), patience=IMPATIENT
    )
    every = [product(id_, checked(id_, expect_every=DAY)) for id_ in "abc"]
    here = story(*every, policy=policy)
    here.hear(*(result(id_, at("2026-03-02 06:00")) for id_ in "ab"))
    here.hear(result("c", at("2026-03-02 06:01")))
    here.wait("2026-03-03 12:00")
    assert heads(here, "technical") == [
        "blind #1: It is not known whether A is healthy, because fct has gone silent",
        "affected changed #2: It is not known of C either",
    ]
    here.hear(*(result(id_, at("2026-03-03 13:00")) for id_ in "ab"))
    here.hear(result("c", at("2026-03-03 13:05"), FAILURE))
    assert heads(here, "technical")[-2:] == [
        "affected changed #4: B is known to be healthy again",
        "opened #1: C is unhealthy because fct fails a check",
    ]
    assert heads(here, "business") == ["opened #1: C is unhealthy because fct fails a check"]


def test_bad_again_as_before_after_a_time_unknown_is_no_news_of_the_episode(
    story: Stories,
) -> None:
    users = product("users", checked("t"))
    here = story(users, product("revenue", checked("u", expect_every=DAY), inputs=uses("users")))
    here.hear(result("u", at("2026-03-02 06:00")), result("t", at("2026-03-02 06:00")))
    here.hear(result("u", at("2026-03-02 07:00"), FAILURE))
    here.hear(result("t", at("2026-03-02 08:00"), ERROR))
    here.hear(result("u", at("2026-03-02 09:00")))
    here.hear(result("u", at("2026-03-02 10:00"), FAILURE))
    assert heads(here) == [
        "opened #1: Revenue is unhealthy because fct fails a check",
        "blind #1: It is not known whether Users is healthy, because fct could not be checked",
    ]


def test_what_is_known_again_and_bad_as_before_is_said_to_be_known(story: Stories) -> None:
    here = story(product("revenue", checked("t"), checked("u")))
    here.hear(result("t", at("2026-03-02 06:00")), result("u", at("2026-03-02 06:00")))
    here.hear(result("t", at("2026-03-02 07:00"), FAILURE))
    here.hear(result("u", at("2026-03-02 07:30"), ERROR), result("t", at("2026-03-02 08:00")))
    here.hear(result("t", at("2026-03-02 09:00"), FAILURE))
    assert heads(here) == [
        "opened #1: Revenue is unhealthy because fct fails a check",
        "blind #1: It is not known whether Revenue is healthy, because fct could not be checked",
        "seen again #2: It is known again that Revenue is unhealthy",
    ]


# What was heard late.


def test_a_late_failure_moves_the_opening_and_is_told_with_the_end(story: Stories) -> None:
    here = story(product("revenue", checked("t")))
    here.hear(result("t", at("2026-03-03 04:00")), result("t", at("2026-03-03 06:00"), FAILURE))
    (opened,) = posts(here)
    here.hear(result("t", at("2026-03-03 05:00"), FAILURE, run="late"), when="2026-03-03 06:30")
    assert posts(here) == []
    here.hear(result("t", at("2026-03-03 08:00")))
    (closed,) = posts(here)
    assert closed.text == "Revenue is healthy again, after 3 h."
    assert closed.conversation == opened.conversation


def test_a_late_failure_before_another_moves_the_opening_over_it(story: Stories) -> None:
    here = story(product("revenue", checked("t"), checked("u")))
    here.hear(*(result(name, at("2026-03-03 03:00")) for name in "tu"))
    here.hear(result("t", at("2026-03-03 06:00"), FAILURE))
    here.hear(result("u", at("2026-03-03 04:00"), ERROR, run="one"), when="2026-03-03 06:10")
    here.hear(result("t", at("2026-03-03 03:30"), FAILURE, run="two"), when="2026-03-03 06:20")
    here.hear(result("t", at("2026-03-03 03:40"), run="three"), when="2026-03-03 06:25")
    here.hear(result("u", at("2026-03-03 06:30")), result("t", at("2026-03-03 07:00")))
    assert posts(here)[-1].text == "Revenue is healthy again, after 1 h."


def test_a_late_success_moves_the_opening_to_where_it_turned_again(story: Stories) -> None:
    here = story(product("revenue", checked("t")))
    here.hear(result("t", at("2026-03-03 06:00"), FAILURE))
    here.hear(result("t", at("2026-03-03 08:00"), FAILURE))
    here.hear(result("t", at("2026-03-03 07:00"), run="late"), when="2026-03-03 08:30")
    here.hear(result("t", at("2026-03-03 09:00")))
    assert posts(here)[-1].text == "Revenue is healthy again, after 1 h."


def test_an_episode_that_never_was_ends_without_a_length(story: Stories) -> None:
    here = story(product("users", freshness_assertion("raw", EIGHT_DAILY)))
    here.hear(update("raw", at("2026-03-02 06:00")))
    here.wait("2026-03-03 08:10")
    here.hear(update("raw", at("2026-03-03 07:50")), when="2026-03-03 08:20")
    assert posts(here)[-1].text == "Users is healthy again."


# Still open.


def test_what_is_still_open_is_said_as_often_as_wished(story: Stories, tmp_path: Path) -> None:
    policy = TrackingPolicy(channels=("console",), patience=IMPATIENT, still_open_every=DAY)
    here = story(product("revenue", checked("t")), policy=policy)
    here.hear(result("t", at("2026-03-03 06:00"), FAILURE))
    here.wait("2026-03-04 05:59")
    assert heads(here) == ["opened #1: Revenue is unhealthy because fct fails a check"]
    here.wait("2026-03-04 06:00")
    here.wait("2026-03-05 05:59")
    here.wait("2026-03-05 06:00")
    assert heads(here) == [
        "still open #2: Still open on Wed 4 Mar at 06:00, after 1 day",
        "still open #3: Still open on Thu 5 Mar at 06:00, after 2 days",
    ]
    here.policy = replace(policy, still_open_every=None)
    here.restart()
    here.wait("2026-03-08 12:00")
    assert heads(here) == []
    here.hear(result("t", at("2026-03-08 13:00")))
    assert heads(here) == ["closed #4: Revenue is healthy again, after 5 days 7 h"]


def test_who_was_asleep_says_once_what_is_still_open(
    story: Stories,
) -> None:
    policy = TrackingPolicy(channels=("console",), patience=IMPATIENT, still_open_every=4 * HOUR)
    here = story(
        product("revenue", checked("t")),
        product("users", freshness_assertion("dim_users", EIGHT_DAILY)),
        policy=policy,
    )
    here.hear(update("dim_users", at("2026-03-02 06:02")))
    here.hear(result("t", at("2026-03-03 06:00"), FAILURE))
    posts(here)
    here.wait("2026-03-05 06:00")
    assert heads(here) == [
        "opened #1: Users is unhealthy because dim_users is out of date",
        "still open #2: Still open on Thu 5 Mar at 06:00, after 2 days",
        "still open #2: Still open on Thu 5 Mar at 06:00, after 1 day 22 h",
    ]


# Those who leave.


def test_a_product_that_is_announced_no_more_leaves_aloud_and_comes_back_anew(
    story: Stories,
) -> None:
    revenue = product("revenue", checked("t"))
    here = story(revenue, product("users", checked("t")))
    here.hear(result("t", at("2026-03-03 06:00"), FAILURE))
    posts(here)
    here.define(
        replace(revenue, lifecycle=Lifecycle.RETIRED),
        product("users", checked("t")),
        when="2026-03-03 07:00",
    )
    assert [one.text for one in posts(here)] == ["Revenue is announced no more."]
    here.define(revenue, product("users", checked("t")), when="2026-03-03 08:00")
    assert heads(here) == ["opened #1: Revenue is unhealthy because fct fails a check"]


def test_a_product_that_is_no_more_leaves_aloud(story: Stories) -> None:
    users, revenue = product("users", checked("t")), product("revenue", inputs=uses("users"))
    here = story(users, revenue)
    here.hear(result("t", at("2026-03-03 06:00"), FAILURE))
    posts(here)
    here.tracker.remove("revenue", at("2026-03-03 07:00"))
    (left,) = posts(here)
    assert left.text.startswith("Revenue is announced no more. Users is unhealthy because")
    here.tracker.remove("users", at("2026-03-03 08:00"))
    assert [(one.why, one.text) for one in posts(here)] == [
        (Why.CLOSED, "Users is announced no more.")
    ]


def test_a_channel_that_is_to_hear_of_what_is_open_is_told_at_once(story: Stories) -> None:
    here = story(
        product("revenue", checked("t")),
        policy=TrackingPolicy(
            channels=("old", "new"), patience=IMPATIENT, routes=(Route(channels=("old",)),)
        ),
    )
    here.hear(result("t", at("2026-03-03 06:00"), FAILURE))
    heads(here, "old")
    here.policy = replace(here.policy, routes=(Route(channels=("new",)),))
    here.restart()
    here.wait("2026-03-03 06:30")
    (told,) = posts(here, "new")
    assert (told.why, told.sequence) == (Why.OPENED, 1)
    assert "the check of that failed on Tue 3 Mar at 06:00" in told.text
    # Who knows it already is told nothing anew, however often it is started.
    here.restart()
    here.wait("2026-03-03 06:40")
    here.hear(result("t", at("2026-03-03 07:00")))
    closed = "closed #2: Revenue is healthy again, after 1 h"
    assert (heads(here, "old"), heads(here, "new")) == ([closed], [closed])


def test_what_nobody_was_told_of_for_want_of_a_route_is_told_with_the_first_one(
    story: Stories,
) -> None:
    nobody = Route(channels=("console",), domains=("urn:li:domain:finanse",))
    policy = TrackingPolicy(channels=("console",), patience=IMPATIENT, routes=(nobody,))
    here = story(product("revenue", checked("t")), policy=policy)
    here.hear(result("t", at("2026-03-03 06:00"), FAILURE))
    assert posts(here) == []
    here.policy = replace(policy, routes=(Route(channels=("console",)),))
    here.restart()
    here.wait("2026-03-03 09:00")
    assert [one.why for one in posts(here)] == [Why.OPENED]


def test_a_product_that_names_a_channel_while_it_is_unhealthy_is_told_there(
    story: Stories,
) -> None:
    here = story(product("revenue", checked("t")), channels=("old", "new"))
    one = replace(product("revenue", checked("t")), channels=("old",))
    here.define(one, when="2026-03-02 00:00")
    here.hear(result("t", at("2026-03-03 06:00"), FAILURE))
    assert (len(posts(here, "old")), posts(here, "new")) == (1, [])
    here.define(replace(one, channels=("old", "new")), when="2026-03-03 06:10")
    here.wait("2026-03-03 06:11")
    assert posts(here, "old") == []
    assert [one.why for one in posts(here, "new")] == [Why.OPENED]


def test_to_a_new_channel_what_is_waiting_to_be_told_is_told_in_its_time(story: Stories) -> None:
    patient = Patience(for_=10 * MINUTE, clear_for=10 * MINUTE)
    policy = TrackingPolicy(channels=("old",), patience=patient)
    here = story(product("revenue", checked("t"), checked("u")), policy=policy)
    here.hear(result("t", at("2026-03-03 06:00"), FAILURE))
    here.wait("2026-03-03 06:20")
    here.hear(result("u", at("2026-03-03 06:21"), FAILURE))
    heads(here, "old")
    here.policy = replace(policy, channels=("old", "new"))
    here.channels["new"] = FakeChannel()
    here.restart()
    here.wait("2026-03-03 06:25")
    assert (posts(here, "old"), posts(here, "new")) == ([], [])
    here.wait("2026-03-03 06:31")
    assert [one.why for one in posts(here, "old")] == [Why.CAUSE_CHANGED]
    assert [one.why for one in posts(here, "new")] == [Why.OPENED]


def test_who_is_told_of_own_faults_alone_is_told_of_those_that_are_open(story: Stories) -> None:
    policy = TrackingPolicy(channels=("console",), patience=IMPATIENT)
    here = story(
        product("users", checked("t")), product("churn", inputs=uses("users")), policy=policy
    )
    here.hear(result("t", at("2026-03-03 06:00"), FAILURE))
    here.policy = replace(policy, by_root=("incidents",))
    here.channels["incidents"] = FakeChannel()
    here.restart()
    here.wait("2026-03-03 06:01")
    assert [(one.why, one.product) for one in posts(here, "incidents")] == [(Why.OPENED, "users")]


def test_a_channel_that_comes_back_is_told_of_what_ended_meanwhile(story: Stories) -> None:
    here = story(product("revenue", checked("t")))
    here.hear(result("t", at("2026-03-03 06:00"), FAILURE))
    posts(here)
    there = here.policy
    here.policy = replace(there, channels=())
    here.restart()
    here.hear(result("t", at("2026-03-03 07:00")))
    here.wait("2026-03-06 00:00")
    assert posts(here) == []
    here.policy = there
    here.restart()
    here.wait("2026-03-06 00:01")
    assert heads(here) == ["closed #2: Revenue is healthy again, after 1 h"]
    here.wait("2026-03-09 00:00")
    assert posts(here) == []


def test_a_channel_that_comes_back_is_not_told_what_it_knows_and_reminded_as_before(
    story: Stories,
) -> None:
    policy = TrackingPolicy(channels=("console",), patience=IMPATIENT, still_open_every=DAY)
    here = story(product("revenue", checked("t"), checked("u")), policy=policy)
    here.hear(result("t", at("2026-03-03 06:00"), FAILURE))
    posts(here)
    here.policy = replace(policy, channels=())
    here.restart()
    # What comes while it is away and goes again is nothing to it.
    here.hear(result("u", at("2026-03-03 07:00"), FAILURE), result("u", at("2026-03-03 08:00")))
    here.wait("2026-03-05 12:00")
    here.policy = policy
    here.restart()
    here.wait("2026-03-05 12:01")
    assert posts(here) == []
    here.wait("2026-03-06 12:01")
    assert [one.why for one in posts(here)] == [Why.STILL_OPEN]


# The same as from scratch.

UNTIL = BEGIN + LENGTH * GRID
PATIENCE = Patience(for_=37 * MINUTE, clear_for=53 * MINUTE)


def from_scratch(made: list[DataProduct], heard: list[Evidence]) -> dict[str, tuple[Episode, ...]]:
    portfolio = portfolio_of(made)
    whole = histories(portfolio, heard, UNTIL)
    alone = by_time_alone(portfolio, verdicts(portfolio, heard, UNTIL), UNTIL)
    return {
        p.id: episodes(whole[p.id].experienced, alone[p.id], [(0, p.is_announced)], PATIENCE, UNTIL)
        for p in made
    }


@settings(max_examples=60)
@given(catalogs(), histories_of_evidence, st.booleans())
def test_what_is_heard_in_order_is_told_as_the_history_has_it(
    made: list[DataProduct], heard: list[Evidence], restarts: bool
) -> None:
    firm = [e for e in heard if not getattr(e, "provisional", False)]
    policy = TrackingPolicy(channels=("console",), patience=PATIENCE)
    with tempfile.TemporaryDirectory() as folder:
        here = Story(Path(folder), made, policy=policy)
        for one in sorted(firm, key=lambda e: e.at):
            here.hear(one)
            if restarts:
                here.restart()
        here.tracker.tick(UNTIL)
        told = posts(here)
        with here.store.transaction() as book:
            states = {p.id: book.told(p.id) for p in made}
        here.store.close()
    for id_, known in from_scratch(made, firm).items():
        recoveries = [
            one.at
            for one in told
            if not one.conversation.startswith(("risk:", "blindness"))
            and id_ in {each.product for each in one.recovered}
        ]
        closed = [e for e in known if e.closed_at is not None]
        assert len(recoveries) == len(closed), id_
        state = states[id_]
        assert state is not None
        last = known[-1] if known else None
        open_ = last.opened_at if last is not None and last.closed_at is None else None
        assert state.opened_at == open_, id_


# What the message says.


def test_at_the_end_what_is_left_of_the_error_budget_is_told(story: Stories) -> None:
    monthly = Objective(target=Fraction(99, 100), calendar="month")
    here = story(replace(product("revenue", checked("t")), objective=monthly))
    here.hear(result("t", at("2026-03-01 00:00")))
    here.hear(result("t", at("2026-03-20 08:00"), FAILURE))
    here.hear(result("t", at("2026-03-20 09:00")))
    (opened, closed) = posts(here)
    assert "budget" not in opened.text
    assert closed.text == (
        "Revenue is healthy again, after 1 h. 78.4 % of this month's error budget is left."
    )


def test_times_are_told_in_the_zone_of_the_channel(story: Stories) -> None:
    policy = TrackingPolicy(
        channels=("here", "there"), patience=IMPATIENT, zones={"there": "America/New_York"}
    )
    here = story(product("revenue", checked("t")), policy=policy)
    here.hear(result("t", at("2026-03-02 06:00"), FAILURE))
    assert "failed on Mon 2 Mar at 06:00" in posts(here, "here")[0].text
    assert "failed on Mon 2 Mar at 00:00" in posts(here, "there")[0].text


def test_of_a_risk_that_becomes_unknown_business_readers_are_told_no_more(
    story: Stories,
) -> None:
    policy = TrackingPolicy(
        channels=("finance", "engineering"), business=frozenset({"finance"}), patience=IMPATIENT
    )
    expecting = replace(checked("u"), expect_every=DAY)
    here = story(product("revenue", checked("t", impact=Impact.WARNING), expecting), policy=policy)
    here.hear(result("u", at("2026-03-02 06:00")), result("t", at("2026-03-02 07:00"), FAILURE))
    here.wait("2026-03-04 00:00")
    assert [post.why for post in posts(here, "finance")] == [Why.AT_RISK]
    assert [post.why for post in posts(here, "engineering")][-1] is Why.BLIND
