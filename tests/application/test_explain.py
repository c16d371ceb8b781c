"""The health of one product, explained from what the store holds."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datahub_dataproducts.application.check import check
from datahub_dataproducts.application.explain import NotThere, explain
from datahub_dataproducts.application.report import report
from datahub_dataproducts.domain.assertions import (
    Deadline,
    Evidence,
    Impact,
    MaxAge,
    Outcome,
)
from datahub_dataproducts.domain.corrections import CorrectionKind
from datahub_dataproducts.domain.durations import DAY
from datahub_dataproducts.domain.explanation_words import (
    say_corrections,
    say_generation,
    say_health,
    say_inputs,
    say_next_turn,
    say_remedies,
    say_since,
    say_verdict,
    say_way,
)
from datahub_dataproducts.domain.explanations import Explanation
from datahub_dataproducts.domain.gates import Answer, GateRule
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.products import DataProduct, Input
from datahub_dataproducts.domain.schedules import Schedule
from tests.application.stories import Story, otherwise_on_record
from tests.builders import (
    AMSTERDAM,
    at,
    checked,
    correction,
    freshness_assertion,
    product,
    result,
    update,
)
from tests.strategies import BEGIN, GRID, LENGTH, catalogs, histories_of_evidence

GATE = GateRule(require=Health.HEALTHY)
ANSWERS = {
    Health.UNHEALTHY: Answer.NOT_AS_REQUIRED,
    Health.UNKNOWN: Answer.CANNOT_TELL,
    Health.AT_RISK: Answer.NOT_AS_REQUIRED,
    Health.HEALTHY: Answer.AS_REQUIRED,
}
DAILY = Deadline(schedule=Schedule(times=(480,), timezone=AMSTERDAM))
USERS = product(
    "users",
    freshness_assertion("dim_users", DAILY),
    checked("t", expect_every=3 * DAY),
    checked("never", impact=Impact.WARNING),
)
REVENUE = product("revenue", checked("r"), inputs=(Input(product="users"),))


@pytest.fixture
def story(tmp_path: Path) -> Story:
    here = Story(tmp_path, [USERS, REVENUE])
    here.hear(
        update("dim_users", at("2026-03-02 06:00")),
        result("t", at("2026-03-02 06:00"), run="monday"),
        result("r", at("2026-03-02 06:10"), run="monday"),
        result("r", at("2026-03-03 06:00"), run="tuesday"),
        update("dim_users", at("2026-03-03 10:40")),
    )
    return here


def explained(story: Story, id_: str, when: str, zone: str = AMSTERDAM) -> Explanation:
    found = explain(story.store, id_, at(when), zone)
    assert isinstance(found, Explanation)
    return found


def test_on_a_holiday_the_promise_says_that_it_is_one(tmp_path: Path) -> None:
    but_for = replace(DAILY, schedule=replace(DAILY.schedule, holidays=(date(2026, 3, 3),)))
    here = Story(tmp_path, [product("users", freshness_assertion("dim_users", but_for))])
    here.hear(update("dim_users", at("2026-03-02 06:00")))
    on_it, after = (explained(here, "users", f"2026-03-0{day} 07:00") for day in (3, 4))
    said = [
        say_verdict(found.states[0].promises[0], found.at, AMSTERDAM) for found in (on_it, after)
    ]
    assert said == [
        (
            "kept: the last update came yesterday at 06:00; enough until Wed 4 Mar at 08:00; "
            "2026-03-03 is one of its holidays"
        ),
        "kept: the last update came on Mon 2 Mar at 06:00; enough until today at 08:00",
    ]


def test_a_bad_moment_is_told_down_to_the_evidence(story: Story) -> None:
    found = explained(story, "revenue", "2026-03-03 09:00")
    assert say_health(found).startswith(
        "Revenue is unhealthy because its input Users is out of date: dim_users was last updated "
        "on Mon 2 Mar at 06:00, and the promise is that it is updated every day by 08:00 Europe/Amsterdam."
    )
    assert say_since(found) == "It was so today from 08:00 to 10:40, for 2 h 40 min."
    assert [say_way(found, cause) for cause in found.assessment.causes] == [
        (
            "Revenue > Users > dim_users > is updated every day by 08:00 Europe/Amsterdam > "
            "broken since today at 08:00: the last update came yesterday at 06:00"
        )
    ]
    assert say_remedies(found) == ("in Users: an update of dim_users",)
    assert say_next_turn(found) == (
        "Without another result, it will not be known from Thu 5 Mar at 06:00 on "
        "whether fct of Users passes t."
    )
    assert [state.product.id for state in found.states] == ["revenue", "users"]
    assert say_inputs(found, found.state) == (
        "It uses Users (required), which makes it unhealthy.",
    )


def test_a_moment_that_was_corrected_says_so_with_who_knows_better_and_why(story: Story) -> None:
    known = correction(CorrectionKind.PLANNED_WORK, "2026-03-03 08:00", "2026-03-03 10:00")
    own = replace(known, product="revenue")
    story.define(
        replace(USERS, corrections=(known,)),
        replace(REVENUE, corrections=(own,)),
        when="2026-03-04 00:00",
    )
    said = "2026-03-03 08:00 to 2026-03-03 10:00, planned work, not measured: as known (ana)"
    found = explained(story, "revenue", "2026-03-03 09:00")
    assert say_corrections(found) == (f"Corrected: Revenue {said}", f"Corrected: Users {said}")
    assert found.state.health is Health.UNHEALTHY, "what was measured stays"
    assert explained(story, "revenue", "2026-03-03 07:59").corrections == ()
    assert explained(story, "revenue", "2026-03-03 10:00").corrections == ()


def test_a_healthy_moment_says_what_time_breaks_next(story: Story) -> None:
    found = explained(story, "users", "2026-03-03 12:00")
    assert say_health(found) == "Users is healthy. Note that fct has not been checked yet."
    assert say_since(found) == "It has been so since today at 10:40, for 1 h 20 min."
    assert say_remedies(found) == ()
    assert say_next_turn(found) == (
        "Without an update, dim_users will be out of date on Wed 4 Mar at 08:00."
    )


def test_each_promise_rests_on_its_latest_evidence(story: Story) -> None:
    found = explained(story, "revenue", "2026-03-03 12:00")
    rests = {
        promise.assertion.urn.rpartition(":")[2]: promise.basis
        and (promise.basis.at, promise.basis.run_id)
        for state in found.states
        for promise in state.promises
    }
    assert rests == {
        "r": (at("2026-03-03 06:00"), "tuesday"),
        "fresh-dim_users": (at("2026-03-03 10:40"), ""),
        "t": (at("2026-03-02 06:00"), "monday"),
        "never": None,
    }


def test_all_is_told_in_the_time_zone_asked_for(story: Story) -> None:
    found = explained(story, "revenue", "2026-03-03 09:00", "Asia/Kathmandu")
    assert "dim_users was last updated on Mon 2 Mar at 10:45" in say_health(found)


def test_deadlines_count_although_nobody_looked_at_the_clock(story: Story) -> None:
    found = explained(story, "users", "2026-03-04 09:00")
    assert (found.state.health, found.state.since) == (Health.UNHEALTHY, at("2026-03-04 08:00"))
    assert say_next_turn(found) != ""
    long_after = explained(story, "users", "2026-03-20 09:00")
    assert say_next_turn(long_after) == ""


def test_before_anything_was_heard_that_is_what_is_said(story: Story) -> None:
    found = explained(story, "revenue", "2026-03-01 12:00")
    assert say_since(found) == "Nothing had been heard of it, or of what it uses."
    assert found.ended_at is None
    assert say_remedies(found) == (
        "a first passing result of r in fct",
        "in Users: a first update of dim_users",
        "in Users: a first passing result of t in fct",
    )
    assert say_inputs(found, found.state) == (
        "It uses Users (required), of which it is not known whether it is healthy.",
    )


# Generations.


def test_since_when_promises_hold_is_told_of_the_moment(story: Story) -> None:
    story.define(product("users", checked("t")), REVENUE, when="2026-03-05 00:00")
    before = explained(story, "users", "2026-03-03 12:00")
    assert (before.state.generation, before.state.promised_since) == (1, None)
    assert len(before.state.promises) == 3
    after = explained(story, "users", "2026-03-05 12:00")
    assert len(after.state.promises) == 1
    said = [say_generation(one.state, one.at, AMSTERDAM) for one in (before, after)]
    assert said == [
        "Its promises hold from the beginning (definition 1).",
        "Its promises hold since today at 00:00 (definition 2).",
    ]


def test_evidence_that_came_after_the_promise_had_changed_is_judged_by_that_of_its_time(
    tmp_path: Path,
) -> None:
    here = Story(tmp_path, [product("users", checked("t"))])
    here.hear(result("t", at("2026-03-02 06:00"), run="in time"))
    here.define(product("users", checked("t", expect_every=DAY)), when="2026-03-05 00:00")
    late = result("t", at("2026-03-03 06:00"), Outcome.FAILURE, run="late")
    here.hear(late, when="2026-03-05 06:00")
    (promise,) = explained(here, "users", "2026-03-04 12:00").state.promises
    assert promise.does is Health.UNHEALTHY
    assert promise.basis is not None
    assert (promise.basis.run_id, promise.expires_at) == ("late", None)


def test_a_verdict_that_later_evidence_does_not_make_rests_on_what_it_began_with(
    tmp_path: Path,
) -> None:
    here = Story(tmp_path, [product("users", checked("t"))])
    here.hear(result("t", at("2026-03-02 06:00"), Outcome.FAILURE, run="monday"))
    here.hear(result("t", at("2026-03-03 06:00"), run="tuesday"))
    with here.store.transaction() as book:
        (held,) = book.changes("users", at("2026-03-02 06:00")).values()
        # So may a store have it that was written before late results were judged by old promises.
        book.put_changes("users", "urn:li:assertion:t", held[0].at, held[:1])
    (promise,) = explained(here, "users", "2026-03-03 12:00").state.promises
    assert promise.does is Health.UNHEALTHY
    assert promise.basis is not None
    assert promise.basis.run_id == "monday"


def test_evidence_that_gave_way_is_no_basis_even_when_the_promise_has_changed(
    tmp_path: Path,
) -> None:
    here = Story(tmp_path, [product("users", checked("t"))])
    here.hear(result("t", at("2026-03-02 06:00"), run="r", provisional=True))
    here.define(product("users", checked("t", expect_every=DAY)), when="2026-03-05 00:00")
    firm = result("t", at("2026-03-02 07:00"), Outcome.FAILURE, run="r")
    here.hear(firm, when="2026-03-05 06:00")
    found = explained(here, "users", "2026-03-04 12:00").state
    (promise,) = found.promises
    assert promise.basis is not None
    assert (promise.basis.at, promise.began_at) == (firm.at, firm.at)
    assert found.history_from == firm.at


def test_a_product_that_promises_nothing_needs_a_promise(tmp_path: Path) -> None:
    found = explained(Story(tmp_path, [product("empty")]), "empty", "2026-03-03 12:00")
    assert say_remedies(found) == ("a promise: a contract of its own, or an input that has one",)
    assert say_generation(found.state, found.at, AMSTERDAM) == (
        "It promises nothing itself (definition 1)."
    )


def test_what_nothing_is_known_of_needs_something_to_be_known(tmp_path: Path) -> None:
    warned = product("users", checked("t", impact=Impact.WARNING))
    found = explained(Story(tmp_path, [warned]), "users", "2026-03-03 12:00")
    assert say_remedies(found) == ("a first result of something it promises or uses",)


# Inputs.


def test_an_optional_input_and_one_that_promises_nothing_are_told_as_what_they_pass_on(
    tmp_path: Path,
) -> None:
    uses = (
        Input(product="users", required=False),
        Input(product="empty"),
        Input(product="good"),
        Input(product="unknown"),
    )
    revenue = product("revenue", inputs=uses)
    here = Story(
        tmp_path,
        [revenue, product("users", checked("t")), product("empty"), product("good", checked("g"))],
    )
    here.hear(
        result("t", at("2026-03-02 06:00"), Outcome.FAILURE), result("g", at("2026-03-02 06:00"))
    )
    found = explained(here, "revenue", "2026-03-03 12:00")
    assert say_inputs(found, found.state) == (
        "It uses Users (optional), which puts it at risk.",
        "It uses Empty (required), which passes nothing on.",
        "It uses Good (required), which is healthy.",
    )


def test_of_a_product_that_depends_on_itself_no_input_is_told(tmp_path: Path) -> None:
    one = product("one", checked("t"), inputs=(Input(product="two"),))
    two = product("two", checked("u"), inputs=(Input(product="one"),))
    found = explained(Story(tmp_path, [one, two]), "one", "2026-03-03 12:00")
    assert [state.product.id for state in found.states] == ["one"]
    assert "because it depends on itself" in say_health(found)


def test_what_time_breaks_first_is_told_of_several(tmp_path: Path) -> None:
    fresh = freshness_assertion("x", MaxAge(age=DAY))
    built = product("p", checked("t", expect_every=DAY), fresh)
    here = Story(tmp_path, [built])
    here.hear(result("t", at("2026-03-02 06:00")))
    assert say_next_turn(explained(here, "p", "2026-03-02 12:00")) == (
        "Without another result, it will not be known from Tue 3 Mar at 06:00 on whether fct passes t."
    )


# What is not there.


def test_a_product_nobody_knows_is_not_there(story: Story) -> None:
    assert explain(story.store, "userz", at("2026-03-03 12:00"), "UTC") == NotThere(
        product="userz", known=("revenue", "users"), is_gone=False
    )


def test_a_product_that_is_no_more_is_explained_while_it_was(story: Story) -> None:
    story.define(REVENUE, when="2026-03-05 00:00")
    assert explained(story, "users", "2026-03-03 12:00").state.health is Health.HEALTHY
    gone = explain(story.store, "users", at("2026-03-06 00:00"), "UTC")
    assert isinstance(gone, NotThere)
    assert gone.is_gone


def test_a_time_a_product_was_away_is_not_explained(story: Story) -> None:
    story.define(REVENUE, when="2026-03-05 00:00")
    story.define(REVENUE, USERS, when="2026-03-07 00:00")
    away = explain(story.store, "users", at("2026-03-06 00:00"), AMSTERDAM)
    assert isinstance(away, NotThere)
    assert away.is_gone


def test_what_no_verdict_on_record_explains_is_told_without_causes(story: Story) -> None:
    otherwise_on_record(story, "users", "2026-03-03 12:00")
    found = explained(story, "users", "2026-03-03 18:00")
    assert not found.is_explained
    assert say_health(found) == (
        "It is not known whether Users is healthy; the causes of that time are not known."
    )
    assert say_remedies(found) == ()


def test_an_input_that_came_later_is_no_input_of_the_time_before(tmp_path: Path) -> None:
    uses = product("revenue", checked("r"), inputs=(Input(product="users"),))
    here = Story(tmp_path, [uses])
    here.hear(result("r", at("2026-03-02 06:00")))
    here.define(uses, product("users", checked("t")), when="2026-03-04 00:00")
    then, now = (explained(here, "revenue", f"2026-03-0{day} 12:00") for day in (3, 4))
    assert [state.product.id for state in then.states] == ["revenue"]
    assert (then.state.health, then.is_explained) == (Health.HEALTHY, True)
    assert [state.product.id for state in now.states] == ["revenue", "users"]
    assert (now.state.health, now.is_explained) == (Health.UNKNOWN, True)


# The same as `status`.


@settings(max_examples=25)
@given(
    catalogs(), histories_of_evidence, st.lists(st.integers(0, 4 * LENGTH), min_size=1, max_size=4)
)
def test_health_since_explanation_and_gate_are_those_of_the_report_at_any_moment(
    made: list[DataProduct], heard: list[Evidence], moments: list[int]
) -> None:
    with TemporaryDirectory() as folder:
        story = Story(Path(folder), made)
        for piece in heard:
            now = max(piece.at, at("2026-03-01 00:00"))
            story.tracker.record(piece, now)
        for moment in moments:
            when = BEGIN + moment * GRID // 4
            for one in report(story.store, when, None):
                found = explain(story.store, one.product.id, when, AMSTERDAM)
                assert isinstance(found, Explanation)
                said = found.state
                assert (said.health, said.since, said.history_from) == (
                    one.health,
                    one.since,
                    one.history_from,
                )
                assert say_health(found) == one.explanation
                (gate,) = check(story.store, [one.product.id], when, GATE, AMSTERDAM)
                assert gate.answer is ANSWERS[one.health]
        story.store.close()
