"""Taking turns: what has long to do keeps nobody waiting for all of it."""

import threading
from pathlib import Path

from datahub_dataproducts.application.audit import audit
from datahub_dataproducts.application.turns import Turns
from datahub_dataproducts.domain.assertions import Outcome
from datahub_dataproducts.domain.durations import HOUR, MINUTE
from tests.application.test_track_health import tracker_on
from tests.builders import checked, product, result
from tests.strategies import BEGIN

MANY = 200


def test_who_is_in_may_go_in_again() -> None:
    turns = Turns()
    with turns.one(), turns.one():
        pass
    turns.give_way()


def test_between_two_turns_those_go_first_who_came_meanwhile() -> None:
    turns, done = Turns(), []
    came = threading.Event()

    def come() -> None:
        came.set()
        with turns.one():
            done.append("other")

    other = threading.Thread(target=come, daemon=True)
    with turns.one():
        other.start()
        came.wait()
        # It is past its first word, and at the door before long.
        threading.Event().wait(0.05)
        done.append("first")
    turns.give_way()
    with turns.one():
        done.append("first again")
    other.join()
    assert done == ["first", "other", "first again"]


def test_evidence_does_not_wait_for_all_that_an_outage_left_to_do(tmp_path: Path) -> None:
    made = [product("p", *(checked(f"c{n}", expect_every=HOUR) for n in range(MANY)))]
    tracker, store = tracker_on(str(tmp_path), made)
    for number in range(MANY):
        tracker.record(result(f"c{number}", BEGIN + number * MINUTE), BEGIN + number * MINUTE)
    later = BEGIN + MANY * HOUR
    left: list[int] = []
    ticking = threading.Thread(target=lambda: left.append(tracker.tick(later)), daemon=True)
    ticking.start()
    heard = 0
    while ticking.is_alive() and heard < MANY:
        late = result("c0", BEGIN + heard + 1, Outcome.FAILURE, run=f"late-{heard}")
        heard += tracker.record(late, later)
    ticking.join()
    # Each time at least one step of the tick lies between, and not all of it.
    assert heard > 5
    assert sum(left) >= MANY - 1
    assert audit(store).findings == ()
    store.close()
