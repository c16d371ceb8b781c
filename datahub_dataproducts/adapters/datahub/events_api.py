"""The events API of DataHub's server: a topic read page by page, from where its reader left off.

An offset is kept by DataHub itself, in the very place where its own event source keeps it.
"""

import json
import logging
from dataclasses import dataclass
from typing import Any

from datahub.configuration.common import GraphError
from datahub.ingestion.graph.client import DataHubGraph
from datahub_actions.plugin.source.acryl.datahub_cloud_events_consumer import ExternalEventsResponse
from datahub_actions.plugin.source.acryl.datahub_cloud_events_consumer_offsets_store import (
    DataHubEventsConsumerPlatformResourceOffsetsStore,
)
from pydantic import ValidationError
from requests import RequestException

from datahub_dataproducts.adapters.datahub.receipts import NO_GMS, receipt_of
from datahub_dataproducts.domain.receipts import Refused, Retry

logger = logging.getLogger(__name__)

_PATH = "/openapi/v1/events/poll"
# The server holds a request for as long as it is told to; without an end nobody would notice that
# it is gone.
_GRACE_SECONDS = 30
_BYTES = ("aspect", "previousAspectValue", "entityKeyAspect", "payload")


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """Events of a topic in their order, as JSON, and the offset after them."""

    offset: str
    events: tuple[str, ...]


class EventsTopic:
    """One topic for one reader.

    Attributes:
        name: one of DataHub's own names of topics, whatever they are called on the server.
        offset: what is read next begins here; None: where the server says.
    """

    def __init__(
        self, graph: DataHubGraph, name: str, *, reader: str, lookback_days: int, afresh: bool
    ) -> None:
        """`reader` is a URN of its own; `lookback_days` counts where there is no offset yet.

        `afresh`: an offset of before is not looked at. Nothing is asked before the first page.
        """
        self.name = name
        self.offset: str | None = None
        self._graph = graph
        self._lookback_days = lookback_days
        self._store = DataHubEventsConsumerPlatformResourceOffsetsStore(graph, reader)
        self._is_loaded = afresh
        self._kept: str | None = None

    def page(self, *, limit: int, seconds: int) -> Page | Retry | Refused:
        """What comes next, at most `limit`; waits for it up to some seconds."""
        try:
            if not self._is_loaded:
                self.offset = self._kept = self._store.load_offset_id()
                self._is_loaded = True
            asked = {
                "topic": self.name,
                "limit": limit,
                "pollTimeoutSeconds": seconds,
                **self._from(),
            }
            answer = self._graph.session.get(
                f"{self._graph.config.server.rstrip('/')}{_PATH}",
                params=asked,
                timeout=seconds + _GRACE_SECONDS,
            )
            answer.raise_for_status()
            read = ExternalEventsResponse.model_validate(answer.json())
        except (GraphError, RequestException) as error:
            return receipt_of(error, self._graph.config.token)
        except (ValidationError, ValueError):
            return Retry(NO_GMS)
        return Page(offset=read.offsetId, events=tuple(event.value for event in read.events))

    @property
    def is_kept(self) -> bool:
        """True where DataHub has the offset, or there is none."""
        return self.offset == self._kept

    @property
    def has_begun(self) -> bool:
        """False where DataHub has no offset at all: who is killed now begins elsewhere."""
        return self._kept is not None

    def keep(self) -> None:
        """Have DataHub keep the offset; where that fails it is told, and can be done later."""
        if self.offset is None or self.is_kept:
            return
        try:
            self._store.store_offset_id(self.offset)
        except (GraphError, RequestException) as error:
            reason = receipt_of(error, self._graph.config.token).reason
            logger.warning("How far %s was heard is kept later: %s", self.name, reason)
        else:
            self._kept = self.offset

    def _from(self) -> dict[str, Any]:
        if self.offset is not None:
            return {"offsetId": self.offset}
        return {"lookbackWindowDays": self._lookback_days} if self._lookback_days else {}


def record_of(event: str) -> dict[str, Any]:
    """The record of an event, its texts as they were written.

    The server encodes bytes as Avro's JSON does, a character for each byte, and DataHub's client
    takes the characters for the text: every letter beyond ASCII would be two or three others.

    Raises:
        ValueError: it is no JSON, or no record.
    """
    record = json.loads(event)
    if not isinstance(record, dict):
        raise ValueError("no record")  # noqa: TRY004 - bad JSON and this are one fault
    for field in _BYTES:
        held = record.get(field)
        if isinstance(held, dict):
            # One of several records that a field may hold comes with its name.
            for part in (held, *held.values()):
                if isinstance(part, dict) and isinstance(part.get("value"), str):
                    part["value"] = _as_text(part["value"])
    return record


def _as_text(told: str) -> str:
    try:
        return told.encode("latin-1").decode()
    except UnicodeError:
        # It is text already.
        return told
