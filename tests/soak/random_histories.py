"""Random histories of random products, on a grid so that looking at each slot is exact.

The same chance gives the same history, so a seed is an example; hypothesis can draw the chance too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction
from random import Random
from typing import TypeVar

from datahub_dataproducts.application.replay import Told
from datahub_dataproducts.domain.assertions import (
    Assertion,
    AssertionKind,
    Deadline,
    Evidence,
    Freshness,
    Impact,
    MaxAge,
    Outcome,
)
from datahub_dataproducts.domain.corrections import Correction, CorrectionKind
from datahub_dataproducts.domain.products import DataProduct, Input, Lifecycle, Objective
from datahub_dataproducts.domain.schedules import Schedule
from tests.builders import checked, freshness_assertion, product, result, update

Kind = TypeVar("Kind")

MINUTE = 60_000
DAY = 1440

SUBJECTS = ("a", "b", "c", "d", "e")
TABLES = ("x", "y", "z")
RUNS = ("r1", "r2", "r3", "r4", "r5", "r6")
IMPACTS = (Impact.BLOCKING, Impact.BLOCKING, Impact.WARNING)
OUTCOMES = (
    Outcome.SUCCESS,
    Outcome.SUCCESS,
    Outcome.SUCCESS,
    Outcome.FAILURE,
    Outcome.FAILURE_LOW,
    Outcome.ERROR,
)
CALM_OUTCOMES = (*OUTCOMES, *(Outcome.SUCCESS, Outcome.FAILURE) * 4)
# Days on which clocks change, at the turn of months, quarters and years, and a leap day.
ERAS = (
    "2026-03-07T00:00",  # New York goes forward on the 8th
    "2026-03-28T00:00",  # Amsterdam goes forward on the 29th; a quarter ends
    "2026-04-03T00:00",  # Lord Howe goes back by half an hour on the 5th
    "2026-04-23T00:00",  # in Cairo the midnight that begins the 24th does not exist
    "2026-06-15T00:00",
    "2026-10-24T00:00",  # Amsterdam goes back on the 25th
    "2026-10-31T00:00",  # New York goes back on 1 November
    "2026-12-30T00:00",
    "2028-02-27T00:00",
)
ZONES = (
    "UTC",
    "Europe/Amsterdam",
    "Europe/Amsterdam",
    "America/New_York",
    "Asia/Kolkata",
    "Africa/Cairo",
)
# Their offsets are no whole half hours, or change by half of an hour.
FINE_ZONES = ("Australia/Lord_Howe", "Asia/Kathmandu")


@dataclass(frozen=True)
class RandomHistory:
    """Products, what is heard of them, and what else is asked about.

    Attributes:
        products: as they promise; with objectives.
        told: evidence, with the time at which it is told, in no order.
        until: the end.
        step: the grid in milliseconds; everything lies on it.
        cut: some instant at which a window is cut in two.
        corrections: of any of the products.
    """

    products: tuple[DataProduct, ...]
    told: tuple[Told, ...]
    until: int
    step: int
    cut: int
    corrections: tuple[Correction, ...]

    @property
    def evidence(self) -> list[Evidence]:
        """What counts at the end."""
        return [one.evidence for one in self.told if one.evidence.at <= self.until]


@dataclass(frozen=True)
class _Stage:
    """Where a history takes place."""

    begin: int
    step: int
    length: int
    zones: tuple[str, ...]
    is_calm: bool
    """All is heard of at the beginning and little is silent, so that objectives have data."""

    def instant(self, chance: Random) -> int:
        return self.begin + chance.randrange(self.length + 1) * self.step

    def duration(self, chance: Random) -> int:
        return chance.choice((1, 2, 3, 5, 8, self.length // 3, self.length)) * self.step


def random_history(chance: Random) -> RandomHistory:
    """One history: of hours in which every minute matters, or of days on which clocks change."""
    begin = _instant_of(chance.choice(ERAS))
    calm = chance.random() < 0.5
    if chance.random() < 0.5:
        begin += chance.randrange(2 * DAY) * MINUTE
        stage = _Stage(begin, MINUTE, chance.randrange(20, 120), ZONES, calm)
    elif chance.random() < 0.85:
        stage = _Stage(begin, 30 * MINUTE, chance.randrange(48, 192), ZONES, calm)
    else:
        stage = _Stage(begin, 15 * MINUTE, chance.randrange(96, 288), FINE_ZONES, calm)
    products = tuple(_products(chance, stage))
    until = stage.instant(chance) if chance.random() < 0.3 else _end(stage)
    return RandomHistory(
        products=products,
        told=tuple(_told(chance, stage)),
        until=until,
        step=stage.step,
        cut=stage.instant(chance),
        corrections=tuple(
            _correction(chance, stage, products) for _ in range(chance.choice((0, 0, 1, 3)))
        ),
    )


def smaller(history: RandomHistory) -> Iterator[RandomHistory]:
    """The same history with one thing less, the largest parts first."""
    products, told = history.products, history.told
    # Of one piece the second half would be all there is, and looked at again for ever.
    if half := len(told) // 2:
        yield from (replace(history, told=fewer) for fewer in (told[half:], told[:half]))
    yield from (replace(history, products=fewer) for fewer in _without_one(products))
    yield from (replace(history, told=fewer) for fewer in _without_one(told))
    yield from (replace(history, corrections=c) for c in _without_one(history.corrections))
    for n, one in enumerate(products):
        for simpler in _simpler(one):
            yield replace(history, products=(*products[:n], simpler, *products[n + 1 :]))
    for n, heard in enumerate(told):
        if heard.at != heard.evidence.at:
            prompt = Told(evidence=heard.evidence, at=heard.evidence.at)
            yield replace(history, told=(*told[:n], prompt, *told[n + 1 :]))


def _simpler(one: DataProduct) -> Iterator[DataProduct]:
    yield from (replace(one, assertions=fewer) for fewer in _without_one(one.assertions))
    yield from (replace(one, inputs=fewer) for fewer in _without_one(one.inputs))
    if one.objective is not None:
        yield replace(one, objective=None)
    for n, assertion in enumerate(one.assertions):
        if assertion.expect_every is not None:
            silent = replace(assertion, expect_every=None)
            yield replace(one, assertions=(*one.assertions[:n], silent, *one.assertions[n + 1 :]))


def _without_one(items: tuple[Kind, ...]) -> Iterator[tuple[Kind, ...]]:
    for n in range(len(items)):
        yield (*items[:n], *items[n + 1 :])


def _instant_of(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=timezone.utc).timestamp()) * 1000


def _end(stage: _Stage) -> int:
    return stage.begin + stage.length * stage.step


def _products(chance: Random, stage: _Stage) -> Iterator[DataProduct]:
    """Mostly chains and diamonds, now and then a cycle or an input that nobody knows."""
    ids = [f"p{n}" for n in range(chance.choice((1, 2, 2, 3, 3, 4, 5)))]
    for number, id_ in enumerate(ids):
        candidates = ids[:number]
        if chance.random() < 0.08:
            candidates = [*candidates, chance.choice(("stranger", ids[-1], id_))]
        used = [c for c in candidates if chance.random() < 0.6][:3]
        assertions = {a.urn: a for a in _assertions(chance, stage)}
        yield replace(
            product(
                id_,
                *assertions.values(),
                inputs=tuple(Input(product=u, required=chance.random() < 0.7) for u in used),
                lifecycle=chance.choice((Lifecycle.LIVE, Lifecycle.LIVE, Lifecycle.DEVELOPMENT)),
            ),
            timezone=chance.choice(stage.zones),
            objective=_objective(chance, stage),
        )


def _assertions(chance: Random, stage: _Stage) -> Iterator[Assertion]:
    for _ in range(chance.choice((0, 1, 1, 2, 2, 3))):
        impact = chance.choice(IMPACTS)
        every = (
            stage.duration(chance) if chance.random() < (0.1 if stage.is_calm else 0.4) else None
        )
        if chance.random() < 0.35:
            fresh = freshness_assertion(
                chance.choice(TABLES), _freshness(chance, stage), impact=impact
            )
            yield replace(fresh, expect_every=every)
        else:
            subjects = chance.sample(SUBJECTS, chance.choice((1, 1, 1, 2, 3)))
            yield checked(
                "+".join(subjects),
                impact=impact,
                expect_every=every,
                listens_to=tuple(f"urn:li:assertion:{s}" for s in subjects),
                kind=chance.choice((AssertionKind.TESTS, AssertionKind.BUILD)),
            )


def _freshness(chance: Random, stage: _Stage) -> Freshness:
    if chance.random() < 0.4:
        return MaxAge(age=stage.duration(chance))
    return Deadline(
        schedule=_schedule(chance, stage),
        look_back=stage.duration(chance) if chance.random() < 0.4 else None,
    )


def _schedule(chance: Random, stage: _Stage) -> Schedule:
    """Ticks lie on every second slot at most, so that half of the time between two is on the grid."""
    zone = chance.choice(stage.zones)
    if stage.step == MINUTE:
        every = chance.choice((10, 20, 60))
        odd = chance.choice((0, 0, 4))
        return Schedule(times=tuple(range(odd, DAY, every)), timezone=zone)
    times = tuple(sorted(chance.sample((0, 60, 120, 180, 480, 1320), chance.choice((1, 1, 2)))))
    weekdays = chance.choice((tuple(range(7)), tuple(range(7)), (0, 1, 2, 3, 4), (6,), (0, 2)))
    if chance.random() < 0.15:
        # Cron with both days: either is enough.
        return Schedule(
            times=times,
            timezone=zone,
            days=(1, 15, 29),
            weekdays=weekdays[:3],
            either=True,
            holidays=_holidays(chance, stage),
        )
    return Schedule(
        times=times, timezone=zone, weekdays=weekdays, holidays=_holidays(chance, stage)
    )


def _holidays(chance: Random, stage: _Stage) -> tuple[date, ...]:
    """Some days of the history."""
    if chance.random() < 0.7:
        return ()
    first = datetime.fromtimestamp(stage.begin // 1000, timezone.utc).date()
    return tuple(first + timedelta(days=n) for n in range(-1, 4) if chance.random() < 0.4)


def _objective(chance: Random, stage: _Stage) -> Objective | None:
    if chance.random() < 0.4:
        return None
    calendar = chance.choice(("", "", "", "month", "quarter"))
    window = chance.choice((stage.length // 3, stage.length, 3 * stage.length)) * stage.step
    return Objective(
        target=Fraction(chance.choice((250, 500, 750, 900, 990, 999)), 1000),
        window=None if calendar else window,
        calendar=calendar,
        hours=chance.choice(("", "", "MON-FRI 08:00-18:00", "FRI-SUN 00:00-12:30")),
        at_risk_is_bad=chance.random() < 0.3,
        holidays=_holidays(chance, stage),
    )


def _told(chance: Random, stage: _Stage) -> Iterator[Told]:
    """On time, late, early, again, at one instant; few and many."""
    # Few instants to choose from, so that things meet.
    instants = [stage.instant(chance) for _ in range(chance.choice((3, 8, 15)))]
    if stage.is_calm:
        first: list[Evidence] = [result(s, stage.begin, run="first") for s in SUBJECTS]
        first += [update(t, stage.begin) for t in TABLES]
        yield from (Told(evidence=piece, at=stage.begin) for piece in first)
    outcomes = CALM_OUTCOMES if stage.is_calm else OUTCOMES
    for _ in range(chance.choice((0, 3, 8, 15, 25))):
        when = chance.choice(instants)
        piece: Evidence
        if chance.random() < 0.3:
            piece = update(chance.choice(TABLES), when)
        else:
            piece = result(
                chance.choice(SUBJECTS),
                when,
                chance.choice(outcomes),
                run=chance.choice(RUNS),
                provisional=chance.random() < 0.2,
            )
        delay = chance.choice((0, 0, 0, 1, 7, 30, -2))
        yield Told(evidence=piece, at=when + delay * stage.step)
        if chance.random() < 0.1:
            yield Told(evidence=piece, at=when + stage.duration(chance))


def _correction(chance: Random, stage: _Stage, products: Sequence[DataProduct]) -> Correction:
    since = stage.instant(chance)
    return Correction(
        product=chance.choice(products).id,
        since=since,
        until=since + stage.duration(chance),
        kind=chance.choice(tuple(CorrectionKind)),
        reason="they know better",
        author="mila",
    )
