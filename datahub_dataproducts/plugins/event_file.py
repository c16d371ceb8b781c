"""DataHub Actions event source `metadata_file`: replays metadata files.

For trying out, for tests and for back-fills. Nothing is remembered between runs: a file is read
from its beginning each time, and acknowledging changes nothing.
"""

import logging
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

from datahub.configuration.common import ConfigModel
from datahub_actions.event.event_envelope import EventEnvelope
from datahub_actions.pipeline.pipeline_context import PipelineContext
from datahub_actions.source.event_source import EventSource

from datahub_dataproducts.adapters.clock import EventClock, WallClock
from datahub_dataproducts.adapters.datahub.events import event_time
from datahub_dataproducts.adapters.datahub.metadata_files import Skipped, find_files, read_events
from datahub_dataproducts.domain.durations import MINUTE
from datahub_dataproducts.plugins.starting import config_as, told_in_a_line

logger = logging.getLogger(__name__)

# As far ahead of the clock as a result may be before it is set aside.
_AHEAD = 5 * MINUTE


class ReplayClock(Enum):
    """What time it is while a file is replayed: that of the events, or that of the machine."""

    EVENT = "event"
    WALL = "wall"


class MetadataFileConfig(ConfigModel):
    """Config of the event source.

    Attributes:
        path: a metadata file (MCPs, MCEs or MCLs, `.gz` too), or a folder of them, read in order
            of names.
        clock: see `ReplayClock`; with `event`, deadlines between the events fire in order.
    """

    path: str
    clock: ReplayClock = ReplayClock.EVENT


class MetadataFileEventSource(EventSource):
    """Gives the events of metadata files, in order, then ends.

    Attributes:
        event_clock: moved to the time of each event before it is given; None with `clock: wall`.
        skipped: how many records were no valid events.
    """

    def __init__(self, files: tuple[Path, ...], event_clock: EventClock | None) -> None:
        self.event_clock = event_clock
        self.skipped = 0
        self._files = files
        self._wall_clock = WallClock()

    @classmethod
    def create(
        cls,
        config_dict: dict[str, Any],
        ctx: PipelineContext,  # noqa: ARG003 - the framework's signature
    ) -> "MetadataFileEventSource":
        """As the framework asks; what is wrong ends the process in a line."""
        with told_in_a_line("The event source"):
            config = config_as(MetadataFileConfig, config_dict, "event source metadata_file")
            event_clock = EventClock() if config.clock is ReplayClock.EVENT else None
            return cls(find_files(config.path), event_clock)

    def events(self) -> Iterator[EventEnvelope]:
        """The events, until the files end or a stop is requested.

        Raises:
            ConfigurationError: a file cannot be read to its end; the events before were given.
        """
        for file in self._files:
            for event in read_events(file):
                if self.stop_requested():
                    return
                if isinstance(event, Skipped):
                    self.skipped += 1
                    logger.warning("%s", event)
                    continue
                self._move_clock(event)
                yield event

    def ack(self, event: EventEnvelope, processed: bool = True) -> None:  # noqa: FBT001, FBT002
        """Nothing is remembered (the signature is the framework's)."""

    def close(self) -> None:
        """Nothing is held."""

    def _move_clock(self, event: EventEnvelope) -> None:
        if self.event_clock is None:
            return
        instant = event_time(event)
        if instant is not None:
            self.event_clock.advance_to(min(instant, self._wall_clock.now() + _AHEAD))
