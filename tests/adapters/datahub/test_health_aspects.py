"""Health becomes structured properties and runs that DataHub takes."""

from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest
from datahub.metadata.schema_classes import (
    AssertionRunEventClass,
    StructuredPropertyDefinitionClass,
    StructuredPropertySettingsClass,
)

from datahub_dataproducts.adapters.datahub.health_aspects import (
    HEALTH,
    OBJECTIVE_STATUS,
    PROPERTY_URNS,
    health_properties,
    is_shown,
    structured_property_definitions,
    verdict_run,
)
from datahub_dataproducts.domain.durations import MINUTE, SECOND
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.letters import (
    CorrectedPost,
    HealthPost,
    ObjectivePost,
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
    reason: str = "Users is not fresh.",
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


def definitions() -> list[StructuredPropertyDefinitionClass]:
    aspects = [proposal.aspect for proposal in structured_property_definitions()]
    return [a for a in aspects if isinstance(a, StructuredPropertyDefinitionClass)]


def settings() -> list[StructuredPropertySettingsClass]:
    aspects = [proposal.aspect for proposal in structured_property_definitions()]
    return [a for a in aspects if isinstance(a, StructuredPropertySettingsClass)]


def test_the_properties_of_a_product_say_its_health_why_since_when_and_how_often() -> None:
    assert shown(post()) == {
        "health": "UNHEALTHY",
        "health_reason": "Users is not fresh.",
        "health_since": "2026-03-03T07:00:00Z",
        "uptime": 66.66,
        "coverage": 100.0,
        "evaluated_at": "2026-03-03T08:00:00Z",
    }


def test_the_objective_and_what_people_know_better_are_shown_rounded_down() -> None:
    properties = shown(FULL)
    assert {name: properties[name] for name in list(properties)[3:]} == {
        "uptime": 66.66,
        "coverage": 100.0,
        "own_uptime": 99.99,
        "objective_status": "exhausted",
        "objective_target": 99.995,
        "error_budget": 2.0,
        "error_budget_left": -2.0,
        "evaluated_at": "2026-03-03T08:00:00Z",
        "uptime_corrected": 100.0,
        "coverage_corrected": 50.0,
        "own_uptime_corrected": 100.0,
        "objective_status_corrected": "meeting",
        "error_budget_corrected": 1.0,
        "error_budget_left_corrected": 1.0,
    }


def test_of_a_window_that_was_hardly_measured_no_budget_is_shown() -> None:
    unmeasured = replace(MISSED, status=ObjectiveStatus.NO_DATA)
    properties = shown(replace(FULL, objective=unmeasured, corrected=None))
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


def test_every_property_has_a_definition_then_settings_and_is_for_data_products() -> None:
    proposals = structured_property_definitions()
    assert [p.aspectName for p in proposals] == [
        "propertyDefinition",
        "structuredPropertySettings",
    ] * len(PROPERTY_URNS)
    assert [p.entityUrn for p in proposals[::2]] == list(PROPERTY_URNS)
    assert all(p.validate() for p in proposals)
    for definition in definitions():
        assert definition.entityTypes == ["urn:li:entityType:datahub.dataProduct"]
        assert definition.description
        assert f"urn:li:structuredProperty:{definition.qualifiedName}" in PROPERTY_URNS


def test_everything_that_is_posted_is_defined() -> None:
    assert tuple(entry.propertyUrn for entry in health_properties(FULL)) == PROPERTY_URNS


def test_health_alone_is_the_badge_and_every_health_explains_itself() -> None:
    badges = [
        d.qualifiedName
        for d, s in zip(definitions(), settings(), strict=True)
        if s.showAsAssetBadge
    ]
    assert badges == [HEALTH]
    allowed = {d.qualifiedName: d.allowedValues for d in definitions() if d.allowedValues}
    assert [value.value for value in allowed[HEALTH]] == [health.value for health in Health]
    assert all(value.description for values in allowed.values() for value in values)


def test_an_objective_has_a_word_of_its_own_for_each_way_it_may_stand() -> None:
    allowed = {d.qualifiedName: d.allowedValues for d in definitions() if d.allowedValues}
    words = {status.value for status in ObjectiveStatus}
    for name in (OBJECTIVE_STATUS, f"{OBJECTIVE_STATUS}_corrected"):
        assert {value.value for value in allowed[name]} == words
    filters = {
        d.qualifiedName
        for d, s in zip(definitions(), settings(), strict=True)
        if s.showInSearchFilters
    }
    assert filters == allowed.keys()


def test_no_two_names_are_one_to_the_search_index_that_folds_dots_and_underscores() -> None:
    folded = Counter(definition.qualifiedName.replace(".", "_") for definition in definitions())
    assert max(folded.values()) == 1


def test_nothing_hidden_is_displayed() -> None:
    assert not any(setting.isHidden for setting in settings())


def test_the_same_definitions_come_out_every_time() -> None:
    first, second = structured_property_definitions(), structured_property_definitions()
    assert [p.to_obj() for p in first] == [p.to_obj() for p in second]


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


def test_one_verdict_is_one_run_however_often_it_is_posted() -> None:
    assert verdict(Verdict.MET).runId == verdict(Verdict.MET).runId
    assert verdict(Verdict.MET).runId != verdict(Verdict.MET, at=6).runId


@pytest.mark.parametrize(
    ("present", "shown_"),
    [
        ({"a": 1, "b": [{"c": 2}]}, True),
        ({"a": 1, "b": [{"c": 2, "more": 3}], "lastModified": {}}, True),
        ({"a": 1, "b": []}, False),
        ({"a": 1, "b": [{"c": 3}]}, False),
        ({"b": [{"c": 2}]}, False),
        (None, False),
    ],
)
def test_what_a_server_adds_is_no_difference(present: object, shown_: bool) -> None:
    assert is_shown({"a": 1, "b": [{"c": 2}]}, present) is shown_
