"""What people and the catalog are told, told as stories."""

from dataclasses import replace

import pytest

from datahub_dataproducts.application.tell import Ground, TrackingPolicy, announce, tell_again
from datahub_dataproducts.domain.assertions import AssertionKind, Deadline, Impact, MaxAge, Outcome
from datahub_dataproducts.domain.durations import DAY, HOUR, MINUTE
from datahub_dataproducts.domain.episodes import Patience, Told
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.products import DataProduct, Lifecycle
from datahub_dataproducts.domain.routes import Route
from datahub_dataproducts.domain.schedules import Schedule
from datahub_dataproducts.domain.verdicts import Verdict
from tests.application.stories import IMPATIENT, Stories, Story
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

SUCCESS, FAILURE, ERROR = Outcome.SUCCESS, Outcome.FAILURE, Outcome.ERROR
EIGHT_DAILY = Deadline(schedule=Schedule(times=(480,), timezone=AMSTERDAM))
REVENUE = product("revenue", checked("t"), checked("u"))
PATIENT = TrackingPolicy(
    channels=("console",), patience=Patience(for_=10 * MINUTE, clear_for=20 * MINUTE)
)


def heads(news: list[str]) -> list[str]:
    """Reason and first words of each piece of news."""
    return [": ".join(one.partition(".")[0].split(": ")[:2]) for one in news]


def all_good(story: Story, when: str) -> None:
    story.hear(result("t", at(when)), result("u", at(when)))


# An episode.


def test_from_never_measured_to_good_nobody_is_told(story: Stories) -> None:
    here = story(REVENUE)
    all_good(here, "2026-03-02 06:00")
    assert here.health("revenue") is Health.HEALTHY
    assert here.told() == []


def test_a_turn_to_unhealthy_is_told_once_with_the_time_it_happened(story: Stories) -> None:
    here = story(REVENUE)
    all_good(here, "2026-03-02 06:00")
    here.hear(result("t", at("2026-03-03 06:00"), FAILURE))
    here.hear(result("t", at("2026-03-04 06:00"), FAILURE))
    assert here.told() == [
        (
            "opened: Revenue is unhealthy because fct fails a check: the promise is that it "
            "passes t, and the check of that failed on Tue 3 Mar at 06:00. Owner: revenue-team. Runbook: "
            "https://wiki.example.com/revenue"
        )
    ]


def test_a_first_result_that_is_bad_is_told(story: Stories) -> None:
    here = story(product("revenue", checked("t")))
    here.hear(result("t", at("2026-03-03 06:00"), FAILURE))
    assert heads(here.told()) == ["opened: Revenue is unhealthy because fct fails a check"]


def test_another_cause_is_told_as_a_change(story: Stories) -> None:
    here = story(product("revenue", checked("t"), checked("b", kind=AssertionKind.BUILD)))
    here.hear(result("t", at("2026-03-03 06:00"), FAILURE))
    here.hear(result("b", at("2026-03-03 06:10"), FAILURE))
    assert heads(here.told()) == [
        "opened: Revenue is unhealthy because fct fails a check",
        "cause changed: Revenue is unhealthy because fct fails a check",
    ]


def test_recovery_tells_how_long_it_lasted(story: Stories) -> None:
    here = story(REVENUE)
    all_good(here, "2026-03-02 06:00")
    here.hear(result("t", at("2026-03-03 06:00"), FAILURE))
    here.told()
    here.hear(result("t", at("2026-03-03 08:40")))
    assert here.told() == ["closed: Revenue is healthy again, after 2 h 40 min."]


def test_unknown_neither_opens_nor_closes(story: Stories) -> None:
    here = story(product("revenue", checked("t", expect_every=DAY)))
    here.hear(result("t", at("2026-03-02 06:00"), ERROR))
    assert here.told() == []
    here.hear(result("t", at("2026-03-02 07:00"), FAILURE))
    assert heads(here.told()) == ["opened: Revenue is unhealthy because fct fails a check"]
    here.hear(result("t", at("2026-03-02 08:00"), ERROR))
    assert here.told() == []


def test_an_episode_goes_on_through_blindness(story: Stories) -> None:
    users = product("users", checked("t"))
    here = story(users, product("revenue", checked("u"), inputs=uses("users")))
    all_good(here, "2026-03-02 06:00")
    here.hear(result("u", at("2026-03-03 06:00"), FAILURE))
    here.hear(result("t", at("2026-03-03 07:00"), ERROR))
    here.hear(result("u", at("2026-03-03 08:00")))
    here.told()
    here.hear(result("t", at("2026-03-03 09:00")))
    assert "closed: Revenue is healthy again, after 3 h." in here.told()


def test_blindness_and_its_end_are_told(story: Stories) -> None:
    here = story(product("revenue", checked("t", expect_every=DAY)))
    here.hear(result("t", at("2026-03-02 06:00")))
    here.wait("2026-03-03 12:00")
    assert heads(here.told()) == [
        "blind: It is not known whether Revenue is healthy, because fct has gone silent"
    ]
    here.hear(result("t", at("2026-03-03 13:00")))
    assert here.told() == ["seen again: Revenue is known to be healthy again."]


def test_at_risk_and_its_end_are_told(story: Stories) -> None:
    here = story(product("revenue", checked("t", impact=Impact.WARNING), checked("u")))
    all_good(here, "2026-03-02 06:00")
    here.hear(result("t", at("2026-03-03 06:00"), FAILURE))
    here.hear(result("u", at("2026-03-03 07:00"), Outcome.FAILURE_LOW))
    here.hear(result("u", at("2026-03-03 08:00")), result("t", at("2026-03-03 08:00")))
    assert heads(here.told()) == [
        "at risk: Revenue is at risk because fct fails a check",
        "cause changed: Revenue is at risk because fct fails a check",
        "cause changed: Revenue is at risk because fct fails a check",
        "closed: Revenue is healthy again",
    ]


def test_a_first_verdict_of_at_risk_is_told(story: Stories) -> None:
    here = story(product("revenue", checked("t", impact=Impact.WARNING)))
    here.hear(result("t", at("2026-03-03 06:00"), FAILURE))
    assert heads(here.told()) == ["at risk: Revenue is at risk because fct fails a check"]


def test_from_unhealthy_to_at_risk_closes_and_tells_what_is_left(story: Stories) -> None:
    here = story(product("revenue", checked("t", impact=Impact.WARNING), checked("u")))
    all_good(here, "2026-03-02 06:00")
    here.hear(result("u", at("2026-03-03 06:00"), FAILURE))
    here.hear(result("t", at("2026-03-03 06:30"), FAILURE))
    here.hear(result("u", at("2026-03-03 07:00")))
    closed = here.told()[-1]
    assert closed.startswith(
        "closed: Revenue is no longer unhealthy, after 1 h. Revenue is at risk because fct"
    )


# Patience.


def test_what_comes_and_goes_within_the_patience_is_not_told(story: Stories) -> None:
    here = story(REVENUE, policy=PATIENT)
    all_good(here, "2026-03-02 06:00")
    here.hear(result("t", at("2026-03-03 06:00"), FAILURE))
    here.hear(result("t", at("2026-03-03 06:09")))
    here.wait("2026-03-03 12:00")
    assert here.told() == []


def test_what_lasts_is_told_after_the_patience_with_the_time_it_began(story: Stories) -> None:
    here = story(REVENUE, policy=PATIENT)
    all_good(here, "2026-03-02 06:00")
    here.hear(result("t", at("2026-03-03 06:00"), FAILURE))
    here.wait("2026-03-03 06:09")
    assert here.told() == []
    here.wait("2026-03-03 06:10")
    assert heads(here.told()) == ["opened: Revenue is unhealthy because fct fails a check"]
    here.hear(result("t", at("2026-03-03 08:00")))
    here.wait("2026-03-03 08:19")
    assert here.told() == []
    here.wait("2026-03-03 08:20")
    assert here.told() == ["closed: Revenue is healthy again, after 2 h."]


def test_a_recovery_that_does_not_last_is_not_told(story: Stories) -> None:
    here = story(REVENUE, policy=PATIENT)
    all_good(here, "2026-03-02 06:00")
    here.hear(result("t", at("2026-03-03 06:00"), FAILURE, run="1"))
    here.wait("2026-03-03 07:00")
    here.told()
    here.hear(result("t", at("2026-03-03 08:00")))
    here.hear(result("t", at("2026-03-03 08:10"), FAILURE, run="2"))
    here.wait("2026-03-03 12:00")
    assert here.told() == []


def test_what_is_not_fresh_is_told_at_the_deadline(story: Stories) -> None:
    here = story(product("users", freshness_assertion("raw", EIGHT_DAILY)), policy=PATIENT)
    here.hear(update("raw", at("2026-03-02 06:02")))
    here.wait("2026-03-03 08:00")
    assert here.told() == [
        (
            "opened: Users is unhealthy because raw is out of date: it was last updated on Mon 2 Mar at "
            "06:02, and the promise is that it is updated every day by 08:00 Europe/Amsterdam. Owner: "
            "users-team. Runbook: https://wiki.example.com/users"
        )
    ]


def test_what_waits_to_be_told_survives_a_restart(story: Stories) -> None:
    here = story(REVENUE, policy=PATIENT)
    here.hear(result("t", at("2026-03-03 06:00"), FAILURE))
    here.restart()
    here.wait("2026-03-03 06:10")
    assert heads(here.told()) == ["opened: Revenue is unhealthy because fct fails a check"]


# Dependents.


def test_those_who_use_a_product_are_told_with_the_way_to_the_cause(story: Stories) -> None:
    here = story(
        product("users", freshness_assertion("raw", EIGHT_DAILY)),
        product("attribution", inputs=uses("users")),
        product("revenue", inputs=uses("attribution")),
    )
    here.hear(update("raw", at("2026-03-02 06:02")))
    here.wait("2026-03-03 08:00")
    assert here.told() == [
        (
            "opened: Users is unhealthy because raw is out of date: it was last updated on Mon 2 Mar "
            "at 06:02, and the promise is that it is updated every day by 08:00 Europe/Amsterdam. "
            "Attribution and Revenue, which use Users, are unhealthy too. Owner: users-team. Runbook: "
            "https://wiki.example.com/users"
        )
    ]
    here.hear(update("raw", at("2026-03-03 10:40")))
    assert here.told() == [
        "closed: Attribution, Revenue and Users are healthy again, after 2 h 40 min."
    ]


def test_who_is_told_of_a_dependent_alone_is_told_the_way_to_the_cause(story: Stories) -> None:
    here = story(
        product("users", freshness_assertion("raw", EIGHT_DAILY), lifecycle=Lifecycle.DEVELOPMENT),
        product("attribution", inputs=uses("users"), lifecycle=Lifecycle.DEVELOPMENT),
        product("revenue", inputs=uses("attribution")),
    )
    here.hear(update("raw", at("2026-03-02 06:02")))
    here.wait("2026-03-03 08:00")
    assert heads(here.told()) == [
        (
            "opened: Revenue is unhealthy because its input Attribution depends on Users, which is "
            "out of date"
        )
    ]


def test_a_new_cause_of_an_input_is_told_of_those_who_use_it_too(story: Stories) -> None:
    here = story(
        product("users", checked("t"), checked("b", kind=AssertionKind.BUILD)),
        product("revenue", inputs=uses("users")),
    )
    here.hear(result("t", at("2026-03-03 06:00"), FAILURE))
    here.told()
    here.hear(result("b", at("2026-03-03 06:10"), FAILURE))
    assert heads(here.told()) == [
        "cause changed: Users is unhealthy because fct fails a check",
    ]


# Who is told.


@pytest.mark.parametrize("lifecycle", Lifecycle)
def test_only_live_and_deprecated_products_are_announced_and_all_are_shown(
    story: Stories, lifecycle: Lifecycle
) -> None:
    here = story(product("revenue", checked("t"), lifecycle=lifecycle))
    here.hear(result("t", at("2026-03-03 06:00"), FAILURE))
    announced = lifecycle in (Lifecycle.LIVE, Lifecycle.DEPRECATED)
    assert bool(here.told()) is announced
    assert here.posts()[-1].health is Health.UNHEALTHY


def test_a_product_that_goes_live_while_unhealthy_is_announced(story: Stories) -> None:
    before = product("revenue", checked("t"), lifecycle=Lifecycle.DEVELOPMENT)
    here = story(before)
    here.hear(result("t", at("2026-03-03 06:00"), FAILURE))
    assert here.told() == []
    here.define(replace(before, lifecycle=Lifecycle.LIVE), when="2026-03-03 12:00")
    here.wait("2026-03-03 12:10")
    assert heads(here.told()) == ["opened: Revenue is unhealthy because fct fails a check"]


def test_routes_choose_the_channels_and_a_product_may_ask_for_its_own(story: Stories) -> None:
    policy = TrackingPolicy(
        channels=("finance", "growth", "all"),
        patience=IMPATIENT,
        routes=(
            Route(channels=("finance", "all"), domains=("urn:li:domain:revenue-domain",)),
            Route(channels=("all",)),
        ),
    )
    asking = replace(product("activation", checked("t")), channels=("growth", "gone"))
    here = story(
        product("revenue", checked("t")), product("users", checked("t")), asking, policy=policy
    )
    here.hear(result("t", at("2026-03-03 06:00"), FAILURE))
    told = {name: [one.split(" ")[1] for one in here.told(name)] for name in policy.channels}
    assert told == {"finance": ["Revenue"], "growth": ["Activation"], "all": ["Revenue", "Users"]}


# The catalog.


def test_the_catalog_is_told_of_a_product_as_soon_as_it_is_defined(story: Stories) -> None:
    here = story(product("revenue"))
    (post,) = here.posts()
    assert (post.health, post.since, post.uptime, post.coverage) == (
        Health.UNKNOWN,
        None,
        None,
        None,
    )


def test_the_catalog_is_shown_health_since_reason_and_figures(story: Stories) -> None:
    here = story(product("revenue", checked("t")))
    here.hear(result("t", at("2026-03-02 06:00")))
    here.hear(result("t", at("2026-03-02 18:00"), FAILURE))
    here.posts()
    here.hear(result("t", at("2026-03-03 06:00")))
    (post,) = here.posts()
    assert (post.health, post.since, post.reason) == (
        Health.HEALTHY,
        at("2026-03-03 06:00"),
        "Revenue is healthy.",
    )
    assert post.uptime is not None
    assert (post.uptime * 2, post.coverage, post.at) == (1, 1, at("2026-03-03 06:00"))


def test_although_nothing_changes_the_catalog_is_told_once_a_day(story: Stories) -> None:
    here = story(product("revenue", checked("t")))
    here.hear(result("t", at("2026-03-02 06:00")))
    here.posts()
    here.wait("2026-03-03 05:59")
    assert here.posts() == []
    here.wait("2026-03-03 06:00")
    (post,) = here.posts()
    assert (post.at, post.since) == (at("2026-03-03 06:00"), at("2026-03-02 06:00"))
    here.wait("2026-03-04 05:59")
    assert here.posts() == []
    assert here.told() == []


def test_the_window_of_the_figures_begins_no_earlier_than_the_policy_says(
    story: Stories,
) -> None:
    policy = TrackingPolicy(channels=("console",), patience=IMPATIENT, window=2 * HOUR)
    here = story(product("revenue", checked("t")), policy=policy)
    here.hear(result("t", at("2026-03-02 06:00"), FAILURE))
    here.hear(result("t", at("2026-03-02 10:00")))
    here.hear(result("t", at("2026-03-02 11:00"), FAILURE))
    post = here.posts()[-1]
    assert (post.uptime, post.window) == (0.5, 2 * HOUR)


def test_each_change_of_a_freshness_promise_is_one_run_in_the_catalog(story: Stories) -> None:
    here = story(product("users", freshness_assertion("raw", EIGHT_DAILY)))
    here.hear(update("raw", at("2026-03-02 06:02")))
    here.wait("2026-03-03 08:00")
    here.hear(update("raw", at("2026-03-03 10:40")))
    assert [(p.at, p.verdict, p.message) for p in here.verdicts()] == [
        (
            at("2026-03-02 06:02"),
            Verdict.MET,
            "raw keeps its promise: it is updated every day by 08:00 Europe/Amsterdam",
        ),
        (
            at("2026-03-03 08:00"),
            Verdict.NOT_MET,
            "raw does not keep its promise: it is updated every day by 08:00 Europe/Amsterdam",
        ),
        (
            at("2026-03-03 10:40"),
            Verdict.MET,
            "raw keeps its promise: it is updated every day by 08:00 Europe/Amsterdam",
        ),
    ]


def test_a_late_update_tells_the_catalog_what_it_changes_and_nothing_else(story: Stories) -> None:
    def users(age: int) -> DataProduct:
        rule, words = MaxAge(age=age), f"is at most {age // HOUR} h old"
        return product("users", replace(freshness_assertion("raw", rule), promise=words))

    here = story(users(24 * HOUR))
    here.hear(update("raw", at("2026-03-02 06:00")), update("raw", at("2026-03-04 06:00")))
    here.define(users(12 * HOUR), when="2026-03-05 00:00")
    here.hear(update("raw", at("2026-03-05 06:00")))
    here.wait("2026-03-05 18:00")
    assert len(here.verdicts()) == 6
    here.hear(update("raw", at("2026-03-02 12:00")), when="2026-03-05 19:00")
    assert [(p.at, p.message) for p in here.verdicts()] == [
        # In the place of the verdict that was wrong.
        (at("2026-03-03 06:00"), "raw keeps its promise: it is at most 24 h old"),
        (at("2026-03-03 12:00"), "raw does not keep its promise: it is at most 24 h old"),
    ]


def test_results_from_outside_are_not_reported_back(story: Stories) -> None:
    here = story(REVENUE)
    all_good(here, "2026-03-02 06:00")
    assert here.verdicts() == []


# What must not be told.


def test_a_late_result_rewrites_the_past_without_an_announcement(story: Stories) -> None:
    here = story(product("revenue", checked("t")))
    here.hear(result("t", at("2026-03-02 06:00")), result("t", at("2026-03-02 10:00")))
    here.hear(result("t", at("2026-03-02 08:00"), FAILURE, run="late"), when="2026-03-02 12:00")
    assert here.steps("revenue") == [
        (at("2026-03-02 06:00"), Health.HEALTHY),
        (at("2026-03-02 08:00"), Health.UNHEALTHY),
        (at("2026-03-02 10:00"), Health.HEALTHY),
    ]
    assert here.told() == []


def test_the_same_event_again_changes_nothing(story: Stories) -> None:
    here = story(product("revenue", checked("t")))
    failed = result("t", at("2026-03-02 06:00"), FAILURE)
    here.hear(failed)
    before = here.steps("revenue")
    here.told()
    here.posts()
    assert not here.tracker.record(failed, at("2026-03-02 07:00"))
    assert here.steps("revenue") == before
    assert here.told() == []
    assert here.posts() == []


# What is left of a product that the store knows and we do not.


def test_what_waits_to_be_told_of_a_stranger_is_dropped_in_silence(story: Stories) -> None:
    here = story(product("revenue", checked("t")))
    here.told()
    here.posts()
    began = at("2026-03-01 00:00")
    left = Told(digest="", health=Health.UNHEALTHY, posted_at=began, announce_at=began)
    with here.store.transaction() as book:
        book.put_told("stranger", left)
    here.restart()
    here.wait("2026-03-02 00:00")
    assert here.told() == []
    assert [post.product for post in here.posts()] == ["revenue"]
    with here.store.transaction() as book:
        assert book.told("stranger") == replace(left, posted_at=at("2026-03-02"), announce_at=None)


def test_of_whom_nothing_was_ever_told_nothing_is_told_again(story: Stories) -> None:
    here = story()
    ground = Ground(portfolio=here.tracker.portfolio, policy=here.policy, floors={})
    with here.store.transaction() as book:
        announce(book, ground, ["stranger"], at("2026-03-02"))
        tell_again(book, ground, "stranger", at("2026-03-02"))
        assert book.told("stranger") is None
    assert (here.told(), here.posts()) == ([], [])
