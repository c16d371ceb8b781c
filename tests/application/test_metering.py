"""Metering: the transactions of a store are timed, and whoever does not count is in nobody's way."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from datahub_dataproducts.application.metering import Levels, MeteredStore, Role, Unmetered
from datahub_dataproducts.application.track_health import HealthTracker
from datahub_dataproducts.domain.assertions import Outcome
from datahub_dataproducts.domain.receipts import Delivered
from tests.application.stories import Story
from tests.builders import checked, product, result


class Counting(Unmetered):
    """Counts how often a transaction began and ended."""

    def __init__(self) -> None:
        self.begun = 0
        self.ended = 0

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.begun += 1
        try:
            yield
        finally:
            self.ended += 1


def test_each_transaction_counts_also_one_that_fails_and_reading_does_not(tmp_path: Path) -> None:
    story = Story(tmp_path, [product("users", checked("users"))])
    meters = Counting()
    store = MeteredStore(story.store, meters)
    tracker = HealthTracker(store, story.policy)
    tracker.load()
    before = meters.begun
    assert tracker.record(result("users", 1_000, Outcome.SUCCESS), 1_000)
    assert meters.begun == before + 1
    with pytest.raises(ZeroDivisionError), store.transaction():
        1 / 0  # noqa: B018 - what goes wrong within
    assert meters.begun == meters.ended == before + 2
    with store.reading(), store.trial():
        pass
    assert meters.begun == before + 2
    story.store.close()


def test_where_nothing_is_counted_all_may_be_said() -> None:
    meters = Unmetered()
    meters.is_in(Role.WORKING)
    meters.heard("A_v1")
    meters.set_aside("A_v1")
    meters.judged(is_new=True, lag=1)
    meters.posted("finance", Delivered())
    meters.asked("products", answered=True)
    meters.show(Levels(), [], 0)
    with meters.transaction():
        pass
