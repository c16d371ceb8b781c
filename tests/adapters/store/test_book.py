"""The contract of the Book and the Outbox, kept by the SQL store on real databases."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from datahub_dataproducts.adapters.store.store import SqlHealthStore
from datahub_dataproducts.application.outbox_ports import LONGEST_BACK_OFF
from datahub_dataproducts.application.ports import Book, Scope
from datahub_dataproducts.application.recording import Recorded
from datahub_dataproducts.domain.assertions import MaxAge, Outcome
from datahub_dataproducts.domain.conversations import Conversation, Kind
from datahub_dataproducts.domain.durations import DAY, HOUR
from datahub_dataproducts.domain.episodes import Told
from datahub_dataproducts.domain.generations import Generation, UsedInput
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.letters import Announcement, Why
from datahub_dataproducts.domain.verdicts import (
    NEVER_RAN,
    Change,
    Judgement,
    Reason,
    Standing,
    Verdict,
)
from tests.builders import checked, freshness_assertion, product, result, update
from tests.fakes import store_at

MET = Judgement(Verdict.MET, Reason.PASSED)
FAILED = Judgement(Verdict.NOT_MET, Reason.FAILED)
FAILED_LOW = Judgement(Verdict.NOT_MET, Reason.FAILED, low=True)
T = "urn:li:assertion:t"
U = "urn:li:assertion:u"
NEWS = Announcement(
    product="a",
    domain="",
    at=1,
    timezone="UTC",
    why=Why.OPENED,
    health=Health.UNHEALTHY,
    text="A is unhealthy.",
)


@pytest.fixture
def store(store_url: str) -> Iterator[SqlHealthStore]:
    store = store_at(store_url)
    yield store
    store.close()


@pytest.fixture
def book(store: SqlHealthStore) -> Iterator[Book]:
    with store.transaction() as book:
        yield book


# Transactions.


def test_what_is_written_is_there_for_the_next_who_opens_the_store(store_url: str) -> None:
    first = store_at(store_url)
    with first.transaction() as book:
        book.record(result("t", 5))
    first.close()
    second = store_at(store_url)
    with second.transaction() as book:
        assert book.evidence([T], None) == [result("t", 5)]
    second.close()


def test_a_transaction_that_raises_leaves_nothing(store: SqlHealthStore) -> None:
    def write_and_fail() -> None:
        with store.transaction() as book:
            book.record(result("t", 5))
            book.put_steps("a", Scope.OWN, 5, [(5, Health.HEALTHY)])
            book.send("console", "k", NEWS, 5, replace=False)
            raise KeyError

    with pytest.raises(KeyError):
        write_and_fail()
    with store.transaction() as book:
        assert book.evidence([T], None) == []
        assert book.steps("a", Scope.OWN, 0) == []
    assert store.due_letters(10, 10) == []


def test_a_mistake_of_ours_is_not_taken_for_a_store_that_is_unavailable(
    store: SqlHealthStore,
) -> None:
    twice = Change(5, MET, 5, "r")
    with pytest.raises(IntegrityError), store.transaction() as book:
        book.put_changes("a", T, 0, [twice, replace(twice, judgement=FAILED)])


def test_two_threads_at_once_lose_nothing(store: SqlHealthStore) -> None:
    def write(name: str) -> None:
        for n in range(25):
            with store.transaction() as book:
                seen = len(book.evidence([T], None))
                book.record(result("t", seen, run=f"{name}{n}"))

    threads = [threading.Thread(target=write, args=(name,), daemon=True) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.transaction() as book:
        # Each read what all before it had written, and wrote in the same transaction.
        assert [e.at for e in book.evidence([T], None)] == list(range(50))


# Evidence.


def test_evidence_is_kept_once_however_often_it_comes(book: Book) -> None:
    for piece in (result("t", 5), update("x", 5)):
        assert book.record(piece) == Recorded(new=True)
        assert book.record(piece) == Recorded(new=False)
        assert book.evidence([piece.subject], None) == [piece]


def test_results_and_updates_come_back_whole(book: Book) -> None:
    pieces = [
        replace(result("t", 1, Outcome.FAILURE_LOW, run="1"), message="3 rows"),
        result("t", 2, Outcome.ERROR, run="2", provisional=True),
        replace(update("x", 3), run_id="operation INSERT"),
    ]
    for piece in pieces:
        book.record(piece)
    found = book.evidence([T, update("x", 3).subject], None)
    assert sorted(found, key=lambda e: e.at) == pieces


def test_evidence_is_read_from_an_instant_on_it_included(book: Book) -> None:
    for when in (1, 2, 3):
        book.record(result("t", when, run=str(when)))
    assert [e.at for e in book.evidence([T], 2)] == [2, 3]
    assert book.evidence(["urn:li:assertion:other"], None) == []


def test_a_run_event_displaces_the_provisional_results_of_its_run(book: Book) -> None:
    book.record(result("t", 7, run="1", provisional=True))
    book.record(result("t", 5, run="1", provisional=True))
    book.record(result("t", 6, run="2", provisional=True))
    book.record(result("u", 6, run="1", provisional=True))
    assert book.record(result("t", 8, run="1")) == Recorded(new=True, displaced=5)
    found = {(e.subject, e.at, e.run_id) for e in book.evidence([T, U], None)}
    assert found == {(T, 8, "1"), (T, 6, "2"), (U, 6, "1")}


def test_one_that_said_the_same_of_the_same_instant_is_confirmed_and_no_other(book: Book) -> None:
    for when, run in ((5, "same"), (5, "later"), (5, "worse"), (5, "two"), (6, "two")):
        book.record(result("t", when, run=run, provisional=True))
    bad = Outcome.FAILURE
    for piece, displaced, confirms in (
        (result("t", 5, run="same"), 5, True),
        (result("t", 6, run="later"), 5, False),
        (result("t", 5, bad, run="worse"), 5, False),
        (result("t", 5, run="two"), 5, False),
    ):
        recorded = Recorded(new=True, displaced=displaced, confirms=confirms)
        assert book.record(piece) == recorded


def test_a_provisional_result_gives_way_to_the_run_event_that_is_known(book: Book) -> None:
    book.record(result("t", 8, run="1"))
    assert book.record(result("t", 8, run="1", provisional=True)) == Recorded(new=False)
    assert book.record(result("t", 9, run="2", provisional=True)) == Recorded(new=True)


def test_the_anchor_is_the_latest_instant_before_without_an_error(book: Book) -> None:
    book.record(result("t", 1, Outcome.FAILURE))
    book.record(result("t", 3, Outcome.SUCCESS, run="1"))
    book.record(result("t", 3, Outcome.ERROR, run="2"))
    book.record(result("t", 5, Outcome.SUCCESS))
    assert book.anchor([T], 6) == 5
    assert book.anchor([T], 5) == 1
    assert book.anchor([T], 1) is None


# Standings.


@pytest.mark.parametrize(
    "standing",
    [
        Standing(MET, 5, "r", None, 9),
        Standing(FAILED, 5, "r", FAILED, None),
        Standing(FAILED_LOW, 5, "r", FAILED_LOW, None),
        Standing(NEVER_RAN, 0, "", None, None),
    ],
)
def test_a_standing_comes_back_whole_and_replaces_the_one_before(
    book: Book, standing: Standing
) -> None:
    assert book.standing("a", T) is None
    book.put_standing("a", T, Standing(MET, 1, "before", None, 2))
    book.put_standing("a", T, standing)
    assert book.standing("a", T) == standing
    assert book.standing("b", T) is None
    book.forget_standing("a", T)
    assert book.standing("a", T) is None


def test_what_is_due_comes_earliest_first_and_not_before_its_time(book: Book) -> None:
    assert book.next_due() is None
    for name, expires_at in (("late", 20), ("early", 10), ("never", None)):
        book.put_standing("a", name, Standing(MET, 5, "r", None, expires_at))
    assert book.next_due() == 10
    assert [urn for _, urn, _ in book.due(9, 10)] == []
    assert [urn for _, urn, _ in book.due(20, 10)] == ["early", "late"]
    assert [urn for _, urn, _ in book.due(20, 1)] == ["early"]


# Changes and steps.


def changes(*found: tuple[int, Judgement]) -> list[Change]:
    return [Change(when, judgement, when, f"run {when}") for when, judgement in found]


def test_changes_are_the_one_in_force_and_all_later_ones(book: Book) -> None:
    made = changes((1, MET), (5, FAILED), (9, MET))
    book.put_changes("a", T, 1, made)
    assert book.changes("a", 0) == {T: made}
    assert book.changes("a", 4) == {T: made}
    assert book.changes("a", 5) == {T: made[1:]}
    assert book.changes("a", 100) == {T: made[2:]}
    assert book.changes("b", 0) == {}


def test_changes_are_replaced_from_an_instant_on(book: Book) -> None:
    made = changes((1, MET), (5, FAILED), (9, MET))
    book.put_changes("a", T, 1, made)
    book.put_changes("a", U, 1, made)
    instead = changes((6, MET), (7, FAILED_LOW))
    book.put_changes("a", T, 6, instead)
    assert book.changes("a", 0) == {T: [*made[:2], *instead], U: made}


def test_a_change_that_goes_on_what_came_before_is_not_written_again(book: Book) -> None:
    book.put_changes("a", T, 1, changes((1, MET), (5, FAILED)))
    book.put_changes("a", T, 5, changes((5, MET), (7, FAILED)))
    assert book.changes("a", 0) == {T: changes((1, MET), (7, FAILED))}
    assert book.changes("a", 6) == {T: changes((1, MET), (7, FAILED))}


def test_nothing_in_the_place_of_changes_lets_what_came_before_go_on(book: Book) -> None:
    book.put_changes("a", T, 1, changes((1, MET), (5, FAILED)))
    book.put_changes("a", T, 5, [])
    assert book.changes("a", 100) == {T: changes((1, MET))}
    book.put_changes("a", T, 0, [])
    assert book.changes("a", 0) == {}


def test_steps_are_kept_by_scope_and_replaced_from_an_instant_on(book: Book) -> None:
    bad_then_good = [(1, Health.UNHEALTHY), (5, Health.HEALTHY)]
    book.put_steps("a", Scope.OWN, 1, [(1, Health.HEALTHY)])
    book.put_steps("a", Scope.EXPERIENCED, 1, bad_then_good)
    book.put_steps("a", Scope.EXPERIENCED, 5, [(5, Health.UNHEALTHY), (8, Health.AT_RISK)])
    assert book.steps("a", Scope.OWN, 0) == [(1, Health.HEALTHY)]
    assert book.steps("a", Scope.EXPERIENCED, 0) == [(1, Health.UNHEALTHY), (8, Health.AT_RISK)]
    assert book.steps("a", Scope.EXPERIENCED, 7) == [(1, Health.UNHEALTHY), (8, Health.AT_RISK)]
    assert book.steps("a", Scope.EXPERIENCED, 8) == [(8, Health.AT_RISK)]
    assert book.steps("b", Scope.EXPERIENCED, 0) == []


def test_the_horizon_is_the_latest_instant_the_book_speaks_of(book: Book) -> None:
    assert book.horizon() == 0
    book.put_standing("a", T, Standing(MET, 5, "r", None, 90))
    assert book.horizon() == 5
    book.put_changes("a", T, 7, changes((7, MET)))
    assert book.horizon() == 7
    book.put_steps("a", Scope.OWN, 9, [(9, Health.HEALTHY)])
    assert book.horizon() == 9


# What was told.


@pytest.mark.parametrize(
    "told",
    [
        Told(digest="HEALTHY", health=Health.HEALTHY, posted_at=5),
        Told(
            digest="UNKNOWN|x",
            health=Health.UNKNOWN,
            posted_at=5,
            announced="UNHEALTHY|y",
            announced_health=Health.UNHEALTHY,
            opened_at=3,
            blind=True,
            announce_at=15,
        ),
    ],
)
def test_what_was_told_comes_back_whole_and_replaces_what_was_told_before(
    book: Book, told: Told
) -> None:
    assert book.told("a") is None
    book.put_told("a", Told(digest="", health=Health.AT_RISK, posted_at=1))
    book.put_told("a", told)
    assert book.told("a") == told


TALK = Conversation(
    channel="console",
    key="users@5",
    kind=Kind.EPISODE,
    roots=("orders", "größe"),
    opened_at=5,
    members=("a", "b"),
    sequence=2,
    causes="x",
    remind_at=HOUR,
)


def test_a_conversation_comes_back_whole_and_is_found_by_what_it_is_about(book: Book) -> None:
    assert book.conversation("console", TALK.key) is None
    book.put_conversation(TALK)
    book.put_conversation(replace(TALK, channel="other", members=("b",), remind_at=None))
    assert book.conversation("console", TALK.key) == TALK
    assert book.conversation_about("console", Kind.EPISODE, TALK.roots) == TALK
    assert book.conversation_about("console", Kind.RISK, TALK.roots) is None
    assert book.conversation_about("console", Kind.EPISODE, ("orders",)) is None
    assert book.conversations_of("a") == [("console", TALK.key)]
    assert book.conversations_of("b") == [("console", TALK.key), ("other", TALK.key)]


def test_members_come_and_go_and_without_any_it_is_over(book: Book) -> None:
    book.put_conversation(TALK)
    changed = replace(TALK, members=("b", "c"), sequence=3, roots=("orders",))
    book.put_conversation(changed)
    assert book.conversation("console", TALK.key) == changed
    assert book.conversations_of("a") == []
    over = replace(changed, members=(), remind_at=None)
    book.put_conversation(over)
    assert book.conversation("console", TALK.key) == over, "its key stays taken"
    assert book.conversation_about("console", Kind.EPISODE, ("orders",)) is None
    assert book.conversations_of("c") == []


def test_what_is_still_open_is_due_when_it_is_to_be_said(book: Book) -> None:
    assert book.next_due() is None
    book.put_conversation(TALK)
    assert book.next_due() == HOUR
    assert book.reminders_due(HOUR - 1, 10) == []
    assert book.reminders_due(HOUR, 10) == [("console", TALK.key)]


def test_people_are_due_to_be_told_and_the_catalog_a_day_after_the_last_time(book: Book) -> None:
    quiet = Told(digest="", health=Health.HEALTHY, posted_at=5)
    book.put_told("a", quiet)
    assert book.next_due() == 5 + DAY
    book.put_told("b", replace(quiet, posted_at=7, announce_at=HOUR))
    assert book.next_due() == HOUR
    assert book.announcements_due(HOUR - 1, 10) == []
    assert book.announcements_due(HOUR, 10) == [("b", HOUR)]
    assert book.posted_before(4, 10) == []
    assert book.posted_before(7, 10) == ["a", "b"]
    assert book.posted_before(7, 1) == ["a"]


# Definitions.


def test_a_definition_comes_back_whole_and_the_latest_counts(book: Book) -> None:
    first = product("a", checked("t"))
    second = product("a", checked("t"), freshness_assertion("x", MaxAge(age=HOUR)))
    book.define(first, None)
    book.define(product("b"), None)
    book.define(second, 5)
    assert book.definitions() == [(second, 5), (product("b"), None)]


def test_definitions_as_of_an_instant_are_the_latest_that_held_then(book: Book) -> None:
    first, second, third = (product("a", checked(name)) for name in ("t", "u", "v"))
    used = (UsedInput(product="b", required=False, passes=True),)
    book.define(first, None)
    book.retire(first, 5, used)
    book.define(second, 5)
    book.define(third, 5)
    book.define(product("b"), 7)
    book.retire(product("b"), 9, ())
    told = {at: book.definitions_at(at) for at in (4, 5, 7, 9)}
    assert {at: [(d.product, d.since, d.counted) for d in all_] for at, all_ in told.items()} == {
        4: [(first, None, ("b",))],
        5: [(third, 5, None)],
        7: [(third, 5, None), (product("b"), 7, ())],
        9: [(third, 5, None)],
    }


def test_generations_that_hold_no_more_are_found_by_what_they_relied_on(book: Book) -> None:
    first = product("a", checked("t"), checked("u"))
    used = (UsedInput(product="b", required=True, passes=True),)
    book.define(first, None)
    book.retire(first, 5, used)
    book.define(product("a"), 5)
    book.define(replace(product("a"), name="Better"), 5)
    book.retire(product("a"), 9, ())
    assert book.past_generations("a", 4) == [
        Generation(product=first, since=None, until=5, inputs=used),
        Generation(product=replace(product("a"), name="Better"), since=5, until=9, inputs=()),
    ]
    assert [g.since for g in book.past_generations("a", 5)] == [5]
    assert book.past_generations("a", 9) == []
    u = "urn:li:assertion:u"
    assert (book.past_listeners(u, 4), book.past_listeners(u, 5)) == (["a"], [])
    assert (book.past_users("b", 4), book.past_users("b", 5)) == (["a"], [])
    assert book.past_listeners("b", 4) == book.past_users(u, 4) == []


def test_the_last_turn_is_when_promises_last_began_or_ended(book: Book) -> None:
    assert book.last_turn() is None
    book.define(product("a"), None)
    book.define(replace(product("a"), name="Better"), None)
    assert book.last_turn() is None
    book.retire(product("a"), 5, ())
    assert (book.last_turn(), book.was_defined("a"), book.was_defined("b")) == (5, True, False)
    book.define(product("a"), 7)
    assert book.last_turn() == 7


def test_a_product_that_is_no_more_keeps_its_history_and_nothing_else(book: Book) -> None:
    book.define(product("a", checked("t")), None)
    book.put_standing("a", T, Standing(MET, 5, "r", None, 9))
    book.put_told("a", Told(digest="", health=Health.HEALTHY, posted_at=5))
    book.put_steps("a", Scope.OWN, 5, [(5, Health.HEALTHY)])
    book.retire(product("a", checked("t")), 6, ())
    book.forget("a")
    assert book.definitions() == []
    assert book.standing("a", T) is None
    assert book.told("a") is None
    assert book.next_due() is None
    assert book.steps("a", Scope.OWN, 0) == [(5, Health.HEALTHY)]
    book.define(product("a"), 7)
    assert book.definitions() == [(product("a"), 7)]


def test_what_is_set_aside_is_counted(store: SqlHealthStore) -> None:
    with store.transaction() as book:
        book.set_aside("it is ahead of the clock", "Result(...)", 5)
    assert store.set_aside_count() == 1


# The outbox.


def send(
    store: SqlHealthStore, key: str, text: str, when: int = 5, *, replacing: bool = False
) -> None:
    with store.transaction() as book:
        book.send("console", key, replace(NEWS, text=text), when, replace=replacing)


def texts(store: SqlHealthStore, now: int = 10, limit: int = 10) -> list[str]:
    letters = [due.letter for due in store.due_letters(now, limit)]
    return [one.text for one in letters if isinstance(one, Announcement)]


def test_letters_are_due_in_the_order_they_were_written(store: SqlHealthStore) -> None:
    send(store, "1", "first", 9)
    send(store, "2", "second", 5)
    assert texts(store, 9) == ["first", "second"]
    assert texts(store, 9, limit=1) == ["first"]


def test_a_letter_that_was_never_tried_is_due_whatever_the_clock_said(
    store: SqlHealthStore,
) -> None:
    send(store, "1", "first", HOUR)
    assert texts(store, 0) == ["first"]
    assert store.next_due(0) is None


def test_a_letter_that_would_wait_longer_than_anything_does_is_due(store: SqlHealthStore) -> None:
    send(store, "1", "waits", HOUR)
    send(store, "2", "behind", HOUR)
    (first, _) = store.due_letters(HOUR, 2)
    store.postpone(first, HOUR + LONGEST_BACK_OFF, "no route")
    assert texts(store, HOUR) == []
    assert store.next_due(HOUR) == HOUR + LONGEST_BACK_OFF
    assert texts(store, HOUR - 1) == ["waits", "behind"]


def test_letters_that_are_still_to_be_sent_are_counted_by_channel(store: SqlHealthStore) -> None:
    for key in "123":
        send(store, key, key)
    with store.transaction() as book:
        book.send("board", "1", NEWS, 5, replace=False)
    first, second, *_ = (one for one in store.due_letters(10, 10) if one.channel == "console")
    store.refuse(first, "no")
    store.postpone(second, 20, "no route")
    assert list(store.waiting().items()) == [("board", 1), ("console", 2)]


def test_the_same_letter_once_more_is_superfluous_even_when_delivered(
    store: SqlHealthStore,
) -> None:
    send(store, "1", "first")
    send(store, "1", "once more")
    assert texts(store) == ["first"]
    store.delivered(store.due_letters(10, 1))
    send(store, "1", "once more")
    assert texts(store) == []


def test_letters_that_were_written_are_counted_and_superfluous_ones_are_not(
    store: SqlHealthStore,
) -> None:
    send(store, "k", "first")
    with store.transaction() as book:
        assert book.sent == 0
        book.send("console", "k", NEWS, 10, replace=False)
        assert book.sent == 0
        book.send("console", "k", NEWS, 10, replace=True)
        book.send("console", "other", NEWS, 10, replace=False)
        assert book.sent == 2


def test_a_letter_in_the_place_of_another_is_sent_though_that_one_was_delivered(
    store: SqlHealthStore,
) -> None:
    send(store, "1", "first", replacing=True)
    store.delivered(store.due_letters(10, 1))
    send(store, "1", "second", replacing=True)
    assert texts(store) == ["second"]


@pytest.mark.parametrize("fate", ["delivered", "refused", "postponed"])
def test_a_letter_replaced_while_it_was_on_its_way_stays_to_be_sent(
    store: SqlHealthStore, fate: str
) -> None:
    send(store, "1", "first", replacing=True)
    (on_its_way,) = store.due_letters(10, 1)
    send(store, "1", "second", replacing=True)
    if fate == "delivered":
        store.delivered([on_its_way])
    elif fate == "refused":
        store.refuse(on_its_way, "no")
    else:
        store.postpone(on_its_way, 99, "no route")
    assert texts(store) == ["second"]


def test_a_letter_that_is_postponed_counts_its_tries(store: SqlHealthStore) -> None:
    send(store, "1", "first")
    for tries in range(3):
        (due,) = store.due_letters(10 * tries + 10, 1)
        assert due.attempts == tries
        store.postpone(due, 10 * tries + 20, "no route")
    assert texts(store, 39) == []


def test_a_letter_that_is_refused_is_not_due_again(store: SqlHealthStore) -> None:
    send(store, "1", "first")
    store.refuse(store.due_letters(10, 1)[0], "no")
    assert texts(store, 10**15) == []


def test_a_letter_that_waits_holds_back_only_later_ones_of_its_channel(
    store: SqlHealthStore,
) -> None:
    send(store, "1", "before")
    send(store, "2", "waits")
    send(store, "3", "behind")
    with store.transaction() as book:
        book.send("other", "1", replace(NEWS, text="elsewhere"), 5, replace=False)
    waits = store.due_letters(10, 10)[1]
    store.postpone(waits, 20, "no route")
    assert texts(store, 19) == ["before", "elsewhere"]
    assert texts(store, 20) == ["before", "waits", "behind", "elsewhere"]
