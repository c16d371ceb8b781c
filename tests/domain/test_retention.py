"""How long things are kept: what is asked for, and never less than what is judged over."""

from dataclasses import replace
from fractions import Fraction

from datahub_dataproducts.domain.durations import DAY
from datahub_dataproducts.domain.products import Objective
from datahub_dataproducts.domain.retention import SHORTEST, Keeping, Marks, marks_of
from tests.builders import checked, product

NOW = 1_772_431_200_000


def test_what_no_word_is_said_of_is_kept_for_ever() -> None:
    assert marks_of(Keeping(), [], NOW) == Marks()


def test_each_kind_has_its_own_length() -> None:
    keeping = Keeping(results=400 * DAY, letters=90 * DAY, set_aside=DAY)
    assert marks_of(keeping, [product("p", checked())], NOW) == Marks(
        results=NOW - 400 * DAY, letters=NOW - 90 * DAY, set_aside=NOW - DAY
    )


def test_results_are_kept_for_a_quarter_and_for_the_longest_objective_whatever_is_asked() -> None:
    keeping = Keeping(results=DAY)
    yearly = Objective(target=Fraction(99, 100), window=365 * DAY)
    quarterly = Objective(target=Fraction(99, 100), calendar="quarter")
    made = product("p", checked())
    assert marks_of(keeping, [made], NOW).results == NOW - SHORTEST
    for objective, length in ((yearly, 365 * DAY), (quarterly, SHORTEST)):
        found = marks_of(keeping, [replace(made, objective=objective)], NOW)
        assert found.results == NOW - length
