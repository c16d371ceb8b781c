"""Retention: whatever goes, everything since the mark is what it would be had nothing gone."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datahub_dataproducts.adapters.store.store import SqlHealthStore
from datahub_dataproducts.application.ports import Scope, Unavailable
from datahub_dataproducts.application.retention import Removed, Retention, compact
from datahub_dataproducts.domain.assertions import Assertion, Evidence, MaxAge, Outcome, Result
from datahub_dataproducts.domain.durations import DAY, HOUR
from datahub_dataproducts.domain.generations import part
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.letters import Announcement, Why
from datahub_dataproducts.domain.products import DataProduct
from datahub_dataproducts.domain.retention import Keeping, Marks
from datahub_dataproducts.domain.timelines import Step
from datahub_dataproducts.plugins.store_wiring import store_of
from tests.application.test_track_health import tracker_on
from tests.builders import checked, dataset, freshness_assertion, product, result, update
from tests.strategies import BEGIN, GRID, LENGTH

UNTIL = BEGIN + LENGTH * GRID
# So few that results meet, and repeat, and contradict one another.
INSTANTS = [BEGIN + n * GRID for n in range(6)]
BOTH = ("urn:li:assertion:a", "urn:li:assertion:b")
CHECKS = [
    checked("a"),
    checked("b", expect_every=GRID),
    checked("both", listens_to=BOTH),
    checked("silent", listens_to=BOTH, expect_every=2 * GRID),
]
results = st.builds(
    lambda subject, when, outcome, run, provisional: result(
        subject, when, outcome, run=run, provisional=provisional
    ),
    st.sampled_from("ab"),
    st.sampled_from(INSTANTS),
    st.sampled_from([Outcome.FAILURE, Outcome.ERROR, Outcome.ERROR, Outcome.SUCCESS]),
    st.sampled_from(["r1", "r2", "r3", "r4"]),
    st.booleans(),
)
evidence = st.one_of(
    results, results, results, st.builds(update, st.just("x"), st.sampled_from(INSTANTS))
)
products = st.lists(
    st.sampled_from([*CHECKS, freshness_assertion("x", MaxAge(age=GRID + GRID // 2))]),
    min_size=1,
    max_size=2,
    unique=True,
).map(lambda promises: [product("p", *promises)])


def since(store: SqlHealthStore, products: list[DataProduct], mark: int) -> dict[str, object]:
    """All that is known of the time from the mark on."""
    with store.reading() as book:
        return {
            product.id: (
                [part(book.steps(product.id, scope, mark), mark, None) for scope in Scope],
                {
                    urn: part([(c.at, c.judgement) for c in made], mark, None)
                    for urn, made in book.changes(product.id, mark).items()
                },
            )
            for product in products
        }


@settings(max_examples=60)
@given(
    products,
    st.lists(evidence, min_size=3, max_size=16),
    st.lists(evidence, max_size=8),
    st.lists(st.sampled_from(INSTANTS[2:]), min_size=1, max_size=2),
)
def test_everything_since_the_mark_is_as_if_nothing_had_gone(
    made: list[DataProduct], before: list[Evidence], after: list[Evidence], moved: list[int]
) -> None:
    marks = sorted(moved)
    parts = [before, *[after[n :: len(marks)] for n in range(len(marks))]]
    assert lived(made, parts, marks, compacts=True) == lived(made, parts, marks, compacts=False)


def lived(
    made: list[DataProduct], parts: list[list[Evidence]], marks: list[int], *, compacts: bool
) -> dict[str, object]:
    """What is known at the end, where the mark moves between the parts of what is heard."""
    mark = 0
    heard: list[Evidence] = []
    with tempfile.TemporaryDirectory() as folder:
        tracker, store = tracker_on(folder, made)
        for heard_now, next_mark in zip(parts, [*marks, None], strict=True):
            for piece in heard_now:
                if piece.at >= mark and not _is_late_first_word(piece, heard, mark):
                    heard.append(piece)
                    tracker.record(piece, UNTIL)
            mark = mark if next_mark is None else next_mark
            if next_mark is not None and compacts:
                list(compact(store, Marks(results=mark)))
        tracker.tick(UNTIL)
        found = since(store, made, mark)
        store.close()
    return found


def _is_late_first_word(piece: Evidence, heard: list[Evidence], mark: int) -> bool:
    """A provisional result of a run whose run event may be gone: it comes months too late."""
    return (
        isinstance(piece, Result)
        and piece.provisional
        and any(
            isinstance(one, Result)
            and not one.provisional
            and (one.subject, one.run_id) == (piece.subject, piece.run_id)
            and one.at < mark
            for one in heard
        )
    )


def test_a_result_that_may_still_give_way_is_nothing_to_begin_with() -> None:
    before = [
        result("a", INSTANTS[0], Outcome.FAILURE, run="r1"),
        result("a", INSTANTS[1], run="r2", provisional=True),
    ]
    parts: list[list[Evidence]] = [[*before], [result("a", INSTANTS[4], run="r2")]]
    made = [product("p", CHECKS[0])]
    kept = lived(made, parts, [INSTANTS[2]], compacts=True)
    assert kept == lived(made, parts, [INSTANTS[2]], compacts=False)
    assert (INSTANTS[4], Health.HEALTHY) in kept["p"][0][1]


class Kept:
    """A store with one product, whose tracker hears things."""

    def __init__(self, folder: Path, *promises: Assertion) -> None:
        self.made = [product("p", *promises)]
        self.tracker, self.store = tracker_on(folder, self.made)

    def hear(self, *pieces: Evidence) -> None:
        for piece in pieces:
            self.tracker.record(piece, UNTIL)

    def compact(self, **marks: int) -> Removed:
        return sum(compact(self.store, Marks(**marks)), Removed())

    def evidence(self) -> list[tuple[str, int]]:
        with self.store.reading() as book:
            found = book.evidence([*BOTH, dataset("x")], None)
        return sorted((piece.subject[-1], INSTANTS.index(piece.at)) for piece in found)

    def steps(self) -> list[Step]:
        with self.store.reading() as book:
            return book.steps("p", Scope.EXPERIENCED, 0)

    def aside(self) -> list[str]:
        with self.store.looking() as book:
            return [str(id_) for id_ in book.set_aside_before(2**62, 0)]


def test_of_each_subject_goes_what_is_older_than_what_a_history_can_be_taken_up_from(
    tmp_path: Path,
) -> None:
    kept = Kept(tmp_path, CHECKS[0], CHECKS[1])
    kept.hear(*(result("a", at, run=str(at)) for at in INSTANTS))
    kept.hear(result("b", INSTANTS[0], run="x"), result("b", INSTANTS[1], Outcome.ERROR, run="y"))
    # The verdict since the first of a rests on the first of a, which stays.
    assert kept.compact(results=INSTANTS[4]) == Removed(results=2)
    assert kept.evidence() == [("a", 0), ("a", 3), ("a", 4), ("a", 5), ("b", 0), ("b", 1)]
    assert kept.compact(results=INSTANTS[4]) == Removed()
    kept.store.close()


def test_much_of_one_subject_goes_in_small_parts(tmp_path: Path) -> None:
    kept = Kept(tmp_path, CHECKS[0])
    kept.hear(result("a", INSTANTS[0]))
    with kept.store.transaction() as book:
        for number in range(1_100):
            book.record(result("a", INSTANTS[0] + number, run="more"))
    kept.hear(result("a", INSTANTS[1]))
    parts = [part.results for part in compact(kept.store, Marks(results=INSTANTS[2]))]
    # What the verdict began with stays, and what it would be taken up from.
    assert sum(parts) == 1_100
    assert len(parts) > 1
    assert kept.evidence() == [("a", 0), ("a", 1)]
    kept.store.close()


def test_what_comes_later_of_before_the_mark_is_set_aside_once_with_a_reason(
    tmp_path: Path,
) -> None:
    kept = Kept(tmp_path, CHECKS[0])
    kept.hear(result("a", INSTANTS[1]), result("a", INSTANTS[3]))
    kept.compact(results=INSTANTS[2])
    before = kept.steps()
    kept.hear(result("a", INSTANTS[1]))
    assert kept.aside() == []
    kept.hear(*[result("a", INSTANTS[0], Outcome.FAILURE)] * 2)
    assert len(kept.aside()) == 1
    assert kept.steps() == before
    assert kept.evidence() == [("a", 1), ("a", 3)]
    kept.store.close()


def test_intervals_of_before_the_mark_stay_whatever_gives_way_later(tmp_path: Path) -> None:
    kept = Kept(tmp_path, CHECKS[2])
    kept.hear(
        result("a", INSTANTS[0], Outcome.FAILURE, run="r1"),
        result("b", INSTANTS[1], run="r2", provisional=True),
        result("a", INSTANTS[2], run="r3"),
    )
    before = kept.steps()
    kept.compact(results=INSTANTS[3])
    kept.hear(result("b", INSTANTS[4], run="r2"))
    assert kept.steps() == before
    kept.store.close()


def test_the_mark_never_moves_back(tmp_path: Path) -> None:
    kept = Kept(tmp_path, CHECKS[0])
    kept.compact(results=INSTANTS[3])
    kept.compact(results=INSTANTS[1])
    with kept.store.looking() as book:
        assert book.mark() == INSTANTS[3]
    kept.store.close()


def test_a_product_that_is_new_after_the_mark_is_not_judged_on_what_is_left_of_before(
    tmp_path: Path,
) -> None:
    kept = Kept(tmp_path, CHECKS[0])
    kept.hear(result("a", INSTANTS[0], Outcome.FAILURE), result("a", INSTANTS[1]))
    kept.compact(results=INSTANTS[2])
    kept.tracker.define([product("q", CHECKS[0])], UNTIL, all_of_them=False)
    with kept.store.reading() as book:
        assert book.steps("q", Scope.EXPERIENCED, 0) == [(INSTANTS[2], Health.HEALTHY)]
    kept.store.close()


def test_a_fault_is_not_lost_to_a_new_promise_that_hears_two_checks_as_one(
    tmp_path: Path,
) -> None:
    kept = Kept(tmp_path, CHECKS[0], CHECKS[1])
    kept.hear(
        result("a", INSTANTS[0], Outcome.FAILURE),
        result("a", INSTANTS[1]),
        result("b", INSTANTS[1], Outcome.ERROR),
    )
    kept.compact(results=INSTANTS[2])
    kept.tracker.define([product("q", CHECKS[2])], UNTIL, all_of_them=False)
    with kept.store.reading() as book:
        assert book.steps("q", Scope.EXPERIENCED, 0) == [(INSTANTS[2], Health.UNHEALTHY)]
    kept.store.close()


def test_what_would_go_is_counted_and_stays(tmp_path: Path) -> None:
    kept = Kept(tmp_path, CHECKS[0])
    kept.hear(*(result("a", at, run=str(at)) for at in INSTANTS))
    kept.tracker.set_aside("no JSON", "{", INSTANTS[0])
    marks = Marks(results=INSTANTS[4], letters=UNTIL + 1, set_aside=INSTANTS[1])
    counted = sum(compact(kept.store, marks, dry=True), Removed())
    assert counted == Removed(results=2, set_aside=1)
    assert len(kept.evidence()) == 6
    assert len(kept.aside()) == 1
    with kept.store.looking() as book:
        assert book.mark() is None
    assert sum(compact(kept.store, marks), Removed()) == counted
    assert len(kept.aside()) == 0
    kept.store.close()


def test_letters_go_when_they_are_over_and_nothing_is_told_again_for_it(tmp_path: Path) -> None:
    kept = Kept(tmp_path, CHECKS[0])
    for at, outcome in zip(INSTANTS, [*[Outcome.FAILURE, Outcome.SUCCESS] * 2], strict=False):
        kept.tracker.record(result("a", at, outcome, run=str(at)), at)
        kept.tracker.tick(at + HOUR)
    kept.tracker.record(result("a", UNTIL - DAY, Outcome.FAILURE, run="last"), UNTIL - DAY)
    kept.tracker.tick(UNTIL - HOUR)
    assert kept.compact(letters=UNTIL + DAY) == Removed()
    letters = kept.store.due_letters(UNTIL + DAY, 100)
    kept.store.delivered(letters)
    opened = [one.letter for one in letters if isinstance(one.letter, Announcement)][-1]
    assert opened.why is Why.OPENED
    assert kept.compact(letters=UNTIL + DAY) == Removed(letters=len(letters))
    kept.tracker.load()
    kept.tracker.tick(UNTIL)
    kept.tracker.record(result("a", UNTIL, run="mended"), UNTIL)
    kept.tracker.tick(UNTIL + HOUR)
    told = [one.letter for one in kept.store.due_letters(UNTIL + DAY, 100)]
    (closed,) = [letter for letter in told if isinstance(letter, Announcement)]
    assert (closed.why, closed.conversation) == (Why.CLOSED, opened.conversation)
    assert closed.sequence == opened.sequence + 1
    kept.store.close()


def test_a_day_is_done_a_little_at_a_look_and_then_there_is_rest(tmp_path: Path) -> None:
    kept = Kept(tmp_path, CHECKS[0])
    kept.hear(*(result("a", at, run=str(at)) for at in INSTANTS))
    for number in range(11 * 500):
        kept.tracker.set_aside(f"{number}", "", INSTANTS[0])
    keeping = Keeping(set_aside=UNTIL - INSTANTS[1], letters=DAY)
    retention = Retention(kept.store, keeping, lambda: kept.made)
    assert retention.look(UNTIL) is None
    assert retention.look(UNTIL) == Removed(set_aside=11 * 500)
    assert retention.look(UNTIL + DAY - 1) is None
    assert retention.look(UNTIL + DAY) == Removed()
    kept.store.close()


def test_a_day_that_could_not_be_done_begins_anew(tmp_path: Path) -> None:
    kept = Kept(tmp_path, CHECKS[0])
    retention = Retention(kept.store, Keeping(set_aside=DAY), lambda: kept.made)
    closed = store_of(f"sqlite:///{tmp_path}/health.db")
    shut = Retention(closed, Keeping(set_aside=DAY), lambda: kept.made)
    for _ in range(2):
        with pytest.raises(Unavailable):
            shut.look(UNTIL)
    assert retention.look(UNTIL) == Removed()
    kept.store.close()
