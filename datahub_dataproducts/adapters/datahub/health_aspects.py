"""Health -> what DataHub shows of it: structured properties of the product, runs of assertions.

Pure, and free of audit stamps: the same health gives the same aspects, and DataHub tells no change
where there is none.

Shares and minutes are for people, and rounded down: 99.995 % never reads 100, and no minute of a
budget is shown that is not there. The exact ones are in the letter that is posted.
"""

from fractions import Fraction
from hashlib import sha256

from datahub.emitter.mcp import MetadataChangeProposalWrapper
from datahub.metadata.schema_classes import (
    AssertionResultClass,
    AssertionResultTypeClass,
    AssertionRunEventClass,
    AssertionRunStatusClass,
    StructuredPropertyValueAssignmentClass,
)

from datahub_dataproducts.adapters.datahub.links import assertion_link
from datahub_dataproducts.adapters.datahub.property_definitions import (
    CORRECTED,
    COVERAGE,
    ERROR_BUDGET,
    ERROR_BUDGET_LEFT,
    EVALUATED_AT,
    HEALTH,
    HEALTH_REASON,
    HEALTH_SINCE,
    OBJECTIVE_STATUS,
    OBJECTIVE_TARGET,
    OWN_UPTIME,
    PROPERTY_NAMES,
    RECENT_UPTIMES,
    UPTIME,
)
from datahub_dataproducts.adapters.datahub.urns import structured_property_urn
from datahub_dataproducts.domain.durations import whole_minutes
from datahub_dataproducts.domain.letters import CorrectedPost, HealthPost, VerdictPost
from datahub_dataproducts.domain.objectives import ObjectiveStatus
from datahub_dataproducts.domain.schedules import local_time
from datahub_dataproducts.domain.verdicts import Verdict

# GMS takes 32 766 bytes of text.
_MOST_BYTES = 30_000
_RESULT_TYPES = {
    Verdict.MET: AssertionResultTypeClass.SUCCESS,
    Verdict.NOT_MET: AssertionResultTypeClass.FAILURE,
}


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
        **{f"{name}{CORRECTED}": value for name, value in corrected.items()},
        **_recent(post),
    }
    return tuple(
        StructuredPropertyValueAssignmentClass(
            propertyUrn=structured_property_urn(name), values=[value]
        )
        for name, value in ((name, values.get(name)) for name in PROPERTY_NAMES)
        if value is not None
    )


def verdict_run(post: VerdictPost, frontend: str | None = None) -> MetadataChangeProposalWrapper:
    """The run of an assertion that is evaluated here; the same verdict gives the same run id.

    The verdict is MET or NOT_MET: of what is unknown there is no run. With `frontend`, where people
    open DataHub, the run links to the page of the assertion.
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
                type=_RESULT_TYPES[post.verdict],
                nativeResults={"message": post.message},
                externalUrl=frontend and assertion_link(frontend, post.dataset, post.assertion),
            ),
        ),
    )


def _figures(post: HealthPost | CorrectedPost) -> dict[str, str | float | None]:
    objective = post.objective
    # Of a window that was hardly measured the budget says nothing either.
    judged = objective if objective and objective.status is not ObjectiveStatus.NO_DATA else None
    return {
        UPTIME: _percent(post.uptime),
        COVERAGE: _percent(post.coverage),
        OWN_UPTIME: _percent(post.own_uptime),
        OBJECTIVE_STATUS: objective.status.value if objective else None,
        ERROR_BUDGET: float(whole_minutes(judged.budget)) if judged else None,
        ERROR_BUDGET_LEFT: float(whole_minutes(judged.remaining)) if judged else None,
    }


def _recent(post: HealthPost) -> dict[str, float | None]:
    shown: dict[str, float | None] = {}
    for one in post.recent:
        shown[RECENT_UPTIMES[one.days]] = _percent(one.uptime)
        shown[f"{RECENT_UPTIMES[one.days]}{CORRECTED}"] = _percent(one.corrected)
    return shown


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
