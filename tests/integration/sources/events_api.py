"""Events by the events API of DataHub's server."""

import base64
import json
import uuid
from collections.abc import Mapping

from tests.integration.gms.events import Event
from tests.integration.gms.server import Gms
from tests.integration.gms.sinks import EventSink
from tests.integration.sources.source import ACTIONS, Poison, text_poisons


class EventsApi:
    """See `Source`; all events are kept by the server itself."""

    recipe = ACTIONS / "events_api.yml"
    acknowledges_at_once = False
    is_the_server = True
    drops_before_decoding = False

    def __init__(self) -> None:
        self.group = f"health-{uuid.uuid4().hex[:8]}"
        self.sinks: list[EventSink] = []

    def settings(self, gms: Gms) -> Mapping[str, str]:
        # The server need not hold an answer that it could give.
        gms.switches.fills_pages = False
        return {"HEALTH_POLL_SECONDS": "1"}

    def name_of(self, topic: str) -> str:
        return topic

    def poisons(self) -> list[Poison]:
        return text_poisons()

    def poison(self, gms: Gms, topic: str, value: str, key: str) -> None:
        stamp = {"created": {"time": 2**62}}
        gms.events.append(Event(topic=topic, key=key, body=stamp, text=value))

    def acknowledged(self, gms: Gms) -> int:
        return sum(
            number
            for aspects in gms.everything().values()
            for number in _kept(aspects.get("platformResourceInfo") or {})
        )

    def has_listeners(self, gms: Gms, log: str) -> bool:
        return any("/events/poll" in asked for asked in gms.asked)


def _kept(resource: dict[str, object]) -> list[int]:
    value = resource.get("value")
    if resource.get("resourceType") != "eventConsumerState" or not isinstance(value, dict):
        return []
    offset = json.loads(value["blob"])["offset_id"]
    return list(json.loads(base64.b64decode(offset)).values())
