"""That one process at a time works on a store in PostgreSQL, and that who lost the right keeps nothing."""

import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, create_engine, text

from datahub_dataproducts.adapters.datahub.definitions import read_definition, write_definition
from datahub_dataproducts.adapters.store import working_session
from datahub_dataproducts.adapters.store.store import SqlHealthStore
from datahub_dataproducts.adapters.store.working_session import WorkingSession
from datahub_dataproducts.application.ports import Superseded, Unavailable
from tests.builders import result
from tests.integration.postgres.proxy import Wire
from tests.integration.postgres.server import PostgresServer

T = "urn:li:assertion:t"
END = (
    "SELECT pg_terminate_backend(pid, 5000) FROM (SELECT DISTINCT pid FROM pg_locks"
    " WHERE locktype = 'advisory' AND granted AND database ="
    " (SELECT oid FROM pg_database WHERE datname = current_database())) AS works"
)
HOLDS = """
import sys
from tests.fakes import store_at
from tests.builders import result
store = store_at(sys.argv[1])
print(store.occupy(), flush=True)
with store.transaction() as book:
    book.record(result("t", 1))
    print("in the middle", flush=True)
    sys.stdin.read()
"""

Cut = Callable[[], None]


@pytest.fixture
def cut(postgres_server: PostgresServer, postgres_database: str) -> Cut:
    """End the session that works on the store, as an administrator or a broken wire does."""

    def end() -> None:
        assert postgres_server.execute(END, database=postgres_database) == [(True,)]

    return end


@contextmanager
def worker(url: str) -> Iterator[SqlHealthStore]:
    """A store that this process works on."""
    store = SqlHealthStore(url, write_definition, read_definition)
    assert store.occupy()
    store.open()
    yield store
    store.close()


def kept(url: str) -> list[int]:
    """When what is kept was heard, as another sees it."""
    store = SqlHealthStore(url, write_definition, read_definition)
    store.open(create=False)
    with store.reading() as book:
        found = [one.at for one in book.evidence([T], None)]
    store.close()
    return sorted(found)


def keep(store: SqlHealthStore, at: int) -> None:
    with store.transaction() as book:
        book.record(result("t", at))


def test_one_works_and_the_next_may_when_it_leaves(postgres_url: str) -> None:
    second = SqlHealthStore(postgres_url, write_definition, read_definition)
    with worker(postgres_url) as first:
        assert first.occupy()
        assert not second.occupy()
        keep(first, 1)
    assert second.occupy()
    second.open()
    keep(second, 2)
    second.close()
    assert kept(postgres_url) == [1, 2]


def test_who_is_killed_in_a_transaction_leaves_nothing_of_it_and_the_next_takes_over(
    postgres_url: str,
) -> None:
    standby = SqlHealthStore(postgres_url, write_definition, read_definition)
    command = [sys.executable, "-c", HOLDS, postgres_url]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "True\n"
        assert other.stdout.readline() == "in the middle\n"
        assert not standby.occupy()
        other.kill()
        other.wait()
    for _ in range(100):
        if standby.occupy():
            break
        threading.Event().wait(0.05)
    standby.open()
    assert kept(postgres_url) == []
    keep(standby, 2)
    standby.close()
    assert kept(postgres_url) == [2]


def test_who_lost_its_session_goes_on_where_nobody_else_worked_meanwhile(
    postgres_url: str, cut: Cut, caplog: pytest.LogCaptureFixture
) -> None:
    with worker(postgres_url) as store, caplog.at_level(logging.WARNING):
        keep(store, 1)
        cut()
        keep(store, 2)
        (told,) = caplog.records
        assert told.getMessage() == (
            f"The connection to the store {masked(postgres_url)} was lost and is there again; "
            "nobody else worked on it"
        )
        assert kept(postgres_url) == [1, 2]
        other = SqlHealthStore(postgres_url, write_definition, read_definition)
        assert not other.occupy(), "it has the right again"
        other.close()


def test_who_lost_its_session_while_another_took_over_keeps_nothing_any_more(
    postgres_url: str, cut: Cut
) -> None:
    with worker(postgres_url) as old:
        keep(old, 1)
        cut()
        with worker(postgres_url) as new:
            keep(new, 2)
            for _ in range(2):
                with pytest.raises(Superseded) as refused:
                    keep(old, 3)
            with pytest.raises(Superseded):
                old.due_letters(10, 10)
            keep(new, 4)
    assert str(refused.value) == (
        f"another process works on the store {masked(postgres_url)} since this one lost its "
        "connection, so this one keeps nothing any more: it must end, and stands by when it is "
        "started again"
    )
    assert kept(postgres_url) == [1, 2, 4]


def test_who_comes_back_when_the_other_is_gone_too_must_begin_anew(
    postgres_url: str, cut: Cut
) -> None:
    with worker(postgres_url) as old:
        keep(old, 1)
        cut()
        with worker(postgres_url) as new:
            keep(new, 2)
        with pytest.raises(Superseded):
            keep(old, 3)
    with worker(postgres_url) as again:
        keep(again, 4)
    assert kept(postgres_url) == [1, 2, 4]


def test_a_session_that_ends_in_the_middle_takes_what_it_wrote_with_it(
    postgres_url: str, cut: Cut
) -> None:
    with worker(postgres_url) as store:
        with pytest.raises(Unavailable, match=r"cannot be used \("):
            write_and(store, cut, again=True)
        assert kept(postgres_url) == []
        keep(store, 2)
    assert kept(postgres_url) == [2]


def write_and(store: SqlHealthStore, happens: Cut, *, again: bool = False) -> None:
    with store.transaction() as book:
        book.record(result("t", 1))
        happens()
        if again:
            book.record(result("t", 2))


def test_who_wrote_in_a_session_that_ended_before_its_commit_is_told_so(
    postgres_url: str, cut: Cut
) -> None:
    with worker(postgres_url) as store:
        with pytest.raises(Unavailable):
            write_and(store, cut)
        assert kept(postgres_url) == []
        keep(store, 2)
    assert kept(postgres_url) == [2]


@pytest.mark.parametrize("end", [PostgresServer.stop, PostgresServer.crash])
def test_a_server_that_starts_anew_is_waited_for(
    end: Callable[[PostgresServer], None], postgres_server: PostgresServer, postgres_url: str
) -> None:
    with worker(postgres_url) as store:
        keep(store, 1)
        end(postgres_server)
        back = threading.Timer(1.0, postgres_server.start)
        back.start()
        keep(store, 2)
        back.join()
    assert kept(postgres_url) == [1, 2]


@pytest.mark.parametrize(("moment", "there"), [("before", [1]), ("after", [1, 2])])
def test_a_commit_that_is_not_answered_is_asked_after(
    moment: str,
    there: list[int],
    postgres_server: PostgresServer,
    postgres_database: str,
    postgres_url: str,
) -> None:
    with Wire(postgres_server.host, postgres_server.port) as wire:
        direct = f":{postgres_server.port}/"
        with worker(postgres_url.replace(direct, f":{wire.port}/")) as store:
            keep(store, 1)
            wire.cut_at_commit = moment
            if moment == "before":
                with pytest.raises(Unavailable):
                    keep(store, 2)
            else:
                keep(store, 2)
            assert kept(postgres_url) == there
            keep(store, 3)
    assert kept(postgres_url) == [*there, 3]


def test_who_clears_the_store_and_who_works_on_it_take_turns(postgres_url: str) -> None:
    with worker(postgres_url) as store:
        other = SqlHealthStore(postgres_url, write_definition, read_definition)
        other.open()
        done = threading.Event()

        def clear() -> None:
            with other.clearing() as clearance:
                clearance.put_mark(5)
            done.set()

        with store.transaction() as book:
            thread = threading.Thread(target=clear, daemon=True)
            thread.start()
            assert not done.wait(0.3)
            assert book.mark() is None
        thread.join()
        with store.transaction() as book:
            assert book.mark() == 5
        other.close()


def test_a_mistake_of_ours_does_not_cost_the_right(postgres_url: str) -> None:
    with worker(postgres_url) as store:
        with pytest.raises(KeyError):
            write_and(store, fail)
        keep(store, 2)
    assert kept(postgres_url) == [2]


def fail() -> None:
    raise KeyError


def test_a_pooler_that_shares_sessions_is_found_out(postgres_url: str) -> None:
    engine = create_engine(postgres_url.replace("postgresql:", "postgresql+psycopg2:"))
    shared = engine.connect()

    class Unclosed:
        """What a pooler gives to two clients."""

        def __init__(self) -> None:
            self.begin, self.execute = shared.begin, shared.execute

        def detach(self) -> None:
            pass

        def close(self) -> None:
            pass

    def connect() -> Connection:
        return Unclosed()  # type: ignore[return-value]

    assert WorkingSession(connect, "here").take()
    with pytest.raises(Unavailable, match="the store here is reached through a pooler"):
        WorkingSession(connect, "here").take()
    assert shared.execute(text("SELECT 1")).scalar() == 1
    shared.close()
    engine.dispose()


def masked(url: str) -> str:
    return url.replace(":of-the-tests@", ":***@")


def test_who_writes_all_the_time_keeps_another_thread_from_writing_and_says_so(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working_session, "_BUSY_SECONDS", 0.01)
    with worker(postgres_url) as store:
        with store.transaction() as book:
            with pytest.raises(Unavailable, match="this process writes all the time"):
                keep(store, 2)
            book.record(result("t", 1))
        assert kept(postgres_url) == [1]


def test_a_server_that_does_not_come_back_is_waited_for_so_long_and_works_when_it_is_back(
    postgres_server: PostgresServer, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working_session, "_WAITS", (0.01, None))
    with worker(postgres_url) as store:
        keep(store, 1)
        postgres_server.stop()
        try:
            with pytest.raises(Unavailable, match="cannot be used"):
                keep(store, 2)
        finally:
            postgres_server.start()
        keep(store, 3)
    assert kept(postgres_url) == [1, 3]
