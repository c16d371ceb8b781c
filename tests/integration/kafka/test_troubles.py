"""What fails around the action, and who joins it. Run by `make test-kafka`, against a real broker."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import confluent_kafka
import pytest

from tests.builders import checked, product
from tests.integration.gms.answers import Answer
from tests.integration.kafka.apache import JARS, ApacheKafka
from tests.integration.kafka.stage import Stage, Worker, until, with_a_real_broker

pytestmark = with_a_real_broker

DOWN = Answer(503, "down for maintenance")
ORDERS = product("orders", checked("orders"), name="Orders")
ENOUGH = 100_000


def runs(stage: Stage, name: str, count: int) -> None:
    """Results of one assertion, bad and good in turn."""
    for turn in range(count):
        stage.run("orders", "FAILURE" if turn % 2 else "SUCCESS", run=f"{name}-{turn}")


def hears(stage: Stage, count: int, worker: Worker) -> None:
    until(lambda: stage.heard() >= count, f"{count} results", worker)
    assert stage.heard() == count
    # A result that only an event told of would stand here as provisional.
    until(lambda: not stage.ask("SELECT 1 FROM evidence WHERE provisional"), "their events", worker)


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
    hears(stage, 3, worker)
    worker.says("Posts wait in the outbox")
    assert stage.health("orders") == "HEALTHY"
    stage.gms.switches.answer_truly()
    until(lambda: stage.health("orders") == "UNHEALTHY", "the post", worker)


def test_while_the_schema_registry_is_down_the_stream_waits_and_nothing_is_passed_by(
    stage: Stage,
) -> None:
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
    first.listens()
    second = stage.work()
    second.says("this one stands by")
    runs(stage, "first", 6)
    hears(stage, 6, first)
    assert "connected to Kafka" not in second.log()
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


@contextmanager
def member(stage: Stage) -> Iterator[confluent_kafka.Consumer]:
    """Another member of the group, which is given partitions and does nothing with them."""
    settings = {
        "bootstrap.servers": stage.bootstrap,
        "group.id": stage.group,
        "enable.auto.commit": False,
        "log_level": 0,
    }
    consumer = confluent_kafka.Consumer(settings)
    done = threading.Event()
    given = threading.Event()
    consumer.subscribe(list(stage.topics.values()), on_assign=lambda *_: given.set())

    def hold() -> None:
        while not done.is_set():
            consumer.poll(0.2)

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        assert given.wait(60), "it is given no partition"
        yield consumer
    finally:
        done.set()
        thread.join()
        consumer.close()


def test_a_rebalance_in_the_middle_loses_nothing_and_counts_nothing_twice(stage: Stage) -> None:
    stage.publish([ORDERS, *(product(f"p{n}", checked(f"p{n}")) for n in range(8))])
    worker = stage.work()
    runs(stage, "before", 4)
    hears(stage, 4, worker)
    with member(stage):
        runs(stage, "while two", 4)
        for number in range(8):
            stage.run(f"p{number}")
        # What is of the other's partitions is not heard.
        until(lambda: stage.heard() > 4, "a part of it", worker)
    hears(stage, 16, worker)
    runs(stage, "after", 2)
    hears(stage, 18, worker)
    assert worker.stop() == 0
    assert stage.reasons() == []


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[ApacheKafka]:
    with ApacheKafka(Path(os.environ[JARS]), tmp_path / "broker") as broker:
        yield broker


def test_a_restart_of_the_broker_is_waited_for(own_broker: ApacheKafka, tmp_path: Path) -> None:
    stage = Stage(own_broker.address, tmp_path)
    try:
        stage.publish([ORDERS])
        worker = stage.work()
        runs(stage, "before", 3)
        hears(stage, 3, worker)
        own_broker.stop()
        worker.says("ALL_BROKERS_DOWN")
        own_broker.start()
        runs(stage, "after", 3)
        hears(stage, 6, worker)
        assert worker.stop() == 0
    finally:
        stage.close()


def test_what_the_store_cannot_take_goes_to_the_file_of_failed_events_and_comes_again(
    stage: Stage,
) -> None:
    stage.publish([ORDERS])
    first = stage.work()
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
