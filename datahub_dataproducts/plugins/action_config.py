"""Config of the action `data_product_health`, as written in a recipe."""

from typing import Annotated, Literal

from datahub.configuration.common import ConfigModel
from pydantic import Field, field_validator

from datahub_dataproducts.adapters.datahub.urns import domain_urn
from datahub_dataproducts.application.ports import CATALOG
from datahub_dataproducts.application.tell import TrackingPolicy
from datahub_dataproducts.domain.durations import parse_duration
from datahub_dataproducts.domain.episodes import Patience
from datahub_dataproducts.domain.routes import Route


class DataHubCatalogConfig(ConfigModel):
    """The DataHub server of the pipeline's own `datahub:` block."""

    type: Literal["datahub"] = "datahub"


class LiteCatalogConfig(ConfigModel):
    """An embedded DataHub Lite catalog."""

    type: Literal["lite"]
    file: str = Field(description="Path of the catalog's SQLite file, as in the datahub-lite sink.")


class StoreConfig(ConfigModel):
    """Where health is kept."""

    url: str = Field(default="sqlite:///health.db", description="SQLAlchemy URL of the store.")


class ConsoleChannelConfig(ConfigModel):
    """Prints one line per announcement."""

    type: Literal["console"]


class RouteConfig(ConfigModel):
    """What matches goes to the channels; a condition left out matches everything."""

    channels: list[str] = Field(min_length=1, description="Names of channels.")
    domains: list[str] = Field(default_factory=list, description="Domains, by name or URN.")
    products: list[str] = Field(default_factory=list, description="Ids of products.")


class HealthActionConfig(ConfigModel):
    """The whole of the action's config."""

    catalog: Annotated[DataHubCatalogConfig | LiteCatalogConfig, Field(discriminator="type")] = (
        DataHubCatalogConfig()
    )
    store: StoreConfig = StoreConfig()
    channels: dict[str, ConsoleChannelConfig] = Field(default_factory=dict)
    routes: list[RouteConfig] = Field(default_factory=list)
    tick_every: str = Field(
        default="30s", description="How often deadlines, silence and the outbox are looked at."
    )
    for_: str = Field(
        default="10m",
        alias="for",
        description="How long a turn to the worse must last before people are told; what is not "
        "fresh is told at once.",
    )
    clear_for: str = Field(
        default="10m",
        description="How long a turn to the better must last before people are told.",
    )
    uptime_window: str = Field(
        default="30d", description="Rolling window of the uptime shown in the catalog."
    )

    @field_validator("tick_every", "for_", "clear_for", "uptime_window")
    @classmethod
    def _is_a_duration(cls, text: str) -> str:
        if parse_duration(text) is None:
            msg = f'"{text}" is not a duration: write a whole number with s, m, h, d or w (30s)'
            raise ValueError(msg)
        return text

    @field_validator("channels")
    @classmethod
    def _names_are_free(
        cls, channels: dict[str, ConsoleChannelConfig]
    ) -> dict[str, ConsoleChannelConfig]:
        if CATALOG in channels:
            msg = f'no channel may be called "{CATALOG}": the outbox calls the catalog so'
            raise ValueError(msg)
        return channels

    @property
    def tick_seconds(self) -> float:
        """Seconds between two looks."""
        return (parse_duration(self.tick_every) or 0) / 1000

    def policy(self) -> TrackingPolicy:
        """What this config decides about tracking.

        Raises:
            ValueError: a route names a channel that is not there.
        """
        for route in self.routes:
            unknown = [name for name in route.channels if name not in self.channels]
            if unknown:
                known = ", ".join(self.channels) or "none"
                msg = f"routes: there is no channel {', '.join(unknown)}; channels are: {known}"
                raise ValueError(msg)
        return TrackingPolicy(
            channels=tuple(self.channels),
            routes=tuple(
                Route(
                    channels=tuple(r.channels),
                    domains=tuple(map(domain_urn, r.domains)),
                    products=tuple(r.products),
                )
                for r in self.routes
            ),
            window=parse_duration(self.uptime_window) or 0,
            patience=Patience(
                for_=parse_duration(self.for_) or 0, clear_for=parse_duration(self.clear_for) or 0
            ),
        )
