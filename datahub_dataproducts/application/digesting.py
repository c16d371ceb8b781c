"""Digesting: the digests of channels, from what the book holds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from datahub_dataproducts.application.digest_ports import DigestMark
from datahub_dataproducts.application.in_force import in_force_at
from datahub_dataproducts.application.ports import Book, Scope
from datahub_dataproducts.domain.digest_words import digest_of
from datahub_dataproducts.domain.digests import DigestRule, DigestTime, ProductToday
from datahub_dataproducts.domain.episodes import MEASURED_GOOD
from datahub_dataproducts.domain.health import Assessment, assess
from datahub_dataproducts.domain.hushes import Hush, hushes_of
from datahub_dataproducts.domain.letters import Digest
from datahub_dataproducts.domain.objectives import ObjectiveReport, objective_of, window_of
from datahub_dataproducts.domain.portfolio import Portfolio
from datahub_dataproducts.domain.products import DataProduct
from datahub_dataproducts.domain.quiet_words import say_acknowledged, say_hush
from datahub_dataproducts.domain.routes import BEGINNINGS, Signposts
from datahub_dataproducts.domain.timelines import Step


@dataclass(frozen=True, kw_only=True, slots=True)
class Readers:
    """The readers of one channel.

    Attributes:
        channel: its name.
        signposts: which products it is told of.
        portfolio: all products.
    """

    channel: str
    signposts: Signposts
    portfolio: Portfolio

    def products(self) -> list[DataProduct]:
        """Those that its readers are told of when something happens."""
        return [
            product
            for product in self.portfolio.products.values()
            if product.is_announced and self._hear_of(product)
        ]

    def _hear_of(self, product: DataProduct) -> bool:
        ways = (way for why in BEGINNINGS for way in self.signposts.ways(product, why))
        return any(way.channel == self.channel for way in ways)


def mark_digests(book: Book, rules: Mapping[str, DigestRule], channels: Iterable[str]) -> None:
    """Take up the rules of the channels: when to look at each next.

    A channel that never had a digest is looked at at once, and then told its first when the next is due.
    Of `channels` without a rule it is kept that they want none: the book knows them all by name.
    """
    marks = {mark.channel: mark for mark in book.digest_marks()}
    for channel in sorted({*marks, *rules, *channels}):
        known, rule = marks.get(channel), rules.get(channel)
        # Should one that wants none want them again, it is not told of the time in between.
        told_until = None if known is None or rule is None else known.told_until
        next_at: int | None = None
        if rule is not None:
            next_at = 0 if told_until is None else rule.next_due(told_until)
        mark = DigestMark(channel=channel, told_until=told_until, next_at=next_at)
        if mark != known:
            book.put_digest_mark(mark)


def due_digest(
    book: Book, rules: Mapping[str, DigestRule], now: int
) -> tuple[str, DigestTime | None] | None:
    """The channel whose turn it is, and the time its digest is of; None: no channel's.

    A channel that never had any has its turn without one.
    """
    found: list[tuple[int, str, DigestTime | None]] = []
    for mark in book.digest_marks():
        rule = rules.get(mark.channel)
        if rule is None or mark.next_at is None or mark.next_at > now:
            continue
        since = now if mark.told_until is None else mark.told_until
        at = rule.due(since, now)
        time = None if at is None else DigestTime(since=since, at=at, rule=rule)
        found.append((0 if at is None else at, mark.channel, time))
    if not found:
        return None
    _, channel, time = min(found, key=lambda one: one[:2])
    return channel, time


def begin_digests(book: Book, channel: str, rule: DigestRule, now: int) -> None:
    """Tell a channel its first digest when the next one is due, of the time from now on."""
    next_at = rule.next_due(now)
    book.put_digest_mark(DigestMark(channel=channel, told_until=now, next_at=next_at))


def tell_digest(book: Book, readers: Readers, time: DigestTime) -> None:
    """Put a digest into the outbox; it counts as told also where there is nothing to tell.

    A day is told once: where it was told at another time of day before, what came since then is told
    with the next one.
    """
    made, before = compose_digest(book, readers, time), book.sent
    if made is not None:
        book.send(readers.channel, made.id, made, time.at, replace=False)
    is_new = made is None or book.sent > before
    mark = DigestMark(
        channel=readers.channel,
        told_until=time.at if is_new else time.since,
        next_at=time.rule.next_due(time.at),
    )
    book.put_digest_mark(mark)


def compose_digest(book: Book, readers: Readers, time: DigestTime) -> Digest | None:
    """The digest of a time; None where nothing is to be told."""
    in_force, memo = in_force_at(book, time.at), dict[str, Assessment]()
    hushes = book.hushes(time.at)
    todays = [
        ProductToday(
            assessment=assess(readers.portfolio, product.id, in_force, memo),
            steps=_steps(book, product.id, time),
            report=_report(book, product, time.at),
            was_spent=_was_spent(book, product, time.since),
            note=_note(book, readers.channel, (product, hushes), time),
        )
        for product in readers.products()
    ]
    return digest_of(readers.portfolio, todays, time)


def _report(book: Book, product: DataProduct, at: int) -> ObjectiveReport | None:
    if product.objective is None:
        return None
    begin, _ = window_of(product.objective, at, product.timezone)
    steps = book.steps(product.id, Scope.EXPERIENCED, begin)
    return objective_of(product, [step for step in steps if step[0] <= at], at)


def _was_spent(book: Book, product: DataProduct, at: int) -> bool:
    """Also where too little was measured then to say so: by that nothing is spent anew."""
    report = _report(book, product, at)
    return report is not None and report.remaining <= 0 < report.tally.bad


def _steps(book: Book, product: str, time: DigestTime) -> Sequence[Step]:
    """From the beginning of what is bad as the time begins, however long ago that was."""
    steps = book.steps(product, Scope.EXPERIENCED, min(time.since, time.pictured[0]))
    while steps and steps[0][1] not in MEASURED_GOOD:
        earlier = book.steps(product, Scope.EXPERIENCED, steps[0][0] - 1)
        if earlier[0] == steps[0]:
            break
        steps = earlier
    return [step for step in steps if step[0] <= time.at]


def _note(
    book: Book, channel: str, what: tuple[DataProduct, Sequence[Hush]], time: DigestTime
) -> str:
    """Who takes care of it, and who silenced it."""
    product, hushes = what
    said = [
        say_hush(hush, time.zone, time.at)
        for hush in hushes_of(hushes, product, time.at)
        if not hush.channels or channel in hush.channels
    ]
    for held_on, key in book.conversations_of(product.id):
        here = book.conversation(held_on, key) if held_on == channel else None
        if here is not None and here.acknowledged is not None and here.acknowledged.at <= time.at:
            sentence = say_acknowledged(here.acknowledged, time.zone, time.at).removesuffix(".")
            said.append(f"{sentence[0].lower()}{sentence[1:]}")
    return ", ".join(said)
