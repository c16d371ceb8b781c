"""Spending: how fast an error budget is spent, and what each deadline cost of it. Exact."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from datahub_dataproducts.domain.assertions import Deadline
from datahub_dataproducts.domain.objectives import (
    counting_spans,
    is_bad,
    is_covered,
    judge_objective,
    tally_of,
    window_of,
)
from datahub_dataproducts.domain.products import BurnRule, DataProduct, Objective
from datahub_dataproducts.domain.schedules import Schedule
from datahub_dataproducts.domain.spans import pieces
from datahub_dataproducts.domain.timelines import Step, Tally


@dataclass(frozen=True, kw_only=True, slots=True)
class Burn:
    """How fast the error budget is spent, by one burn rule, at one instant.

    A burn rate is the bad share of the measured time over the share the objective allows.

    Attributes:
        rule: the rule.
        long: burn rate over the long window, None: nothing was measured in it.
        short: the same over the short window.
        fires: both are at the rule's rate or above, each with a coverage of 90 % or more.
    """

    rule: BurnRule
    long: Fraction | None
    short: Fraction | None
    fires: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Miss:
    """What a missed deadline cost.

    Attributes:
        deadline: the instant something was due.
        lost: bad milliseconds from then to the next deadline, within the window that is judged.
        share: of the error budget, 1 is all of it; None: there is no budget at all.
    """

    deadline: int
    lost: int
    share: Fraction | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Spending:
    """How the error budget of a product is spent, at one instant.

    Attributes:
        burns: by each burn rule, in the order of the objective.
        misses: the deadlines of the product's own freshness promises that were followed by bad
            time, in order; of the objective's window.
    """

    burns: tuple[Burn, ...] = ()
    misses: tuple[Miss, ...] = ()


def spending_of(product: DataProduct, steps: Sequence[Step], at: int) -> Spending | None:
    """How the error budget of a product is spent at an instant; None: it has no objective.

    Its history begins with the first of the steps.
    """
    objective = product.objective
    if objective is None:
        return None
    begun = steps[0][0] if steps else None
    return Spending(
        burns=burns(objective, steps, at, timezone=product.timezone, history_from=begun),
        misses=misses(
            objective,
            steps,
            deadlines_before_bad_time(product, steps, at),
            at,
            timezone=product.timezone,
            history_from=begun,
        ),
    )


def deadlines_before_bad_time(
    product: DataProduct, steps: Sequence[Step], at: int
) -> tuple[int, ...]:
    """The deadlines of a product's own freshness promises that come before or within bad time.

    All that `misses` needs to tell the bad time of the objective's window; ascending.
    """
    objective = product.objective
    schedules = {
        rule.schedule for a in product.assertions if isinstance(rule := a.freshness, Deadline)
    }
    if objective is None or not schedules:
        return ()
    window = window_of(objective, at, product.timezone)
    begun = steps[0][0] if steps else None
    counting = counting_spans(objective, window, timezone=product.timezone, history_from=begun)
    bad = [(s, u) for s, u, health in pieces(steps, counting) if is_bad(objective, health)]
    return tuple(sorted({tick for s in schedules for span in bad for tick in _around(s, *span)}))


def burns(
    objective: Objective,
    steps: Sequence[Step],
    at: int,
    *,
    timezone: str,
    history_from: int | None,
) -> tuple[Burn, ...]:
    """How fast the budget is spent at an instant, by each burn rule in turn; see `Burn`.

    The windows of a rule are rolling, and only the hours that count are in them.
    """
    found = []
    for rule in objective.burn:
        long, short = (
            tally_of(
                objective, steps, (at - back, at), timezone=timezone, history_from=history_from
            )
            for back in (rule.long, rule.short)
        )
        rates = _rate(objective, long), _rate(objective, short)
        found.append(
            Burn(
                rule=rule,
                long=rates[0],
                short=rates[1],
                fires=all(
                    rate is not None and rate >= rule.rate and is_covered(tally)
                    for rate, tally in zip(rates, (long, short), strict=True)
                ),
            )
        )
    return tuple(found)


def misses(
    objective: Objective,
    steps: Sequence[Step],
    deadlines: Sequence[int],
    at: int,
    *,
    timezone: str,
    history_from: int | None,
) -> tuple[Miss, ...]:
    """What each missed deadline cost of the error budget, for products with one deadline a day.

    Bad time is told with the latest deadline before it; bad time before the first of the deadlines
    with none, so the one before the window begins belongs among them.

    Args:
        objective: what is promised.
        steps: health over time.
        deadlines: instants, ascending.
        at: the end of the window.
        timezone: see `judge_objective`.
        history_from: see `judge_objective`.
    """
    report = judge_objective(objective, steps, at, timezone=timezone, history_from=history_from)
    found = []
    for deadline, following in zip(deadlines, [*deadlines[1:], at], strict=False):
        span = max(deadline, report.since), min(following, at)
        lost = tally_of(objective, steps, span, timezone=timezone, history_from=history_from).bad
        if lost:
            share = Fraction(lost, report.budget) if report.budget else None
            found.append(Miss(deadline=deadline, lost=lost, share=share))
    return tuple(found)


def _around(schedule: Schedule, since: int, until: int) -> Iterator[int]:
    """The latest tick at the beginning of a time, and those within it."""
    tick = schedule.last_tick(since)
    if tick is not None:
        yield tick
    tick = schedule.next_tick(since)
    while tick is not None and tick < until:
        yield tick
        tick = schedule.next_tick(tick)


def _rate(objective: Objective, tally: Tally) -> Fraction | None:
    if not tally.measured:
        return None
    return Fraction(tally.bad, tally.measured) / (1 - objective.target)
