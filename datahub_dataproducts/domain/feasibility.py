"""Feasibility: objectives that mean nothing or cannot be met, told with the numbers."""

from collections.abc import Mapping
from fractions import Fraction
from math import prod

from datahub_dataproducts.domain.assertions import Deadline
from datahub_dataproducts.domain.cadence_words import say_exceeding
from datahub_dataproducts.domain.cadences import gaps
from datahub_dataproducts.domain.durations import DAY, HOUR, say_duration
from datahub_dataproducts.domain.findings import Findings
from datahub_dataproducts.domain.problems import Location, Problem
from datahub_dataproducts.domain.products import Objective
from datahub_dataproducts.domain.submissions import (
    Promised,
    Submission,
    required_inputs,
    required_with,
)

# Calendar windows, at their shortest.
_CLOCK_CHANGES = 2
"""How often a year clocks are changed."""

_CALENDARS = {"month": 28 * DAY, "quarter": 90 * DAY}
_MOST_NAMED = 5
_EXACT_DIGITS = 9


def review_feasibility(submissions: Mapping[str, Submission]) -> list[Problem]:
    """What objectives promise beyond what required inputs and the products' own schedules allow.

    `submissions` are by id; those that are wrong by their form are left out by the caller.
    """
    uses = required_inputs(submissions)
    objectives = {id_: s.document.objective for id_, s in submissions.items()}
    aims = {id_: objective.value for id_, objective in objectives.items() if objective}
    problems: list[Problem] = []
    for id_, submission in submissions.items():
        findings = Findings(id_)
        if id_ in aims:
            targets = {other: aims[other].target for other in required_with(id_, uses, aims)}
            _review_target(submission, aims[id_], targets, findings)
            _review_windows(submission, aims[id_], findings)
        _review_look_backs(submission, findings)
        problems += findings.problems
    return problems


def _review_target(
    submission: Submission, aim: Objective, targets: Mapping[str, Fraction], findings: Findings
) -> None:
    most = prod(targets.values(), start=Fraction(1))
    if aim.target <= most:
        return
    named = [f"{id_} {say_percent(target)}" for id_, target in targets.items()]
    more = len(named) - _MOST_NAMED
    listed = ", ".join(named[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
    findings.warn(
        submission.document.place("objective.target", "objective"),
        "target-above-inputs",
        f"{say_percent(aim.target)} is promised, and the required inputs allow at most "
        f"{say_percent(most)} ({listed})",
        f"promise at most {say_percent(most)}, or see which input can promise more or do as "
        "`required: false`",
    )


def _review_windows(submission: Submission, aim: Objective, findings: Findings) -> None:
    document = submission.document
    slowest = _slowest(submission)
    window = _CALENDARS[aim.calendar] if aim.calendar else aim.window
    if slowest is not None and window is not None:
        promised, apart = slowest
        place = document.place("objective.window", "objective.calendar", "objective")
        _review_window(promised, apart, window, place, findings)
    for n, rule in enumerate(aim.burn):
        if rule.rate > aim.fastest_burn:
            findings.error(
                document.place(f"objective.burn.{n}.rate", "objective"),
                "burn-never-fires",
                f"at a target of {say_percent(aim.target)} the highest burn rate there is, with "
                f"all the time bad, is {_say_number(aim.fastest_burn)}, and {_say_number(rule.rate)} "
                "is never reached",
                f"write a rate of at most {_say_number(aim.fastest_burn)}",
            )
        elif slowest is not None and rule.long < _longest(slowest[1]):
            promised, apart = slowest
            findings.warn(
                document.place(f"objective.burn.{n}.long", "objective"),
                "window-below-cadence",
                f"the long window is {say_duration(rule.long)}, and the deadlines of "
                f"{promised.asset.name} are {say_exceeding(apart, rule.long)}: each single miss "
                "fires this rule",
                f"take a long window of at least {say_duration(_longest(apart))}, or leave burn rules to "
                "products that are measured often",
            )


def _review_window(
    promised: Promised, apart: tuple[int, ...], window: int, place: Location, findings: Findings
) -> None:
    if window < _longest(apart):
        findings.warn(
            place,
            "window-below-cadence",
            f"the window is {say_duration(window)}, and the deadlines of {promised.asset.name} are "
            f"{say_exceeding(apart, window)}: there are windows without any",
            f"take a window of several times {say_duration(_longest(apart))}, such as 30d",
        )


def _longest(apart: tuple[int, ...]) -> int:
    """The longest time between two deadlines, but for the hour that clocks are put back by."""
    usual = apart[-1 - _CLOCK_CHANGES] if len(apart) > _CLOCK_CHANGES else apart[-1]
    return usual if apart[-1] - usual <= HOUR else apart[-1]


def _slowest(submission: Submission) -> tuple[Promised, tuple[int, ...]] | None:
    """The freshness promise with the longest time between two deadlines, and those times."""
    found = (
        (promised, gaps(rule.schedule))
        for promised in submission.promised
        if isinstance(rule := promised.rule, Deadline)
    )
    return max(found, key=lambda one: one[1][-1], default=None)


def _review_look_backs(submission: Submission, findings: Findings) -> None:
    for promised in submission.promised:
        rule = promised.rule
        if not isinstance(rule, Deadline) or rule.look_back is None:
            continue
        apart = gaps(rule.schedule)
        usual = apart[len(apart) // 2]
        # A day of 23 hours must not make `24h` look too long.
        if rule.look_back > usual + HOUR:
            findings.warn(
                promised.place,
                "look-back-too-long",
                f"an update up to {say_duration(rule.look_back)} before the deadline counts, and "
                f"the deadlines are {say_duration(usual)} apart: what was in time for one is in "
                "time for the next, so a missed load may not show",
                f"take a `look_back` of at most {say_duration(usual)}, or leave it out",
            )


def say_percent(share: Fraction) -> str:
    """`99 %`, `98.01 %`; rounded down after nine decimals."""
    return f"{_say_number(share * 100)} %"


def _say_number(number: Fraction) -> str:
    scaled = number * 10**_EXACT_DIGITS // 1
    whole, rest = divmod(scaled, 10**_EXACT_DIGITS)
    return f"{whole}.{rest:0{_EXACT_DIGITS}d}".rstrip("0").rstrip(".")
