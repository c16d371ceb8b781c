"""Config of the action `data_product_health`, as written in a recipe."""

from typing import Annotated, Literal

from datahub.configuration.common import ConfigModel
from pydantic import Field, field_validator, model_validator

from datahub_dataproducts.adapters.datahub.urns import domain_urn
from datahub_dataproducts.application.ports import CATALOG, INCIDENTS
from datahub_dataproducts.application.tell import TrackingPolicy
from datahub_dataproducts.domain.durations import parse_duration, write_duration
from datahub_dataproducts.domain.episodes import Patience
from datahub_dataproducts.domain.retention import SHORTEST, Keeping
from datahub_dataproducts.domain.route_faults import route_faults
from datahub_dataproducts.plugins.catalog_config import (
    DataHubCatalogConfig,
    LiteCatalogConfig,
)
from datahub_dataproducts.plugins.channels.every import AnyChannelConfig
from datahub_dataproducts.plugins.monitoring_config import MetricsConfig, ProbesConfig
from datahub_dataproducts.plugins.recipe_values import check_duration
from datahub_dataproducts.plugins.routes_config import RouteConfig, named_or_urn


class KeepConfig(ConfigModel):
    """How long what decides nothing any more is kept; what is left out is kept for ever."""

    results: str | None = Field(
        default=None, description="Results and updates that no verdict since then rests on."
    )
    letters: str | None = Field(default=None, description="Letters delivered or refused.")
    set_aside: str | None = Field(default=None, description="What could not be used.")

    @field_validator("results", "letters", "set_aside")
    @classmethod
    def _is_a_duration(cls, text: str | None) -> str | None:
        return text if text is None else check_duration(text)

    @field_validator("results")
    @classmethod
    def _holds_a_quarter(cls, text: str | None) -> str | None:
        if text is not None and (parse_duration(text) or 0) < SHORTEST:
            msg = f"{text} is shorter than a quarter: write {write_duration(SHORTEST)} or more"
            raise ValueError(msg)
        return text

    @property
    def keeping(self) -> Keeping:
        """The same in milliseconds."""
        lengths = (None if t is None else parse_duration(t) for t in self.model_dump().values())
        results, letters, set_aside = lengths
        return Keeping(results=results, letters=letters, set_aside=set_aside)


class StoreConfig(ConfigModel):
    """Where health is kept, and how long."""

    url: str = Field(default="sqlite:///health.db", description="SQLAlchemy URL of the store.")
    keep: KeepConfig = KeepConfig()


class IncidentsConfig(ConfigModel):
    """Whether incidents are raised in DataHub."""

    raise_: bool = Field(
        default=False,
        alias="raise",
        description="Raise an incident on the assets of a live product that breaks its own "
        "promises, and resolve it when that is over.",
    )


class HealthActionConfig(ConfigModel):
    """The whole of the action's config."""

    catalog: Annotated[DataHubCatalogConfig | LiteCatalogConfig, Field(discriminator="type")] = (
        DataHubCatalogConfig()
    )
    store: StoreConfig = StoreConfig()
    channels: dict[str, AnyChannelConfig] = Field(default_factory=dict)
    routes: list[RouteConfig] = Field(default_factory=list)
    incidents: IncidentsConfig = IncidentsConfig()
    health: ProbesConfig = ProbesConfig()
    metrics: MetricsConfig = MetricsConfig()
    logs: Literal["text", "json"] = Field(
        default="text", description="How log lines are written, by the framework too."
    )
    datahub_url: str | None = Field(
        default=None,
        description="Where people open DataHub, for links in texts; none without it.",
    )
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
    still_open_every: str | None = Field(
        default=None,
        description="How often people are told again of what is still unhealthy; never if left out.",
    )
    uptime_window: str = Field(
        default="30d", description="Rolling window of the uptime shown in the catalog."
    )

    @field_validator("tick_every", "for_", "clear_for", "still_open_every", "uptime_window")
    @classmethod
    def _is_a_duration(cls, text: str | None) -> str | None:
        return None if text is None else check_duration(text)

    @field_validator("channels")
    @classmethod
    def _names_are_free(cls, channels: dict[str, AnyChannelConfig]) -> dict[str, AnyChannelConfig]:
        for taken in (CATALOG, INCIDENTS):
            if taken in channels:
                msg = f'no channel may be called "{taken}": the outbox calls the catalog so'
                raise ValueError(msg)
        return channels

    @field_validator("datahub_url")
    @classmethod
    def _is_an_address(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("http://", "https://")):
            msg = "write the address people open DataHub at, which begins with https://"
            raise ValueError(msg)
        return url

    @model_validator(mode="after")
    def _incidents_have_a_server(self) -> "HealthActionConfig":
        if self.incidents.raise_ and not isinstance(self.catalog, DataHubCatalogConfig):
            msg = "incidents.raise needs a server: catalog.type is lite"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _results_outlast_the_window(self) -> "HealthActionConfig":
        kept = self.store.keep.results
        if kept and (parse_duration(kept) or 0) < (parse_duration(self.uptime_window) or 0):
            msg = f"store.keep.results: {kept} is shorter than uptime_window, {self.uptime_window}"
            raise ValueError(msg)
        return self

    @property
    def tick_seconds(self) -> float:
        """Seconds between two looks."""
        return (parse_duration(self.tick_every) or 0) / 1000

    @property
    def reconcile_every(self) -> int | None:
        """Milliseconds between two times that everything is read again; None: never."""
        if not isinstance(self.catalog, DataHubCatalogConfig):
            return None
        return parse_duration(self.catalog.reconcile_every)

    @property
    def spacing(self) -> dict[str, int]:
        """By channel, milliseconds from one message to the next."""
        return {name: channel.spacing for name, channel in self.channels.items()}

    def policy(self) -> TrackingPolicy:
        """What this config decides about tracking.

        Raises:
            ValueError: with all that is wrong with the routes.
        """
        policy = self._policy()
        faults = route_faults(policy.signposts)
        faults += [
            f"channels.{name}.domains: there are routes, which decide; say it there"
            for name in policy.domains
            if self.routes
        ]
        if faults:
            raise ValueError("; ".join(faults))
        return policy

    def _policy(self) -> TrackingPolicy:
        return TrackingPolicy(
            channels=tuple(self.channels),
            routes=tuple(route.route() for route in self.routes),
            terms={
                name: channel.terms(channel.timezone or "UTC")
                for name, channel in self.channels.items()
            },
            domains={
                name: named_or_urn(channel.domains, domain_urn)
                for name, channel in self.channels.items()
                if channel.domains is not None
            },
            window=parse_duration(self.uptime_window) or 0,
            patience=Patience(
                for_=parse_duration(self.for_) or 0, clear_for=parse_duration(self.clear_for) or 0
            ),
            business=frozenset(
                name for name, channel in self.channels.items() if channel.audience == "business"
            ),
            by_root=(INCIDENTS,) if self.incidents.raise_ else (),
            still_open_every=parse_duration(self.still_open_every or ""),
            digests={
                name: channel.digest_rule(channel.digest)
                for name, channel in self.channels.items()
                if channel.digest is not None
            },
            zones={
                name: channel.timezone
                for name, channel in self.channels.items()
                if channel.timezone is not None
            },
        )
