"""`store letters`: what waits, what was refused and why, and the second try."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from datahub_dataproducts.adapters.clock import WallClock
from datahub_dataproducts.adapters.console.words import say_moment_and_zone
from datahub_dataproducts.application.deliver import Courier
from datahub_dataproducts.application.ports import CATALOG
from datahub_dataproducts.domain.durations import DAY
from datahub_dataproducts.domain.receipts import Delivered, Refused, Retry
from datahub_dataproducts.plugins.cli import main
from tests.application.test_deliver import NOW, POST, letter, tell, write
from tests.fakes import FakeCatalog, FakeChannel, store_in

AGAIN = "datahub-dataproducts store letters --retry --channel board"


def run(folder: Path, *options: str) -> Result:
    url = f"sqlite:///{folder / 'health.db'}"
    return CliRunner().invoke(main, ["store", "letters", "--store", url, *options])


def test_each_letter_that_did_not_arrive_is_told_with_the_reason(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    tell(store, letter(1), letter(1, "users@1"), letter(1, "orders@1"))
    write(store, CATALOG, POST)
    board = FakeChannel([Refused("the text is too long"), Retry("no route")])
    Courier(store, FakeCatalog([Retry("DataHub is down")]), {"board": board}).deliver(NOW)
    store.close()
    told = run(tmp_path, "--timezone", "Europe/Amsterdam")
    assert told.exit_code == 1
    assert told.stdout.splitlines() == [
        "board: 2 letters to be sent, 1 refused",
        "catalog: 1 letter to be sent",
        "#1 to board of revenue@1: refused, it was due Tue 2026-03-03 08:00 CET: the text is too long",
        "#2 to board of users@1: tried 1 time, next Tue 2026-03-03 08:00 CET: no route",
        "#3 to board of orders@1: not tried yet, due since Tue 2026-03-03 08:00 CET",
        "#4 to catalog: tried 1 time, next Tue 2026-03-03 08:00 CET: DataHub is down",
        f"To send what board refused once more: {AGAIN}",
    ]
    (first, *_) = json.loads(run(tmp_path, "--channel", "board", "--format", "json").stdout)
    assert (first["thread"], first["is_refused"]) == ("revenue@1", True)


def test_what_was_refused_is_sent_once_more_unless_a_later_letter_of_it_arrived(
    tmp_path: Path,
) -> None:
    store = store_in(tmp_path)
    tell(store, letter(1), letter(2), letter(1, "users@1"))
    refusing = FakeChannel([Refused("no"), Delivered(), Refused("no")])
    Courier(store, FakeCatalog(), {"board": refusing}).deliver(NOW)
    store.close()
    told = run(tmp_path, "--retry", "--channel", "board")
    assert told.stderr == "Sent once more by the action: 1 letter to board\n"
    counted, refused, again, *_ = told.stdout.splitlines()
    assert counted == "board: 1 letter to be sent, 1 refused"
    assert refused.startswith("#1 to board of revenue@1: refused, it was due")
    assert again.startswith("#3 to board of users@1: refused before, due since")
    assert again.endswith(": no")
    store = store_in(tmp_path)
    board = FakeChannel()
    Courier(store, FakeCatalog(), {"board": board}).deliver(10**15)
    store.close()
    assert board.texts == ["users@1 1"]


def test_of_a_channel_that_is_left_alone_it_is_told_until_when(tmp_path: Path) -> None:
    store, now = store_in(tmp_path), WallClock().now()
    tell(store, letter(1))
    board = FakeChannel([Retry("slow down", after=DAY)])
    Courier(store, FakeCatalog(), {"board": board}).deliver(now)
    store.close()
    until = say_moment_and_zone(now + DAY, "UTC")
    first, second = run(tmp_path).stdout.splitlines()
    assert first == f"board: 1 letter to be sent, asked again {until}"
    assert second == f"#1 to board of revenue@1: tried 1 time, next {until}: slow down"


def test_a_channel_that_nobody_knows_is_told_with_what_was_meant(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    tell(store, letter(1))
    store.close()
    for options in (("--channel", "bord"), ("--channel", "bord", "--retry")):
        told = run(tmp_path, *options)
        assert told.exit_code == 2
        assert 'there is no channel "bord" in the store; did you mean "board"?' in told.stderr
    assert run(tmp_path, "--channel", "catalog").exit_code == 0


def test_a_second_try_says_to_whom(tmp_path: Path) -> None:
    store_in(tmp_path).close()
    told = run(tmp_path, "--retry")
    assert told.exit_code == 2
    assert "--retry needs --channel" in told.stderr
    assert "No letter waits, and none was refused" in run(tmp_path).stdout
