"""All types of channels that a recipe may name, told apart by `type`."""

from typing import Annotated

from pydantic import Field

from datahub_dataproducts.plugins.channels.console import ConsoleChannelConfig
from datahub_dataproducts.plugins.channels.email import EmailChannelConfig
from datahub_dataproducts.plugins.channels.slack import (
    SlackChannelConfig,
    SlackWebhookChannelConfig,
)
from datahub_dataproducts.plugins.channels.teams import TeamsChannelConfig
from datahub_dataproducts.plugins.channels.webhook import WebhookChannelConfig

AnyChannelConfig = Annotated[
    ConsoleChannelConfig
    | WebhookChannelConfig
    | EmailChannelConfig
    | SlackChannelConfig
    | SlackWebhookChannelConfig
    | TeamsChannelConfig,
    Field(discriminator="type"),
]
