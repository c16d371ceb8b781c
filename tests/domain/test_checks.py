"""All checks together say what each of them says, under the rules of the team."""

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.domain import checks
from datahub_dataproducts.domain.checks import check
from datahub_dataproducts.domain.durations import DAY, HOUR
from datahub_dataproducts.domain.problems import Problem, ProblemSeverity
from datahub_dataproducts.domain.products import Lifecycle
from datahub_dataproducts.domain.rules import CHECKS, DEFAULT_RULES, Rules
from datahub_dataproducts.domain.submissions import Submission
from tests.submissions import age, by_urn, due, model, promised, submission, table, wrong

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


def test_inputs_in_a_cycle_say_nothing_of_what_can_be_promised() -> None:
    early, late = table("early"), table("late")
    a = submission("a", promised(early, due("08:00")), inputs=["b"], target="99.9")
    b = submission("b", promised(late, due("09:00")), inputs=["a"], target="99")
    c = submission("c", promised(table("c"), due("07:00")), inputs=["a"], target="99.95")
    codes = ["deadline-before-input", "target-above-inputs"]
    assert sorted((p.product, p.code) for p in problems(a, b, c)) == [("c", x) for x in codes]
    open_ended = submission("b", promised(late, due("09:00")), target="99")
    told = sorted((p.product, p.code) for p in problems(a, open_ended))
    assert told == [("a", x) for x in codes]


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


ids = st.sampled_from(["a", "A", "b", "shop", "\u00e9"])
names = st.sampled_from(["fct", "dim", "Fct"])
rules_ = st.one_of(
    st.none(),
    st.sampled_from([HOUR, DAY, 40 * HOUR]).map(age),
    st.builds(
        due,
        st.sampled_from(["08:00", "09:00 17:00", "23:30", "02:30"]),
        st.sampled_from(["MON-FRI", "SUN", "MON-SUN"]),
        st.sampled_from(["UTC", "Europe/Amsterdam", "Pacific/Auckland"]),
        st.sampled_from([None, HOUR, 50 * HOUR]),
    ),
)
NODES = {
    node.unique_id: node
    for node in (model("fct", depends_on=("model.shop.dim",), access="public"), model("dim"))
}


@st.composite
def any_submission(draw: st.DrawFn, line: int) -> Submission:
    """A product that may be named, promise and use anything; each stands at a place of its own."""
    assets = [
        table(
            name,
            line,
            urn=f"urn:li:dataset:{name.lower()}",
            access=draw(st.sampled_from(["", "private"])),
        )
        for name in draw(st.lists(names, max_size=3))
    ]
    promises = [
        promised(table(name), draw(rules_), line, build=draw(st.booleans()))
        for name in draw(st.lists(names, max_size=3))
    ]
    made = submission(
        draw(ids),
        *promises,
        inputs=draw(st.lists(ids, max_size=3)),
        target=draw(st.sampled_from(["", "90", "99.9"])),
        ports=assets[:1],
        assets=assets,
        lifecycle=draw(st.sampled_from(Lifecycle)),
        name=draw(st.none() | st.just("Shop")),
        parent=draw(st.none() | ids),
        file=f"{line}.yml",
    )
    return wrong(made) if draw(st.integers(0, 4)) == 0 else made


@given(
    st.tuples(*(any_submission(line=n) for n in range(4))),
    st.permutations(range(4)),
    st.dictionaries(ids, st.sampled_from(Lifecycle)),
)
def test_whatever_there_is_the_same_is_told_in_any_order_and_can_be_chosen(
    submissions: tuple[Submission, ...], order: list[int], before: dict[str, Lifecycle]
) -> None:
    def told(chosen: Sequence[Submission], rules: Rules = DEFAULT_RULES) -> list[Problem]:
        observed = {"model.shop.fct": [0, DAY, 3 * DAY]}
        found = check(chosen, NODES, rules, before=before, observed=observed, all_read=True)
        return sorted(found, key=str)

    problems_ = told(submissions)
    assert told([submissions[n] for n in order]) == problems_
    assert {problem.code for problem in problems_} <= CHECKS
    assert all(p.location is not None for p in problems_ if p.code != "deleted-too-early")
    assert all(p.remedy and not p.message.endswith(".") for p in problems_)
    assert told(submissions, Rules(severities=dict.fromkeys(CHECKS))) == []
