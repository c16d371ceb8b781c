"""What the catalog is told of uptime, objective and corrections, and when it is told again."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from datahub_dataproducts.application.tell import TrackingPolicy
from datahub_dataproducts.application.uptime import uptime
from datahub_dataproducts.domain.assertions import Outcome
from datahub_dataproducts.domain.corrections import CorrectionKind
from datahub_dataproducts.domain.durations import DAY, HOUR, MINUTE
from datahub_dataproducts.domain.episodes import Patience
from datahub_dataproducts.domain.letters import CorrectedPost, HealthPost, RecentUptime
from datahub_dataproducts.domain.objectives import ObjectiveStatus
from datahub_dataproducts.domain.products import DataProduct, Input, Objective
from tests.application.stories import Stories, Story
from tests.builders import at, checked, correction, product, result

USERS = replace(
    product("users", checked("t")), objective=Objective(target=Fraction(9, 10), window=4 * DAY)
)
REVENUE = product("revenue", inputs=(Input(product="users"),))
NIGHT = correction(CorrectionKind.FALSE_ALARM, "2026-03-02 00:00", "2026-03-02 06:00")


@pytest.fixture
def story(tmp_path: Path) -> Stories:
    """Bad from midnight to noon of the 2nd, by a catalog that shows the last two days."""

    def begin(*products: DataProduct) -> Story:
        policy = TrackingPolicy(
            channels=("console",), patience=Patience(for_=0, clear_for=0), window=2 * DAY
        )
        here = Story(tmp_path, products, policy=policy)
        here.hear(
            result("t", at("2026-03-01 00:00")),
            result("t", at("2026-03-02 00:00"), Outcome.FAILURE),
            result("t", at("2026-03-02 12:00")),
        )
        return here

    return begin


def latest(story: Story, id_: str = "users") -> HealthPost:
    return [post for post in story.posts() if post.product == id_][-1]


def test_the_catalog_shows_how_an_objective_stands_over_its_own_window(story: Stories) -> None:
    here = story(USERS, REVENUE)
    here.posts()
    here.wait("2026-03-04 12:00")
    post = latest(here)
    # Two days are shown, and three and a half of its four days are history.
    assert (post.uptime, post.own_uptime, post.coverage) == (1, 1, 1)
    assert post.objective is not None
    assert post.objective.status is ObjectiveStatus.EXHAUSTED
    assert post.objective.budget == 84 * HOUR // 10
    assert post.objective.remaining == 84 * HOUR // 10 - 12 * HOUR
    assert post.objective.target == Fraction(9, 10)
    assert post.corrected is None


def test_own_uptime_is_that_of_its_own_promises_alone(story: Stories) -> None:
    post = latest(story(USERS, REVENUE), "revenue")
    assert (post.uptime, post.own_uptime) == (Fraction(2, 3), None)
    assert post.objective is None


def test_what_people_know_better_is_shown_beside_what_was_measured(story: Stories) -> None:
    post = latest(story(replace(USERS, corrections=(NIGHT,)), REVENUE))
    assert (post.uptime, post.own_uptime) == (Fraction(2, 3), Fraction(2, 3))
    assert post.corrected is not None
    assert (post.corrected.uptime, post.corrected.own_uptime) == (Fraction(5, 6), Fraction(5, 6))
    assert post.corrected.objective is not None
    assert post.corrected.objective.remaining == 36 * HOUR // 10 - 6 * HOUR


def test_corrections_are_news_to_the_catalog_and_to_nobody_else(story: Stories) -> None:
    here = story(USERS, REVENUE)
    here.posts()
    here.told()
    before = here.steps("users"), here.steps("revenue")
    here.define(replace(USERS, corrections=(NIGHT,)), REVENUE, when="2026-03-02 18:00")
    (post,) = here.posts()
    assert (post.product, post.at) == ("users", at("2026-03-02 18:00"))
    assert post.corrected is not None
    assert here.told() == []
    assert (here.steps("users"), here.steps("revenue")) == before, "nothing is judged anew"
    here.define(replace(USERS, corrections=(NIGHT,)), REVENUE, when="2026-03-02 19:00")
    assert here.posts() == [], "the same corrections again change nothing"
    here.define(USERS, REVENUE, when="2026-03-02 20:00")
    (post,) = here.posts()
    assert post.corrected is None, "what was taken back is shown no more"


def test_another_objective_is_news_to_the_catalog(story: Stories) -> None:
    here = story(USERS, REVENUE)
    here.posts()
    lower = Objective(target=Fraction(1, 2), window=4 * DAY)
    here.define(replace(USERS, objective=lower), REVENUE, when="2026-03-02 18:00")
    (post,) = here.posts()
    assert post.objective is not None
    assert post.objective.status is ObjectiveStatus.MEETING
    here.define(
        replace(USERS, objective=lower, runbook="https://x.example.com"),
        REVENUE,
        when="2026-03-02 18:00",
    )
    assert here.posts() == [], "another runbook is none"


def test_with_corrections_nothing_is_posted_more_often_than_once_a_day(story: Stories) -> None:
    ahead = correction(CorrectionKind.PLANNED_WORK, "2026-03-03 00:00", "2026-03-03 01:00")
    here = story(replace(USERS, corrections=(NIGHT, ahead)))
    here.posts()
    here.wait("2026-03-03 11:59")
    assert here.posts() == []
    here.wait("2026-03-04 12:00")
    posts = here.posts()
    assert [post.at for post in posts] == [at("2026-03-04 12:00")]


def test_the_catalog_says_what_uptime_computes_from_the_store(story: Stories) -> None:
    some = correction(CorrectionKind.UNDETECTED_FAULT, "2026-03-02 18:00", "2026-03-02 18:30")
    here = story(replace(USERS, corrections=(NIGHT, some)), REVENUE)
    here.posts()
    here.wait("2026-03-03 12:00")
    post = latest(here)
    window = at("2026-03-03 12:00") - 2 * DAY, at("2026-03-03 12:00")
    [found] = uptime(here.store, ["users"], window[1], [window]).products
    (figures,) = found.periods
    assert figures.corrected is not None
    assert figures.corrected.experienced.bad == 6 * HOUR + 30 * MINUTE
    assert (post.uptime, post.own_uptime) == (figures.experienced.uptime, figures.own.uptime)
    assert post.corrected == CorrectedPost(
        uptime=figures.corrected.experienced.uptime,
        coverage=figures.corrected.experienced.coverage,
        own_uptime=figures.corrected.own.uptime,
        objective=post.corrected.objective if post.corrected else None,
    )
    assert found.corrected_objective is not None
    assert post.corrected.objective is not None
    assert post.corrected.objective.remaining == found.corrected_objective.remaining


def test_uptime_is_shown_of_the_last_7_30_and_90_days_whatever_else_is_shown(
    story: Stories,
) -> None:
    here = story(replace(USERS, corrections=(NIGHT,)))
    here.posts()
    here.wait("2026-03-11 00:00")
    # The week begins on the 4th, when all was well; the longer ones have the bad half day.
    hours = 10 * 24
    bad, corrected = Fraction(hours - 12, hours), Fraction(hours - 6, hours)
    assert latest(here).recent == (
        RecentUptime(days=7, uptime=Fraction(1)),
        RecentUptime(days=30, uptime=bad, corrected=corrected),
        RecentUptime(days=90, uptime=bad, corrected=corrected),
    )


def test_of_a_product_without_history_there_is_no_uptime_of_any_days(tmp_path: Path) -> None:
    here = Story(tmp_path, [USERS], policy=TrackingPolicy())
    here.wait("2026-03-11 00:00")
    for post in here.posts():
        assert [one.uptime for one in post.recent] == [None, None, None]
