"""What verdicts and inputs make of a product, and because of what."""

from collections.abc import Sequence

import pytest

from datahub_dataproducts.domain.assertions import Assertion, Impact
from datahub_dataproducts.domain.health import (
    Assessment,
    Health,
    Standstill,
    assess,
    effect,
    passed_on,
    worst,
)
from datahub_dataproducts.domain.portfolio import portfolio_of
from datahub_dataproducts.domain.products import DataProduct, Input
from datahub_dataproducts.domain.verdicts import Change, Judgement, Reason, Verdict
from tests.builders import checked, product

UNHEALTHY, UNKNOWN, AT_RISK, HEALTHY = Health
MET = Judgement(Verdict.MET, Reason.PASSED)
FAILED = Judgement(Verdict.NOT_MET, Reason.FAILED)
FAILED_LOW = Judgement(Verdict.NOT_MET, Reason.FAILED, low=True)
BROKEN = Judgement(Verdict.UNKNOWN, Reason.CHECK_BROKEN)


def judged(products: Sequence[DataProduct], id_: str, said: dict[str, Judgement]) -> Assessment:
    """The assessment of a product where assertions, by short name, have these verdicts."""

    def in_force(product_id: str, assertion: Assertion) -> Change | None:
        name = assertion.urn.rsplit(":", 1)[-1]
        return Change(1_000, said[name], 900, f"run of {name}") if name in said else None

    return assess(portfolio_of(products), id_, in_force, {})


def required(*ids: str) -> tuple[Input, ...]:
    return tuple(Input(product=id_) for id_ in ids)


def optional(*ids: str) -> tuple[Input, ...]:
    return tuple(Input(product=id_, required=False) for id_ in ids)


# The tables.


@pytest.mark.parametrize(
    ("judgement", "blocking", "warning"),
    [
        (FAILED, UNHEALTHY, AT_RISK),
        (FAILED_LOW, AT_RISK, AT_RISK),
        (BROKEN, UNKNOWN, None),
        (MET, HEALTHY, HEALTHY),
    ],
)
def test_what_a_verdict_does_depends_on_its_impact(
    judgement: Judgement, blocking: Health, warning: Health | None
) -> None:
    assert effect(judgement, Impact.BLOCKING) is blocking
    assert effect(judgement, Impact.WARNING) is warning


@pytest.mark.parametrize(
    ("health", "as_optional"),
    [(UNHEALTHY, AT_RISK), (UNKNOWN, None), (AT_RISK, AT_RISK), (HEALTHY, HEALTHY)],
)
def test_a_required_input_passes_its_health_on_and_an_optional_one_a_milder_one(
    health: Health, as_optional: Health | None
) -> None:
    assert passed_on(health, required=True) is health
    assert passed_on(health, required=False) is as_optional


def test_the_worst_decides_and_silence_is_unknown() -> None:
    assert worst([HEALTHY, AT_RISK, UNKNOWN, UNHEALTHY]) is UNHEALTHY
    assert worst([HEALTHY, AT_RISK, UNKNOWN]) is UNKNOWN
    assert worst([HEALTHY, AT_RISK]) is AT_RISK
    assert worst([]) is UNKNOWN


# One product.


def test_all_promises_kept_is_healthy_without_causes() -> None:
    found = judged([product("a", checked("t"), checked("u"))], "a", {"t": MET, "u": MET})
    assert (found.health, found.own, found.causes, found.standstill) == (HEALTHY, HEALTHY, (), None)


def test_one_promise_never_heard_of_makes_the_product_unknown_and_is_the_cause() -> None:
    found = judged([product("a", checked("t"), checked("u"))], "a", {"t": MET})
    assert found.health is UNKNOWN
    (cause,) = found.causes
    assert (cause.assertion.urn, cause.judgement.reason) == ("urn:li:assertion:u", Reason.NEVER_RAN)
    assert (cause.since, cause.evidence_at, cause.run_id) == (None, None, "")


def test_only_what_makes_the_health_what_it_is_is_a_cause() -> None:
    made = product("a", checked("t"), checked("u"), checked("v", impact=Impact.WARNING))
    found = judged([made], "a", {"t": FAILED, "u": BROKEN, "v": FAILED})
    assert found.health is UNHEALTHY
    assert [c.assertion.urn for c in found.causes] == ["urn:li:assertion:t"]
    (cause,) = found.causes
    assert (cause.since, cause.evidence_at, cause.run_id) == (1_000, 900, "run of t")
    assert cause.is_own


def test_a_warning_without_verdict_is_a_blind_spot_and_changes_nothing() -> None:
    made = product("a", checked("t"), checked("w", impact=Impact.WARNING))
    found = judged([made], "a", {"t": MET})
    assert found.health is HEALTHY
    assert [c.assertion.urn for c in found.blind_spots] == ["urn:li:assertion:w"]


def test_where_only_warnings_are_promised_and_none_is_known_nothing_is() -> None:
    found = judged([product("a", checked("w", impact=Impact.WARNING))], "a", {})
    assert (found.health, found.own, found.causes) == (UNKNOWN, UNKNOWN, ())
    assert found.standstill is Standstill.ALL_BLIND


def test_a_product_without_promises_is_unknown_because_it_is_not_set_up() -> None:
    found = judged([product("a")], "a", {})
    assert (found.health, found.own) == (UNKNOWN, None)
    assert found.standstill is Standstill.NOT_SET_UP


# Inputs.


def test_a_required_input_makes_its_user_what_it_is_itself() -> None:
    made = [product("users", checked("t")), product("revenue", inputs=required("users"))]
    for judgement, health in ((FAILED, UNHEALTHY), (BROKEN, UNKNOWN), (FAILED_LOW, AT_RISK)):
        found = judged(made, "revenue", {"t": judgement})
        assert (found.health, found.own) == (health, None)
        (cause,) = found.causes
        assert (cause.path, cause.root, cause.is_own) == (("revenue", "users"), "users", False)
        assert (cause.since, cause.evidence_at, cause.run_id) == (1_000, 900, "run of t")


def test_own_health_leaves_inputs_out() -> None:
    made = [
        product("users", checked("t")),
        product("revenue", checked("u"), inputs=required("users")),
    ]
    found = judged(made, "revenue", {"t": FAILED, "u": MET})
    assert (found.health, found.own) == (UNHEALTHY, HEALTHY)


def test_an_optional_input_that_is_unhealthy_puts_its_user_at_risk() -> None:
    made = [
        product("users", checked("t")),
        product("revenue", checked("u"), inputs=optional("users")),
    ]
    found = judged(made, "revenue", {"t": FAILED, "u": MET})
    assert found.health is AT_RISK
    assert [c.path for c in found.causes] == [("revenue", "users")]


def test_an_optional_input_that_is_unknown_is_a_blind_spot() -> None:
    made = [
        product("users", checked("t")),
        product("revenue", checked("u"), inputs=optional("users")),
    ]
    found = judged(made, "revenue", {"u": MET})
    assert (found.health, found.blind_inputs) == (HEALTHY, ("users",))


def test_where_all_inputs_are_optional_and_unknown_nothing_is_known() -> None:
    made = [product("users", checked("t")), product("revenue", inputs=optional("users"))]
    found = judged(made, "revenue", {})
    assert (found.health, found.standstill) == (UNKNOWN, Standstill.ALL_BLIND)
    assert found.blind_inputs == ("users",)


@pytest.mark.parametrize("is_required", [True, False])
def test_an_input_that_is_not_set_up_passes_nothing_on(is_required: bool) -> None:
    inputs = (Input(product="empty", required=is_required),)
    made = [product("empty"), product("revenue", checked("t"), inputs=inputs)]
    found = judged(made, "revenue", {"t": MET})
    assert (found.health, found.blind_inputs) == (HEALTHY, ("empty",))


def test_a_product_of_inputs_that_are_not_set_up_is_not_set_up_either() -> None:
    made = [product("empty"), product("revenue", inputs=required("empty"))]
    found = judged(made, "revenue", {})
    assert (found.health, found.standstill) == (UNKNOWN, Standstill.NOT_SET_UP)


def test_an_input_nobody_knows_counts_for_nothing() -> None:
    found = judged([product("a", checked("t"), inputs=required("stranger"))], "a", {"t": MET})
    assert (found.health, found.blind_inputs) == (HEALTHY, ())


def test_products_of_a_cycle_are_judged_alone_and_those_outside_by_them() -> None:
    made = [
        product("a", checked("t"), inputs=required("b")),
        product("b", checked("u"), inputs=required("a")),
        product("user", inputs=required("b")),
    ]
    said = {"t": FAILED, "u": MET}
    assert judged(made, "a", said).health is UNHEALTHY
    assert judged(made, "b", said).health is HEALTHY
    assert judged(made, "user", said).health is HEALTHY


# Causes.


@pytest.mark.parametrize(
    "order", [("longer", "right", "left"), ("left", "right", "longer"), ("right", "left", "longer")]
)
def test_a_fault_that_comes_by_several_ways_is_told_once_by_the_shortest(
    order: tuple[str, ...],
) -> None:
    made = [
        product("root", checked("t")),
        product("left", inputs=required("root")),
        product("longer", inputs=required("left")),
        product("right", inputs=required("root")),
        product("top", inputs=required(*order)),
    ]
    found = judged(made, "top", {"t": FAILED})
    assert [c.path for c in found.causes] == [("top", "left", "root")]


def test_own_faults_come_first_then_near_ones() -> None:
    made = [
        product("far", checked("f")),
        product("near", checked("n"), inputs=required("far")),
        product("top", checked("t"), inputs=required("near")),
    ]
    found = judged(made, "top", {"f": FAILED, "n": FAILED, "t": FAILED})
    assert [c.path for c in found.causes] == [("top",), ("top", "near"), ("top", "near", "far")]
    assert [c.root for c in found.causes] == ["top", "near", "far"]


def test_two_promises_of_one_root_are_two_causes() -> None:
    made = [product("root", checked("t"), checked("u")), product("a", inputs=required("root"))]
    found = judged(made, "a", {"t": FAILED, "u": FAILED})
    assert [c.assertion.urn for c in found.causes] == ["urn:li:assertion:t", "urn:li:assertion:u"]


def test_a_fault_passed_on_milder_is_no_cause_of_what_is_worse() -> None:
    made = [
        product("users", checked("t")),
        product("revenue", checked("u"), inputs=optional("users")),
    ]
    found = judged(made, "revenue", {"t": FAILED, "u": FAILED})
    assert [c.path for c in found.causes] == [("revenue",)]


def test_a_chain_of_thousands_of_inputs_is_judged() -> None:
    made = [product("p0", checked("t"))]
    made += [product(f"p{n}", inputs=required(f"p{n - 1}")) for n in range(1, 1_500)]
    found = judged(made, "p1499", {"t": FAILED})
    assert found.health is UNHEALTHY
    assert found.causes[0].root == "p0"
