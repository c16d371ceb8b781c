"""The generic webhook as a channel of a recipe."""

from typing import Annotated, Literal
from urllib.parse import quote

from pydantic import AfterValidator, Field, SecretStr, field_validator, model_validator
from typing_extensions import Self

from datahub_dataproducts.adapters.webhook.channel import WebhookChannel
from datahub_dataproducts.adapters.webhook.signature import key_of
from datahub_dataproducts.plugins.channels.base import ChannelConfig, Surroundings
from datahub_dataproducts.plugins.channels.web_values import (
    SecretAddress,
    WithWaiting,
    check_header,
)


def _check_source(source: str) -> str:
    if quote(source, safe="/:#?&=@%+,;~!$'()*") != source or not source:
        raise ValueError("write a URI, or a path such as /health/production")
    return source


class WebhookChannelConfig(WithWaiting, ChannelConfig):
    """Posts each letter as a CloudEvent, signed; see docs/channels.md."""

    type: Literal["webhook"]
    url: SecretAddress = Field(description="Where to; it may hold a secret.")
    secret: SecretStr | None = Field(
        default=None,
        description="What letters are signed with: `whsec_` and the base64 of 24 to 64 random "
        "bytes. Left out: they are not signed.",
    )
    previous_secret: SecretStr | None = Field(
        default=None,
        description="The secret before it, to sign with both until all receivers know the new one.",
    )
    authorization: SecretStr | None = Field(
        default=None, description="Value of the header `Authorization`, such as `Bearer ...`."
    )
    source: Annotated[str, AfterValidator(_check_source)] | None = Field(
        default=None,
        description="The `source` of the events, a URI or a path; the channel's name if left out.",
    )

    @field_validator("secret", "previous_secret")
    @classmethod
    def _is_a_key(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None:
            key_of(secret.get_secret_value())
        return secret

    @field_validator("authorization")
    @classmethod
    def _is_a_header(cls, value: SecretStr | None) -> SecretStr | None:
        return value if value is None else check_header(value)

    @model_validator(mode="after")
    def _is_rotated_from_one(self) -> Self:
        if self.previous_secret and not self.secret:
            raise ValueError("there is a previous_secret and no secret")
        return self

    def build(self, surroundings: Surroundings) -> WebhookChannel:
        """A channel that posts to `url`."""
        given = [one.get_secret_value() for one in (self.secret, self.previous_secret) if one]
        token = self.authorization.get_secret_value() if self.authorization else ""
        return WebhookChannel(
            self.address(self.url),
            source=self.source or f"/datahub-dataproducts/{quote(surroundings.name, safe='')}",
            keys=[key_of(one) for one in given],
            authorization=token,
            is_technical=self.is_technical,
            secrets=given,
        )
