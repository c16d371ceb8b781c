"""What fails around the action, whichever way its events come."""

import pytest

from tests.builders import checked, product
from tests.integration.gms.answers import Answer
from tests.integration.sources.stage import Stage, hears, runs, until

pytestmark = pytest.mark.whole

DOWN = Answer(503, "down for maintenance")
ORDERS = product("orders", checked("orders"), name="Orders")
ENOUGH = 100_000


def test_without_the_server_at_the_start_it_waits_and_says_so(stage: Stage) -> None:
    stage.publish([ORDERS])
    runs(stage, "before", 3)
    bring_back = stage.take_gms_down()
    worker = stage.work()
    worker.says("No product is known yet; DataHub is asked again in 1 s")
    worker.says("No product is known yet; DataHub is asked again in 2 s")
    bring_back()
    until(lambda: stage.health("orders") == "HEALTHY", "its health", worker)
    hears(stage, 3, worker)
    assert worker.stop() == 0


def test_it_is_stopped_while_it_waits_for_the_server(stage: Stage) -> None:
    bring_back = stage.take_gms_down()
    worker = stage.work()
    worker.says("No product is known yet")
    assert worker.stop() == 0
    bring_back()


def test_while_the_server_is_down_posts_wait_and_events_are_heard(stage: Stage) -> None:
    stage.publish([ORDERS])
    runs(stage, "before", 1)
    worker = stage.work()
    until(lambda: stage.health("orders") == "HEALTHY", "its health", worker)
    stage.gms.switches.answer(DOWN, times=ENOUGH)
    runs(stage, "down", 2)
    if stage.source.is_the_server:
        worker.says("The events API does not give")
    else:
        hears(stage, 3, worker)
        worker.says("Posts wait in the outbox")
        assert stage.health("orders") == "HEALTHY"
    stage.gms.switches.answer_truly()
    hears(stage, 3, worker)
    until(lambda: stage.health("orders") == "UNHEALTHY", "the post", worker)


def test_while_the_schema_registry_is_down_the_stream_waits_and_nothing_is_passed_by(
    stage: Stage,
) -> None:
    if stage.source.is_the_server:
        pytest.skip("the events API needs no schema")
    stage.publish([ORDERS])
    runs(stage, "before", 1)
    first = stage.work()
    until(lambda: stage.health("orders") == "HEALTHY", "its health", first)
    assert first.stop() == 0
    runs(stage, "meanwhile", 5)
    stage.gms.switches.answer(DOWN, route="/schema-registry/", times=ENOUGH)
    second = stage.work()
    second.says("The schema registry does not tell the schema")
    runs(stage, "down", 2)
    stage.gms.switches.answer_truly()
    hears(stage, 8, second)
    assert stage.reasons() == []


def test_of_two_workers_on_one_store_one_works_and_the_other_takes_over(stage: Stage) -> None:
    stage.publish([ORDERS])
    first = stage.work()
    stage.listens(first)
    second = stage.work()
    second.says("this one stands by")
    runs(stage, "first", 6)
    hears(stage, 6, first)
    assert "is now running" not in second.log()
    first.kill()
    runs(stage, "nobody", 3)
    second.says("this one takes over")
    runs(stage, "second", 3)
    hears(stage, 12, second)
    until(lambda: stage.health("orders") == "HEALTHY", "its health", second)
    third = stage.work()
    third.says("this one stands by")
    assert third.stop() == 0
    assert second.stop() == 0
    keys = stage.ask("SELECT channel, key, count(*) FROM letters GROUP BY 1, 2 HAVING count(*) > 1")
    assert keys == []


def test_what_the_store_cannot_take_goes_to_the_file_of_failed_events_and_comes_again(
    stage: Stage,
) -> None:
    stage.publish([ORDERS])
    first = stage.work()
    # At its start it hears of results from the server: what goes wrong there is of no event.
    stage.listens(first)
    runs(stage, "before", 1)
    hears(stage, 1, first)
    stage.ask("ALTER TABLE evidence RENAME TO elsewhere")
    runs(stage, "lost", 1)
    until(lambda: not first.is_running, "its end")
    assert first.stop_code() == 1
    (file,) = (stage.folder / "failed").glob("*/failed_events.log")
    assert "urn:li:assertion:orders" in file.read_text(encoding="utf-8")
    stage.ask("ALTER TABLE elsewhere RENAME TO evidence")
    second = stage.work()
    hears(stage, 2, second)
