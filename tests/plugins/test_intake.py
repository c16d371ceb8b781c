"""Products on their way from the catalog to who tracks them, in the order in which they were so."""

import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from datahub_dataproducts.adapters.store.store import SqlHealthStore
from datahub_dataproducts.application.ports import Unavailable
from datahub_dataproducts.application.tell import TrackingPolicy
from datahub_dataproducts.application.track_health import HealthTracker
from datahub_dataproducts.domain.products import DataProduct
from datahub_dataproducts.plugins.intake import Intake
from tests.builders import product
from tests.fakes import store_in
from tests.plugins.directories import FakeClock

NOW = 1_772_431_200_000
USERS = product("users")


class HesitantTracker(HealthTracker):
    """Takes its time with what it is given first, and may be unable to."""

    def __init__(self, store: SqlHealthStore) -> None:
        super().__init__(store, TrackingPolicy())
        self.load()
        self.is_asked, self.may_go_on = threading.Event(), threading.Event()
        self.is_unable = False

    def define(self, products: Iterable[DataProduct], now: int, *, all_of_them: bool) -> None:
        if self.is_unable:
            raise Unavailable("the disk is full")
        if not self.is_asked.is_set():
            self.is_asked.set()
            assert self.may_go_on.wait(20)
        super().define(products, now, all_of_them=all_of_them)


@pytest.fixture
def tracker(tmp_path: Path) -> Iterator[HesitantTracker]:
    store = store_in(tmp_path)
    yield HesitantTracker(store)
    store.close()


def test_what_was_noted_first_is_not_taken_up_last(tracker: HesitantTracker) -> None:
    intake = Intake(tracker, FakeClock(NOW, runs=False))
    intake.note("users", USERS)
    first = threading.Thread(target=intake.take_up, daemon=True)
    first.start()
    assert tracker.is_asked.wait(20)
    intake.note("users", None)
    second = threading.Thread(target=intake.take_up, daemon=True)
    second.start()
    # Time enough to overtake, for who would.
    second.join(0.5)
    tracker.may_go_on.set()
    first.join(20)
    second.join(20)
    assert not tracker.portfolio.products


def test_what_cannot_be_taken_up_is_so_later_and_what_is_read_meanwhile_replaces_it(
    tracker: HesitantTracker,
) -> None:
    tracker.may_go_on.set()
    intake = Intake(tracker, FakeClock(NOW, runs=False))
    intake.note("users", USERS)
    tracker.is_unable = True
    with pytest.raises(Unavailable):
        intake.take_up()
    before = intake.sight()
    newer = replace(USERS, name="People")
    intake.note_read({"users": newer}, before)
    intake.note_read({"users": USERS}, before)
    tracker.is_unable = False
    intake.take_up()
    assert tracker.portfolio.products == {"users": newer}


def test_nothing_is_taken_up_before_the_clock_has_moved(tracker: HesitantTracker) -> None:
    tracker.may_go_on.set()
    clock = FakeClock(0, runs=False)
    intake = Intake(tracker, clock)
    intake.note("users", USERS)
    intake.take_up()
    assert not tracker.portfolio.products
    clock.time = NOW
    intake.take_up()
    assert tracker.portfolio.products == {"users": USERS}


def test_what_a_domain_is_called_is_known_from_others_that_are_in_it(
    tracker: HesitantTracker,
) -> None:
    tracker.may_go_on.set()
    intake = Intake(tracker, FakeClock(NOW, runs=False))
    money = replace(USERS, domain="urn:li:domain:4f2a")
    read = replace(money, domain_name="Finance")
    intake.note_read({"users": read}, intake.sight())
    intake.take_up()
    # As events tell of them.
    for told in (replace(money, name="People"), replace(money, id="churn"), product("orders")):
        intake.note(told.id, told)
    intake.take_up()
    known = tracker.portfolio.products
    assert {id_: one.domain_name for id_, one in known.items()} == {
        "users": "Finance",
        "churn": "Finance",
        "orders": "",
    }
