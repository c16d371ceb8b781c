"""A made-up year: a layered portfolio, and the evidence of each of its promises.

Everything follows from the numbers of the product and of the promise, so any part can be made on
its own, and is the same each time.
"""

import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from datahub_dataproducts.domain.assertions import (
    Assertion,
    AssertionKind,
    Deadline,
    Evidence,
    Impact,
    Outcome,
    Result,
    Update,
)
from datahub_dataproducts.domain.durations import DAY, HOUR, MINUTE
from datahub_dataproducts.domain.products import (
    DataProduct,
    Input,
    Lifecycle,
    Objective,
    Owner,
    ProductType,
)
from datahub_dataproducts.domain.schedules import Schedule

END = 1_767_225_600_000
"""2026-01-01 00:00 UTC, when the made-up history ends."""

# In ten products: three building blocks, three on them, and four metrics on those. The first of
# each hundred is used by a third of them.
_INPUTS = {3: (0,), 4: (0, 1), 5: (1, 2), 6: (3,), 7: (3, 4), 8: (4, 5), 9: (5, 2)}
_USES_THE_FIRST = 4
LINKED = 100
"""Products of different hundreds have nothing to do with one another."""
_HOURLY_PRODUCTS = 5
_PROMISES = (
    "has a known customer in every row",
    "has one row for each order",
    "has no amount below zero",
    "agrees with the ledger to the cent",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """How large a portfolio is, and how long its history.

    Attributes:
        products: how many.
        promises: of each product.
        days: of history up to `END`.
    """

    products: int
    promises: int
    days: int

    @property
    def begin(self) -> int:
        """When the history begins."""
        return END - self.days * DAY


def size_of(products: int, assertions: int, results: int) -> Size:
    """A history long enough for about so many results; a year with a hundred for each assertion."""
    each = max(3, assertions // products)
    daily = sum(_a_day(n, t) for n in range(_HOURLY_PRODUCTS) for t in range(each))
    days = results / (daily * products / _HOURLY_PRODUCTS)
    return Size(products=products, promises=each, days=max(2, round(days)))


def products(size: Size) -> list[DataProduct]:
    """The portfolio."""
    return [_product(n, size) for n in range(size.products)]


def id_of(n: int) -> str:
    """The id of the product of a number."""
    return f"product_{n:05}"


def evidence(size: Size, n: int, promise: int, *, until: int = END) -> Iterator[Evidence]:
    """All that is heard of one promise, in order of time."""
    chance = random.Random(f"{n} {promise}")
    until = _silent_from(chance, size, promise, until)
    if promise == 0:
        yield from _updates(chance, size, n, until)
        return
    subject, rhythm = urn_of(n, promise), _rhythm(n, promise)
    at = size.begin + chance.randrange(min(rhythm, DAY)) + _weekday(n, promise, rhythm)
    while at < until:
        drawn = chance.random()
        yield _result(subject, n, at, drawn)
        following = at + rhythm
        if drawn < 0.007 and rhythm > HOUR:
            # Somebody mends it the same day, and runs it again.
            again = at + 2 * HOUR + chance.randrange(8 * HOUR)
            if again < until:
                yield _result(subject, n, again, 1.0)
        at = following


def latest(size: Size, n: int, promise: int) -> Evidence | None:
    """The last that is heard of it, None: nothing is."""
    return next(iter(deque(evidence(size, n, promise), maxlen=1)), None)


def _a_day(n: int, promise: int) -> Fraction:
    return Fraction(DAY, DAY if promise == 0 else _rhythm(n, promise))


def _rhythm(n: int, promise: int) -> int:
    """The build and a few tests every day, one test in some products every hour, others weekly."""
    if promise == 2 and n % _HOURLY_PRODUCTS == 0:
        return HOUR
    return DAY if promise < 2 or promise % 13 == 3 else 7 * DAY


def _weekday(n: int, promise: int, rhythm: int) -> int:
    return (n + promise) % 7 * DAY if rhythm > DAY else 0


def _silent_from(chance: random.Random, size: Size, promise: int, until: int) -> int:
    """One promise in 200 is heard of no more from some day on, one in 500 never was."""
    drawn = chance.random()
    if promise < 2 or drawn > 0.007:
        return until
    return size.begin if drawn < 0.002 else size.begin + chance.randrange(size.days) * DAY


def _updates(chance: random.Random, size: Size, n: int, until: int) -> Iterator[Update]:
    """Loaded every morning between five and half past seven, one day in sixty late."""
    subject = _dataset(n)
    for day in range(size.begin, until, DAY):
        at = day + 5 * HOUR + chance.randrange(150 * MINUTE)
        if chance.random() < 1 / 60:
            at += 3 * HOUR + chance.randrange(4 * HOUR)
        if at < until:
            yield Update(subject=subject, at=at, run_id=_run(n, at))


def _result(subject: str, n: int, at: int, drawn: float) -> Result:
    outcome, message = Outcome.SUCCESS, ""
    if drawn < 0.004:
        outcome, message = Outcome.FAILURE, "Got 17 results, configured to fail if != 0"
    elif drawn < 0.005:
        outcome, message = Outcome.FAILURE_LOW, "Got 1 result, configured to warn if != 0"
    elif drawn < 0.006:
        outcome, message = Outcome.ERROR, "Runtime Error: could not connect to the warehouse"
    return Result(
        subject=subject, at=at, run_id=_run(n, at), outcome=outcome, provisional=False,
        message=message,
    )  # fmt: skip


def _run(n: int, at: int) -> str:
    """As long as an invocation id of dbt; one an hour for each project of fifty products."""
    return f"00000000-0000-4000-{n // 50:04}-{at // HOUR:012}"


def _product(n: int, size: Size) -> DataProduct:
    group, place = divmod(n, 10)
    used = [10 * group + p for p in _INPUTS.get(place, ())]
    if place == _USES_THE_FIRST and group % 10:
        used.append(n - n % LINKED)
    return DataProduct(
        id=id_of(n),
        name=f"Product {n}",
        type=ProductType.METRIC if place > 5 else ProductType.BUILDING_BLOCK,
        domain=f"urn:li:domain:domain_{n % 20}",
        owners=(
            Owner(urn=f"urn:li:corpuser:lead_{n % 50}", type="BUSINESS_OWNER"),
            Owner(urn=f"urn:li:corpGroup:team_{n % 10}", type="TECHNICAL_OWNER"),
        ),
        inputs=tuple(Input(product=id_of(i), required=i % 10 != 2) for i in used),
        assertions=tuple(_assertion(n, t) for t in range(size.promises)),
        objective=Objective(target=Fraction(99, 100), window=30 * DAY),
        runbook=f"https://wiki.example.com/runbooks/{n}",
        lifecycle=Lifecycle.LIVE,
    )


def _assertion(n: int, promise: int) -> Assertion:
    name, urn = f"fct_{n:05}", urn_of(n, promise)
    if promise == 0:
        return Assertion(
            urn=urn,
            kind=AssertionKind.FRESHNESS,
            asset=_dataset(n),
            asset_name=name,
            promise="is updated every day by 08:00 UTC",
            listens_to=(_dataset(n),),
            freshness=Deadline(schedule=Schedule(times=(8 * 60,))),
            node=f"model.shop.{name}",
        )
    build = promise == 1
    rhythm = _rhythm(n, promise)
    return Assertion(
        urn=urn,
        kind=AssertionKind.BUILD if build else AssertionKind.TESTS,
        asset=_dataset(n),
        asset_name=name,
        promise="is built without errors" if build else _PROMISES[promise % len(_PROMISES)],
        listens_to=(urn,),
        impact=Impact.WARNING if promise % 4 == 3 else Impact.BLOCKING,
        expect_every=None if promise % 10 == 9 else 2 * rhythm + DAY,
        node=f"model.shop.{name}"
        if build
        else f"test.shop.rule_{promise}_{name}.{urn_of(n, promise)[-10:]}",
    )


def _dataset(n: int) -> str:
    return f"urn:li:dataset:(urn:li:dataPlatform:dbt,shop.marts.fct_{n:05},PROD)"


def urn_of(n: int, promise: int) -> str:
    """The URN of a promise, by the numbers of the product and of the promise."""
    return f"urn:li:assertion:{(n << 16) + promise:032x}"
