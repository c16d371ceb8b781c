"""Objectives: whether a product was healthy as much as it is to be. Integers and fractions only.

An objective is judged on the steps it is given: those with inputs (experienced), raw or corrected.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from datahub_dataproducts.domain.calendars import calendar_span, counted, hours_that_count
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.products import DataProduct, Objective
from datahub_dataproducts.domain.spans import Span, length, pieces
from datahub_dataproducts.domain.timelines import Step, Tally

LEAST_COVERAGE = Fraction(9, 10)
"""Where less was measured, nothing is said of an objective."""

_LITTLE_LEFT = Fraction(1, 4)


class ObjectiveStatus(Enum):
    """How an objective stands; declared in the order they are asked for, the first one holds."""

    NO_DATA = "no data"
    EXHAUSTED = "exhausted"
    AT_RISK = "at risk"
    MEETING = "meeting"


@dataclass(frozen=True, kw_only=True, slots=True)
class ObjectiveReport:
    """How an objective stands at one instant.

    Attributes:
        status: *no data* below 90 % coverage; *exhausted* when nothing or less is left and
            anything was bad; *at risk* with less than a quarter left; else *meeting*.
        target: as promised, between 0 and 1.
        since: the window begins, milliseconds since the epoch ...
        until: ... and ends: the instant asked about. Of a calendar window, what has passed.
        tally: of the window from the beginning of the history on, within the hours that count.
            AT_RISK is in its bad time where the objective says so.
        budget: bad milliseconds the objective allows, floor((1 - target) x measured time).
        remaining: budget - bad time; negative when more was bad than allowed.
    """

    status: ObjectiveStatus
    target: Fraction
    since: int
    until: int
    tally: Tally
    budget: int
    remaining: int

    @property
    def left(self) -> Fraction | None:
        """Remaining / budget, negative when overspent; None: there is no budget at all."""
        return Fraction(self.remaining, self.budget) if self.budget else None


def window_of(objective: Objective, at: int, timezone: str) -> Span:
    """The window at an instant, which is its end.

    Rolling: that long before. Calendar: from the beginning of the local month or quarter the
    instant lies in; at its first instant the window is empty. A whole month or quarter that is over
    is `calendar_span`, to be judged with `judge_span`.
    """
    if objective.window is not None:
        return at - objective.window, at
    return calendar_span(objective.calendar, at, timezone)[0], at


def judge_objective(
    objective: Objective,
    steps: Sequence[Step],
    at: int,
    *,
    timezone: str,
    history_from: int | None,
) -> ObjectiveReport:
    """How an objective stands at an instant.

    Args:
        objective: what is promised.
        steps: health over time.
        at: the end of the window.
        timezone: IANA name, of calendar windows and of the hours that count.
        history_from: when the product's history began, None: it has not.
    """
    window = window_of(objective, at, timezone)
    return judge_span(objective, steps, window, timezone=timezone, history_from=history_from)


def objective_of(product: DataProduct, steps: Sequence[Step], at: int) -> ObjectiveReport | None:
    """How the objective of a product stands at an instant; None: it has none.

    Its history begins with the first of the steps.
    """
    if product.objective is None:
        return None
    return judge_objective(
        product.objective,
        steps,
        at,
        timezone=product.timezone,
        history_from=steps[0][0] if steps else None,
    )


def judge_span(
    objective: Objective,
    steps: Sequence[Step],
    span: Span,
    *,
    timezone: str,
    history_from: int | None,
) -> ObjectiveReport:
    """How an objective stands over a window of one's choice; see `judge_objective`."""
    tally = tally_of(objective, steps, span, timezone=timezone, history_from=history_from)
    budget = _floor((1 - objective.target) * tally.measured)
    return ObjectiveReport(
        status=_status(tally, budget),
        target=objective.target,
        since=span[0],
        until=span[1],
        tally=tally,
        budget=budget,
        remaining=budget - tally.bad,
    )


def tally_of(
    objective: Objective,
    steps: Sequence[Step],
    span: Span,
    *,
    timezone: str,
    history_from: int | None,
) -> Tally:
    """Good, bad and unknown time of a window as an objective counts them; see `judge_objective`."""
    counting = counting_spans(objective, span, timezone=timezone, history_from=history_from)
    good = bad = 0
    for since, until, health in pieces(steps, counting):
        if is_bad(objective, health):
            bad += until - since
        elif health is not Health.UNKNOWN:
            good += until - since
    # What the steps do not reach back to is not measured either.
    return Tally(good=good, bad=bad, unknown=length(counting) - good - bad)


def counting_spans(
    objective: Objective, span: Span, *, timezone: str, history_from: int | None
) -> list[Span]:
    """The parts of a window that count: since the history began, within the hours that count.

    Hours that cannot be read, as no product file may write them, never count: there is no data.
    """
    since, until = max(span[0], history_from if history_from is not None else span[1]), span[1]
    if since >= until:
        return []
    if not objective.hours and not objective.holidays:
        return [(since, until)]
    hours = hours_that_count(objective.hours, objective.holidays)
    return counted(hours, (since, until), timezone) if hours else []


def is_bad(objective: Objective, health: Health) -> bool:
    """True when time of this health is spent from the error budget."""
    return health is Health.UNHEALTHY or (objective.at_risk_is_bad and health is Health.AT_RISK)


def is_covered(tally: Tally) -> bool:
    """True when enough was measured to say anything of an objective."""
    return tally.coverage is not None and tally.coverage >= LEAST_COVERAGE


def _status(tally: Tally, budget: int) -> ObjectiveStatus:
    remaining = budget - tally.bad
    if not is_covered(tally):
        return ObjectiveStatus.NO_DATA
    if remaining <= 0 and tally.bad:
        return ObjectiveStatus.EXHAUSTED
    if remaining < budget * _LITTLE_LEFT:
        return ObjectiveStatus.AT_RISK
    return ObjectiveStatus.MEETING


def _floor(number: Fraction) -> int:
    return number.numerator // number.denominator
