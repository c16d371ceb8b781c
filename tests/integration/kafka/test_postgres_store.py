"""`datahub actions` with its store in PostgreSQL: one works, one stands by, and things break."""

import signal
from contextlib import closing
from typing import Any

import psycopg2
import pytest

from tests.builders import checked, product
from tests.integration.postgres.server import PostgresServer
from tests.integration.sources.stage import Stage, Worker, until

pytestmark = pytest.mark.whole

HEALTH = "p0"
END = (
    "SELECT pg_terminate_backend(pid, 5000) FROM (SELECT DISTINCT pid FROM pg_locks"
    " WHERE locktype = 'advisory' AND granted AND database ="
    " (SELECT oid FROM pg_database WHERE datname = current_database())) AS works"
)


class Store:
    """A store in PostgreSQL, and what is asked of it."""

    def __init__(self, server: PostgresServer, url: str) -> None:
        self.url = url
        self._server = server

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Rows; none while the tables are not there."""
        with closing(psycopg2.connect(self.url)) as connection, connection.cursor() as cursor:
            try:
                cursor.execute(query)
            except psycopg2.errors.UndefinedTable:
                return []
            return list(cursor.fetchall())

    def heard(self) -> int:
        found = self.ask("SELECT count(*) FROM evidence")
        return int(found[0][0]) if found else 0

    def end_session(self) -> None:
        assert self.ask(END) == [(True,)]


@pytest.fixture
def store(postgres_server: PostgresServer, postgres_url: str) -> Store:
    return Store(postgres_server, postgres_url)


def is_well(store: Store, results: int) -> None:
    """All results are kept once, every verdict changed as often as they did, each letter arrived."""
    assert store.heard() == results
    steps = store.ask("SELECT health FROM steps WHERE scope = 'own' ORDER BY at")
    expected = ["UNHEALTHY" if turn % 2 else "HEALTHY" for turn in range(results)]
    assert [health for (health,) in steps] == expected
    until(lambda: not store.ask("SELECT 1 FROM letters WHERE state <> 'delivered'"), "all letters")
    assert not store.ask("SELECT reason FROM set_aside")


def tell(stage: Stage, turn: int) -> None:
    """A result that differs from the one before."""
    stage.run(HEALTH, "FAILURE" if turn % 2 else "SUCCESS", run=f"turn-{turn}")


def begun(stage: Stage, store: Store) -> tuple[Worker, Worker]:
    """Who works, and who stands by; one result is heard."""
    stage.publish([product(HEALTH, checked(HEALTH))])
    works = stage.work(HEALTH_STORE=store.url)
    stage.listens(works)
    tell(stage, 0)
    until(lambda: store.heard() == 1, "the first result", works)
    stands_by = stage.work(HEALTH_STORE=store.url)
    until(lambda: "this one stands by" in stands_by.log(), "who stands by", stands_by)
    return works, stands_by


def test_killed_the_next_takes_over_and_nothing_is_lost_or_double(
    stage: Stage, store: Store
) -> None:
    works, stands_by = begun(stage, store)
    tell(stage, 1)
    works.kill()
    tell(stage, 2)
    until(lambda: store.heard() == 3, "what came meanwhile", stands_by)
    until(lambda: stage.health(HEALTH) == "HEALTHY", "the health", stands_by)
    is_well(store, 3)
    assert stands_by.stop() == 0


def test_the_server_starts_anew_and_the_work_goes_on(
    stage: Stage, store: Store, postgres_server: PostgresServer
) -> None:
    works, stands_by = begun(stage, store)
    postgres_server.stop()
    tell(stage, 1)
    said = "It is waited for the store too: the store postgresql://postgres:***@"
    until(lambda: said in stands_by.log(), "who stands by", stands_by)
    postgres_server.start()
    until(lambda: store.heard() == 2, "what came meanwhile")
    tell(stage, 2)
    until(lambda: store.heard() == 3, "what came later")
    is_well(store, 3)
    # Whoever was the first to have the lock again: the other one stands by or has ended.
    for worker in (works, stands_by):
        worker.kill()
        assert "of-the-tests" not in worker.log()


def test_who_stood_still_while_another_took_over_ends_by_itself_and_keeps_nothing(
    stage: Stage, store: Store
) -> None:
    works, stands_by = begun(stage, store)
    works.send(signal.SIGSTOP)
    store.end_session()
    until(lambda: "this one takes over" in stands_by.log(), "the next", stands_by)
    stage.listens(stands_by)
    works.send(signal.SIGCONT)
    # No event makes it look: its clock does.
    until(lambda: not works.is_running, "the end of the old one")
    assert "it must end, and stands by when it is started again" in works.log()
    assert "of-the-tests" not in works.log()
    tell(stage, 1)
    until(lambda: store.heard() == 2, "what came later", stands_by)
    is_well(store, 2)
    assert stands_by.stop() == 0


def test_a_store_that_is_not_there_is_said_in_words(
    stage: Stage, postgres_server: PostgresServer
) -> None:
    worker = stage.work(HEALTH_STORE=postgres_server.url("nowhere"))
    assert worker.stop_code() == 1
    assert 'database "nowhere" does not exist): check store.url, and that the server is up' in (
        " ".join(worker.log().split())
    )
    assert "of-the-tests" not in worker.log()
