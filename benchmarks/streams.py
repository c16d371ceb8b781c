"""A stream as a busy DataHub has it, in a Kafka within this process, and the registry of its schemas.

Each result is two messages, as the server tells it: its run event, and the entity change event of
the run. One message in forty of those that concern the action is an operation. As many as all of
these are about something else: aspects that ingestions write, profiles, usage, changes of other
entities.
"""

import io
import json
import random
import struct
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import confluent_kafka
import datahub.metadata.schemas
import fastavro
import portfolios
from portfolios import Check

LOG, PLATFORM = 1, 2
_SCHEMAS = {
    id_: (Path(datahub.metadata.schemas.__file__).parent / f"{name}.avsc").read_text("utf-8")
    for id_, name in ((LOG, "MetadataChangeLog"), (PLATFORM, "PlatformEvent"))
}
_PARSED: dict[int, Any] = {id_: fastavro.parse_schema(json.loads(t)) for id_, t in _SCHEMAS.items()}
_ACTOR = "urn:li:corpuser:datahub"
_NOISE_ASPECTS = (
    "schemaMetadata",
    "datasetProperties",
    "ownership",
    "upstreamLineage",
    "structuredProperties",
    "globalTags",
)
_COLUMNS = 12


@dataclass(frozen=True, slots=True)
class Message:
    """As it is sent; `topic` is one of `VERSIONED`, `TIMESERIES`, `CHANGES`."""

    topic: str
    key: str
    value: bytes


VERSIONED, TIMESERIES, CHANGES = "mcl", "mcl_timeseries", "pe"
"""As DataHub's source calls its topics."""


def messages(checks: Iterable[Check], instants: Iterable[int], seed: int) -> Iterator[Message]:
    """The stream of some results, each of an instant (milliseconds)."""
    chance = random.Random(seed)
    for place, (check, at) in enumerate(zip(checks, instants, strict=False)):
        run = portfolios.run_event(check, at)
        urn = str(run["assertionUrn"])
        yield _log(urn, "assertionRunEvent", run, at, TIMESERIES)
        yield _change(urn, run, at)
        kept = 2
        if place % 20 == 0:
            yield _operation(str(run["asserteeUrn"]), at)
            kept += 1
        for _ in range(kept):
            yield _noise(chance, at)


def _operation(dataset: str, at: int) -> Message:
    value = {
        "timestampMillis": at,
        "operationType": "INSERT",
        "lastUpdatedTimestamp": at,
        "actor": _ACTOR,
    }
    return _log(dataset, "operation", value, at, TIMESERIES)


def _noise(chance: random.Random, at: int) -> Message:
    urn = f"urn:li:dataset:(urn:li:dataPlatform:dbt,shop.staging.stg_{chance.randrange(20_000):05},PROD)"
    drawn = chance.random()
    if drawn < 0.25:
        value = {
            "timestampMillis": at,
            "rowCount": chance.randrange(10**6),
            "columnCount": _COLUMNS,
        }
        return _log(urn, "datasetProfile", value, at, TIMESERIES)
    if drawn < 0.4:
        body = {
            "entityType": "dataset",
            "entityUrn": urn,
            "category": "TAG",
            "operation": "ADD",
            "modifier": "urn:li:tag:pii",
            "parameters": {"tagUrn": "urn:li:tag:pii"},
            "auditStamp": {"time": at, "actor": _ACTOR},
            "version": 0,
        }
        return _platform_event(urn, body, at)
    aspect = chance.choice(_NOISE_ASPECTS)
    columns = [
        {"fieldPath": f"column_{n}", "nativeDataType": "VARCHAR", "description": f"Column {n}"}
        for n in range(_COLUMNS)
    ]
    return _log(urn, aspect, {"name": urn, "fields": columns}, at, VERSIONED)


def _log(urn: str, aspect: str, value: dict[str, object], at: int, topic: str) -> Message:
    body = {
        "entityType": urn.split(":")[2],
        "entityUrn": urn,
        "changeType": "UPSERT",
        "aspectName": aspect,
        "aspect": {"value": json.dumps(value).encode(), "contentType": "application/json"},
        "systemMetadata": {"lastObserved": at, "runId": f"dbt-2026_11_23-{at // 3_600_000}"},
        "created": {"time": at, "actor": _ACTOR},
    }
    return Message(topic, urn, _avro(LOG, body))


def _change(urn: str, run: dict[str, object], at: int) -> Message:
    result: Any = run["result"]
    parameters = {
        "runResult": "COMPLETE",
        "runId": run["runId"],
        "asserteeUrn": run["asserteeUrn"],
        "assertionResult": result["type"],
    }
    body = {
        "entityType": "assertion",
        "entityUrn": urn,
        "category": "RUN",
        "operation": "COMPLETED",
        "parameters": parameters,
        "auditStamp": {"time": at, "actor": _ACTOR},
        "version": 0,
    }
    return _platform_event(urn, body, at)


def _platform_event(urn: str, body: dict[str, object], at: int) -> Message:
    payload = {"value": json.dumps(body).encode(), "contentType": "application/json"}
    event = {"header": {"timestampMillis": at}, "name": "entityChangeEvent", "payload": payload}
    return Message(CHANGES, f"entityChangeEvent-{urn}", _avro(PLATFORM, event))


def _avro(schema: int, body: dict[str, Any]) -> bytes:
    stream = io.BytesIO()
    stream.write(b"\0" + struct.pack(">I", schema))
    fastavro.schemaless_writer(stream, _PARSED[schema], body)
    return stream.getvalue()


class Broker:
    """A broker to fill and to read from; librdkafka's own unless another is named.

    Attributes:
        address: for clients.
        registry: address of the schema registry.
    """

    def __init__(self, address: str, registry: str) -> None:
        self.address = address
        self.registry = registry
        self._producer = confluent_kafka.Producer({
            "bootstrap.servers": address,
            # The broker within the process keeps 5 MB of each partition, as they are sent.
            "compression.type": "zstd",
            "linger.ms": 20,
            "batch.size": 900_000,
            "queue.buffering.max.messages": 1_000_000,
            "queue.buffering.max.kbytes": 1_000_000,
            "log_level": 0,
        })

    def topics(self, name: str) -> dict[str, str]:
        """Topics of their own, empty."""
        made = {kind: f"{kind}-{name}" for kind in (VERSIONED, TIMESERIES, CHANGES)}
        for topic in made.values():
            for _ in range(600):
                if self._producer.list_topics(topic, timeout=10).topics[topic].partitions:
                    break
                threading.Event().wait(0.1)
        return made

    def send(self, topics: dict[str, str], stream: Iterable[Message]) -> int:
        """All of a stream; how many messages it has."""
        count = 0
        for message in stream:
            self._producer.produce(topics[message.topic], message.value, key=message.key)
            count += 1
        if self._producer.flush(300):
            raise RuntimeError("the broker does not take the stream")
        return count


@contextmanager
def broker(named: str | None) -> Iterator[Broker]:
    """A broker and a registry that live while the block lasts."""
    with _registry() as registry:
        if named:
            yield Broker(named, registry)
            return
        cluster = confluent_kafka.Producer({
            "test.mock.num.brokers": 1,
            "bootstrap.servers": "made-by-the-cluster:1",
            "log_level": 0,
        })
        [made] = cluster.list_topics(timeout=10).brokers.values()
        yield Broker(f"{made.host}:{made.port}", registry)
        # Only now may the cluster go.
        cluster.flush(0)


@contextmanager
def _registry() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Schemas)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


class _Schemas(BaseHTTPRequestHandler):
    """Schemas by their id, and nothing else."""

    def do_GET(self) -> None:
        """As the registry of DataHub's server answers."""
        schemas = {f"/schemas/ids/{id_}": text for id_, text in _SCHEMAS.items()}
        text = schemas.get(self.path.split("?")[0])
        told = {"schema": text} if text else {"error_code": 40403, "message": "not found"}
        body = json.dumps(told).encode()
        self.send_response(200 if text else 404)
        self.send_header("Content-Type", "application/vnd.schemaregistry.v1+json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""
