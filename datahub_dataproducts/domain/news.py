"""News: what a letter of a conversation is made of, and in what order products are told of. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from datahub_dataproducts.domain.conversations import Conversation, Folded, Kind
from datahub_dataproducts.domain.health import Assessment, Health
from datahub_dataproducts.domain.letters import Why
from datahub_dataproducts.domain.objectives import ObjectiveReport
from datahub_dataproducts.domain.portfolio import Portfolio
from datahub_dataproducts.domain.products import ProductType

TELLS_OF = {
    Kind.EPISODE: Health.UNHEALTHY,
    Kind.RISK: Health.AT_RISK,
    Kind.BLINDNESS: Health.UNKNOWN,
}
"""The health that a conversation of each kind is about."""

_IMPORTANCE = {ProductType.METRIC: 0, None: 1, ProductType.BUILDING_BLOCK: 2}


def _none(_product: str) -> None:
    """Nobody asked."""


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
        zone: in which times are read (IANA name), empty: the product's own.
        objective_of: how the objective of a product, by id, stands now; None: it has none.
    """

    folded: Folded
    why: Why
    now: int
    standpoints: Mapping[str, Standpoint]
    zone: str = ""
    objective_of: Callable[[str], ObjectiveReport | None] = _none


def shown_of(news: News) -> tuple[str, ...]:
    """Ids of those that a letter is about: as the conversation says, or else all of it, or its end."""
    here = news.folded.after
    return as_told(here, news.standpoints) or here.members or news.folded.ended


def as_told(conversation: Conversation, standpoints: Mapping[str, Standpoint]) -> tuple[str, ...]:
    """Ids of the members that are now as the conversation says."""
    health = TELLS_OF[conversation.kind]
    members = conversation.members
    return tuple(id_ for id_ in members if standpoints[id_].assessment.health is health)


def head_of(portfolio: Portfolio, here: Conversation, ids: Sequence[str]) -> str:
    """The product to begin with: the root if people are told of it, else the most important one."""
    roots = [id_ for id_ in here.roots if id_ in ids]
    return roots[0] if roots else by_importance(portfolio, ids)[0]


def turned_at(news: News, head: str) -> int:
    """When it became so: what is told of now is as old as the turn of those it is told for."""
    folded = news.folded
    if news.why in (Why.CAUSE_CHANGED, Why.STILL_OPEN, Why.ACKNOWLEDGED):
        return news.now
    if folded.before is None:
        return news.standpoints[head].turned_at
    changed = (*folded.joined, *folded.ended)
    return max(news.standpoints[id_].turned_at for id_ in changed)


def by_importance(portfolio: Portfolio, ids: Iterable[str]) -> list[str]:
    """Ids, what is most important to the business first."""

    def rank(id_: str) -> tuple[int, str, str]:
        product = portfolio.products[id_]
        return _IMPORTANCE[product.type], product.title, id_

    return sorted(ids, key=rank)
