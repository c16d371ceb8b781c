"""dbt tests: what DataHub's dbt source tells of the tests in a dbt run, computed without it.

With it dbt's own results are all that is needed to know the past of a product.
"""

from collections.abc import Callable, Iterable, Mapping

from datahub_dataproducts.domain.assertions import Outcome, Result
from datahub_dataproducts.domain.nodes import Node, NodeRun, RunStatus

_TESTED = {
    RunStatus.SUCCESS: Outcome.SUCCESS,
    RunStatus.FAILED: Outcome.FAILURE,
    RunStatus.ERROR: Outcome.ERROR,
}


def results_of_tests(
    nodes: Mapping[str, Node],
    runs: Iterable[NodeRun],
    test_urns: Callable[[Node], Iterable[tuple[str, str]]],
) -> tuple[Result, ...]:
    """A result under every assertion that DataHub keeps a test as, in dbt's order.

    Of a test that was skipped DataHub's dbt source tells nothing; see `dbt_evidence` for those.

    Args:
        nodes: of the manifest, by unique id; a test that is not among them is not told of.
        runs: how nodes ended.
        test_urns: pairs of assertion URN and dataset URN of a test.
    """
    return tuple(
        Result(
            subject=urn,
            at=run.at,
            run_id=run.run_id,
            outcome=_TESTED[run.status],
            message=run.message,
        )
        for run in runs
        if run.status in _TESTED
        and (node := nodes.get(run.unique_id)) is not None
        and node.resource_type == "test"
        for urn, _ in test_urns(node)
    )
