"""What people know better is told beside what was measured."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.domain.corrected_histories import corrected
from datahub_dataproducts.domain.corrections import Correction, CorrectionKind
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.timelines import Step, tally

UNHEALTHY, UNKNOWN, AT_RISK, HEALTHY = Health
PLANNED, FALSE, UNDETECTED = CorrectionKind
STEPS: list[Step] = [(10, HEALTHY), (20, UNHEALTHY), (30, UNKNOWN), (40, AT_RISK)]


def correction(
    kind: CorrectionKind, since: int, until: int, *, product: str = "revenue"
) -> Correction:
    return Correction(
        product=product, since=since, until=until, kind=kind, reason="as known", author="ana"
    )


@pytest.mark.parametrize(
    ("kind", "expected"), [(PLANNED, UNKNOWN), (FALSE, HEALTHY), (UNDETECTED, UNHEALTHY)]
)
@pytest.mark.parametrize("measured", Health)
def test_a_correction_says_what_its_whole_interval_was(
    kind: CorrectionKind, expected: Health, measured: Health
) -> None:
    found = corrected([(0, measured)], [correction(kind, 10, 20)])
    instants = {at: _at(found, at) for at in (0, 9, 10, 19, 20, 99)}
    outside = dict.fromkeys((0, 9, 20, 99), measured)
    assert instants == {**outside, 10: expected, 19: expected}


def test_what_was_measured_goes_on_where_the_correction_ends() -> None:
    assert corrected(STEPS, [correction(FALSE, 15, 25)]) == [
        (10, HEALTHY),
        (25, UNHEALTHY),
        (30, UNKNOWN),
        (40, AT_RISK),
    ]
    assert corrected(STEPS, [correction(PLANNED, 25, 35)]) == [
        (10, HEALTHY),
        (20, UNHEALTHY),
        (25, UNKNOWN),
        (40, AT_RISK),
    ]


def test_no_history_begins_with_a_correction() -> None:
    assert corrected(STEPS, [correction(UNDETECTED, 0, 10)]) == STEPS
    assert corrected(STEPS, [correction(UNDETECTED, 0, 12)])[:2] == [(10, UNHEALTHY), (12, HEALTHY)]
    assert corrected([], [correction(UNDETECTED, 0, 10)]) == []


def test_of_corrections_that_hold_at_once_the_worst_stands() -> None:
    several = [
        correction(FALSE, 0, 40),
        correction(PLANNED, 10, 30),
        correction(UNDETECTED, 20, 25),
    ]
    assert corrected([(0, AT_RISK)], several) == [
        (0, HEALTHY),
        (10, UNKNOWN),
        (20, UNHEALTHY),
        (25, UNKNOWN),
        (30, HEALTHY),
        (40, AT_RISK),
    ]


def test_one_correction_may_follow_another_or_be_written_twice() -> None:
    several = [correction(FALSE, 0, 20), correction(FALSE, 20, 30), correction(FALSE, 20, 30)]
    assert corrected([(0, UNHEALTHY)], several) == [(0, HEALTHY), (30, UNHEALTHY)]


# Properties.

STEPS_DRAWN = st.lists(
    st.tuples(st.integers(5, 40), st.sampled_from(Health)),
    min_size=1,
    max_size=8,
    unique_by=lambda step: step[0],
).map(sorted)
CORRECTIONS = st.lists(
    st.builds(
        lambda kind, since, length: correction(kind, since, since + length),
        st.sampled_from(CorrectionKind),
        st.integers(0, 45),
        st.integers(1, 15),
    ),
    max_size=5,
)
EXPECTED = {PLANNED: UNKNOWN, FALSE: HEALTHY, UNDETECTED: UNHEALTHY}


@given(STEPS_DRAWN, CORRECTIONS)
def test_at_each_instant_a_correction_stands_and_elsewhere_nothing_changes(
    steps: list[Step], corrections: list[Correction]
) -> None:
    found = corrected(steps, corrections)
    for instant in range(70):
        said = {EXPECTED[c.kind] for c in corrections if c.since <= instant < c.until}
        measured = _at(steps, instant)
        standing = next((h for h in (UNHEALTHY, UNKNOWN, HEALTHY) if h in said), measured)
        assert _at(found, instant) is (None if measured is None else standing)


@given(STEPS_DRAWN, CORRECTIONS, st.randoms(use_true_random=False))
def test_the_order_and_repetition_of_corrections_change_nothing(
    steps: list[Step], corrections: list[Correction], chance: Random
) -> None:
    shuffled = corrections * 2
    chance.shuffle(shuffled)
    assert corrected(steps, shuffled) == corrected(steps, corrections)


@given(STEPS_DRAWN, CORRECTIONS)
def test_corrections_move_time_and_neither_make_nor_lose_any(
    steps: list[Step], corrections: list[Correction]
) -> None:
    figures = tally(corrected(steps, corrections), 0, 60)
    assert figures.good + figures.bad + figures.unknown == 60 - steps[0][0]


def _at(steps: list[Step], instant: int) -> Health | None:
    begun = [health for at, health in steps if at <= instant]
    return begun[-1] if begun else None
