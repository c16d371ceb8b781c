"""Holding back: what a channel hears of a conversation when it may hear again. Pure.

A conversation goes on whether or not its channel may be told; only letters are held back. When they
may be sent, one letter says what is otherwise than the channel was told last. So however often a
channel was muted, in the end it knows what it would know without.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from datahub_dataproducts.domain.conversations import Conversation, Folded
from datahub_dataproducts.domain.held_news import Acknowledgement, Held, Passed
from datahub_dataproducts.domain.letters import Announcement, Why
from datahub_dataproducts.domain.messages import Paragraph


@dataclass(frozen=True, kw_only=True, slots=True)
class Quiet:
    """That a channel is not told now.

    Attributes:
        until: when to look again (milliseconds); None: it is told with what is told next.
        is_quiet: a mute or a silence, and not only patience.
    """

    until: int | None
    is_quiet: bool


def held_of(one: Folded) -> Held | None:
    """What its channel had not been told before."""
    return one.before.held if one.before is not None else None


def said_of(one: Folded) -> tuple[str, ...]:
    """Ids of the products the channel was told last that the conversation is about."""
    if one.before is None:
        return ()
    return one.before.held.said if one.before.held else one.before.members


def as_heard(one: Folded, elsewhere: Collection[str]) -> Folded:
    """What became of a conversation of which something was held back, since its channel heard of it.

    `elsewhere` are the ids of those that are in another conversation of the kind now.
    """
    said = said_of(one)
    return Folded(
        before=one.before if said else None,
        after=one.after,
        joined=tuple(id_ for id_ in one.after.members if id_ not in said),
        ended=tuple(id_ for id_ in said if id_ not in one.after.members and id_ not in elsewhere),
    )


def held_back(one: Folded, quiet: Quiet, passed: Iterable[Passed], now: int) -> Conversation:
    """The conversation when its channel is not told; its causes stay those that were told."""
    earlier = held_of(one)
    held = Held(
        since=earlier.since if earlier else now,
        said=said_of(one),
        is_quiet=quiet.is_quiet or (earlier is not None and earlier.is_quiet),
        passed=tuple(passed),
        ends=earlier.ends if earlier else (),
    )
    return replace(one.after, held=held, look_at=quiet.until)


def with_news(here: Conversation, at: int) -> Conversation:
    """A conversation of which something else is broken since an instant, that nobody knew of before."""
    return replace(here, news_at=at if here.news_at is None else max(at, here.news_at))


def is_cared_for(here: Conversation) -> bool:
    """True where somebody takes care of all that is broken.

    What is broken is what counts: that a product joins by the same faults changes nothing.
    """
    taken = here.acknowledged
    return taken is not None and (here.news_at is None or taken.at >= here.news_at)


def taken_up(here: Conversation, said: Acknowledgement) -> Conversation | None:
    """Somebody takes care of it, as was heard elsewhere, maybe late or again; None: it is no news.

    The last that was said since it opened counts, so neither order nor repetition matter. Its
    channel is told once of the same person, until something else is broken.
    """
    known = here.acknowledged
    if said.at < here.opened_at or (known is not None and said.at <= known.at):
        return None
    is_told = known is not None and is_cared_for(here) and known.is_told and known.by == said.by
    look_at = here.look_at if is_told or here.held is not None else said.at
    return replace(here, acknowledged=replace(said, is_told=is_told), look_at=look_at)


def with_note(said: Announcement, note: str) -> Announcement:
    """A letter that begins with a sentence more, below its headline."""
    if not note:
        return said
    message = said.shown
    blocks = (*message.blocks[:1], Paragraph(text=note), *message.blocks[1:])
    return replace(said, text=f"{note} {said.text}", message=replace(message, blocks=blocks))


def news_of(one: Folded, why: Why) -> tuple[str, ...]:
    """Ids of the products that a letter has news of."""
    if why is Why.CAUSE_CHANGED or not (one.joined or one.ended):
        return one.after.members
    return (*one.joined, *one.ended)


def taken_over(folded: Sequence[Folded]) -> dict[str, str]:
    """By the key of each conversation that all went away from, where the first of them went."""
    home = {(one.after.kind, id_): one.after.key for one in folded for id_ in one.after.members}
    return {
        one.after.key: home[one.after.kind, one.before.members[0]]
        for one in folded
        if one.before is not None and one.before.members and one.is_over and not one.ended
    }
