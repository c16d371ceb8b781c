"""The server without HTTP: what it is asked to do, in the terms of its storage."""

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from secrets import token_hex
from typing import Any

from tests.integration.gms.answers import Refusal
from tests.integration.gms.events import Change, arranged, events_of
from tests.integration.gms.intake import Call, Intake
from tests.integration.gms.model import Model, at_least, model
from tests.integration.gms.proposals import Proposal
from tests.integration.gms.search import Searchable, runs_found
from tests.integration.gms.sinks import EventSink, MemorySink
from tests.integration.gms.storage import Storage
from tests.integration.gms.switches import Switches
from tests.integration.gms.urns import key_of, type_of

SYSTEM = "urn:li:corpuser:__datahub_system"
USER = "urn:li:corpuser:datahub"
_DATA_TYPES = ("string", "number", "date", "urn", "rich_text")
_PLATFORMS = ("bigquery", "dbt", "duckdb", "postgres", "snowflake")
_REFUSES_TO_DELETE_DEFINITIONS = "next"


class Service:
    """Attributes:
    storage: what is kept.
    searchable: what search finds of it.
    events: all events that were told.
    written: entity and aspect of every proposal that was taken, in order.
    dropped: places of the unknown fields that were dropped, with entity and aspect.
    failed: asynchronous writes that came to nothing; the caller was told of success.
    """

    def __init__(
        self,
        storage: Storage,
        switches: Switches,
        sinks: list[EventSink],
        *,
        told: MemorySink,
        now: Callable[[], int],
        seconds: Callable[[], float],
    ) -> None:
        self.storage = storage
        self.searchable = Searchable(storage)
        self.switches = switches
        self.events = told
        self.written: list[tuple[str, str]] = []
        self.dropped: list[tuple[str, str, str]] = []
        self.failed: list[tuple[Proposal, str]] = []
        self._sinks: list[EventSink] = [self.events, *sinks]
        self._now = now
        self._seconds = seconds
        self._intake = Intake(storage, switches)
        self._lock = threading.RLock()
        self._held: list[tuple[str, list[Proposal]]] = []
        self._failed_traces: dict[tuple[str, str, str], str] = {}
        self._start()

    def _start(self) -> None:
        """What a server has from its first start: its data types, entity types and platforms."""
        entities = model().entities
        urns = [
            *(f"urn:li:dataType:datahub.{name}" for name in _DATA_TYPES),
            *(f"urn:li:entityType:datahub.{name}" for name in entities),
            *(f"urn:li:dataPlatform:{name}" for name in _PLATFORMS),
        ]
        with self.storage.transaction():
            self.storage.seed((urn, entities[type_of(urn)].key.name, key_of(urn)) for urn in urns)

    @property
    def model(self) -> Model:
        return model()

    @contextmanager
    def reading(self) -> Iterator[Storage]:
        """The storage, its index as far as it is by now; nobody writes meanwhile."""
        with self._lock:
            self.storage.index(self._seconds())
            yield self.storage

    def tick(self) -> None:
        """Let come what waits: held asynchronous writes, then the index."""
        with self._lock:
            held, self._held = self._held, []
            for trace, proposals in held:
                self._consume(proposals, trace, USER)
            self.storage.index(float("inf"))

    def ingest(self, raw: Sequence[dict[str, Any]], *, wait: bool, actor: str = USER) -> str:
        """Take proposals: all or none as far as the caller is told. Returns the trace id."""
        # Begins with the time in microseconds, which clients read from it.
        trace = f"{self._now() * 1_000:016x}{token_hex(8)}"
        with self._lock:
            self.storage.index(self._seconds())
            proposals = [self._intake.checks.read(proposal) for proposal in raw]
            for proposal in proposals:
                self.written.append((proposal.urn, proposal.aspect.name))
                self.dropped += [
                    (proposal.urn, proposal.aspect.name, place) for place in proposal.dropped
                ]
            if wait:
                try:
                    self._write(proposals, actor)
                except Refusal:
                    del self.written[len(self.written) - len(proposals) :]
                    raise
            elif self.switches.hold_async:
                self._held.append((trace, proposals))
            else:
                self._consume(proposals, trace, actor)
        return trace

    def delete(self, urn: str) -> tuple[int, int]:
        """Delete an entity for good: how many aspects and runs it had."""
        with self._lock:
            definition = self.storage.get(urn, "propertyDefinition")
            status = self.storage.get(urn, "status")
            strict = at_least(self.switches.version, _REFUSES_TO_DELETE_DEFINITIONS)
            if strict and definition and not (status and status.value.get("removed")):
                raise Refusal(f"Soft-delete {urn} before it is deleted for good")
            changes, counts = self._intake.delete(urn, self._call(USER))
            self._tell(changes)
            self.storage.index(self._seconds())
            return counts

    def trace_error(self, trace: str, urn: str, aspect: str) -> str | None:
        """Why an asynchronous write failed, as tracing says it."""
        return self._failed_traces.get((trace, urn, aspect))

    def latest(self, urn: str, aspect: str) -> tuple[Any, dict[str, Any], int] | None:
        """Value, system metadata and time of an aspect; the latest run of a timeseries."""
        described = model().aspects.get(aspect)
        if described is not None and described.timeseries:
            runs = runs_found(self.storage, urn, aspect, limit=1)
            return (*runs[0], runs[0][0]["timestampMillis"]) if runs else None
        held = self.storage.get(urn, aspect)
        return held and (self.shown(aspect, held.value), held.system, held.at)

    def shown(self, aspect: str, value: dict[str, Any]) -> dict[str, Any]:
        """What a reader gets: values of properties that were soft-deleted are left out."""
        if aspect != "structuredProperties":
            return value
        kept = [
            entry for entry in value["properties"] if not self._is_removed(entry["propertyUrn"])
        ]
        return {**value, "properties": kept}

    def now(self) -> int:
        return self._now()

    def _is_removed(self, urn: str) -> bool:
        status = self.storage.get(urn, "status")
        return bool(status and status.value.get("removed"))

    def _consume(self, proposals: Iterable[Proposal], trace: str, actor: str) -> None:
        # Each by itself: by now the batch is a row of messages in a queue.
        for proposal in proposals:
            try:
                self._write([proposal], actor)
            except Refusal as refusal:
                self.failed.append((proposal, str(refusal)))
                key = (trace, proposal.urn, proposal.aspect.name)
                self._failed_traces[key] = str(refusal)

    def _write(self, proposals: list[Proposal], actor: str) -> None:
        changes = self._intake.write(proposals, self._call(actor))
        self.storage.index(self._seconds())
        self._tell(changes)

    def _call(self, actor: str) -> Call:
        due = self._seconds() + self.switches.index_lag
        return Call(at=self._now(), due=due, actor=actor)

    def _tell(self, changes: list[Change]) -> None:
        events = [event for change in changes for event in events_of(change)]
        for event in arranged(
            events, duplicates=self.switches.duplicates, reorder=self.switches.reorder
        ):
            for sink in self._sinks:
                sink.take(event)


def proposal_of(urn: str, aspect: str, value: Any, change: str = "UPSERT") -> dict[str, Any]:
    """A proposal as it comes over the wire."""
    return {
        "entityType": type_of(urn),
        "entityUrn": urn,
        "changeType": change,
        "aspectName": aspect,
        "aspect": {"value": json.dumps(value), "contentType": "application/json"},
    }
