"""Ten thousand results in a minute, and what else comes all at once: few messages, and cheap."""

import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from datahub_dataproducts.application.tell import TrackingPolicy
from datahub_dataproducts.domain.assertions import Outcome, Result
from datahub_dataproducts.domain.durations import DAY, MINUTE, SECOND
from datahub_dataproducts.domain.episodes import Patience
from datahub_dataproducts.domain.hushes import Hush
from datahub_dataproducts.domain.letters import Announcement, Why
from datahub_dataproducts.domain.products import DataProduct, Input, ProductType
from datahub_dataproducts.domain.routes import Route
from tests.application.stories import Story, posts
from tests.builders import at, checked, product, result

SUCCESS, FAILURE, ERROR = Outcome.SUCCESS, Outcome.FAILURE, Outcome.ERROR
GROUPS, EACH = 10, 50
POLICY = TrackingPolicy(
    channels=("finance", "growth", "engineering"),
    business=frozenset({"finance", "growth"}),
    domains={"finance": ("urn:li:domain:finance",), "growth": ("urn:li:domain:growth",)},
)
NOBODY_ELSE = tuple(Route(domains=(f"urn:li:domain:other-{n}",)) for n in range(200))

Judged = Callable[[str], Outcome]


def portfolio(tests: int, expect_every: int | None = None) -> Iterator[DataProduct]:
    """Ten building blocks, each with 49 metrics that use it; every other one is finance's."""
    for group in range(GROUPS):
        for number in range(EACH):
            id_ = f"g{group}p{number:02}"
            is_block = number == 0
            one = product(
                id_,
                *(checked(f"{id_}t{test}", expect_every=expect_every) for test in range(tests)),
                inputs=() if is_block else (Input(product=f"g{group}p00"),),
                name=f"Block {group}" if is_block else f"Metric {group}.{number:02}",
            )
            yield replace(
                one,
                domain=f"urn:li:domain:{'growth' if group % 2 else 'finance'}",
                type=ProductType.BUILDING_BLOCK if is_block else ProductType.METRIC,
            )


def in_a_minute(begin: str, tests: int, judged: Judged) -> Iterator[Result]:
    """All that a portfolio's tests say within one minute, in no order."""
    names = [
        f"g{group}p{number:02}t{test}"
        for group in range(GROUPS)
        for number in range(EACH)
        for test in range(tests)
    ]
    random.Random(4).shuffle(names)
    apart = MINUTE // len(names)
    for number, name in enumerate(names):
        yield result(name, at(begin) + number * apart, judged(name), run="nightly")


def all_well(_name: str) -> Outcome:
    return SUCCESS


def all_posts(story: Story) -> dict[str, list[Announcement]]:
    """What each channel was told since this was last asked."""
    return {name: posts(story, name) for name in story.channels}


def conversations(told: list[Announcement]) -> list[str]:
    return [one.conversation.partition("@")[0] for one in told]


def test_of_ten_thousand_results_in_a_minute_a_channel_hears_once_a_root(tmp_path: Path) -> None:
    bad = {"g0p00t3", "g1p07t1", "g1p07t2", "g0p09t9"}
    story = Story(tmp_path, portfolio(20), policy=POLICY)
    story.hear(*in_a_minute("2026-03-03 03:00", 20, lambda t: FAILURE if t in bad else SUCCESS))
    story.wait("2026-03-03 12:00")
    told = all_posts(story)
    assert {name: sorted(conversations(mine)) for name, mine in told.items()} == {
        "finance": ["g0p00", "g0p00+g0p09"],
        "growth": ["g1p07"],
        "engineering": ["g0p00", "g0p00+g0p09", "g1p07"],
    }
    assert all(one.why is Why.OPENED for mine in told.values() for one in mine)
    (block,) = (one for one in told["finance"] if conversations([one]) == ["g0p00"])
    assert len(block.affected) == EACH - 1
    assert block.text == (
        "Block 0 is unhealthy because fct fails a check: the promise is that it passes g0p00t3, "
        "and the check of that failed on Tue 3 Mar at 03:00. The metrics Metric 0.01, Metric 0.02, "
        "Metric 0.03, Metric 0.04, Metric 0.05 and 43 more, which use Block 0, are unhealthy too. "
        "Owner: g0p00-team. Runbook: https://wiki.example.com/g0p00"
    )
    (metric,) = told["growth"]
    assert metric.text == (
        "Metric 1.07 is unhealthy because fct fails a check: the promise is that it passes "
        "g1p07t1, and the check of that failed on Tue 3 Mar at 03:00. Owner: g1p07-team. "
        "Runbook: https://wiki.example.com/g1p07"
    )


def test_what_a_building_block_takes_down_is_one_message_that_ends_once(tmp_path: Path) -> None:
    story = Story(tmp_path, portfolio(1), policy=POLICY)
    story.hear(*in_a_minute("2026-03-03 03:00", 1, all_well))
    story.wait("2026-03-03 04:00")
    story.hear(result("g0p00t0", at("2026-03-03 06:00"), FAILURE))
    story.wait("2026-03-03 07:00")
    opened = all_posts(story)
    story.hear(*in_a_minute("2026-03-04 03:00", 1, all_well))
    story.wait("2026-03-04 04:00")
    closed = all_posts(story)
    for channel, count in (("finance", 1), ("growth", 0), ("engineering", 1)):
        assert [len(one.affected) for one in opened[channel]] == [EACH] * count
        assert [one.text for one in closed[channel]] == [
            (
                "Metric 0.01, Metric 0.02, Metric 0.03, Metric 0.04, Metric 0.05 and 45 more "
                "are healthy again, after 21 h."
            )
        ] * count
        assert all(one.is_last for one in closed[channel])


@pytest.mark.parametrize(
    ("how", "begin", "letters"),
    [
        ("it never came", "03:01", [500]),
        ("nothing could be checked", "03:01", [500]),
        # What is told every ten minutes fell into two of these: the message is changed once.
        ("it never came", "03:09:30", [373, 500]),
    ],
)
def test_a_run_that_says_nothing_of_a_whole_portfolio_is_one_message_to_those_who_mend(
    tmp_path: Path, how: str, begin: str, letters: list[int]
) -> None:
    every = DAY if how == "it never came" else None
    story = Story(tmp_path, portfolio(1, every), policy=POLICY)
    story.hear(*in_a_minute(f"2026-03-03 {begin}", 1, all_well))
    story.wait("2026-03-03 04:00")
    if every is None:
        story.hear(*in_a_minute(f"2026-03-04 {begin}", 1, lambda _: ERROR))
    story.wait("2026-03-04 09:00")
    told = all_posts(story)
    assert (told["finance"], told["growth"]) == ([], [])
    assert [len(one.affected) for one in told["engineering"]] == letters
    blind = told["engineering"][0]
    assert blind.why is Why.BLIND
    assert blind.text.startswith("It is not known whether Metric ")
    story.hear(*in_a_minute("2026-03-05 03:00", 1, all_well))
    story.wait("2026-03-05 09:00")
    told = all_posts(story)
    assert (told["finance"], told["growth"]) == ([], [])
    (seen,) = told["engineering"]
    assert (seen.why, seen.conversation) == (Why.SEEN_AGAIN, blind.conversation)


def test_a_warehouse_that_goes_away_in_the_midst_of_a_run_takes_nothing_back(
    tmp_path: Path,
) -> None:
    story = Story(tmp_path, portfolio(1), policy=POLICY)
    story.hear(*in_a_minute("2026-03-03 03:00", 1, all_well))
    story.wait("2026-03-03 04:00")
    story.hear(result("g0p00t0", at("2026-03-03 06:00"), FAILURE))
    story.wait("2026-03-03 07:00")
    assert len(all_posts(story)["finance"]) == 1
    story.hear(*in_a_minute("2026-03-04 03:01", 1, lambda _: ERROR))
    story.wait("2026-03-04 09:00")
    told = all_posts(story)
    assert told["finance"] == []
    assert [one.why for one in told["engineering"]] == [Why.BLIND]


@pytest.mark.parametrize(
    ("for_", "clear_for", "letters"),
    [
        # It never lasts, for better or worse.
        (10 * MINUTE, 10 * MINUTE, []),
        # Each failure is told, and the first pass that lasts.
        (0, 10 * MINUTE, [Why.OPENED, Why.CLOSED]),
        (30 * SECOND, 5 * MINUTE, [Why.OPENED, Why.CLOSED]),
        # Without any patience people hear of each turn.
        (0, 0, [Why.OPENED, Why.CLOSED] * 30),
    ],
)
def test_a_check_that_flaps_is_told_as_often_as_for_and_clear_for_say(
    tmp_path: Path, for_: int, clear_for: int, letters: list[Why]
) -> None:
    policy = replace(POLICY, patience=Patience(for_=for_, clear_for=clear_for))
    flapping = replace(product("users", checked("u")), domain="urn:li:domain:finance")
    story = Story(tmp_path, [flapping], policy=policy)
    story.hear(result("u", at("2026-03-03 05:00")))
    story.wait("2026-03-03 05:30")
    for minute in range(60):
        when = at("2026-03-03 06:00") + minute * MINUTE
        story.hear(result("u", when, SUCCESS if minute % 2 else FAILURE))
    story.wait("2026-03-03 12:00")
    for channel in ("finance", "engineering"):
        told = [one.why for one in posts(story, channel)]
        assert told == letters


# What an event costs is counted in calls: they do not depend on what else the machine does.


def calls_of_events(folder: Path, products: int, policy: TrackingPolicy, hushes: int = 0) -> int:
    """How many calls a hundred results of some of the products cause."""
    folder.mkdir()
    story = Story(folder, flat(products), policy=policy)
    with story.store.transaction() as book:
        for number in range(hushes):
            hush = Hush(
                since=0, until=at("2027-01-01"), author="ana", reason="planned work", made_at=0
            )
            book.add_hush(replace(hush, products=(f"another-{number}",)))
    begin = at("2026-03-02 08:00")
    story.hear(*(result(f"t{number}", begin + number) for number in range(60)))
    story.wait("2026-03-02 09:00")
    chance, later = random.Random(1), at("2026-03-02 10:00")
    events = [
        result(
            f"t{chance.randrange(60)}",
            later + number * 30 * SECOND,
            FAILURE if chance.random() < 0.1 else SUCCESS,
        )
        for number in range(100)
    ]
    counted = calls_of(lambda: story.hear(*events))
    story.store.close()
    return counted


def calls_of(what: Callable[[], None]) -> int:
    counted = 0

    def count(_frame: object, event: str, _arg: object) -> None:
        nonlocal counted
        counted += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        what()
    finally:
        sys.setprofile(before)
    return counted


def flat(products: int) -> Iterator[DataProduct]:
    """Groups of ten that use one another."""
    for number in range(products):
        inputs = (Input(product=f"p{number - number % 10}"),) if number % 10 else ()
        yield product(f"p{number}", checked(f"t{number}"), inputs=inputs)


def test_what_an_event_costs_does_not_grow_with_the_portfolio(tmp_path: Path) -> None:
    few = calls_of_events(tmp_path / "few", 60, POLICY)
    many = calls_of_events(tmp_path / "many", 1_500, POLICY)
    assert many < 1.05 * few


def test_what_an_event_costs_does_not_grow_with_the_routes(tmp_path: Path) -> None:
    last = Route(channels=POLICY.channels)
    one = calls_of_events(tmp_path / "one", 60, replace(POLICY, routes=(last,)))
    many = calls_of_events(tmp_path / "many", 60, replace(POLICY, routes=(*NOBODY_ELSE, last)))
    assert many < 1.05 * one


def test_what_an_event_costs_hardly_grows_with_what_is_silenced(tmp_path: Path) -> None:
    none = calls_of_events(tmp_path / "none", 60, POLICY)
    some = calls_of_events(tmp_path / "some", 60, POLICY, hushes=20)
    assert some < 1.2 * none


def calls_of_a_portfolio_heard_of_again(folder: Path, products: int) -> int:
    """How many calls it causes that all of a silent portfolio report again within a minute."""
    folder.mkdir()
    apart = MINUTE // products
    alone = [product(f"p{n:03}", checked(f"t{n:03}", expect_every=DAY)) for n in range(products)]
    story = Story(folder, alone, policy=POLICY)

    def report(begin: str) -> None:
        for number in range(products):
            story.hear(result(f"t{number:03}", at(begin) + number * apart))

    report("2026-03-03 03:01")
    story.wait("2026-03-04 09:00")

    def all_are_heard_of_again() -> None:
        report("2026-03-05 03:01")
        story.wait("2026-03-05 09:00")

    calls = calls_of(all_are_heard_of_again)
    assert [one.why for one in all_posts(story)["engineering"]] == [Why.BLIND, Why.SEEN_AGAIN]
    story.store.close()
    return calls


def test_what_it_costs_that_a_product_is_heard_of_again_does_not_grow_with_those_beside_it(
    tmp_path: Path,
) -> None:
    few = calls_of_a_portfolio_heard_of_again(tmp_path / "few", 20) / 20
    many = calls_of_a_portfolio_heard_of_again(tmp_path / "many", 160) / 160
    assert many < 1.1 * few
