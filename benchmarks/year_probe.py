"""One look at a store with a year in it, in a process of its own: what it takes, and its memory.

`python year_probe.py WHAT STORE` prints JSON: seconds of CPU and wall time, without what importing
took, and bytes of memory. What is naive knows the products and begins with the evidence.
"""

import io
import json
import os
import sqlite3
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path

from year_history import END, LINKED, id_of

from datahub_dataproducts.adapters.console.explanations import explanation_as_text
from datahub_dataproducts.adapters.console.uptime import uptime_as_text
from datahub_dataproducts.adapters.store import rows
from datahub_dataproducts.application.explain import NotThere, explain
from datahub_dataproducts.application.uptime import uptime
from datahub_dataproducts.domain.assertions import Evidence
from datahub_dataproducts.domain.durations import DAY, HOUR
from datahub_dataproducts.domain.health import assess
from datahub_dataproducts.domain.histories import histories, verdicts
from datahub_dataproducts.domain.periods import Pace, periods
from datahub_dataproducts.domain.portfolio import Portfolio, portfolio_of
from datahub_dataproducts.domain.spans import Span
from datahub_dataproducts.domain.timelines import tally
from datahub_dataproducts.plugins import store_wiring  # noqa: F401
from datahub_dataproducts.plugins.commands.store_options import opened

# It uses inputs that use inputs.
ONE = id_of(8)
PAST = END - 20 * DAY + 9 * HOUR
WINDOW = (END - 30 * DAY, END)
YEAR = (END - 365 * DAY, END)
_STATUS = Path("/proc/self/status")


def main(what: str, store: str) -> None:
    """Measure one thing and print."""
    work = _LOOKS[what](store)
    before = _memory("VmRSS")
    cpu, wall = time.process_time(), time.perf_counter()
    with redirect_stdout(io.StringIO()):
        work()
    taken = {
        "cpu": time.process_time() - cpu,
        "wall": time.perf_counter() - wall,
        "before": before,
        "peak": _memory("VmHWM"),
    }
    print(json.dumps(taken))


def _uptime(
    products: Sequence[str], window: Span, pace: Pace | None = None, *, with_charges: bool = False
) -> "Look":
    def work(file: str) -> None:
        cut = periods(window, pace, "UTC")
        with opened(f"sqlite:///{file}") as store:
            found = uptime(store, products, END, cut, with_charges=with_charges)
        print(uptime_as_text(found, "UTC"))

    return lambda file: partial(work, file)


def _explain(at: int) -> "Look":
    def work(file: str) -> None:
        with opened(f"sqlite:///{file}") as store:
            found = explain(store, ONE, at, "UTC")
        assert not isinstance(found, NotThere)
        print(explanation_as_text(found))

    return lambda file: partial(work, file)


def _naive_uptime(file: str) -> "Work":
    """From all evidence for the product and what it uses."""
    portfolio = _used_by_one(_portfolio(file))

    def work() -> None:
        found = histories(portfolio, _evidence(file, portfolio), END)[ONE]
        print(tally(found.own, *WINDOW), tally(found.experienced, *WINDOW))

    return work


def _naive_uptime_of_some(file: str) -> "Work":
    """From all evidence for the first of the products, which the others have no part in."""
    every = _portfolio(file).products
    portfolio = portfolio_of(every[id_] for id_ in sorted(every)[:LINKED])

    def work() -> None:
        for found in histories(portfolio, _evidence(file, portfolio), END).values():
            print(tally(found.own, *WINDOW), tally(found.experienced, *WINDOW))

    return work


def _naive_explain(file: str) -> "Work":
    """From all evidence up to the moment, for the product and what it uses."""
    portfolio = _used_by_one(_portfolio(file))

    def work() -> None:
        heard = [piece for piece in _evidence(file, portfolio) if piece.at <= PAST]
        judged = verdicts(portfolio, heard, PAST)
        found = histories(portfolio, heard, PAST)
        in_force = {key: changes[-1] for key, changes in judged.items() if changes}
        print(found[ONE], assess(portfolio, ONE, lambda id_, a: in_force.get((id_, a.urn)), {}))

    return work


def _action(folder: str) -> "Work":
    """The action takes up products and store, hears one event, and has told all that is to tell."""
    from acting import Desk  # noqa: PLC0415

    def work() -> None:
        with Path(os.devnull).open("w", encoding="utf-8") as silence:
            Desk(Path(folder)).run(Path(folder) / "first.json", silence)

    return work


def _portfolio(file: str) -> Portfolio:
    with opened(f"sqlite:///{file}") as store, store.reading() as book:
        return portfolio_of(product for product, _ in book.definitions())


def _used_by_one(portfolio: Portfolio) -> Portfolio:
    wanted = [ONE]
    for id_ in wanted:
        wanted += [i.product for i in portfolio.inputs[id_] if i.product not in wanted]
    return portfolio_of(portfolio.products[id_] for id_ in wanted)


def _evidence(file: str, portfolio: Portfolio) -> Iterable[Evidence]:
    connection = sqlite3.connect(file)
    for subject in portfolio.listeners:
        found = connection.execute("SELECT * FROM evidence WHERE subject = ?", (subject,))
        yield from map(rows.evidence, found)
    connection.close()


def _memory(name: str) -> int:
    """What this process has now, or had most of at once, in bytes."""
    lines = _STATUS.read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))


Work = Callable[[], None]
Look = Callable[[str], Work]
_LOOKS: dict[str, Look] = {
    "uptime of one": _uptime([ONE], WINDOW),
    "uptime of one over a year": _uptime([ONE], YEAR, Pace.MONTH),
    "uptime of one with charges": _uptime([ONE], WINDOW, with_charges=True),
    "uptime of all": _uptime([], WINDOW),
    "uptime of all over a year": _uptime([], YEAR, Pace.MONTH),
    "explain": _explain(PAST),
    "explain later": _explain(END + 9 * HOUR),
    "naive uptime of one": _naive_uptime,
    "naive uptime of some": _naive_uptime_of_some,
    "naive explain": _naive_explain,
    "action": _action,
}


if __name__ == "__main__":
    main(*sys.argv[1:])
