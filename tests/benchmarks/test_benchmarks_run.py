"""The benchmarks run; what they measure is told by them, and asserted nowhere."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.whole

RUN = Path(__file__).parents[2] / "benchmarks/run.py"
LINES = (
    "products read and mapped per second (20 files)",
    "CPU time to read a manifest of ",
    "  its peak memory beyond the size of the file",
    "  its peak memory, the file included",
    "  the same gzipped",
    "    peak memory",
    "validate of 20 product files, and datahub --help",
    "  of that the files alone, without the start-up",
    "a whole `datahub ingest` (20 products, ",
    "  the same, CPU time",
    "events/s of the action and of nothing (50 assertions), steady",
    "  the same, without waiting for the disk",
    "  the same, first results ever",
    "  share of its time that is waiting for the disk",
    "cost of an event, 50 products and 10 (100 events)",
    "`uptime` of one of 20 products, 30 days, and naively",
    "`uptime` of 20 products, 30 days, and naively",
    "`explain --at` of one, and naively",
    "memory of the action, and of one without a history",
    "cost of an event after a year, and without a history (100 events)",
    "messages/s over Kafka, ours and nothing (100 assertions)",
    "  the same, compute of a message",
    "  ours, and nothing on DataHub's own source",
    "to catch up with an hour of 1.1 messages/s, ours and nothing",
    "  longest time between two polls",
    "  longest that waiting posts stood still, and the whole",
)
_JUDGED = ("reached", "MISSED")


def test_every_comparison_is_printed_with_its_ratio_and_its_aim(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, RUN, "--quick", "--dir", tmp_path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    printed = done.stdout.splitlines()
    rows = printed[printed.index("-" * 128) + 1 :]
    told = [next((row for row in rows if row.startswith(line)), line) for line in LINES]
    assert all(any(f"{unit} " in row for unit in ("/s", " s", " us", " MB")) for row in told)
    aims = [row[114:].rsplit(maxsplit=1)[0].rstrip() for row in rows if row.endswith(_JUDGED)]
    assert aims == [
        ">= 10",
        "<= 0.5",
        "<= 0.3",
        "<= 1",
        "<= 1.1",
        ">= 0.3",
        "<= 1.2",
        *["<= 0.05 s"] * 3,
        *["<= 5 s"] * 2,
        "<= 500 MB",
        *["<= 1.2"] * 2,
        ">= 0.8",
    ]
    assert any(line.startswith("Python ") for line in printed)
    assert not list(tmp_path.iterdir()), "it tidies up"
