"""Correspond: what one channel is sent of its conversations, or is sent later.

Who is in which conversation is decided before, the same whether or not a channel may be told now.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from datahub_dataproducts.application.ports import Book
from datahub_dataproducts.application.viewpoints import Public, Viewpoints
from datahub_dataproducts.domain.conversations import Conversation, Folded, Kind
from datahub_dataproducts.domain.held_news import Passed
from datahub_dataproducts.domain.holding import (
    Quiet,
    as_heard,
    held_back,
    held_of,
    is_cared_for,
    said_of,
    taken_over,
    with_news,
    with_note,
)
from datahub_dataproducts.domain.letters import Announcement, Why
from datahub_dataproducts.domain.news import Standpoint, as_told
from datahub_dataproducts.domain.products import DataProduct
from datahub_dataproducts.domain.quiet_words import caught_up, say_acknowledged, say_held
from datahub_dataproducts.domain.restraint import causes_of, passed_in


def correspond(
    book: Book,
    public: Public,
    channel: str,
    what: tuple[Sequence[Folded], Mapping[str, Standpoint]],
    now: int,
) -> None:
    """One letter for each conversation of a channel with something new; of a product it hears once.

    `what` are the conversations with what became of them, gravest first, and the standpoints that
    are known already, by product.
    """
    folded, known = what
    desk = _Desk(book, public, channel, known, now)
    for one in folded:
        desk.take(one, folded)
    desk.send(taken_over(folded))


def remind(book: Book, public: Public, conversation: tuple[str, str], now: int) -> None:
    """Say that a conversation, given by channel and key, is still open; later where it is quiet."""
    here = book.conversation(*conversation)
    assert here is not None
    # What was held back is told when it may be, which counts as a reminder.
    is_due = here.held is None and not is_cared_for(here)
    if not is_due or public.reminds_every(here) is None:
        book.put_conversation(replace(here, remind_at=None))
        return
    desk = _Desk(book, public, here.channel, {}, now)
    said = desk.compose(here, Why.STILL_OPEN)
    if isinstance(said, Quiet):
        book.put_conversation(replace(here, remind_at=said.until))
        return
    desk.post(said)
    book.put_conversation(desk.counted(here))


def catch_up(
    book: Book, public: Public, conversations: Sequence[tuple[str, str]], now: int
) -> None:
    """Tell of conversations, each by channel and key, what was held back and may be told by now.

    And that somebody takes care of it, where the channel does not know that yet.
    """
    order = {kind: rank for rank, kind in enumerate(Kind)}
    found = [one for key in conversations if (one := book.conversation(*key)) is not None]
    found.sort(key=lambda one: (order[one.kind], one.opened_at, one.key))
    for channel in sorted({one.channel for one in found}):
        here = [one for one in found if one.channel == channel]
        held = [
            Folded(before=one, after=one, joined=(), ended=())
            for one in here
            if one.held is not None
        ]
        correspond(book, public, channel, (held, {}), now)
        for one in here:
            _acknowledge(book, public, (one.channel, one.key), now)


def _acknowledge(book: Book, public: Public, conversation: tuple[str, str], now: int) -> None:
    here = book.conversation(*conversation)
    assert here is not None
    if here.held is not None:
        return
    here = replace(here, look_at=None)
    taken = here.acknowledged
    if taken is None or taken.is_told or not here.members or here.channel in public.by_root:
        book.put_conversation(here)
        return
    desk = _Desk(book, public, here.channel, {}, now)
    said = desk.compose(here, Why.ACKNOWLEDGED)
    if isinstance(said, Quiet):
        book.put_conversation(replace(here, look_at=said.until))
        return
    said, here = desk.with_who_cares(said, here)
    desk.post(said)
    book.put_conversation(desk.counted(here))


class _Desk:
    """The letters of one channel at one instant, while they are written."""

    def __init__(
        self,
        book: Book,
        public: Public,
        channel: str,
        known: Mapping[str, Standpoint],
        now: int,
    ) -> None:
        self._book = book
        self._public = public
        self._channel = channel
        self._viewpoints = Viewpoints(book, public, known, now)
        self._known = known
        self._now = now
        self._letters: dict[str, Announcement] = {}
        self._held: dict[str, Conversation] = {}
        self._told_in: dict[str, str] = {}
        self._heard_in: dict[str, str] = {}
        # By key, of each conversation as it was: what it had said, and what it was to end.
        self._said: dict[str, tuple[str, ...]] = {}
        self._ends: dict[str, tuple[str, ...]] = {}
        self._passed: list[tuple[Conversation, Passed]] = []

    def take(self, one: Folded, beside: Sequence[Folded]) -> None:
        """Write the letter of a conversation, if there is one, or hold it back."""
        held, key = held_of(one), one.after.key
        self._said[key] = said_of(one)
        self._ends[key] = held.ends if held is not None else ()
        heard = as_heard(one, self._elsewhere(one, beside)) if held is not None else one
        standpoints = self._viewpoints.of(one, heard)
        causes = causes_of(one, standpoints)
        why = self._unless_told(heard, heard.reason(causes))
        passed = passed_in(one, standpoints)
        quiet = self._quiet(heard, why, passed, standpoints)
        if quiet is not None:
            self._held[key] = held_back(one, quiet, passed, self._now)
            self._book.put_conversation(self._held[key])
            return
        after = replace(one.after, causes=causes, held=None, look_at=None)
        if held is not None and held.is_quiet and self._channel not in self._public.business:
            self._passed += [(after, gone) for gone in passed]
        if why is not None:
            after = self.counted(after, self._news_at(heard, why))
            said = self._letter(heard, why, standpoints)
            self._letters[key], after = self.with_who_cares(said, after)
            self._heard_in.update(dict.fromkeys((*heard.joined, *heard.ended), key))
        elif held is not None and after.remind_at is None:
            after = self._reminded(after)
        self._book.put_conversation(after)

    def send(self, places: Mapping[str, str]) -> None:
        """All that was written; `places` says which conversation took the place of which."""
        over = {**places, **self._told_in}
        taken: dict[str, list[str]] = {}
        for gone in filter(self._said.get, over):
            taken.setdefault(over[gone], []).extend((*self._ends.get(gone, ()), gone))
        for key, here in self._held.items():
            if here.held is not None and key in taken:
                # One it heard nothing of yet is to the channel what it was told of in those.
                told = {id_ for gone in taken[key] for id_ in self._said.get(gone, ())}
                said = here.held.said or tuple(sorted(told))
                held = replace(here.held, said=said, ends=(*here.held.ends, *taken[key]))
                self._book.put_conversation(replace(here, held=held))
        for key, written in sorted(self._letters.items(), key=lambda item: item[1].at):
            gone_by = dict.fromkeys((*self._ends.get(key, ()), *taken.get(key, ())))
            self.post(replace(written, ends=tuple(gone_by)))
        if self._passed:
            zone = self._public.zones.get(self._channel, "")
            self.post(caught_up(self._viewpoints.portfolio, self._passed, zone, self._now))

    def _news_at(self, heard: Folded, why: Why) -> int | None:
        """Since when something else is broken; None: a letter says nothing such."""
        held = heard.after.held
        since = self._now if held is None else held.since
        return since if why is Why.CAUSE_CHANGED else None

    def counted(self, here: Conversation, news_at: int | None = None) -> Conversation:
        """With one letter more, and when the next is due although nothing changes.

        What somebody takes care of is not brought back to mind before something else is broken.
        """
        here = here if news_at is None else with_news(here, news_at)
        return self._reminded(replace(here, sequence=here.sequence + 1))

    def post(self, said: Announcement) -> None:
        """Into the outbox."""
        key = f"{said.conversation} {said.sequence}"
        self._book.send(self._channel, key, said, self._now, replace=False)

    def compose(self, here: Conversation, why: Why) -> Announcement | Quiet:
        """A letter of a conversation in which nothing changed, or that it is not the time for it."""
        folded = Folded(before=here, after=here, joined=(), ended=())
        standpoints = self._viewpoints.of(folded)
        quiet = self._public.restraint.quiet(folded, why, standpoints, self._now)
        quiet = quiet or self._soon(here, standpoints)
        return quiet or self._viewpoints.letter(folded, why, standpoints)

    def _reminded(self, here: Conversation) -> Conversation:
        every = None if is_cared_for(here) else self._public.reminds_every(here)
        return replace(here, remind_at=None if every is None else self._now + every)

    def with_who_cares(
        self, said: Announcement, here: Conversation
    ) -> tuple[Announcement, Conversation]:
        """A message that is edited goes on saying who takes care."""
        taken = here.acknowledged
        if taken is None or not here.members or self._channel in self._public.by_root:
            return said, here
        told = replace(here, acknowledged=replace(taken, is_told=True))
        return with_note(said, say_acknowledged(taken, said.timezone, self._now)), told

    def _quiet(
        self,
        heard: Folded,
        why: Why | None,
        passed: Sequence[Passed],
        standpoints: Mapping[str, Standpoint],
    ) -> Quiet | None:
        restraint, here = self._public.restraint, heard.after
        if why is not None:
            quiet = restraint.quiet(heard, why, standpoints, self._now)
            return quiet or self._soon(here, standpoints)
        muted = [restraint.muted(here, gone.product, self._now) for gone in passed]
        ends = [end for end in muted if end is not None]
        if ends and len(ends) == len(muted):
            return Quiet(until=min(ends), is_quiet=True)
        return None

    def _soon(self, here: Conversation, standpoints: Mapping[str, Standpoint]) -> Quiet | None:
        """Where all it is about is well by now, but has not been for long enough to say so."""
        if not here.members or as_told(here, standpoints):
            return None
        told = [self._book.told(id_) for id_ in here.members if id_ not in self._known]
        soon = [one.announce_at for one in told if one is not None and one.announce_at is not None]
        return Quiet(until=max(min(soon), self._now + 1), is_quiet=False) if soon else None

    def _elsewhere(self, one: Folded, beside: Sequence[Folded]) -> set[str]:
        """Those the channel was told of in it that are in another one of its kind by now."""
        here = one.after
        now = {other.after.key: other.after for other in beside}
        found: set[str] = set()
        for id_ in said_of(one):
            for channel, key in self._book.conversations_of(id_):
                if channel == here.channel and key not in now and key != here.key:
                    other = self._book.conversation(channel, key)
                    assert other is not None
                    now[key] = other
            if any(
                id_ in other.members and other.kind is here.kind
                for key, other in now.items()
                if key != here.key
            ):
                found.add(id_)
        return found

    def _unless_told(self, heard: Folded, why: Why | None) -> Why | None:
        """The reason for a letter, unless all it has news of was told in another one."""
        changed = (*heard.joined, *heard.ended)
        told_already = [self._heard_in[id_] for id_ in changed if id_ in self._heard_in]
        if why is None or not changed or len(told_already) < len(changed):
            return why
        if heard.is_over:
            self._told_in[heard.after.key] = told_already[0]
        return None

    def _letter(
        self, heard: Folded, why: Why, standpoints: Mapping[str, Standpoint]
    ) -> Announcement:
        """With a word on why it comes now, where it was held back."""
        said = self._viewpoints.letter(heard, why, standpoints)
        here, products = heard.after, self._viewpoints.portfolio.products
        held = here.held
        if held is None:
            return said
        named = [products[id_] for id_ in (*here.members, *heard.ended)]
        roots = [products[root] for root in here.roots if root in products]
        hushes = [
            hush
            for hush in self._book.hushes(held.since)
            if hush.since <= self._now
            and any(hush.covers(one, roots, self._channel) for one in named)
        ]
        return with_note(said, say_held(held, hushes, self._zone(named[0]), self._now))

    def _zone(self, product: DataProduct) -> str:
        return self._public.zones.get(self._channel) or product.timezone
