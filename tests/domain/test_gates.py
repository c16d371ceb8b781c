"""Whether a product is healthy enough to go on."""

import pytest

from datahub_dataproducts.domain.durations import DAY, HOUR
from datahub_dataproducts.domain.gates import REQUIRABLE, Answer, GateRule, judge_gate, overall
from datahub_dataproducts.domain.health import Health

YES, NO, PERHAPS = Answer.AS_REQUIRED, Answer.NOT_AS_REQUIRED, Answer.CANNOT_TELL


@pytest.mark.parametrize(
    ("require", "health", "answer"),
    [
        (Health.HEALTHY, Health.HEALTHY, YES),
        (Health.HEALTHY, Health.AT_RISK, NO),
        (Health.HEALTHY, Health.UNHEALTHY, NO),
        (Health.HEALTHY, Health.UNKNOWN, PERHAPS),
        (Health.AT_RISK, Health.HEALTHY, YES),
        (Health.AT_RISK, Health.AT_RISK, YES),
        (Health.AT_RISK, Health.UNHEALTHY, NO),
        (Health.AT_RISK, Health.UNKNOWN, PERHAPS),
    ],
)
def test_a_gate_is_open_where_the_health_is_as_required(
    require: Health, health: Health, answer: Answer
) -> None:
    found = judge_gate(GateRule(require=require), "p", health, "so it is", known_at=0, at=HOUR)
    assert (found.product, found.answer, found.why) == ("p", answer, "so it is")
    assert require in REQUIRABLE


@pytest.mark.parametrize("health", [Health.HEALTHY, Health.AT_RISK, Health.UNHEALTHY])
def test_what_is_too_old_says_nothing_be_it_good_or_bad(health: Health) -> None:
    rule = GateRule(require=Health.HEALTHY, max_age=HOUR)
    old = judge_gate(rule, "p", health, "", known_at=0, at=HOUR + 60_000)
    assert old.answer is PERHAPS
    assert old.why == "what is known of it is 1 h 1 min old, and 1 h is the most that is allowed"
    assert judge_gate(rule, "p", Health.HEALTHY, "", known_at=0, at=HOUR).answer is YES


def test_what_is_of_no_known_age_says_nothing_where_an_age_is_asked_for() -> None:
    rule = GateRule(require=Health.HEALTHY, max_age=HOUR)
    found = judge_gate(rule, "p", Health.HEALTHY, "so it is", known_at=None, at=0)
    assert found.answer is PERHAPS
    assert found.why == (
        "the age of what is known of it is not known, and 1 h is the most that is allowed"
    )
    at_any_age = GateRule(require=Health.HEALTHY)
    assert judge_gate(at_any_age, "p", Health.HEALTHY, "", known_at=None, at=0).answer is YES


def test_unknown_is_told_as_such_however_old_it_is() -> None:
    rule = GateRule(require=Health.HEALTHY, max_age=HOUR)
    found = judge_gate(rule, "p", Health.UNKNOWN, "so it is", known_at=0, at=DAY)
    assert (found.answer, found.why) == (PERHAPS, "so it is")


@pytest.mark.parametrize(
    ("answers", "whole"),
    [([YES, YES], YES), ([YES, PERHAPS], PERHAPS), ([PERHAPS, NO, YES], NO), ([], YES)],
)
def test_of_several_one_that_is_not_as_required_decides_then_doubt(
    answers: list[Answer], whole: Answer
) -> None:
    assert overall(answers) is whole
