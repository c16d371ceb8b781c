"""Letters from the outbox to the catalog and to people, on a real store."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from datahub_dataproducts.adapters.store.store import SqlHealthStore
from datahub_dataproducts.application.deliver import Courier, Delivery, Refusal
from datahub_dataproducts.application.ports import CATALOG
from datahub_dataproducts.domain.durations import HOUR, MINUTE, SECOND
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.letters import (
    Announcement,
    Digest,
    HealthPost,
    Letter,
    VerdictPost,
    Why,
)
from datahub_dataproducts.domain.messages import Tone, plain
from datahub_dataproducts.domain.receipts import Delivered, Dispatch, Receipt, Refused, Rest, Retry
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
    assert courier.deliver(NOW) == Delivery(delivered=2, answered=True)
    assert courier.deliver(NOW + HOUR) == Delivery()
    assert (catalog.posts, console.posts) == ([POST], [NEWS])


# A clock that was ahead.


def test_what_was_written_while_the_clock_was_ahead_is_sent_at_once_when_it_is_right_again(
    store: SqlHealthStore,
) -> None:
    catalog, console = FakeCatalog(), FakeChannel()
    write(store, "console", said("opened"), "1")
    write(store, "console", said("closed"), "2")
    write(store, CATALOG, POST)
    courier = Courier(store, catalog, {"console": console})
    assert courier.deliver(NOW - 3 * HOUR).delivered == 3
    assert console.texts == ["opened", "closed"]


def test_what_failed_while_the_clock_was_ahead_is_tried_again_when_it_is_right_again(
    store: SqlHealthStore,
) -> None:
    console = FakeChannel([Retry("no route")])
    write(store, "console", said("opened"), "1")
    Courier(store, FakeCatalog(), {"console": console}).deliver(NOW)
    write(store, "console", said("closed"), "2")
    # By one that knows no more than the store, and by the one that wrote it there.
    again = Courier(store, FakeCatalog(), {"console": console})
    assert again.next_due(NOW - 3 * HOUR) == NOW + 2 * SECOND
    assert again.deliver(NOW - 3 * HOUR).delivered == 2
    assert console.texts == ["opened", "opened", "closed"]


def test_a_channel_with_a_pace_does_not_rest_until_the_time_of_a_clock_that_was_ahead(
    store: SqlHealthStore,
) -> None:
    slow = FakeChannel()
    courier = Courier(store, FakeCatalog(), {"slow": slow}, spacing={"slow": SECOND})
    write(store, "slow", said("one"), "1")
    assert courier.deliver(NOW).delivered == 1
    write(store, "slow", said("two"), "2")
    assert courier.deliver(NOW - 3 * HOUR).delivered == 1
    assert courier.deliver(NOW - 3 * HOUR + 1) == Delivery()


def test_no_clock_that_was_ahead_keeps_who_asked_to_wait_quiet_for_more_than_a_day(
    store: SqlHealthStore,
) -> None:
    console = FakeChannel([Retry("slow down", after=24 * HOUR)])
    write(store, "console", NEWS)
    courier = Courier(store, FakeCatalog(), {"console": console})
    courier.deliver(NOW)
    assert courier.deliver(NOW) == Delivery()
    assert courier.deliver(NOW - 1).delivered == 1


def test_no_clock_that_was_ahead_keeps_a_post_of_the_catalog_for_more_than_a_day(
    store: SqlHealthStore,
) -> None:
    catalog = FakeCatalog([Retry("slow down", after=24 * HOUR)])
    write(store, CATALOG, POST)
    courier = Courier(store, catalog, {})
    courier.deliver(NOW)
    assert courier.deliver(NOW) == Delivery()
    assert courier.deliver(NOW - 1).delivered == 1


def test_each_letter_of_a_round_is_a_step_of_the_work(store: SqlHealthStore) -> None:
    beats: list[int] = []
    catalog, console = FakeCatalog(), FakeChannel()
    for n in range(3):
        write(store, CATALOG, POST, str(n))
        write(store, "console", said(str(n)), str(n))
    courier = Courier(
        store,
        catalog,
        {"console": console},
        beat=lambda: beats.append(len(catalog.posts) + len(console.posts)),
    )
    courier.deliver(NOW)
    assert beats == [0, 1, 2, 3, 4, 5]


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
    assert courier.deliver(NOW + 1) == Delivery(delivered=1, answered=True)
    assert catalog.posts == [POST, other]


def test_a_newer_text_waits_as_long_as_the_one_it_replaces(store: SqlHealthStore) -> None:
    catalog = FakeCatalog([Retry("slow down", after=5 * MINUTE)])
    write(store, CATALOG, POST, replacing=True)
    courier = Courier(store, catalog, {})
    courier.deliver(NOW)
    newer = replace(POST, reason="Revenue is healthy.")
    write(store, CATALOG, newer, replacing=True)
    assert courier.deliver(NOW + 5 * MINUTE - 1) == Delivery()
    assert courier.deliver(NOW + 5 * MINUTE) == Delivery(delivered=1, answered=True)
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


def letter(
    sequence: int, conversation: str = "revenue@1", ends: tuple[str, ...] = ()
) -> Announcement:
    text = f"{conversation} {sequence}"
    return replace(NEWS, conversation=conversation, sequence=sequence, ends=ends, text=text)


def tell(store: SqlHealthStore, *letters: Announcement, channel: str = "board") -> None:
    for one in letters:
        write(store, channel, one, one.id)


def test_a_try_that_was_begun_and_whose_end_nobody_recorded_is_uncertain(
    store: SqlHealthStore,
) -> None:
    class Dies(FakeChannel):
        def post(self, dispatch: Dispatch) -> Receipt:
            raise KeyboardInterrupt

    tell(store, letter(1))
    with pytest.raises(KeyboardInterrupt):
        Courier(store, FakeCatalog(), {"board": Dies()}).deliver(NOW)
    board = FakeChannel()
    Courier(store, FakeCatalog(), {"board": board}).deliver(NOW)
    assert [one.is_uncertain for one in board.dispatches] == [True]
    tell(store, letter(2))
    Courier(store, FakeCatalog(), {"board": board}).deliver(NOW)
    assert [one.is_uncertain for one in board.dispatches] == [True, False]


@pytest.mark.parametrize(
    ("receipts", "uncertain"),
    [
        ([Retry("no route")], [False, False]),
        ([Retry("timed out", may_have_arrived=True)], [False, True]),
        # That this try failed says nothing of the one before.
        ([Retry("timed out", may_have_arrived=True), Retry("no route")], [False, True, True]),
    ],
)
def test_a_failure_leaves_doubt_only_where_the_letter_may_have_arrived(
    store: SqlHealthStore, receipts: list[Receipt], uncertain: list[bool]
) -> None:
    board = FakeChannel(receipts)
    tell(store, letter(1))
    courier = Courier(store, FakeCatalog(), {"board": board})
    for hour in range(len(uncertain)):
        courier.deliver(NOW + hour * HOUR)
    assert [one.is_uncertain for one in board.dispatches] == uncertain
    assert [one.at for one in board.dispatches] == [NOW + h * HOUR for h in range(len(uncertain))]


def test_each_digest_is_told_by_itself(store: SqlHealthStore) -> None:
    board = FakeChannel([Delivered("ts"), Retry("no route")])
    for day in ("2026-03-02", "2026-03-03", "2026-03-04"):
        digest = Digest(
            day=day,
            at=NOW,
            timezone=AMSTERDAM,
            text="All is well.",
            message=plain("All is well.", Tone.GOOD),
        )
        write(store, "board", digest, digest.id)
    courier = Courier(store, FakeCatalog(), {"board": board})
    courier.deliver(NOW)
    courier.deliver(NOW + HOUR)
    told = [one.letter.id for one in board.dispatches]
    assert told == [f"digest 2026-03-0{n}" for n in (2, 3, 4, 3)]
    assert {one.earlier for one in board.dispatches} == {""}


# What a channel showed before.


def test_a_letter_goes_with_what_the_channel_showed_of_its_conversation_before(
    store: SqlHealthStore,
) -> None:
    board = FakeChannel([Delivered("ts 1"), Delivered("ts 2"), Delivered(), Delivered("ts 4")])
    tell(store, letter(1), letter(1, "users@1"), letter(2))
    Courier(store, FakeCatalog(), {"board": board}).deliver(NOW)
    # A channel that says nothing shows what it showed.
    tell(store, letter(3), letter(1, "both@2", ends=("users@1", "never@1", "revenue@1")))
    Courier(store, FakeCatalog(), {"board": board}).deliver(NOW)
    assert [one.earlier for one in board.dispatches] == ["", "", "ts 1", "ts 1", ""]
    assert [one.ended for one in board.dispatches] == [(), (), (), (), ("ts 2", "ts 4")]


# Order, and who waits for whom.


def test_a_letter_that_is_never_taken_holds_up_its_own_conversation_alone(
    store: SqlHealthStore,
) -> None:
    class Picky(FakeChannel):
        def post(self, dispatch: Dispatch) -> Receipt:
            super().post(dispatch)
            bad = dispatch.letter.thread == "revenue@1"
            return Retry("an error of theirs") if bad else Delivered()

    picky = Picky()
    tell(store, letter(1), letter(2), letter(1, "users@1"), letter(1, "orders@1"))
    courier = Courier(store, FakeCatalog(), {"board": picky})
    assert courier.deliver(NOW).postponed == ("board: an error of theirs",)
    assert courier.deliver(NOW + SECOND) == Delivery()
    # It is tried again after one that was never tried, and then the channel rests once more.
    assert courier.deliver(NOW + 2 * SECOND).delivered == 1
    assert courier.deliver(NOW + 4 * SECOND).delivered == 1
    assert [one.text for one in picky.posts] == [
        "revenue@1 1",
        "users@1 1",
        "revenue@1 1",
        "orders@1 1",
    ]


def test_a_dead_channel_is_asked_ever_more_rarely_however_much_waits(
    store: SqlHealthStore,
) -> None:
    dead = FakeChannel([Retry("no route")] * 8)
    tell(store, *(letter(1, f"product{n}@1") for n in range(30)))
    now, tried = NOW, list[int]()
    while not store.rests() or store.rests()["board"].failures:
        # Each time by a process that knows no more than the store.
        before = len(dead.posts)
        Courier(store, FakeCatalog(), {"board": dead}).deliver(now)
        if len(dead.posts) > before:
            tried.append((now - NOW) // SECOND)
        now += SECOND
    assert tried == [0, 2, 6, 14, 30, 62, 126, 254, 510]
    assert len({one.id for one in dead.posts}) == 30


def test_who_asks_to_wait_is_left_alone_with_all_conversations_and_at_the_end_too(
    store: SqlHealthStore,
) -> None:
    board = FakeChannel([Retry("slow down", after=5 * MINUTE)])
    tell(store, letter(1), letter(1, "users@1"))
    courier = Courier(store, FakeCatalog(), {"board": board})
    courier.deliver(NOW)
    assert courier.next_due(NOW) == NOW + 5 * MINUTE
    again = Courier(store, FakeCatalog(), {"board": board})
    assert again.deliver(NOW + 5 * MINUTE - 1) == Delivery()
    assert again.deliver(NOW + MINUTE, ahead=24 * HOUR) == Delivery()
    assert again.deliver(NOW + 5 * MINUTE).delivered == 2
    assert again.next_due(NOW + 5 * MINUTE) is None


def test_a_channel_gets_its_letters_no_faster_than_its_pace(store: SqlHealthStore) -> None:
    slow, quick = FakeChannel(), FakeChannel()
    spacing = {"slow": 500}
    for n in range(3):
        tell(store, letter(1, f"product{n}@1"), channel="slow")
        tell(store, letter(1, f"product{n}@1"), channel="quick")
    courier = Courier(store, FakeCatalog(), {"slow": slow, "quick": quick}, spacing=spacing)
    assert courier.deliver(NOW).delivered == 4
    assert courier.next_due(NOW) == NOW + 500
    again = Courier(store, FakeCatalog(), {"slow": slow, "quick": quick}, spacing=spacing)
    assert again.deliver(NOW + 499) == Delivery()
    assert again.deliver(NOW + 499, ahead=24 * HOUR) == Delivery()
    assert again.deliver(NOW + 500).delivered == 1
    assert again.deliver(NOW + 1000).delivered == 1
    assert [one.at - NOW for one in slow.dispatches] == [0, 500, 1000]


def test_a_channel_that_fails_is_asked_no_faster_than_its_pace(store: SqlHealthStore) -> None:
    slow = FakeChannel([Retry("no route")])
    courier = Courier(store, FakeCatalog(), {"slow": slow}, spacing={"slow": MINUTE})
    tell(store, letter(1), channel="slow")
    courier.deliver(NOW)
    rest = Rest(until=NOW + MINUTE, failures=1, is_asked=True, reason="no route")
    assert store.rests() == {"slow": rest}
    assert courier.deliver(NOW + MINUTE - 1, ahead=24 * HOUR) == Delivery()
    assert courier.deliver(NOW + MINUTE).delivered == 1


# What came and went.


def test_what_a_channel_would_only_show_to_replace_it_is_told_as_one(
    store: SqlHealthStore,
) -> None:
    tell(store, letter(1), letter(1, "users@1"), letter(2), letter(3))
    tell(store, letter(1), letter(2), channel="log")
    board, log = FakeChannel(shows_latest=True), FakeChannel()
    courier = Courier(store, FakeCatalog(), {"board": board, "log": log})
    assert courier.deliver(NOW).delivered == 4
    assert board.texts == ["revenue@1 3", "users@1 1"]
    assert log.texts == ["revenue@1 1", "revenue@1 2"]
    assert courier.deliver(NOW + HOUR) == Delivery()


def test_what_may_have_been_shown_is_cleared_up_before_the_newest_takes_its_place(
    store: SqlHealthStore,
) -> None:
    board = FakeChannel(
        [Retry("timed out", may_have_arrived=True), Delivered("ts")], shows_latest=True
    )
    courier = Courier(store, FakeCatalog(), {"board": board})
    tell(store, letter(1))
    courier.deliver(NOW)
    tell(store, letter(2), letter(3))
    courier.deliver(NOW + HOUR)
    assert board.texts == ["revenue@1 1", "revenue@1 1", "revenue@1 3"]
    assert [one.earlier for one in board.dispatches] == ["", "", "ts"]


def test_the_newest_waits_as_long_as_what_it_takes_the_place_of(store: SqlHealthStore) -> None:
    board = FakeChannel([Retry("no route")] * 3, shows_latest=True)
    courier = Courier(store, FakeCatalog(), {"board": board})
    now = NOW
    for n in (1, 2, 3, 4):
        tell(store, letter(n))
        courier.deliver(now)
        now += 2**n * SECOND
        waits = [(kept.attempts, kept.due_at) for kept in store.undelivered()]
        assert waits == ([(n, now)] if n < 4 else [])
    assert board.texts == ["revenue@1 1", "revenue@1 2", "revenue@1 3", "revenue@1 4"]
    assert courier.deliver(now + HOUR) == Delivery()


def test_a_conversation_that_ends_others_takes_the_place_of_what_they_had_to_say(
    store: SqlHealthStore,
) -> None:
    board, log = FakeChannel(shows_latest=True), FakeChannel([Retry("no route")])
    story = (letter(1), letter(1, "b", ends=("revenue@1",)), letter(1, "c", ends=("b", "x")))
    for channel in ("board", "log"):
        tell(store, *story, channel=channel)
    courier = Courier(store, FakeCatalog(), {"board": board, "log": log})
    courier.deliver(NOW)
    assert board.posts == [replace(story[2], ends=("b", "x", "revenue@1"))]
    assert log.texts == ["revenue@1 1"]
    courier.deliver(NOW + HOUR)
    assert log.texts == ["revenue@1 1", "revenue@1 1", "b 1", "c 1"]
    assert log.posts[2:] == [*story[1:]]


def test_what_a_conversation_ends_is_kept_when_it_is_told_at_the_second_try(
    store: SqlHealthStore,
) -> None:
    board = FakeChannel([Delivered("ts"), Retry("no route")], shows_latest=True)
    courier = Courier(store, FakeCatalog(), {"board": board})
    tell(store, letter(1, "a"))
    courier.deliver(NOW)
    tell(store, letter(1, "b", ends=("a",)), letter(2, "b"))
    courier.deliver(NOW)
    courier.deliver(NOW + HOUR)
    first, second, third = board.dispatches
    assert (first.ended, second.ended, third.ended) == ((), ("ts",), ("ts",))
    assert board.texts == ["a 1", "b 2", "b 2"]


def test_who_ends_a_conversation_waits_until_it_is_known_what_was_shown_of_it(
    store: SqlHealthStore,
) -> None:
    board = FakeChannel([Retry("timed out", may_have_arrived=True)], shows_latest=True)
    courier = Courier(store, FakeCatalog(), {"board": board})
    tell(store, letter(1, "a"))
    courier.deliver(NOW)
    # The channel is well again and the doubtful one waits still.
    tell(store, letter(1, "other"), letter(1, "b", ends=("a",)), letter(2, "b"))
    courier.deliver(NOW + 2 * SECOND)
    assert board.texts == ["a 1", "other 1", "a 1", "b 2"]


def test_who_ends_a_conversation_waits_for_its_doubtful_letter_though_that_is_not_due_yet(
    store: SqlHealthStore,
) -> None:
    unsure = Retry("timed out", may_have_arrived=True)
    fates = [unsure, unsure, unsure, Delivered(), unsure]
    board = FakeChannel([*fates, Delivered("ts")], shows_latest=True)
    courier = Courier(store, FakeCatalog(), {"board": board})
    tell(store, letter(1, "a"))
    for seconds in (0, 2, 6):
        courier.deliver(NOW + seconds * SECOND)
    tell(store, letter(1, "other"))
    courier.deliver(NOW + 14 * SECOND)
    # The channel takes letters again long before the doubtful one has its next try.
    tell(store, letter(1, "b", ends=("a",)), letter(2, "b"))
    assert courier.deliver(NOW + 20 * SECOND) == Delivery()
    courier.deliver(NOW + 30 * SECOND)
    assert board.texts == ["a 1", "a 1", "a 1", "other 1", "a 1", "a 1", "b 2"]
    assert board.dispatches[-1].ended == ("ts",)


# Refused.


def test_what_is_refused_is_kept_aside_and_the_next_goes_on(store: SqlHealthStore) -> None:
    console = FakeChannel([Refused("the text is too long")])
    write(store, "console", said("too long"), "1")
    write(store, "console", said("short"), "2")
    courier = Courier(store, FakeCatalog(), {"console": console})
    done = courier.deliver(NOW)
    refusal = Refusal(
        letter=1, channel="console", thread=NEWS.thread, reason="the text is too long"
    )
    assert done == Delivery(delivered=1, refused=(refusal,))
    assert courier.deliver(NOW + 24 * HOUR) == Delivery()
    assert console.texts == ["too long", "short"]


def test_a_post_that_the_catalog_refuses_is_kept_aside_and_the_next_goes_on(
    store: SqlHealthStore,
) -> None:
    catalog = FakeCatalog([Refused("it knows no such product")])
    write(store, CATALOG, POST, "1")
    write(store, CATALOG, replace(POST, product="users"), "2")
    done = Courier(store, catalog, {}).deliver(NOW)
    refusal = Refusal(letter=1, channel=CATALOG, thread="", reason="it knows no such product")
    assert done == Delivery(delivered=1, answered=True, refused=(refusal,))


def test_a_letter_for_a_channel_that_is_gone_is_refused_with_what_to_look_at(
    store: SqlHealthStore,
) -> None:
    write(store, "gone", NEWS)
    (refusal,) = Courier(store, FakeCatalog(), {}).deliver(NOW).refused
    assert (refusal.channel, refusal.reason) == (
        "gone",
        "there is no such channel any more; see `channels` in the recipe",
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
    assert courier.deliver(NOW) == Delivery(
        postponed=(f"catalog: {fault.reason}",),
        # Who refuses has answered.
        answered=isinstance(fault, Refused),
    )
    assert catalog.posts == []
    assert courier.deliver(NOW + 2 * SECOND) == Delivery(delivered=1, answered=True)
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
