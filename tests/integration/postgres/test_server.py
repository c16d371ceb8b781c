"""The PostgreSQL of the tests is a real one, empty for each test, and comes back when it was stopped."""

from contextlib import closing

import psycopg2
import pytest

from tests.integration.postgres.server import PostgresServer


def test_a_database_is_empty_and_can_be_written(postgres_url: str) -> None:
    with closing(psycopg2.connect(postgres_url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        assert cursor.fetchone() == (0,)
        cursor.execute("CREATE TABLE t (n int)")
        connection.commit()


def test_each_test_has_a_database_of_its_own(postgres_url: str) -> None:
    test_a_database_is_empty_and_can_be_written(postgres_url)


def test_nobody_is_let_in_without_the_password(
    postgres_server: PostgresServer, postgres_database: str
) -> None:
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(postgres_server.url(postgres_database, password="guessed"))


@pytest.mark.parametrize("end", [PostgresServer.stop, PostgresServer.crash])
def test_what_was_committed_is_there_after_a_restart(
    end: object, postgres_server: PostgresServer, postgres_database: str
) -> None:
    postgres_server.execute("CREATE TABLE t (n int)", database=postgres_database)
    assert callable(end)
    end(postgres_server)
    postgres_server.start()
    assert postgres_server.execute("SELECT * FROM t", database=postgres_database) == []
