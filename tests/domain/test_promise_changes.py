from dataclasses import replace

import pytest

from datahub_dataproducts.domain.assertions import (
    Assertion,
    AssertionKind,
    Deadline,
    Impact,
    MaxAge,
)
from datahub_dataproducts.domain.durations import DAY, HOUR
from datahub_dataproducts.domain.field_changes import ChangeKind
from datahub_dataproducts.domain.promise_changes import contract_changes
from datahub_dataproducts.domain.schedules import Schedule
from tests.builders import checked, freshness_assertion

EIGHT = Deadline(schedule=Schedule(times=(480,)))
FRESH = freshness_assertion("dim", EIGHT)
A, B = checked("a", expect_every=3 * DAY), checked("b", expect_every=3 * DAY)


def told(before: tuple[Assertion, ...], after: tuple[Assertion, ...]) -> list[tuple[str, ...]]:
    changes = contract_changes(before, after)
    return [(c.kind.value, *filter(None, (c.item, c.before, c.after))) for c in changes]


def test_the_same_promises_in_another_order_are_no_change() -> None:
    assert told((A, B, FRESH), (FRESH, B, A)) == []


def test_tests_of_one_table_come_and_go_in_one_sentence() -> None:
    assert told((), (A, B)) == [("added", "fct passes a and b")]
    assert told((A, B), ()) == [("removed", "fct passes a and b")]


def test_promises_that_warn_and_assertions_of_datahub_are_named_as_that() -> None:
    warns = replace(A, impact=Impact.WARNING)
    assert told((), (warns,)) == [("added", "fct passes a (a failure is a warning)")]
    custom = replace(A, kind=AssertionKind.CUSTOM, asset_name="assertion 42", promise="passes")
    assert told((), (custom,)) == [("added", "the DataHub assertion 42 passes")]


def test_a_sentence_that_changes_is_told_as_a_whole() -> None:
    later = replace(FRESH, promise="is updated every day by 09:00 Europe/Amsterdam")
    assert told((FRESH,), (later,)) == [
        (
            "changed",
            "dim is updated every day by 08:00 Europe/Amsterdam",
            "dim is updated every day by 09:00 Europe/Amsterdam",
        )
    ]


@pytest.mark.parametrize(
    ("change", "fact", "before", "after"),
    [
        ({"impact": Impact.WARNING}, "impact", "blocking", "warning"),
        ({"expect_every": DAY}, "expect_every", "3d", "1d"),
        ({"expect_every": None}, "expect_every", "3d", "never"),
        ({"listens_to": ("urn:li:assertion:x",)}, "decided by", A.urn, "urn:li:assertion:x"),
        ({"node": "test.shop.a"}, "dbt node", "", "test.shop.a"),
        ({"asset": "urn:li:dataset:x"}, "table", A.asset, "urn:li:dataset:x"),
    ],
)
def test_what_else_a_promise_is_changes_with_its_name(
    change: dict[str, object], fact: str, before: str, after: str
) -> None:
    [found] = contract_changes((A,), (replace(A, **change),))  # type: ignore[arg-type]
    assert found.kind is ChangeKind.CHANGED
    assert (found.item, found.before, found.after) == (f"fct passes a: {fact}", before, after)


def test_what_changes_alike_on_several_tests_is_told_once() -> None:
    after = tuple(replace(one, expect_every=DAY) for one in (A, B))
    assert told((A, B), after) == [("changed", "fct passes a and b: expect_every", "3d", "1d")]


def test_a_rule_that_its_sentence_abridges_is_told_in_full() -> None:
    [look_back] = contract_changes(
        (FRESH,), (replace(FRESH, freshness=replace(EIGHT, look_back=DAY)),)
    )
    assert (look_back.before, look_back.after) == ("half the time", "1d")
    often = Schedule(times=tuple(range(0, 300, 50)))
    [times] = contract_changes((FRESH,), (replace(FRESH, freshness=Deadline(schedule=often)),))
    assert times.before == "at 08:00 UTC"
    assert times.after == "at 00:00, 00:50, 01:40, 02:30, 03:20, 04:10 UTC"
    [age] = contract_changes(
        (replace(FRESH, freshness=MaxAge(age=HOUR)),), (replace(FRESH, freshness=MaxAge(age=DAY)),)
    )
    assert (age.before, age.after) == ("1h", "1d")


def test_a_rule_is_not_told_beside_the_sentence_that_says_it() -> None:
    older = replace(FRESH, freshness=MaxAge(age=DAY), promise="is never older than 24 h")
    assert [change[0] for change in told((FRESH,), (older,))] == ["changed"]
