"""What a test of the whole way needs: a server that tells of changes, topics, and workers."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

from typing_extensions import Self

from datahub_dataproducts.adapters.clock import WallClock
from datahub_dataproducts.adapters.datahub.definitions import definition_aspect
from datahub_dataproducts.adapters.datahub.urns import data_product_urn, definition_urn
from datahub_dataproducts.domain.products import DataProduct
from tests.builders import dataset
from tests.integration.gms.server import Gms
from tests.integration.gms.sinks import MemorySink
from tests.integration.sources.source import Source

ROOT = Path(__file__).parents[3]
HEALTH = "urn:li:structuredProperty:io.datahub_dataproducts.health"
TOKEN = "s3cret-t0ken"
PATIENCE = 120.0


def until(holds: Callable[[], Any], what: str, worker: "Worker | None" = None) -> Any:
    """Wait for something to be true; what it is."""
    give_up = time.monotonic() + PATIENCE
    while True:
        found = holds()
        if found:
            return found
        told = worker.log() if worker else ""
        assert worker is None or worker.is_running, f"it ended before {what}\n{told}"
        assert time.monotonic() < give_up, f"waited in vain for {what}\n{told[-5000:]}"
        threading.Event().wait(0.05)


class Stage:
    """A server that tells of changes by some way, a store, and workers; all while the block lasts.

    Attributes:
        source: the way.
        gms: the server; it tells what it is written.
        folder: where the store, the logs and what failed are.
    """

    def __init__(self, source: Source, folder: Path) -> None:
        self.source = source
        self.folder = folder
        self._told = MemorySink()
        self.gms = self._gms(0)
        self.gms.switches.tokens = frozenset({TOKEN})
        self._workers: list[Worker] = []
        self._last_run = 0

    def __enter__(self) -> Self:
        self.gms.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for worker in self._workers:
            worker.kill()
        self.gms.__exit__(None, None, None)

    def take_gms_down(self) -> Callable[[], None]:
        """The server is gone; what brings it back at the same address."""
        url, switches = self.gms.url, self.gms.switches
        self.gms.__exit__(None, None, None)

        def bring_back() -> None:
            self.gms = self._gms(int(url.rsplit(":", 1)[1]))
            self.gms.switches.tokens = switches.tokens
            self.gms.switches.fills_pages = switches.fills_pages
            self.gms.__enter__()

        return bring_back

    def work(self, recipe: Path | None = None, **env: str) -> "Worker":
        """Start one `datahub actions` on the recipe as it is shipped, or on another one."""
        settings = {
            **self.source.settings(self.gms),
            "HEALTH_GROUP": self.source.group,
            "DATAHUB_GMS_URL": self.gms.url,
            "DATAHUB_GMS_TOKEN": TOKEN,
            "HEALTH_STORE": f"sqlite:///{self.store}",
            "FAILED_EVENTS_DIR": str(self.folder / "failed"),
            "DATAHUB_TELEMETRY_ENABLED": "false",
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            **env,
        }
        log = self.folder / f"worker-{len(self._workers)}.out"
        worker = Worker(recipe or self.source.recipe, {**os.environ, **settings}, self.folder, log)
        self._workers.append(worker)
        return worker

    def publish(self, products: Iterable[DataProduct]) -> None:
        """As an ingestion publishes them."""
        for product in products:
            value = definition_aspect(product).to_obj()
            self.gms.put(definition_urn(product.id), "platformResourceInfo", value)

    def run(
        self, assertion: str, outcome: str = "SUCCESS", *, at: int = 0, run: str = "", **more: Any
    ) -> None:
        """A result, as whoever ran the check reports it; now, unless it is said when."""
        when = at or self._now_of_a_run()
        value = {
            "timestampMillis": when,
            "runId": run or f"run-{when}-{outcome}",
            "assertionUrn": f"urn:li:assertion:{assertion}",
            "asserteeUrn": dataset("fct"),
            "status": "COMPLETE",
            "result": {"type": outcome},
            **more,
        }
        self.gms.put(f"urn:li:assertion:{assertion}", "assertionRunEvent", value)

    def _now_of_a_run(self) -> int:
        """No two checks end within a millisecond: of such the worse would count, whichever came last."""
        while (now := WallClock().now()) <= self._last_run:
            threading.Event().wait(0.001)
        self._last_run = now
        return now

    @property
    def store(self) -> Path:
        return self.folder / "health.db"

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of the store; none while it is not there."""
        if not self.store.is_file():
            return []
        connection = sqlite3.connect(self.store, timeout=30)
        try:
            return connection.execute(query, values).fetchall()
        except sqlite3.OperationalError as fault:
            if "no such table" not in str(fault):
                raise
            return []
        finally:
            connection.close()

    def health(self, product: str) -> str | None:
        """As the server shows it; None: it shows none."""
        held = self.gms.get(data_product_urn(product), "structuredProperties") or {}
        for assignment in held.get("properties", []):
            if assignment["propertyUrn"] == HEALTH:
                (value,) = assignment["values"]
                found: str = value.get("string", value) if isinstance(value, dict) else value
                return found
        return None

    def heard(self, assertion: str = "") -> int:
        """How many results are kept, of one assertion or of all."""
        urn = f"urn:li:assertion:{assertion}"
        one = "SELECT count(*) FROM evidence WHERE subject = ?"
        found = self.ask(one, urn) if assertion else self.ask("SELECT count(*) FROM evidence")
        return int(found[0][0]) if found else 0

    def reasons(self) -> list[str]:
        """Why things were set aside."""
        return [reason for (reason,) in self.ask("SELECT reason FROM set_aside ORDER BY id")]

    def acknowledged(self) -> int:
        """How many messages are acknowledged, over all topics."""
        return self.source.acknowledged(self.gms)

    def listens(self, worker: "Worker") -> None:
        """Wait until a worker has begun to listen."""
        until(lambda: self.source.has_listeners(self.gms, worker.log()), "its listening", worker)

    def _gms(self, port: int) -> Gms:
        database = str(self.folder / "gms.db")
        return Gms(port=port, database=database, sinks=self.source.sinks, told=self._told)


class Worker:
    """One process of `datahub actions`."""

    def __init__(self, recipe: Path, env: dict[str, str], folder: Path, log: Path) -> None:
        self._log = log
        command = [str(Path(sys.executable).parent / "datahub"), "actions", "-c", str(recipe)]
        with log.open("wb") as out:
            self._process = subprocess.Popen(command, cwd=folder, env=env, stdout=out, stderr=out)

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def log(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    def says(self, text: str) -> None:
        """Wait until its log holds a text."""
        until(lambda: text in self.log(), f'"{text}"', self)

    def send(self, what: signal.Signals) -> None:
        """A signal."""
        os.kill(self._process.pid, what)

    def stop(self) -> int:
        """SIGTERM; its exit code."""
        self.send(signal.SIGTERM)
        return self._process.wait(PATIENCE)

    def stop_code(self) -> int:
        """Wait for its end; its exit code."""
        return self._process.wait(PATIENCE)

    def kill(self) -> None:
        """SIGKILL, whatever it does."""
        if self.is_running:
            os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait(PATIENCE)

    def statistics(self) -> dict[str, Any]:
        """What the framework counted, as it says at its end."""
        found = re.search(r"^\{\n.*?^\}$", self.log(), re.DOTALL | re.MULTILINE)
        assert found, self.log()
        read: dict[str, Any] = json.loads(found[0])
        return read


def runs(stage: Stage, name: str, count: int) -> None:
    """Results of one assertion, bad and good in turn."""
    for turn in range(count):
        stage.run("orders", "FAILURE" if turn % 2 else "SUCCESS", run=f"{name}-{turn}")


def hears(stage: Stage, count: int, worker: Worker) -> None:
    until(lambda: stage.heard() >= count, f"{count} results", worker)
    assert stage.heard() == count
    # A result that only an event told of would stand here as provisional.
    until(lambda: not stage.ask("SELECT 1 FROM evidence WHERE provisional"), "their events", worker)
