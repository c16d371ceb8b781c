"""The health of all products at any moment, from what the store holds."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from datahub_dataproducts.application.report import ProductStatus, report
from datahub_dataproducts.domain.assertions import Impact, Outcome
from datahub_dataproducts.domain.corrections import CorrectionKind
from datahub_dataproducts.domain.durations import DAY, HOUR
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.objectives import ObjectiveStatus
from datahub_dataproducts.domain.products import DataProduct, Input, Objective
from datahub_dataproducts.domain.timelines import Tally
from tests.application.stories import Stories, Story, otherwise_on_record
from tests.builders import at, checked, correction, product, result

USERS = product("users", checked("t"))
REVENUE = product("revenue", inputs=(Input(product="users"),))


@pytest.fixture
def story(tmp_path: Path) -> Stories:
    def begin(*products: DataProduct) -> Story:
        here = Story(tmp_path, products)
        here.hear(
            result("t", at("2026-03-02 06:00")),
            result("t", at("2026-03-03 06:00"), Outcome.FAILURE),
            result("t", at("2026-03-04 06:00")),
        )
        return here

    return begin


def reported(story: Story, when: str, window: int | None = None) -> dict[str, ProductStatus]:
    return {s.product.id: s for s in report(story.store, at(when), window)}


def test_a_past_moment_is_told_as_it_was(story: Stories) -> None:
    then = reported(story(USERS, REVENUE), "2026-03-03 12:00")["revenue"]
    assert (then.health, then.since) == (Health.UNHEALTHY, at("2026-03-03 06:00"))
    assert then.because == "its input Users fails a check"
    assert then.explanation.startswith(
        "Revenue is unhealthy because its input Users fails a check: the promise is that fct "
        "passes t, and the check of that failed on Tue 3 Mar at 06:00"
    )
    assert then.history_from == at("2026-03-02 06:00")
    assert then.figures == Tally(good=DAY, bad=6 * HOUR, unknown=0)


def test_now_is_told_with_the_figures_of_the_whole_history(story: Stories) -> None:
    now = reported(story(USERS, REVENUE), "2026-03-05 06:00")["revenue"]
    assert (now.health, now.since, now.because) == (Health.HEALTHY, at("2026-03-04 06:00"), "")
    assert now.figures == Tally(good=2 * DAY, bad=DAY, unknown=0)


def test_figures_over_a_window_leave_out_what_was_before(story: Stories) -> None:
    now = reported(story(USERS, REVENUE), "2026-03-05 06:00", 36 * HOUR)["users"]
    assert now.figures == Tally(good=DAY, bad=12 * HOUR, unknown=0)


def test_corrected_figures_stand_beside_those_measured_and_health_is_as_measured(
    story: Stories,
) -> None:
    known = correction(CorrectionKind.PLANNED_WORK, "2026-03-03 06:00", "2026-03-03 18:00")
    here = story(replace(USERS, corrections=(known,)), REVENUE)
    then = reported(here, "2026-03-03 12:00")
    assert then["users"].health is Health.UNHEALTHY
    assert then["users"].figures == Tally(good=DAY, bad=6 * HOUR, unknown=0)
    assert then["users"].corrected.experienced == Tally(good=DAY, bad=0, unknown=6 * HOUR)
    assert then["users"].corrections == (known,)
    # What a dependent went through is for its own team to say.
    assert then["revenue"].corrected.experienced == then["revenue"].figures


def test_before_the_first_evidence_nothing_is_known(story: Stories) -> None:
    before = reported(story(USERS, REVENUE), "2026-03-01 12:00")["revenue"]
    assert (before.health, before.since, before.history_from) == (Health.UNKNOWN, None, None)
    assert before.figures == Tally(good=0, bad=0, unknown=0)


def test_products_are_told_by_id_and_those_without_promises_too(story: Stories) -> None:
    found = report(story(USERS, REVENUE, product("empty")).store, at("2026-03-05 06:00"), None)
    assert [(s.product.id, s.health) for s in found] == [
        ("empty", Health.UNKNOWN),
        ("revenue", Health.HEALTHY),
        ("users", Health.HEALTHY),
    ]


def test_an_empty_store_has_nothing_to_tell(tmp_path: Path) -> None:
    assert report(Story(tmp_path, ()).store, at("2026-03-05 06:00"), None) == []


# Objectives.


def test_an_objective_is_judged_over_its_own_window_whatever_the_figures_are_of(
    story: Stories,
) -> None:
    # The day of 3 March was bad; of ten days at 95 % half a day may be.
    aim = Objective(target=Fraction(95, 100), window=10 * DAY)
    here = story(replace(USERS, objective=aim), REVENUE)
    then = reported(here, "2026-03-03 06:00", HOUR)["users"].objective
    assert then is not None
    assert (then.status, then.remaining) == (ObjectiveStatus.MEETING, DAY // 20)
    now = reported(here, "2026-03-12 06:00", HOUR)["users"].objective
    assert now is not None
    assert now.tally == Tally(good=9 * DAY, bad=DAY, unknown=0)
    assert (now.status, now.budget, now.remaining) == (
        ObjectiveStatus.EXHAUSTED,
        DAY // 2,
        -DAY // 2,
    )
    assert reported(here, "2026-03-12 06:00")["revenue"].objective is None


# By the promises of the time.

PROMISES_MORE = product("users", checked("t"), checked("t2"))


def test_a_promise_made_later_does_not_judge_the_time_before(story: Stories) -> None:
    here = story(USERS, REVENUE)
    here.define(PROMISES_MORE, REVENUE, when="2026-03-05 00:00")
    before = reported(here, "2026-03-02 12:00")
    for id_ in ("users", "revenue"):
        assert (before[id_].health, before[id_].because) == (Health.HEALTHY, "")
        assert before[id_].explanation == f"{id_.capitalize()} is healthy."
        assert before[id_].since == at("2026-03-02 06:00")
    after = reported(here, "2026-03-05 12:00")["users"]
    assert (after.health, after.since) == (Health.UNKNOWN, at("2026-03-05 00:00"))
    assert after.because == "fct has not been checked yet"


def test_a_product_that_is_no_more_is_told_of_the_time_when_it_was(story: Stories) -> None:
    here = story(USERS, REVENUE)
    here.define(REVENUE, when="2026-03-05 00:00")
    then = reported(here, "2026-03-03 12:00")
    assert then["users"].health is Health.UNHEALTHY
    assert then["revenue"].because == "its input Users fails a check"
    assert set(reported(here, "2026-03-05 00:00")) == {"revenue"}
    assert reported(here, "2026-03-02 00:00")["users"].history_from is None


def test_a_product_that_was_away_is_not_told_of_that_time(story: Stories) -> None:
    here = story(USERS, REVENUE)
    here.define(REVENUE, when="2026-03-05 00:00")
    here.define(REVENUE, USERS, when="2026-03-07 00:00")
    assert set(reported(here, "2026-03-06 00:00")) == {"revenue"}
    assert set(reported(here, "2026-03-07 00:00")) == {"revenue", "users"}


def test_what_no_verdict_on_record_explains_is_told_as_recorded(story: Stories) -> None:
    here = story(USERS)
    otherwise_on_record(here, "users", "2026-03-05 00:00")
    then = reported(here, "2026-03-06 00:00")["users"]
    assert (then.health, then.since) == (Health.UNKNOWN, at("2026-03-05 00:00"))
    assert then.because == "the causes of that time are not known"
    assert then.explanation == (
        "It is not known whether Users is healthy; the causes of that time are not known."
    )
    assert then.not_known == ""


# What is its own, and what is not known.


def test_figures_are_told_of_its_own_promises_too(story: Stories) -> None:
    built = product("revenue", checked("built"), inputs=(Input(product="users"),))
    here = story(USERS, built)
    here.hear(result("built", at("2026-03-04 12:00")))
    now = reported(here, "2026-03-05 06:00", DAY)["revenue"]
    assert now.own == Tally(good=18 * HOUR, bad=0, unknown=6 * HOUR)
    assert reported(here, "2026-03-04 00:00", 12 * HOUR)["revenue"].figures == Tally(
        good=0, bad=12 * HOUR, unknown=0
    )


def test_a_warning_without_a_verdict_is_told_of_a_healthy_product(story: Stories) -> None:
    warned = product("users", checked("t"), checked("never", impact=Impact.WARNING))
    now = reported(story(warned), "2026-03-05 06:00")["users"]
    assert (now.health, now.because) == (Health.HEALTHY, "")
    assert now.not_known == "Note that fct has not been checked yet."
    assert now.explanation == f"Users is healthy. {now.not_known}"


# Beside the action.


def test_while_the_action_writes_its_store_is_read_at_once(story: Stories) -> None:
    here = story(USERS, REVENUE)
    with here.store.transaction() as book:
        book.set_aside("it is ahead of the clock", "", 0)
        assert reported(here, "2026-03-05 06:00")["users"].health is Health.HEALTHY
    assert here.store.set_aside_count() == 1


def test_time_that_passed_since_the_action_stopped_counts_and_is_not_written(
    tmp_path: Path,
) -> None:
    here = Story(tmp_path, [product("users", checked("t", expect_every=DAY))])
    here.hear(result("t", at("2026-03-02 06:00")))
    [now] = report(here.store, at("2026-03-04 06:00"), None)
    assert (now.health, now.since) == (Health.UNKNOWN, at("2026-03-03 06:00"))
    assert now.figures == Tally(good=DAY, bad=0, unknown=DAY)
    assert here.steps("users") == [(at("2026-03-02 06:00"), Health.HEALTHY)]
