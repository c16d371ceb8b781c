"""Assertion proposals: what our own assertions are, and what dbt's results say of them."""

from collections.abc import Iterable, Iterator

from datahub.metadata.schema_classes import (
    AssertionInfoClass,
    AssertionResultClass,
    AssertionResultSeverityClass,
    AssertionResultTypeClass,
    AssertionRunEventClass,
    AssertionRunStatusClass,
    AssertionSourceClass,
    AssertionSourceTypeClass,
    AssertionTypeClass,
    CustomAssertionInfoClass,
    DataPlatformInstanceClass,
    OperationClass,
    OperationTypeClass,
    StatusClass,
)

from datahub_dataproducts.adapters.datahub.proposals.forms import PLATFORM, Proposal, ours, theirs
from datahub_dataproducts.domain.assertions import (
    Assertion,
    AssertionKind,
    Outcome,
    Result,
    Update,
)
from datahub_dataproducts.domain.dbt_evidence import Run
from datahub_dataproducts.domain.durations import write_duration
from datahub_dataproducts.domain.products import DataProduct

# DataHub asks for its type CUSTOM where a check is evaluated outside; these are its categories.
_CATEGORIES = {AssertionKind.FRESHNESS: "Freshness", AssertionKind.BUILD: "Build"}
_RESULTS = {
    Outcome.SUCCESS: (AssertionResultTypeClass.SUCCESS, None),
    Outcome.FAILURE: (AssertionResultTypeClass.FAILURE, AssertionResultSeverityClass.HIGH),
    Outcome.FAILURE_LOW: (AssertionResultTypeClass.FAILURE, AssertionResultSeverityClass.LOW),
    Outcome.ERROR: (AssertionResultTypeClass.ERROR, None),
}
_SKIPPED = "could not run: what it needs was not built"


def assertion_proposals(products: Iterable[DataProduct]) -> Iterator[Proposal]:
    """Our own assertions: freshness and builds. dbt's tests are its source's to describe."""
    own = {
        assertion.urn: (product, assertion)
        for product in products
        for assertion in product.assertions
        if assertion.kind in _CATEGORIES
    }
    for urn, (product, assertion) in sorted(own.items()):
        yield ours(urn, _info(product, assertion))
        yield ours(urn, DataPlatformInstanceClass(platform=PLATFORM))
        yield ours(urn, StatusClass(removed=False))


def run_proposals(runs: Iterable[Run], own: frozenset[str]) -> Iterator[Proposal]:
    """Results as run events; `own` are the URNs of our assertions, the others are dbt's."""
    for run in runs:
        urn = run.result.subject
        make = ours if urn in own else theirs
        yield make(urn, _run_event(run.result, run.dataset))


def update_proposals(updates: Iterable[Update]) -> Iterator[Proposal]:
    """Updates as operations on datasets, at the time the data changed."""
    for update in updates:
        yield theirs(
            update.subject,
            OperationClass(
                timestampMillis=update.at,
                lastUpdatedTimestamp=update.at,
                operationType=OperationTypeClass.UPDATE,
                customProperties={"dbt_invocation_id": update.run_id} if update.run_id else None,
            ),
        )


def own_urns(products: Iterable[DataProduct]) -> frozenset[str]:
    """URNs of our own assertions."""
    return frozenset(
        assertion.urn
        for product in products
        for assertion in product.assertions
        if assertion.kind in _CATEGORIES
    )


def _info(product: DataProduct, assertion: Assertion) -> AssertionInfoClass:
    words = {
        "product": product.id,
        "impact": assertion.impact.value,
        "expect_every": _silence(assertion),
        "dbt_unique_id": assertion.node,
    }
    return AssertionInfoClass(
        type=AssertionTypeClass.CUSTOM,
        customAssertion=CustomAssertionInfoClass(
            type=_CATEGORIES[assertion.kind], entity=assertion.asset
        ),
        source=AssertionSourceClass(type=AssertionSourceTypeClass.EXTERNAL),
        description=f"{assertion.asset_name} {assertion.promise}",
        customProperties={name: text for name, text in words.items() if text},
    )


def _silence(assertion: Assertion) -> str:
    if assertion.freshness is not None:
        return ""
    return "never" if assertion.expect_every is None else write_duration(assertion.expect_every)


def _run_event(result: Result, dataset: str) -> AssertionRunEventClass:
    type_, severity = _RESULTS[result.outcome]
    message = result.message or (_SKIPPED if result.outcome is Outcome.ERROR else "")
    return AssertionRunEventClass(
        timestampMillis=result.at,
        assertionUrn=result.subject,
        asserteeUrn=dataset,
        runId=result.run_id,
        status=AssertionRunStatusClass.COMPLETE,
        result=AssertionResultClass(
            type=type_,
            severity=severity,
            nativeResults={"message": message} if message else None,
        ),
    )
