"""What our structured properties are, and how DataHub shows them; what others add to them stays.

A data product has no health of its own in DataHub, so structured properties carry it, the first as
a badge. Search folds `.` and `_` together: no two names may differ by that.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from datahub.emitter.mcp import MetadataChangeProposalWrapper
from datahub.metadata.schema_classes import (
    PropertyValueClass,
    StructuredPropertyDefinitionClass,
    StructuredPropertySettingsClass,
)

from datahub_dataproducts.adapters.datahub.urns import structured_property_urn
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.objectives import ObjectiveStatus

_NAMESPACE = "io.datahub_dataproducts"
HEALTH = f"{_NAMESPACE}.health"
HEALTH_REASON = f"{_NAMESPACE}.health_reason"
HEALTH_SINCE = f"{_NAMESPACE}.health_since"
UPTIME = f"{_NAMESPACE}.uptime"
COVERAGE = f"{_NAMESPACE}.coverage"
RECENT_UPTIMES = {days: f"{_NAMESPACE}.uptime_{days}d" for days in (7, 30, 90)}
OWN_UPTIME = f"{_NAMESPACE}.own_uptime"
OBJECTIVE_STATUS = f"{_NAMESPACE}.objective_status"
OBJECTIVE_TARGET = f"{_NAMESPACE}.objective_target"
ERROR_BUDGET = f"{_NAMESPACE}.error_budget"
ERROR_BUDGET_LEFT = f"{_NAMESPACE}.error_budget_left"
EVALUATED_AT = f"{_NAMESPACE}.evaluated_at"
CORRECTED = "_corrected"

_STRING = "urn:li:dataType:datahub.string"
_NUMBER = "urn:li:dataType:datahub.number"
_DATA_PRODUCT = "urn:li:entityType:datahub.dataProduct"
# Name, display name, type, description; DataHub's date has no time of day, so instants are text.
_DEFINITIONS = (
    (HEALTH, "Health", _STRING, "Whether the product keeps its promises now."),
    (HEALTH_REASON, "Health: reason", _STRING, "Why the health is what it is, in plain words."),
    (HEALTH_SINCE, "Health: since", _STRING, "Since when it has been so (UTC)."),
    (UPTIME, "Uptime (%)", _NUMBER, "Good time as a share of the time that was measured."),
    *(
        (name, f"Uptime, {days} days (%)", _NUMBER, f"As the uptime, over the last {days} days.")
        for days, name in RECENT_UPTIMES.items()
    ),
    (COVERAGE, "Coverage (%)", _NUMBER, "Share of the window in which health was measured."),
    (
        OWN_UPTIME,
        "Own uptime (%)",
        _NUMBER,
        "As the uptime, but on the product's own promises alone, as if it used no other product.",
    ),
    (
        OBJECTIVE_STATUS,
        "Objective",
        _STRING,
        "How the objective for the uptime stands, over the window of the objective.",
    ),
    (
        OBJECTIVE_TARGET,
        "Objective: target (%)",
        _NUMBER,
        "How much of the measured time the product is to be good.",
    ),
    (
        ERROR_BUDGET,
        "Error budget (minutes)",
        _NUMBER,
        "How much bad time the objective allows in the time that was measured.",
    ),
    (
        ERROR_BUDGET_LEFT,
        "Error budget left (minutes)",
        _NUMBER,
        "What is left of the error budget; below zero, more was bad than the objective allows.",
    ),
    (EVALUATED_AT, "Health: evaluated at", _STRING, "When the health was evaluated last (UTC)."),
)
_KNOWN_BETTER = "As people know better than the evidence; empty where they corrected nothing."
_CORRECTABLE = (
    UPTIME,
    *RECENT_UPTIMES.values(),
    COVERAGE,
    OWN_UPTIME,
    OBJECTIVE_STATUS,
    ERROR_BUDGET,
    ERROR_BUDGET_LEFT,
)
_ALL_DEFINITIONS = (
    *_DEFINITIONS,
    *(
        (
            f"{name}{CORRECTED}",
            f"{title}, corrected",
            value_type,
            f"{description} {_KNOWN_BETTER}",
        )
        for name, title, value_type, description in _DEFINITIONS
        if name in _CORRECTABLE
    ),
)
_FILTERS = frozenset({HEALTH, OBJECTIVE_STATUS, f"{OBJECTIVE_STATUS}{CORRECTED}"})
# The badge shows the description of its value when pointed at.
_HEALTHS = {
    Health.UNHEALTHY: "A promise that matters is broken: do not rely on it until it recovers.",
    Health.UNKNOWN: "Not measured: results are missing, so nobody can say whether it is good.",
    Health.AT_RISK: "Usable, but something that may break it needs attention.",
    Health.HEALTHY: "All promises are kept.",
}
_STATUSES = {
    ObjectiveStatus.MEETING: "A quarter of the error budget or more is left.",
    ObjectiveStatus.AT_RISK: "Less than a quarter of the error budget is left.",
    ObjectiveStatus.EXHAUSTED: "Nothing of the error budget is left.",
    ObjectiveStatus.NO_DATA: "Too little of the window was measured to say anything of it.",
}

PROPERTY_NAMES = tuple(name for name, *_ in _ALL_DEFINITIONS)
"""Their qualified names, in the order in which they are shown."""

PROPERTY_URNS = tuple(structured_property_urn(name) for name in PROPERTY_NAMES)
"""All structured properties that are ours; on a product no other is touched."""


def structured_property_definitions() -> tuple[MetadataChangeProposalWrapper, ...]:
    """What the properties are (`propertyDefinition`), and after each how it is shown (settings).

    GMS takes the settings of a badge only once: write them where they differ, and only there.
    """
    proposals: list[MetadataChangeProposalWrapper] = []
    for name, title, value_type, description in _ALL_DEFINITIONS:
        urn = structured_property_urn(name)
        definition = StructuredPropertyDefinitionClass(
            qualifiedName=name,
            displayName=title,
            valueType=value_type,
            entityTypes=[_DATA_PRODUCT],
            description=description,
            allowedValues=_allowed_values(name),
            cardinality="SINGLE",
            immutable=False,
        )
        settings = StructuredPropertySettingsClass(
            isHidden=False,
            showInSearchFilters=name in _FILTERS,
            showInAssetSummary=True,
            hideInAssetSummaryWhenEmpty=True,
            showAsAssetBadge=name == HEALTH,
            showInColumnsTable=False,
        )
        proposals += [
            MetadataChangeProposalWrapper(entityUrn=urn, aspect=definition),
            MetadataChangeProposalWrapper(entityUrn=urn, aspect=settings),
        ]
    return tuple(proposals)


def is_shown(wanted: object, present: object) -> bool:
    """True when an aspect, as plain values, says all that another wants; anybody may add to it."""
    if isinstance(wanted, Mapping) and isinstance(present, Mapping):
        return all(is_shown(value, present.get(key)) for key, value in wanted.items())
    if isinstance(wanted, list) and isinstance(present, list):
        return all(any(is_shown(one, other) for other in present) for one in wanted)
    return wanted == present


def completed(wanted: Mapping[str, Any], present: Mapping[str, Any]) -> dict[str, Any]:
    """What is wanted, with all that others have added: no value or entity type is taken away.

    GMS refuses a definition without a value that was allowed before.
    """
    both = {**present, **wanted}
    for name, values in wanted.items():
        if isinstance(values, list):
            both[name] = [*values, *_added(values, present.get(name) or ())]
    return both


def _added(wanted: Sequence[Any], present: Sequence[Any]) -> list[Any]:
    known = [_identity(one) for one in wanted]
    return [one for one in present if _identity(one) not in known]


def _identity(one: Any) -> Any:
    """An allowed value is the same with another description."""
    return one["value"] if isinstance(one, Mapping) else one


def _allowed_values(name: str) -> list[PropertyValueClass] | None:
    described: Mapping[Health, str] | Mapping[ObjectiveStatus, str]
    if name == HEALTH:
        described = _HEALTHS
    elif name in _FILTERS:
        described = _STATUSES
    else:
        return None
    return [
        PropertyValueClass(value=value.value, description=description)
        for value, description in described.items()
    ]
