"""`datahub actions` killed between commit and acknowledgement: nothing lost, nothing double."""

import pytest

from tests.builders import checked, product
from tests.integration.sources.stage import Stage, until

pytestmark = pytest.mark.whole

IDS = ("p0", "p1", "p2")


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
