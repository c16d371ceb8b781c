"""A year of history: what looking back, hearing and remembering cost with it.

The store is made once and kept, since making the full size takes minutes.
"""

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import portfolios
import year_history
import year_store
from acting import Desk
from portfolios import Check
from timing import Cost, Line, cost_of, ratio_of
from year_history import END, LINKED, Size

from datahub_dataproducts.adapters.store import schema
from datahub_dataproducts.domain.durations import HOUR, MINUTE

_HERE = Path(__file__).parent
_SEED = 20_260_101
_MEGABYTE = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """A store with the whole history, one with the latest of each promise only, and the catalog."""

    size: Size
    full: Path
    latest: Path
    catalog: Path


def of_history(
    cache: Path, folder: Path, wanted: tuple[int, int, int], rounds: int, events: int
) -> Iterator[Line]:
    """All comparisons, each as it is made.

    Args:
        cache: where stores are kept between runs.
        folder: to work in.
        wanted: products, assertions and results.
        rounds: of each comparison.
        events: that are heard in each round.
    """
    size = year_history.size_of(*wanted)
    kept = _kept(cache / "-".join([*map(str, wanted), _making()]), size)
    folder.mkdir(parents=True)
    yield from _looking_back(kept, rounds)
    yield from _acting(kept, folder, rounds, events)


def _kept(folder: Path, size: Size) -> Kept:
    kept = Kept(
        size=size,
        full=folder / "full.db",
        latest=folder / "latest.db",
        catalog=folder / "catalog.db",
    )
    if not folder.is_dir():
        begun = folder.with_suffix(".part")
        for other in folder.parent.glob(f"{folder.name.rpartition('-')[0]}-*"):
            # Of another layout, or not made to its end.
            shutil.rmtree(other)
        begun.mkdir(parents=True)
        year_store.write_store(begun / kept.full.name, size)
        year_store.write_store(begun / kept.latest.name, size, _latest(size))
        portfolios.write_catalog(begun / kept.catalog.name, year_history.products(size))
        begun.rename(folder)
    return kept


def _latest(size: Size) -> year_store.Hearing:
    def hear(n: int, promise: int) -> list[year_history.Evidence]:
        latest = year_history.latest(size, n, promise)
        return [] if latest is None else [latest]

    return hear


def _making() -> str:
    """Tells stores made otherwise, or of another layout, from those made now."""
    layout = Path(schema.__file__).parent
    made_by = [_HERE / "year_history.py", _HERE / "year_store.py"]
    made_by += [layout / "schema.py", layout / "rows.py"]
    return hashlib.sha256(b"".join(file.read_bytes() for file in made_by)).hexdigest()[:12]


def _looking_back(kept: Kept, rounds: int) -> Iterator[Line]:
    store = kept.full
    count = f"{kept.size.products:,} products"
    # All of it at once would not fit into the memory of an ordinary machine.
    parts = max(1, kept.size.products / LINKED)
    one, some = "naive uptime of one", "naive uptime of some"
    for what, ours, naive, aim, times, of_whole in (
        (
            f"`uptime` of one of {count}, 30 days, and naively",
            "uptime of one",
            one,
            0.05,
            rounds,
            1,
        ),
        ("  the same over a year by month", "uptime of one over a year", one, 0.05, rounds, 1),
        (
            "  the same with who caused the bad time",
            "uptime of one with charges",
            one,
            0.05,
            rounds,
            1,
        ),
        (f"`uptime` of {count}, 30 days, and naively", "uptime of all", some, 5, 1, parts),
        ("  the same over a year by month", "uptime of all over a year", some, 5, 1, parts),
        ("`explain --at` of one, and naively", "explain", "naive explain", None, rounds, 1),
        (
            "  the same at a moment up to which nobody has looked",
            "explain later",
            "naive explain",
            None,
            rounds,
            1,
        ),
    ):
        yield _line(what, _cpu(ours, naive, store, times, of_whole), aim)
    yield _started(store, rounds)
    for what in ("uptime of all over a year", "explain"):
        yield _peak(f"memory of {what}", _probe(what, store), None)


def _acting(kept: Kept, folder: Path, rounds: int, count: int) -> list[Line]:
    full, latest = (_desk(folder / file.stem, kept, file) for file in (kept.full, kept.latest))
    taken = [_probe("action", where.folder) for where in (full, latest)]
    chances = [random.Random(_SEED) for _ in range(2)]
    os.sync()
    took: list[tuple[Cost, Cost]] = []
    with Path(os.devnull).open("w", encoding="utf-8") as silence:
        for number in range(rounds):
            begin = END + 2 * HOUR + number * 10 * MINUTE
            pair = []
            for where, chance in zip((full, latest), chances, strict=True):
                events = where.folder / f"round_{number:02}.json"
                portfolios.write_results(events, _checks(kept.size, count, chance), begin)
                pair.append(where.cost(events, silence))
            took.append((pair[0], pair[1]))
    return [
        _peak("memory of the action, and of one without a history", *taken, aim=500),
        _each(
            f"cost of an event after a year, and without a history ({count:,} events)",
            [(a.wall, b.wall) for a, b in took],
            count,
        ),
        _each("  its compute alone", [(a.cpu, b.cpu) for a, b in took], count),
    ]


def _each(what: str, pairs: list[tuple[float, float]], count: int) -> Line:
    ratio, spread = ratio_of(pairs)
    ours, theirs = (median(side) / count * 1e6 for side in zip(*pairs, strict=True))
    return Line(
        what=what,
        ours=f"{ours:,.0f} us",
        theirs=f"{theirs:,.0f} us",
        ratio=ratio,
        spread=spread,
        aim=1.2,
    )


def _desk(folder: Path, kept: Kept, store: Path) -> Desk:
    folder.mkdir(parents=True)
    shutil.copy(kept.catalog, folder / "catalog.db")
    shutil.copy(store, folder / "health.db")
    # By then the patience is over with which every product that turned is told of.
    first = _checks(kept.size, 1, random.Random(_SEED))
    portfolios.write_results(folder / "first.json", first, END + HOUR)
    os.sync()
    return Desk(folder)


def _checks(size: Size, count: int, chance: random.Random) -> Iterator[Check]:
    """So many results anywhere; the first promise of each product is none that results decide."""
    return portfolios.results_anywhere(size.products, size.promises, count, chance, first=1)


def _probe(what: str, where: Path) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, _HERE / "year_probe.py", what, where],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{what} failed:\n{done.stderr[-3000:]}")
    taken: dict[str, float] = json.loads(done.stdout)
    return taken


def _cpu(
    ours: str, naive: str, store: Path, rounds: int, parts: float = 1
) -> list[tuple[float, float]]:
    """Seconds of compute, ours and the naive, of which so many parts are the whole."""
    return [
        (_probe(ours, store)["cpu"], _probe(naive, store)["cpu"] * parts) for _ in range(rounds)
    ]


def _started(store: Path, rounds: int) -> Line:
    """What the process adds: the whole command, and the start of it alone."""
    command = Path(sys.executable).parent / "datahub-dataproducts"
    asked = [command, "uptime", "product_00008", "--store", f"sqlite:///{store}"]
    asked += ["--at", "2026-01-01T00:00"]
    pairs = [
        (cost_of(asked, {}).wall, cost_of([command, "uptime", "--help"], {}).wall)
        for _ in range(rounds)
    ]
    return _line("  `uptime` of one as a command, and `uptime --help`, wall time", pairs)


def _line(what: str, pairs: list[tuple[float, float]], aim: float | None = None) -> Line:
    ratio, spread = ratio_of(pairs)
    ours, theirs = (median(side) for side in zip(*pairs, strict=True))
    return Line(
        what=what,
        ours=f"{ours:.3f} s",
        theirs=f"{theirs:.3f} s",
        ratio=ratio,
        spread=spread,
        aim=aim,
        aimed=ours,
        unit=" s",
    )


def _peak(
    what: str,
    taken: dict[str, float],
    beside: dict[str, float] | None = None,
    aim: float | None = None,
) -> Line:
    """Peak memory, and that of something else or what there was before anything was asked."""
    ours = taken["peak"] / _MEGABYTE
    theirs = (beside["peak"] if beside else taken["before"]) / _MEGABYTE
    return Line(
        what=what,
        ours=f"{ours:.0f} MB",
        theirs=f"{theirs:.0f} MB",
        ratio=ours / theirs,
        spread=(ours / theirs, ours / theirs),
        aim=aim,
        aimed=ours,
        unit=" MB",
    )
