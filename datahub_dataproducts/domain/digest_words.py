"""A digest as its readers see it: in plain words, and as a message of blocks. Pure."""

from collections.abc import Iterable, Iterator, Sequence

from datahub_dataproducts.domain.composition import breaches_of
from datahub_dataproducts.domain.conversation_words import enumerated
from datahub_dataproducts.domain.digests import (
    DigestTime,
    Entry,
    Part,
    ProductToday,
    parts_of,
)
from datahub_dataproducts.domain.health import Cause
from datahub_dataproducts.domain.letters import Digest
from datahub_dataproducts.domain.messages import (
    Block,
    Headline,
    Items,
    Link,
    Links,
    Message,
    Meter,
    Paragraph,
    Tone,
)
from datahub_dataproducts.domain.news import by_importance
from datahub_dataproducts.domain.periods import Pace, periods
from datahub_dataproducts.domain.portfolio import Portfolio
from datahub_dataproducts.domain.schedules import local_time, say_day
from datahub_dataproducts.domain.timelines import tally

_LISTED = 20
_PICTURES = 5
_BAD = (Part.NEWLY_BAD, Part.STILL_BAD)
# Of several, and of the only one.
_COUNTED = (
    ("unhealthy", "is unhealthy", _BAD),
    ("not known", "is not known to be healthy", (Part.BLIND,)),
    ("about to break", "is about to break", (Part.AT_RISK,)),
    ("recovered", "has recovered", (Part.RECOVERED,)),
)
_TONES = ((Tone.BAD, _BAD), (Tone.BLIND, (Part.BLIND,)), (Tone.RISK, (Part.AT_RISK,)))


def digest_of(
    portfolio: Portfolio, products: Iterable[ProductToday], time: DigestTime
) -> Digest | None:
    """The digest of some products; None where nothing is to be told."""
    todays = list(products)
    parts = parts_of(portfolio, todays, time)
    is_quiet = not any(parts.values())
    if not todays or (is_quiet and time.rule.is_skipped_when_quiet):
        return None
    writer = _Writer(portfolio, parts, time, todays)
    return Digest(
        day=time.day, at=time.at, timezone=time.zone, text=writer.text(), message=writer.message()
    )


class _Writer:
    """Writes one digest."""

    def __init__(
        self,
        portfolio: Portfolio,
        parts: dict[Part, list[Entry]],
        time: DigestTime,
        todays: Sequence[ProductToday],
    ) -> None:
        self._portfolio = portfolio
        self._parts = parts
        self._time = time
        self._todays = todays
        self._titles = [portfolio.products[one.assessment.product].title for one in todays]

    def text(self) -> str:
        """In plain words, a line for each product."""
        lines = [self._headline()]
        for part, entries in self._parts.items():
            if entries:
                lines.append(f"{part.value}:")
                lines += [f"- {one.item.text}: {one.item.note}" for one in entries]
        return "\n".join([*lines, *self._healthy(), *self._spent()])

    def message(self) -> Message:
        """In blocks."""
        headline, tone = self._headline(), self._tone()
        blocks: list[Block] = [Headline(text=headline, tone=tone)]
        for part, entries in self._parts.items():
            if entries:
                items = tuple(one.item for one in entries[:_LISTED])
                blocks.append(Items(title=part.value, items=items, more=len(entries[_LISTED:])))
        if lines := [*self._healthy(), *self._spent()]:
            blocks.append(Paragraph(text=" ".join(lines)))
        blocks += self._meters()
        if runbooks := tuple(self._runbooks()):
            blocks.append(Links(links=runbooks))
        return Message(subject=headline, tone=tone, blocks=tuple(blocks), details=self._details())

    def _headline(self) -> str:
        at, zone = self._time.at, self._time.zone
        day = say_day(at, at, zone).removesuffix(f" at {local_time(at, zone):%H:%M}")
        is_only = len(self._titles) == 1
        said = [
            f"{self._titles[0]} {alone}" if is_only else f"{count} {word}"
            for word, alone, parts in _COUNTED
            if (count := len(self._entries(*parts)))
        ]
        if said:
            return f"Data products, {day}: {', '.join(said)}"
        return f"Data products, {day}: {self._all_well()}"

    def _all_well(self) -> str:
        if len(self._titles) == 1:
            return f"{self._titles[0]} is healthy"
        return f"all {len(self._titles)} are healthy" if self._titles[2:] else "both are healthy"

    def _healthy(self) -> Iterator[str]:
        """One line for all that there is nothing to say of, unless the headline says it."""
        well = len(self._titles) - len(self._entries(*Part))
        if 0 < well < len(self._titles):
            yield "1 other is healthy." if well == 1 else f"{well} others are healthy."

    def _spent(self) -> Iterator[str]:
        """One line for all error budgets of which nothing is left, but those it is said of above."""
        above = {one.product.id for one in self._entries(*Part) if not one.today.was_spent}
        spent = {one.assessment.product for one in self._todays if one.is_spent} - above
        if spent:
            ids = by_importance(self._portfolio, spent)
            titles = [self._portfolio.products[id_].title for id_ in ids]
            yield f"Error budget spent: {enumerated(titles)}."

    def _tone(self) -> Tone:
        return next((tone for tone, parts in _TONES if self._entries(*parts)), Tone.GOOD)

    def _meters(self) -> Iterator[Meter]:
        """Uptime of the last days of those that are not well, day by day."""
        span = self._time.pictured
        days = periods(span, Pace.DAY, self._time.zone)
        for one in self._entries(*_BAD, Part.AT_RISK)[:_PICTURES]:
            steps = one.today.steps
            yield Meter(
                label=f"{one.item.text}: uptime of the last 14 days",
                share=tally(steps, *span).uptime,
                days=tuple(tally(steps, *day).uptime for day in days),
            )

    def _runbooks(self) -> Iterator[Link]:
        """Each once, by the product whose promise is broken."""
        told: set[str] = set()
        for one in self._entries(*_BAD, Part.BLIND, Part.AT_RISK):
            cause, runbook = one.explained.main, one.explained.runbook
            if cause is not None and runbook and runbook not in told:
                told.add(runbook)
                root = self._portfolio.products[cause.root]
                yield Link(label=f"Runbook of {root.title}", target=runbook)

    def _details(self) -> tuple[Block, ...]:
        found: dict[tuple[str, str], Cause] = {}
        for one in self._entries(*_BAD, Part.BLIND, Part.AT_RISK):
            for cause in one.today.assessment.causes:
                found.setdefault((cause.root, cause.assertion.urn), cause)
        if not found:
            return ()
        causes = list(found.values())
        return (breaches_of(self._portfolio, causes, self._time.at, self._time.zone),)

    def _entries(self, *parts: Part) -> list[Entry]:
        return [entry for part in parts for entry in self._parts[part]]
