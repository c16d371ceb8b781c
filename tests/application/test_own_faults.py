"""Channels that hear of each product's own faults alone: one conversation a root and episode."""

from dataclasses import replace
from pathlib import Path

import pytest

from datahub_dataproducts.application.tell import TrackingPolicy
from datahub_dataproducts.domain.assertions import Outcome
from datahub_dataproducts.domain.letters import Announcement, Why
from datahub_dataproducts.domain.products import Input
from datahub_dataproducts.domain.routes import Route
from tests.application.stories import IMPATIENT, Story
from tests.builders import at, checked, product, result

ROOTS = "roots"
BASE = product("base", checked("b"))
MIDDLE = product("middle", checked("m"), inputs=(Input(product="base"),))
TOP = product("top", inputs=(Input(product="middle"),))


@pytest.fixture
def story(tmp_path: Path) -> Story:
    """All is well at noon; the routes lead nowhere, and that channel hears of all the same."""
    policy = TrackingPolicy(
        channels=("console",),
        routes=(Route(channels=("console",), domains=(), products=("nobody",)),),
        patience=IMPATIENT,
        by_root=(ROOTS,),
    )
    here = Story(tmp_path, [BASE, MIDDLE, TOP], policy=policy)
    here.hear(*(result(name, at("2026-03-01 12:00")) for name in "bm"))
    here.told(ROOTS)
    return here


def heard(story: Story) -> list[Announcement]:
    story.deliver()
    posts = story.channels[ROOTS].posts
    told, posts[:] = list(posts), []
    return told


def test_a_root_is_told_by_itself_however_many_products_it_makes_unhealthy(story: Story) -> None:
    story.hear(result("b", at("2026-03-02 00:00"), Outcome.FAILURE))
    (opened,) = heard(story)
    assert (opened.why, opened.product) == (Why.OPENED, "base")
    assert [one.product for one in opened.affected] == ["base"]
    assert opened.conversation == f"base@{at('2026-03-02 00:00')}"
    story.restart()
    story.hear(result("b", at("2026-03-02 06:00")))
    (closed,) = heard(story)
    assert (closed.why, closed.conversation) == (Why.CLOSED, opened.conversation)
    assert "6 h" in closed.text
    assert story.told() == [], "the routes of people are none of its"


def test_a_second_root_has_its_own_and_the_first_is_what_it_was(story: Story) -> None:
    story.hear(result("m", at("2026-03-02 00:00"), Outcome.FAILURE))
    (first,) = heard(story)
    story.hear(result("b", at("2026-03-02 01:00"), Outcome.FAILURE))
    letters = heard(story)
    opened = [one for one in letters if one.why is Why.OPENED]
    assert [one.product for one in opened] == ["base"]
    assert {one.conversation for one in letters} - {first.conversation} == {opened[0].conversation}
    story.hear(result("m", at("2026-03-02 02:00")))
    (over,) = heard(story)
    # It is unhealthy still, but by its input alone.
    assert (over.why, over.conversation) == (Why.CLOSED, first.conversation)
    story.hear(result("m", at("2026-03-02 03:00"), Outcome.FAILURE))
    (again,) = heard(story)
    assert again.why is Why.OPENED
    assert again.conversation not in {first.conversation, opened[0].conversation}


def test_what_is_merely_at_risk_or_not_known_is_not_told_there(story: Story) -> None:
    story.hear(result("b", at("2026-03-02 00:00"), Outcome.FAILURE_LOW))
    story.wait("2026-03-20 00:00")
    assert heard(story) == []


def test_a_product_that_is_not_live_is_not_told_there(story: Story) -> None:
    quiet = replace(BASE, lifecycle=product("x").lifecycle.__class__.DEVELOPMENT)
    story.define(quiet, MIDDLE, TOP, when="2026-03-01 13:00")
    story.hear(result("b", at("2026-03-02 00:00"), Outcome.FAILURE))
    assert heard(story) == []
