"""Random histories of a fixed range of seeds: what the domain says is what the words say.

`make soak` tries many more. A failure is made as small as can be.
"""

from collections.abc import Sequence
from random import Random

import pytest

from datahub_dataproducts.domain.assertions import Impact
from tests.soak import comparing
from tests.soak.cases import first_failure, smallest
from tests.soak.random_histories import RandomHistory, random_history

SEEDS = range(1_000)
REPLAYED = range(100)
TRACKED = range(100)


def parts(seeds: range, of: int) -> list[range]:
    return [seeds[begin : begin + of] for begin in range(0, len(seeds), of)]


@pytest.mark.parametrize("seeds", parts(SEEDS, 250), ids=str)
def test_at_each_instant_all_is_as_the_words_say(seeds: range) -> None:
    assert not (failure := first_failure(seeds, ["pure"])), failure


@pytest.mark.parametrize("seeds", parts(REPLAYED, 50), ids=str)
def test_a_replay_ends_as_the_words_say(seeds: range) -> None:
    assert not (failure := first_failure(seeds, ["replay"])), failure


@pytest.mark.parametrize("seeds", parts(TRACKED, 50), ids=str)
def test_a_tracker_that_hears_late_and_twice_and_is_restarted_keeps_what_the_words_say(
    seeds: range,
) -> None:
    assert not (failure := first_failure(seeds, ["tracking"])), failure


def test_the_seeds_have_all_that_is_to_be_compared() -> None:
    """Every health, cause, status and way of hearing occurs, and not once only."""
    histories = [random_history(Random(seed)) for seed in range(200)]
    statuses, healths, reasons = list[str](), list[str](), list[str]()
    for history in histories:
        words = comparing.Oracle(history.products, history.evidence, history.step)
        for product in history.products:
            healths.append(words.health(product.id, history.until))
            reasons += [f.said.reason for f in words.faults(product.id, history.until)]
            if product.objective is not None:
                statuses.append(_status(words, history, product.id))
    assert _at_least(20, healths, ["HEALTHY", "AT_RISK", "UNKNOWN", "UNHEALTHY"])
    assert _at_least(
        10, reasons, ["failed", "not fresh", "gone silent", "check broken", "never ran"]
    )
    assert _at_least(3, statuses, ["no data", "exhausted", "at risk", "meeting"])


def _status(words: comparing.Oracle, history: RandomHistory, id_: str) -> str:
    objective = words.products[id_].objective
    assert objective is not None
    return words.objective(id_, objective, history.until, lambda t: words.health(id_, t)).status


def _at_least(times: int, found: Sequence[str], wanted: Sequence[str]) -> bool:
    counts = {one: found.count(one) for one in wanted}
    assert min(counts.values()) >= times, counts
    return True


def test_a_failure_is_made_as_small_as_can_be() -> None:
    """One product with one blocking promise of which there is one result is all it takes."""

    def fails(history: RandomHistory) -> list[str]:
        blocked = {
            subject
            for product in history.products
            for assertion in product.assertions
            if assertion.impact is Impact.BLOCKING
            for subject in assertion.listens_to
        }
        return [e.subject for e in history.evidence if e.subject in blocked]

    history = next(h for h in map(random_history, map(Random, range(50))) if len(fails(h)) > 5)
    small = smallest(fails, history)
    assert len(small.products) == len(small.told) == 1
    assert len(small.products[0].assertions) == 1
    assert (small.products[0].inputs, small.corrections) == ((), ())
