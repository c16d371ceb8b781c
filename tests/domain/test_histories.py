"""The whole history, from scratch, against the oracle."""

from collections.abc import Sequence
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.domain.assertions import Evidence
from datahub_dataproducts.domain.histories import histories
from datahub_dataproducts.domain.portfolio import portfolio_of
from datahub_dataproducts.domain.products import DataProduct
from datahub_dataproducts.domain.timelines import Step, tally
from tests.oracle import Oracle
from tests.strategies import BEGIN, GRID, HALF_HOUR, LENGTH, catalogs, histories_of_evidence

UNTIL = BEGIN + LENGTH * GRID


@given(catalogs(), histories_of_evidence)
def test_health_at_every_moment_is_what_the_words_say(
    made: list[DataProduct], heard: list[Evidence]
) -> None:
    words = Oracle(made, heard, HALF_HOUR)
    found = histories(portfolio_of(made), heard, UNTIL)
    for id_, history in found.items():
        first = words.begins(id_)
        assert (history.experienced[0][0] if history.experienced else None) == first
        if first is None:
            continue
        for moment in range(first, UNTIL + 1, HALF_HOUR):
            assert _at(history.experienced, moment) == words.health(id_, moment)
            assert _at(history.own, moment) == words.own(id_, moment)


@given(catalogs(), histories_of_evidence, st.randoms(use_true_random=False))
def test_the_order_and_repetition_of_evidence_change_nothing(
    made: list[DataProduct], heard: list[Evidence], chance: Random
) -> None:
    shuffled = heard + heard[: len(heard) // 2]
    chance.shuffle(shuffled)
    portfolio = portfolio_of(made)
    assert histories(portfolio, shuffled, UNTIL) == histories(portfolio, heard, UNTIL)


@given(catalogs(), histories_of_evidence, st.integers(0, LENGTH))
def test_good_bad_and_unknown_time_fill_the_window_and_parts_add_up(
    made: list[DataProduct], heard: list[Evidence], cut: int
) -> None:
    for history in histories(portfolio_of(made), heard, UNTIL).values():
        if not history.experienced:
            continue
        begin, middle = history.experienced[0][0], BEGIN + cut * GRID
        whole = tally(history.experienced, begin, UNTIL)
        assert whole.good + whole.bad + whole.unknown == UNTIL - begin
        if begin <= middle <= UNTIL:
            one = tally(history.experienced, begin, middle)
            other = tally(history.experienced, middle, UNTIL)
            assert (one.good + other.good, one.bad + other.bad) == (whole.good, whole.bad)


def _at(steps: Sequence[Step], moment: int) -> str:
    return [health for at, health in steps if at <= moment][-1].value
