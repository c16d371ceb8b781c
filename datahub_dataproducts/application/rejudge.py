"""Judging the past again: evidence of a time before promises last changed, by the promises of its time.

It costs more than an ordinary event, and happens for what is late over a change of promises only.
"""

from collections.abc import Callable, Iterable, Mapping

from datahub_dataproducts.application.judge import Case, hears, judge_since, noted
from datahub_dataproducts.application.ports import Book
from datahub_dataproducts.application.settle import restep
from datahub_dataproducts.application.tell import Ground, tell
from datahub_dataproducts.domain.assertions import (
    Assertion,
    AssertionKind,
    IncidentNotice,
    Observation,
)
from datahub_dataproducts.domain.generations import Generation
from datahub_dataproducts.domain.portfolio import promised


def heard_in_past(book: Book, evidence: Observation) -> bool:
    """True when a promise that holds no more, and held after it, listened to evidence of its subject."""
    return bool(book.past_listeners(evidence.subject, evidence.at))


def rejudge(book: Book, ground: Ground, evidence: Observation, since: int, now: int) -> None:
    """Judge every promise that heard a piece of evidence, kept in the book already, and tell of it.

    `since` is the earliest instant it changes anything at.
    """
    now_listening = [id_ for id_, _ in ground.portfolio.listeners.get(evidence.subject, ())]
    ids = {*now_listening, *book.past_listeners(evidence.subject, since)}

    def hears_it(assertion: Assertion) -> bool:
        return evidence.subject in assertion.listens_to and hears(assertion, evidence)

    _judge_all(book, ground, ids, hears_it, since=since, now=now)


def judge_notice(book: Book, ground: Ground, notice: IncidentNotice, now: int) -> None:
    """Judge every watch, of now or of the past, that a notice is about, and tell of it.

    The notice is kept in the book already.
    """
    subjects = {notice.subject} if notice.subject else {*book.assets_of(notice.incident)}
    ids = {id_ for one in subjects for id_, _ in ground.portfolio.watchers.get(one, ())}
    ids |= {id_ for one in subjects for id_ in book.past_listeners(one, notice.at)}

    def is_about_it(assertion: Assertion) -> bool:
        is_watch = assertion.kind is AssertionKind.INCIDENT
        return is_watch and not subjects.isdisjoint(assertion.listens_to)

    _judge_all(book, ground, ids, is_about_it, since=notice.at, now=now)


def _judge_all(
    book: Book,
    ground: Ground,
    ids: Iterable[str],
    concerns: Callable[[Assertion], bool],
    *,
    since: int,
    now: int,
) -> None:
    """Judge what is concerned of some products, over all their generations, and what follows."""
    lived = _Lived(book, ground)
    dirty: dict[str, int] = {}
    for id_ in ids:
        for generation in lived.after(id_, since):
            for assertion in filter(concerns, promised(generation.product)):
                case = Case(
                    product=id_,
                    assertion=assertion,
                    floor=generation.since,
                    end=generation.until,
                )
                noted(dirty, id_, judge_since(book, case, since, now).changed_at)
    if not dirty:
        return
    ground.assessments.touch(ground.portfolio, dirty)
    touched = _restep_all(book, ground, lived, dirty, now)
    tell(book, ground, [id_ for id_ in touched if id_ in ground.portfolio.products], now)


class _Lived:
    """The generations of products, read once."""

    def __init__(self, book: Book, ground: Ground) -> None:
        self._book = book
        self._ground = ground
        self._read: dict[str, tuple[int, list[Generation]]] = {}

    def after(self, product: str, since: int) -> list[Generation]:
        """Those that held after an instant, in order, the one that holds now last."""
        known_since, found = self._read.get(product, (since + 1, []))
        if since < known_since:
            found = self._book.past_generations(product, since)
            if product in self._ground.portfolio.products:
                found.append(self._ground.generation(product))
            self._read[product] = since, found
        return [one for one in found if one.until is None or one.until > since]

    def users(self, product: str, since: int) -> set[str]:
        """Ids of products that used a product after an instant."""
        now = self._ground.portfolio.dependents.get(product, ())
        return {*now, *self._book.past_users(product, since)}


def _restep_all(
    book: Book, ground: Ground, lived: _Lived, dirty: Mapping[str, int], now: int
) -> list[str]:
    """Recompute products and those that use them, until nothing changes any more.

    Who used whom may have turned round over time, so there is no order in which once is enough;
    at each instant nothing depends on itself, so it comes to an end.
    """
    depth = ground.portfolio.depth
    waiting, touched = dict(dirty), dict.fromkeys(dirty)
    while waiting:
        id_ = min(waiting, key=lambda one: (depth.get(one, 0), one))
        since = waiting.pop(id_)
        changed_at = restep(book, id_, lived.after(id_, since), since, now)
        if changed_at is None:
            continue
        for user in lived.users(id_, changed_at):
            touched.setdefault(user)
            waiting[user] = min(waiting.get(user, changed_at), changed_at)
    return list(touched)
