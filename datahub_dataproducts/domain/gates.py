"""Gates: whether a product is healthy enough to go on with what uses it. Pure."""

from dataclasses import dataclass
from enum import Enum

from datahub_dataproducts.domain.durations import say_duration
from datahub_dataproducts.domain.health import Health

_ENOUGH = {
    Health.HEALTHY: frozenset({Health.HEALTHY}),
    Health.AT_RISK: frozenset({Health.HEALTHY, Health.AT_RISK}),
}
REQUIRABLE = tuple(_ENOUGH)
"""What may be required."""


class Answer(Enum):
    """What a gate says, by its exit code."""

    AS_REQUIRED = 0
    NOT_AS_REQUIRED = 1
    CANNOT_TELL = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class GateRule:
    """What a gate asks for.

    Attributes:
        require: HEALTHY, or AT_RISK for that or better.
        max_age: how old what is known may be, milliseconds; None: as old as it is.
    """

    require: Health
    max_age: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """What a gate says of one product, and why, as one sentence without a full stop."""

    product: str
    answer: Answer
    why: str


def judge_gate(
    rule: GateRule, product: str, health: Health, said: str, *, known_at: int | None, at: int
) -> Checked:
    """What the gate says of a product.

    UNKNOWN says nothing, and what is too old says nothing either, be it good or bad.

    Args:
        rule: what is asked for.
        product: its id.
        health: as far as is known.
        said: the same in words, with the reason.
        known_at: the latest instant that what is known speaks of, None: nobody knows.
        at: the moment.
    """
    doubt = said if health is Health.UNKNOWN else _say_too_old(rule, known_at, at)
    if doubt:
        return Checked(product=product, answer=Answer.CANNOT_TELL, why=doubt)
    is_enough = health in _ENOUGH[rule.require]
    answer = Answer.AS_REQUIRED if is_enough else Answer.NOT_AS_REQUIRED
    return Checked(product=product, answer=answer, why=said)


def overall(answers: list[Answer]) -> Answer:
    """What a gate says of several products: one that is not as required decides, then doubt."""
    for answer in (Answer.NOT_AS_REQUIRED, Answer.CANNOT_TELL):
        if answer in answers:
            return answer
    return Answer.AS_REQUIRED


def _say_too_old(rule: GateRule, known_at: int | None, at: int) -> str:
    """Why what is known is too old; empty where it is not."""
    if rule.max_age is None:
        return ""
    limit = f"{say_duration(rule.max_age)} is the most that is allowed"
    if known_at is None:
        return f"the age of what is known of it is not known, and {limit}"
    age = at - known_at
    return (
        f"what is known of it is {say_duration(age)} old, and {limit}" if age > rule.max_age else ""
    )
