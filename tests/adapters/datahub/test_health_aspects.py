"""Health becomes structured properties and runs that DataHub takes."""

from dataclasses import replace
from fractions import Fraction

import pytest
from datahub.metadata.schema_classes import (
    AssertionRunEventClass,
)

from datahub_dataproducts.adapters.datahub.health_aspects import (
    health_properties,
    verdict_run,
)
from datahub_dataproducts.adapters.datahub.links import assertion_link
from datahub_dataproducts.adapters.datahub.property_definitions import PROPERTY_URNS
from datahub_dataproducts.domain.durations import MINUTE, SECOND
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.letters import (
    CorrectedPost,
    HealthPost,
    ObjectivePost,
    RecentUptime,
    VerdictPost,
)
from datahub_dataproducts.domain.objectives import ObjectiveStatus
from datahub_dataproducts.domain.verdicts import Verdict

PREFIX = "urn:li:structuredProperty:io.datahub_dataproducts."


def post(
    *,
    since: int | None = 1_772_521_200_000,
    uptime: Fraction | None = Fraction(2, 3),
    coverage: Fraction | None = Fraction(1),
    reason: str = "Users is out of date.",
) -> HealthPost:
    return HealthPost(
        product="revenue",
        at=1_772_524_800_999,
        health=Health.UNHEALTHY,
        since=since,
        reason=reason,
        uptime=uptime,
        coverage=coverage,
        window=30 * 86_400_000,
    )


MISSED = ObjectivePost(
    status=ObjectiveStatus.EXHAUSTED,
    target=Fraction(99_995, 100_000),
    budget=2 * MINUTE + SECOND,
    remaining=-MINUTE - 1,
)
FULL = replace(
    post(),
    own_uptime=Fraction(99_999, 100_000),
    recent=(
        RecentUptime(days=7, uptime=Fraction(1, 3), corrected=Fraction(1, 2)),
        RecentUptime(days=30, uptime=Fraction(1), corrected=Fraction(1)),
        RecentUptime(days=90, uptime=Fraction(2, 3), corrected=Fraction(2, 3)),
    ),
    objective=MISSED,
    corrected=CorrectedPost(
        uptime=Fraction(1),
        coverage=Fraction(1, 2),
        own_uptime=Fraction(1),
        objective=replace(
            MISSED,
            status=ObjectiveStatus.MEETING,
            budget=2 * MINUTE - 1,
            remaining=2 * MINUTE - 1,
        ),
    ),
)


def shown(letter: HealthPost) -> dict[str, object]:
    properties = health_properties(letter)
    assert all(entry.validate() for entry in properties)
    return {entry.propertyUrn.removeprefix(PREFIX): entry.values[0] for entry in properties}


def verdict(verdict_: Verdict, at: int = 5) -> AssertionRunEventClass:
    letter = VerdictPost(
        assertion="urn:li:assertion:a", dataset="urn:d", at=at, verdict=verdict_, message="late"
    )
    aspect = verdict_run(letter).aspect
    assert isinstance(aspect, AssertionRunEventClass)
    return aspect


def test_the_properties_of_a_product_say_its_health_why_since_when_and_how_often() -> None:
    assert shown(post()) == {
        "health": "UNHEALTHY",
        "health_reason": "Users is out of date.",
        "health_since": "2026-03-03T07:00:00Z",
        "uptime": 66.66,
        "coverage": 100.0,
        "evaluated_at": "2026-03-03T08:00:00Z",
    }


def test_the_objective_and_what_people_know_better_are_shown_rounded_down() -> None:
    properties = shown(FULL)
    assert {name: properties[name] for name in list(properties)[3:]} == {
        "uptime": 66.66,
        "uptime_7d": 33.33,
        "uptime_30d": 100.0,
        "uptime_90d": 66.66,
        "coverage": 100.0,
        "own_uptime": 99.99,
        "objective_status": "exhausted",
        "objective_target": 99.995,
        "error_budget": 2.0,
        "error_budget_left": -1.0,
        "evaluated_at": "2026-03-03T08:00:00Z",
        "uptime_corrected": 100.0,
        "uptime_7d_corrected": 50.0,
        "uptime_30d_corrected": 100.0,
        "uptime_90d_corrected": 66.66,
        "coverage_corrected": 50.0,
        "own_uptime_corrected": 100.0,
        "objective_status_corrected": "meeting",
        "error_budget_corrected": 1.0,
        "error_budget_left_corrected": 1.0,
    }


def test_of_a_window_that_was_hardly_measured_no_budget_is_shown() -> None:
    unmeasured = replace(MISSED, status=ObjectiveStatus.NO_DATA)
    properties = shown(replace(FULL, objective=unmeasured, corrected=None, recent=()))
    assert properties["objective_status"] == "no data"
    assert "error_budget" not in properties
    assert "error_budget_left" not in properties
    assert properties["objective_target"] == 99.995
    assert not any(name.endswith("_corrected") for name in properties)


def test_what_is_unknown_is_left_out() -> None:
    properties = shown(post(since=None, uptime=None, coverage=None))
    assert list(properties) == ["health", "health_reason", "evaluated_at"]


@pytest.mark.parametrize(
    ("ratio", "percent"),
    [
        (Fraction(0), 0.0),
        (Fraction(1, 10**9), 0.01),
        (Fraction(1, 3), 33.33),
        (Fraction(999_999, 1_000_000), 99.99),
        (Fraction(1), 100.0),
    ],
)
def test_only_all_is_a_hundred_percent_and_only_nothing_is_none(
    ratio: Fraction, percent: float
) -> None:
    assert shown(post(uptime=ratio))["uptime"] == percent


def test_a_reason_longer_than_gms_takes_is_cut_between_letters() -> None:
    reason = shown(post(reason="é" * 20_000 + "."))["health_reason"]
    assert isinstance(reason, str)
    assert reason == "é" * 15_000


def test_everything_that_is_posted_is_defined() -> None:
    assert tuple(entry.propertyUrn for entry in health_properties(FULL)) == PROPERTY_URNS


def test_a_verdict_is_a_run_with_the_reason_in_it() -> None:
    run = verdict(Verdict.NOT_MET)
    assert run.validate()
    assert (run.timestampMillis, run.assertionUrn, run.asserteeUrn) == (
        5,
        "urn:li:assertion:a",
        "urn:d",
    )
    assert run.status == "COMPLETE"
    assert run.result is not None
    assert (run.result.type, run.result.nativeResults) == ("FAILURE", {"message": "late"})
    met = verdict(Verdict.MET).result
    assert met is not None
    assert met.type == "SUCCESS"


def test_a_run_links_to_the_page_of_its_assertion_where_people_open_datahub() -> None:
    letter = VerdictPost(
        assertion="urn:li:assertion:a", dataset="urn:d", at=5, verdict=Verdict.MET, message=""
    )
    shown = verdict_run(letter, "https://hub.example.com").aspect
    assert isinstance(shown, AssertionRunEventClass)
    assert shown.result is not None
    link = assertion_link("https://hub.example.com", letter.dataset, letter.assertion)
    assert shown.result.externalUrl == link


def test_one_verdict_is_one_run_however_often_it_is_posted() -> None:
    assert verdict(Verdict.MET).runId == verdict(Verdict.MET).runId
    assert verdict(Verdict.MET).runId != verdict(Verdict.MET, at=6).runId
