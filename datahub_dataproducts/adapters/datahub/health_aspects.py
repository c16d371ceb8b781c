"""Health -> what DataHub shows of it: structured properties of the product, runs of assertions.

Pure, and free of audit stamps: the same health gives the same aspects, and DataHub tells no change
where there is none. A data product has no health of its own in DataHub, so structured properties
carry it, the first as a badge. Search folds `.` and `_` together: no two names may differ by that.

Shares and minutes are for people, and rounded down: 99.995 % never reads 100, and no minute of a
budget is shown that is not there. The exact ones are in the letter that is posted.
"""

from collections.abc import Mapping
from fractions import Fraction
from hashlib import sha256

from datahub.emitter.mcp import MetadataChangeProposalWrapper
from datahub.metadata.schema_classes import (
    AssertionResultClass,
    AssertionResultTypeClass,
    AssertionRunEventClass,
    AssertionRunStatusClass,
    PropertyValueClass,
    StructuredPropertyDefinitionClass,
    StructuredPropertySettingsClass,
    StructuredPropertyValueAssignmentClass,
)

from datahub_dataproducts.adapters.datahub.urns import structured_property_urn
from datahub_dataproducts.domain.durations import MINUTE
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.letters import CorrectedPost, HealthPost, VerdictPost
from datahub_dataproducts.domain.objectives import ObjectiveStatus
from datahub_dataproducts.domain.schedules import local_time
from datahub_dataproducts.domain.verdicts import Verdict

_NAMESPACE = "io.datahub_dataproducts"
HEALTH = f"{_NAMESPACE}.health"
HEALTH_REASON = f"{_NAMESPACE}.health_reason"
HEALTH_SINCE = f"{_NAMESPACE}.health_since"
UPTIME = f"{_NAMESPACE}.uptime"
COVERAGE = f"{_NAMESPACE}.coverage"
OWN_UPTIME = f"{_NAMESPACE}.own_uptime"
OBJECTIVE_STATUS = f"{_NAMESPACE}.objective_status"
OBJECTIVE_TARGET = f"{_NAMESPACE}.objective_target"
ERROR_BUDGET = f"{_NAMESPACE}.error_budget"
ERROR_BUDGET_LEFT = f"{_NAMESPACE}.error_budget_left"
EVALUATED_AT = f"{_NAMESPACE}.evaluated_at"
_CORRECTED = "_corrected"

_STRING = "urn:li:dataType:datahub.string"
_NUMBER = "urn:li:dataType:datahub.number"
_DATA_PRODUCT = "urn:li:entityType:datahub.dataProduct"
# Name, display name, type, description; DataHub's date has no time of day, so instants are text.
_DEFINITIONS = (
    (HEALTH, "Health", _STRING, "Whether the product keeps its promises now."),
    (HEALTH_REASON, "Health: reason", _STRING, "Why the health is what it is, in plain words."),
    (HEALTH_SINCE, "Health: since", _STRING, "Since when it has been so (UTC)."),
    (UPTIME, "Uptime (%)", _NUMBER, "Good time as a share of the time that was measured."),
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
_CORRECTABLE = (UPTIME, COVERAGE, OWN_UPTIME, OBJECTIVE_STATUS, ERROR_BUDGET, ERROR_BUDGET_LEFT)
_ALL_DEFINITIONS = (
    *_DEFINITIONS,
    *(
        (
            f"{name}{_CORRECTED}",
            f"{title}, corrected",
            value_type,
            f"{description} {_KNOWN_BETTER}",
        )
        for name, title, value_type, description in _DEFINITIONS
        if name in _CORRECTABLE
    ),
)
_FILTERS = frozenset({HEALTH, OBJECTIVE_STATUS, f"{OBJECTIVE_STATUS}{_CORRECTED}"})
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
# GMS takes 32 766 bytes of text.
_MOST_BYTES = 30_000
_RESULT_TYPES = {
    Verdict.MET: AssertionResultTypeClass.SUCCESS,
    Verdict.NOT_MET: AssertionResultTypeClass.FAILURE,
}

PROPERTY_URNS = tuple(structured_property_urn(name) for name, *_ in _ALL_DEFINITIONS)
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


def health_properties(post: HealthPost) -> tuple[StructuredPropertyValueAssignmentClass, ...]:
    """Our properties of the product, in the order of `PROPERTY_URNS`; what is unknown is left out."""
    measured = _figures(post)
    corrected = _figures(post.corrected) if post.corrected else {}
    target = post.objective.target if post.objective else None
    values: dict[str, str | float | None] = {
        HEALTH: post.health.value,
        HEALTH_REASON: _bounded(post.reason),
        HEALTH_SINCE: None if post.since is None else _utc(post.since),
        **measured,
        # Not rounded: it was written by hand.
        OBJECTIVE_TARGET: None if target is None else float(target * 100),
        EVALUATED_AT: _utc(post.at),
        **{f"{name}{_CORRECTED}": value for name, value in corrected.items()},
    }
    return tuple(
        StructuredPropertyValueAssignmentClass(
            propertyUrn=structured_property_urn(name), values=[value]
        )
        for name, value in ((name, values.get(name)) for name, *_ in _ALL_DEFINITIONS)
        if value is not None
    )


def verdict_run(post: VerdictPost) -> MetadataChangeProposalWrapper:
    """The run of an assertion that is evaluated here; the same verdict gives the same run id.

    The verdict is MET or NOT_MET: of what is unknown there is no run.
    """
    run_id = sha256(f"{post.assertion}@{post.at}".encode()).hexdigest()[:32]
    return MetadataChangeProposalWrapper(
        entityUrn=post.assertion,
        aspect=AssertionRunEventClass(
            timestampMillis=post.at,
            runId=f"data-products-{run_id}",
            assertionUrn=post.assertion,
            asserteeUrn=post.dataset,
            status=AssertionRunStatusClass.COMPLETE,
            result=AssertionResultClass(
                type=_RESULT_TYPES[post.verdict], nativeResults={"message": post.message}
            ),
        ),
    )


def is_shown(wanted: object, present: object) -> bool:
    """True when an aspect, as plain values, says all that another wants; a server may add to it."""
    if isinstance(wanted, dict) and isinstance(present, dict):
        return all(is_shown(value, present.get(key)) for key, value in wanted.items())
    if isinstance(wanted, list) and isinstance(present, list):
        same_length = len(wanted) == len(present)
        return same_length and all(map(is_shown, wanted, present))
    return wanted == present


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


def _figures(post: HealthPost | CorrectedPost) -> dict[str, str | float | None]:
    objective = post.objective
    # Of a window that was hardly measured the budget says nothing either.
    judged = objective if objective and objective.status is not ObjectiveStatus.NO_DATA else None
    return {
        UPTIME: _percent(post.uptime),
        COVERAGE: _percent(post.coverage),
        OWN_UPTIME: _percent(post.own_uptime),
        OBJECTIVE_STATUS: objective.status.value if objective else None,
        ERROR_BUDGET: float(judged.budget // MINUTE) if judged else None,
        ERROR_BUDGET_LEFT: float(judged.remaining // MINUTE) if judged else None,
    }


def _percent(ratio: Fraction | None) -> float | None:
    """Percent with two decimals, rounded down; only nothing is 0."""
    if ratio is None:
        return None
    hundredths = int(ratio * 10_000)
    return max(hundredths, 1 if ratio else 0) / 100


def _bounded(text: str) -> str:
    return text.encode()[:_MOST_BYTES].decode(errors="ignore")


def _utc(instant: int) -> str:
    return local_time(instant, "UTC").isoformat(timespec="seconds").replace("+00:00", "Z")
