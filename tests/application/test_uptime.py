"""Figures of products over a window, from what the store holds."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datahub_dataproducts.application.uptime import (
    CorrectedFigures,
    ProductUptime,
    UptimeTable,
    known_products,
    uptime,
)
from datahub_dataproducts.domain.assertions import Outcome
from datahub_dataproducts.domain.charges import Charge
from datahub_dataproducts.domain.corrections import Correction, CorrectionKind
from datahub_dataproducts.domain.durations import DAY, HOUR
from datahub_dataproducts.domain.objectives import ObjectiveStatus
from datahub_dataproducts.domain.products import Input, Objective
from datahub_dataproducts.domain.timelines import Tally
from tests.application.stories import Story
from tests.builders import at, checked, product, result

USERS = replace(
    product("users", checked("t")), objective=Objective(target=Fraction(99, 100), window=30 * DAY)
)
REVENUE = product("revenue", checked("r"), inputs=(Input(product="users"),))
DAYS = [(at(f"2026-03-0{n} 00:00"), at(f"2026-03-0{n + 1} 00:00")) for n in (1, 2, 3)]


@pytest.fixture
def story(tmp_path: Path) -> Story:
    here = Story(tmp_path, [USERS, REVENUE])
    here.hear(
        result("t", at("2026-03-02 06:00")),
        result("r", at("2026-03-02 06:00")),
        result("t", at("2026-03-02 22:00"), Outcome.FAILURE),
        result("t", at("2026-03-03 04:00")),
        result("t", at("2026-03-03 12:00"), Outcome.FAILURE),
        result("t", at("2026-03-03 13:00")),
    )
    return here


def asked(story: Story, *products: str, when: str = "2026-03-04 00:00") -> UptimeTable:
    return uptime(story.store, products, at(when), DAYS)


def of(table: UptimeTable, id_: str) -> ProductUptime:
    (found,) = [one for one in table.products if one.product.id == id_]
    return found


def test_figures_are_told_period_by_period_with_inputs_and_without(story: Story) -> None:
    found = of(asked(story), "revenue")
    assert found.history_from == at("2026-03-02 06:00")
    assert [one.period for one in found.periods] == DAYS
    assert [one.experienced for one in found.periods] == [
        Tally(good=0, bad=0, unknown=0),
        Tally(good=16 * HOUR, bad=2 * HOUR, unknown=0),
        Tally(good=19 * HOUR, bad=5 * HOUR, unknown=0),
    ]
    assert [one.own.bad for one in found.periods] == [0, 0, 0]
    assert [one.episodes for one in found.periods] == [(), (2 * HOUR,), (4 * HOUR, HOUR)]


def test_what_is_later_than_the_moment_does_not_count(story: Story) -> None:
    when = at("2026-03-03 12:30")
    (found,) = uptime(story.store, ["users"], when, [(at("2026-03-03 00:00"), when)]).products
    assert found.periods[0].episodes == (4 * HOUR, HOUR // 2)


def test_an_objective_is_judged_at_the_end_of_the_window(story: Story) -> None:
    table = asked(story)
    report = of(table, "users").objective
    assert report is not None
    assert report.status is ObjectiveStatus.EXHAUSTED
    assert (report.until, report.tally.bad) == (at("2026-03-04 00:00"), 7 * HOUR)
    assert of(table, "revenue").objective is None


def test_an_objective_before_any_history_has_no_data(story: Story) -> None:
    report = of(asked(story, when="2026-03-01 12:00"), "users").objective
    assert report is not None
    assert report.status is ObjectiveStatus.NO_DATA


def test_products_come_in_the_order_asked_for_and_by_id_where_all_are(story: Story) -> None:
    for products, expected in (
        ((), ["revenue", "users"]),
        (("users", "revenue"), ["users", "revenue"]),
        (("users",), ["users"]),
    ):
        assert [one.product.id for one in asked(story, *products).products] == expected


def test_products_that_are_not_there_are_named(story: Story) -> None:
    story.define(REVENUE, when="2026-03-05 00:00")
    when = at("2026-03-06 00:00")
    later = [(at("2026-03-05 00:00"), when)]
    table = uptime(story.store, ["userz", "users"], when, later)
    assert (table.products, table.missing) == ((), ("userz", "users"))
    assert table.known == ("revenue", "users")
    gone = uptime(story.store, [], when, later)
    assert ([one.product.id for one in gone.products], gone.missing) == (["revenue"], ())


def test_a_product_that_went_during_the_window_is_told_of_up_to_then(story: Story) -> None:
    went = at("2026-03-03 14:00")
    before = of(uptime(story.store, [], went, [DAYS[0], DAYS[1], (DAYS[2][0], went)]), "users")
    story.define(REVENUE, when="2026-03-03 14:00")
    days = [*DAYS, (DAYS[2][1], DAYS[2][1] + DAY)]
    table = uptime(story.store, [], days[-1][1], days, with_charges=True)
    users = of(table, "users")
    assert users.gone_at == went
    assert users.periods == before.periods
    assert (users.objective, users.spending) == (before.objective, before.spending)
    assert users.lost is not None
    assert users.lost.charges.lost == sum(one.experienced.bad for one in users.periods)
    assert (of(table, "revenue").gone_at, len(of(table, "revenue").periods)) == (None, 4)
    asked_for = uptime(story.store, ["users"], days[-1][1], days)
    assert asked_for.missing == ()
    assert of(asked_for, "users").periods == users.periods


def test_a_product_that_came_back_is_not_gone(story: Story) -> None:
    story.define(REVENUE, when="2026-03-03 14:00")
    story.define(USERS, REVENUE, when="2026-03-03 15:00")
    assert of(asked(story), "users").gone_at is None
    # Of one that went twice, the last time is told.
    story.define(REVENUE, when="2026-03-03 16:00")
    assert of(asked(story), "users").gone_at == at("2026-03-03 16:00")


PLANNED, FALSE, UNDETECTED = CorrectionKind
HOURS = [(begin, begin + HOUR) for begin in range(DAYS[1][0], DAYS[2][1], HOUR)]


def correction(product: str, kind: CorrectionKind, since: int, until: int) -> Correction:
    return Correction(
        product=product, since=since, until=until, kind=kind, reason="as known", author="ana"
    )


def better(
    story: Story, *corrections: Correction, when: str = "2026-03-04 00:00", id_: str = "users"
) -> ProductUptime:
    return of(uptime(story.store, [], at(when), DAYS, corrections), id_)


NIGHT = correction("users", FALSE, at("2026-03-02 20:00"), at("2026-03-03 06:00"))


def test_corrected_figures_stand_beside_those_measured(story: Story) -> None:
    found = better(story, NIGHT)
    assert [one.experienced.bad for one in found.periods] == [0, 2 * HOUR, 5 * HOUR]
    good = [Tally(good=g, bad=b, unknown=0) for g, b in ((0, 0), (18 * HOUR, 0), (23 * HOUR, HOUR))]
    assert [one.corrected for one in found.periods] == [
        CorrectedFigures(experienced=figures, own=figures) for figures in good
    ]
    assert found.corrections == (NIGHT,)


def test_a_correction_is_of_its_product_and_reaches_no_other(story: Story) -> None:
    found = better(story, NIGHT, id_="revenue")
    assert found.corrections == ()
    assert [one.best_known.experienced for one in found.periods] == [
        one.experienced for one in found.periods
    ]


def test_what_is_not_promised_stays_unmeasured_whatever_is_known_better(tmp_path: Path) -> None:
    bare = product("revenue", inputs=(Input(product="users"),))
    story = Story(tmp_path, [USERS, bare])
    story.hear(result("t", DAYS[0][0]))
    fault = correction("revenue", UNDETECTED, *DAYS[1])
    day = better(story, fault, id_="revenue").periods[1].corrected
    assert day == CorrectedFigures(
        experienced=Tally(good=0, bad=DAY, unknown=0), own=Tally(good=0, bad=0, unknown=DAY)
    )


def test_an_objective_is_judged_both_ways(story: Story) -> None:
    noon = correction("users", PLANNED, at("2026-03-03 12:00"), at("2026-03-03 13:00"))
    found = better(story, NIGHT, noon)
    assert found.objective is not None
    assert found.corrected_objective is not None
    assert (found.objective.status, found.objective.tally.bad) == (
        ObjectiveStatus.EXHAUSTED,
        7 * HOUR,
    )
    assert found.corrected_objective.status is ObjectiveStatus.MEETING
    assert found.corrected_objective.tally == Tally(good=41 * HOUR, bad=0, unknown=HOUR)
    assert better(story, NIGHT, id_="revenue").corrected_objective is None


@pytest.mark.parametrize(
    ("since", "until", "counts"),
    [
        # The history begins on the 2nd at 6:00, what is asked about ends with the 3rd.
        ("2026-03-01 00:00", "2026-03-02 06:00", False),
        ("2026-03-01 00:00", "2026-03-02 06:01", True),
        ("2026-03-03 23:59", "2026-03-09 00:00", True),
        ("2026-03-04 00:00", "2026-03-09 00:00", False),
    ],
)
def test_corrections_are_told_where_they_can_change_something(
    story: Story, since: str, until: str, counts: bool
) -> None:
    for id_ in ("users", "revenue"):
        known = correction(id_, FALSE, at(since), at(until))
        assert better(story, known, id_=id_).corrections == ((known,) if counts else ())


def test_a_correction_of_time_that_only_the_objective_looks_at_is_told(story: Story) -> None:
    for id_, expected in (("users", (NIGHT,)), ("revenue", ())):
        known = replace(NIGHT, product=id_)
        table = uptime(story.store, [id_], at("2026-03-04 00:00"), HOURS[-2:], [known])
        assert of(table, id_).corrections == tuple(replace(c, product=id_) for c in expected)


def test_before_any_history_there_is_nothing_to_correct(story: Story) -> None:
    found = better(story, NIGHT, when="2026-03-01 12:00")
    assert found.corrections == ()
    assert found.corrected_objective == found.objective


def test_where_nobody_corrected_anything_what_was_measured_is_the_best_known(
    story: Story,
) -> None:
    table = asked(story)
    assert not table.is_corrected
    assert {one.corrected for found in table.products for one in found.periods} == {None}
    users = of(table, "users")
    assert users.corrected_objective is None
    assert users.best_known_objective == users.objective
    assert users.periods[1].best_known.experienced == users.periods[1].experienced


def test_corrections_published_with_a_product_are_those_of_every_moment(story: Story) -> None:
    noon = correction("users", PLANNED, at("2026-03-03 12:00"), at("2026-03-03 13:00"))
    given = of(uptime(story.store, [], at("2026-03-04 00:00"), DAYS, [NIGHT]), "users")
    story.define(replace(USERS, corrections=(noon,)), REVENUE, when="2026-03-05 00:00")
    # What was known before is corrected; promises of another time know it too.
    story.define(
        replace(USERS, corrections=(NIGHT,), assertions=()), REVENUE, when="2026-03-06 00:00"
    )
    table = asked(story)
    assert (table.is_given, table.is_corrected) == (False, True)
    assert of(table, "users").periods == given.periods
    assert of(table, "users").corrections == (NIGHT,)
    file = uptime(story.store, [], at("2026-03-04 00:00"), DAYS, [])
    assert (file.is_given, file.is_corrected) == (True, True)
    assert of(file, "users").corrections == ()


@given(
    begin=st.integers(0, len(HOURS) - 1),
    length=st.integers(0, len(HOURS)),
    kind=st.sampled_from(CorrectionKind),
    id_=st.sampled_from(["users", "revenue"]),
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_correction_changes_nothing_outside_its_interval_and_all_inside(
    story: Story, begin: int, length: int, kind: CorrectionKind, id_: str
) -> None:
    inside = HOURS[begin : begin + length]
    known = [correction(id_, kind, inside[0][0], inside[-1][1])] if inside else []
    history_from = at("2026-03-02 06:00")
    for one in uptime(story.store, [], DAYS[-1][1], HOURS, known).products:
        for figures in one.periods:
            raw = CorrectedFigures(experienced=figures.experienced, own=figures.own)
            now = figures.best_known
            if one.product.id != id_ or figures.period not in inside:
                assert now == raw
            elif figures.period[0] >= history_from:
                said = {PLANNED: (0, 0, HOUR), FALSE: (HOUR, 0, 0), UNDETECTED: (0, HOUR, 0)}[kind]
                whole = Tally(good=said[0], bad=said[1], unknown=said[2])
                assert now == CorrectedFigures(experienced=whole, own=whole)
        if not known:
            assert one.best_known_objective == one.objective


def test_all_products_there_ever_were_are_known(story: Story) -> None:
    story.define(REVENUE, when="2026-03-05 00:00")
    assert known_products(story.store) == ("revenue", "users")


def test_lost_time_is_charged_where_it_is_asked_for(story: Story) -> None:
    when = at("2026-03-04 00:00")
    assert of(asked(story), "revenue").lost is None
    raw = of(uptime(story.store, [], when, DAYS, with_charges=True), "revenue").lost
    assert raw is not None
    assert raw.charges.by_root == (Charge(root="users", lost=7 * HOUR),)
    # It is the lost time of revenue that is corrected; who caused the rest is as measured.
    known = replace(NIGHT, product="revenue")
    better = of(uptime(story.store, [], when, DAYS, [known], with_charges=True), "revenue").lost
    assert better is not None
    assert better.charges.by_root == (Charge(root="users", lost=HOUR),)
    nothing = of(uptime(story.store, [], when, [], with_charges=True), "revenue").lost
    assert nothing is not None
    assert nothing.charges.lost == 0
