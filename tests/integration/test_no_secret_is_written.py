"""Whatever goes wrong, no secret of the environment is in what a process writes, as text or as JSON."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.gms.server import Gms

pytestmark = pytest.mark.whole

ROOT = Path(__file__).parents[2]
RECIPE = ROOT / "recipes/actions/kafka-sasl-tls.yml"
SECRET = "s3cret-passw0rd"
# Nobody listens there.
NOWHERE = "127.0.0.1:1"
PATIENCE = 120


@pytest.fixture
def server() -> Iterator[str]:
    """Where a server listens that lets nobody in."""
    with Gms() as gms:
        gms.switches.tokens = frozenset({"another"})
        yield gms.url.removeprefix("http://")


class Process:
    """One that runs the recipe; everything that can be secret is."""

    def __init__(self, log: Path, **env: str) -> None:
        self._log = log
        settings = {
            "DATAHUB_GMS_TOKEN": SECRET,
            "KAFKA_BOOTSTRAP_SERVER": NOWHERE,
            "KAFKA_USER": "health",
            "KAFKA_PASSWORD": SECRET,
            "SCHEMA_REGISTRY_URL": f"http://{NOWHERE}/",
            "SCHEMA_REGISTRY_USER": "health",
            "SCHEMA_REGISTRY_PASSWORD": SECRET,
            "DATAHUB_TELEMETRY_ENABLED": "false",
            "PYTHONUNBUFFERED": "1",
            **env,
        }
        command = [Path(sys.executable).parent / "datahub", "actions", "-c", RECIPE]
        with log.open("wb") as out:
            self._process = subprocess.Popen(
                command, cwd=log.parent, env={**os.environ, **settings}, stdout=out, stderr=out
            )

    def written(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    def ends(self) -> str:
        """Wait for its end; what it wrote."""
        self._process.wait(PATIENCE)
        return self.written()

    def says(self, words: str) -> str:
        """Wait until it writes some words, and end it; what it wrote."""
        for _ in range(PATIENCE * 10):
            if words in self.written() or self._process.poll() is not None:
                break
            threading.Event().wait(0.1)
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        return self.ends()


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_server_and_stores_in_trouble_are_told_of_without_what_lets_one_in(
    tmp_path: Path, server: str, form: str
) -> None:
    named = {"HEALTH_LOGS": form}
    refused = Process(
        tmp_path / "refused.out", DATAHUB_GMS_URL=f"http://ana:{SECRET}@{server}", **named
    )
    silent = Process(
        tmp_path / "silent.out",
        DATAHUB_GMS_URL=f"http://{server}",
        HEALTH_STORE=f"postgresql://health:{SECRET}@{NOWHERE}/health",
        **named,
    )
    unknown = Process(
        tmp_path / "unknown.out",
        DATAHUB_GMS_URL=f"http://{server}",
        HEALTH_STORE=f"oracle://health:{SECRET}@{NOWHERE}/health",
        **named,
    )
    told = {
        "No product is known yet": refused.says("No product is known yet"),
        "cannot be": silent.ends(),
        "is not supported": unknown.ends(),
    }
    for words, written in told.items():
        assert words in written
        assert SECRET not in written
