"""When a turn of health is worth a word."""

from dataclasses import replace

import pytest

from datahub_dataproducts.domain.assertions import Assertion, MaxAge
from datahub_dataproducts.domain.conversations import Kind
from datahub_dataproducts.domain.durations import HOUR, MINUTE
from datahub_dataproducts.domain.episodes import (
    Patience,
    Told,
    digest,
    fingerprint,
    opening,
    told_catalog,
    told_people,
    turn_of,
)
from datahub_dataproducts.domain.health import Assessment, Cause, Health
from datahub_dataproducts.domain.verdicts import NEVER_RAN, Judgement, Reason, Verdict
from tests.builders import checked, freshness_assertion

UNHEALTHY, UNKNOWN, AT_RISK, HEALTHY = Health
FAILED = Judgement(Verdict.NOT_MET, Reason.FAILED)
NOT_FRESH = Judgement(Verdict.NOT_MET, Reason.NOT_FRESH)
FRESHNESS = freshness_assertion("raw", MaxAge(age=HOUR))
PATIENCE = Patience(for_=10 * MINUTE, clear_for=20 * MINUTE)


def assessed(
    health: Health,
    *assertions: Assertion,
    judgement: Judgement = FAILED,
    path: tuple[str, ...] = ("a",),
) -> Assessment:
    causes = tuple(
        Cause(path=path, assertion=a, judgement=judgement, since=1, evidence_at=1, run_id="r")
        for a in assertions
    )
    return Assessment(product="a", health=health, own=health, causes=causes)


def announced(health: Health, *, opened_at: int | None = None, blind: bool = False) -> Told:
    return Told(
        digest="before",
        health=health,
        posted_at=0,
        announced="before",
        announced_health=health,
        opened_at=opened_at,
        blind=blind,
    )


NEVER_TOLD = Told(digest="", health=UNKNOWN, posted_at=0)


EPISODE, RISK, BLINDNESS = Kind
NOT_BAD = {EPISODE, BLINDNESS}


@pytest.mark.parametrize(
    ("before", "health", "enters", "leaves"),
    [
        (NEVER_TOLD, HEALTHY, None, set(Kind)),
        (NEVER_TOLD, UNKNOWN, None, set()),
        (NEVER_TOLD, AT_RISK, RISK, NOT_BAD),
        (NEVER_TOLD, UNHEALTHY, EPISODE, {RISK, BLINDNESS}),
        (announced(HEALTHY), UNKNOWN, BLINDNESS, set()),
        (announced(UNHEALTHY, opened_at=1), UNKNOWN, BLINDNESS, set()),
        (announced(UNHEALTHY, opened_at=1), AT_RISK, RISK, NOT_BAD),
        (announced(UNKNOWN, blind=True), UNKNOWN, BLINDNESS, set()),
        (announced(UNKNOWN), UNKNOWN, None, set()),
        (announced(UNKNOWN, blind=True), UNHEALTHY, EPISODE, {RISK, BLINDNESS}),
    ],
)
def test_what_a_turn_begins_and_ends(
    before: Told, health: Health, enters: Kind | None, leaves: set[Kind]
) -> None:
    turn = turn_of(before, assessed(health, checked()), since=3)
    assert (turn.enters, turn.leaves, turn.roots, turn.since) == (enters, leaves, ("a",), 3)


def test_an_episode_opens_when_health_turned() -> None:
    told = told_people(NEVER_TOLD, assessed(UNHEALTHY, checked()), since=5, now=9)
    assert told.opened_at == 5


def test_an_episode_without_a_history_opens_now() -> None:
    assert told_people(NEVER_TOLD, assessed(UNHEALTHY), since=None, now=9).opened_at == 9


def test_unknown_keeps_an_episode_open_and_good_closes_it() -> None:
    open_ = announced(UNHEALTHY, opened_at=1)
    blind = told_people(open_, assessed(UNKNOWN), since=5, now=9)
    assert (blind.opened_at, blind.blind) == (1, True)
    assert told_people(blind, assessed(UNHEALTHY), since=5, now=9).opened_at == 1
    good = told_people(blind, assessed(AT_RISK), since=5, now=9)
    assert (good.opened_at, good.blind) == (None, False)


def test_a_product_never_measured_is_not_blind() -> None:
    assert not told_people(NEVER_TOLD, assessed(UNKNOWN), since=5, now=9).blind


@pytest.mark.parametrize(
    ("assessment", "before", "wait"),
    [
        (assessed(HEALTHY), announced(UNHEALTHY, opened_at=1), 20 * MINUTE),
        (assessed(UNHEALTHY, checked()), announced(HEALTHY), 10 * MINUTE),
        (assessed(UNHEALTHY, FRESHNESS, judgement=NOT_FRESH), announced(HEALTHY), 0),
        (assessed(UNHEALTHY, FRESHNESS, judgement=NOT_FRESH), announced(UNHEALTHY), 10 * MINUTE),
        (assessed(UNHEALTHY, FRESHNESS), announced(HEALTHY), 10 * MINUTE),
        (assessed(UNKNOWN, FRESHNESS, judgement=NEVER_RAN), announced(HEALTHY), 10 * MINUTE),
        # The end of an episode must last, also where what is left is merely not fresh.
        (
            assessed(AT_RISK, FRESHNESS, judgement=NOT_FRESH),
            announced(UNHEALTHY, opened_at=1),
            20 * MINUTE,
        ),
        (assessed(AT_RISK, FRESHNESS, judgement=NOT_FRESH), announced(HEALTHY), 0),
    ],
)
def test_how_long_a_turn_must_last(assessment: Assessment, before: Told, wait: int) -> None:
    assert PATIENCE.with_(assessment, before) == wait
    assert told_catalog(before, assessment, PATIENCE, 0).announce_at == wait


@pytest.mark.parametrize(
    ("patience", "health", "now", "told_at"),
    [
        # An episode is told as soon as it lasted long enough, to the millisecond.
        (PATIENCE, UNHEALTHY, 1, 10 * MINUTE + 1),
        # Who are well within a minute are told of at its end.
        (PATIENCE, HEALTHY, MINUTE + 1, 22 * MINUTE),
        (PATIENCE, HEALTHY, 2 * MINUTE, 22 * MINUTE),
        (Patience(for_=1, clear_for=0), HEALTHY, MINUTE + 1, MINUTE + 1),
        # That nothing is heard of many is told together.
        (PATIENCE, UNKNOWN, 1, 20 * MINUTE),
        (PATIENCE, UNKNOWN, 10 * MINUTE, 20 * MINUTE),
        (Patience(for_=1, clear_for=0), UNKNOWN, 1, MINUTE),
        # Who has no patience is told at once.
        (Patience(for_=0, clear_for=0), UNKNOWN, 1, 1),
    ],
)
def test_what_lasts_is_told_then_and_together_with_what_fell_silent_or_is_well_about_then(
    patience: Patience, health: Health, now: int, told_at: int
) -> None:
    before = announced(UNHEALTHY if health is HEALTHY else HEALTHY)
    turned = assessed(health, *([] if health is HEALTHY else [checked()]))
    assert told_catalog(before, turned, patience, now).announce_at == told_at


@pytest.mark.parametrize("health", [AT_RISK, UNKNOWN])
def test_a_risk_or_blindness_of_an_input_is_told_by_the_input_alone(health: Health) -> None:
    inherited = assessed(health, checked(), path=("a", "users"))
    healthy = announced(HEALTHY)
    assert turn_of(healthy, inherited, since=1).enters is None
    told = told_people(healthy, inherited, since=5, now=9)
    assert told.announced_health is HEALTHY
    assert not told.blind
    unhealthy = assessed(UNHEALTHY, checked(), path=("a", "users"))
    assert turn_of(told, unhealthy, since=1).roots == ("users",)


def test_an_episode_that_ends_in_an_inputs_risk_is_over() -> None:
    inherited = assessed(AT_RISK, checked(), path=("a", "users"))
    open_ = announced(UNHEALTHY, opened_at=1)
    assert turn_of(open_, inherited, since=1).leaves == NOT_BAD
    assert told_people(open_, inherited, since=5, now=9).announced_health is AT_RISK


def test_a_second_cause_of_the_same_health_waits_no_longer_than_the_first() -> None:
    first = told_catalog(announced(HEALTHY), assessed(UNHEALTHY, checked("t")), PATIENCE, 0)
    both = assessed(UNHEALTHY, checked("t"), checked("u"))
    assert told_catalog(first, both, PATIENCE, MINUTE).announce_at == 10 * MINUTE


def test_what_turned_back_before_it_was_told_waits_for_nothing() -> None:
    healthy = assessed(HEALTHY)
    told = told_people(NEVER_TOLD, healthy, since=0, now=0)
    turned = told_catalog(told, assessed(UNHEALTHY, checked()), PATIENCE, 0)
    assert turned.announce_at == 10 * MINUTE
    assert told_catalog(turned, healthy, PATIENCE, MINUTE).announce_at is None


def test_without_patience_people_are_told_nothing() -> None:
    assert told_catalog(None, assessed(UNHEALTHY, checked()), None, 0).announce_at is None


def test_faults_are_news_one_by_one_and_unknowns_by_root_and_reason() -> None:
    assert digest(assessed(UNHEALTHY, checked("t"))) != digest(assessed(UNHEALTHY, checked("u")))
    one = assessed(UNKNOWN, checked("t"), judgement=NEVER_RAN)
    two = assessed(UNKNOWN, checked("t"), checked("u"), judgement=NEVER_RAN)
    assert digest(one) == digest(two)
    assert digest(one) != digest(assessed(HEALTHY))


def test_what_is_not_fresh_beside_what_failed_is_told_at_once() -> None:
    failed, stale = (
        assessed(UNHEALTHY, checked()),
        assessed(UNHEALTHY, FRESHNESS, judgement=NOT_FRESH),
    )
    both = replace(failed, causes=(*failed.causes, *stale.causes))
    assert PATIENCE.with_(both, announced(HEALTHY)) == 0


def test_a_recovery_goes_on_where_a_warning_comes_up_within() -> None:
    open_ = announced(UNHEALTHY, opened_at=1)
    recovered = told_catalog(open_, assessed(HEALTHY), PATIENCE, 0)
    risky = told_catalog(recovered, assessed(AT_RISK, checked()), PATIENCE, MINUTE)
    assert risky.announce_at == 20 * MINUTE
    blind = told_catalog(risky, assessed(UNKNOWN, checked()), PATIENCE, 2 * MINUTE)
    again = told_catalog(blind, assessed(HEALTHY), PATIENCE, 3 * MINUTE)
    assert again.announce_at == 23 * MINUTE, "what is not known is no recovery"


def test_products_with_the_same_faults_have_one_fingerprint() -> None:
    own = assessed(UNHEALTHY, checked("t"), path=("users",))
    inherited = assessed(UNHEALTHY, checked("t"), path=("a", "users"))
    assert fingerprint([own]) == fingerprint([own, inherited])
    assert fingerprint([own]) != fingerprint([own, assessed(UNHEALTHY, checked("u"))])


# The opening, corrected by what was heard late.


@pytest.mark.parametrize(
    ("steps", "known", "found"),
    [
        ([(0, HEALTHY), (60, UNHEALTHY)], 60, 60),
        # Late failures move it back, late successes forward.
        ([(0, HEALTHY), (50, UNHEALTHY)], 60, 50),
        ([(0, HEALTHY), (60, UNHEALTHY), (70, HEALTHY), (100, UNHEALTHY)], 60, 100),
        ([(0, HEALTHY), (60, UNHEALTHY), (70, HEALTHY), (89, UNHEALTHY)], 60, 60),
        ([(0, HEALTHY), (60, UNHEALTHY), (70, UNKNOWN), (100, UNHEALTHY)], 60, 60),
        # Too short to have been one.
        ([(0, HEALTHY), (50, UNHEALTHY), (55, HEALTHY), (60, UNHEALTHY)], 60, 60),
        # It was never there: its end is what is told.
        ([(0, HEALTHY)], 60, 60),
        ([], 60, 60),
        # It recovers, and that must last.
        ([(0, HEALTHY), (60, UNHEALTHY), (90, HEALTHY)], 60, 60),
    ],
)
def test_the_opening_is_where_the_history_says_that_it_was(
    steps: list[tuple[int, Health]], known: int, found: int
) -> None:
    assert opening(steps, known, Patience(for_=10, clear_for=20)) == found
