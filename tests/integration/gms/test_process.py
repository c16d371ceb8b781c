"""The stand-in as a process of its own."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import requests

from tests.integration.gms.server import Gms
from tests.integration.gms.service import proposal_of

ROOT = Path(__file__).parents[3]
URN = "urn:li:dataProduct:orders"


def started(folder: Path) -> tuple[subprocess.Popen[str], dict[str, str]]:
    files = ["--database", str(folder / "gms.db"), "--events", str(folder / "events.jsonl")]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.integration.gms", *files],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout as told:
        return process, json.loads(told.readline())


def test_it_ends_by_its_id_and_keeps_what_it_was_told(tmp_path: Path) -> None:
    body = {"proposal": proposal_of(URN, "status", {"removed": True}), "async": "false"}
    process, told = started(tmp_path)
    url = f"{told['url']}/aspects?action=ingestProposal"
    for _ in range(2):
        assert requests.post(url, json=body, timeout=5).status_code == 200
    os.kill(int(told["pid"]), signal.SIGTERM)
    assert process.wait(10) == 0
    with Gms(database=str(tmp_path / "gms.db")) as gms:
        assert gms.get(URN, "status") == {"removed": True}
    # The same again was no change.
    lines = (tmp_path / "events.jsonl").read_text(encoding="utf-8").splitlines()
    names = [json.loads(line)["event"].get("aspectName") for line in lines]
    assert names == ["dataProductKey", "status", None]
