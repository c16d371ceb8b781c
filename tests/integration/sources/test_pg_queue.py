"""What is of DataHub's queue in PostgreSQL alone: leases, a database that is down, old queues."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import checked, product
from tests.integration.gms.answers import Answer
from tests.integration.postgres.server import PostgresServer
from tests.integration.sources.pg_queue import PgQueue
from tests.integration.sources.stage import Stage, hears, runs, until

pytestmark = pytest.mark.whole

ORDERS = product("orders", checked("orders"), name="Orders")
OFFSETS = "SELECT offset_value FROM queue.metadata_queue_consumer_offset ORDER BY offset_value"
LAST = (
    "SELECT max(enqueue_seq) AS last FROM queue.metadata_queue_message"
    " GROUP BY topic_id, partition_id ORDER BY last"
)
OPEN_LEASES = (
    "SELECT count(*) FROM queue.metadata_queue_message_group_lease"
    " WHERE lock_owner <> '__acked__' AND locked_until > now()"
)
DOWN = Answer(503, "down for maintenance")


@pytest.fixture
def queue(postgres_server: PostgresServer) -> PgQueue:
    return PgQueue(postgres_server)


@pytest.fixture
def stage(queue: PgQueue, tmp_path: Path) -> Iterator[Stage]:
    with Stage(queue, tmp_path) as made:
        yield made


def open_leases(queue: PgQueue) -> int:
    ((count,),) = queue.ask(OPEN_LEASES)
    return int(count)


def test_what_a_killed_worker_held_is_given_to_the_next_one(queue: PgQueue, stage: Stage) -> None:
    stage.publish([ORDERS])
    stage.gms.switches.answer(DOWN, route="/schema-registry/", times=100_000)
    first = stage.work(HEALTH_LEASE_SECONDS="15")
    first.says("The schema registry does not tell the schema")
    runs(stage, "before", 3)
    first.kill()
    assert open_leases(queue)
    stage.gms.switches.answer_truly()
    second = stage.work()
    hears(stage, 3, second)


def test_what_was_not_done_is_given_back_at_a_stop(queue: PgQueue, stage: Stage) -> None:
    stage.publish([ORDERS])
    stage.gms.switches.answer(DOWN, route="/schema-registry/", times=100_000)
    worker = stage.work(HEALTH_LEASE_SECONDS="600")
    worker.says("The schema registry does not tell the schema")
    assert open_leases(queue)
    assert worker.stop() == 0
    assert not open_leases(queue)


def test_a_database_that_is_down_is_waited_for_at_the_start_and_later(
    queue: PgQueue, stage: Stage
) -> None:
    stage.publish([ORDERS])
    runs(stage, "before", 3)
    queue.server.stop()
    worker = stage.work()
    worker.says("The queue in PostgreSQL does not answer; it is asked again in 2 s")
    queue.server.start()
    hears(stage, 3, worker)
    said = worker.log().count("does not answer")
    queue.server.crash()
    until(lambda: worker.log().count("does not answer") > said, "that it is down", worker)
    queue.server.start()
    runs(stage, "after", 2)
    hears(stage, 5, worker)
    assert worker.stop() == 0
    assert "of-the-tests" not in worker.log()


def test_the_offset_goes_on_where_the_queue_has_let_go_of_its_beginning(
    queue: PgQueue, stage: Stage
) -> None:
    stage.publish([ORDERS])
    runs(stage, "gone", 6)
    # As the server's retention removes what is old; it keeps the last one of each partition.
    queue.ask(
        "DELETE FROM queue.metadata_queue_message m WHERE enqueue_seq <"
        " (SELECT max(enqueue_seq) FROM queue.metadata_queue_message l"
        " WHERE l.topic_id = m.topic_id AND l.partition_id = m.partition_id) RETURNING 1"
    )
    worker = stage.work()
    stage.listens(worker)
    runs(stage, "kept", 2)
    until(lambda: stage.heard() >= 2, "what came after", worker)
    until(lambda: queue.ask(OFFSETS) == queue.ask(LAST), "the end of every partition", worker)
    assert worker.stop() == 0


def test_partitions_that_are_added_are_heard(queue: PgQueue, stage: Stage) -> None:
    stage.publish([ORDERS, *(product(f"p{n}", checked(f"p{n}")) for n in range(8))])
    worker = stage.work()
    runs(stage, "before", 1)
    hears(stage, 1, worker)
    queue.ask("UPDATE queue.metadata_queue_topic SET partition_count = 8 RETURNING 1")
    for number in range(8):
        stage.run(f"p{number}")
    hears(stage, 9, worker)
    spread = queue.ask("SELECT DISTINCT partition_id FROM queue.metadata_queue_message")
    assert any(partition > 1 for (partition,) in spread)
