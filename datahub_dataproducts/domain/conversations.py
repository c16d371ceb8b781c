"""Conversations: what one channel is told together, from its opening to its end. Pure.

A channel hears of an episode once for each root and not once for each product: products whose faults
come from the same roots are told of in one conversation. Who is told of what is decided channel by
channel, since each sees other products.

The rule by which a product finds its conversation, and changes it:

1. It enters the conversation of its channel that is about exactly its roots, or begins one.
2. It stays there until its episode ends, as long as its roots are among those the conversation is
   about: what is mended in between changes the causes, not the conversation.
3. Where a root joins that the conversation is not about, it goes over to the one that is about all
   of its roots, or begins it; with one product that is a conversation of its own.
4. Where nobody would stay by that, the conversation goes on about the new roots with the largest
   group of those that go: nobody is told anew what they know.
5. One whose end its channel has not heard of yet (see `Held`) is taken up again by those about its
   roots: to the channel nothing ended.

A conversation that is empty because all went elsewhere ends in silence: the letter of the other one
names it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from datahub_dataproducts.domain.held_news import Acknowledgement, Held
from datahub_dataproducts.domain.letters import Why
from datahub_dataproducts.domain.name_lengths import named_after

IsTaken = Callable[[str], bool]
"""True for a key that a conversation of the channel had already."""


class Kind(Enum):
    """What a conversation is about, the gravest first; each kind is told apart."""

    EPISODE = "episode"
    RISK = "risk"
    BLINDNESS = "blindness"


@dataclass(frozen=True, kw_only=True, slots=True)
class Conversation:
    """What a channel is told together.

    Attributes:
        channel: its name.
        key: with the channel, what makes it one; it never changes.
        kind: see `Kind`.
        roots: ids of the products whose promises are broken, in order: those of an episode, the
            product itself of a risk, none of blindness (all that is blind is one conversation).
        opened_at: when what it is about began (milliseconds), as it was known when it was begun.
        members: ids of the products it tells of now, in order; none: it is over.
        sequence: how many letters it has; they are counted from 1.
        causes: stands for the faults that were told last.
        remind_at: when it is to be said that it is still open, None: never.
        held: what the channel was not told, None: it was told all. Nothing but this differs where
            a channel is muted or silenced: who is in which conversation is as it would be.
        acknowledged: that somebody takes care, None: nobody said so.
        look_at: when it is to be looked at although nothing changes, None: never.
        news_at: since when something else is broken than when it was opened; None: nothing is.
    """

    channel: str
    key: str
    kind: Kind
    roots: tuple[str, ...]
    opened_at: int
    members: tuple[str, ...]
    sequence: int = 0
    causes: str = ""
    remind_at: int | None = None
    held: Held | None = None
    acknowledged: Acknowledgement | None = None
    look_at: int | None = None
    news_at: int | None = None

    @property
    def is_over(self) -> bool:
        """True when it tells of nobody any more and its channel knows that."""
        return not self.members and self.held is None


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """What is due to be told of a product.

    Attributes:
        product: its id.
        enters: the kind of conversation it is part of from now on, or stays part of.
        leaves: those that are over for it; of any other kind nothing changes.
        roots: of its faults, in order.
        since: since when it is as it is (milliseconds).
    """

    product: str
    enters: Kind | None
    leaves: frozenset[Kind]
    roots: tuple[str, ...] = ()
    since: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Folded:
    """What became of one conversation.

    Attributes:
        before: None: it is a new one.
        after: as it is now, its letter not counted yet.
        joined: ids of the products it did not tell of before.
        ended: ids of those for whom what it is about is over.
    """

    before: Conversation | None
    after: Conversation
    joined: tuple[str, ...]
    ended: tuple[str, ...]

    @property
    def is_over(self) -> bool:
        """True when it tells of nobody any more."""
        return not self.after.members

    def reason(self, causes: str) -> Why | None:
        """Why there is a letter, `causes` standing for the faults there are now; None: none is."""
        opening, closing = _WORDS[self.after.kind]
        if self.is_over:
            return closing if self.ended else None
        if self.before is None:
            return opening
        if causes != self.before.causes:
            return Why.CAUSE_CHANGED
        return Why.AFFECTED_CHANGED if self.joined or self.ended else None


_WORDS = {
    Kind.EPISODE: (Why.OPENED, Why.CLOSED),
    Kind.RISK: (Why.AT_RISK, Why.CLOSED),
    Kind.BLINDNESS: (Why.BLIND, Why.SEEN_AGAIN),
}


def beginning(kind: Kind) -> Why:
    """The reason by which a conversation of a kind begins."""
    return _WORDS[kind][0]


def fold(
    channel: str, held: Iterable[Conversation], turns: Iterable[Turn], is_taken: IsTaken
) -> list[Folded]:
    """What all that is due at one instant does to the conversations of a channel, gravest first.

    `held` are the open conversations that tell of a product with a turn, or are about just the
    roots of one. The order of the turns does not matter.
    """
    before = {one.key: one for one in held}
    ordered = sorted(turns, key=lambda turn: turn.product)
    table = _Table(channel, before, is_taken)
    for turn in ordered:
        for kind in turn.leaves:
            table.end(turn.product, kind)
    entering = [turn for turn in ordered if turn.enters is not None]
    for turn in table.movers(entering):
        table.place(turn)
    order = {kind: rank for rank, kind in enumerate(Kind)}
    return sorted(
        table.outcome(), key=lambda one: (order[one.after.kind], one.after.opened_at, one.after.key)
    )


def about(turn: Turn) -> tuple[str, ...]:
    """The roots of the conversation that a turn belongs to."""
    if turn.enters is Kind.EPISODE:
        return turn.roots
    return (turn.product,) if turn.enters is Kind.RISK else ()


def by_own_faults(turn: Turn) -> Turn:
    """The turn for who hears of a product's own faults alone: each root in a conversation of its own.

    Of a product that only its inputs make unhealthy there is, there, nothing to tell any more.
    """
    if turn.enters is not Kind.EPISODE:
        return replace(turn, enters=None)
    if turn.product in turn.roots:
        return replace(turn, roots=(turn.product,))
    return replace(turn, enters=None, leaves=frozenset(Kind))


class _Table:
    """The conversations of a channel while they change."""

    def __init__(self, channel: str, before: Mapping[str, Conversation], is_taken: IsTaken) -> None:
        self._channel = channel
        self._before = before
        self._is_taken = is_taken
        self._now = dict(before)
        self._home = {(one.kind, id_): one.key for one in before.values() for id_ in one.members}
        self._ended: dict[str, list[str]] = {}
        self._unended = {key for key, one in before.items() if not one.members and one.held}

    def end(self, product: str, kind: Kind) -> None:
        """What it was part of is over for it."""
        key = self._home.pop((kind, product), None)
        if key is not None:
            self._without(key, product)
            self._ended.setdefault(key, []).append(product)

    def movers(self, entering: Sequence[Turn]) -> list[Turn]:
        """The turns of those that stay nowhere; the conversations they are in go on without."""
        away: dict[str, list[Turn]] = {}
        moving: list[Turn] = []
        for turn in entering:
            key = self._home_of(turn)
            if key is None:
                moving.append(turn)
            elif not set(about(turn)) <= set(self._now[key].roots):
                away.setdefault(key, []).append(turn)
        for key, turns in sorted(away.items()):
            staying = self._going_on(key, turns)
            for turn in turns:
                if turn not in staying:
                    self._without(key, turn.product)
                    moving.append(turn)
        return moving

    def place(self, turn: Turn) -> None:
        """Into the conversation about just its roots, which is begun where there is none."""
        kind = turn.enters
        assert kind is not None
        roots = about(turn)
        found = self._about(kind, roots)
        if found is None:
            found = Conversation(
                channel=self._channel,
                key=self._free_key(kind, roots, turn.since),
                kind=kind,
                roots=roots,
                opened_at=turn.since,
                members=(),
            )
        members = tuple(sorted({*found.members, turn.product}))
        self._now[found.key] = replace(found, members=members)

    def outcome(self) -> Iterable[Folded]:
        """What became of each conversation."""
        for key, after in self._now.items():
            before = self._before.get(key)
            known = before.members if before else ()
            yield Folded(
                before=before,
                after=after,
                joined=tuple(id_ for id_ in after.members if id_ not in known),
                ended=tuple(self._ended.get(key, ())),
            )

    def _home_of(self, turn: Turn) -> str | None:
        assert turn.enters is not None
        return self._home.get((turn.enters, turn.product))

    def _going_on(self, key: str, turns: Sequence[Turn]) -> list[Turn]:
        """Those with whom the conversation goes on about other roots, if nobody else stays."""
        here = self._now[key]
        if len(turns) < len(here.members):
            return []
        groups: dict[tuple[str, ...], list[Turn]] = {}
        for turn in turns:
            if self._about(here.kind, about(turn)) is None:
                groups.setdefault(about(turn), []).append(turn)
        if not groups:
            return []
        roots = min(groups, key=lambda these: (-len(groups[these]), these))
        self._now[key] = replace(here, roots=roots)
        return groups[roots]

    def _about(self, kind: Kind, roots: tuple[str, ...]) -> Conversation | None:
        """Not one that is over, and whose end is told: what comes now is an episode of its own."""
        open_ = (
            one
            for key, one in self._now.items()
            if one.kind is kind and (one.members or key in self._unended)
        )
        return next((one for one in open_ if one.roots == roots), None)

    def _without(self, key: str, product: str) -> None:
        here = self._now[key]
        kept = tuple(id_ for id_ in here.members if id_ != product)
        self._now[key] = replace(here, members=kept)

    def _free_key(self, kind: Kind, roots: tuple[str, ...], since: int) -> str:
        subject = named_after(roots)
        name = subject if kind is Kind.EPISODE else ":".join(filter(None, (kind.value, subject)))
        key, number = f"{name}@{since}", 1
        while key in self._now or self._is_taken(key):
            number += 1
            key = f"{name}@{since}~{number}"
        return key
