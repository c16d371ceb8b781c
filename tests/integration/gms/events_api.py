"""The events API: what was told on a topic since an offset, page by page."""

import asyncio
import base64
import io
import json
from typing import Any

import fastavro
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from datahub_dataproducts.domain.durations import DAY
from tests.integration.gms.answers import Refusal
from tests.integration.gms.events import PLATFORM, TIMESERIES, VERSIONED, Event
from tests.integration.gms.kafka import avro_schema, record_of
from tests.integration.gms.service import Service

_SCHEMAS = {
    PLATFORM: "PlatformEvent",
    VERSIONED: "MetadataChangeLog",
    TIMESERIES: "MetadataChangeLog",
}
_LIMIT, _MOST = 100, 5_000
_SECONDS, _MOST_SECONDS = 10, 60
_LOOK_EVERY = 0.02


class EventsApi:
    """Each topic has one partition here."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def routes(self) -> list[Route]:
        return [Route("/openapi/v1/events/poll", self.poll, methods=["GET"])]

    async def poll(self, request: Request) -> Response:
        asked, switches = request.query_params, self._service.switches
        topic = asked["topic"]
        if topic in switches.closed_topics:
            return Response(status_code=403)
        if topic not in _SCHEMAS:
            raise Refusal(f"Unsupported topic {topic}", 400)
        limit = min(int(asked.get("limit", _LIMIT)), _MOST)
        start = self._start(topic, asked)
        wait = min(int(asked.get("pollTimeoutSeconds", _SECONDS)), _MOST_SECONDS)
        page = await self._page(topic, start, limit, wait)
        told = [{"contentType": "application/json", "value": told_as(event)} for event in page]
        offset = offset_id(topic, start + len(page))
        return JSONResponse({"offsetId": offset, "count": len(told), "events": told})

    async def _page(self, topic: str, start: int, limit: int, seconds: int) -> list[Event]:
        """Until it is full or the time is over; or until there is anything, as is switched."""
        give_up = asyncio.get_running_loop().time() + seconds
        while True:
            page = self._service.events.of(topic)[start : start + limit]
            full = len(page) == limit or (page and not self._service.switches.fills_pages)
            if full or asyncio.get_running_loop().time() >= give_up:
                return page
            await asyncio.sleep(_LOOK_EVERY)

    def _start(self, topic: str, asked: Any) -> int:
        told = self._service.events.of(topic)
        if "offsetId" in asked:
            return _number(asked["offsetId"])
        days = int(asked.get("lookbackWindowDays", 0))
        if not days:
            return len(told)
        since = self._service.now() - days * DAY
        return next((n for n, event in enumerate(told) if event.at >= since), len(told))


def offset_id(topic: str, number: int) -> str:
    """How the server writes down how far a topic was read."""
    return base64.b64encode(json.dumps({f"{topic}-0": number}).encode()).decode()


def _number(offset: str) -> int:
    try:
        (number,) = json.loads(base64.b64decode(offset, validate=True)).values()
        return int(number)
    except (ValueError, AttributeError):
        raise Refusal(f"Failed to decode and parse offsetId: {offset}", 500) from None


def told_as(event: Event) -> str:
    """The record as Avro's JSON: one character for each byte, optional fields with their type."""
    if event.text is not None:
        return event.text
    stream = io.StringIO()
    schema = avro_schema(_SCHEMAS[event.topic])
    fastavro.json_writer(stream, schema, [record_of(event)], write_union_type=True)
    return stream.getvalue()
