"""Check: whether products are healthy enough, so that an orchestrator can wait for them."""

from collections.abc import Sequence

from datahub_dataproducts.application.archive import Archive, Readable
from datahub_dataproducts.application.in_force import in_force_at
from datahub_dataproducts.application.looking_back import (
    as_of_some,
    definitions_with_inputs,
    portfolio_then,
    steps_until,
)
from datahub_dataproducts.application.ports import Scope
from datahub_dataproducts.domain.announcements import (
    HEALTH_WORDS,
    because,
    without_causes,
)
from datahub_dataproducts.domain.gates import Answer, Checked, GateRule, judge_gate
from datahub_dataproducts.domain.health import Health, assess
from datahub_dataproducts.domain.problems import did_you_mean
from datahub_dataproducts.domain.schedules import say_when


def check(
    store: Readable[Archive], products: Sequence[str], at: int, rule: GateRule, timezone: str
) -> list[Checked]:
    """What the gate says of each product, in the order asked for.

    How old the store's knowledge is counts from the latest instant it speaks of, whatever
    product that is about; that time has passed since is no knowledge.

    Args:
        store: that the action keeps.
        products: ids.
        at: the moment, milliseconds.
        rule: what is asked for.
        timezone: to tell it in.

    Raises:
        Unavailable: the store cannot be read.
    """
    with store.reading() as book:
        known_at = book.horizon()
    with as_of_some(store, at, products) as book:
        return [
            _checked(book, id_, rule, at=at, timezone=timezone, known_at=known_at)
            for id_ in products
        ]


def _checked(
    book: Archive, product: str, rule: GateRule, *, at: int, timezone: str, known_at: int
) -> Checked:
    defined = definitions_with_inputs(book, product, at)
    if product not in defined:
        return Checked(
            product=product, answer=Answer.CANNOT_TELL, why=_not_there(product, book.known())
        )
    portfolio = portfolio_then(defined.values())
    assessment = assess(portfolio, product, in_force_at(book, at), {})
    steps = steps_until(book, product, Scope.EXPERIENCED, at)
    health = steps[-1][1] if steps else Health.UNKNOWN
    is_explained = assessment.health is health
    reason = because(portfolio, assessment) if is_explained else without_causes(health)
    since = f" since {say_when(steps[-1][0], at, timezone).removeprefix('on ')}" if steps else ""
    said = f"{HEALTH_WORDS[health]}{since}"
    return judge_gate(
        rule, product, health, f"{said}: {reason}" if reason else said, known_at=known_at, at=at
    )


def _not_there(product: str, known: Sequence[str]) -> str:
    nothing = "there is no such product"
    if product in known:
        return f"{nothing} at that moment, but at others"
    remedy = did_you_mean(product, known)
    return f"{nothing}; {remedy}" if remedy else nothing
