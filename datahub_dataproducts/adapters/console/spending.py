"""How error budgets are spent, as lines for people and as JSON. Pure."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from datahub_dataproducts.adapters.console.words import printable, say_moment, say_share
from datahub_dataproducts.application.uptime import ProductUptime, UptimeTable
from datahub_dataproducts.domain.durations import say_duration
from datahub_dataproducts.domain.spending import Burn, Miss, Spending

_MOST_TOLD = 5


def spending_lines(found: UptimeTable, zone: str) -> Iterator[str]:
    """Burn rules that fire, and what followed on deadlines: those that cost most, in order of time.

    By the corrected history where there is one, with what was measured where that differs.
    """
    for one in found.products:
        yield from map(printable, _lines(one, zone))


def firing_lines(spending: Spending | None) -> Iterator[str]:
    """`It spends its error budget too fast: ...`, for each burn rule that fires."""
    for burn in spending.burns if spending else ():
        if burn.fires:
            yield f"It spends its error budget too fast: {_say_burn(burn)}."


def spending_as_json(spending: Spending | None) -> dict[str, Any]:
    """Keys that stand in an objective; rates are numbers, `null` where nothing was measured."""
    if spending is None:
        return {}
    return {
        "burn": [
            {
                "rate": float(burn.rule.rate),
                "long_ms": burn.rule.long,
                "short_ms": burn.rule.short,
                "long_rate": _number(burn.long),
                "short_rate": _number(burn.short),
                "fires": burn.fires,
            }
            for burn in spending.burns
        ],
        "bad_after_deadlines": [
            {"deadline": miss.deadline, "bad_ms": miss.lost, "share_of_budget": _number(miss.share)}
            for miss in spending.misses
        ],
    }


def spending_cells(spending: Spending | None) -> list[object]:
    """How many burn rules fire, after how many deadlines there was bad time, and how much."""
    if spending is None:
        return ["", "", ""]
    firing = sum(burn.fires for burn in spending.burns)
    return [firing, len(spending.misses), sum(miss.lost for miss in spending.misses)]


def _lines(one: ProductUptime, zone: str) -> Iterator[str]:
    raw, best = one.spending, one.best_known_spending
    if raw is None or best is None:
        return
    title = one.product.title
    for measured, burn in zip(raw.burns, best.burns, strict=True):
        if burn.fires:
            yield f"{title} spends its error budget too fast: {_say_burn(burn)}"
        elif measured.fires:
            yield f"{title} would spend its error budget too fast as measured: {_say_burn(measured)}"
    by_deadline = {miss.deadline: miss for miss in raw.misses}
    told = _costliest(best.misses)
    for miss in told:
        was = by_deadline.get(miss.deadline)
        measured_too = "" if was == miss else f"; as measured: {_say_miss(was)}"
        when = say_moment(miss.deadline, zone)
        yield f"{title} from its deadline of {when} to the next: {_say_miss(miss)}{measured_too}"
    rest = [miss.lost for miss in best.misses if miss not in told]
    if rest:
        deadlines = "1 other deadline" if len(rest) == 1 else f"{len(rest):,} other deadlines"
        yield f"{title} after {deadlines}: {say_duration(sum(rest))} bad"


def _costliest(misses: Sequence[Miss]) -> list[Miss]:
    most = sorted(misses, key=lambda miss: (-miss.lost, miss.deadline))[:_MOST_TOLD]
    return sorted(most, key=lambda miss: miss.deadline)


def _say_burn(burn: Burn) -> str:
    rule = burn.rule
    return (
        f"{_times(burn.long)} over {say_duration(rule.long)} and {_times(burn.short)} over "
        f"{say_duration(rule.short)}, {_times(rule.rate)} is too fast"
    )


def _say_miss(miss: Miss | None) -> str:
    if miss is None:
        return "nothing bad"
    share = "" if miss.share is None else f", {say_share(miss.share)} of its error budget"
    return f"{say_duration(miss.lost)} bad{share}"


def _times(rate: Fraction | None) -> str:
    return "not measured" if rate is None else f"{float(int(rate * 100)) / 100:g} times"


def _number(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
