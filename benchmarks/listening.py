"""`data_product_health` over Kafka: how many messages a second, and how an outage is caught up.

Each contender is a process of its own, as `datahub actions` runs it, with the recipe that is
shipped; only the catalog is a DataHub Lite file. All read the same topics, in a group of their own.
"""

import json
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count as numbers
from pathlib import Path
from statistics import median
from typing import Any

import portfolios
import streams
import year_store
from datahub.configuration.config_loader import load_config_file
from streams import Broker
from timing import Line, ratio_of

from datahub_dataproducts.adapters.clock import WallClock
from datahub_dataproducts.domain.assertions import Outcome, Result
from datahub_dataproducts.domain.durations import DAY, HOUR, SECOND

_HERE = Path(__file__).parent
_RECIPE = _HERE.parent / "recipes/actions/kafka.yml"
_SEED = 20_261_123
_PATIENCE = 1_800.0
_OURS, _NOTHING, _THEIRS = "ours", "nothing", "theirs"
Told = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where the contenders work.

    Attributes:
        folder: with the catalog and the store.
        broker: with the streams.
        products, tests: of the portfolio; every test has passed once.
    """

    folder: Path
    broker: Broker
    products: int
    tests: int

    @property
    def store(self) -> Path:
        """The file of ours."""
        return self.folder / "health.db"


@contextmanager
def _place(folder: Path, named: str | None, sizes: tuple[int, int]) -> Iterator[Place]:
    products, tests = sizes
    folder.mkdir(parents=True)
    with streams.broker(named) as broker:
        made = Place(folder=folder, broker=broker, products=products, tests=tests)
        defined = portfolios.defined(products, tests)
        portfolios.write_catalog(folder / "catalog.db", defined)
        now = WallClock().now()

        def hear(n: int, test: int) -> list[Result]:
            urn = portfolios.assertion_urn(n, test)
            return [Result(subject=urn, at=now - 2 * HOUR, run_id="first", outcome=Outcome.SUCCESS)]

        year_store.write_heard(made.store, defined, hear, now - DAY, now - HOUR)
        connection = sqlite3.connect(made.store)
        # What was told of the first results arrived long ago.
        connection.execute("UPDATE letters SET state = 'delivered'")
        connection.commit()
        connection.close()
        yield made
    shutil.rmtree(folder)


def against_nothing(
    folder: Path, named: str | None, sizes: tuple[int, int], results: int, rounds: int
) -> list[Line]:
    """Each round the same stream for ours, for nothing, and for nothing on DataHub's own source."""
    took: list[dict[str, Told]] = []
    count = 0
    chance = random.Random(_SEED)
    with _place(folder, named, sizes) as place:
        for round_ in range(rounds):
            checks = portfolios.results_anywhere(*sizes, results, chance)
            now = WallClock().now()
            topics = place.broker.topics(f"round-{round_}")
            stream = streams.messages(checks, numbers(now - results), _SEED + round_)
            count = place.broker.send(topics, stream)
            pair = {}
            for who in (_OURS, _NOTHING, _THEIRS):
                with _listening(place, topics, who) as listener:
                    pair[who] = listener.until(count)
            took.append(pair)
    what = f"messages/s over Kafka, ours and nothing ({sizes[0] * sizes[1]:,} assertions)"
    return [
        _speed(what, count, took, (_OURS, _NOTHING), aim=0.8),
        _compute("  the same, compute of a message", count, took, (_OURS, _NOTHING)),
        _speed("  ours, and nothing on DataHub's own source", count, took, (_OURS, _THEIRS)),
    ]


def after_an_outage(
    folder: Path, named: str | None, sizes: tuple[int, int], results: int
) -> list[Line]:
    """So many results of an hour wait, and as many an hour go on coming meanwhile."""
    took: dict[str, tuple[float, Told]] = {}
    with _place(folder, named, sizes) as place:
        checks = portfolios.results_anywhere(*sizes, results, random.Random(_SEED))
        begin, pace = WallClock().now() - HOUR, HOUR / results
        instants = (begin + round(n * pace) for n in numbers())
        topics = place.broker.topics("outage")
        waiting = place.broker.send(topics, streams.messages(checks, instants, _SEED))
        posts: list[tuple[float, int, int]] = []
        for who in (_NOTHING, _OURS):
            with (
                _listening(place, topics, who) as listener,
                _more(place, topics, results, waiting) as sent,
                _deliveries(place.store, posts if who == _OURS else []),
            ):
                told = listener.until(sent)
                waiting = sent()
            took[who] = told["last"] - told["first"], told
    ours, nothing = took[_OURS], took[_NOTHING]
    rate = f"{waiting / 3600:,.1f} messages/s"
    pause = _longest_pause(posts, ours[1]["first"], ours[1]["last"])
    return [
        _once(f"to catch up with an hour of {rate}, ours and nothing", ours[0], nothing[0]),
        _once("  longest time between two polls", ours[1]["longest"], nothing[1]["longest"]),
        _once("  longest that waiting posts stood still, and the whole", pause, ours[0]),
    ]


@contextmanager
def _more(
    place: Place, topics: dict[str, str], results: int, before: int
) -> Iterator[Callable[[], int]]:
    """Results go on coming as they did; how many messages there are by now."""
    sent = [before]
    done = threading.Event()

    def send() -> None:
        chance = random.Random(_SEED + 1)
        begun = time.monotonic()
        given = 0
        while not done.wait(0.5):
            wanted = int((time.monotonic() - begun) * SECOND * results / HOUR)
            checks = portfolios.results_anywhere(
                place.products, place.tests, wanted - given, chance
            )
            stream = streams.messages(checks, numbers(WallClock().now() - SECOND), given)
            sent[0] += place.broker.send(topics, stream)
            given = wanted

    thread = threading.Thread(target=send)
    thread.start()
    yield lambda: sent[0]
    done.set()
    thread.join()


@contextmanager
def _deliveries(store: Path, found: list[tuple[float, int, int]]) -> Iterator[None]:
    """Notes when how many letters had arrived and how many were waiting."""
    done = threading.Event()

    def look() -> None:
        connection = sqlite3.connect(f"file:{store}?mode=ro", uri=True, timeout=30)
        asked = "SELECT sum(state = 'delivered'), sum(state = 'pending') FROM letters"
        while not done.wait(0.5):
            ((arrived, waits),) = connection.execute(asked).fetchall()
            found.append((time.monotonic(), arrived or 0, waits or 0))
        connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    yield
    done.set()
    thread.join()


def _longest_pause(posts: list[tuple[float, int, int]], begin: float, end: float) -> float:
    """Seconds for which something was waiting and nothing arrived."""
    longest, since, before = 0.0, None, None
    for at, arrived, waits in posts:
        if not begin <= at <= end:
            continue
        if arrived != before or not waits or since is None:
            since, before = at, arrived
        longest = max(longest, at - since)
    return longest


@dataclass(frozen=True, slots=True)
class Listener:
    """A process that listens."""

    process: subprocess.Popen[str]

    def until(self, count: int | Callable[[], int]) -> Told:
        """Wait until so many messages are acknowledged; what it says then.

        Raises:
            RuntimeError: it ended before, or takes far too long.
        """
        give_up = time.monotonic() + _PATIENCE
        for line in self.process.stdout or ():
            told: Told = json.loads(line)
            if told["acknowledged"] >= (count if isinstance(count, int) else count()):
                return told
            if time.monotonic() > give_up:
                break
        raise RuntimeError("it does not come to the end of the stream")


@contextmanager
def _listening(place: Place, topics: dict[str, str], who: str) -> Iterator[Listener]:
    recipe = json.dumps(_recipe(place, topics, who))
    said = place.folder / f"{who}.txt"
    with said.open("a", encoding="utf-8") as out:
        process = subprocess.Popen(
            [sys.executable, str(_HERE / "listener.py"), recipe],
            stdout=subprocess.PIPE,
            stderr=out,
            text=True,
        )
        try:
            yield Listener(process)
        except RuntimeError as problem:
            told = said.read_text(encoding="utf-8")[-3000:]
            raise RuntimeError(f"{who}: {problem}\n{told}") from None
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate()


def _recipe(place: Place, topics: dict[str, str], who: str) -> Told:
    recipe: Told = load_config_file(_RECIPE, resolve_env_vars=True)
    del recipe["datahub"]
    recipe["name"] = f"{who}-{uuid.uuid4().hex[:8]}"
    recipe["source"]["config"]["topic_routes"] = topics
    connection = recipe["source"]["config"]["connection"]
    connection["bootstrap"] = place.broker.address
    connection["schema_registry_url"] = place.broker.registry
    recipe["options"]["failed_events_dir"] = str(place.folder / "failed")
    if who == _OURS:
        config = recipe["action"]["config"]
        config["catalog"] = {"type": "lite", "file": str(place.folder / "catalog.db")}
        config["store"] = {"url": f"sqlite:///{place.store}"}
        return recipe
    recipe["action"] = {"type": "nothing:Nothing"}
    if who == _THEIRS:
        recipe["source"]["type"] = "kafka"
    return recipe


def _speed(
    what: str,
    count: int,
    took: list[dict[str, Told]],
    who: tuple[str, str],
    aim: float | None = None,
) -> Line:
    walls = [tuple(pair[one]["last"] - pair[one]["first"] for one in who) for pair in took]
    ratio, spread = ratio_of([(theirs, ours) for ours, theirs in walls])
    ours, theirs = (f"{count / median(side):,.0f}/s" for side in zip(*walls, strict=True))
    return Line(
        what=what, ours=ours, theirs=theirs, ratio=ratio, spread=spread, aim=aim, at_least=True
    )


def _compute(what: str, count: int, took: list[dict[str, Told]], who: tuple[str, str]) -> Line:
    pairs = [(pair[who[0]]["cpu"], pair[who[1]]["cpu"]) for pair in took]
    ratio, spread = ratio_of(pairs)
    ours, theirs = (f"{median(side) / count * 1e6:,.0f} us" for side in zip(*pairs, strict=True))
    return Line(what=what, ours=ours, theirs=theirs, ratio=ratio, spread=spread)


def _once(what: str, ours: float, theirs: float) -> Line:
    ratio = ours / theirs if theirs else 0.0
    return Line(
        what=what,
        ours=f"{ours:.2f} s",
        theirs=f"{theirs:.2f} s",
        ratio=ratio,
        spread=(ratio, ratio),
    )
