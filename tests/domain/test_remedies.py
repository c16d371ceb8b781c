"""What would heal a product."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.domain.assertions import Assertion, Impact
from datahub_dataproducts.domain.health import Assessment, Health, Standstill, assess, effect
from datahub_dataproducts.domain.portfolio import portfolio_of
from datahub_dataproducts.domain.product_states import (
    ProductState,
    PromiseState,
    input_states,
    promise_state,
)
from datahub_dataproducts.domain.products import DataProduct, Input
from datahub_dataproducts.domain.remedies import remedies
from datahub_dataproducts.domain.verdicts import NEVER_RAN, Change, Judgement, Reason, Verdict
from tests.builders import at, checked, product
from tests.strategies import catalogs

NOON = at("2026-03-03 12:00")
SIX = at("2026-03-03 06:00")
MET = Judgement(Verdict.MET, Reason.PASSED)
FAILED = Judgement(Verdict.NOT_MET, Reason.FAILED)
BROKEN = Judgement(Verdict.UNKNOWN, Reason.CHECK_BROKEN)
LOW = Judgement(Verdict.NOT_MET, Reason.FAILED, low=True)


def states_of(
    products: list[DataProduct], said: dict[tuple[str, str], Judgement], first: str
) -> tuple[dict[str, ProductState], Assessment]:
    """The product and what it uses, as they would be explained, and how it is judged."""
    portfolio = portfolio_of(products)
    memo: dict[str, Assessment] = {}

    def in_force(id_: str, assertion: Assertion) -> Change | None:
        judgement = said.get((id_, assertion.urn))
        return None if judgement is None else Change(SIX, judgement, SIX, "run")

    assess(portfolio, first, in_force, memo)
    healths = {id_: one.health for id_, one in memo.items()}
    order = [first, *sorted(memo.keys() - {first})]
    states = {
        id_: ProductState(
            product=portfolio.products[id_],
            health=healths[id_],
            since=SIX,
            history_from=SIX,
            generation=1,
            promised_since=None,
            promises=tuple(
                _state(a, said.get((id_, a.urn), NEVER_RAN))
                for a in portfolio.products[id_].assertions
            ),
            inputs=input_states(portfolio, id_, healths),
        )
        for id_ in order
    }
    return states, memo[first]


def _state(assertion: Assertion, judgement: Judgement) -> PromiseState:
    return replace(
        promise_state(assertion, None, [], NOON),
        judgement=judgement,
        does=effect(judgement, assertion.impact),
    )


def healers(
    products: list[DataProduct], said: dict[tuple[str, str], Judgement], first: str = "p"
) -> set[tuple[str, str]]:
    states, _ = states_of(products, said, first)
    found = remedies(portfolio_of(products), states)
    return {(id_, promise.assertion.urn.rpartition(":")[2]) for id_, promise in found}


A, B = checked("a"), checked("b")


def key(id_: str, assertion: Assertion) -> tuple[str, str]:
    return id_, assertion.urn


def test_every_fault_has_to_go_not_only_the_worst() -> None:
    warned = checked("b", impact=Impact.WARNING)
    said = {key("p", A): FAILED, key("p", warned): FAILED}
    assert healers([product("p", A, warned)], said) == {("p", "a"), ("p", "b")}


def test_a_warning_that_is_not_known_need_not() -> None:
    warned = checked("b", impact=Impact.WARNING)
    assert healers([product("p", A, warned)], {key("p", A): FAILED}) == {("p", "a")}


def test_of_a_required_input_what_is_not_known_has_to_be_known() -> None:
    used = [product("p", A, inputs=(Input(product="q"),)), product("q", B)]
    assert healers(used, {key("p", A): MET}) == {("q", "b")}


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        # Its own promise speaks for it: the input may stay unknown.
        ((A,), {("q", "b")}),
        # Nothing else does: it has to be known.
        ((), {("q", "a"), ("q", "b")}),
    ],
)
def test_of_an_optional_input_what_is_bad_has_to_go(
    own: tuple[Assertion, ...], expected: set[tuple[str, str]]
) -> None:
    used = [product("p", *own, inputs=(Input(product="q", required=False),)), product("q", A, B)]
    assert healers(used, {key("p", A): MET, key("q", B): FAILED}) == expected


def test_what_is_not_known_may_hide_what_is_bad() -> None:
    # Once r is known, so is q, which is at risk and passes that on.
    warned = checked("b", impact=Impact.WARNING)
    q = product("q", warned, inputs=(Input(product="r"),))
    p = product("p", inputs=(Input(product="r"), Input(product="q", required=False)))
    said = {key("q", warned): FAILED, key("r", A): BROKEN}
    assert healers([p, q, product("r", A)], said) == {("r", "a"), ("q", "b")}


def test_a_healthy_input_speaks_for_a_product_too() -> None:
    p = product("p", inputs=(Input(product="q", required=False), Input(product="r")))
    used = [p, product("q", A, B), product("r", A)]
    assert healers(used, {key("q", B): FAILED, key("r", A): MET}) == {("q", "b")}


def test_what_comes_by_two_ways_is_told_once() -> None:
    p = product("p", inputs=(Input(product="q"), Input(product="r")))
    q, r = (product(id_, inputs=(Input(product="s"),)) for id_ in "qr")
    assert healers([p, q, r, product("s", A)], {key("s", A): FAILED}) == {("s", "a")}


def test_of_what_nothing_is_known_everything_is_named() -> None:
    warned = checked("b", impact=Impact.WARNING)
    used = [product("p", inputs=(Input(product="q"),)), product("q", warned)]
    assert healers(used, {}) == {("q", "b")}
    used[1] = product("q", inputs=(Input(product="r", required=False), Input(product="none")))
    assert healers([*used, product("r", A), product("none")], {}) == {("r", "a")}


def test_an_input_that_promises_nothing_is_no_fault() -> None:
    used = [product("p", A, inputs=(Input(product="q"),)), product("q")]
    states, _ = states_of(used, {key("p", A): FAILED}, "p")
    assert [one.passes for one in states["p"].inputs] == [None]
    assert healers(used, {key("p", A): FAILED}) == {("p", "a")}


judgements = st.sampled_from([MET, MET, FAILED, LOW, BROKEN, NEVER_RAN])


@given(catalogs(), st.data())
def test_once_all_that_is_asked_for_is_kept_the_product_is_healthy(
    made: list[DataProduct], data: st.DataObject
) -> None:
    said = {(p.id, a.urn): data.draw(judgements) for p in made for a in p.assertions}
    for one in made:
        states, before = states_of(made, said, one.id)
        healing = remedies(portfolio_of(made), states)
        healed = {**said, **{(id_, promise.assertion.urn): MET for id_, promise in healing}}
        _, after = states_of(made, healed, one.id)
        if before.standstill is not Standstill.NOT_SET_UP:
            assert after.health is Health.HEALTHY
            assert bool(healing) == (before.health is not Health.HEALTHY)


@given(catalogs(), st.data())
def test_where_all_inputs_are_required_nothing_is_asked_for_in_vain(
    made: list[DataProduct], data: st.DataObject
) -> None:
    made = [
        replace(
            p,
            inputs=tuple(replace(i, required=True) for i in p.inputs),
            assertions=tuple(replace(a, impact=Impact.BLOCKING) for a in p.assertions),
        )
        for p in made
    ]
    said = {(p.id, a.urn): data.draw(judgements) for p in made for a in p.assertions}
    for one in made:
        states, _ = states_of(made, said, one.id)
        asked = [(i, p.assertion.urn) for i, p in remedies(portfolio_of(made), states)]
        for left_out in asked:
            healed = {**said, **{urn: MET for urn in asked if urn != left_out}}
            assert states_of(made, healed, one.id)[1].health is not Health.HEALTHY
