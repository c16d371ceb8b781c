"""Replays: the numbers are those of the oracle, and of the tracker, whatever order is heard in."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.application.replay import Replay, Replayed, Told, Tracking, replay
from datahub_dataproducts.application.report import report
from datahub_dataproducts.application.tell import TrackingPolicy
from datahub_dataproducts.application.track_health import HealthTracker
from datahub_dataproducts.domain.assertions import Deadline, Evidence, MaxAge, Outcome
from datahub_dataproducts.domain.durations import DAY, HOUR, MINUTE
from datahub_dataproducts.domain.episode_history import Episode
from datahub_dataproducts.domain.episodes import Patience
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.letters import Why
from datahub_dataproducts.domain.objectives import ObjectiveStatus
from datahub_dataproducts.domain.products import Asset, DataProduct, Input, Lifecycle, Objective
from datahub_dataproducts.domain.schedules import Schedule
from datahub_dataproducts.domain.timelines import Tally, tally
from datahub_dataproducts.plugins.scratch_store import scratch_store
from tests.builders import (
    AMSTERDAM,
    at,
    checked,
    dataset,
    freshness_assertion,
    notice,
    product,
    result,
    update,
)
from tests.oracle import Oracle
from tests.strategies import (
    BEGIN,
    GRID,
    HALF_HOUR,
    LENGTH,
    catalogs,
    evidence,
    histories_of_evidence,
    instants,
)

END = BEGIN + LENGTH * GRID
MORNING = at("2026-03-02 06:00")
READY_BY_EIGHT = Deadline(schedule=Schedule(times=(480,), timezone=AMSTERDAM))


def replayed(
    products: Sequence[DataProduct],
    told: Iterable[Told],
    until: int,
    *,
    patience: Patience | None = None,
) -> Replay:
    patience = patience or Patience()
    policy = TrackingPolicy(channels=("replay",), patience=patience)
    with scratch_store() as store:
        tracker = HealthTracker(store, policy)
        return replay(products, told, until, tracking=tracker, store=store, patience=patience)


def heard(*evidence: Evidence) -> list[Told]:
    """Told at the time it speaks of."""
    return [Told(evidence=one, at=one.at) for one in evidence]


def found(replay: Replay, id_: str) -> Replayed:
    return next(one for one in replay.products if one.product.id == id_)


def words(replay: Replay) -> list[tuple[int, Why, str]]:
    return [(one.at, one.why, one.product) for one in replay.announcements]


late_news = histories_of_evidence.flatmap(
    lambda pieces: st.tuples(*[
        st.integers(0, 3).map(lambda n, e=piece: Told(evidence=e, at=e.at + n * GRID))  # type: ignore[misc]
        for piece in pieces
    ])
)


@given(catalogs(), late_news, instants)
def test_at_any_end_the_numbers_are_those_of_the_tracker_and_of_the_words(
    made: list[DataProduct], told: tuple[Told, ...], until: int
) -> None:
    found = replayed(made, told, until)
    assert found.differences == ()
    known = [one.evidence for one in told if one.evidence.at <= until]
    words = Oracle(made, known, HALF_HOUR)
    for one in found.products:
        id_ = one.product.id
        assert one.history_from == words.begins(id_)
        assert one.assessment.health.value == words.health(id_, until)
        if one.history_from is not None:
            assert one.history.experienced[-1] == (one.since, one.assessment.health)
            assert one.experienced == tally(one.history.experienced, one.history_from, until)
            assert sum_of(one.own) == sum_of(one.experienced) == until - one.history_from


@given(catalogs(), st.lists(evidence, max_size=8))
def test_step_by_step_the_action_keeps_what_a_replay_of_all_it_has_heard_says(
    made: list[DataProduct], pieces: list[Evidence]
) -> None:
    """In whichever order it hears of them; the clock is the latest time that was spoken of."""
    with scratch_store() as store:
        tracker = HealthTracker(store, TrackingPolicy())
        tracker.define(made, 0, all_of_them=True)
        clock = 0
        for count, piece in enumerate(pieces, 1):
            clock = max(clock, piece.at)
            tracker.tick(clock)
            tracker.record(piece, clock)
            kept = {
                s.product.id: (s.health, s.since, s.history_from, s.figures, s.own)
                for s in report(store, clock, None)
            }
            again = replayed(made, heard(*pieces[:count]), clock)
            assert kept == {
                one.product.id: (
                    one.assessment.health,
                    one.since,
                    one.history_from,
                    one.experienced,
                    one.own,
                )
                for one in again.products
            }


def sum_of(figures: Tally) -> int:
    return figures.measured + figures.unknown


@given(catalogs(), late_news, st.randoms(use_true_random=False))
def test_neither_the_order_of_events_nor_their_repetition_changes_anything(
    made: list[DataProduct], told: tuple[Told, ...], chance: Random
) -> None:
    again = [*told, *told[: len(told) // 2]]
    chance.shuffle(again)
    assert replayed(made, again, END) == replayed(made, told, END)


def test_what_lies_exactly_at_the_end_counts_and_what_is_later_does_not() -> None:
    users = product("users", checked("t"))
    passing, failing = result("t", MORNING), result("t", MORNING + 1, Outcome.FAILURE)
    before = replayed([users], heard(passing, failing), MORNING)
    assert found(before, "users").assessment.health is Health.HEALTHY
    assert before.left_out == 1
    after = replayed([users], heard(passing, failing), MORNING + 1)
    assert found(after, "users").assessment.health is Health.UNHEALTHY
    assert found(after, "users").since == MORNING + 1
    assert after.left_out == 0


def test_time_goes_on_after_the_last_event_until_the_end() -> None:
    users = product("users", freshness_assertion("x", MaxAge(age=HOUR)))
    told = heard(update("x", MORNING))
    assert found(replayed([users], told, MORNING + HOUR - 1), "users").since == MORNING
    later = found(replayed([users], told, MORNING + 2 * HOUR), "users")
    assert later.assessment.health is Health.UNHEALTHY
    assert (later.experienced.good, later.experienced.bad) == (HOUR, HOUR)


def test_of_what_nothing_was_heard_there_is_no_history_and_the_health_is_unknown() -> None:
    one = found(replayed([product("users", checked("t"))], [], MORNING), "users")
    assert one.assessment.health is Health.UNKNOWN
    assert (one.since, one.history_from) == (None, None)
    assert one.experienced == Tally(0, 0, 0)


def test_an_inherited_fault_is_bad_as_experienced_and_not_on_its_own_promises() -> None:
    users = product("users", checked("t"))
    revenue = product("revenue", checked("r"), inputs=(Input(product="users"),))
    told = heard(
        result("t", MORNING), result("r", MORNING), result("t", MORNING + HOUR, Outcome.FAILURE)
    )
    one = found(replayed([users, revenue], told, MORNING + 3 * HOUR), "revenue")
    assert [cause.path for cause in one.assessment.causes] == [("revenue", "users")]
    assert (one.experienced.bad, one.own.bad) == (2 * HOUR, 0)
    assert one.explanation.startswith("Revenue is unhealthy because its input Users")


def test_the_objective_is_judged_over_its_window_and_null_where_there_is_none() -> None:
    aim = Objective(target=Fraction(99, 100), window=DAY)
    base = product("users", checked("t"))
    promised = DataProduct(
        **{name: getattr(base, name) for name in DataProduct.__slots__ if name != "objective"},
        objective=aim,
    )
    told = heard(
        result("t", MORNING, Outcome.FAILURE),
        result("t", MORNING + HOUR),
        result("t", MORNING + 2 * DAY),
    )
    until = MORNING + 2 * DAY
    report = found(replayed([promised], told, until), "users").objective
    assert report is not None
    assert report.status is ObjectiveStatus.MEETING, "the hour that was bad is out of the window"
    assert report.remaining == DAY // 100
    early = found(replayed([promised], told, MORNING + 10 * HOUR), "users").objective
    assert early is not None
    assert early.status is ObjectiveStatus.EXHAUSTED
    assert early.remaining == 10 * HOUR // 100 - HOUR
    assert found(replayed([base], told, until), "users").objective is None


def test_announcements_are_those_the_tracker_makes_in_their_order() -> None:
    users = product("users", freshness_assertion("x", READY_BY_EIGHT))
    revenue = product("revenue", checked("r"), inputs=(Input(product="users"),))
    told = heard(update("x", MORNING), result("r", MORNING), update("x", MORNING + DAY + 4 * HOUR))
    done = replayed([users, revenue], told, MORNING + DAY + 5 * HOUR)
    missed, came = at("2026-03-03 08:00"), at("2026-03-03 10:00")
    assert words(done) == [
        (missed, Why.OPENED, "users"),
        (came, Why.CLOSED, "users"),
    ]
    assert all(one.products == {"users", "revenue"} for one in done.announcements)


def test_episodes_are_those_of_its_announcements_with_what_began_each() -> None:
    users = product("users", checked("t"), freshness_assertion("x", MaxAge(age=DAY)))
    revenue = product("revenue", inputs=(Input(product="users"),))
    asleep = replace(users, id="asleep", lifecycle=Lifecycle.DEVELOPMENT)
    told = heard(
        result("t", MORNING),
        update("x", MORNING),
        # Too short to be told.
        result("t", MORNING + HOUR, Outcome.FAILURE, run="r1"),
        result("t", MORNING + HOUR + 9 * MINUTE, run="r2"),
        result("t", MORNING + 2 * HOUR, Outcome.FAILURE, run="r3"),
        result("t", MORNING + 5 * HOUR, run="r4"),
    )
    done = replayed([users, revenue, asleep], told, MORNING + 26 * HOUR)
    of_users, of_revenue = found(done, "users").episodes, found(done, "revenue").episodes
    first = Episode(MORNING + 2 * HOUR, MORNING + 2 * HOUR + 10 * MINUTE, MORNING + 5 * HOUR)
    # What time made so is told at once.
    second = Episode(MORNING + DAY, MORNING + DAY, None)
    assert [(one.times, one.lasted) for one in of_users] == [(first, 3 * HOUR), (second, 2 * HOUR)]
    assert [one.cause for one in of_users] == ["fct fails a check", "x is out of date"]
    assert [one.times for one in of_revenue] == [first, second]
    assert [one.cause for one in of_revenue] == [
        "its input Users fails a check",
        "its input Users is out of date",
    ]
    assert found(done, "asleep").episodes == ()
    opened = [at for at, why, _ in words(done) if why is Why.OPENED]
    assert opened == [one.times.opened_at for one in of_users]
    impatient = Patience(for_=9 * MINUTE, clear_for=10 * MINUTE)
    done = replayed([users, revenue], told, MORNING + 26 * HOUR, patience=impatient)
    assert len(found(done, "users").episodes) == 3


def test_only_what_has_lasted_long_enough_by_the_end_is_announced() -> None:
    users = product("users", checked("t"))
    told = heard(result("t", MORNING), result("t", MORNING + HOUR, Outcome.FAILURE))
    hasty = Patience(for_=0, clear_for=0)
    assert words(replayed([users], told, MORNING + HOUR)) == []
    assert words(replayed([users], told, MORNING + HOUR, patience=hasty)) == [
        (MORNING + HOUR, Why.OPENED, "users")
    ]
    lasting = replayed([users], told, MORNING + HOUR + 10 * MINUTE)
    assert words(lasting) == [(MORNING + HOUR, Why.OPENED, "users")]


def test_what_is_told_late_is_announced_late_and_counts_from_its_own_time() -> None:
    """A load at 07:50 of which the run at 08:20 tells: people were told of a miss in between."""
    users = product("users", freshness_assertion("x", READY_BY_EIGHT))
    loaded, told_at = at("2026-03-03 07:50"), at("2026-03-03 08:20")
    told = [*heard(update("x", MORNING)), Told(evidence=update("x", loaded), at=told_at)]
    done = replayed([users], told, at("2026-03-03 09:00"))
    assert found(done, "users").experienced.bad == 0
    assert [why for _, why, _ in words(done)] == [Why.OPENED, Why.CLOSED]
    assert replayed([users], told, at("2026-03-03 08:10")).differences == ()


def test_products_that_are_not_live_are_computed_and_not_announced() -> None:
    users = product("users", checked("t"), lifecycle=Lifecycle.DEVELOPMENT)
    done = replayed([users], heard(result("t", MORNING, Outcome.FAILURE)), MORNING + DAY)
    assert found(done, "users").experienced.bad == DAY
    assert done.announcements == ()


def test_told_of_some_products_alone_the_others_still_count() -> None:
    users = product("users", checked("t"))
    revenue = product("revenue", checked("r"), inputs=(Input(product="users"),))
    told = heard(result("t", MORNING, Outcome.FAILURE), result("r", MORNING))
    done = replayed([users, revenue], told, MORNING + DAY).only({"revenue"})
    assert [one.product.id for one in done.products] == ["revenue"]
    assert [one.why for one in done.announcements] == [Why.OPENED]
    assert all("revenue" in one.products for one in done.announcements)
    assert done.products[0].assessment.health is Health.UNHEALTHY


class DeafTracker:
    """Takes up products and hears nothing."""

    def __init__(self, tracker: Tracking) -> None:
        self._tracker = tracker

    def define(self, products: Iterable[DataProduct], now: int, *, all_of_them: bool) -> None:
        self._tracker.define(products, now, all_of_them=all_of_them)

    def record(self, evidence: Evidence, now: int) -> bool:
        return False

    def tick(self, now: int) -> int:
        return self._tracker.tick(now)


def test_where_the_tracker_keeps_something_else_it_is_told() -> None:
    users = product("users", checked("t"), checked("u"))
    with scratch_store() as store:
        deaf = DeafTracker(HealthTracker(store, TrackingPolicy()))
        told = heard(result("t", MORNING))
        patience = Patience()
        done = replay([users], told, MORNING, tracking=deaf, store=store, patience=patience)
    assert [difference.split(":")[0] for difference in done.differences] == [
        "the history of users",
        "the verdicts of urn",
    ]
    assert done.products[0].history_from == MORNING


def test_an_incident_is_a_cause_with_its_urn_and_asset() -> None:
    table = Asset(urn=dataset("x"), name="revenue_daily")
    one = replace(product("revenue", checked("t")), assets=(table,))
    told = [
        *heard(result("t", MORNING)),
        *heard(notice("x", MORNING + HOUR), notice("y", MORNING + HOUR)),
        Told(evidence=notice("x", MORNING + 3 * HOUR, active=False), at=MORNING + 3 * HOUR),
    ]
    open_ = found(replayed([one], told, MORNING + 2 * HOUR), "revenue")
    assert open_.since == MORNING + HOUR
    (cause,) = open_.assessment.causes
    assert (cause.assertion.urn, cause.assertion.asset) == ("urn:li:incident:i1", dataset("x"))
    assert open_.explanation.startswith(
        "Revenue is unhealthy because revenue_daily has an open incident: Late load. "
        "The incident was opened on Mon 2 Mar at 07:00."
    )
    over = replayed([one], reversed([*told, *told]), MORNING + 4 * HOUR)
    assert over.differences == ()
    assert found(over, "revenue").history.experienced == (
        (MORNING, Health.HEALTHY),
        (MORNING + HOUR, Health.UNHEALTHY),
        (MORNING + 3 * HOUR, Health.HEALTHY),
    )
    assert len(over.announcements) == 2
