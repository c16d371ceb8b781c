"""Raw and corrected figures stand side by side, and neither reaches into the other."""

from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.domain.corrections import Correction, CorrectionKind
from datahub_dataproducts.domain.durations import DAY, HOUR
from datahub_dataproducts.domain.figures import SideBySide, figures_of
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.objectives import ObjectiveStatus
from datahub_dataproducts.domain.products import DataProduct, Objective
from datahub_dataproducts.domain.timelines import Step, Tally
from tests.builders import checked, product

UNHEALTHY, UNKNOWN, AT_RISK, HEALTHY = Health
OBJECTIVE = Objective(target=Fraction(1, 2), window=30)
REVENUE = replace(product("revenue", checked()), objective=OBJECTIVE)
STEPS: list[Step] = [(10, HEALTHY), (20, UNHEALTHY), (60, HEALTHY)]


def correction(
    since: int,
    until: int,
    kind: CorrectionKind = CorrectionKind.FALSE_ALARM,
    *,
    of: str = "revenue",
) -> Correction:
    return Correction(
        product=of, since=since, until=until, kind=kind, reason="as known", author="ana"
    )


def figures(
    *corrections: Correction,
    of: DataProduct = REVENUE,
    steps: list[Step] = STEPS,
    window: tuple[int, int] = (0, 80),
) -> SideBySide:
    return figures_of(of, steps, steps, window, corrections)


def test_what_was_measured_and_what_people_know_better_are_told_beside_one_another() -> None:
    found = figures(correction(20, 60))
    assert found.raw.experienced == found.raw.own == Tally(good=30, bad=40, unknown=0)
    assert found.corrected.experienced == found.corrected.own == Tally(70, 0, 0)
    assert found.raw.objective is not None
    assert found.corrected.objective is not None
    assert found.raw.objective.remaining == 15 - 10
    assert found.corrected.objective.remaining == 15
    assert found.corrections == (correction(20, 60),)


def test_where_nobody_corrected_anything_both_are_the_same() -> None:
    found = figures(correction(20, 60, of="orders"))
    assert found.corrected == found.raw
    assert found.corrections == ()


def test_a_correction_of_time_before_the_history_or_after_the_end_does_not_count() -> None:
    assert figures(correction(0, 10), correction(80, 90)).corrections == ()
    assert figures(correction(0, 10), steps=[]).corrections == ()
    assert figures(correction(0, 11)).corrections == (correction(0, 11),)


def test_a_correction_that_only_the_window_of_the_objective_reaches_counts() -> None:
    found = figures(correction(55, 58), window=(70, 80))
    assert found.corrected.experienced == found.raw.experienced
    assert found.corrections == (correction(55, 58),)
    bare = figures(correction(55, 58), window=(70, 80), of=replace(REVENUE, objective=None))
    assert bare.corrections == ()
    assert bare.raw.objective is None


def test_a_correction_that_goes_on_after_the_end_changes_nothing_there() -> None:
    found = figures(correction(70, 500, CorrectionKind.UNDETECTED_FAULT))
    assert found.corrected.experienced == Tally(good=20, bad=50, unknown=0)
    assert found.corrected.objective is not None
    assert found.corrected.objective.status is ObjectiveStatus.EXHAUSTED


def test_of_what_was_not_promised_there_is_nothing_to_know_better() -> None:
    mere = product("revenue")
    found = figures_of(mere, [(10, UNKNOWN)], STEPS, (0, 80), [correction(20, 60)])
    assert found.corrected.own == found.raw.own == Tally(0, 0, 70)
    assert found.corrected.experienced == Tally(70, 0, 0)


# Properties.

STEPS_DRAWN = st.lists(
    st.tuples(st.integers(0, 80), st.sampled_from(Health)),
    max_size=8,
    unique_by=lambda step: step[0],
).map(sorted)
CORRECTIONS = st.lists(
    st.builds(
        lambda kind, since, length, of: correction(since, since + length, kind, of=of),
        st.sampled_from(CorrectionKind),
        st.integers(0, 90),
        st.integers(1, 30),
        st.sampled_from(["revenue", "orders"]),
    ),
    max_size=5,
)


@given(STEPS_DRAWN, CORRECTIONS)
def test_raw_figures_never_depend_on_corrections(
    steps: list[Step], corrections: list[Correction]
) -> None:
    assert figures(*corrections, steps=steps).raw == figures(steps=steps).raw


@given(STEPS_DRAWN, CORRECTIONS, st.integers(0, 80), st.integers(0, 80))
def test_a_correction_changes_nothing_of_a_window_outside_its_interval(
    steps: list[Step], corrections: list[Correction], one: int, other: int
) -> None:
    window = min(one, other), max(one, other)
    without = replace(REVENUE, objective=None)
    found = figures(*corrections, steps=steps, window=window, of=without)
    if all(c.until <= window[0] or c.since >= window[1] for c in corrections):
        assert found.corrected == found.raw
    lengths = {t.good + t.bad + t.unknown for t in (found.raw.own, found.corrected.own)}
    assert len(lengths) == 1


@given(STEPS_DRAWN, CORRECTIONS, st.randoms(use_true_random=False))
def test_corrections_said_twice_or_in_another_order_say_the_same(
    steps: list[Step], corrections: list[Correction], chance: Random
) -> None:
    again = corrections * 2
    chance.shuffle(again)
    assert figures(*again, steps=steps) == figures(*corrections, steps=steps)


@pytest.mark.parametrize("until", [DAY, 3 * DAY])
def test_a_history_cut_where_both_windows_begin_gives_the_same_figures(until: int) -> None:
    steps: list[Step] = [(n * HOUR, UNHEALTHY if n % 5 else HEALTHY) for n in range(60)]
    long = replace(REVENUE, objective=replace(OBJECTIVE, window=20 * HOUR))
    window = until - 10 * HOUR, until
    begin = until - 20 * HOUR
    cut = [s for s in steps if s[0] > begin]
    held = [s for s in steps if s[0] <= begin][-1:]
    some = (correction(begin - HOUR, begin + HOUR), correction(until - 3 * HOUR, until + DAY))
    assert figures(*some, of=long, steps=steps, window=window) == figures(
        *some, of=long, steps=[*held, *cut], window=window
    )
