"""The server's events in its queue in PostgreSQL, as it stores them there."""

from collections.abc import Mapping
from contextlib import closing
from urllib.parse import urlsplit

import psycopg2
from datahub.pgqueue.compression import PgQueuePayloadCompression, encode_inner
from datahub.pgqueue.repository import PgQueueRepository

from tests.integration.gms.events import PLATFORM, TIMESERIES, VERSIONED, Event
from tests.integration.gms.kafka import encoded

SCHEMA, PREFIX = "queue", "metadata_queue"
PARTITIONS = 2
_WEEK = 604_800
_MIME = "application/avro"
_LIMITS = {
    "partition_count": PARTITIONS,
    "retention_max_age_seconds": _WEEK,
    "max_rows_per_topic": 0,
    "max_total_payload_bytes": 0,
    "default_content_type_mime": _MIME,
}
_ID = "bigint GENERATED ALWAYS AS IDENTITY"
_OF_TOPIC = f"topic_id bigint NOT NULL REFERENCES {PREFIX}_topic (id) ON DELETE CASCADE"
# What the server's set-up makes; the messages of all days are in one part here.
_TABLES = f"""
CREATE SCHEMA {SCHEMA};
SET search_path TO {SCHEMA};
CREATE TABLE {PREFIX}_content_type (
  id smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, mime text NOT NULL UNIQUE);
INSERT INTO {PREFIX}_content_type (mime) VALUES ('{_MIME}');
CREATE TABLE {PREFIX}_topic (
  id {_ID} PRIMARY KEY, topic_name text NOT NULL UNIQUE,
  partition_count int NOT NULL CHECK (partition_count BETWEEN 1 AND 4096),
  retention_max_age_seconds int NOT NULL CHECK (retention_max_age_seconds >= 0),
  max_rows_per_topic bigint NOT NULL CHECK (max_rows_per_topic >= 0),
  max_total_payload_bytes bigint NOT NULL CHECK (max_total_payload_bytes >= 0),
  default_content_type_id smallint REFERENCES {PREFIX}_content_type (id),
  aggressive_retention boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE {PREFIX}_consumer_offset (
  id {_ID} PRIMARY KEY, consumer_group text NOT NULL, {_OF_TOPIC},
  partition_id int NOT NULL CHECK (partition_id >= 0),
  offset_value bigint NOT NULL DEFAULT 0, epoch bigint NOT NULL DEFAULT 0,
  UNIQUE (consumer_group, topic_id, partition_id));
CREATE TABLE {PREFIX}_message (
  id {_ID}, {_OF_TOPIC}, partition_id int NOT NULL, routing_key text NOT NULL,
  enqueue_seq bigint NOT NULL, priority smallint NOT NULL DEFAULT 5, payload bytea NOT NULL,
  content_type_id smallint REFERENCES {PREFIX}_content_type (id),
  payload_compression smallint NOT NULL DEFAULT 0 CHECK (payload_compression >= 0),
  headers jsonb, payload_bytes bigint GENERATED ALWAYS AS (octet_length(payload)) STORED,
  enqueued_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (id, enqueued_at),
  UNIQUE (topic_id, partition_id, enqueue_seq, enqueued_at),
  CHECK (priority BETWEEN 0 AND 9)) PARTITION BY RANGE (enqueued_at);
CREATE TABLE {PREFIX}_message_default PARTITION OF {PREFIX}_message DEFAULT;
CREATE INDEX ON {PREFIX}_message (topic_id, partition_id, priority, enqueue_seq);
CREATE TABLE {PREFIX}_message_group_lease (
  id {_ID} PRIMARY KEY, message_id bigint NOT NULL, message_enqueued_at timestamptz NOT NULL,
  consumer_group text NOT NULL, lock_owner text NOT NULL, locked_until timestamptz NOT NULL,
  UNIQUE (message_id, message_enqueued_at, consumer_group),
  FOREIGN KEY (message_id, message_enqueued_at)
    REFERENCES {PREFIX}_message (id, enqueued_at) ON DELETE CASCADE);
CREATE TABLE {PREFIX}_consumer_registration (
  id {_ID} PRIMARY KEY, consumer_group text NOT NULL, {_OF_TOPIC},
  registered_at timestamptz NOT NULL DEFAULT now(),
  last_heartbeat_at timestamptz NOT NULL DEFAULT now(), UNIQUE (consumer_group, topic_id));
"""  # noqa: S608 - of constants


def make_queue(url: str) -> None:
    """Make the tables in an empty database, with a row for each topic, as the server's start does."""
    with closing(psycopg2.connect(url)) as connection:
        with connection, connection.cursor() as cursor:
            cursor.execute(_TABLES)
        with connection:
            for topic in (VERSIONED, TIMESERIES, PLATFORM):
                PgQueueRepository(SCHEMA, PREFIX).ensure_topic(connection, topic, *_LIMITS.values())


class PgQueueSink:
    """Puts messages into the queue; each is there when `take` returns."""

    def __init__(self, url: str) -> None:
        self._url = url

    def take(self, event: Event) -> None:
        self.put(event.topic, encoded(event), event.key)

    def put(
        self,
        topic: str,
        inner: bytes,
        key: str,
        *,
        priority: int = 5,
        stored: bytes | None = None,
    ) -> None:
        """A message of these bytes; `stored`: what is stored in place of them, compressed."""
        mode = PgQueuePayloadCompression.SNAPPY
        # One that is open would not outlive a restart of the database.
        with closing(psycopg2.connect(self._url)) as connection:
            PgQueueRepository(SCHEMA, PREFIX).enqueue(
                connection,
                topic_name=topic,
                routing_key=key,
                priority=priority,
                payload=encode_inner(inner, mode) if stored is None else stored,
                content_type=_MIME,
                headers=(),
                payload_compression=int(mode),
                **_LIMITS,
            )


def connection_settings(url: str) -> Mapping[str, str]:
    """The environment of `recipes/actions/pg_queue.yml` for a database."""
    parts = urlsplit(url)
    return {
        "DATAHUB_PGQUEUE_HOST_PORT": f"{parts.hostname}:{parts.port}",
        "DATAHUB_PGQUEUE_DATABASE": parts.path.lstrip("/"),
        "DATAHUB_PGQUEUE_USER": parts.username or "",
        "DATAHUB_PGQUEUE_PASSWORD": parts.password or "",
    }
