"""Every phrase of an explanation, whole."""

from dataclasses import replace

import pytest

from datahub_dataproducts.domain.assertions import (
    Assertion,
    AssertionKind,
    Deadline,
    Impact,
    MaxAge,
    Outcome,
)
from datahub_dataproducts.domain.durations import DAY, HOUR
from datahub_dataproducts.domain.explanation_words import (
    say_remedy,
    say_rule,
    say_verdict,
)
from datahub_dataproducts.domain.product_states import Basis, PromiseState
from datahub_dataproducts.domain.schedules import Schedule
from datahub_dataproducts.domain.verdicts import NEVER_RAN, Judgement, Reason, Verdict
from tests.builders import AMSTERDAM, at, checked, freshness_assertion

NOON = at("2026-03-03 12:00")
SIX = at("2026-03-03 06:00")
DAILY = Schedule(times=(480,), timezone=AMSTERDAM)
FRESH = freshness_assertion("dim_users", Deadline(schedule=DAILY))
NOT_NULL = replace(checked("t"), asset_name="dim_users", promise="passes not_null on user_id")
BUILD = replace(
    checked("b", kind=AssertionKind.BUILD), asset_name="dim_users", promise="is built by dbt"
)
CUSTOM = replace(
    checked("c", kind=AssertionKind.CUSTOM), asset_name="assertion 0123", promise="passes"
)
VOLUME = replace(
    checked("v", kind=AssertionKind.VOLUME), asset_name="dim_users", promise="has 10 rows or more"
)
MET = Judgement(Verdict.MET, Reason.PASSED)
FAILED = Judgement(Verdict.NOT_MET, Reason.FAILED)
LOW = Judgement(Verdict.NOT_MET, Reason.FAILED, low=True)
NOT_FRESH = Judgement(Verdict.NOT_MET, Reason.NOT_FRESH)
BROKEN = Judgement(Verdict.UNKNOWN, Reason.CHECK_BROKEN)
SILENT = Judgement(Verdict.UNKNOWN, Reason.GONE_SILENT)
IS_FRESH = Judgement(Verdict.MET, Reason.FRESH)


def state(
    assertion: Assertion,
    judgement: Judgement,
    *,
    outcome: Outcome | None = None,
    message: str = "",
    run: str = "abc",
    expires_at: int | None = None,
    known: bool = True,
) -> PromiseState:
    basis = Basis(subject=assertion.urn, at=SIX, run_id=run, outcome=outcome, message=message)
    return PromiseState(
        assertion=assertion,
        judgement=judgement,
        does=None,
        since=SIX,
        began_at=SIX,
        basis=basis if known else None,
        expires_at=expires_at,
    )


@pytest.mark.parametrize(
    ("assertion", "judgement", "remedy"),
    [
        (FRESH, NOT_FRESH, "an update of dim_users"),
        (FRESH, NEVER_RAN, "a first update of dim_users"),
        (NOT_NULL, FAILED, "a passing result of not_null on user_id in dim_users"),
        (NOT_NULL, NEVER_RAN, "a first passing result of not_null on user_id in dim_users"),
        (BUILD, FAILED, "a successful build of dim_users"),
        (BUILD, NEVER_RAN, "a first successful build of dim_users"),
        (CUSTOM, BROKEN, "a passing result of assertion 0123"),
        (VOLUME, FAILED, "a passing result of the check that dim_users has 10 rows or more"),
    ],
)
def test_what_has_to_happen(assertion: Assertion, judgement: Judgement, remedy: str) -> None:
    assert say_remedy(state(assertion, judgement)) == remedy


@pytest.mark.parametrize(
    ("assertion", "rule"),
    [
        (
            FRESH,
            (
                "dim_users is updated every day by 08:00 Europe/Amsterdam; an update counts from "
                "half-way between two deadlines on; blocking"
            ),
        ),
        (
            freshness_assertion("dim_users", Deadline(schedule=DAILY, look_back=24 * HOUR)),
            (
                "dim_users is updated every day by 08:00 Europe/Amsterdam; an update counts from "
                "1 day before a deadline on; blocking"
            ),
        ),
        (
            replace(
                freshness_assertion("dim_users", MaxAge(age=DAY), impact=Impact.WARNING),
                promise="is never older than 24 h",
            ),
            "dim_users is never older than 24 h; a warning only",
        ),
        (
            replace(NOT_NULL, expect_every=3 * DAY),
            ("dim_users passes not_null on user_id; a result is expected every 3 days; blocking"),
        ),
        (
            NOT_NULL,
            ("dim_users passes not_null on user_id; a result counts however old it is; blocking"),
        ),
    ],
)
def test_the_rule_of_a_promise(assertion: Assertion, rule: str) -> None:
    assert say_rule(assertion) == rule


@pytest.mark.parametrize(
    ("promise", "said"),
    [
        (state(NOT_NULL, MET, outcome=Outcome.SUCCESS), "kept: it passed today at 06:00 (run abc)"),
        (
            state(NOT_NULL, MET, run="", expires_at=SIX + DAY),
            "kept: it passed today at 06:00; it counts until Wed 4 Mar at 06:00",
        ),
        (
            state(BUILD, MET, outcome=Outcome.SUCCESS, message="OK"),
            "kept: it was built today at 06:00 (run abc)",
        ),
        (
            state(FRESH, IS_FRESH, run="operation INSERT", expires_at=SIX + DAY),
            (
                "kept: the last update came today at 06:00 (reported by operation INSERT); "
                "enough until Wed 4 Mar at 06:00"
            ),
        ),
        (
            state(FRESH, NOT_FRESH, run=""),
            "broken since today at 06:00: the last update came today at 06:00",
        ),
        (
            state(NOT_NULL, FAILED, outcome=Outcome.FAILURE, message="Got 3 results"),
            (
                "broken since today at 06:00: it failed today at 06:00 (run abc), "
                'saying "Got 3 results"'
            ),
        ),
        (
            state(NOT_NULL, LOW, outcome=Outcome.FAILURE_LOW),
            (
                "broken since today at 06:00: it failed today at 06:00 (run abc), "
                "which is of low severity"
            ),
        ),
        (
            state(NOT_NULL, FAILED, outcome=Outcome.ERROR),
            (
                "broken since today at 06:00: it failed before, and was not checked today at 06:00 "
                "(run abc)"
            ),
        ),
        (
            state(BUILD, FAILED, outcome=Outcome.ERROR),
            (
                "broken since today at 06:00: the build failed before, and was not built today at "
                "06:00 (run abc)"
            ),
        ),
        (
            state(NOT_NULL, BROKEN, outcome=Outcome.ERROR),
            "unknown since today at 06:00: it could not be checked today at 06:00 (run abc)",
        ),
        (
            state(BUILD, BROKEN, outcome=Outcome.ERROR),
            "unknown since today at 06:00: it was not built today at 06:00 (run abc)",
        ),
        (
            state(NOT_NULL, SILENT, outcome=Outcome.SUCCESS),
            "unknown since today at 06:00: the last result came today at 06:00 (run abc)",
        ),
        (state(NOT_NULL, NEVER_RAN), "unknown: nothing has been heard of it"),
        # The evidence gave way to other evidence.
        (
            state(NOT_NULL, FAILED, known=False),
            "broken since today at 06:00: it failed today at 06:00",
        ),
        (
            replace(state(NOT_NULL, FAILED, known=False), began_at=None, since=None),
            "broken: it failed",
        ),
    ],
)
def test_a_verdict_and_what_it_rests_on(promise: PromiseState, said: str) -> None:
    assert say_verdict(promise, NOON, AMSTERDAM) == said
