"""`datahub actions` killed between commit and acknowledgement: nothing lost, nothing double."""

from datahub_dataproducts.adapters.clock import WallClock
from datahub_dataproducts.domain.durations import HOUR
from tests.builders import checked, product
from tests.integration.sources.stage import Stage, until

IDS = ("p0", "p1", "p2")
WAITING = 200


def test_killed_before_it_acknowledges_it_loses_nothing_and_counts_nothing_twice(
    stage: Stage,
) -> None:
    stage.publish(product(id_, checked(id_)) for id_ in IDS)
    first = stage.work()
    stage.listens(first)
    for turn in range(4):
        for id_ in IDS:
            stage.run(id_, "FAILURE" if turn % 2 else "SUCCESS", run=f"before-{turn}")
    until(lambda: stage.heard() == 12, "all results", first)
    first.kill()
    # It is all in the store; where that is said only every ten seconds, it was not said yet.
    assert stage.acknowledged() < len(stage.gms.events) or stage.source.acknowledges_at_once
    for id_ in IDS:
        stage.run(id_, run="while it is dead")
    second = stage.work()
    for id_ in IDS:
        until(lambda id_=id_: stage.health(id_) == "HEALTHY", f"the health of {id_}", second)
    until(lambda: stage.heard() == 15, "what came meanwhile", second)
    assert second.stop() == 0
    assert stage.heard() == 15
    for id_ in IDS:
        steps = stage.ask(
            "SELECT health FROM steps WHERE product = ? AND scope = 'own' ORDER BY at", id_
        )
        assert [health for (health,) in steps] == ["HEALTHY", "UNHEALTHY"] * 2 + ["HEALTHY"]
    assert stage.reasons() == []
    assert not stage.ask("SELECT 1 FROM letters WHERE state <> 'delivered'")


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
    assert stage.acknowledged() < len(stage.gms.events) or stage.source.acknowledges_at_once
    second = stage.work()
    until(lambda: stage.heard() == len(IDS) * WAITING, "all results", second)
    until(lambda: not stage.ask("SELECT 1 FROM evidence WHERE provisional"), "their events", second)
    for id_ in IDS:
        until(lambda id_=id_: stage.health(id_) == "UNHEALTHY", f"the health of {id_}", second)
    assert second.stop() == 0
    assert stage.acknowledged() == len(stage.gms.events)
    for place, id_ in enumerate(IDS):
        steps = stage.ask(
            "SELECT at, health FROM steps WHERE product = ? AND scope = 'own' ORDER BY at", id_
        )
        turns = ["HEALTHY", "UNHEALTHY"] * (WAITING // 2)
        assert steps == [(start + 10 * n + place, health) for n, health in enumerate(turns)]
    assert stage.reasons() == []
    assert not stage.ask("SELECT 1 FROM letters WHERE state <> 'delivered'")
