"""Letters from the outbox to the catalog and to people, on a real store."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from datahub_dataproducts.adapters.store.store import SqlHealthStore
from datahub_dataproducts.application.deliver import Courier, Delivery
from datahub_dataproducts.application.ports import CATALOG
from datahub_dataproducts.domain.durations import HOUR, MINUTE, SECOND
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.letters import Announcement, HealthPost, Letter, VerdictPost, Why
from datahub_dataproducts.domain.receipts import Dispatch, Receipt, Refused, Retry
from tests.builders import AMSTERDAM, at
from tests.fakes import FakeCatalog, FakeChannel, store_in

NOW = at("2026-03-03 08:00")
POST = HealthPost(
    product="revenue",
    at=NOW,
    health=Health.UNHEALTHY,
    since=NOW,
    reason="Revenue is unhealthy.",
    uptime=None,
    coverage=None,
    window=30 * 24 * HOUR,
)
NEWS = Announcement(
    product="revenue",
    domain="urn:li:domain:finance",
    at=NOW,
    timezone=AMSTERDAM,
    why=Why.OPENED,
    health=Health.UNHEALTHY,
    text="Revenue is unhealthy.",
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlHealthStore]:
    store = store_in(tmp_path)
    yield store
    store.close()


def write(
    store: SqlHealthStore, channel: str, letter: Letter, key: str = "k", *, replacing: bool = False
) -> None:
    with store.transaction() as book:
        book.send(channel, key, letter, NOW, replace=replacing)


def said(text: str) -> Announcement:
    return replace(NEWS, text=text)


def test_a_letter_to_the_catalog_and_one_to_people_arrive_once(store: SqlHealthStore) -> None:
    catalog, console = FakeCatalog(), FakeChannel()
    write(store, CATALOG, POST)
    write(store, "console", NEWS)
    courier = Courier(store, catalog, {"console": console})
    assert courier.deliver(NOW) == Delivery(delivered=2)
    assert courier.deliver(NOW + HOUR) == Delivery()
    assert (catalog.posts, console.posts) == ([POST], [NEWS])


def test_nothing_is_delivered_before_it_is_due(store: SqlHealthStore) -> None:
    console = FakeChannel()
    write(store, "console", NEWS)
    assert Courier(store, FakeCatalog(), {"console": console}).deliver(NOW - 1) == Delivery()
    assert console.posts == []


# Trying again.


def test_each_failure_doubles_the_wait_up_to_ten_minutes(store: SqlHealthStore) -> None:
    console = FakeChannel([Retry("no route")] * 12)
    write(store, "console", NEWS)
    courier = Courier(store, FakeCatalog(), {"console": console})
    now, waits = NOW, []
    while courier.deliver(now).postponed:
        tried = now
        while not store.due_letters(now, 1):
            now += SECOND
        waits.append((now - tried) // SECOND)
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600, 600]
    assert len(console.posts) == 13


def test_a_receiver_that_asks_us_to_wait_is_left_alone_so_long(store: SqlHealthStore) -> None:
    console = FakeChannel([Retry("slow down", after=5 * MINUTE)])
    write(store, "console", NEWS)
    courier = Courier(store, FakeCatalog(), {"console": console})
    courier.deliver(NOW)
    assert courier.deliver(NOW + 5 * MINUTE - 1) == Delivery()
    assert courier.deliver(NOW + 5 * MINUTE) == Delivery(delivered=1)


def test_a_wait_that_is_asked_for_and_short_does_not_shorten_our_own(
    store: SqlHealthStore,
) -> None:
    console = FakeChannel([Retry("slow down", after=1)])
    write(store, "console", NEWS)
    courier = Courier(store, FakeCatalog(), {"console": console})
    courier.deliver(NOW)
    assert courier.deliver(NOW + 2 * SECOND - 1) == Delivery()
    assert courier.deliver(NOW + 2 * SECOND) == Delivery(delivered=1)


def test_a_dead_receiver_is_tried_once_a_round_and_holds_up_nobody_else(
    store: SqlHealthStore,
) -> None:
    dead, console = FakeChannel([Retry("no route")] * 2), FakeChannel()
    for n in range(3):
        write(store, "dead", said(f"dead {n}"), str(n))
        write(store, "console", said(f"news {n}"), str(n))
    courier = Courier(store, FakeCatalog(), {"dead": dead, "console": console})
    assert courier.deliver(NOW) == Delivery(delivered=3, postponed=("dead: no route",))
    assert dead.texts == ["dead 0"]
    assert console.texts == ["news 0", "news 1", "news 2"]


def test_more_letters_for_a_dead_receiver_than_a_round_takes_hold_up_nobody_else(
    store: SqlHealthStore,
) -> None:
    dead, console = FakeChannel([Retry("no route")] * 9), FakeChannel()
    for n in range(250):
        write(store, "dead", NEWS, str(n))
    write(store, "console", NEWS)
    courier = Courier(store, FakeCatalog(), {"dead": dead, "console": console})
    assert courier.deliver(NOW).more
    assert courier.deliver(NOW) == Delivery(delivered=1)
    assert len(dead.posts) == 1


def test_what_is_told_later_does_not_overtake_what_waits_for_its_next_try(
    store: SqlHealthStore,
) -> None:
    console = FakeChannel([Retry("no route")] * 3)
    courier = Courier(store, FakeCatalog(), {"console": console})
    write(store, "console", said("Revenue is unhealthy."), "opened")
    courier.deliver(NOW)
    write(store, "console", said("Revenue is healthy again."), "closed")
    now = NOW
    while store.due_letters(NOW + HOUR, 1):
        now += SECOND
        courier.deliver(now)
    assert console.texts == ["Revenue is unhealthy."] * 4 + ["Revenue is healthy again."]


def test_a_post_the_catalog_cannot_take_holds_up_no_other(store: SqlHealthStore) -> None:
    catalog = FakeCatalog([Retry("this one breaks me")])
    courier = Courier(store, catalog, {})
    write(store, CATALOG, POST, "first")
    other = replace(POST, product="other")
    write(store, CATALOG, other, "second")
    courier.deliver(NOW)
    assert courier.deliver(NOW + 1) == Delivery(delivered=1)
    assert catalog.posts == [POST, other]


def test_a_newer_text_waits_as_long_as_the_one_it_replaces(store: SqlHealthStore) -> None:
    catalog = FakeCatalog([Retry("slow down", after=5 * MINUTE)])
    write(store, CATALOG, POST, replacing=True)
    courier = Courier(store, catalog, {})
    courier.deliver(NOW)
    newer = replace(POST, reason="Revenue is healthy.")
    write(store, CATALOG, newer, replacing=True)
    assert courier.deliver(NOW + 5 * MINUTE - 1) == Delivery()
    assert courier.deliver(NOW + 5 * MINUTE) == Delivery(delivered=1)
    assert catalog.posts == [POST, newer]


def test_before_the_end_what_waits_gets_one_more_try_and_waits_no_longer_for_it(
    store: SqlHealthStore,
) -> None:
    console = FakeChannel([Retry("no route")] * 2)
    for n in range(100):
        write(store, "console", NEWS, str(n))
    courier = Courier(store, FakeCatalog(), {"console": console})
    courier.deliver(NOW)
    last = courier.deliver(NOW, ahead=24 * HOUR)
    assert last == Delivery(postponed=("console: no route",), more=False)
    assert courier.deliver(NOW + 4 * SECOND).delivered == 100


# A crash.


class CrashingChannel(FakeChannel):
    """Takes one letter; the next is the end of the process."""

    def post(self, dispatch: Dispatch) -> Receipt:
        if self.posts:
            raise KeyboardInterrupt
        return super().post(dispatch)


def test_after_a_crash_people_are_not_told_again_what_they_were_told_before_it(
    store: SqlHealthStore,
) -> None:
    crashing, catalog = CrashingChannel(), FakeCatalog()
    write(store, CATALOG, POST)
    write(store, "console", said("first"), "1")
    write(store, "console", said("second"), "2")
    with pytest.raises(KeyboardInterrupt):
        Courier(store, catalog, {"console": crashing}).deliver(NOW)
    console = FakeChannel()
    Courier(store, catalog, {"console": console}).deliver(NOW)
    assert crashing.texts + console.texts == ["first", "second"]
    # What the catalog is told twice it holds once.
    assert catalog.posts == [POST, POST]


# Refused.


def test_what_is_refused_is_kept_aside_and_the_next_goes_on(store: SqlHealthStore) -> None:
    console = FakeChannel([Refused("the text is too long")])
    write(store, "console", said("too long"), "1")
    write(store, "console", said("short"), "2")
    courier = Courier(store, FakeCatalog(), {"console": console})
    done = courier.deliver(NOW)
    assert done == Delivery(delivered=1, refused=("console: the text is too long",))
    assert courier.deliver(NOW + 24 * HOUR) == Delivery()
    assert console.texts == ["too long", "short"]


def test_a_letter_for_a_channel_that_is_gone_is_refused_with_what_to_look_at(
    store: SqlHealthStore,
) -> None:
    write(store, "gone", NEWS)
    assert Courier(store, FakeCatalog(), {}).deliver(NOW).refused == (
        "gone: there is no such channel any more; see `channels` in the recipe",
    )


# The catalog.


def test_the_catalog_is_prepared_once_before_the_first_post(store: SqlHealthStore) -> None:
    catalog = FakeCatalog()
    write(store, CATALOG, POST, "1")
    write(store, CATALOG, POST, "2")
    courier = Courier(store, catalog, {})
    courier.deliver(NOW)
    write(store, CATALOG, POST, "3")
    courier.deliver(NOW)
    assert catalog.calls == ["prepare", "post", "post", "post"]


def test_without_a_post_the_catalog_is_left_alone(store: SqlHealthStore) -> None:
    catalog = FakeCatalog()
    write(store, "console", NEWS)
    Courier(store, catalog, {"console": FakeChannel()}).deliver(NOW)
    assert catalog.calls == []


@pytest.mark.parametrize("fault", [Retry("no route"), Refused("no right to do so")])
def test_a_catalog_that_cannot_be_prepared_gets_no_post_and_loses_none(
    store: SqlHealthStore, fault: Retry | Refused
) -> None:
    catalog = FakeCatalog(preparing=[fault])
    write(store, CATALOG, POST)
    courier = Courier(store, catalog, {})
    assert courier.deliver(NOW) == Delivery(postponed=(f"catalog: {fault.reason}",))
    assert catalog.posts == []
    assert courier.deliver(NOW + 2 * SECOND) == Delivery(delivered=1)
    assert catalog.calls == ["prepare", "prepare", "post"]


def test_a_post_that_is_replaced_while_it_is_on_its_way_is_sent_again(
    store: SqlHealthStore,
) -> None:
    newer = replace(POST, reason="Revenue is healthy.")

    class BusyCatalog(FakeCatalog):
        def post(self, letter: HealthPost | VerdictPost) -> Receipt:
            if not self.posts:
                write(store, CATALOG, newer, replacing=True)
            return super().post(letter)

    catalog = BusyCatalog()
    write(store, CATALOG, POST, replacing=True)
    courier = Courier(store, catalog, {})
    courier.deliver(NOW)
    courier.deliver(NOW)
    assert courier.deliver(NOW) == Delivery()
    assert catalog.posts == [POST, newer]
