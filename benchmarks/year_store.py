"""A store with a year in it, its tables written in bulk as the action would have filled them.

The products are defined through the tracker. Evidence, verdicts and steps are made by the domain's
own functions, promise by promise and inputs first, and written through the rows of the store. Last,
the tracker tells of every product as it stands at the end. What the action would have told before
that, and delivered since, is left out.
"""

import sqlite3
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import year_history
from sqlalchemy import Table
from year_history import END, Size

from datahub_dataproducts.adapters.store import rows, schema
from datahub_dataproducts.application.judge import without_expiry
from datahub_dataproducts.application.ports import Scope
from datahub_dataproducts.application.tell import Ground, TrackingPolicy, tell
from datahub_dataproducts.application.track_health import HealthTracker
from datahub_dataproducts.domain.assertions import Assertion, Evidence
from datahub_dataproducts.domain.portfolio import Portfolio, portfolio_of
from datahub_dataproducts.domain.products import DataProduct
from datahub_dataproducts.domain.timelines import (
    Step,
    assertion_tracks,
    input_track,
    worst_steps,
)
from datahub_dataproducts.domain.verdicts import Change, changes, heard
from datahub_dataproducts.plugins.store_wiring import store_of

Hearing = Callable[[int, int], Iterable[Evidence]]
"""What is heard of a promise, by the numbers of the product and of the promise."""

_AT_ONCE = 5_000
Row = tuple[Table, dict[str, Any]]
Rows = Iterator[Row]


def write_store(file: Path, size: Size, hearing: Hearing | None = None) -> None:
    """Make a store of the whole history, or of what is heard of it.

    Args:
        file: that is not there yet.
        size: of portfolio and history.
        hearing: what is heard; default: all there is.
    """
    hear = hearing or (lambda n, promise: year_history.evidence(size, n, promise))
    write_heard(file, year_history.products(size), hear, size.begin, END)


def write_heard(
    file: Path, defined: Sequence[DataProduct], hear: Hearing, begin: int, end: int
) -> None:
    """Make a store of products, defined at `begin`, and what was heard of them before `end`.

    The ids are those of `year_history.id_of`, in order, and the inputs of a product are among its
    hundred.
    """
    store = store_of(f"sqlite:///{file}")
    store.open()
    HealthTracker(store, TrackingPolicy()).define(defined, begin, all_of_them=True)
    portfolio = portfolio_of(defined)
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN")
    for first in range(0, len(defined), year_history.LINKED):
        these = range(first, min(first + year_history.LINKED, len(defined)))
        _insert(connection, _rows_of(portfolio, these, hear, end))
    connection.execute("COMMIT")
    connection.close()
    # The tracker looks for itself: nothing of the next step rests on what was made here.
    with store.transaction() as book:
        ground = Ground(
            portfolio=portfolio,
            policy=TrackingPolicy(),
            floors=dict.fromkeys(portfolio.products),
        )
        tell(book, ground, portfolio.products, end)
    store.close()


def _rows_of(portfolio: Portfolio, numbers: range, hear: Hearing, end: int) -> Rows:
    """All rows of some products and of what they use, which is among them."""
    judged: dict[str, dict[str, tuple[Change, ...]]] = {}
    for n in numbers:
        id_ = year_history.id_of(n)
        mine = judged[id_] = {}
        for promise, assertion in enumerate(portfolio.products[id_].assertions):
            pieces = list(hear(n, promise))
            for piece in pieces:
                yield schema.evidence, rows.evidence_row(piece)
            mine[assertion.urn] = yield from _verdicts(id_, assertion, pieces, end)
    made: dict[str, list[Step]] = {}
    for id_ in sorted(judged, key=portfolio.depth.__getitem__):
        made[id_] = yield from _steps(portfolio, id_, judged[id_], made, end)


def _verdicts(
    product: str, assertion: Assertion, pieces: list[Evidence], now: int
) -> Generator[Row, None, tuple[Change, ...]]:
    found, standing = changes(assertion, heard(assertion, pieces), now)
    key = {"product": product, "assertion": assertion.urn}
    if standing is not None:
        yield schema.standings, {**key, **rows.standing_row(without_expiry(standing, now))}
    for change, end in zip(found, _ends([c.at for c in found]), strict=True):
        yield schema.changes, {**key, **rows.change_row(change), "until": end}
    return found


def _steps(
    portfolio: Portfolio,
    id_: str,
    judged: Mapping[str, Sequence[Change]],
    made: Mapping[str, Sequence[Step]],
    now: int,
) -> Generator[Row, None, list[Step]]:
    passing = [(made[i.product], i.required) for i in portfolio.inputs[id_]]
    firsts = [found[0].at for found in judged.values() if found]
    firsts += [steps[0][0] for steps, _ in passing if steps]
    if not firsts:
        return []
    tracks = assertion_tracks(portfolio.products[id_].assertions, judged)
    inputs = [input_track(steps, required=required) for steps, required in passing]
    whole = worst_steps([*tracks, *inputs], min(firsts), now)
    by_scope = {Scope.OWN: worst_steps(tracks, min(firsts), now), Scope.EXPERIENCED: whole}
    for scope, steps in by_scope.items():
        for (at, health), end in zip(steps, _ends([at for at, _ in steps]), strict=True):
            key = {"product": id_, "scope": scope.value, "at": at}
            yield schema.steps, {**key, "until": end, "health": health.value}
    return whole


def _ends(begins: Sequence[int]) -> list[int]:
    return [*begins[1:], schema.OPEN][: len(begins)]


def _insert(connection: sqlite3.Connection, made: Rows) -> None:
    waiting: dict[str, list[dict[str, Any]]] = {}
    texts: dict[str, str] = {}
    for table, row in made:
        queue = waiting.setdefault(table.name, [])
        queue.append(row)
        if len(queue) == _AT_ONCE:
            connection.executemany(texts.setdefault(table.name, _text(row, table)), queue)
            queue.clear()
    for name, queue in waiting.items():
        if queue:
            connection.executemany(_text(queue[0], schema.metadata.tables[name]), queue)


def _text(row: Mapping[str, Any], table: Table) -> str:
    values = ", ".join(f":{name}" for name in row)
    return f"INSERT INTO {table.name} ({', '.join(row)}) VALUES ({values})"  # noqa: S608
