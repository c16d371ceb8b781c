from datahub_dataproducts.domain.assertions import Outcome, Result
from datahub_dataproducts.domain.dbt_tests import results_of_tests
from datahub_dataproducts.domain.nodes import NodeRun, RunStatus
from tests.dbt_projects import dbt_test, model

ORDERS = model("orders")
UNIQUE = dbt_test("unique", ORDERS)
NODES = {node.unique_id: node for node in (ORDERS, UNIQUE)}


def run(status: RunStatus, unique_id: str = UNIQUE.unique_id) -> NodeRun:
    return NodeRun(unique_id=unique_id, status=status, at=7, run_id="r", message="m")


def outcomes(*runs: NodeRun) -> list[tuple[str, Outcome]]:
    made = results_of_tests(NODES, runs, lambda _: (("urn:a", "x"), ("urn:b", "y")))
    return [(result.subject, result.outcome) for result in made]


def test_a_test_is_told_under_every_assertion_that_datahub_keeps_it_as() -> None:
    assert outcomes(run(RunStatus.FAILED)) == [
        ("urn:a", Outcome.FAILURE),
        ("urn:b", Outcome.FAILURE),
    ]
    (result,) = results_of_tests(NODES, [run(RunStatus.SUCCESS)], lambda _: (("urn:a", "x"),))
    assert result == Result(subject="urn:a", at=7, run_id="r", outcome=Outcome.SUCCESS, message="m")


def test_a_test_that_could_not_run_is_an_error_and_no_failure() -> None:
    assert {outcome for _, outcome in outcomes(run(RunStatus.ERROR))} == {Outcome.ERROR}


def test_of_skipped_tests_of_models_and_of_what_is_not_in_the_manifest_nothing_is_told() -> None:
    assert outcomes(run(RunStatus.SKIPPED)) == []
    assert outcomes(run(RunStatus.SUCCESS, ORDERS.unique_id)) == []
    assert outcomes(run(RunStatus.SUCCESS, "test.shop.gone")) == []
