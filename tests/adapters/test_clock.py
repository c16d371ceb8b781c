"""The wall clock and the clock that events move."""

import threading

from freezegun import freeze_time

from datahub_dataproducts.adapters.clock import EventClock, WallClock


def test_the_wall_clock_counts_milliseconds_since_the_epoch() -> None:
    with freeze_time("2026-03-03 07:00:00.500"):
        assert WallClock().now() == 1_772_521_200_500


def test_an_event_clock_starts_at_nothing_and_never_goes_back() -> None:
    clock = EventClock()
    assert clock.now() == 0
    clock.advance_to(5)
    clock.advance_to(3)
    assert clock.now() == 5


def test_threads_that_move_the_event_clock_together_leave_it_at_the_latest() -> None:
    clock = EventClock()

    def move(first: int) -> None:
        for instant in range(first, 4_000, 4):
            clock.advance_to(instant)

    threads = [threading.Thread(target=move, args=(n,), daemon=True) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert clock.now() == 3_999
