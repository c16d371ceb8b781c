"""Incidents on assets: open from when to when, and what they make of a product."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.domain.assertions import (
    Evidence,
    IncidentNotice,
    MaxAge,
)
from datahub_dataproducts.domain.charges import charges
from datahub_dataproducts.domain.durations import DAY, HOUR
from datahub_dataproducts.domain.health import Assessment, Health, Standstill, assess
from datahub_dataproducts.domain.histories import histories, verdicts
from datahub_dataproducts.domain.incidents import (
    change_of,
    each_alone,
    incident_changes,
    open_incidents,
)
from datahub_dataproducts.domain.portfolio import portfolio_of
from datahub_dataproducts.domain.products import Asset, DataProduct, Input
from datahub_dataproducts.domain.timelines import Step
from datahub_dataproducts.domain.verdicts import OpenIncident, Reason, Verdict
from tests.builders import checked, dataset, freshness_assertion, notice, product, result
from tests.incident_strategies import (
    catalogs_with_assets,
    histories_with_incidents,
    notices,
)
from tests.oracle import Oracle
from tests.strategies import BEGIN, GRID, LENGTH

UNTIL = BEGIN + LENGTH * GRID
HALF = GRID // 2
TEN = BEGIN + 10 * HOUR
X = (dataset("x"),)


def with_assets(one: DataProduct, *names: str) -> DataProduct:
    return replace(one, assets=tuple(Asset(urn=dataset(name), name=name) for name in names))


def steps_of(one: DataProduct, *told: Evidence, until: int = UNTIL) -> list[Step]:
    return list(histories(portfolio_of([one]), told, until)[one.id].experienced)


def assessed(products: list[DataProduct], told: Sequence[Evidence], id_: str) -> Assessment:
    portfolio = portfolio_of(products)
    judged = verdicts(portfolio, told, UNTIL)
    return assess(portfolio, id_, lambda p, a: (judged.get((p, a.urn), ()) or (None,))[-1], {})


def test_an_open_incident_is_a_fault_from_its_start_to_its_end() -> None:
    one = with_assets(product("revenue", checked("t")), "x")
    told = [
        result("t", TEN - HOUR),
        notice("x", TEN),
        notice("x", TEN + 2 * HOUR, active=False),
    ]
    assert steps_of(one, *told) == [
        (TEN - HOUR, Health.HEALTHY),
        (TEN, Health.UNHEALTHY),
        (TEN + 2 * HOUR, Health.HEALTHY),
    ]


def test_an_incident_of_lower_priority_puts_at_risk() -> None:
    one = with_assets(product("revenue", checked("t")), "x")
    told = [result("t", TEN - HOUR), notice("x", TEN, grave=False)]
    assert steps_of(one, *told)[-1] == (TEN, Health.AT_RISK)


def test_a_product_that_promises_nothing_is_known_while_an_incident_is_open() -> None:
    one = with_assets(product("revenue"), "x")
    told = [notice("x", TEN), notice("x", TEN + HOUR, active=False)]
    assert steps_of(one, *told) == [(TEN, Health.UNHEALTHY), (TEN + HOUR, Health.UNKNOWN)]
    open_ = assessed([one], told[:1], "revenue")
    over = assessed([one], told, "revenue")
    assert (open_.own, open_.standstill) == (Health.UNHEALTHY, None)
    assert (over.health, over.own) == (Health.UNKNOWN, None)
    assert over.standstill is Standstill.NOT_SET_UP
    assert over.blind_spots == ()


def test_what_was_only_resolved_begins_no_history() -> None:
    one = with_assets(product("revenue"), "x")
    assert steps_of(one, notice("x", TEN, active=False)) == []


def test_no_open_incident_is_neither_health_nor_a_blind_spot() -> None:
    one = with_assets(product("revenue", checked("t")), "x")
    told = [notice("x", TEN), notice("x", TEN + HOUR, active=False)]
    found = assessed([one], told, "revenue")
    assert found.health is Health.UNKNOWN
    assert [c.judgement.reason for c in found.causes] == [Reason.NEVER_RAN]
    assert found.blind_spots == ()


def test_an_incident_known_only_from_its_end_has_its_whole_time() -> None:
    told = [
        notice("x", TEN, written_at=TEN + HOUR),
        notice("x", TEN + HOUR, active=False),
    ]
    made = incident_changes(X, told, UNTIL)
    assert [(c.at, c.judgement.verdict) for c in made] == [
        (TEN, Verdict.NOT_MET),
        (TEN + HOUR, Verdict.MET),
    ]


def test_a_change_of_priority_holds_from_when_it_was_made() -> None:
    raised = TEN + HOUR
    told = [
        notice("x", TEN, grave=False),
        # The later version tells of its start too, with the priority that it has by then.
        notice("x", TEN, grave=True, written_at=raised),
        notice("x", raised, grave=True),
    ]
    first, second = incident_changes(X, told, UNTIL)
    assert (first.at, first.judgement.low) == (TEN, True)
    assert (second.at, second.judgement.low) == (raised, False)
    (incident,) = second.incidents
    assert (incident.opened_at, incident.since) == (TEN, raised)


def test_of_two_notices_written_at_once_for_one_instant_the_worse_stands() -> None:
    told = [notice("x", TEN, active=False), notice("x", TEN, grave=False), notice("x", TEN)]
    (made,) = incident_changes(X, told, UNTIL)
    assert not made.judgement.low


def test_every_open_incident_is_named_and_the_grave_ones_decide() -> None:
    one = with_assets(product("revenue"), "x")
    told = [
        notice("x", TEN, incident="low", grave=False),
        notice("x", TEN + HOUR, incident="b", title="Wrong"),
        notice("x", TEN + 2 * HOUR, incident="a"),
    ]
    found = assessed([one], told, "revenue")
    named = [(c.assertion.urn, c.title, c.since, c.judgement.low) for c in found.causes]
    assert named == [
        ("urn:li:incident:b", "Wrong", TEN + HOUR, False),
        ("urn:li:incident:a", "Late load", TEN + 2 * HOUR, False),
    ]
    assert {c.assertion.asset for c in found.causes} == {dataset("x")}
    when_resolved = [
        *told,
        notice("x", TEN + 3 * HOUR, incident="b", active=False),
        notice("x", TEN + 3 * HOUR, incident="a", active=False),
    ]
    left = assessed([one], when_resolved, "revenue")
    assert left.health is Health.AT_RISK
    assert [c.assertion.urn for c in left.causes] == ["urn:li:incident:low"]


def test_an_incident_on_two_assets_of_a_product_is_a_fault_of_each() -> None:
    one = with_assets(product("revenue"), "x", "y")
    found = assessed([one], [notice("x", TEN), notice("y", TEN)], "revenue")
    assert [(c.assertion.urn, c.assertion.asset_name) for c in found.causes] == [
        ("urn:li:incident:i1", "x"),
        ("urn:li:incident:i1", "y"),
    ]


def test_a_table_is_watched_by_all_urns_that_its_freshness_is() -> None:
    promise = freshness_assertion("x", MaxAge(age=DAY))
    promise = replace(promise, listens_to=(dataset("x"), dataset("x_on_dbt")))
    one = with_assets(product("revenue", promise), "x")
    told = [notice("x_on_dbt", TEN), notice("x", TEN)]
    found = assessed([one], told, "revenue")
    incidents = [c for c in found.causes if c.judgement.reason is Reason.INCIDENT]
    assert [c.assertion.asset for c in incidents] == [dataset("x")]


def test_an_incident_that_is_deleted_is_over_wherever_it_was() -> None:
    one = with_assets(product("revenue"), "x", "y")
    gone = notice("", TEN + HOUR, active=False, grave=False, title="")
    told = [notice("x", TEN), notice("y", TEN), gone]
    assert steps_of(one, *told) == [(TEN, Health.UNHEALTHY), (TEN + HOUR, Health.UNKNOWN)]
    others = replace(gone, incident="urn:li:incident:other")
    assert steps_of(one, *told[:2], others) == [(TEN, Health.UNHEALTHY)]


def test_what_is_later_than_the_end_is_left_for_later() -> None:
    assert incident_changes(X, [notice("x", TEN)], TEN - 1) == ()


def test_an_incident_on_something_else_says_nothing() -> None:
    assert incident_changes(X, [notice("y", TEN)], UNTIL) == ()


def test_an_input_that_promises_nothing_passes_on_its_incidents_and_is_charged() -> None:
    users = with_assets(product("users"), "x")
    revenue = product("revenue", checked("t"), inputs=(Input(product="users"),))
    told = [result("t", TEN), notice("x", TEN), notice("x", TEN + HOUR, active=False)]
    portfolio = portfolio_of([users, revenue])
    found = histories(portfolio, told, UNTIL)
    assert found["revenue"].experienced == (
        (TEN, Health.UNHEALTHY),
        (TEN + HOUR, Health.HEALTHY),
    )
    charged = charges(portfolio, "revenue", found, [(TEN, UNTIL)])
    assert [(c.root, c.lost) for c in charged.by_root] == [("users", HOUR)]
    cause = assessed([users, revenue], told[:2], "revenue").causes[0]
    assert (cause.path, cause.title) == (("revenue", "users"), "Late load")


def test_the_history_of_those_who_use_it_begins_with_the_incident() -> None:
    users = with_assets(product("users"), "x")
    revenue = product("revenue", inputs=(Input(product="users", required=False),))
    found = histories(portfolio_of([users, revenue]), [notice("x", TEN)], UNTIL)
    assert found["revenue"].experienced == ((TEN, Health.AT_RISK),)


def test_results_do_not_hear_of_incidents_nor_updates() -> None:
    promise = freshness_assertion("x", MaxAge(age=DAY))
    one = with_assets(product("revenue", promise, checked("t")), "x")
    told = [notice("x", TEN)]
    judged = verdicts(portfolio_of([one]), told, UNTIL)
    assert judged["revenue", promise.urn] == ()
    assert judged["revenue", checked("t").urn] == ()


def test_each_incident_alone_says_what_it_would_say_alone() -> None:
    grave = OpenIncident(urn="b", title="", grave=True, opened_at=1, since=2)
    other = OpenIncident(urn="a", title="", grave=False, opened_at=3, since=3)
    change = change_of(5, [other, grave])
    assert [(i.urn, c.at, c.judgement.low, c.evidence_at) for i, c in each_alone(change)] == [
        ("b", 2, False, 1),
        ("a", 3, True, 3),
    ]


@given(catalogs_with_assets(), histories_with_incidents)
def test_health_at_every_moment_is_what_the_words_say(
    made: list[DataProduct], heard: list[Evidence]
) -> None:
    words = Oracle(made, heard, HALF // 2)
    found = histories(portfolio_of(made), heard, UNTIL)
    for id_, history in found.items():
        first = words.begins(id_)
        assert (history.experienced[0][0] if history.experienced else None) == first
        for moment in range(first or UNTIL + 1, UNTIL + 1, HALF):
            assert _at(history.experienced, moment).value == words.health(id_, moment)
            assert _at(history.own, moment).value == words.own(id_, moment)


@given(catalogs_with_assets(), histories_with_incidents)
def test_the_causes_are_those_that_the_words_name(
    made: list[DataProduct], heard: list[Evidence]
) -> None:
    words = Oracle(made, heard, HALF // 2)
    for one in made:
        found = assessed(made, heard, one.id)
        said = {(f.path[-1], f.assertion, f.said.reason) for f in words.faults(one.id, UNTIL)}
        told = {(c.root, c.assertion.urn, c.judgement.reason.value) for c in found.causes}
        assert told == said


@given(catalogs_with_assets(), histories_with_incidents, st.randoms(use_true_random=False))
def test_the_order_and_repetition_of_evidence_change_nothing(
    made: list[DataProduct], heard: list[Evidence], chance: Random
) -> None:
    shuffled = heard + heard[::2]
    chance.shuffle(shuffled)
    portfolio = portfolio_of(made)
    assert verdicts(portfolio, shuffled, UNTIL) == verdicts(portfolio, heard, UNTIL)
    assert histories(portfolio, shuffled, UNTIL) == histories(portfolio, heard, UNTIL)


def test_the_incidents_that_are_open_are_those_whose_last_notice_says_so() -> None:
    heard = [
        notice("x", 1),
        notice("y", 1),
        notice("x", 5, active=False),
        notice("x", 2, incident="i2"),
        notice("", 9, incident="i2", active=False),
        notice("", 9, incident="i3", active=False),
        notice("x", 10, incident="i4"),
    ]
    assert open_incidents(heard) == {
        "urn:li:incident:i1": {dataset("y")},
        "urn:li:incident:i4": {dataset("x")},
    }


@given(catalogs_with_assets(), histories_with_incidents, notices)
def test_one_more_open_incident_never_turns_a_bad_instant_good(
    made: list[DataProduct], heard: list[Evidence], more: IncidentNotice
) -> None:
    added = replace(more, incident="urn:li:incident:new", active=True)
    portfolio = portfolio_of(made)
    before = histories(portfolio, heard, UNTIL)
    after = histories(portfolio, [*heard, added], UNTIL)
    for id_, history in before.items():
        for moment in range(
            history.experienced[0][0] if history.experienced else UNTIL, UNTIL, HALF
        ):
            if _at(history.experienced, moment) is Health.UNHEALTHY:
                assert _at(after[id_].experienced, moment) is Health.UNHEALTHY


def _at(steps: Sequence[Step], moment: int) -> Health:
    return [health_ for at, health_ in steps if at <= moment][-1]
