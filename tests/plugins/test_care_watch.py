"""Who takes care is asked of the catalog: at the start, when somebody wrote, and every so often."""

from collections.abc import Collection
from pathlib import Path

import pytest

from datahub_dataproducts.application.ports import Unavailable
from datahub_dataproducts.application.tell import TrackingPolicy
from datahub_dataproducts.domain.assertions import Outcome
from datahub_dataproducts.domain.durations import HOUR, SECOND
from datahub_dataproducts.domain.held_news import Acknowledgement
from datahub_dataproducts.plugins.care_watch import CareWatch
from tests.application.stories import IMPATIENT, Story
from tests.builders import at, checked, product, result

NOW = at("2026-03-02 12:00")
KEY = f"users@{NOW}"
ROOTS = "roots"


class FakeCare:
    """The catalog: what people wrote in it, and whether it answers."""

    def __init__(self) -> None:
        self.said: dict[str, Acknowledgement] = {}
        self.down = False
        self.asked: list[list[str]] = []

    def who_takes_care(self, conversations: Collection[str]) -> dict[str, Acknowledgement]:
        self.asked.append(list(conversations))
        if self.down:
            raise Unavailable("DataHub is down")
        return self.said


class Desk:
    """A watch on a store in which one episode is open."""

    def __init__(self, folder: Path, *, every: int | None = HOUR) -> None:
        policy = TrackingPolicy(channels=("console",), patience=IMPATIENT, by_root=(ROOTS,))
        self.story = Story(folder, [product("users", checked("u"))], policy=policy)
        self.care = FakeCare()
        self.watch = CareWatch(
            store=self.story.store,
            directory=self.care,
            channel=ROOTS,
            tick=30 * SECOND,
            every=every,
        )

    def fails(self) -> None:
        self.story.hear(result("u", NOW, Outcome.FAILURE))
        self.story.told()

    def asked(self, *at: int) -> int:
        """How often the catalog was asked, when it was looked at these times after the episode."""
        self.care.asked.clear()
        for after in at:
            self.watch.look(NOW + after)
        return len(self.care.asked)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    made.fails()
    return made


def test_it_is_asked_at_the_start_and_every_hour(desk: Desk) -> None:
    assert desk.asked(0, 1, HOUR - 1) == 1
    assert desk.care.asked == [[KEY]]
    assert desk.asked(HOUR, HOUR + 1) == 1


def test_it_is_asked_when_somebody_wrote(desk: Desk) -> None:
    desk.asked(0)
    desk.watch.note()
    assert desk.asked(1, 2) == 1


def test_what_was_said_is_told(desk: Desk) -> None:
    desk.care.said = {KEY: Acknowledgement(by="Ana", note="investigating", at=NOW + 1)}
    desk.asked(2)
    desk.story.tracker.look_again()
    desk.story.tracker.tick(NOW + 2)
    (told,) = desk.story.told()
    assert told.startswith("acknowledged: Acknowledged by Ana on ")
    assert ": investigating. " in told


def test_a_catalog_that_does_not_answer_is_asked_again_a_tick_later(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.care.down = True
    assert desk.asked(0, 1, 29 * SECOND, 30 * SECOND) == 2
    assert "Who takes care of incidents is asked again: DataHub is down" in caplog.text
    desk.care.down = False
    assert desk.asked(60 * SECOND, 90 * SECOND) == 1


def test_a_clock_that_is_set_back_puts_nothing_off(desk: Desk) -> None:
    desk.asked(5 * HOUR)
    assert desk.asked(0, 1) == 1


def test_where_it_is_read_once_only_who_writes_has_it_asked_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path, every=None)
    desk.fails()
    assert desk.asked(0, 50 * HOUR) == 1
    desk.watch.note()
    assert desk.asked(51 * HOUR) == 1


def test_while_nothing_is_open_nobody_is_asked(tmp_path: Path) -> None:
    assert Desk(tmp_path).asked(0, HOUR) == 0
