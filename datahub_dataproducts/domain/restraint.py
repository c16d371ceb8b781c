"""Restraint: whether a channel is told now, or later. Pure.

It is not told what only concerns products of which it is not to hear yet: because there is no such
channel at present, because it is the wrong time of day (a mute), because somebody silenced them (a hush), because the turn has not lasted long enough
for this channel, or because its routes leave out the reason.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from datahub_dataproducts.domain.conversations import Conversation, Folded, Kind, beginning
from datahub_dataproducts.domain.durations import DAY
from datahub_dataproducts.domain.episodes import Patience, fingerprint
from datahub_dataproducts.domain.held_news import Passed
from datahub_dataproducts.domain.holding import Quiet, held_of, news_of
from datahub_dataproducts.domain.hushes import Hush
from datahub_dataproducts.domain.letters import Why
from datahub_dataproducts.domain.news import Standpoint, as_told
from datahub_dataproducts.domain.portfolio import Portfolio
from datahub_dataproducts.domain.products import DataProduct
from datahub_dataproducts.domain.routes import BEGINNINGS, Terms, Way
from datahub_dataproducts.domain.verdicts import Reason

_ENDINGS = frozenset({Why.CLOSED, Why.SEEN_AGAIN})
# A channel comes back with a start, when all that was held back is looked at; nobody waits for it.
_AWAY = DAY

WaysOf = Callable[[DataProduct, Why], tuple[Way, ...]]
"""How an announcement of a product comes to the channels."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Restraint:
    """What keeps channels from being told.

    Attributes:
        portfolio: all products.
        ways: see `WaysOf`.
        hushes: those that hold now; what does not is left out of account.
        patience: what holds for a product before any channel is told.
        general: what holds for channels that say nothing of it.
        channels: names of all there are. One that is no more may be again: what it was told of is held
            back, so that it hears of the end.
        free: names of channels that are told of everything at once.
    """

    portfolio: Portfolio
    ways: WaysOf
    hushes: tuple[Hush, ...]
    patience: Callable[[DataProduct], Patience]
    general: Patience
    channels: frozenset[str]
    free: frozenset[str] = frozenset()

    def terms(self, channel: str, product: str, why: Why) -> Terms:
        """On which terms a channel is told of a product."""
        made = self.portfolio.products.get(product)
        found = self._way(channel, made, why) if made is not None else None
        return found.terms if found is not None else Terms()

    def quiet(
        self,
        one: Folded,
        why: Why,
        standpoints: Mapping[str, Standpoint],
        now: int,
    ) -> Quiet | None:
        """That a letter of a conversation is not sent now; None: it is.

        One product of which it may hear is enough; the letter then says all there is.
        """
        if one.after.channel in self.free:
            return None
        if one.after.channel not in self.channels:
            return Quiet(until=now + _AWAY, is_quiet=False)
        found: list[Quiet] = []
        for id_ in news_of(one, why):
            mine = self._quiet(id_, (one, why), standpoints[id_], now)
            if mine is None:
                return None
            found.append(mine)
        ends = [one.until for one in found if one.until is not None]
        return Quiet(
            until=min(ends) if ends else None, is_quiet=all(quiet.is_quiet for quiet in found)
        )

    def muted(
        self, here: Conversation, product: str, now: int, causing: Collection[str] = ()
    ) -> int | None:
        """Until when a mute or a silence keeps a conversation from telling of a product; None: none.

        `causing` are the ids of the products whose faults it has; none: those it is about.
        """
        known = self.portfolio.products
        if product not in known:
            return None
        if here.channel not in self.channels:
            return now + _AWAY
        roots = [known[root] for root in causing or here.roots if root in known]
        ends = [
            hush.until for hush in self.hushes if hush.covers(known[product], roots, here.channel)
        ]
        quiet = self.terms(here.channel, product, beginning(here.kind)).quiet
        end = quiet.end(now) if quiet is not None else None
        return max([*ends, *(() if end is None else (end,))], default=None)

    def _quiet(
        self,
        id_: str,
        what: tuple[Folded, Why],
        standpoint: Standpoint,
        now: int,
    ) -> Quiet | None:
        one, why = what
        if id_ not in self.portfolio.products:
            return None
        if self._is_left_out(one.after.channel, id_, why):
            return Quiet(until=None, is_quiet=False)
        causes = () if id_ in one.ended else standpoint.assessment.causes
        muted = self.muted(one.after, id_, now, {cause.root for cause in causes})
        until = self._patient_until(id_, what, standpoint)
        waits = until if until is not None and until > now else None
        ends = [at for at in (muted, waits) if at is not None]
        return Quiet(until=max(ends), is_quiet=muted is not None) if ends else None

    def _is_left_out(self, channel: str, id_: str, why: Why) -> bool:
        """True where the routes lead there with other reasons alone."""
        if why in BEGINNINGS or why in _ENDINGS:
            return False
        product = self.portfolio.products[id_]
        begins = any(self._way(channel, product, beginning) for beginning in BEGINNINGS)
        return begins and self._way(channel, product, why) is None

    def _patient_until(
        self, id_: str, what: tuple[Folded, Why], standpoint: Standpoint
    ) -> int | None:
        """When it has lasted long enough for a channel that waits longer than others."""
        one, why = what
        product = self.portfolio.products[id_]
        terms = self.terms(one.after.channel, id_, beginning(one.after.kind))
        least, mine = self.patience(product), _patience(self.general, terms)
        if id_ in one.ended:
            waits = mine.clear_for > least.clear_for
            return standpoint.turned_at + mine.clear_for if waits else None
        by_time = any(
            cause.judgement.reason is Reason.NOT_FRESH for cause in standpoint.assessment.causes
        )
        is_new = why in BEGINNINGS or id_ in one.joined
        if not is_new or by_time or mine.for_ <= least.for_:
            return None
        began_at = standpoint.began_at
        return (standpoint.turned_at if began_at is None else began_at) + mine.for_

    def _way(self, channel: str, product: DataProduct, why: Why) -> Way | None:
        return next((way for way in self.ways(product, why) if way.channel == channel), None)


def shortest(general: Patience, ways: Sequence[Way]) -> Patience:
    """The least patience that one of the channels has; the others wait longer by themselves."""
    if not ways:
        return general
    each = [_patience(general, way.terms) for way in ways]
    return Patience(
        for_=min(one.for_ for one in each), clear_for=min(one.clear_for for one in each)
    )


def _patience(general: Patience, terms: Terms) -> Patience:
    return Patience(
        for_=general.for_ if terms.for_ is None else terms.for_,
        clear_for=general.clear_for if terms.clear_for is None else terms.clear_for,
    )


def passed_in(one: Folded, standpoints: Mapping[str, Standpoint]) -> tuple[Passed, ...]:
    """What came and went in a conversation while its channel was told nothing."""
    held = held_of(one)
    if held is None:
        return ()
    before = [gone for gone in held.passed if gone.product not in one.after.members]
    for id_ in one.ended:
        if id_ not in held.said:
            point = standpoints[id_]
            since = held.since if point.began_at is None else point.began_at
            before.append(Passed(product=id_, since=since, until=point.turned_at))
    return tuple(before)


def causes_of(one: Folded, standpoints: Mapping[str, Standpoint]) -> str:
    """What is wrong with those that are bad; what is merely not known changes no causes.

    Blindness has a hundred causes that come one by one; they are one piece of news.
    """
    shown = as_told(one.after, standpoints)
    if one.after.kind is Kind.BLINDNESS or not shown:
        return one.after.causes
    return fingerprint(standpoints[id_].assessment for id_ in shown)
