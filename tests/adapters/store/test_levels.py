"""Levels: how much there is in a store of what piles up."""

from dataclasses import replace
from pathlib import Path

from datahub_dataproducts.application.metering import Levels, Waiting
from datahub_dataproducts.application.ports import CATALOG
from datahub_dataproducts.domain.assertions import Outcome
from datahub_dataproducts.domain.health import Health
from tests.adapters.store.test_book import NEWS
from tests.application.stories import Story
from tests.builders import at, checked, product, result
from tests.fakes import store_in


def test_an_empty_store_has_none(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    assert store.levels() == Levels()
    store.close()


def test_letters_on_their_way_are_told_from_refused_ones_and_delivered_ones_count_no_more(
    tmp_path: Path,
) -> None:
    story = Story(tmp_path, [product(n, checked(n)) for n in ("users", "orders")])
    story.deliver()
    assert story.store.levels().letters == {}
    seen = at("2026-03-02 06:00")
    story.hear(result("users", seen, Outcome.FAILURE))
    story.hear(result("orders", seen + 60_000, Outcome.SUCCESS))
    for letter in story.store.due_letters(at("2026-03-03 06:00"), 10):
        if letter.channel == CATALOG:
            story.store.postpone(letter, at("2026-03-04 06:00"), "down")
        else:
            story.store.refuse(letter, "no")
    levels = story.store.levels()
    assert levels.letters[CATALOG].waiting == 2
    assert levels.letters[CATALOG].oldest == seen
    assert levels.letters["console"] == Waiting(refused=1)
    assert levels.healths == {"users": Health.UNHEALTHY, "orders": Health.HEALTHY}
    story.tracker.set_aside("not JSON", "{", seen)
    assert story.store.levels().set_aside == 1
    story.store.close()


def test_the_oldest_that_waits_is_among_those_that_were_tried_and_those_that_were_not(
    tmp_path: Path,
) -> None:
    store = store_in(tmp_path)
    for key, when in (("first", 100), ("second", 200), ("third", 300)):
        with store.transaction() as book:
            book.send("board", key, replace(NEWS, at=when), when, replace=False)
    assert store.levels().letters["board"] == Waiting(waiting=3, oldest=100)
    first, second, third = store.due_letters(400, 3)
    store.postpone(first, 9_000, "no route")
    assert store.levels().letters["board"] == Waiting(waiting=3, oldest=100)
    store.delivered([first])
    store.postpone(third, 9_000, "no route")
    assert store.levels().letters["board"] == Waiting(waiting=2, oldest=200)
    store.postpone(second, 9_000, "no route")
    assert store.levels().letters["board"] == Waiting(waiting=2, oldest=200)
    store.close()
