"""All checks together say what each of them says, under the rules of the team."""

import ast
from collections.abc import Iterator
from pathlib import Path

from datahub_dataproducts.domain import checks
from datahub_dataproducts.domain.checks import check
from datahub_dataproducts.domain.durations import DAY
from datahub_dataproducts.domain.problems import Problem, ProblemSeverity
from datahub_dataproducts.domain.products import Lifecycle
from datahub_dataproducts.domain.rules import CHECKS, DEFAULT_RULES, Rules
from datahub_dataproducts.domain.submissions import Submission
from tests.submissions import age, by_urn, due, promised, submission, table, wrong

MODULES = ("feasibility", "timeliness", "silences", "coverage", "lifecycles", "sharing", "limits")


def codes_told() -> Iterator[str]:
    """The words in the checks' modules that have the form of a code."""
    folder = Path(checks.__file__).parent
    for module in MODULES:
        for node in ast.walk(ast.parse((folder / f"{module}.py").read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                word = node.value
                if "-" in word and word.replace("-", "").isalpha() and word == word.lower():
                    yield word


def problems(
    *submissions: Submission, rules: Rules = DEFAULT_RULES, **fields: object
) -> list[Problem]:
    given = {"before": None, "observed": {}, "all_read": True, **fields}
    return check(submissions, {}, rules, **given)  # type: ignore[arg-type]


def test_the_codes_that_may_be_chosen_are_those_the_checks_tell() -> None:
    assert set(codes_told()) == CHECKS


def test_every_check_runs() -> None:
    port = table("fct", access="private")
    shop = submission(
        "shop",
        promised(port, due("08:00")),
        inputs=["gone"],
        ports=(port,),
        assets=(port, by_urn("urn:li:tag:x")),
        lifecycle=Lifecycle.LIVE,
        target="99.9",
    )
    gone = submission(
        "gone",
        promised(table("x"), due("09:00")),
        assets=(port,),
        lifecycle=Lifecycle.RETIRED,
        target="99",
    )
    told = problems(
        shop,
        gone,
        submission("slow", promised(table("slow"), age(1))),
        before={"shop": Lifecycle.RETIRED, "other": Lifecycle.LIVE},
        observed={"model.shop.slow": (0, DAY)},
    )
    assert {problem.code for problem in told} == {
        "age-below-cadence",
        "asset-in-several-products",
        "asset-of-wrong-type",
        "deadline-before-input",
        "deleted-too-early",
        "forbidden-move",
        "input-of-other-stage",
        "missing-contract",
        "missing-owner",
        "missing-runbook",
        "private-port",
        "target-above-inputs",
    }


def test_of_what_is_wrong_by_its_form_only_what_is_not_given_is_told() -> None:
    shop = submission("é", assets=(by_urn("urn:li:tag:x"),), lifecycle=Lifecycle.LIVE)
    assert {problem.code for problem in problems(wrong(shop))} == {
        "missing-contract",
        "missing-owner",
        "missing-runbook",
    }


def test_a_team_may_turn_a_check_off() -> None:
    rules = Rules(severities={"unsafe-urn": None, "asset-of-wrong-type": ProblemSeverity.ERROR})
    shop = submission("é", assets=(by_urn("urn:li:tag:x"),))
    assert [(p.code, p.is_error) for p in problems(shop, rules=rules)] == [
        ("asset-of-wrong-type", True)
    ]


def test_moves_are_looked_at_only_where_there_is_something_to_compare_with() -> None:
    before = {"a": Lifecycle.LIVE}
    assert problems() == []
    assert [p.code for p in problems(before=before)] == ["deleted-too-early"]
    assert problems(before=before, all_read=False) == []
