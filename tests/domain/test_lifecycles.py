"""Products go through their stages one way, and rest on what is at a stage to rest on."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.domain.lifecycles import (
    review_access,
    review_moves,
    review_stages_of_inputs,
)
from datahub_dataproducts.domain.products import Lifecycle
from datahub_dataproducts.domain.rules import DEFAULT_RULES, DEFAULT_STAGES, Rules, Stage
from tests.submissions import by_id, by_urn, lines, model, place, submission, table, wrong

stages = st.sampled_from(Lifecycle)
STUCK = Rules(stages=dict.fromkeys(Lifecycle, Stage(moves=frozenset(), deletable=False)))


def moved(before: Lifecycle, after: Lifecycle, rules: Rules = DEFAULT_RULES) -> list[str]:
    one = submission("a", lifecycle=after, places={"lifecycle": place(7)})
    return lines(review_moves({"a": before}, [one.document], rules))


@pytest.mark.parametrize(
    ("way", "told"),
    [
        ("proposed development live deprecated retired development live", ""),
        ("proposed live deprecated live", ""),
        ("development proposed retired proposed", ""),
        ("live development", "from live it may go to deprecated"),
        ("live retired", "from live it may go to deprecated"),
        ("retired live", "from retired it may go to proposed or development"),
        ("deprecated development", "from deprecated it may go to live or retired"),
        (
            "development deprecated",
            "from development it may go to proposed, live or retired",
        ),
    ],
)
def test_the_default_ways_through_life(way: str, told: str) -> None:
    steps = [Lifecycle(word) for word in way.split()]
    found = [line for a, b in pairwise(steps) for line in moved(a, b)]
    prefix = f"p.yml:7:3: error[forbidden-move]: the product goes from {way.replace(' ', ' to ')}"
    assert found == ([f"{prefix}, which is not allowed; {told}"] if told else [])


def test_where_no_way_is_allowed_the_remedy_says_so() -> None:
    (line,) = moved(Lifecycle.LIVE, Lifecycle.DEPRECATED, STUCK)
    assert line.endswith("; leave it live, or let the policy allow more")


@given(stages, stages)
def test_what_is_new_may_begin_anywhere_and_what_stays_may_stay(
    before: Lifecycle, after: Lifecycle
) -> None:
    one = submission("a", lifecycle=after)
    assert review_moves({}, [one.document], STUCK) == []
    assert moved(after, after, STUCK) == []
    assert review_moves({"a": before}, [wrong(one).document], STUCK) == []


@pytest.mark.parametrize(
    ("stage", "remedy"),
    [
        (Lifecycle.PROPOSED, None),
        (Lifecycle.DEVELOPMENT, None),
        (Lifecycle.RETIRED, None),
        (Lifecycle.LIVE, "put it back as deprecated, then retired; its file may go after that"),
        (Lifecycle.DEPRECATED, "put it back as retired; its file may go after that"),
    ],
)
def test_what_people_rely_on_is_not_deleted(stage: Lifecycle, remedy: str | None) -> None:
    found = review_moves({"a": stage}, [], DEFAULT_RULES)
    expected = (
        f'error[deleted-too-early]: the product "a" was {stage.value}, and now it is gone: those who '
        f"rely on it were not told; {remedy}"
    )
    assert lines(found) == ([expected] if remedy else [])
    assert [p.product for p in found] == (["a"] if remedy else [])
    assert review_moves({"a": stage}, [], DEFAULT_RULES, all_read=False) == []


def test_where_nothing_may_be_deleted_it_is_put_back() -> None:
    (problem,) = review_moves({"a": Lifecycle.LIVE}, [], STUCK)
    assert problem.remedy == "put it back"


def test_ids_may_be_written_as_urns() -> None:
    one = submission("urn:li:dataProduct:a", lifecycle=Lifecycle.RETIRED)
    assert len(review_moves({"a": Lifecycle.LIVE}, [one.document], DEFAULT_RULES)) == 1


@pytest.mark.parametrize(
    ("user", "used", "words"),
    [
        (Lifecycle.LIVE, Lifecycle.LIVE, ""),
        (
            Lifecycle.LIVE,
            Lifecycle.PROPOSED,
            "it is only proposed: there may be nothing behind it yet",
        ),
        (
            Lifecycle.LIVE,
            Lifecycle.DEVELOPMENT,
            "it is in development: it may change, and nobody is told when it breaks",
        ),
        (Lifecycle.LIVE, Lifecycle.DEPRECATED, "it is deprecated: it will go"),
        (Lifecycle.DEVELOPMENT, Lifecycle.DEVELOPMENT, ""),
        (
            Lifecycle.DEVELOPMENT,
            Lifecycle.RETIRED,
            "it is retired: nobody looks after it any more",
        ),
        (Lifecycle.RETIRED, Lifecycle.PROPOSED, ""),
        (Lifecycle.DEPRECATED, Lifecycle.DEPRECATED, ""),
    ],
)
def test_an_input_is_at_a_stage_to_rest_on(user: Lifecycle, used: Lifecycle, words: str) -> None:
    products = by_id(
        submission("a", inputs=["b", "gone"], lifecycle=user), submission("b", lifecycle=used)
    )
    found = lines(review_stages_of_inputs(products, DEFAULT_RULES))
    assert [line.split("; take an input")[0] for line in found] == (
        [
            (
                f"p.yml:20:3: warning[input-of-other-stage]: a {user.value} product should not rest on "
                f'the input "b": {words}'
            )
        ]
        if words
        else []
    )


def test_the_remedy_names_the_stages_that_will_do() -> None:
    products = by_id(
        submission("a", inputs=["b"], lifecycle=Lifecycle.DEPRECATED),
        submission("b", lifecycle=Lifecycle.RETIRED),
    )
    (problem,) = review_stages_of_inputs(products, DEFAULT_RULES)
    assert problem.remedy == "take an input that is live or deprecated"
    nowhere = replace(DEFAULT_STAGES[Lifecycle.DEPRECATED], inputs=frozenset())
    (problem,) = review_stages_of_inputs(products, Rules(stages=dict.fromkeys(Lifecycle, nowhere)))
    assert problem.remedy == "take it out"


def test_a_private_model_is_no_output_port() -> None:
    ports = (table("fct", 6, access="private"), by_urn("urn:li:chart:(x,1)"), table("dim"))
    assert lines(review_access([submission("a", ports=ports)], {})) == [
        (
            "p.yml:6:3: warning[private-port]: the output port fct is private in dbt: only its own "
            "group may read it; set `access: public` on the model, or take it out of `output_ports`"
        )
    ]


def test_a_protected_model_is_told_only_where_the_project_says_what_is_public() -> None:
    product = submission(
        "a", ports=(table("fct", 6, access="protected"), table("b", access="public"))
    )
    nodes = {"model.shop.b": model("b", access="public")}
    assert review_access([product], {"model.shop.c": model("c", access="protected")}) == []
    (line,) = lines(review_access([product], nodes))
    assert line.startswith(
        "p.yml:6:3: warning[protected-port]: the output port fct is protected in dbt: other dbt "
        "projects cannot read it, as they can the public models of this one; "
    )
