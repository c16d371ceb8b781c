"""Composing: a letter of a conversation, as text and as a message of blocks. Pure.

What everybody reads names products, promises, times and people. Assets by their full names, runs and
assertions are in the details, for those who mend.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from datahub_dataproducts.domain.announcements import say_state
from datahub_dataproducts.domain.assertions import AssertionKind
from datahub_dataproducts.domain.conversation_words import (
    Said,
    said_of,
    say_budget,
)
from datahub_dataproducts.domain.conversations import Kind
from datahub_dataproducts.domain.health import Cause, Health, worst
from datahub_dataproducts.domain.letters import TONES, Affected, Announcement, Fault
from datahub_dataproducts.domain.messages import (
    Block,
    Breach,
    Breaches,
    Fact,
    Facts,
    Headline,
    Item,
    Items,
    Link,
    Links,
    Message,
    Meter,
    Paragraph,
    Tone,
)
from datahub_dataproducts.domain.news import (
    News,
    Standpoint,
    by_importance,
    head_of,
    shown_of,
    turned_at,
)
from datahub_dataproducts.domain.objectives import ObjectiveStatus
from datahub_dataproducts.domain.portfolio import Portfolio
from datahub_dataproducts.domain.products import DataProduct
from datahub_dataproducts.domain.schedules import say_day, say_stretch
from datahub_dataproducts.domain.verdicts import Reason

_LISTED = 20
_PROVED = 10
_TITLES = {
    Kind.EPISODE: "Also unhealthy",
    Kind.RISK: "Also at risk",
    Kind.BLINDNESS: "Not known either",
}
PRODUCT = "urn:li:dataProduct:"
"""What comes before a product's id in its URN."""


def letter(portfolio: Portfolio, news: News) -> Announcement:
    """The letter of a conversation; its number is one more than the conversation has had."""
    here, ended = news.folded.after, news.folded.ended
    head = head_of(portfolio, here, shown_of(news))
    product = portfolio.products[head]
    at = turned_at(news, head)
    healths = [news.standpoints[id_].assessment.health for id_ in here.members or ended]
    said = said_of(portfolio, news)
    causes = _causes(head, news) if here.members else {}
    return Announcement(
        product=product.id,
        domain=product.domain,
        at=at,
        timezone=news.zone or product.timezone,
        why=news.why,
        health=worst(healths),
        text=said.text,
        conversation=here.key,
        sequence=here.sequence + 1,
        affected=_affected(portfolio, here.members, news.standpoints),
        recovered=_affected(portfolio, ended, news.standpoints),
        faults=tuple(map(_fault, causes.values())),
        message=_Composer(portfolio, news, product).message(said, list(causes.values())),
    )


class _Composer:
    """Composes the message of one letter, which begins with one product."""

    def __init__(self, portfolio: Portfolio, news: News, head: DataProduct) -> None:
        self._portfolio = portfolio
        self._news = news
        self._head = head
        self._at = news.now
        self._zone = news.zone or head.timezone
        self._standpoint = news.standpoints[head.id]

    def message(self, said: Said, causes: Sequence[Cause]) -> Message:
        """All of it; see `Said` for what is told.

        All times in it are true however late, and however often changed, it is read. What is left of
        the error budget is shown in its picture alone.
        """
        folded = self._news.folded
        tone = self._tone()
        first, *rest = self._headlines(said)
        blocks: list[Block] = [Headline(text=first, tone=tone)]
        if sentences := [*rest, *self._sentences(said)]:
            blocks.append(Paragraph(text=" ".join(sentences)))
        others = [id_ for id_ in shown_of(self._news) if id_ != self._head.id]
        if others and not folded.is_over:
            blocks.append(self._list(others))
        if facts := tuple(self._facts(said)):
            blocks.append(Facts(facts=facts))
        blocks += self._meter()
        blocks.append(Links(links=tuple(self._links(said))))
        return Message(
            subject=first, tone=tone, blocks=tuple(blocks), details=self._details(causes)
        )

    def _tone(self) -> Tone:
        healths = [one.assessment.health for one in self._news.standpoints.values()]
        if self._news.folded.is_over:
            known = [health for health in healths if health is not Health.UNKNOWN]
            return TONES[worst(known)] if known else Tone.BLIND
        return TONES[
            worst(self._news.standpoints[i].assessment.health for i in shown_of(self._news))
        ]

    def _headlines(self, said: Said) -> list[str]:
        """The first is the headline; the others are sentences after it."""
        if self._news.folded.is_over and said.changed:
            return [said.changed[0].removesuffix("."), *said.changed[1:]]
        assert said.explained is not None
        return [said.explained.verdict, *said.changed]

    def _sentences(self, said: Said) -> Iterator[str]:
        one = said.explained
        if one is not None:
            verdict = one.verdict if self._news.folded.is_over else ""
            yield from (f"{part}." for part in (verdict, one.shown, *one.others) if part)
        yield from filter(None, (one.not_known if one else "", said.not_known))

    def _list(self, others: Sequence[str]) -> Items:
        ids = by_importance(self._portfolio, others)
        return Items(
            title=_TITLES[self._news.folded.after.kind],
            items=tuple(self._item(id_) for id_ in ids[:_LISTED]),
            more=len(ids[_LISTED:]),
        )

    def _item(self, id_: str) -> Item:
        product, one = self._portfolio.products[id_], self._news.standpoints[id_]
        type_ = product.type.value.replace("_", " ") if product.type else ""
        since = "" if one.began_at is None else f"since {self._when(one.began_at)}"
        return Item(
            text=product.title,
            note=", ".join(filter(None, (type_, since))),
            tone=TONES[one.assessment.health],
            target=f"{PRODUCT}{id_}",
        )

    def _facts(self, said: Said) -> Iterator[Fact]:
        """Since when, and who answers; of what is over how long it was so."""
        folded, one = self._news.folded, self._standpoint
        if one.began_at is not None:
            if not folded.is_over:
                yield Fact(label="Since", value=self._when(one.began_at))
            elif folded.after.kind is Kind.EPISODE and one.lasted is not None:
                stretch = say_stretch(one.began_at, one.turned_at, self._at, self._zone)
                yield Fact(label="Unhealthy", value=stretch)
        if said.explained is not None and said.explained.owners:
            yield Fact(
                label=f"Owner{said.explained.whose}",
                value=said.explained.owners,
                people=said.explained.people,
            )

    def _meter(self) -> Iterator[Meter]:
        objective = self._head.objective
        if objective is None or self._news.folded.after.kind is not Kind.EPISODE:
            return
        report = self._news.objective_of(self._head.id)
        if report is not None and report.status is not ObjectiveStatus.NO_DATA:
            label = f"Left of {say_budget(objective, self._whose())}"
            yield Meter(label=label, share=report.left)

    def _whose(self) -> str:
        """The product that the letter begins with, where it tells of others too."""
        return self._head.title if len(shown_of(self._news)) > 1 else ""

    def _links(self, said: Said) -> Iterator[Link]:
        if said.explained is not None and said.explained.runbook:
            label = f"Runbook{said.explained.whose}"
            yield Link(label=label, target=said.explained.runbook)
        roots = (
            []
            if said.explained is None or said.explained.main is None
            else [said.explained.main.root]
        )
        for id_ in dict.fromkeys((self._head.id, *roots)):
            title = self._portfolio.products[id_].title
            yield Link(label=f"{title} in DataHub", target=f"{PRODUCT}{id_}")

    def _details(self, causes: Sequence[Cause]) -> tuple[Block, ...]:
        if not causes:
            return ()
        return (breaches_of(self._portfolio, causes, self._at, self._zone),)

    def _when(self, at: int) -> str:
        return say_day(at, self._at, self._zone)


def breaches_of(portfolio: Portfolio, causes: Sequence[Cause], at: int, zone: str) -> Breaches:
    """What proves causes, seen from an instant; the first are named, the others counted."""
    proved = tuple(_breach(portfolio, cause, at, zone) for cause in causes[:_PROVED])
    return Breaches(breaches=proved, more=len(causes[_PROVED:]))


def _breach(portfolio: Portfolio, cause: Cause, now: int, zone: str) -> Breach:
    def when(at: int | None) -> str:
        return "" if at is None else say_day(at, now, zone)

    assertion, titles = cause.assertion, [portfolio.products[i].title for i in cause.path]
    is_incident = assertion.kind is AssertionKind.INCIDENT
    state = f"has an open incident{f': {cause.title}' if cause.title else ''}"
    if not is_incident:
        state = say_state(assertion.kind, cause.judgement.reason)
    seen = _SEEN.get(cause.judgement.reason, "Last result")
    shown_by = _SHOWN_BY.get(cause.judgement.reason, "Run")
    told = [
        Fact(label="Found", value=f"{assertion.asset_name} {state}"),
        Fact(label="Since", value=when(cause.since)),
        Fact(label=seen, value=when(cause.evidence_at)),
        Fact(label="Asset", value=assertion.asset, target=assertion.asset, is_code=True),
        Fact(label=_in_dbt(assertion.node), value=assertion.node, is_code=True),
        Fact(label=shown_by, value=cause.run_id, is_code=True),
        Fact(label="Assertion", value="" if is_incident else assertion.urn, is_code=True),
        Fact(label="Path", value=" > ".join((*titles, assertion.asset_name))),
    ]
    return Breach(
        title=f"{assertion.asset_name} {assertion.promise}",
        facts=tuple(fact for fact in told if fact.value),
        target=assertion.asset if is_incident else f"{assertion.urn} {assertion.asset}",
    )


def _in_dbt(node: str) -> str:
    """`Test in dbt`, `Source in dbt`: dbt's ids begin with what they are of."""
    return f"{node.partition('.')[0].capitalize()} in dbt"


_SEEN = {Reason.NOT_FRESH: "Last update", Reason.INCIDENT: "Opened"}
# An update may be known of by no run at all: then it is an operation.
_SHOWN_BY = {Reason.NOT_FRESH: "Known by"}


def _causes(head: str, news: News) -> dict[tuple[str, str], Cause]:
    """What is wrong with those that the letter is about, each once, the main one first."""
    found: dict[tuple[str, str], Cause] = {}
    for id_ in (head, *shown_of(news)):
        for cause in news.standpoints[id_].assessment.causes:
            found.setdefault((cause.root, cause.assertion.urn), cause)
    return found


def _fault(cause: Cause) -> Fault:
    return Fault(
        root=cause.root,
        asset=cause.assertion.asset,
        assertion=cause.assertion.urn,
        reason=cause.judgement.reason,
        since=cause.since,
        run_id=cause.run_id,
    )


def _affected(
    portfolio: Portfolio, ids: Iterable[str], standpoints: Mapping[str, Standpoint]
) -> tuple[Affected, ...]:
    made = []
    for id_ in by_importance(portfolio, ids):
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
