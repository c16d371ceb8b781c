"""What a verdict rests on."""

from datahub_dataproducts.domain.assertions import Evidence, MaxAge, Outcome
from datahub_dataproducts.domain.durations import DAY, HOUR
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.product_states import (
    Basis,
    PromiseState,
    promise_state,
)
from datahub_dataproducts.domain.verdicts import NEVER_RAN, Change, Judgement, Reason, Verdict
from tests.builders import at, checked, dataset, freshness_assertion, result, update

NOON = at("2026-03-03 12:00")
SIX = at("2026-03-03 06:00")
MET = Judgement(Verdict.MET, Reason.PASSED)
FAILED = Judgement(Verdict.NOT_MET, Reason.FAILED)
FRESH = Judgement(Verdict.MET, Reason.FRESH)
T = checked("t", expect_every=DAY)


def test_a_verdict_rests_on_the_latest_evidence_and_not_on_what_it_began_with() -> None:
    change = Change(SIX - DAY, MET, SIX - DAY, "first")
    heard = [result("t", SIX - DAY, run="first"), result("t", SIX, run="latest")]
    found = promise_state(T, change, heard, NOON)
    assert found.basis == Basis(
        subject=T.urn, at=SIX, run_id="latest", outcome=Outcome.SUCCESS, message=""
    )
    assert (found.since, found.began_at) == (SIX - DAY, SIX - DAY)
    assert found.expires_at == SIX + DAY
    assert (found.judgement, found.does) == (MET, Health.HEALTHY)


def test_evidence_of_later_does_not_count() -> None:
    change = Change(SIX, MET, SIX, "run")
    heard = [result("t", SIX), result("t", NOON + 1, Outcome.FAILURE)]
    found = promise_state(T, change, heard, NOON)
    assert found.basis is not None
    assert found.basis.at == SIX


def test_an_update_has_no_outcome() -> None:
    fresh = freshness_assertion("x", MaxAge(age=DAY))
    change = Change(SIX, FRESH, SIX, "")
    found = promise_state(fresh, change, [update("x", SIX)], NOON)
    assert found.basis == Basis(subject=dataset("x"), at=SIX, run_id="", outcome=None, message="")
    assert found.expires_at == SIX + DAY


def test_what_was_never_heard_of_rests_on_nothing() -> None:
    found = promise_state(T, None, [], NOON)
    assert found == PromiseState(
        assertion=T,
        judgement=NEVER_RAN,
        does=Health.UNKNOWN,
        since=None,
        began_at=None,
        basis=None,
        expires_at=None,
    )


def test_what_expired_has_nothing_to_expire() -> None:
    silent = Judgement(Verdict.UNKNOWN, Reason.GONE_SILENT)
    change = Change(SIX, silent, SIX - DAY, "run")
    found = promise_state(T, change, [result("t", SIX - DAY)], NOON)
    assert found.basis is not None
    assert (found.basis.at, found.expires_at) == (SIX - DAY, None)


def test_a_verdict_that_later_evidence_does_not_judge_again_rests_on_what_it_began_with() -> None:
    change = Change(SIX, MET, SIX, "run")
    late = [result("t", SIX), result("t", SIX + HOUR, Outcome.FAILURE)]
    found = promise_state(T, change, late, NOON)
    assert found.judgement == MET
    assert found.basis is not None
    assert (found.basis.at, found.expires_at) == (SIX, None)
    without = promise_state(T, change, late[1:], NOON)
    assert (without.basis, without.began_at) == (None, SIX)


def test_a_promise_that_begins_with_nothing_heard_rests_on_nothing() -> None:
    change = Change(SIX, NEVER_RAN, None, "")
    found = promise_state(T, change, [], NOON)
    assert (found.since, found.began_at, found.basis) == (SIX, None, None)


def evidence_of_both() -> list[Evidence]:
    return [result("t", SIX, Outcome.FAILURE), result("t", SIX + HOUR, Outcome.ERROR, run="late")]


def test_a_fault_that_could_not_be_checked_again_rests_on_that_try() -> None:
    found = promise_state(T, Change(SIX, FAILED, SIX, "run"), evidence_of_both(), NOON)
    assert found.basis is not None
    assert (found.basis.outcome, found.basis.run_id) == (Outcome.ERROR, "late")
    assert found.began_at == SIX
