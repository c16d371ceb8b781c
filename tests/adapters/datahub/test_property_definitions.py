"""The definitions of our structured properties: what DataHub takes, and what people added to them."""

from collections import Counter
from typing import Any

import pytest
from datahub.metadata.schema_classes import (
    StructuredPropertyDefinitionClass,
    StructuredPropertySettingsClass,
)

from datahub_dataproducts.adapters.datahub.property_definitions import (
    HEALTH,
    OBJECTIVE_STATUS,
    PROPERTY_URNS,
    completed,
    is_shown,
    structured_property_definitions,
)
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.objectives import ObjectiveStatus


def definitions() -> list[StructuredPropertyDefinitionClass]:
    aspects = [proposal.aspect for proposal in structured_property_definitions()]
    return [a for a in aspects if isinstance(a, StructuredPropertyDefinitionClass)]


def settings() -> list[StructuredPropertySettingsClass]:
    aspects = [proposal.aspect for proposal in structured_property_definitions()]
    return [a for a in aspects if isinstance(a, StructuredPropertySettingsClass)]


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


@pytest.mark.parametrize(
    ("present", "shown_"),
    [
        ({"a": 1, "b": [{"c": 2}]}, True),
        ({"a": 1, "b": [{"c": 2, "more": 3}], "lastModified": {}}, True),
        ({"a": 1, "b": [{"c": 9}, {"c": 2}]}, True),
        ({"a": 1, "b": []}, False),
        ({"a": 1, "b": [{"c": 3}]}, False),
        ({"b": [{"c": 2}]}, False),
        (None, False),
    ],
)
def test_what_anybody_adds_is_no_difference(present: object, shown_: bool) -> None:
    assert is_shown({"a": 1, "b": [{"c": 2}]}, present) is shown_


def test_completing_takes_nothing_away_and_gives_a_value_its_newest_description() -> None:
    wanted: dict[str, Any] = {
        "name": "new",
        "allowed": [{"value": "a", "description": "new"}, {"value": "b"}],
        "types": ["x"],
    }
    present: dict[str, Any] = {
        "name": "old",
        "version": "20261122000000",
        "allowed": [{"value": "theirs"}, {"value": "a", "description": "old"}],
        "types": ["y", "x"],
    }
    both = completed(wanted, present)
    assert both == {
        "name": "new",
        "version": "20261122000000",
        "allowed": [{"value": "a", "description": "new"}, {"value": "b"}, {"value": "theirs"}],
        "types": ["x", "y"],
    }
    assert is_shown(wanted, both)
    assert completed(wanted, both) == both


def test_what_is_not_there_yet_is_completed_by_nothing() -> None:
    assert completed({"allowed": ["a"]}, {}) == {"allowed": ["a"]}
