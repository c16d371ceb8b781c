"""Microsoft Teams as a channel of a recipe."""

from typing import ClassVar, Literal

from pydantic import Field

from datahub_dataproducts.adapters.teams.channel import TeamsChannel
from datahub_dataproducts.domain.durations import SECOND
from datahub_dataproducts.plugins.channels.base import ChannelConfig, Surroundings
from datahub_dataproducts.plugins.channels.web_values import SecretAddress, WithWaiting


class TeamsChannelConfig(WithWaiting, ChannelConfig):
    """Posts cards to the webhook of a workflow in Teams; see docs/channels.md."""

    usual_spacing: ClassVar[int] = SECOND

    type: Literal["teams"]
    url: SecretAddress = Field(description="Of the workflow's webhook; all of it is a secret.")

    def build(self, surroundings: Surroundings) -> TeamsChannel:  # noqa: ARG002 - its address is enough
        """A channel that posts to `url`."""
        return TeamsChannel(self.address(self.url, "Teams"), is_technical=self.is_technical)
