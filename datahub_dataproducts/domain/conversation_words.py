"""Letters of a conversation in plain words, for the business reader. Composed once, for every channel.

Of one product the text is its explanation; of several it is that of the one the others depend on, or
of the most important one, with the others named.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from datahub_dataproducts.domain.announcements import (
    HEALTH_WORDS,
    Explained,
    explained,
    not_known,
)
from datahub_dataproducts.domain.conversations import Conversation, Folded, Kind
from datahub_dataproducts.domain.durations import DAY, say_duration
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.letters import Why
from datahub_dataproducts.domain.message_words import say_tenths
from datahub_dataproducts.domain.news import (
    TELLS_OF,
    News,
    Standpoint,
    by_importance,
    head_of,
    shown_of,
)
from datahub_dataproducts.domain.objectives import ObjectiveStatus
from datahub_dataproducts.domain.portfolio import Portfolio
from datahub_dataproducts.domain.products import DataProduct, Objective, ProductType
from datahub_dataproducts.domain.schedules import say_day

_NAMED = 5
_TYPE_WORDS = {
    ProductType.METRIC: ("the metric ", "the metrics "),
    ProductType.BUILDING_BLOCK: ("the building block ", "the building blocks "),
    None: ("", ""),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What a letter says, in parts.

    Attributes:
        changed: who recovered, who joined, that it goes on; sentences with their full stops.
        budget: of what is over, what is left of the error budget, as a sentence; a message has it as
            a picture.
        explained: why the product it begins with is as it is; of one for whom it is over what is
            left of causes, None: nothing.
        beside: who is so too, without a full stop.
        not_known: of one for whom it is over and nothing is left; see `announcements.not_known`.
    """

    changed: tuple[str, ...]
    explained: Explained | None
    beside: str = ""
    not_known: str = ""
    budget: str = ""

    @property
    def text(self) -> str:
        """All of it."""
        explained = self.explained.text(beside=self.beside) if self.explained else ""
        return " ".join(filter(None, (*self.changed, self.budget, explained, self.not_known)))


def said_of(portfolio: Portfolio, news: News) -> Said:
    """What a letter says, as it stands when it is written, however long it was held back."""
    folded = news.folded
    endings = tuple(_endings(portfolio, news))
    if folded.is_over:
        return replace(_left_over(portfolio, news, endings), budget=_budget(portfolio, news))
    shown = shown_of(news)
    head = head_of(portfolio, folded.after, shown)
    changed = [*endings]
    if news.why is Why.STILL_OPEN:
        changed += _still(news, portfolio.products[head])
    if folded.before is not None and folded.joined:
        changed.append(_too(portfolio, folded))
    return Said(
        changed=tuple(changed),
        explained=explained(portfolio, news.standpoints[head].assessment, news.now, zone=news.zone),
        beside=_beside(portfolio, folded.after, head, [id_ for id_ in shown if id_ != head]),
    )


def _beside(portfolio: Portfolio, here: Conversation, head: str, others: Sequence[str]) -> str:
    if not others:
        return ""
    if here.kind is Kind.BLINDNESS:
        return f"The same goes for {_by_type(portfolio, others)}"
    one = len(others) == 1
    using = f", which {'uses' if one else 'use'} {portfolio.products[head].title},"
    using = using if here.roots == (head,) else ""
    who = f"{_by_type(portfolio, others)}{using}"
    # A title is never written otherwise than it is.
    who = f"The {who[4:]}" if who.startswith("the ") else who
    return f"{who} {'is' if one else 'are'} {HEALTH_WORDS[TELLS_OF[here.kind]]} too"


def _left_over(portfolio: Portfolio, news: News, changed: tuple[str, ...]) -> Said:
    """What is not well, or not known, of those for whom it is over."""
    announced = [id_ for id_ in news.folded.ended if news.standpoints[id_].is_announced]
    risky = [id_ for id_ in announced if news.standpoints[id_].assessment.causes]
    if risky:
        first = news.standpoints[head_of(portfolio, news.folded.after, risky)].assessment
        return Said(
            changed=changed, explained=explained(portfolio, first, news.now, zone=news.zone)
        )
    blind = ""
    if len(announced) == 1:
        blind = not_known(portfolio, news.standpoints[announced[0]].assessment)
    return Said(changed=changed, explained=None, not_known=blind)


def _budget(portfolio: Portfolio, news: News) -> str:
    """What is left of the error budget of the product that the letter begins with, as a sentence."""
    if news.folded.after.kind is not Kind.EPISODE:
        return ""
    head = head_of(portfolio, news.folded.after, shown_of(news))
    report = news.objective_of(head)
    objective = portfolio.products[head].objective
    if objective is None or report is None or report.status is ObjectiveStatus.NO_DATA:
        return ""
    whose = portfolio.products[head].title if news.folded.ended[1:] else ""
    budget = say_budget(objective, whose)
    if report.left is None or report.remaining <= 0:
        return f"Nothing is left of {budget}."
    return f"{say_tenths(report.left)} of {budget} is left."


def say_budget(objective: Objective, whose: str = "") -> str:
    """`this month's error budget`, `the 30-day error budget of Users`."""
    of = f" of {whose}" if whose else ""
    if objective.window is None:
        return f"this {objective.calendar}'s error budget{of}"
    days, rest = divmod(objective.window, DAY)
    if rest:
        return f"the error budget of {say_duration(objective.window)}{of}"
    return f"the {days}-day error budget{of}"


def _endings(portfolio: Portfolio, news: News) -> Iterable[str]:
    """One sentence for all that ended alike, in the order of what they are to the business."""
    kind = news.folded.after.kind
    alike: dict[tuple[str, str], list[str]] = {}
    for id_ in by_importance(portfolio, news.folded.ended):
        one = news.standpoints[id_]
        ending = ("", "announced no more") if not one.is_announced else _ending(kind, one)
        alike.setdefault(ending, []).append(portfolio.products[id_].title)
    for (before, after), titles in alike.items():
        verb = "is" if len(titles) == 1 else "are"
        yield f"{before}{enumerated(titles)} {verb} {after}."


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


def _still(news: News, head: DataProduct) -> Iterable[str]:
    began = news.standpoints[head.id].began_at
    if began is not None:
        day = say_day(news.now, news.now, news.zone or head.timezone)
        yield f"Still open on {day}, after {say_duration(news.now - began)}."


def _too(portfolio: Portfolio, folded: Folded) -> str:
    titles = _titles(portfolio, folded.joined)
    if folded.after.kind is Kind.BLINDNESS:
        return f"It is not known of {enumerated(titles)} either."
    return f"{enumerated(titles)} {'is' if len(titles) == 1 else 'are'} unhealthy too."


def _by_type(portfolio: Portfolio, ids: Sequence[str]) -> str:
    groups: dict[ProductType | None, list[str]] = {}
    for id_ in by_importance(portfolio, ids):
        product = portfolio.products[id_]
        groups.setdefault(product.type, []).append(product.title)
    said = [
        f"{_TYPE_WORDS[type_][len(titles) > 1]}{enumerated(titles)}"
        for type_, titles in groups.items()
    ]
    return " and ".join(said)


def _titles(portfolio: Portfolio, ids: Iterable[str]) -> list[str]:
    return [portfolio.products[id_].title for id_ in by_importance(portfolio, ids)]


def enumerated(titles: Sequence[str]) -> str:
    """`A, B and C`, `A, B, C, D, E and 7 more`."""
    if len(titles) == 1:
        return titles[0]
    rest = len(titles) - _NAMED
    # To say "and 1 more" takes no less room than to name it.
    named, last = (titles[:_NAMED], f"{rest} more") if rest > 1 else (titles[:-1], titles[-1])
    return f"{', '.join(named)} and {last}"
