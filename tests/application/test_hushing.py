"""Who takes care of a root cause elsewhere takes care of it on each channel, once."""

from dataclasses import replace
from pathlib import Path

import pytest

from datahub_dataproducts.application.hushing import acknowledge, open_episodes, take_up
from datahub_dataproducts.application.tell import TrackingPolicy
from datahub_dataproducts.domain.assertions import Outcome
from datahub_dataproducts.domain.held_news import Acknowledgement
from datahub_dataproducts.domain.products import Input
from datahub_dataproducts.domain.routes import Route
from tests.application.stories import IMPATIENT, Story
from tests.builders import at, checked, product, result

ROOTS = "roots"
USERS = product("users", checked("u"), checked("u2"))
REVENUE = product("revenue", checked("r"), inputs=(Input(product="users"),))
MARGIN = product("margin", checked("m"), inputs=(Input(product="users"),))
ORDERS = product("orders", checked("o"))
FAILURE = Outcome.FAILURE
KEY = f"users@{at('2026-03-02 12:00')}"


@pytest.fixture
def story(tmp_path: Path) -> Story:
    """Users fails at noon, and Margin and Revenue by it; Orders fails at half past twelve by itself."""
    policy = TrackingPolicy(
        channels=("finance", "platform"),
        routes=(
            Route(channels=("finance",), products=("margin", "orders", "revenue")),
            Route(channels=("platform",), products=("users",)),
        ),
        patience=IMPATIENT,
        by_root=(ROOTS,),
    )
    here = Story(tmp_path, [USERS, REVENUE, MARGIN, ORDERS], policy=policy)
    here.hear(*(result(name, at("2026-03-02 09:00")) for name in ("u", "u2", "r", "m", "o")))
    here.hear(result("u", at("2026-03-02 12:00"), FAILURE))
    here.hear(result("o", at("2026-03-02 12:30"), FAILURE))
    told(here)
    return here


def said(when: str, by: str = "Ana Meyer", note: str = "investigating") -> Acknowledgement:
    return Acknowledgement(by=by, note=note, at=at(f"2026-03-02 {when}"))


def told(story: Story) -> dict[str, list[str]]:
    return {name: story.told(name) for name in ("finance", "platform", ROOTS)}


def took(story: Story, key: str, *words: Acknowledgement) -> dict[str, list[str]]:
    for one in words:
        take_up(story.store, ROOTS, {key: one})
        story.tracker.look_again()
        story.tracker.tick(one.at)
    return told(story)


def test_readers_of_what_the_root_causes_are_told_who_takes_care_and_nobody_else(
    story: Story,
) -> None:
    assert set(open_episodes(story.store, ROOTS)) == {KEY, f"orders@{at('2026-03-02 12:30')}"}
    news = took(story, KEY, said("13:00"))
    (finance,), (platform,) = news["finance"], news["platform"]
    assert finance.startswith(
        "acknowledged: Acknowledged by Ana Meyer on Mon 2 Mar at 13:00: investigating. Margin"
    )
    assert platform.startswith(
        "acknowledged: Acknowledged by Ana Meyer on Mon 2 Mar at 13:00: investigating. Users is"
    )
    assert news[ROOTS] == [], "where they wrote it they know"


def test_who_takes_care_for_one_channel_is_told_there_alone(story: Story) -> None:
    assert acknowledge(story.store, "users", ["platform"], said("13:00")) == ["platform"]
    story.tracker.look_again()
    story.wait("2026-03-02 13:00")
    news = told(story)
    assert (len(news["platform"]), news["finance"]) == (1, [])


def test_it_is_told_once_however_often_it_is_heard_and_over_restarts(story: Story) -> None:
    took(story, KEY, said("13:00"))
    story.restart()
    assert took(story, KEY, said("13:00"), said("12:50")) == {
        "finance": [],
        "platform": [],
        ROOTS: [],
    }
    (over,) = took(story, KEY, said("13:30", by="Ben"))["platform"]
    assert over.startswith(
        "acknowledged: Acknowledged by Ben on Mon 2 Mar at 13:30: investigating."
    )


def test_who_is_further_is_told_with_what_is_told_next(story: Story) -> None:
    took(story, KEY, said("13:00"))
    assert took(story, KEY, said("13:30", note="marked as fixed"))["finance"] == []
    alone = replace(MARGIN, inputs=())
    story.define(USERS, REVENUE, alone, ORDERS, when="2026-03-02 14:10")
    (news,) = told(story)["finance"]
    assert news.startswith(
        "affected changed: Acknowledged by Ana Meyer on Mon 2 Mar at 13:30: marked as fixed. "
    )


def test_old_words_are_not_heard_as_new_ones_after_there_is_news(story: Story) -> None:
    took(story, KEY, said("13:00"))
    story.hear(result("u2", at("2026-03-02 14:30"), FAILURE))
    assert [one.split(":")[0] for one in told(story)["platform"]] == ["cause changed"]
    assert took(story, KEY, said("13:00"))["platform"] == []
    story.hear(result("o", at("2026-03-02 14:40")))
    (again,) = took(story, KEY, said("14:35"))["platform"]
    assert again.startswith(
        "acknowledged: Acknowledged by Ana Meyer on Mon 2 Mar at 14:35: investigating."
    )


def test_of_what_is_over_or_never_was_nobody_takes_care(story: Story) -> None:
    story.hear(*(result("u", at("2026-03-02 13:00")), result("r", at("2026-03-02 13:00"))))
    told(story)
    nothing: dict[str, list[str]] = {"finance": [], "platform": [], ROOTS: []}
    assert took(story, KEY, said("13:10")) == nothing
    assert took(story, "users@1", said("13:10")) == nothing
    assert KEY not in open_episodes(story.store, ROOTS)


def test_of_what_is_not_known_nobody_takes_care_by_an_incident(story: Story) -> None:
    story.hear(result("u2", at("2026-03-02 12:40"), Outcome.ERROR))
    story.hear(result("u", at("2026-03-02 12:50")))
    told(story)
    assert open_episodes(story.store, "platform") == [KEY], "unknown ends nothing"
    assert took(story, KEY, said("13:00"))["platform"][0].startswith("acknowledged: Acknowledged")
    with story.store.transaction() as book:
        kinds = {
            here.kind.value: here.acknowledged is not None
            for here in book.open_conversations()
            if here.channel == "platform"
        }
    assert kinds == {"episode": True, "blindness": False}
