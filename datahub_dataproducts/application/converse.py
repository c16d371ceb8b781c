"""Converse: letters to people, one for each channel and conversation that has something new."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from datahub_dataproducts.application.ports import Book, Scope
from datahub_dataproducts.domain.composition import letter
from datahub_dataproducts.domain.conversations import (
    Conversation,
    Folded,
    Kind,
    Turn,
    about,
    by_own_faults,
    fold,
    taken_over,
)
from datahub_dataproducts.domain.episodes import Told, fingerprint, told_people, turn_of
from datahub_dataproducts.domain.health import Assessment
from datahub_dataproducts.domain.letters import Announcement, Why
from datahub_dataproducts.domain.news import News, Standpoint, as_told
from datahub_dataproducts.domain.objectives import ObjectiveReport, window_of
from datahub_dataproducts.domain.objectives import objective_of as report_of
from datahub_dataproducts.domain.portfolio import Portfolio
from datahub_dataproducts.domain.products import DataProduct


@dataclass(frozen=True, kw_only=True, slots=True)
class Public:
    """The people who are told.

    Attributes:
        portfolio: all products.
        assess: the assessment of a product, by id, that holds now.
        channels_of: names of the channels that are told of a product.
        channels: names of all channels there are.
        business: names of those for business readers alone, who are not told of blindness.
        still_open_every: how often it is said that an episode is still open (milliseconds), None:
            never.
        by_root: names of those that are told of each product's own faults alone, by itself.
        zones: by name, the time zones of those that have one (IANA name).
    """

    portfolio: Portfolio
    assess: Callable[[str], Assessment]
    channels_of: Callable[[DataProduct], Iterable[str]]
    channels: frozenset[str]
    business: frozenset[str]
    still_open_every: int | None
    by_root: frozenset[str] = frozenset()
    zones: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Due:
    product: DataProduct
    standpoint: Standpoint
    turn: Turn
    opened_before: int | None


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
        named = public.channels_of(one.product) if one.standpoint.is_announced else ()
        # What was begun on a channel is brought to its end there, wherever the routes lead now.
        for channel in dict.fromkeys((*named, *(channel for channel, _ in mine))):
            by_channel.setdefault(channel, []).append(one)
            if one.opened_before is not None and not mine and channel not in public.by_root:
                known = held.setdefault(channel, {})
                adopted = _adopted(book, channel, one, one.opened_before, known)
                known[adopted.key] = adopted
    for channel, here in by_channel.items():
        _tell_channel(book, public, channel, (held.get(channel, {}), here), now)


def remind(book: Book, public: Public, conversation: tuple[str, str], now: int) -> None:
    """Say that a conversation, given by channel and key, is still open."""
    channel, key = conversation
    here = book.conversation(channel, key)
    assert here is not None
    if public.still_open_every is None:
        book.put_conversation(replace(here, remind_at=None))
        return
    folded = Folded(before=here, after=here, joined=(), ended=())
    standpoints = _standpoints(book, public, folded, {}, now)
    said = _letter(book, public, (folded, Why.STILL_OPEN, standpoints), now)
    _send(book, public, channel, said, now)
    book.put_conversation(_counted(public, here, now))


def since_of(book: Book, product: str, now: int) -> int | None:
    """Since when a product is as healthy as it is; None: nothing was heard."""
    steps = [s for s in book.steps(product, Scope.EXPERIENCED, now) if s[0] <= now]
    return steps[-1][0] if steps else None


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
    return _Due(product=product, standpoint=standpoint, turn=turn, opened_before=told.opened_at)


def _forgotten(told: Told) -> Told:
    """Nothing counts as told to people: they are told anew should it be announced again."""
    return Told(digest=told.digest, health=told.health, posted_at=told.posted_at)


def _adopted(
    book: Book, channel: str, one: _Due, opened_at: int, held: Mapping[str, Conversation]
) -> Conversation:
    """For an episode that was told before there were conversations, or channels.

    It joins those of the same roots and beginning, of which the first one may have been adopted.
    """
    roots = one.turn.roots or (one.product.id,)
    key = f"{'+'.join(roots)}@{opened_at}"
    known = held.get(key) or book.conversation(channel, key)
    if known is not None:
        return replace(known, members=tuple(sorted({*known.members, one.product.id})))
    return Conversation(
        channel=channel,
        key=key,
        kind=Kind.EPISODE,
        roots=roots,
        opened_at=opened_at,
        members=(one.product.id,),
    )


def _tell_channel(
    book: Book,
    public: Public,
    channel: str,
    what: tuple[Mapping[str, Conversation], list[_Due]],
    now: int,
) -> None:
    held, due = dict(what[0]), what[1]
    turns = [_for_channel(public, channel, one.turn) for one in due]
    for turn in turns:
        if turn.enters is not None:
            found = book.conversation_about(channel, turn.enters, about(turn))
            if found is not None:
                held.setdefault(found.key, found)
    folded = fold(
        channel, held.values(), turns, lambda key: book.conversation(channel, key) is not None
    )
    known = {one.product.id: one.standpoint for one in due}
    _write(book, public, channel, (folded, known), now)


def _for_channel(public: Public, channel: str, turn: Turn) -> Turn:
    if channel in public.by_root:
        return by_own_faults(turn)
    is_hidden = turn.enters is Kind.BLINDNESS and channel in public.business
    return replace(turn, enters=None) if is_hidden else turn


def _write(
    book: Book,
    public: Public,
    channel: str,
    what: tuple[list[Folded], Mapping[str, Standpoint]],
    now: int,
) -> None:
    """One letter for each conversation with something new; of a product a channel hears once."""
    folded, known = what
    letters: dict[str, Announcement] = {}
    heard_in: dict[str, str] = {}
    places = taken_over(folded)
    for one in folded:
        standpoints = _standpoints(book, public, one, known, now)
        causes = _causes(one, standpoints)
        changed = (*one.joined, *one.ended)
        told_already = [heard_in[id_] for id_ in changed if id_ in heard_in]
        why = one.reason(causes)
        if why is not None and changed and len(told_already) == len(changed):
            why = None
            if one.is_over:
                places[one.after.key] = told_already[0]
        after = replace(one.after, causes=causes)
        if why is not None:
            letters[after.key] = _letter(book, public, (one, why, standpoints), now)
            heard_in.update(dict.fromkeys(changed, after.key))
            after = _counted(public, after, now)
        book.put_conversation(after)
    for key, said in sorted(letters.items(), key=lambda item: item[1].at):
        ends = tuple(ended for ended, place in places.items() if place == key)
        _send(book, public, channel, replace(said, ends=ends), now)


def _letter(
    book: Book, public: Public, what: tuple[Folded, Why, Mapping[str, Standpoint]], now: int
) -> Announcement:
    def objective_of(id_: str) -> ObjectiveReport | None:
        product = public.portfolio.products[id_]
        if product.objective is None:
            return None
        begin, _ = window_of(product.objective, now, product.timezone)
        return report_of(product, book.steps(id_, Scope.EXPERIENCED, begin), now)

    folded, why, standpoints = what
    news = News(
        folded=folded,
        why=why,
        now=now,
        standpoints=standpoints,
        zone=public.zones.get(folded.after.channel, ""),
        objective_of=objective_of,
    )
    return letter(public.portfolio, news)


def _causes(one: Folded, standpoints: Mapping[str, Standpoint]) -> str:
    """What is wrong with those that are bad; what is merely not known changes no causes.

    Blindness has a hundred causes that come one by one; they are one piece of news.
    """
    shown = as_told(one.after, standpoints)
    if one.after.kind is Kind.BLINDNESS or not shown:
        return one.after.causes
    return fingerprint(standpoints[id_].assessment for id_ in shown)


def _standpoints(
    book: Book, public: Public, one: Folded, known: Mapping[str, Standpoint], now: int
) -> dict[str, Standpoint]:
    """Of all that a conversation tells of; what is not due now is as it was told."""
    found: dict[str, Standpoint] = {}
    for id_ in (*one.after.members, *one.ended):
        mine = known.get(id_)
        if mine is None:
            told, since = book.told(id_), since_of(book, id_, now)
            mine = Standpoint(
                assessment=public.assess(id_),
                turned_at=now if since is None else since,
                began_at=told.opened_at if told else None,
            )
        if one.after.kind is not Kind.EPISODE:
            mine = replace(mine, began_at=mine.turned_at)
        found[id_] = mine
    return found


def _counted(public: Public, here: Conversation, now: int) -> Conversation:
    """With one letter more, and when the next is due although nothing changes."""
    every = public.still_open_every
    reminds = every is not None and here.kind is Kind.EPISODE and bool(here.members)
    remind_at = now + every if every is not None and reminds else None
    return replace(here, sequence=here.sequence + 1, remind_at=remind_at)


def _send(book: Book, public: Public, channel: str, said: Announcement, now: int) -> None:
    # A channel that is no more is told of nothing; what it was told of comes to its end all the same.
    if channel in public.channels:
        key = f"{said.conversation} {said.sequence}"
        book.send(channel, key, said, now, replace=False)
