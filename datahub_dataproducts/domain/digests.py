"""Digests: what the readers of one channel are told of one day, whether or not something happened.

A product is in one part alone: unhealthy (since the last digest, or longer), not known, about to
break, recovered; what is in none of them is healthy, and counted in one line. Where nothing is left of
an error budget there is nothing to be saved: that is told when it happens, and then in one line. Pure.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from fractions import Fraction
from zoneinfo import ZoneInfo

from datahub_dataproducts.domain.announcements import Explained, because, explained
from datahub_dataproducts.domain.composition import PRODUCT
from datahub_dataproducts.domain.conversation_words import say_budget
from datahub_dataproducts.domain.durations import DAY, say_duration
from datahub_dataproducts.domain.health import Assessment, Health
from datahub_dataproducts.domain.letters import TONES
from datahub_dataproducts.domain.message_words import say_share
from datahub_dataproducts.domain.messages import Item, Tone
from datahub_dataproducts.domain.news import by_importance
from datahub_dataproducts.domain.objectives import ObjectiveReport, ObjectiveStatus
from datahub_dataproducts.domain.periods import bad_stretches
from datahub_dataproducts.domain.portfolio import Portfolio
from datahub_dataproducts.domain.products import DataProduct
from datahub_dataproducts.domain.quiet_hours import NEVER_QUIET, QuietHours
from datahub_dataproducts.domain.schedules import (
    Schedule,
    instant_of,
    local_time,
    say_day,
    say_stretch,
    ticks_of_day,
)
from datahub_dataproducts.domain.spans import Span
from datahub_dataproducts.domain.timelines import Step

_PICTURED = 14
# A time of day that is quiet on each day of a year is always quiet.
_TRIES = 366
# Of what is spent nothing can be saved any more.
_SAYS_NOTHING = (ObjectiveStatus.NO_DATA, ObjectiveStatus.EXHAUSTED)
_LOOK_BACK = _TRIES * DAY


@dataclass(frozen=True, kw_only=True, slots=True)
class DigestRule:
    """When a channel is told a digest, and of what.

    Attributes:
        schedule: by which it is due; its time zone is the channel's.
        is_skipped_when_quiet: nothing is told of a day on which nothing is new and nothing is bad.
        budget_below: of what share of its error budget on a product is about to break.
        quiet: when the channel is told nothing; none is due then, and the next speaks of that time.
    """

    schedule: Schedule
    is_skipped_when_quiet: bool = False
    budget_below: Fraction = Fraction(1, 4)
    quiet: QuietHours = NEVER_QUIET

    def due(self, since: int, now: int) -> int | None:
        """The latest instant after `since` and up to now that a digest is due at; None: there is none.

        Of several that went by unseen the last one is told, and speaks of all that time.
        """
        tick = self.schedule.last_tick(now)
        while tick is not None and tick > since:
            if self.quiet.end(tick) is None:
                return tick
            tick = self.schedule.last_tick(tick - 1)
        return None

    def next_due(self, after: int) -> int | None:
        """The first instant strictly after another that a digest is due at; None: never."""
        tick = self.schedule.next_tick(after)
        for _ in range(_TRIES):
            end = None if tick is None else self.quiet.end(tick)
            if end is None:
                return tick
            tick = self.schedule.next_tick(end - 1)
        return None

    def of_day(self, day: date) -> "DigestTime | None":
        """The time of the digest of a local day, as if the one before was told; None: it has none."""
        ticks = [tick for tick in ticks_of_day(self.schedule, day) if self.quiet.end(tick) is None]
        if not ticks:
            return None
        before = self.due(ticks[-1] - _LOOK_BACK, ticks[-1] - 1)
        return DigestTime(since=ticks[-1] if before is None else before, at=ticks[-1], rule=self)


@dataclass(frozen=True, kw_only=True, slots=True)
class ProductToday:
    """What a digest is told of a product.

    Attributes:
        assessment: its health at the end of the digest's time.
        steps: its health over time, from the beginning of what was bad when that time began, or
            the beginning of `DigestTime.pictured` if that is earlier.
        report: how its objective stands at the end, None: it has none.
        was_spent: when the digest's time began nothing was left of its error budget.
        note: what else its readers are to know, such as that it is silenced; empty: nothing.
    """

    assessment: Assessment
    steps: Sequence[Step]
    report: ObjectiveReport | None = None
    was_spent: bool = False
    note: str = ""

    @property
    def is_spent(self) -> bool:
        """True where it is known that nothing is left of its error budget."""
        return self.report is not None and self.report.status is ObjectiveStatus.EXHAUSTED


class Part(Enum):
    """What a digest is made of, in the order it is read; the titles of its lists."""

    NEWLY_BAD = "Newly unhealthy"
    STILL_BAD = "Still unhealthy"
    BLIND = "Not known"
    AT_RISK = "About to break"
    RECOVERED = "Recovered"


@dataclass(frozen=True, slots=True)
class Entry:
    """A product in a part of a digest: what is said of it there, and why it is as it is."""

    product: DataProduct
    today: ProductToday
    item: Item
    explained: Explained


@dataclass(frozen=True, kw_only=True, slots=True)
class DigestTime:
    """The time a digest is of.

    Attributes:
        since: when the one before was due (milliseconds).
        at: when this one is.
        rule: of the channel.
    """

    since: int
    at: int
    rule: DigestRule

    @property
    def zone(self) -> str:
        """The time zone of its readers."""
        return self.rule.schedule.timezone

    @property
    def day(self) -> str:
        """The local day it is of, as `2026-03-03`."""
        return f"{local_time(self.at, self.zone):%Y-%m-%d}"

    @property
    def pictured(self) -> Span:
        """The time of which the uptime of the days is shown: the last is the part of today so far."""
        first = local_time(self.at, self.zone).date() - timedelta(days=_PICTURED - 1)
        return instant_of(first, 0, ZoneInfo(self.zone)), self.at


def parts_of(
    portfolio: Portfolio, todays: Iterable[ProductToday], time: DigestTime
) -> dict[Part, list[Entry]]:
    """Which products are in which part, those most important to the business first."""
    found: dict[Part, dict[str, Entry]] = {part: {} for part in Part}
    for today in todays:
        placed = _placed(portfolio, today, time)
        if placed is not None:
            part, entry = placed
            found[part][entry.product.id] = entry
    return {
        part: [entries[id_] for id_ in by_importance(portfolio, entries)]
        for part, entries in found.items()
    }


def _placed(
    portfolio: Portfolio, today: ProductToday, time: DigestTime
) -> tuple[Part, Entry] | None:
    """The part a product is in, and what is said of it there; None: it was and is healthy."""
    assessment, health = today.assessment, today.assessment.health
    product = portfolio.products[assessment.product]
    stretches = bad_stretches(today.steps)
    recent = [(began, ended) for began, ended in stretches if ended is None or ended > time.since]
    why = because(portfolio, assessment)
    told = explained(portfolio, assessment, time.at, zone=time.zone)
    left = _left(product, today.report)
    short = left if _is_short(today.report, time.rule) else ""
    if health is Health.UNHEALTHY:
        began = stretches[-1][0] if stretches else time.at
        part, number = Part.NEWLY_BAD, ""
        if began <= time.since:
            part, number = Part.STILL_BAD, _which_day(began, time)
        note = [
            f"{number}since {_day(began, time)}",
            why,
            f"owner{told.whose}: {told.owners}" if told.owners else "",
            *(f"before that it {was}" for was in _was_bad(recent, time)),
        ]
    elif health is Health.UNKNOWN:
        part, note = Part.BLIND, [why, *_was_bad(recent, time), *_not_over(recent, time)]
    elif health is Health.AT_RISK:
        part, note = Part.AT_RISK, [why, left, *_was_bad(recent, time)]
    elif recent:
        # What is over is no more about to break, however little it has left for the next time.
        part, note = Part.RECOVERED, [*_was_bad(recent, time), short]
    elif short:
        part, note = Part.AT_RISK, [short]
    else:
        return None
    item = Item(
        text=product.title,
        note=", ".join(filter(None, (*note, _newly_spent(product, today), today.note))),
        tone=Tone.RISK if part is Part.AT_RISK else TONES[health],
        target=f"{PRODUCT}{product.id}",
    )
    return part, Entry(product, today, item, told)


def _which_day(began: int, time: DigestTime) -> str:
    """`day 3, `: the first is the one it began on."""
    days = (local_time(time.at, time.zone).date() - local_time(began, time.zone).date()).days
    return f"day {days + 1}, "


def _was_bad(stretches: Sequence[tuple[int, int | None]], time: DigestTime) -> Iterator[str]:
    """What came and went, also where nobody saw it."""
    over = [(began, ended) for began, ended in stretches if ended is not None]
    if not over:
        return
    began, ended = over[-1]
    lasted = say_duration(sum(end - begin for begin, end in over))
    if len(over) > 1:
        yield f"was unhealthy {len(over)} times, {lasted} in all, last until {_day(ended, time)}"
    else:
        yield f"was unhealthy for {lasted}, {say_stretch(began, ended, time.at, time.zone)}"


def _not_over(stretches: Sequence[tuple[int, int | None]], time: DigestTime) -> Iterator[str]:
    """What was told as unhealthy, and is not known to be well again."""
    if stretches and stretches[-1][1] is None:
        yield f"was unhealthy since {_day(stretches[-1][0], time)}, and is not known to be well again"


def _day(at: int, time: DigestTime) -> str:
    return say_day(at, time.at, time.zone)


def _is_short(report: ObjectiveReport | None, rule: DigestRule) -> bool:
    if report is None or not report.tally.bad or report.status in _SAYS_NOTHING:
        return False
    return report.left is not None and report.left < rule.budget_below


def _left(product: DataProduct, report: ObjectiveReport | None) -> str:
    objective = product.objective
    if objective is None or report is None or report.status in _SAYS_NOTHING:
        return ""
    return f"{say_share(report.left)} of {say_budget(objective)} is left"


def _newly_spent(product: DataProduct, today: ProductToday) -> str:
    """Told on the day it happened; later it is only named among those of which this is so."""
    if product.objective is None or not today.is_spent or today.was_spent:
        return ""
    return f"nothing is left of {say_budget(product.objective)}"
