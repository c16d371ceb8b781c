"""Converse: letters to people, one for each channel and conversation that has something new."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from datahub_dataproducts.application.correspond import correspond
from datahub_dataproducts.application.ports import Book
from datahub_dataproducts.application.viewpoints import Public, since_of
from datahub_dataproducts.domain.conversations import (
    Conversation,
    Kind,
    Turn,
    about,
    beginning,
    by_own_faults,
    fold,
)
from datahub_dataproducts.domain.episodes import Told, told_people, turn_of
from datahub_dataproducts.domain.news import Standpoint
from datahub_dataproducts.domain.products import DataProduct


@dataclass(frozen=True, kw_only=True, slots=True)
class _Due:
    product: DataProduct
    standpoint: Standpoint
    turn: Turn


def converse(book: Book, public: Public, products: Iterable[str], now: int) -> None:
    """Tell people, together, of all products that are due at an instant.

    What is new of several of them is one letter where they are in one conversation.
    """
    depth = public.portfolio.depth
    due = [_due(book, public, id_, now) for id_ in sorted(products, key=lambda i: (depth[i], i))]
    by_channel: dict[str, list[_Due]] = {}
    held: dict[str, dict[str, Conversation]] = {}
    for one in due:
        mine = book.conversations_of(one.product.id)
        for channel, key in mine:
            known = held.setdefault(channel, {})
            found = known.get(key) or book.conversation(channel, key)
            assert found is not None
            known[key] = found
        named = _named(public, one)
        # What was begun on a channel is brought to its end there, wherever the routes lead now.
        for channel in dict.fromkeys((*named, *(channel for channel, _ in mine))):
            by_channel.setdefault(channel, []).append(one)
    for channel, here in by_channel.items():
        _tell_channel(book, public, channel, (held.get(channel, {}), here), now)


def _named(public: Public, one: _Due) -> tuple[str, ...]:
    """The channels that are to hear of it."""
    if not one.standpoint.is_announced:
        return ()
    why = beginning(one.turn.enters or Kind.EPISODE)
    ways = public.restraint.ways(one.product, why)
    return (*(way.channel for way in ways), *sorted(public.by_root))


def _due(book: Book, public: Public, id_: str, now: int) -> _Due:
    """What is due of a product, which counts as told from now on."""
    product, told = public.portfolio.products[id_], book.told(id_)
    assert told is not None
    assessment, since = public.assess(id_), since_of(book, id_, now)
    turned_at = now if since is None else since
    if product.is_announced:
        after = told_people(told, assessment, since=since, now=now)
        began_at = after.opened_at or told.opened_at
        turn = turn_of(told, assessment, since=turned_at)
        if turn.enters is Kind.EPISODE and began_at is not None:
            turn = replace(turn, since=began_at)
    else:
        after = _forgotten(told)
        began_at = told.opened_at
        turn = Turn(product=id_, enters=None, leaves=frozenset(Kind))
    book.put_told(id_, after)
    # That it was unhealthy before is known; what is told now is that something else is wrong.
    goes_on = turn.enters is Kind.EPISODE and told.opened_at is not None
    standpoint = Standpoint(
        assessment=assessment,
        turned_at=now if goes_on or not product.is_announced else turned_at,
        began_at=began_at,
        is_announced=product.is_announced,
    )
    return _Due(product=product, standpoint=standpoint, turn=turn)


def _forgotten(told: Told) -> Told:
    """Nothing counts as told to people: they are told anew should it be announced again."""
    return Told(digest=told.digest, health=told.health, posted_at=told.posted_at)


def _tell_channel(
    book: Book,
    public: Public,
    channel: str,
    what: tuple[Mapping[str, Conversation], list[_Due]],
    now: int,
) -> None:
    held, due = dict(what[0]), what[1]
    turns = [_for_channel(public, channel, one, held.values()) for one in due]
    for turn in turns:
        if turn.enters is not None:
            found = book.conversation_about(channel, turn.enters, about(turn))
            if found is not None:
                held.setdefault(found.key, found)
    folded = fold(
        channel, held.values(), turns, lambda key: book.conversation(channel, key) is not None
    )
    known = {one.product.id: one.standpoint for one in due}
    correspond(book, public, channel, (folded, known), now)


def _for_channel(public: Public, channel: str, one: _Due, held: Iterable[Conversation]) -> Turn:
    turn = one.turn
    if channel in public.by_root:
        return by_own_faults(turn)
    if turn.enters is None:
        return turn
    goes_on = any(here.kind is turn.enters and one.product.id in here.members for here in held)
    if not (goes_on or channel in _named(public, one)):
        return replace(turn, enters=None)
    terms = public.restraint.terms(channel, one.product.id, beginning(turn.enters))
    if terms.by_product and turn.enters is Kind.EPISODE:
        return replace(turn, roots=(one.product.id,))
    return turn
