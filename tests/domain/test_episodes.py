"""When a turn of health is worth a word, and which."""

import pytest

from datahub_dataproducts.domain.assertions import Assertion, MaxAge
from datahub_dataproducts.domain.durations import HOUR, MINUTE
from datahub_dataproducts.domain.episodes import (
    Patience,
    Told,
    digest,
    next_word,
    told_catalog,
    told_people,
)
from datahub_dataproducts.domain.health import Assessment, Cause, Health
from datahub_dataproducts.domain.letters import Why
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


@pytest.mark.parametrize(
    ("before", "health", "word"),
    [
        (NEVER_TOLD, HEALTHY, None),
        (NEVER_TOLD, UNKNOWN, None),
        (NEVER_TOLD, AT_RISK, Why.AT_RISK),
        (NEVER_TOLD, UNHEALTHY, Why.OPENED),
        (announced(HEALTHY), UNHEALTHY, Why.OPENED),
        (announced(HEALTHY), AT_RISK, Why.AT_RISK),
        (announced(HEALTHY), UNKNOWN, Why.BLIND),
        (announced(HEALTHY), HEALTHY, None),
        (announced(AT_RISK), UNHEALTHY, Why.OPENED),
        (announced(AT_RISK), AT_RISK, Why.CAUSE_CHANGED),
        (announced(AT_RISK), HEALTHY, Why.CLOSED),
        (announced(UNHEALTHY, opened_at=1), UNHEALTHY, Why.CAUSE_CHANGED),
        (announced(UNHEALTHY, opened_at=1), UNKNOWN, Why.BLIND),
        (announced(UNHEALTHY, opened_at=1), AT_RISK, Why.CLOSED),
        (announced(UNHEALTHY, opened_at=1), HEALTHY, Why.CLOSED),
        (announced(UNKNOWN, opened_at=1, blind=True), UNHEALTHY, Why.CAUSE_CHANGED),
        (announced(UNKNOWN, opened_at=1, blind=True), HEALTHY, Why.CLOSED),
        (announced(UNKNOWN, blind=True), UNHEALTHY, Why.OPENED),
        (announced(UNKNOWN, blind=True), UNKNOWN, None),
        (announced(UNKNOWN, blind=True), HEALTHY, Why.SEEN_AGAIN),
        (announced(UNKNOWN), HEALTHY, None),
    ],
)
def test_the_word_follows_from_what_people_were_told_last(
    before: Told, health: Health, word: Why | None
) -> None:
    assert next_word(before, assessed(health, checked())) is word


def test_what_people_know_already_is_not_said_again() -> None:
    now = assessed(UNHEALTHY, checked())
    told = told_people(NEVER_TOLD, now, since=5, now=9)
    assert next_word(told, now) is None
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
        (assessed(UNHEALTHY, FRESHNESS, checked()), announced(HEALTHY), 10 * MINUTE),
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
    told = told_catalog(before, assessment, PATIENCE, 100)
    assert told.announce_at == 100 + wait


@pytest.mark.parametrize("health", [AT_RISK, UNKNOWN])
def test_a_risk_or_blindness_of_an_input_is_told_by_the_input_alone(health: Health) -> None:
    inherited = assessed(health, checked(), path=("a", "users"))
    healthy = announced(HEALTHY)
    assert next_word(healthy, inherited) is None
    told = told_people(healthy, inherited, since=5, now=9)
    assert told.announced_health is HEALTHY
    assert not told.blind
    # Nothing was said of it, so nothing is said of its end; what is unhealthy is news to all.
    assert next_word(told, assessed(HEALTHY)) is None
    assert next_word(told, assessed(UNHEALTHY, checked(), path=("a", "users"))) is Why.OPENED


def test_an_episode_that_ends_in_an_inputs_risk_is_closed_aloud() -> None:
    inherited = assessed(AT_RISK, checked(), path=("a", "users"))
    assert next_word(announced(UNHEALTHY, opened_at=1), inherited) is Why.CLOSED


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
