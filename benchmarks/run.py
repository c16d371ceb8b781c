"""How fast, as ratios measured side by side in one run. Started by `make bench`.

Each comparison is made in rounds, A B A B, and told by the median of the ratios of its rounds with
the least and the greatest of them; on a busy machine those lie far apart.
"""

import argparse
import logging
import os
import platform
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import acting
import ingesting
import listening
import manifests
import mapping
import validating
import year
from timing import Line

_PACKAGES = ("acryl-datahub", "acryl-datahub-actions", "sqlalchemy", "msgspec")
_NAMES = (
    *("mapping", "manifest", "validate", "ingest", "action", "sizes", "year"),
    *("kafka", "outage"),
)
_YEARS = Path(__file__).parent / ".years"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sizes:
    """How much is measured, and how many rounds of it."""

    files: int = 1_000
    products: int = 100
    tests: int = 100
    few: int = 100
    many: int = 10_000
    tests_each: int = 2
    events: int = 5_000
    megabytes: int = 20
    rounds: int = 5
    history: tuple[int, int, int] = (1_000, 100_000, 10_000_000)
    large: tuple[int, int] = (5_000, 20)
    results: int = 5_000
    an_hour: int = 20_000


QUICK = Sizes(
    files=20,
    products=10,
    tests=5,
    few=10,
    many=50,
    tests_each=2,
    events=100,
    megabytes=3,
    rounds=1,
    history=(20, 200, 5_000),
    large=(20, 5),
    results=100,
    an_hour=1_000,
)


def main(arguments: list[str]) -> None:
    """Measure and print."""
    options = _options(arguments)
    sizes = QUICK if options.quick else Sizes()
    asked = (options.products, options.assertions, options.results)
    history = tuple(one or usual for one, usual in zip(asked, sizes.history, strict=True))
    sizes = replace(sizes, rounds=options.rounds or sizes.rounds, history=history)
    os.environ.setdefault("DATAHUB_TELEMETRY_ENABLED", "false")
    logging.disable(logging.WARNING)
    begun = time.monotonic()
    print(_facts(sizes), flush=True)
    with tempfile.TemporaryDirectory(prefix=".work-", dir=options.dir) as folder:
        # A tiny history is made faster than it is found.
        cache = options.cache or (Path(folder) if options.quick else _YEARS)
        measures = _measures(sizes, Path(folder), cache)
        measures |= _over_kafka(sizes, Path(folder), options.bootstrap)
        for name, measure in measures.items():
            if options.only in {None, name}:
                for line in measure():
                    print(_row(line), flush=True)
    print(f"\nmeasured in {time.monotonic() - begun:.0f} s")


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, help="how many rounds of each")
    parser.add_argument("--quick", action="store_true", help="tiny sizes: does it run at all?")
    parser.add_argument("--only", choices=_NAMES)
    parser.add_argument("--bootstrap", help="a Kafka to measure with; else one within the process")
    for place, what in enumerate(("products", "assertions", "results")):
        most = f"{Sizes().history[place]:,}"
        parser.add_argument(f"--{what}", type=int, help=f"of the year of history; else {most}")
    parser.add_argument(
        "--cache",
        type=Path,
        help="where years of history are kept between runs; default: a folder here",
    )
    parser.add_argument(
        "--dir", default=Path(__file__).parent, help="where to write; what disk it is matters"
    )
    return parser.parse_args(arguments)


def _measures(sizes: Sizes, folder: Path, cache: Path) -> dict[str, Callable[[], Iterable[Line]]]:
    return {
        "mapping": lambda: mapping.products_per_second(
            folder / "mapping", sizes.files, sizes.rounds
        ),
        "manifest": lambda: manifests.reading(folder / "manifest", sizes.megabytes, sizes.rounds),
        "validate": lambda: validating.thousand_files(
            folder / "validate", sizes.files, sizes.rounds
        ),
        "ingest": lambda: ingesting.whole_ingest(folder / "ingest", sizes.files, sizes.rounds),
        "action": lambda: acting.against_nothing(
            folder / "action", sizes.products, sizes.tests, sizes.rounds
        ),
        "sizes": lambda: acting.at_two_sizes(
            folder / "sizes", (sizes.few, sizes.many), sizes.tests_each, sizes.rounds, sizes.events
        ),
        "year": lambda: year.of_history(
            cache, folder / "year", sizes.history, sizes.rounds, sizes.events
        ),
    }


def _over_kafka(
    sizes: Sizes, folder: Path, named: str | None
) -> dict[str, Callable[[], Iterable[Line]]]:
    return {
        "kafka": lambda: listening.against_nothing(
            folder / "kafka", named, sizes.large, sizes.results, sizes.rounds
        ),
        "outage": lambda: listening.after_an_outage(
            folder / "outage", named, sizes.large, sizes.an_hour
        ),
    }


def _facts(sizes: Sizes) -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    load = ", ".join(f"{part:.1f}" for part in os.getloadavg())
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, load {load}\n"
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {packages}\n"
        f"median of {sizes.rounds} rounds each, in brackets the least and the greatest\n\n"
        f"{'what':<68}{'ours':>12}{'theirs':>12}  {'ratio':<20}{'aim':<10}\n{'-' * 128}"
    )


def _row(line: Line) -> str:
    ratio = f"{line.ratio:.2f} ({line.spread[0]:.2f}-{line.spread[1]:.2f})"
    told = f"{line.what:<68}{line.ours:>12}{line.theirs:>12}  {ratio:<20}"
    return f"{told}{line.aim_in_words:<10}{line.verdict}".rstrip()


if __name__ == "__main__":
    main(sys.argv[1:])
