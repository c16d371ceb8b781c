"""Promises in the words of product files are read back as the same promises."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.adapters.product_files.open_standards.own_words import (
    cron_of,
    decimal,
    freshness_words,
    objective_words,
)
from datahub_dataproducts.adapters.product_files.open_standards.yaml_text import yaml_text
from datahub_dataproducts.adapters.product_files.translate import parse_product_file
from datahub_dataproducts.domain.assertions import Deadline, Freshness, MaxAge
from datahub_dataproducts.domain.durations import DAY, HOUR, MINUTE
from datahub_dataproducts.domain.products import BurnRule, Objective
from datahub_dataproducts.domain.schedules import Schedule, parse_cron
from tests.adapters.product_files.product_texts import SMALLEST, document

ZONE = "Europe/Amsterdam"
DAYS = (date(2026, 12, 25), date(2026, 12, 26))


def read_back(rule: Freshness) -> Freshness:
    entry = {"asset": "ref('a')", "freshness": freshness_words(rule)}
    text = SMALLEST + yaml_text({"assets": ["ref('a')"], "contract": [entry]})
    (promise,) = document(text).contract
    assert promise.freshness is not None
    return promise.freshness.value


def ready_by(minute: int, *weekdays: int) -> Deadline:
    days = tuple(sorted(weekdays)) or tuple(range(7))
    return Deadline(schedule=Schedule(times=(minute,), timezone=ZONE, weekdays=days))


@pytest.mark.parametrize(
    "rule",
    [
        MaxAge(age=36 * HOUR),
        ready_by(480),
        ready_by(615, 0, 1, 2, 3, 4),
        ready_by(0, 6),
        Deadline(schedule=ready_by(600).schedule, look_back=90 * MINUTE),
    ],
)
def test_freshness_is_read_back_as_it_was(rule: Freshness) -> None:
    assert read_back(rule) == rule


FIELD = st.sampled_from(["*", "*/2", "*/3", "*/7", "1", "1,3", "2-4", "5-6/1"])


CRONS = st.tuples(
    st.sampled_from(["0", "5", "0,30", "*/15"]),
    st.sampled_from(["8", "*", "8-18", "*/6"]),
    FIELD,
    st.sampled_from(["*", "1", "*/3", "2-4"]),
    FIELD,
)


@given(CRONS)
def test_any_cron_is_written_as_one_of_the_same_schedule(fields: tuple[str, ...]) -> None:
    schedule = parse_cron(" ".join(fields), ZONE)
    if isinstance(schedule, Schedule):
        assert parse_cron(cron_of(schedule), ZONE) == schedule


def test_a_cron_is_read_back_as_it_was() -> None:
    schedule = parse_cron("0,30 8-18 1-5 * MON-FRI", ZONE)
    assert isinstance(schedule, Schedule)
    for rule in (Deadline(schedule=schedule), Deadline(schedule=replace(schedule, holidays=DAYS))):
        assert read_back(rule) == rule


@pytest.mark.parametrize(
    "objective",
    [
        Objective(target=Fraction("0.99"), window=30 * DAY),
        Objective(target=Fraction("0.9995"), calendar="month", hours="MON-FRI 08:00-18:00"),
        Objective(target=Fraction(1, 2), calendar="quarter", at_risk_is_bad=True),
        Objective(target=Fraction(1, 2), window=DAY, holidays=(date(2026, 12, 25),)),
        Objective(
            target=Fraction("0.99"),
            window=30 * DAY,
            burn=(BurnRule(rate=Fraction("14.4"), long=HOUR, short=5 * MINUTE),),
        ),
    ],
)
def test_an_objective_is_read_back_as_it_was(objective: Objective) -> None:
    text = SMALLEST + yaml_text({"objective": objective_words(objective)})
    found = parse_product_file(text, "p.yml", "UTC")
    assert [str(p) for p in found.problems if p.is_error] == []
    written = found.documents[0].objective
    assert written is not None
    assert written.value == objective


@given(st.decimals(min_value=0, max_value=100_000, places=6, allow_nan=False))
def test_a_decimal_is_written_as_it_was(value: object) -> None:
    assert Fraction(decimal(Fraction(str(value)))) == Fraction(str(value))


TEXTS = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=20)


@given(st.one_of(TEXTS, st.sampled_from(["no", "012", "1e3", "8:00", "2026-03-03", "~", ""])))
def test_text_is_quoted_wherever_yaml_would_read_something_else(text: str) -> None:
    found = parse_product_file(
        yaml_text({"id": "a", "domain": "b", "display_name": text}), "p.yml", "UTC"
    )
    assert [str(p) for p in found.problems] == []
    assert found.documents[0].name == text
