"""Letters survive the store exactly."""

from dataclasses import replace
from fractions import Fraction

import pytest

from datahub_dataproducts.adapters.store.letters import read_letter, write_letter
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.letters import (
    Affected,
    Announcement,
    CorrectedPost,
    Digest,
    Fault,
    HealthPost,
    Letter,
    ObjectivePost,
    RecentUptime,
    VerdictPost,
    Why,
)
from datahub_dataproducts.domain.messages import (
    Breach,
    Breaches,
    Fact,
    Facts,
    Headline,
    Item,
    Items,
    Link,
    Links,
    Message,
    Meter,
    Paragraph,
    Tone,
)
from datahub_dataproducts.domain.objectives import ObjectiveStatus
from datahub_dataproducts.domain.verdicts import Reason, Verdict

OBJECTIVE = ObjectivePost(
    status=ObjectiveStatus.EXHAUSTED, target=Fraction(999, 1000), budget=10**12, remaining=-1
)
MESSAGE = Message(
    subject="Users is not fresh",
    tone=Tone.BAD,
    blocks=(
        Headline(text="Users is not fresh", tone=Tone.BAD),
        Paragraph(text="Größe."),
        Facts(facts=(Fact(label="Owner", value="ana"),)),
        Items(title="Also", items=(Item(text="A", note="b", tone=Tone.RISK, target="urn:a"),)),
        Meter(label="Budget", share=Fraction(-1, 3), days=(Fraction(1), None)),
        Links(links=(Link(label="Runbook", target="https://wiki.example.com"),)),
    ),
    details=(
        Breaches(
            breaches=(Breach(title="t", facts=(Fact(label="Run", value="1"),), target="urn:b"),),
            more=4,
        ),
        Meter(label="m", share=None),
    ),
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
        recent=(
            RecentUptime(days=7, uptime=None),
            RecentUptime(days=30, uptime=Fraction(1, 3), corrected=Fraction(10**15 - 1, 10**15)),
        ),
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
    Announcement(
        product="users",
        domain="urn:li:domain:crm",
        at=7,
        timezone="Europe/Amsterdam",
        why=Why.AFFECTED_CHANGED,
        health=Health.UNHEALTHY,
        text="Größe",
        conversation="users@7",
        sequence=3,
        affected=(
            Affected(
                product="users",
                title="Users",
                type="building_block",
                health=Health.UNHEALTHY,
                since=7,
            ),
        ),
        recovered=(Affected(product="a", title="A", type="", health=Health.AT_RISK, since=None),),
        faults=(
            Fault(
                root="users",
                asset="urn:li:dataset:1",
                assertion="urn:li:assertion:1",
                reason=Reason.NOT_FRESH,
                since=None,
                run_id="run",
            ),
        ),
        ends=("risk:users@5",),
        message=MESSAGE,
    ),
    Digest(day="2026-03-03", at=7, timezone="UTC", text="All 3 are well.", message=MESSAGE),
]
OF_LAYOUT_1 = (
    '{"kind": "announcement", "product": "a", "domain": "", "at": 1, "timezone": "UTC", '
    '"why": "opened", "health": "UNHEALTHY", "text": "A is unhealthy."}'
)


@pytest.mark.parametrize("letter", LETTERS)
def test_a_letter_is_read_back_as_it_was_written(letter: Letter) -> None:
    assert read_letter(write_letter(letter)) == letter


def test_an_announcement_of_an_older_version_is_still_sent() -> None:
    assert read_letter(OF_LAYOUT_1) == Announcement(
        product="a",
        domain="",
        at=1,
        timezone="UTC",
        why=Why.OPENED,
        health=Health.UNHEALTHY,
        text="A is unhealthy.",
    )


@pytest.mark.parametrize("text", ["{}", '{"kind": "postcard"}', "not json"])
def test_what_is_no_letter_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"unknown kind|Expecting value"):
        read_letter(text)
