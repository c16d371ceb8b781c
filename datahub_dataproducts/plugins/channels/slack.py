"""Slack as a channel of a recipe: by a bot, or by an incoming webhook."""

import re
from typing import Annotated, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr

from datahub_dataproducts.adapters.slack.api import SLACK, SlackApi, check_token
from datahub_dataproducts.adapters.slack.channel import SlackChannel
from datahub_dataproducts.adapters.slack.webhook import SlackWebhookChannel
from datahub_dataproducts.adapters.web import host_of
from datahub_dataproducts.domain.durations import SECOND
from datahub_dataproducts.plugins.channels.base import ChannelConfig, Surroundings
from datahub_dataproducts.plugins.channels.web_values import SecretAddress, WithWaiting

_CHANNEL = re.compile(r"[CGD][A-Z0-9]{2,29}")
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


def _check_channel(id_: str) -> str:
    if _CHANNEL.fullmatch(id_) is None:
        raise ValueError(
            "write the id of the channel, such as C0123ABCDEF: in Slack it stands at the end of "
            "the channel's details"
        )
    return id_


def _check_token(token: SecretStr) -> SecretStr:
    check_token(token.get_secret_value())
    return token


def _check_base(url: str) -> str:
    host = host_of(url)
    if urlsplit(url).scheme != "https" and host not in _HERE:
        raise ValueError("the token is sent there: write an address that begins with https://")
    return url


class SlackChannelConfig(WithWaiting, ChannelConfig):
    """Posts by a bot, and edits what it posted; see docs/channels.md."""

    usual_spacing: ClassVar[int] = SECOND

    type: Literal["slack"]
    token: Annotated[SecretStr, AfterValidator(_check_token)] = Field(
        description="Of the bot; it begins with `xoxb-`."
    )
    channel: Annotated[str, AfterValidator(_check_channel)] = Field(
        description="Id of the channel, such as `C0123ABCDEF`; a name may change."
    )
    base_url: Annotated[str, AfterValidator(_check_base)] = Field(
        default=SLACK, description="Where Slack's Web API is."
    )

    def build(self, surroundings: Surroundings) -> SlackChannel:  # noqa: ARG002 - the channel of Slack is enough
        """A channel that posts and edits."""
        api = SlackApi(
            self.token.get_secret_value(),
            base_url=self.base_url,
            patience=self.patience,
            ca_bundle=self.ca_bundle,
        )
        return SlackChannel(api, self.channel, is_technical=self.is_technical)


class SlackWebhookChannelConfig(WithWaiting, ChannelConfig):
    """Posts to an incoming webhook of Slack, which edits nothing; see docs/channels.md."""

    usual_spacing: ClassVar[int] = SECOND

    type: Literal["slack_webhook"]
    url: SecretAddress = Field(description="Of the webhook; all of it is a secret.")

    def build(self, surroundings: Surroundings) -> SlackWebhookChannel:  # noqa: ARG002 - its address is enough
        """A channel that posts to `url`."""
        address = self.address(self.url, "Slack")
        return SlackWebhookChannel(address, is_technical=self.is_technical)
