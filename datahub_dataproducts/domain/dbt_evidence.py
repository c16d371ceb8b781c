"""dbt evidence: what dbt's own run results and source loads say about the promises of products.

DataHub's dbt source tells neither that a model failed nor that a test was skipped for it, so a
broken build would look healthy. These results and updates close that gap.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from datahub_dataproducts.domain.assertions import (
    Assertion,
    AssertionKind,
    Outcome,
    Result,
    Update,
)
from datahub_dataproducts.domain.nodes import Node, NodeRun, RunStatus, SourceLoad
from datahub_dataproducts.domain.products import DataProduct

_BUILT = {
    RunStatus.SUCCESS: Outcome.SUCCESS,
    RunStatus.FAILED: Outcome.FAILURE,
    RunStatus.ERROR: Outcome.FAILURE,
    RunStatus.SKIPPED: Outcome.ERROR,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """A result to report in the catalog, with the URN of the dataset it is about."""

    result: Result
    dataset: str


def runs_to_report(
    products: Iterable[DataProduct],
    runs: Iterable[NodeRun],
    test_urns: Callable[[str], Iterable[tuple[str, str]]],
) -> tuple[Run, ...]:
    """Results of promised builds, and an ERROR for each promised test that was skipped.

    A skipped test is told under every assertion DataHub keeps it as: `test_urns` gives pairs of
    assertion URN and dataset URN for dbt's unique id of a test.
    """
    promised = _by_node(products)
    told: dict[tuple[str, int, str], Run] = {}
    for run in runs:
        for assertion in promised.get(run.unique_id, ()):
            for urn, dataset, outcome in _outcomes(assertion, run, test_urns):
                result = Result(
                    subject=urn,
                    at=run.at,
                    run_id=run.run_id,
                    outcome=outcome,
                    message=run.message,
                )
                told[urn, run.at, run.run_id] = Run(result=result, dataset=dataset)
    return tuple(told[key] for key in sorted(told))


def updates_to_report(
    products: Iterable[DataProduct],
    nodes: dict[str, Node],
    runs: Iterable[NodeRun],
    loads: Iterable[SourceLoad],
) -> tuple[Update, ...]:
    """Updates of the assets under a freshness promise that is evaluated here.

    A successful build of a node that moves data is one, and so is the load time that a source's
    freshness result carries. A source that is missing from those results is not measured.
    """
    watched: dict[str, set[str]] = defaultdict(set)
    for product in products:
        for assertion in product.assertions:
            if assertion.kind is AssertionKind.FRESHNESS and assertion.node:
                watched[assertion.node].add(assertion.asset)
    moved = [(load.unique_id, load.loaded_at, load.run_id) for load in loads]
    for run in runs:
        node = nodes.get(run.unique_id)
        if node is not None and node.moves_data and run.status is RunStatus.SUCCESS:
            moved.append((run.unique_id, run.at, run.run_id))
    told = {
        Update(subject=asset, at=at, run_id=run_id)
        for unique_id, at, run_id in moved
        for asset in watched.get(unique_id, ())
    }
    return tuple(sorted(told, key=lambda u: (u.subject, u.at, u.run_id)))


def _by_node(products: Iterable[DataProduct]) -> dict[str, list[Assertion]]:
    promised: dict[str, list[Assertion]] = defaultdict(list)
    for product in products:
        for assertion in product.assertions:
            if assertion.node and assertion.kind in {AssertionKind.BUILD, AssertionKind.TESTS}:
                promised[assertion.node].append(assertion)
    return promised


def _outcomes(
    assertion: Assertion,
    run: NodeRun,
    test_urns: Callable[[str], Iterable[tuple[str, str]]],
) -> Iterable[tuple[str, str, Outcome]]:
    if assertion.kind is AssertionKind.BUILD:
        yield assertion.urn, assertion.asset, _BUILT[run.status]
    elif run.status is RunStatus.SKIPPED:
        for urn, dataset in test_urns(run.unique_id):
            yield urn, dataset, Outcome.ERROR
