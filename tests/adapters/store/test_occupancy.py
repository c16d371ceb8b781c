"""That one process at a time works on a store."""

import subprocess
import sys
from pathlib import Path

import pytest

from datahub_dataproducts.adapters.store.occupancy import Occupancy
from datahub_dataproducts.application.ports import Unavailable
from tests.fakes import store_in

HOLDS = """
import sys
from datahub_dataproducts.adapters.store.occupancy import Occupancy
occupancy = Occupancy(sys.argv[1])
print(occupancy.take(), flush=True)
sys.stdin.read()
"""


def test_one_works_and_the_next_may_when_it_leaves(tmp_path: Path) -> None:
    first, second = (Occupancy(str(tmp_path / "health.db")) for _ in range(2))
    assert first.take()
    assert first.take()
    assert not second.take()
    first.leave()
    first.leave()
    assert second.take()
    second.leave()


def test_it_ends_with_its_process_however_that_ends(tmp_path: Path) -> None:
    file = str(tmp_path / "health.db")
    command = [sys.executable, "-c", HOLDS, file]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "True\n"
        mine = Occupancy(file)
        assert not mine.take()
        other.kill()
        other.wait()
        assert mine.take()
        mine.leave()


def test_where_nothing_can_be_written_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="check the path"):
        Occupancy(str(tmp_path / "nowhere/health.db")).take()


def test_a_store_that_somebody_works_on_is_read_by_others(tmp_path: Path) -> None:
    first = store_in(tmp_path)
    assert first.occupy()
    second = store_in(tmp_path)
    assert not second.occupy()
    with second.transaction() as book:
        assert book.definitions() == []
    first.close()
    assert second.occupy()
    second.close()
