"""A group of several, and a broker that goes. Run by `make test-kafka`, against a real broker."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import confluent_kafka
import pytest

from tests.builders import checked, product
from tests.integration.kafka.apache import JARS, ApacheKafka
from tests.integration.sources.kafka import Kafka, with_a_real_broker
from tests.integration.sources.stage import Stage, hears, runs, until

pytestmark = [pytest.mark.whole, with_a_real_broker]

ORDERS = product("orders", checked("orders"), name="Orders")


@contextmanager
def member(kafka: Kafka) -> Iterator[confluent_kafka.Consumer]:
    """Another member of the group, which is given partitions and does nothing with them."""
    settings = {
        "bootstrap.servers": kafka.bootstrap,
        "group.id": kafka.group,
        "enable.auto.commit": False,
        "log_level": 0,
    }
    consumer = confluent_kafka.Consumer(settings)
    done = threading.Event()
    given = threading.Event()
    consumer.subscribe(list(kafka.topics.values()), on_assign=lambda *_: given.set())

    def hold() -> None:
        while not done.is_set():
            consumer.poll(0.2)

    thread = threading.Thread(target=hold, daemon=True)
    thread.start()
    try:
        assert given.wait(60), "it is given no partition"
        yield consumer
    finally:
        done.set()
        thread.join()
        consumer.close()


def test_a_rebalance_in_the_middle_loses_nothing_and_counts_nothing_twice(
    broker: str, tmp_path: Path
) -> None:
    kafka = Kafka(broker)
    with Stage(kafka, tmp_path) as stage:
        stage.publish([ORDERS, *(product(f"p{n}", checked(f"p{n}")) for n in range(8))])
        worker = stage.work()
        runs(stage, "before", 4)
        hears(stage, 4, worker)
        with member(kafka):
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
    with Stage(Kafka(own_broker.address), tmp_path) as stage:
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
