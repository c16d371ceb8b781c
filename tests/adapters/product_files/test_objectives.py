"""An objective is an exact percentage over one window."""

from fractions import Fraction

import pytest

from datahub_dataproducts.domain.documents import Marked
from datahub_dataproducts.domain.durations import DAY, HOUR, MINUTE
from datahub_dataproducts.domain.problems import Location
from datahub_dataproducts.domain.products import BurnRule, Objective
from tests.adapters.product_files.product_texts import SMALLEST, document, told


def objective(text: str) -> Objective:
    found = document(f"{SMALLEST}objective: {text}\n").objective
    assert found is not None
    return found.value


def test_an_objective_knows_its_place() -> None:
    assert document(f"{SMALLEST}objective: {{target: 99%, window: 30d}}\n").objective == Marked(
        Objective(target=Fraction(99, 100), window=30 * DAY), Location("p.yml", 3, 12)
    )


@pytest.mark.parametrize(
    ("target", "exact"),
    [
        ("99%", Fraction(99, 100)),
        ("99.5 %", Fraction(995, 1000)),
        ("'99.9%'", Fraction(999, 1000)),
        ("99.99999%", Fraction(9999999, 10000000)),
        ("0.1%", Fraction(1, 1000)),
    ],
)
def test_a_target_is_exact(target: str, exact: Fraction) -> None:
    assert objective(f"{{target: {target}, window: 30d}}").target == exact


def test_hours_may_end_at_midnight() -> None:
    text = '{target: 99%, window: 30d, hours: "MON-FRI 08:00-24:00"}'
    assert objective(text).hours == "MON-FRI 08:00-24:00"


def test_an_objective_may_follow_the_calendar_and_count_some_hours() -> None:
    assert objective(
        "{target: 99%, calendar: quarter, hours: MON-FRI 08:00-18:00, at_risk_is_bad: true}"
    ) == Objective(
        target=Fraction(99, 100),
        calendar="quarter",
        hours="MON-FRI 08:00-18:00",
        at_risk_is_bad=True,
    )


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (
            "{}",
            [
                "p.yml:3:12: error[missing-value]: `objective.target` is not given; write a percentage, as in `target: 99%`",
                "p.yml:3:12: error[one-of-several]: `objective` takes either `window` or `calendar`, and has neither; write `window: 30d` or `calendar: month`",
            ],
        ),
        (
            "{target: 99%}",
            [
                "p.yml:3:12: error[one-of-several]: `objective` takes either `window` or `calendar`, and has neither; write `window: 30d` or `calendar: month`",
            ],
        ),
        (
            "{target: 99%, window: 30d, calendar: month}",
            [
                "p.yml:3:12: error[one-of-several]: `objective` takes either `window` or `calendar`, and has both; write `window: 30d` or `calendar: month`",
            ],
        ),
        (
            "{target: 99, window: 30d}",
            [
                "p.yml:3:21: error[unclear-target]: `objective.target` is 99 without a percent sign, which is unclear; write `target: 99%` if that is meant",
            ],
        ),
        (
            "{target: 0.99, window: 30d}",
            [
                "p.yml:3:21: error[unclear-target]: `objective.target` is 0.99 without a percent sign, which is unclear; write `target: 99%` if that is meant",
            ],
        ),
        (
            '{target: "99", window: 30d}',
            [
                "p.yml:3:21: error[unclear-target]: `objective.target` is 99 without a percent sign, which is unclear; write `target: 99%` if that is meant",
            ],
        ),
        (
            "{target: 100%, window: 30d}",
            [
                "p.yml:3:21: error[impossible-target]: `objective.target` is 100%, which leaves no time at all for a fault; write what is good enough, as in `target: 99.9%`",
            ],
        ),
        (
            "{target: 0%, window: 30d}",
            [
                "p.yml:3:21: error[impossible-target]: `objective.target` is 0%, which is not between 0 % and 100 %; write what is good enough, as in `target: 99.9%`",
            ],
        ),
        (
            "{target: 101 %, window: 30d}",
            [
                "p.yml:3:21: error[impossible-target]: `objective.target` is 101 %, which is not between 0 % and 100 %; write what is good enough, as in `target: 99.9%`",
            ],
        ),
        (
            "{target: high, window: 30d}",
            [
                "p.yml:3:21: error[unclear-target]: `objective.target` is high, which is not a percentage; write `target: 99%` or `target: 99.5%`",
            ],
        ),
        (
            "{target: [1], window: 30d}",
            [
                "p.yml:3:21: error[wrong-kind]: `objective.target` is a list; write a percentage, as in `target: 99%`",
            ],
        ),
        (
            "{target: 99%, window: 30}",
            [
                "p.yml:3:34: error[bad-duration]: `objective.window` is 30, which is not a duration; write a whole number with s, m, h, d or w, as in `window: 30d`",
            ],
        ),
        (
            "{target: 99%, calendar: year}",
            [
                "p.yml:3:36: error[unknown-word]: `objective.calendar` is month or quarter, not year; write one of these words",
            ],
        ),
        (
            "{target: 99%, window: 30d, hours: 08:00-18:00}",
            [
                'p.yml:3:46: error[bad-hours]: `objective.hours` is 08:00-18:00, which is not days and hours within one day; write `hours: "MON-FRI 08:00-18:00"`',
            ],
        ),
        (
            "{target: 99%, window: 30d, hours: MON-FRI 18:00-08:00}",
            [
                'p.yml:3:46: error[bad-hours]: `objective.hours` is MON-FRI 18:00-08:00, which is not days and hours within one day; write `hours: "MON-FRI 08:00-18:00"`',
            ],
        ),
        (
            "{target: 99%, window: 30d, at_risk_is_bad: yes}",
            [
                "p.yml:3:55: error[wrong-kind]: `objective.at_risk_is_bad` is yes, neither true nor false; write `at_risk_is_bad: true` or `at_risk_is_bad: false`",
            ],
        ),
        (
            "99%",
            [
                "p.yml:3:12: error[wrong-kind]: `objective` takes a mapping, not 99%; write `objective: {target: 99%, window: 30d}`",
            ],
        ),
        (
            "{target: 99%, window: 30d, goal: 1}",
            [
                "p.yml:3:39: error[unknown-key]: the key `goal` in `objective` means nothing here; known are: target, window, calendar, hours, holidays, at_risk_is_bad, burn",
            ],
        ),
    ],
)
def test_what_is_no_objective_is_told(text: str, problems: list[str]) -> None:
    assert told(f"{SMALLEST}objective: {text}") == problems


def test_burn_rules_are_exact_and_know_their_places() -> None:
    text = f"""{SMALLEST}objective:
  target: 99%
  window: 30d
  burn:
    - {{rate: 14.4, long: 1h, short: 5m}}
    - {{rate: "6", long: 6h, short: 30m}}
"""
    found = document(text)
    assert found.objective is not None
    assert found.objective.value.burn == (
        BurnRule(rate=Fraction(144, 10), long=HOUR, short=5 * MINUTE),
        BurnRule(rate=Fraction(6), long=6 * HOUR, short=30 * MINUTE),
    )
    assert found.objective.value.fastest_burn == 100
    assert str(found.place("objective.burn.1")) == "p.yml:8:7"
    assert str(found.place("objective.hours", "objective.target")) == "p.yml:4:11"
    assert str(found.place("runbook")) == "p.yml:1:5"


@pytest.mark.parametrize(
    ("burn", "problems"),
    [
        (
            "fast",
            [
                "p.yml:3:45: error[wrong-kind]: `objective.burn` takes a list, not fast; write `burn:` and below it `- ` with each item",
            ],
        ),
        (
            "[14.4]",
            [
                "p.yml:3:46: error[wrong-kind]: `objective.burn` takes mappings, not 14.4; write `- {rate: 14.4, long: 1h, short: 5m}`",
            ],
        ),
        (
            "[{rate: 2, long: 1h}]",
            [
                "p.yml:3:46: error[missing-value]: `burn.short` is not given; write {rate: 14.4, long: 1h, short: 5m}",
            ],
        ),
        (
            "[{long: 1h, short: 5m}]",
            [
                "p.yml:3:46: error[missing-value]: `burn.rate` is not given; write {rate: 14.4, long: 1h, short: 5m}",
            ],
        ),
        (
            "[{rate: 0, long: 1h, short: 5m}]",
            [
                "p.yml:3:53: error[bad-burn-rule]: `burn.rate` is 0, which is no number above 0; write how many times faster than the objective allows, as in `rate: 14.4`",
            ],
        ),
        (
            "[{rate: fast, long: 1h, short: 5m}]",
            [
                "p.yml:3:53: error[bad-burn-rule]: `burn.rate` is fast, which is no number above 0; write how many times faster than the objective allows, as in `rate: 14.4`",
            ],
        ),
        (
            "[{rate: 2, long: 1h, short: 60m}]",
            [
                "p.yml:3:73: error[bad-burn-rule]: `burn.short` is 1h, no shorter than `burn.long`, which is 1h; write a twelfth of the long window, so that the alert ends soon after the fault does",
            ],
        ),
        (
            "[{rate: 2, long: 1h, short: 5, slow: 1}]",
            [
                "p.yml:3:73: error[bad-duration]: `burn.short` is 5, which is not a duration; write a whole number with s, m, h, d or w, as in `short: 5m`",
                "p.yml:3:76: error[unknown-key]: the key `slow` in `burn` means nothing here; known are: rate, long, short",
            ],
        ),
    ],
)
def test_what_is_no_burn_rule_is_told(burn: str, problems: list[str]) -> None:
    assert told(f"{SMALLEST}objective: {{target: 99%, window: 30d, burn: {burn}}}") == problems
