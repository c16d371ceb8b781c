"""Events per second of `data_product_health`, through DataHub Actions' own pipeline."""

import os
import random
import shutil
import time
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TextIO

import portfolios
from datahub_actions.pipeline.pipeline import Pipeline
from datahub_actions.pipeline.pipeline_config import FailureMode
from timing import Cost, Line, ratio_of, seconds

from datahub_dataproducts.domain.durations import DAY, HOUR

_SEED = 20_250_101
# Results go on long after the first, but before the catalog is told anew of every product (a day).
_LATER = 2 * HOUR


@dataclass(frozen=True, slots=True)
class Desk:
    """A catalog and a store of their own; `synchronous` is SQLite's, FULL is what ships."""

    folder: Path
    synchronous: str = "FULL"

    def recipe(self, events: Path) -> dict[str, object]:
        """The recipe of the action over one metadata file."""
        store = f"sqlite:///{self.folder / 'health.db'}"
        return _recipe(
            self.folder,
            events,
            {
                "type": "data_product_health",
                "config": {
                    "catalog": {"type": "lite", "file": str(self.folder / "catalog.db")},
                    "store": {"url": store},
                    "channels": {"console": {"type": "console"}},
                    "routes": [{"channels": ["console"]}],
                },
            },
        )

    def run(self, events: Path, silence: TextIO) -> float:
        """Seconds that the events take; starting up and stopping are not counted."""
        return self.cost(events, silence).wall

    def cost(self, events: Path, silence: TextIO) -> Cost:
        """The same, and the compute of it."""
        with redirect_stdout(silence):
            pipeline = Pipeline.create(self.recipe(events))
        if self.synchronous != "FULL":
            # Of this run only: the store itself offers nothing less than FULL.
            for used in pipeline.action._store._known._idle:  # type: ignore[attr-defined] # noqa: SLF001
                used.connection.cursor().execute(f"PRAGMA synchronous = {self.synchronous}")
        return _cost(pipeline)


def desk(folder: Path, catalog: Path, synchronous: str = "FULL") -> Desk:
    """A desk with a copy of a catalog, and no store yet."""
    folder.mkdir(parents=True)
    shutil.copy(catalog, folder / "catalog.db")
    return Desk(folder, synchronous)


def against_nothing(folder: Path, products: int, tests: int, rounds: int) -> list[Line]:
    """Each round every test reports: ours, nothing, ours without waiting for the disk."""
    folder.mkdir(parents=True)
    portfolios.write_catalog(folder / "catalog.db", portfolios.defined(products, tests))
    durable = desk(folder / "durable", folder / "catalog.db")
    relaxed = desk(folder / "relaxed", folder / "catalog.db", "NORMAL")
    checks = portfolios.rounds_of_all(products, tests, rounds + 1, random.Random(_SEED))
    took: list[tuple[float, float, float]] = []
    with (folder / "told.txt").open("w", encoding="utf-8") as silence:
        for number, round_ in enumerate(checks):
            events = folder / f"round_{number:02}.json"
            portfolios.write_results(events, round_, portfolios.FIRST_DAY + number * DAY)
            nothing = Pipeline.create(_recipe(folder, events, {"type": "nothing:Nothing"}))
            took.append((
                durable.run(events, silence),
                _run(nothing),
                relaxed.run(events, silence),
            ))
    count = products * tests
    what = f"events/s of the action and of nothing ({count:,} assertions)"
    return [
        _speed(f"{what}, steady", count, [(a, b) for a, b, _ in took[1:]], aim=0.3),
        _speed("  the same, without waiting for the disk", count, [(c, b) for _, b, c in took[1:]]),
        _speed("  the same, first results ever", count, [(a, b) for a, b, _ in took[:1]]),
        _waiting([(a, c) for a, _, c in took[1:]]),
    ]


def at_two_sizes(
    folder: Path, sizes: tuple[int, int], tests: int, rounds: int, count: int
) -> list[Line]:
    """The same number and kinds of events among few products and among many."""
    small, large = (_primed(folder / str(size), size, tests) for size in sizes)
    chances = [random.Random(_SEED + size) for size in sizes]
    took: list[tuple[float, float]] = []
    with (folder / "told.txt").open("w", encoding="utf-8") as silence:
        for number in range(rounds):
            begin = portfolios.FIRST_DAY + _LATER + number * HOUR
            pair = []
            for where, size, chance in zip((small, large), sizes, chances, strict=True):
                events = where.folder / f"round_{number:02}.json"
                checks = portfolios.results_anywhere(size, tests, count, chance)
                portfolios.write_results(events, checks, begin)
                pair.append(where.run(events, silence))
            took.append((pair[1], pair[0]))
    ratio, spread = ratio_of(took)
    return [
        Line(
            what=f"cost of an event, {sizes[1]:,} products and {sizes[0]:,} ({count:,} events)",
            ours=f"{median(a for a, _ in took) / count * 1e6:,.0f} us",
            theirs=f"{median(b for _, b in took) / count * 1e6:,.0f} us",
            ratio=ratio,
            spread=spread,
            aim=1.2,
        )
    ]


def _primed(folder: Path, products: int, tests: int) -> Desk:
    """A desk where every test has reported once, and nothing of that is left to be told.

    It is not measured, so it need not be durable.
    """
    folder.mkdir(parents=True)
    portfolios.write_catalog(folder / "catalog.db", portfolios.defined(products, tests))
    (first,) = portfolios.rounds_of_all(products, tests, 1, random.Random(_SEED))
    portfolios.write_results(folder / "first.json", first, portfolios.FIRST_DAY)
    # By then the patience is over with which every product that turned is told of.
    portfolios.write_results(folder / "later.json", first[:1], portfolios.FIRST_DAY + HOUR)
    with (folder / "told.txt").open("w", encoding="utf-8") as silence:
        for name in ("first.json", "later.json"):
            Desk(folder, "OFF").run(folder / name, silence)
    # What was not synced would be waited for by the first that is.
    os.sync()
    return Desk(folder)


def _recipe(folder: Path, events: Path, action: dict[str, object]) -> dict[str, object]:
    return {
        "name": "benchmark",
        "source": {"type": "metadata_file", "config": {"path": str(events), "clock": "event"}},
        "action": action,
        "options": {
            "retry_count": 0,
            "failure_mode": FailureMode.THROW.value,
            "failed_events_dir": str(folder / "failed"),
        },
    }


def _run(pipeline: Pipeline) -> float:
    return _cost(pipeline).wall


def _cost(pipeline: Pipeline) -> Cost:
    before = time.process_time()
    wall = seconds(pipeline.run)
    took = Cost(wall, time.process_time() - before)
    pipeline.close()
    if pipeline.stats().failed_event_count:
        raise RuntimeError("events failed")
    return took


def _speed(
    what: str, count: int, pairs: list[tuple[float, float]], aim: float | None = None
) -> Line:
    ratio, spread = ratio_of([(theirs, ours) for ours, theirs in pairs])
    return Line(
        what=what,
        ours=f"{count / median(a for a, _ in pairs):,.0f}/s",
        theirs=f"{count / median(b for _, b in pairs):,.0f}/s",
        ratio=ratio,
        spread=spread,
        aim=aim,
        at_least=True,
    )


def _waiting(pairs: list[tuple[float, float]]) -> Line:
    ratio, spread = ratio_of([(durable - relaxed, durable) for durable, relaxed in pairs])
    durable, relaxed = (median(side) for side in zip(*pairs, strict=True))
    return Line(
        what="  share of its time that is waiting for the disk",
        ours=f"{durable:.2f} s",
        theirs=f"{relaxed:.2f} s",
        ratio=ratio,
        spread=spread,
    )
