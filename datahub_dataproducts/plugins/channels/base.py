"""What a recipe says about any channel."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic import Field, model_validator
from typing_extensions import Self

from datahub_dataproducts.application.ports import Channel
from datahub_dataproducts.domain.digests import DigestRule
from datahub_dataproducts.plugins.digest_config import DigestConfig
from datahub_dataproducts.plugins.recipe_values import Pace, Timezone, WithSecrets, spacing_of
from datahub_dataproducts.plugins.routes_config import TermsConfig


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """What a channel is built in.

    Attributes:
        name: by which the recipe and the outbox know the channel.
        datahub_url: where people open DataHub, None: nobody said. Messages that are dispatched have
            addresses in them already.
        link: from a product's id to the address of its page, None without that.
        is_replay: the events move the clock, in steps as large as there are between them.
    """

    name: str
    datahub_url: str | None = None
    link: Callable[[str], str] | None = None
    is_replay: bool = False


class ChannelConfig(WithSecrets, TermsConfig, ABC):
    """What all channels have; a vendor adds `type` and its own."""

    usual_spacing: ClassVar[int] = 0
    """Milliseconds from one message to the next where the recipe says nothing of it."""

    type: str
    audience: Literal["business", "technical"] = Field(
        default="technical",
        description="Who reads it. Business readers are not told where nothing is known of a "
        "product, and no technical details; technical ones are told of everything.",
    )
    timezone: Timezone | None = Field(
        default=None,
        description="Where its readers are (IANA name); times are the product's if left out.",
    )
    at_most: Pace | None = Field(
        default=None,
        description="How many messages in a second, minute or hour it takes: 1/s, 30/m. What is "
        "more waits in the outbox. Left out: what is usual for its type.",
    )

    domains: list[str] | None = Field(
        default=None,
        description="Domains, by name or URN, whose products it is told of, where the recipe has no "
        "routes; all if left out.",
    )

    digest: DigestConfig | None = Field(
        default=None, description="Tell it once a day how its products are; never, if left out."
    )

    @property
    def is_technical(self) -> bool:
        """True where its readers are those who mend."""
        return self.audience == "technical"

    @property
    def spacing(self) -> int:
        """Milliseconds from one message to the next."""
        return self.usual_spacing if self.at_most is None else spacing_of(self.at_most)

    @model_validator(mode="after")
    def _has_a_digest_at_times(self) -> Self:
        if self.digest is not None and self.digest_rule(self.digest).next_due(0) is None:
            msg = f"the digest is due at {self.digest.at}, when mute has nothing told on any day"
            raise ValueError(msg)
        return self

    def digest_rule(self, digest: DigestConfig) -> DigestRule:
        """When it is told a digest: in its time zone, and not in its quiet hours."""
        return digest.rule(self.timezone, self.terms(self.timezone or "UTC").quiet)

    @abstractmethod
    def build(self, surroundings: Surroundings) -> Channel:
        """The channel, nothing of it opened yet."""
