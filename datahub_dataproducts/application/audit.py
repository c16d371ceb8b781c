"""Audit: whether what the store keeps is whole, and is what its evidence says.

Every verdict and history since the mark is computed from nothing, by the promises of each time, and
compared with what was kept step by step. Left out is time before stores kept which inputs counted.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from datahub_dataproducts.application.archive import Archive
from datahub_dataproducts.application.recomputing import EVER, Finding, FindingKind, recomputed
from datahub_dataproducts.domain.generations import Generation, used_inputs
from datahub_dataproducts.domain.portfolio import portfolio_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """Letters that did not arrive.

    Attributes:
        channel: to whom.
        refused: True for those that are not tried again.
        count: how many.
        since: since when the first of them is due.
        reason: why the first of them did not arrive; empty: it was not tried yet.
    """

    channel: str
    refused: bool
    count: int
    since: int
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Aside:
    """What lies aside for one reason.

    Attributes:
        reason: why.
        count: how many things.
        latest: when the last of them was set aside.
    """

    reason: str
    count: int
    latest: int


class Auditable(Archive, Protocol):
    """The archive, and what an audit asks of it besides."""

    def recorded_generations(self, product: str, after: int) -> list[Generation]:
        """Generations of a product that hold no more and held after an instant, in order.

        Only those of which it was kept which inputs counted.
        """
        ...

    def damage(self) -> Sequence[str]:
        """What the database itself finds wrong with its file; sentences without a full stop."""
        ...

    def dangling(self) -> Sequence[str]:
        """Rows that are about something that is not there; the same."""
        ...

    def broken_series(self) -> Sequence[tuple[str, str, int, int, int]]:
        """Rows that do not end where the next begins.

        Product, assertion or scope, when it begins, when it ends, and when the next begins.
        """
        ...

    def undelivered(self) -> Sequence[Waiting]:
        """Letters that wait or were refused, by channel."""
        ...

    def aside(self) -> Sequence[Aside]:
        """What lies aside, by reason, the latest first."""
        ...


class AuditableStore(Protocol):
    """A store that can be looked through; `Unavailable` where it cannot be read now."""

    def auditing(self) -> AbstractContextManager[Auditable]:
        """A transaction in which nothing is written; it waits for no writer, and none for it."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Audit:
    """What came of it.

    Attributes:
        findings: what is wrong, in order.
        mark: evidence of before it may be gone, None: none is.
        compared: by id of each product that is or was defined, since when what is kept was
            computed again; None: from the beginning.
        undelivered: letters that wait or were refused.
        aside: what lies aside.
    """

    findings: tuple[Finding, ...]
    mark: int | None
    compared: dict[str, int | None]
    undelivered: tuple[Waiting, ...]
    aside: tuple[Aside, ...]


def audit(store: AuditableStore) -> Audit:
    """Look through the store and compute again what it keeps, promise by promise.

    Raises:
        Unavailable: the store cannot be read.
    """
    with store.auditing() as book:
        mark = book.mark()
        # What time alone changes from then on is not kept yet.
        due = [standing.expires_at for _, _, standing in book.due(EVER, 1)]
        until = min((at - 1 for at in due if at is not None), default=EVER)
        compared: dict[str, int | None] = {}
        findings = [*_form(book)]
        for one, since, end in _parts(book, mark, until):
            compared.setdefault(one.product.id, since)
            findings += recomputed(book, one, since, end)
        return Audit(
            findings=tuple(findings),
            mark=mark,
            compared=compared,
            undelivered=tuple(book.undelivered()),
            aside=tuple(book.aside()),
        )


def _parts(
    book: Auditable, mark: int | None, until: int
) -> Iterator[tuple[Generation, int | None, int]]:
    """What each product promised from the mark on, and from when to when; both are part of it."""
    current = {product.id: (product, since) for product, since in book.definitions()}
    portfolio = portfolio_of(product for product, _ in current.values())
    for id_ in book.known():
        lived = book.recorded_generations(id_, -EVER if mark is None else mark)
        if id_ in current:
            product, floor = current[id_]
            inputs = used_inputs(portfolio, id_)
            lived.append(Generation(product=product, since=floor, until=None, inputs=inputs))
        for one in lived:
            since = _latest(mark, one.since)
            end = until if one.until is None else min(until, one.until - 1)
            if since is None or since <= end:
                yield one, since, end


def _latest(*instants: int | None) -> int | None:
    return max((at for at in instants if at is not None), default=None)


def _form(book: Auditable) -> Iterator[Finding]:
    for says in book.damage():
        yield Finding(kind=FindingKind.DAMAGED, says=says)
    for says in book.dangling():
        yield Finding(kind=FindingKind.DANGLING, says=says)
    for product, series, begins, ends, follows in book.broken_series():
        what = "overlaps with what follows" if ends > follows else "ends before what follows begins"
        yield Finding(
            kind=FindingKind.BROKEN_SERIES,
            says=f"what is kept of {series} of {product} {what}",
            product=product,
            since=begins,
            kept=str(ends),
            computed=str(follows),
        )
