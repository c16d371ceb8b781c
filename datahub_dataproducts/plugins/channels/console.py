"""The console as a channel of a recipe."""

import sys
from typing import Literal

from pydantic import Field

from datahub_dataproducts.adapters.console.channel import ConsoleChannel
from datahub_dataproducts.plugins.channels.base import ChannelConfig, Surroundings


class ConsoleChannelConfig(ChannelConfig):
    """Prints one line per announcement."""

    type: Literal["console"]
    details: bool = Field(
        default=False, description="Print below each line the whole of what other channels show."
    )

    def build(self, surroundings: Surroundings) -> ConsoleChannel:
        """A channel that prints to standard output."""
        return ConsoleChannel(
            sys.stdout,
            surroundings.link,
            details=self.details,
            is_technical=self.is_technical,
            is_replay=surroundings.is_replay,
        )
