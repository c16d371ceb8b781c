"""Events by DataHub's queue in a real PostgreSQL."""

import uuid
from collections.abc import Mapping
from typing import Any

from tests.integration.gms.events import TIMESERIES
from tests.integration.gms.pg_queue import PgQueueSink, connection_settings, make_queue
from tests.integration.gms.server import Gms
from tests.integration.postgres.server import PostgresServer
from tests.integration.sources.source import ACTIONS, Poison, avro_poisons

_NOT_COMPRESSED = b"no snappy"


class PgQueue:
    """See `Source`.

    Attributes:
        server: the database server; who stops it starts it again.
    """

    recipe = ACTIONS / "pg_queue.yml"
    acknowledges_at_once = True
    is_the_server = False
    drops_before_decoding = False

    def __init__(self, server: PostgresServer) -> None:
        one = uuid.uuid4().hex[:8]
        self.server = server
        self.group = f"health-{one}"
        self._database = f"datahub_{one}"
        server.execute(f"CREATE DATABASE {self._database}")
        url = server.url(self._database)
        make_queue(url)
        self._sink = PgQueueSink(url)
        self.sinks = [self._sink]
        self._settings = connection_settings(url)

    def settings(self, gms: Gms) -> Mapping[str, str]:
        registry = f"{gms.url}/schema-registry/api/"
        lease = {"HEALTH_LEASE_SECONDS": "5"}
        return {**self._settings, **lease, "SCHEMA_REGISTRY_URL": registry}

    def name_of(self, topic: str) -> str:
        return topic

    def poisons(self) -> list[Poison]:
        return [*avro_poisons(), (TIMESERIES, _NOT_COMPRESSED, "cannot be read")]

    def poison(self, gms: Gms, topic: str, value: bytes, key: str) -> None:
        stored = value if value == _NOT_COMPRESSED else None
        self._sink.put(topic, value, key, stored=stored)

    def acknowledged(self, gms: Gms) -> int:
        query = (
            "SELECT coalesce(sum(offset_value), 0)::int FROM queue.metadata_queue_consumer_offset"
        )
        ((count,),) = self.ask(f"{query} WHERE consumer_group = '{self.group}'")
        return int(count)

    def has_listeners(self, gms: Gms, log: str) -> bool:
        return bool(self.ask("SELECT 1 FROM queue.metadata_queue_consumer_registration"))

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        """Rows of the database of the queue."""
        return self.server.execute(statement, database=self._database)
