import tempfile
from pathlib import Path

import pytest

from datahub_dataproducts.application.tell import TrackingPolicy
from datahub_dataproducts.application.track_health import HealthTracker
from datahub_dataproducts.plugins.scratch_store import scratch_store
from tests.builders import at, checked, product, result

MORNING = at("2026-03-02 06:00")


@pytest.mark.parametrize("version", [(3, 34, 1), (3, 40, 1)])
def test_a_scratch_store_keeps_what_is_tracked_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: tuple[int, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for _ in range(2):
        with scratch_store(version) as store:
            tracker = HealthTracker(store, TrackingPolicy())
            tracker.load()
            assert tracker.portfolio.products == {}, "it is empty"
            tracker.define([product("users", checked("t"))], MORNING, all_of_them=True)
            assert tracker.record(result("t", MORNING), MORNING)
            with store.reading() as book:
                assert book.horizon() == MORNING
    assert list(tmp_path.iterdir()) == []


def test_two_at_a_time_do_not_see_one_another() -> None:
    with scratch_store() as one, scratch_store() as other:
        tracker = HealthTracker(one, TrackingPolicy())
        tracker.define([product("users", checked("t"))], MORNING, all_of_them=True)
        with other.reading() as book:
            assert book.definitions() == []
