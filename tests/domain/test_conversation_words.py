"""What a letter of several products says."""

from dataclasses import replace
from fractions import Fraction

import pytest

from datahub_dataproducts.domain.composition import letter
from datahub_dataproducts.domain.conversations import Kind
from datahub_dataproducts.domain.durations import HOUR, MINUTE
from datahub_dataproducts.domain.letters import Why
from datahub_dataproducts.domain.news import Standpoint
from datahub_dataproducts.domain.objectives import objective_of
from datahub_dataproducts.domain.portfolio import portfolio_of
from datahub_dataproducts.domain.products import DataProduct, Objective
from tests.domain.standings import (
    AT_RISK,
    BLOCK,
    CHECK,
    HEALTHY,
    METRIC,
    NOW,
    SILENT,
    UNHEALTHY,
    UNKNOWN,
    WHO,
    made,
    news_of,
    standing,
)


def text(
    products: list[DataProduct],
    standpoints: dict[str, Standpoint],
    *,
    why: Why = Why.OPENED,
    kind: Kind = Kind.EPISODE,
    joined: tuple[str, ...] = (),
    ended: tuple[str, ...] = (),
    known: bool = True,
) -> str:
    news = news_of(standpoints, why=why, kind=kind, joined=joined, ended=ended, known=known)
    return letter(portfolio_of(products), news).text


def test_what_the_others_are_to_the_business_is_said_metrics_first() -> None:
    products = [
        *made("users", "marts", type_=BLOCK),
        *made("revenue", "churn", type_=METRIC),
        *made("other"),
    ]
    points = {p.id: standing(UNHEALTHY, p.id, "users") for p in products}
    assert text(products, points, known=False).startswith(
        "Users is unhealthy because its input Users fails a check: "
        f"{CHECK} The metrics Churn and Revenue and Other and the building block Marts, which use "
        "Users, are unhealthy too. Owner"
    )


def test_without_the_root_the_most_important_one_begins() -> None:
    products = [*made("users"), *made("marts", type_=BLOCK), *made("revenue", type_=METRIC)]
    points = {id_: standing(UNHEALTHY, id_, "users") for id_ in ("marts", "revenue")}
    assert text(products, points, known=False) == (
        "Revenue is unhealthy because its input Users fails a check: "
        f"{CHECK} The building block Marts is unhealthy too. {WHO}"
    )


def test_who_recovers_already_or_is_not_known_is_not_called_unhealthy() -> None:
    products = made("users", "a", "b", "c")
    points = {
        "a": standing(UNHEALTHY, "a", "users"),
        "b": standing(HEALTHY, "b"),
        "c": standing(UNKNOWN, "c", "users", judgement=SILENT),
    }
    said = text(products, points, why=Why.CAUSE_CHANGED)
    assert said == f"A is unhealthy because its input Users fails a check: {CHECK} {WHO}"


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "A is healthy again, after 1 h."),
        (2, "A and B are healthy again, after 1 h."),
        (6, "A, B, C, D, E and F are healthy again, after 1 h."),
        (7, "A, B, C, D, E and 2 more are healthy again, after 1 h."),
    ],
)
def test_those_who_recovered_alike_are_one_sentence(count: int, said: str) -> None:
    ids = tuple("abcdefg"[:count])
    points = {id_: standing(HEALTHY, id_) for id_ in ids}
    assert text(made(*ids), points, why=Why.CLOSED, ended=ids) == said


def test_those_who_recovered_otherwise_have_sentences_of_their_own() -> None:
    points = {
        "a": standing(HEALTHY, "a"),
        "b": standing(HEALTHY, "b", began_at=NOW - MINUTE),
        "c": standing(HEALTHY, "c", is_announced=False),
        "d": standing(AT_RISK, "d", "users"),
        "e": standing(HEALTHY, "e", began_at=NOW + 1),
    }
    products = made("a", "b", "c", "d", "e", "users")
    assert text(products, points, why=Why.CLOSED, ended=tuple("abcde")) == (
        "A is healthy again, after 1 h. B is healthy again, after 1 min. C is announced no more. D "
        "is no longer unhealthy, after 1 h. E is healthy again. D is at risk because its input "
        f"Users fails a check: {CHECK} {WHO}"
    )


def test_blindness_names_those_of_whom_nothing_is_known() -> None:
    points = {id_: standing(UNKNOWN, id_, judgement=SILENT) for id_ in "abc"}
    said = text(
        made(*"abc"), points, kind=Kind.BLINDNESS, why=Why.AFFECTED_CHANGED, joined=("b", "c")
    )
    assert said.startswith(
        "It is not known of B and C either. It is not known whether A is healthy, because fct has "
        "gone silent: the promise is that it passes t, and the check of that was last heard of on "
        "Tue 3 Mar at 06:00. The same goes for B and C."
    )


def test_what_is_known_again_is_said_with_what_it_is() -> None:
    points = {
        "a": standing(HEALTHY, "a"),
        "b": standing(AT_RISK, "b", "users"),
        "users": standing(UNKNOWN, "users", judgement=SILENT),
    }
    said = text(
        made("users", "a", "b"),
        points,
        kind=Kind.BLINDNESS,
        why=Why.AFFECTED_CHANGED,
        ended=("a", "b"),
    )
    assert said.startswith(
        "A is known to be healthy again. It is known again that B is at risk. It is not known "
        "whether Users"
    )


def test_what_is_still_open_is_said_with_how_long_and_the_whole() -> None:
    products = made("users", "a")
    points = {"a": standing(UNHEALTHY, "a", "users", began_at=NOW - 26 * HOUR)}
    whole = f"A is unhealthy because its input Users fails a check: {CHECK} {WHO}"
    assert text(products, points, why=Why.STILL_OPEN) == (
        f"Still open on Tue 3 Mar at 08:00, after 1 day 2 h. {whole}"
    )
    unknown = {"a": replace(points["a"], began_at=None)}
    assert text(products, unknown, why=Why.STILL_OPEN) == whole


def test_of_a_budget_that_is_spent_to_the_last_millisecond_nothing_is_left() -> None:
    objective = Objective(target=Fraction(1, 2), window=2 * HOUR)
    products = [replace(one, objective=objective) for one in made("a")]
    points = {"a": standing(HEALTHY, "a")}

    def said(bad: int) -> str:
        steps = [(NOW - 2 * HOUR, UNHEALTHY), (NOW - 2 * HOUR + bad, HEALTHY)]
        report = objective_of(products[0], steps, NOW)
        news = replace(news_of(points, why=Why.CLOSED, ended=("a",)), objective_of=lambda _: report)
        return letter(portfolio_of(products), news).text

    assert "Nothing is left of the error budget of 2 h." in said(HOUR)
    assert "50.0 % of the error budget of 2 h is left." in said(HOUR // 2)
