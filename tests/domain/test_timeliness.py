"""Freshness promised sooner than what it is made of is told with the numbers, at its place."""

from dataclasses import replace
from typing import Any

import pytest

from datahub_dataproducts.domain.assertions import Impact
from datahub_dataproducts.domain.documents import InputDocument
from datahub_dataproducts.domain.durations import DAY, HOUR
from datahub_dataproducts.domain.nodes import Node
from datahub_dataproducts.domain.submissions import Submission
from datahub_dataproducts.domain.timeliness import review_timeliness
from tests.submissions import age, by_id, due, lines, model, place, promised, submission, table


def told(*submissions: Submission, nodes: dict[str, Node] | None = None) -> list[str]:
    return lines(review_timeliness(by_id(*submissions), nodes or {}))


def test_a_deadline_before_that_of_an_input_is_told_in_both_time_zones() -> None:
    revenue = submission("revenue", promised(table("fct_revenue"), due("08:00")), inputs=["users"])
    users = submission("users", promised(table("dim_users"), due("09:00", zone="UTC")))
    assert told(revenue, users) == [
        (
            "p.yml:11:3: warning[deadline-before-input]: fct_revenue is due by 08:00 "
            'Europe/Amsterdam, and dim_users of the input "users" only by 10:00 or 11:00 (09:00 UTC); '
            "promise it for later, or have what it is made of promised for earlier"
        )
    ]


@pytest.mark.parametrize("ready", ["08:00", "07:00"])
def test_an_input_that_is_due_no_later_is_fine(ready: str) -> None:
    revenue = submission("revenue", promised(table("fct"), due("08:00")), inputs=["users"])
    assert told(revenue, submission("users", promised(table("dim"), due(ready)))) == []


def test_an_optional_input_and_one_that_is_not_known_may_come_when_they_like() -> None:
    optional = InputDocument(product="users", required=False, location=place(20))
    revenue = submission("revenue", promised(table("fct"), due("08:00")), inputs=[optional, "gone"])
    assert told(revenue, submission("users", promised(table("dim"), due("09:00")))) == []


def test_an_input_without_a_promise_is_seen_through() -> None:
    revenue = submission("revenue", promised(table("fct"), due("08:00")), inputs=["users"])
    users = submission("users", inputs=["crm"])
    crm = submission("crm", promised(table("crm"), due("09:00")))
    (line,) = told(revenue, users, crm)
    assert 'and crm of the input "crm" only by 09:00' in line


def test_of_several_promises_of_an_input_the_worst_is_told_that_dbt_has_upstream() -> None:
    nodes = {
        "model.shop.fct": model("fct", depends_on=("model.shop.stg",)),
        "model.shop.stg": model("stg", depends_on=("model.shop.dim", "model.shop.fct")),
    }
    dim, late, later = table("dim"), table("late"), table("later")
    revenue = submission("revenue", promised(table("fct"), due("08:00")), inputs=["users"])
    users = submission(
        "users",
        promised(dim, due("07:00")),
        promised(late, due("09:00")),
        promised(later, due("10:00")),
    )
    assert told(revenue, users, nodes=nodes) == []
    nodes["model.shop.stg"] = model("stg", depends_on=("model.shop.late", "model.shop.later"))
    (line,) = told(revenue, users, nodes=nodes)
    assert "and later of the input" in line


def test_without_lineage_all_that_an_input_promises_counts() -> None:
    revenue = submission("revenue", promised(table("fct"), due("08:00")), inputs=["users"])
    ports = [promised(replace_node(table(name)), due("09:00")) for name in ("a", "b")]
    (line,) = told(revenue, submission("users", *ports))
    assert "only by 09:00" in line


def replace_node(asset: Any) -> Any:
    return replace(asset, found=replace(asset.found, asset=replace(asset.found.asset, node="")))


@pytest.mark.parametrize(
    ("own", "given_rule", "words"),
    [
        (
            age(6 * HOUR),
            age(DAY),
            (
                'fct is never to be older than 6 h, and dim of the input "users" may be 1 day old; '
                "allow at least 1 day, or have what it is made of promised more often"
            ),
        ),
        (
            age(DAY),
            due("08:00", "MON-FRI", "UTC"),
            (
                'fct is never to be older than 1 day, and the deadlines of dim of the input "users" '
                "are up to 3 days apart (52 times a year); allow at least 3 days, or have what it is made of "
                "promised more often"
            ),
        ),
        (age(DAY), due("08:00", zone="UTC"), None),
        (age(DAY), age(DAY), None),
        (due("08:00"), age(7 * DAY), None),
    ],
)
def test_an_age_that_an_input_does_not_allow_is_told(
    own: Any, given_rule: Any, words: str | None
) -> None:
    revenue = submission("revenue", promised(table("fct"), own), inputs=["users"])
    users = submission("users", promised(table("dim"), given_rule))
    expected = [f"p.yml:11:3: warning[age-below-cadence]: {words}"] if words else []
    assert told(revenue, users) == expected


def test_a_mere_tolerance_of_age_says_nothing_of_how_old_something_is() -> None:
    revenue = submission("revenue", promised(table("fct"), age(DAY)), inputs=["users"])
    tolerant = promised(table("dim"), age(2 * DAY), impact=Impact.WARNING)
    assert told(revenue, submission("users", tolerant)) == []
    late = promised(table("dim"), due("08:00", "MON", "UTC"), impact=Impact.WARNING)
    assert len(told(revenue, submission("users", late))) == 1, "a deadline is a pace all the same"


def test_a_product_is_no_sooner_than_its_own_tables_upstream() -> None:
    source = table("charges", resource_type="source", materialization="")
    fct = table("fct")
    nodes = {fct.node: model("fct", depends_on=(source.node,))}
    late = submission("a", promised(fct, due("08:00")), promised(source, due("09:00"), 20))
    assert told(late, nodes=nodes) == [
        (
            "p.yml:11:3: warning[deadline-before-input]: fct is due by 08:00 Europe/Amsterdam, and "
            "charges only by 09:00; promise it for later, or have what it is made of promised for "
            "earlier"
        )
    ]
    assert told(late) == []
    old = submission("a", promised(fct, age(6 * HOUR)), promised(source, age(DAY), 20))
    (line,) = told(old, nodes=nodes)
    assert "fct is never to be older than 6 h, and charges may be 1 day old" in line
    fine = submission("a", promised(fct, due("08:00")), promised(source), promised(source, age(1)))
    assert told(fine, nodes=nodes) == []
