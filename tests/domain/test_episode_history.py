"""Episodes from the whole of a history."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.domain.assertions import Evidence, MaxAge, Outcome
from datahub_dataproducts.domain.durations import HOUR
from datahub_dataproducts.domain.episode_history import Episode, by_time_alone, episodes
from datahub_dataproducts.domain.episodes import MEASURED_GOOD, Patience
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.histories import histories, verdicts
from datahub_dataproducts.domain.portfolio import portfolio_of
from datahub_dataproducts.domain.products import DataProduct, Input
from tests.builders import checked, freshness_assertion, product, result, update
from tests.strategies import BEGIN, GRID, LENGTH, catalogs, histories_of_evidence

UNHEALTHY, UNKNOWN, AT_RISK, HEALTHY = Health
PATIENCE = Patience(for_=10, clear_for=20)
LIVE = [(0, True)]
UNTIL = BEGIN + LENGTH * GRID


def found(
    *steps: tuple[int, Health], announced: list[tuple[int, bool]] = LIVE, until: int = 1000
) -> list[Episode]:
    return list(episodes(steps, (), announced, PATIENCE, until))


def test_what_lasts_is_an_episode_from_the_turn_to_the_turn() -> None:
    assert found((0, HEALTHY), (100, UNHEALTHY), (200, AT_RISK), (210, HEALTHY)) == [
        Episode(100, 110, 200)
    ]


def test_a_blip_is_none_and_one_just_long_enough_is() -> None:
    assert found((0, HEALTHY), (100, UNHEALTHY), (109, HEALTHY)) == []
    assert found((0, HEALTHY), (100, UNHEALTHY), (110, HEALTHY)) == [Episode(100, 110, 110)]
    assert found((100, UNHEALTHY), until=109) == []
    assert found((100, UNHEALTHY), until=110) == [Episode(100, 110, None)]


def test_a_recovery_too_short_closes_none() -> None:
    steps = [(100, UNHEALTHY), (200, HEALTHY), (219, UNHEALTHY), (300, HEALTHY)]
    assert found(*steps) == [Episode(100, 110, 300)]
    assert found(*steps, until=319) == [Episode(100, 110, None)]
    assert found(*steps, until=320) == [Episode(100, 110, 300)]


def test_unknown_neither_opens_nor_closes_and_interrupts_both() -> None:
    assert found((0, HEALTHY), (100, UNKNOWN)) == []
    assert found((100, UNHEALTHY), (200, UNKNOWN)) == [Episode(100, 110, None)]
    assert found((100, UNHEALTHY), (105, UNKNOWN), (108, UNHEALTHY)) == [Episode(108, 118, None)]
    assert found(
        (100, UNHEALTHY), (200, HEALTHY), (215, UNKNOWN), (216, HEALTHY), (500, UNHEALTHY)
    ) == [Episode(100, 110, 216), Episode(500, 510, None)]


def test_what_is_not_fresh_waits_for_nothing() -> None:
    not_fresh = [(0, HEALTHY), (104, UNHEALTHY), (107, HEALTHY)]
    steps = [(0, HEALTHY), (100, UNHEALTHY), (107, HEALTHY)]
    assert episodes(steps, not_fresh, LIVE, PATIENCE, 1000) == (Episode(100, 104, 107),)


def test_only_what_people_are_told_of_has_episodes() -> None:
    steps = [(100, UNHEALTHY), (300, HEALTHY)]
    assert found(*steps, announced=[]) == []
    assert found(*steps, announced=[(0, False)]) == []
    assert found(*steps, announced=[(0, False), (150, True)]) == [Episode(100, 160, 300)]
    assert found(*steps, announced=[(0, True), (150, False)]) == [Episode(100, 110, 150)]
    assert found(*steps, announced=[(0, True), (105, False)]) == []


def test_of_two_kinds_of_faults_only_what_is_not_fresh_is_by_time_alone() -> None:
    made = [
        product("users", freshness_assertion("x", MaxAge(age=HOUR)), checked("t")),
        product("revenue", inputs=(Input(product="users"), Input(product="empty"))),
        product("empty"),
    ]
    portfolio = portfolio_of(made)
    evidence: list[Evidence] = [result("t", BEGIN, Outcome.FAILURE), update("x", BEGIN)]
    alone = by_time_alone(portfolio, verdicts(portfolio, evidence, UNTIL), UNTIL)
    assert alone["revenue"] == [(BEGIN, HEALTHY), (BEGIN + HOUR, UNHEALTHY)]
    assert alone["empty"] == []


def of(made: list[DataProduct], heard: list[Evidence]) -> dict[str, tuple[Episode, ...]]:
    portfolio = portfolio_of(made)
    whole = histories(portfolio, heard, UNTIL)
    alone = by_time_alone(portfolio, verdicts(portfolio, heard, UNTIL), UNTIL)
    patience = Patience(for_=GRID, clear_for=2 * GRID)
    return {
        p.id: episodes(whole[p.id].experienced, alone[p.id], [(0, p.is_announced)], patience, UNTIL)
        for p in made
    }


@given(catalogs(), histories_of_evidence, st.data())
def test_any_order_of_evidence_gives_the_same_episodes(
    made: list[DataProduct], heard: list[Evidence], data: st.DataObject
) -> None:
    assert of(made, data.draw(st.permutations(heard))) == of(made, heard)


steps_ = st.lists(st.tuples(st.integers(0, 200), st.sampled_from(Health)), max_size=12).map(
    lambda made: [
        step
        for n, step in enumerate(sorted(dict(made).items()))
        if n == 0 or sorted(dict(made).items())[n - 1][1] is not step[1]
    ]
)


def health_at(steps: list[tuple[int, Health]], instant: int) -> Health | None:
    return next((health for at, health in reversed(steps) if at <= instant), None)


@given(steps_, st.integers(200, 240))
def test_episodes_follow_one_another_and_none_closes_before_it_opened(
    steps: list[tuple[int, Health]], until: int
) -> None:
    made = found(*steps, until=until)
    for one in made:
        assert one.opened_at <= one.told_at == one.opened_at + PATIENCE.for_
        assert all(health_at(steps, t) is UNHEALTHY for t in range(one.opened_at, one.told_at))
        if one.closed_at is not None:
            assert one.opened_at < one.closed_at
            stood = range(one.closed_at, one.closed_at + PATIENCE.clear_for)
            assert all(health_at(steps, t) in MEASURED_GOOD for t in stood)
    ends = [one.closed_at for one in made]
    assert all(end is not None for end in ends[:-1])
    assert all(e.closed_at <= after.opened_at for e, after in pairwise(made) if e.closed_at)


@given(steps_, st.integers(1, 100))
def test_time_unknown_at_the_end_changes_nothing(
    steps: list[tuple[int, Health]], longer: int
) -> None:
    blind = [*steps, (300, UNKNOWN)]
    assert found(*blind, until=300) == found(*blind, until=300 + longer)
    before = [step for step in steps if step[1] is not UNHEALTHY]
    assert found(*before) == []


@pytest.mark.parametrize("live", [True, False])
def test_without_a_history_there_is_none(live: bool) -> None:
    assert found(announced=[(0, live)]) == []
