"""Lost time is charged to those whose promises were broken."""

from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.domain.assertions import Assertion, Evidence, Impact, Outcome
from datahub_dataproducts.domain.charges import Charge, Charges, added, blame, charges
from datahub_dataproducts.domain.health import Assessment, Health, assess
from datahub_dataproducts.domain.histories import History, histories, verdicts
from datahub_dataproducts.domain.portfolio import portfolio_of
from datahub_dataproducts.domain.products import DataProduct, Input
from datahub_dataproducts.domain.timelines import Step
from datahub_dataproducts.domain.verdicts import Change
from tests.builders import checked, product, result
from tests.strategies import BEGIN, GRID, LENGTH, catalogs, histories_of_evidence

UNHEALTHY, UNKNOWN, AT_RISK, HEALTHY = Health
FAULT, LOW, GOOD = Outcome.FAILURE, Outcome.FAILURE_LOW, Outcome.SUCCESS
UNTIL = BEGIN + LENGTH * GRID
ALWAYS = [(0, 100)]

ORDERS = product("orders", checked("o"))
REVENUE = product("revenue", checked("r"), inputs=(Input(product="orders"),))


def charged(
    products: list[DataProduct],
    heard: list[Evidence],
    of: str = "revenue",
    *,
    spans: list[tuple[int, int]] = ALWAYS,
    corrected: list[Step] | None = None,
    at_risk_is_bad: bool = False,
) -> Charges:
    portfolio = portfolio_of(products)
    return charges(
        portfolio,
        of,
        histories(portfolio, heard, 100),
        spans,
        corrected=corrected,
        at_risk_is_bad=at_risk_is_bad,
    )


def heard_of(**turns: list[tuple[int, Outcome]]) -> list[Evidence]:
    return [result(name, when, outcome) for name, said in turns.items() for when, outcome in said]


def test_each_root_is_charged_with_what_it_caused() -> None:
    heard = heard_of(o=[(0, GOOD), (10, FAULT), (30, GOOD)], r=[(0, GOOD), (50, FAULT), (60, GOOD)])
    found = charged([ORDERS, REVENUE], heard)
    assert found == Charges(
        product="revenue",
        lost=30,
        by_root=(Charge(root="orders", lost=20), Charge(root="revenue", lost=10)),
    )
    assert (found.charged, found.overlap) == (30, False)


def test_several_roots_at_once_are_each_charged_in_full_and_the_overlap_is_said() -> None:
    heard = heard_of(o=[(0, GOOD), (10, FAULT), (30, GOOD)], r=[(0, GOOD), (20, FAULT), (45, GOOD)])
    found = charged([ORDERS, REVENUE], heard)
    assert found.by_root == (Charge(root="revenue", lost=25), Charge(root="orders", lost=20))
    assert (found.lost, found.charged, found.overlap) == (35, 45, True)


def test_parts_of_time_are_added_root_by_root() -> None:
    heard = heard_of(o=[(0, GOOD), (10, FAULT), (30, GOOD)], r=[(0, GOOD), (20, FAULT), (45, GOOD)])
    parts = [charged([ORDERS, REVENUE], heard, spans=[span]) for span in ((0, 25), (25, 100))]
    assert added("revenue", parts) == charged([ORDERS, REVENUE], heard)
    assert added("revenue", []) == Charges(product="revenue", lost=0, by_root=())


def test_the_root_is_charged_and_not_the_product_in_between() -> None:
    between = product("sales", checked("s"), inputs=(Input(product="orders"),))
    top = product("revenue", inputs=(Input(product="sales"),))
    heard = heard_of(o=[(0, GOOD), (10, FAULT)], s=[(0, GOOD)])
    assert charged([ORDERS, between, top], heard).by_root == (Charge(root="orders", lost=90),)


def test_a_fault_that_comes_by_two_ways_is_charged_once() -> None:
    left = product("left", checked("l"), inputs=(Input(product="orders"),))
    right = product("right", checked("r"), inputs=(Input(product="orders"),))
    top = product("revenue", inputs=(Input(product="left"), Input(product="right")))
    heard = heard_of(o=[(0, FAULT)], l=[(0, GOOD)], r=[(0, GOOD)])
    found = charged([ORDERS, left, right, top], heard)
    assert found == Charges(product="revenue", lost=100, by_root=(Charge(root="orders", lost=100),))


def test_an_optional_input_costs_only_where_time_at_risk_is_lost() -> None:
    optional = product("revenue", checked("r"), inputs=(Input(product="orders", required=False),))
    heard = heard_of(o=[(0, FAULT)], r=[(0, GOOD), (80, FAULT)])
    assert charged([ORDERS, optional], heard).by_root == (Charge(root="revenue", lost=20),)
    strict = charged([ORDERS, optional], heard, at_risk_is_bad=True)
    assert strict.by_root == (Charge(root="orders", lost=80), Charge(root="revenue", lost=20))


def test_a_warning_below_does_not_share_the_blame_for_a_fault() -> None:
    warned: Assertion = checked("w", impact=Impact.WARNING)
    careful = product("revenue", warned, inputs=(Input(product="orders"),))
    heard = heard_of(o=[(0, FAULT)], w=[(0, FAULT)])
    found = charged([ORDERS, careful], heard, at_risk_is_bad=True)
    assert found.by_root == (Charge(root="orders", lost=100),)


def test_an_input_whose_history_has_not_begun_is_charged_with_nothing() -> None:
    assert charged([ORDERS, REVENUE], heard_of(r=[(0, FAULT)])).by_root == (
        Charge(root="revenue", lost=100),
    )


def test_a_product_without_history_has_lost_nothing() -> None:
    found = charged([ORDERS, REVENUE], [])
    assert (found.lost, found.by_root, found.overlap) == (0, (), False)


def test_an_input_that_promises_nothing_is_passed_over() -> None:
    silent = product("silent")
    user = product("revenue", checked("r"), inputs=(Input(product="silent"),))
    assert charged([silent, user], heard_of(r=[(0, FAULT)])).lost == 100


def test_only_the_hours_that_count_are_charged() -> None:
    heard = heard_of(o=[(0, FAULT)], r=[(0, GOOD)])
    found = charged([ORDERS, REVENUE], heard, spans=[(0, 10), (50, 55)])
    assert (found.lost, found.by_root) == (15, (Charge(root="orders", lost=15),))


def test_a_false_alarm_is_not_charged_and_an_undetected_fault_is_the_products_own() -> None:
    heard = heard_of(o=[(0, LOW), (10, FAULT), (30, LOW)], r=[(0, GOOD)])
    corrected: list[Step] = [(0, AT_RISK), (20, HEALTHY), (40, UNHEALTHY), (60, HEALTHY)]
    found = charged([ORDERS, REVENUE], heard, corrected=corrected)
    assert found == Charges(product="revenue", lost=20, by_root=(Charge(root="revenue", lost=20),))


def test_what_was_at_fault_before_the_history_of_a_product_begins_costs_it_nothing() -> None:
    broken: tuple[Step, ...] = ((0, UNHEALTHY),)
    young = {
        "orders": History(broken, broken),
        "revenue": History(((60, HEALTHY),), ((60, UNHEALTHY),)),
    }
    found = charges(portfolio_of([ORDERS, REVENUE]), "revenue", young, ALWAYS)
    assert found.by_root == (Charge(root="orders", lost=40),)


# Properties.


@given(catalogs(), histories_of_evidence)
def test_the_roots_are_those_of_the_causes_at_each_instant(
    made: list[DataProduct], heard: list[Evidence]
) -> None:
    portfolio = portfolio_of(made)
    found = histories(portfolio, heard, UNTIL)
    judged = verdicts(portfolio, heard, UNTIL)
    for id_ in portfolio.products:
        known = blame(portfolio, id_, found)
        for instant in {at for at, _ in known}:

            def in_force(of: str, assertion: Assertion, now: int = instant) -> Change | None:
                begun = [c for c in judged[of, assertion.urn] if c.at <= now]
                return begun[-1] if begun else None

            memo: dict[str, Assessment] = {}
            assessment = assess(portfolio, id_, in_force, memo)
            ((health, roots),) = [what for at, what in known if at == instant]
            assert health is assessment.health
            is_fault = health in {UNHEALTHY, AT_RISK}
            assert roots == ({c.root for c in assessment.causes} if is_fault else set())


@given(catalogs(), histories_of_evidence, st.integers(0, LENGTH), st.booleans())
def test_what_is_charged_covers_what_was_lost_and_parts_add_up(
    made: list[DataProduct], heard: list[Evidence], cut: int, strict: bool
) -> None:
    portfolio = portfolio_of(made)
    found = histories(portfolio, heard, UNTIL)
    middle = BEGIN + cut * GRID

    def of(id_: str, since: int, until: int) -> tuple[int, dict[str, int]]:
        it = charges(portfolio, id_, found, [(since, until)], at_risk_is_bad=strict)
        assert max((c.lost for c in it.by_root), default=0) <= it.lost <= it.charged
        assert it.overlap == (it.charged > it.lost)
        return it.lost, {c.root: c.lost for c in it.by_root}

    for id_ in portfolio.products:
        whole, by_root = of(id_, BEGIN, UNTIL)
        parts = [of(id_, BEGIN, middle), of(id_, middle, UNTIL)]
        assert whole == sum(lost for lost, _ in parts)
        roots = {root for _, some in parts for root in some}
        added = {root: sum(some.get(root, 0) for _, some in parts) for root in roots}
        assert added == by_root
        steps = found[id_].experienced
        lost = {UNHEALTHY, AT_RISK} if strict else {UNHEALTHY}
        assert (whole > 0) == _any(steps, lost)


def _any(steps: tuple[Step, ...], healths: set[Health]) -> bool:
    return any(health in healths and at < UNTIL for at, health in steps)
