"""Each way by which events come, for every test that asks."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.gms.kafka import mock_broker
from tests.integration.postgres.server import PostgresServer
from tests.integration.sources.events_api import EventsApi
from tests.integration.sources.kafka import BOOTSTRAP, Kafka
from tests.integration.sources.pg_queue import PgQueue
from tests.integration.sources.source import Source
from tests.integration.sources.stage import Stage

WAYS = ("kafka", "pg_queue", "events_api")


@pytest.fixture(scope="session")
def broker() -> Iterator[str]:
    """An address: librdkafka's own broker, within the test, or the one that is named."""
    named = os.environ.get(BOOTSTRAP)
    if named:
        yield named
        return
    with mock_broker() as address:
        yield address


@pytest.fixture(scope="session")
def made_source(request: pytest.FixtureRequest) -> Callable[[str], Source]:
    """A way by its name, with nothing in it; what it needs is started when it is asked for."""

    def make(name: str) -> Source:
        if name == "events_api":
            return EventsApi()
        if name == "kafka":
            return Kafka(request.getfixturevalue("broker"))
        server: PostgresServer = request.getfixturevalue("postgres_server")
        return PgQueue(server)

    return make


@pytest.fixture(scope="module", params=WAYS)
def any_source(request: pytest.FixtureRequest, made_source: Callable[[str], Source]) -> Source:
    """Each of them; Kafka on whatever broker there is."""
    return made_source(request.param)


@pytest.fixture(params=WAYS)
def stage(
    request: pytest.FixtureRequest, made_source: Callable[[str], Source], tmp_path: Path
) -> Iterator[Stage]:
    """A stage for each way; for Kafka only on a real broker."""
    if request.param == "kafka" and BOOTSTRAP not in os.environ:
        pytest.skip("`make test-kafka` runs these, against a real broker")
    with Stage(made_source(request.param), tmp_path) as made:
        yield made
