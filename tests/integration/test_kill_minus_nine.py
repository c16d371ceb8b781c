"""`datahub actions` killed in the middle: nothing is lost, nothing is counted twice."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import yaml

from datahub_dataproducts.domain.durations import HOUR
from datahub_dataproducts.domain.products import DataProduct, Input
from tests.builders import checked, product
from tests.integration.roads import action_recipe, intervals, replay, run_event, write_catalog

pytestmark = pytest.mark.whole

BEGIN = 1_772_431_200_000
PRODUCTS = 20
CHECKS = 10
ROUNDS = 12
CHAIN = 4


def test_killed_twice_it_ends_with_the_same_history_as_undisturbed(tmp_path: Path) -> None:
    quiet, rough = tmp_path / "quiet", tmp_path / "rough"
    events = tmp_path / "events.json"
    events.write_text(json.dumps(_events()), encoding="utf-8")
    for folder in (quiet, rough):
        folder.mkdir()
        write_catalog(folder, _products())
    replay(quiet, events)

    recipe = rough / "action.yml"
    recipe.write_text(yaml.safe_dump(action_recipe(rough, events)), encoding="utf-8")
    whole = _evidence(quiet)
    for share in (0.3, 0.7):
        process = _start(recipe)
        _wait_for_evidence(process, rough, int(whole * share))
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        assert whole * share <= _evidence(rough) < whole
    assert _start(recipe).wait(timeout=120) == 0

    assert _evidence(rough) == whole
    assert intervals(rough) == intervals(quiet)
    assert _letters(rough) == _letters(quiet)
    assert {state for _, _, state in _letters(rough)} == {"delivered"}


def _products() -> list[DataProduct]:
    made = []
    for number in range(PRODUCTS):
        inputs = (
            (Input(product=f"p{number - 1}", required=number % 3 > 0),) if number % CHAIN else ()
        )
        checks = (checked(f"p{number}-{check}", expect_every=30 * HOUR) for check in range(CHECKS))
        made.append(product(f"p{number}", *checks, inputs=inputs))
    return made


def _events() -> list[dict[str, object]]:
    chance = random.Random(7)
    found = []
    for turn in range(ROUNDS):
        for number in range(PRODUCTS):
            for check in range(CHECKS):
                at = BEGIN + turn * 24 * HOUR + chance.randrange(3 * HOUR)
                outcome = chance.choices(("SUCCESS", "FAILURE", "ERROR"), (95, 3, 2))[0]
                urn = f"urn:li:assertion:p{number}-{check}"
                found.append(run_event(urn, at, outcome))
    return found


def _start(recipe: Path) -> subprocess.Popen[bytes]:
    command = [str(Path(sys.executable).parent / "datahub"), "actions", "-c", str(recipe)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(command, cwd=recipe.parent, env=dict(os.environ), **quiet)


def _wait_for_evidence(process: subprocess.Popen[bytes], folder: Path, count: int) -> None:
    give_up = time.monotonic() + 120
    while _evidence(folder) < count:
        assert process.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < give_up
        threading.Event().wait(0.02)


def _evidence(folder: Path) -> int:
    return _ask(folder, "SELECT count(*) FROM evidence")[0][0] if _has_store(folder) else 0


def _letters(folder: Path) -> list[tuple[str, str, str]]:
    return sorted(_ask(folder, "SELECT channel, key, state FROM letters"))


def _has_store(folder: Path) -> bool:
    if not (folder / "health.db").is_file():
        return False
    return bool(_ask(folder, "SELECT 1 FROM sqlite_master WHERE name = 'evidence'"))


def _ask(folder: Path, query: str) -> list[tuple]:
    connection = sqlite3.connect(folder / "health.db", timeout=30)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()
