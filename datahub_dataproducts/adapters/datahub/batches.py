"""Reading much from DataHub's server: in batches that it can take, with patience and progress.

What the server is asked for at once is halved where that is too much for it. Where it asks to wait,
or does not answer, the same batch is asked for again after a while, so that what was read before is
not read twice. One entity that nobody can read is left out and told; the others are read.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, TypeVar

from avro.errors import AvroException
from datahub.configuration.common import GraphError
from datahub.ingestion.graph.client import DataHubGraph
from datahub.ingestion.graph.filters import RawSearchFilterRule, RemovedStatusFilter
from datahub.ingestion.graph.openapi import EntityAspects
from requests import ReadTimeout, RequestException

from datahub_dataproducts.adapters.datahub.receipts import NO_GMS, receipt_of, response_of
from datahub_dataproducts.application.ports import Unavailable
from datahub_dataproducts.domain.durations import SECOND
from datahub_dataproducts.domain.receipts import Retry

logger = logging.getLogger(__name__)

AT_ONCE = 500
"""How many entities are asked for at once, where an answer is one look into a database."""

SERIES_AT_ONCE = 200
"""The same where it is one search an entity: the latest of a timeseries."""

_TOO_LARGE = 413
# Nothing says why, so less is tried, but not so little that it cannot be that.
_TOO_MUCH_MAYBE = (408, 500, 504)
_SMALL = 25
_FORBIDDEN = 403
# Somebody has to do something about it.
_NEVER_SOON = (401, _FORBIDDEN, 407)
# Seconds; each a wait in which DataHub's own client has tried again several times already.
WAITS = (1.0, 5.0, 15.0)
_LONGEST_WAIT = 120.0
_TELL_EVERY = 5 * SECOND
# So many in a row are no entities.
_UNREADABLE = 20
_EDGES = 1_000
# What comes of reading an answer of whoever listens at the address.
_STRANGE = (AvroException, AttributeError, LookupError, RecursionError, TypeError, ValueError)
_Answer = TypeVar("_Answer")


class BatchReader:
    """Reads entities of a server; what it raises is `Unavailable`, in words.

    Args:
        graph: the server. Its client tries again by itself, as its config says.
        stopping: is set when nobody waits any more.
        now: milliseconds, for telling how far reading has come; None: that is not told.
        waits: seconds before each further try, where the server does not say how long.
        beat: is called whenever something is asked for and when it came: a server that is slow may
            take long for all of it.

    Attributes:
        left_out: URNs of what could not be read: it is there.
    """

    def __init__(
        self,
        graph: DataHubGraph,
        stopping: threading.Event | None = None,
        now: Callable[[], int] | None = None,
        waits: Sequence[float] = WAITS,
        beat: Callable[[], None] = lambda: None,
    ) -> None:
        self._graph = graph
        self._beat = beat
        self._stopping = stopping or threading.Event()
        self._now = now
        self._waits = waits
        self._unreadable = 0
        self.left_out: set[str] = set()

    def entities(
        self,
        urns: Sequence[str],
        aspects: Sequence[str],
        *,
        what: str,
        at_once: int = AT_ONCE,
        with_stamps: bool = False,
    ) -> Iterator[tuple[str, EntityAspects]]:
        """Some aspects of entities of one type, in their order; what the server lacks is left out.

        `what` they are, for the log. Stamps are the system's metadata, None without.

        Raises:
            Unavailable: the server cannot be reached, or does not answer as it should.
        """
        if not urns:
            return
        progress = _Progress(what, len(urns), self._now)
        entity = urns[0].split(":")[2]
        begin = 0
        while begin < len(urns):
            batch = list(urns[begin : begin + at_once])
            try:
                found = self._asked(
                    partial(self._graph.get_entities, entity, batch, list(aspects), with_stamps),
                    count=len(batch),
                )
            except _TooMuch:
                at_once = max(1, len(batch) // 2)
                continue
            except _Garbled:
                found = self._one_by_one(entity, batch, aspects, with_stamps=with_stamps)
            yield from ((urn, found[urn]) for urn in batch if urn in found)
            begin += len(batch)
            progress.tell(begin)

    def urns(
        self,
        entity: str,
        *filters: RawSearchFilterRule,
        status: RemovedStatusFilter | None = RemovedStatusFilter.NOT_SOFT_DELETED,
    ) -> list[str]:
        """URNs of entities, as far as the search index knows them already, in order, once each.

        Raises:
            Unavailable: the server cannot be reached, or does not answer as it should.
        """
        try:
            found = self._asked(partial(self._listed, entity, filters, status))
        except _Garbled:
            raise Unavailable(NO_GMS) from None
        # The order of the server is of no meaning, and its pages may overlap.
        return sorted(found)

    def _listed(
        self,
        entity: str,
        filters: Sequence[RawSearchFilterRule],
        status: RemovedStatusFilter | None,
    ) -> set[str]:
        found: set[str] = set()
        for urn in self._graph.get_urns_by_filter(
            entity_types=[entity], status=status, extraFilters=list(filters), skip_cache=True
        ):
            # They come page by page.
            self._beat()
            found.add(urn)
        return found

    def sources(self, relationship: str, targets: Sequence[str]) -> dict[str, list[str]]:
        """What points at some entities by a relationship, as far as the index knows it already.

        Raises:
            Unavailable: the server cannot be reached, or does not answer as it should.
        """
        found: dict[str, set[str]] = {}
        for batch in batches(targets, AT_ONCE):
            scroll: str | None = None
            while True:
                page = self._page(relationship, batch, scroll)
                for edge in page.relationships:
                    found.setdefault(edge.destination_urn, set()).add(edge.source_urn)
                scroll = page.scroll_id
                if scroll is None or not page.relationships:
                    break
        return {target: sorted(sources) for target, sources in found.items()}

    def _page(self, relationship: str, targets: list[str], scroll: str | None) -> Any:
        try:
            return self._asked(
                lambda: self._graph.scroll_relationships(
                    relationship_types=[relationship],
                    destination_urns=targets,
                    count=_EDGES,
                    scroll_id=scroll,
                )
            )
        except _Garbled:
            raise Unavailable(NO_GMS) from None

    def _one_by_one(
        self, entity: str, batch: list[str], aspects: Sequence[str], *, with_stamps: bool
    ) -> dict[str, EntityAspects]:
        """By halves, until what cannot be read is alone."""
        found: dict[str, EntityAspects] = {}
        waiting = [batch]
        while waiting:
            part = waiting.pop()
            try:
                found |= self._asked(
                    partial(self._graph.get_entities, entity, part, list(aspects), with_stamps)
                )
                self._unreadable = 0
            except _Garbled:
                if len(part) > 1:
                    middle = len(part) // 2
                    waiting += [part[middle:], part[:middle]]
                    continue
                self._unreadable += 1
                if self._unreadable >= _UNREADABLE:
                    raise Unavailable(NO_GMS) from None
                self.left_out.add(part[0])
                logger.warning("DataHub's %s cannot be read and is left out", part[0])
        return found

    def _asked(self, ask: Callable[[], _Answer], *, count: int = 1) -> _Answer:
        """The answer, for which it is asked again where that may help; `count` entities at once."""
        for wait in self._waits:
            try:
                return self._answer(ask)
            except (GraphError, RequestException) as error:
                if _is_too_much(error, count):
                    raise _TooMuch from None
                receipt = receipt_of(error, self._graph.config.token)
                if not isinstance(receipt, Retry) or not _may_pass(error):
                    raise _unavailable(error, receipt.reason) from None
                seconds = max(wait, (receipt.after or 0) / SECOND)
                if seconds > _LONGEST_WAIT:
                    raise Unavailable(receipt.reason) from None
                logger.warning("It is read on in %g s: %s", seconds, receipt.reason)
                if self._stopping.wait(seconds):
                    raise Unavailable(receipt.reason) from None
        try:
            return self._answer(ask)
        except (GraphError, RequestException) as error:
            raise _unavailable(error, receipt_of(error, self._graph.config.token).reason) from None

    def _answer(self, ask: Callable[[], _Answer]) -> _Answer:
        self._beat()
        try:
            return _answer(ask)
        finally:
            self._beat()


def batches(urns: Sequence[str], at_once: int = SERIES_AT_ONCE) -> Iterator[list[str]]:
    """In lists of as many as the server is asked for at once."""
    return (list(urns[begin : begin + at_once]) for begin in range(0, len(urns), at_once))


class NotAllowedError(Unavailable):
    """The token may not read that; it may read other things."""


class _TooMuch(Exception):
    """The server may answer if it is asked for less."""


class _Garbled(Exception):
    """The server answered what cannot be read."""


class _Progress:
    """Says every few seconds how far it has come, and of what takes shorter nothing."""

    def __init__(self, what: str, count: int, now: Callable[[], int] | None) -> None:
        self._what = what
        self._count = count
        self._now = now
        self._told_at = now() if now is not None else 0

    def tell(self, done: int) -> None:
        now = self._now() if self._now is not None else 0
        if now - self._told_at >= _TELL_EVERY:
            self._told_at = now
            logger.info("Reading from DataHub: %s of %s %s", done, self._count, self._what)


def _answer(ask: Callable[[], _Answer]) -> _Answer:
    try:
        return ask()
    except _STRANGE as error:
        if isinstance(error, RequestException):
            raise
        raise _Garbled from None


def _is_too_much(error: GraphError | RequestException, count: int) -> bool:
    response = response_of(error)
    if response is not None and response.status_code == _TOO_LARGE:
        return count > 1
    timed_out = response is None and isinstance(error, ReadTimeout)
    return count > _SMALL and (
        timed_out or (response is not None and response.status_code in _TOO_MUCH_MAYBE)
    )


def _unavailable(error: GraphError | RequestException, reason: str) -> Unavailable:
    status = getattr(response_of(error), "status_code", None)
    return NotAllowedError(reason) if status == _FORBIDDEN else Unavailable(reason)


def _may_pass(error: GraphError | RequestException) -> bool:
    """Whether it may be another answer soon; a server that is not there is waited for elsewhere."""
    response = response_of(error)
    return response is not None and response.status_code not in _NEVER_SOON
