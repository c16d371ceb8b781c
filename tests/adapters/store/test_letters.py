"""Letters survive the store exactly."""

from dataclasses import replace
from fractions import Fraction

import pytest

from datahub_dataproducts.adapters.store.letters import read_letter, write_letter
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.letters import (
    Announcement,
    CorrectedPost,
    HealthPost,
    Letter,
    ObjectivePost,
    VerdictPost,
    Why,
)
from datahub_dataproducts.domain.objectives import ObjectiveStatus
from datahub_dataproducts.domain.verdicts import Verdict

OBJECTIVE = ObjectivePost(
    status=ObjectiveStatus.EXHAUSTED, target=Fraction(999, 1000), budget=10**12, remaining=-1
)
LETTERS: list[Letter] = [
    HealthPost(
        product="revenue",
        at=1_772_521_200_000,
        health=Health.AT_RISK,
        since=1_772_521_200_000,
        reason='Größe "x" \U0001f600',
        uptime=Fraction(10**15 - 1, 10**15),
        coverage=Fraction(1),
        window=2_592_000_000,
    ),
    HealthPost(
        product="revenue",
        at=1_772_521_200_000,
        health=Health.HEALTHY,
        since=None,
        reason="",
        uptime=Fraction(1, 3),
        coverage=Fraction(1),
        window=2_592_000_000,
        own_uptime=Fraction(2, 3),
        objective=OBJECTIVE,
        corrected=CorrectedPost(
            uptime=Fraction(1),
            coverage=None,
            own_uptime=Fraction(10**15 - 1, 10**15),
            objective=replace(OBJECTIVE, status=ObjectiveStatus.MEETING, remaining=7),
        ),
    ),
    HealthPost(
        product="empty",
        at=0,
        health=Health.UNKNOWN,
        since=None,
        reason="",
        uptime=None,
        coverage=None,
        window=1,
    ),
    VerdictPost(
        assertion="urn:li:assertion:1",
        dataset="urn:li:dataset:1",
        at=5,
        verdict=Verdict.NOT_MET,
        message="no",
    ),
    *(
        Announcement(
            product="revenue",
            domain="urn:li:domain:finance",
            at=7,
            timezone="Europe/Amsterdam",
            why=why,
            health=Health.UNHEALTHY,
            text="one\ntwo",
        )
        for why in Why
    ),
]


@pytest.mark.parametrize("letter", LETTERS)
def test_a_letter_is_read_back_as_it_was_written(letter: Letter) -> None:
    assert read_letter(write_letter(letter)) == letter


@pytest.mark.parametrize("text", ["{}", '{"kind": "postcard"}', "not json"])
def test_what_is_no_letter_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"unknown kind|Expecting value"):
        read_letter(text)
