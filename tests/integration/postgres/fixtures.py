"""A PostgreSQL for every test that asks: one server a worker of pytest, a fresh database a test."""

from collections.abc import Iterator
from itertools import count

import pytest

from tests.integration.postgres.server import PostgresServer

_numbers = count(1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """The server that the tests share; who stops it starts it again."""
    with PostgresServer() as server:
        yield server


@pytest.fixture
def postgres_database(postgres_server: PostgresServer) -> Iterator[str]:
    """The name of an empty database, gone after the test whoever is still connected."""
    name = f"test_{next(_numbers)}"
    postgres_server.execute(f"CREATE DATABASE {name}")
    yield name
    postgres_server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres_url(postgres_server: PostgresServer, postgres_database: str) -> str:
    """`postgresql://user:password@127.0.0.1:port/database` of an empty database."""
    return postgres_server.url(postgres_database)
