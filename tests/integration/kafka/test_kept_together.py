"""`datahub actions` killed amid events that are kept together: nothing lost, nothing double."""

import pytest

from datahub_dataproducts.adapters.clock import WallClock
from datahub_dataproducts.domain.durations import HOUR
from tests.builders import checked, product
from tests.integration.sources.stage import Stage, until

pytestmark = pytest.mark.whole

IDS = ("p0", "p1", "p2")
WAITING = 60


def test_killed_amid_what_waits_it_loses_nothing_and_all_is_acknowledged_in_the_end(
    stage: Stage,
) -> None:
    stage.publish(product(id_, checked(id_)) for id_ in IDS)
    start = WallClock().now() - HOUR
    # As many of each, in turn bad and good.
    for turn in range(WAITING):
        for place, id_ in enumerate(IDS):
            stage.run(id_, "FAILURE" if turn % 2 else "SUCCESS", at=start + 10 * turn + place)
    first = stage.work()
    until(lambda: stage.heard() >= WAITING, "a part of the results", first)
    first.kill()
    assert stage.acknowledged() < len(stage.gms.events)
    second = stage.work()
    until(lambda: stage.heard() == len(IDS) * WAITING, "all results", second)
    until(lambda: not stage.ask("SELECT 1 FROM evidence WHERE provisional"), "their events", second)
    for id_ in IDS:
        until(lambda id_=id_: stage.health(id_) == "UNHEALTHY", f"the health of {id_}", second)
    is_over = "SELECT 1 FROM letters WHERE state <> 'delivered'"
    until(lambda: not stage.ask(is_over), "all posts", second)
    # What our own posts led to is dropped, and acknowledged too.
    until(lambda: stage.acknowledged() == len(stage.gms.events), "all of it acknowledged", second)
    assert second.stop() == 0
    for place, id_ in enumerate(IDS):
        steps = stage.ask(
            "SELECT at, health FROM steps WHERE product = ? AND scope = 'own' ORDER BY at", id_
        )
        turns = ["HEALTHY", "UNHEALTHY"] * (WAITING // 2)
        assert steps == [(start + 10 * n + place, health) for n, health in enumerate(turns)]
    assert stage.reasons() == []
