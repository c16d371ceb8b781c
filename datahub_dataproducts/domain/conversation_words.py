"""Letters of a conversation in plain words, for the business reader. Composed once, for every channel.

Of one product the text is its explanation; of several it is that of the one the others depend on, or
of the most important one, with the others named.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from datahub_dataproducts.domain.announcements import HEALTH_WORDS, explanation, not_known
from datahub_dataproducts.domain.conversations import Conversation, Folded, Kind
from datahub_dataproducts.domain.durations import say_duration
from datahub_dataproducts.domain.health import Assessment, Health, worst
from datahub_dataproducts.domain.letters import Affected, Announcement, Fault, Why
from datahub_dataproducts.domain.portfolio import Portfolio
from datahub_dataproducts.domain.products import ProductType

_NAMED = 5
_TELLS_OF = {
    Kind.EPISODE: Health.UNHEALTHY,
    Kind.RISK: Health.AT_RISK,
    Kind.BLINDNESS: Health.UNKNOWN,
}
_IMPORTANCE = {ProductType.METRIC: 0, None: 1, ProductType.BUILDING_BLOCK: 2}
_TYPE_WORDS = {
    ProductType.METRIC: ("the metric ", "the metrics "),
    ProductType.BUILDING_BLOCK: ("the building block ", "the building blocks "),
    None: ("", ""),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Standpoint:
    """A product that a letter tells of.

    Attributes:
        assessment: its health now.
        turned_at: since when that is so (milliseconds).
        began_at: when what the conversation is about began for it, None: not known.
        is_announced: False where people are to be told of it no more.
    """

    assessment: Assessment
    turned_at: int
    began_at: int | None
    is_announced: bool = True

    @property
    def lasted(self) -> int | None:
        """How long it took until it turned; None where late results tell of no such time."""
        if self.began_at is None or self.turned_at <= self.began_at:
            return None
        return self.turned_at - self.began_at


@dataclass(frozen=True, kw_only=True, slots=True)
class News:
    """What a letter is made of.

    Attributes:
        folded: the conversation, before and after.
        why: the reason there is a letter.
        now: the instant it is written at (milliseconds).
        standpoints: by id, all products that the conversation tells of, those for whom it is over
            included.
    """

    folded: Folded
    why: Why
    now: int
    standpoints: Mapping[str, Standpoint]


def letter(portfolio: Portfolio, news: News) -> Announcement:
    """The letter of a conversation; its number is one more than the conversation has had."""
    here, ended = news.folded.after, news.folded.ended
    shown = as_told(here, news.standpoints) or here.members or ended
    head = _head(portfolio, here, shown)
    product = portfolio.products[head]
    at = _at(news, head)
    healths = [news.standpoints[id_].assessment.health for id_ in here.members or ended]
    return Announcement(
        product=product.id,
        domain=product.domain,
        at=at,
        timezone=product.timezone,
        why=news.why,
        health=worst(healths),
        text=_text(portfolio, news, at),
        conversation=here.key,
        sequence=here.sequence + 1,
        affected=_affected(portfolio, here.members, news.standpoints),
        recovered=_affected(portfolio, ended, news.standpoints),
        faults=_faults(head, shown, news) if here.members else (),
    )


def as_told(conversation: Conversation, standpoints: Mapping[str, Standpoint]) -> tuple[str, ...]:
    """Ids of the members that are now as the conversation says."""
    health = _TELLS_OF[conversation.kind]
    members = conversation.members
    return tuple(id_ for id_ in members if standpoints[id_].assessment.health is health)


def _text(portfolio: Portfolio, news: News, at: int) -> str:
    folded = news.folded
    said = list(_endings(portfolio, news))
    if folded.is_over:
        return " ".join([*said, *_left_over(portfolio, news, at)])
    shown = as_told(folded.after, news.standpoints) or folded.after.members
    head = _head(portfolio, folded.after, shown)
    if news.why is Why.STILL_OPEN:
        said += _still(news.standpoints[head], news.now)
    if folded.before is not None and folded.joined:
        said.append(_too(portfolio, folded))
    return " ".join([*said, _explained(portfolio, folded.after, news, shown, at)])


def _explained(
    portfolio: Portfolio, here: Conversation, news: News, shown: Sequence[str], at: int
) -> str:
    head = _head(portfolio, here, shown)
    others = [id_ for id_ in shown if id_ != head]
    beside = ""
    if others and here.kind is Kind.BLINDNESS:
        beside = f"The same goes for {_by_type(portfolio, others)}"
    elif others:
        one = len(others) == 1
        using = f", which {'uses' if one else 'use'} {portfolio.products[head].title},"
        using = using if here.roots == (head,) else ""
        who = f"{_by_type(portfolio, others)}{using}"
        # A title is never written otherwise than it is.
        who = f"The {who[4:]}" if who.startswith("the ") else who
        word = HEALTH_WORDS[_TELLS_OF[here.kind]]
        beside = f"{who} {'is' if one else 'are'} {word} too"
    return explanation(portfolio, news.standpoints[head].assessment, at, beside=beside)


def _left_over(portfolio: Portfolio, news: News, at: int) -> Iterable[str]:
    """What is not well, or not known, of those for whom it is over."""
    announced = [id_ for id_ in news.folded.ended if news.standpoints[id_].is_announced]
    risky = [id_ for id_ in announced if news.standpoints[id_].assessment.causes]
    if risky:
        first = news.standpoints[_head(portfolio, news.folded.after, risky)].assessment
        yield explanation(portfolio, first, at)
    elif len(announced) == 1:
        blind = not_known(portfolio, news.standpoints[announced[0]].assessment)
        yield from (blind,) if blind else ()


def _endings(portfolio: Portfolio, news: News) -> Iterable[str]:
    """One sentence for all that ended alike, in the order of what they are to the business."""
    kind = news.folded.after.kind
    alike: dict[tuple[str, str], list[str]] = {}
    for id_ in _by_importance(portfolio, news.folded.ended):
        one = news.standpoints[id_]
        ending = ("", "announced no more") if not one.is_announced else _ending(kind, one)
        alike.setdefault(ending, []).append(portfolio.products[id_].title)
    for (before, after), titles in alike.items():
        verb = "is" if len(titles) == 1 else "are"
        yield f"{before}{_enumerated(titles)} {verb} {after}."


def _ending(kind: Kind, one: Standpoint) -> tuple[str, str]:
    health = one.assessment.health
    if kind is Kind.BLINDNESS:
        if health is Health.HEALTHY:
            return "", "known to be healthy again"
        return "It is known again that ", HEALTH_WORDS[health]
    again = "healthy again" if health is Health.HEALTHY else "no longer unhealthy"
    if kind is Kind.RISK or one.lasted is None:
        return "", again
    return "", f"{again}, after {say_duration(one.lasted)}"


def _still(one: Standpoint, now: int) -> Iterable[str]:
    if one.began_at is not None:
        yield f"Still open, for {say_duration(now - one.began_at)} now."


def _too(portfolio: Portfolio, folded: Folded) -> str:
    titles = _titles(portfolio, folded.joined)
    if folded.after.kind is Kind.BLINDNESS:
        return f"It is not known of {_enumerated(titles)} either."
    return f"{_enumerated(titles)} {'is' if len(titles) == 1 else 'are'} unhealthy too."


def _at(news: News, head: str) -> int:
    """When it became so: what is told of now is as old as the turn of those it is told for."""
    folded = news.folded
    if news.why in (Why.CAUSE_CHANGED, Why.STILL_OPEN):
        return news.now
    if folded.before is None:
        return news.standpoints[head].turned_at
    changed = (*folded.joined, *folded.ended)
    return max(news.standpoints[id_].turned_at for id_ in changed)


def _head(portfolio: Portfolio, here: Conversation, ids: Sequence[str]) -> str:
    """The product to begin with: the root if people are told of it, else the most important one."""
    roots = [id_ for id_ in here.roots if id_ in ids]
    return roots[0] if roots else _by_importance(portfolio, ids)[0]


def _by_importance(portfolio: Portfolio, ids: Iterable[str]) -> list[str]:
    def rank(id_: str) -> tuple[int, str, str]:
        product = portfolio.products[id_]
        return _IMPORTANCE[product.type], product.title, id_

    return sorted(ids, key=rank)


def _by_type(portfolio: Portfolio, ids: Sequence[str]) -> str:
    groups: dict[ProductType | None, list[str]] = {}
    for id_ in _by_importance(portfolio, ids):
        product = portfolio.products[id_]
        groups.setdefault(product.type, []).append(product.title)
    said = [
        f"{_TYPE_WORDS[type_][len(titles) > 1]}{_enumerated(titles)}"
        for type_, titles in groups.items()
    ]
    return " and ".join(said)


def _titles(portfolio: Portfolio, ids: Iterable[str]) -> list[str]:
    return [portfolio.products[id_].title for id_ in _by_importance(portfolio, ids)]


def _enumerated(titles: Sequence[str]) -> str:
    if len(titles) == 1:
        return titles[0]
    rest = len(titles) - _NAMED
    # To say "and 1 more" takes no less room than to name it.
    named, last = (titles[:_NAMED], f"{rest} more") if rest > 1 else (titles[:-1], titles[-1])
    return f"{', '.join(named)} and {last}"


def _affected(
    portfolio: Portfolio, ids: Iterable[str], standpoints: Mapping[str, Standpoint]
) -> tuple[Affected, ...]:
    made = []
    for id_ in _by_importance(portfolio, ids):
        product, one = portfolio.products[id_], standpoints[id_]
        made.append(
            Affected(
                product=id_,
                title=product.title,
                type=product.type.value if product.type else "",
                health=one.assessment.health,
                since=one.began_at,
            )
        )
    return tuple(made)


def _faults(head: str, ids: Sequence[str], news: News) -> tuple[Fault, ...]:
    made: dict[tuple[str, str], Fault] = {}
    for id_ in (head, *ids):
        for cause in news.standpoints[id_].assessment.causes:
            fault = Fault(
                root=cause.root,
                asset=cause.assertion.asset,
                assertion=cause.assertion.urn,
                reason=cause.judgement.reason,
                since=cause.since,
                run_id=cause.run_id,
            )
            made.setdefault((cause.root, cause.assertion.urn), fault)
    return tuple(made.values())
