"""The one place that builds the parts of the action from its config."""

import threading
from collections.abc import Callable
from functools import partial

from datahub.configuration.common import ConfigurationError
from datahub_actions.pipeline.pipeline_context import PipelineContext

from datahub_dataproducts.adapters.clock import WallClock
from datahub_dataproducts.adapters.datahub.batches import BatchReader
from datahub_dataproducts.adapters.datahub.graph import GraphCatalog
from datahub_dataproducts.adapters.datahub.hand_made import HandMadeTerms
from datahub_dataproducts.adapters.datahub.incident_care import IncidentCare
from datahub_dataproducts.adapters.datahub.links import page_of, product_link
from datahub_dataproducts.adapters.datahub.lite import LiteCatalog
from datahub_dataproducts.adapters.datahub.raised_incidents import IncidentChannel
from datahub_dataproducts.application.hushing import Writable
from datahub_dataproducts.application.ports import INCIDENTS, Channel
from datahub_dataproducts.domain.durations import SECOND, parse_duration
from datahub_dataproducts.domain.messages import Pages
from datahub_dataproducts.domain.portfolio import Portfolio
from datahub_dataproducts.plugins.action_config import (
    HealthActionConfig,
)
from datahub_dataproducts.plugins.care_watch import CareWatch
from datahub_dataproducts.plugins.catalog_config import HandMadeConfig, LiteCatalogConfig
from datahub_dataproducts.plugins.channels.base import Surroundings
from datahub_dataproducts.plugins.containment import ContainedChannel
from datahub_dataproducts.plugins.starting import config_as

_WHO = "action data_product_health"


def action_config(config_dict: dict[str, object]) -> HealthActionConfig:
    """The config of a recipe.

    Raises:
        ConfigurationError: with every fault of it, in one line each.
    """
    config = config_as(HealthActionConfig, config_dict, _WHO)
    try:
        config.policy()
    except ValueError as fault:
        raise ConfigurationError(f"{_WHO}: {fault}") from None
    return config


def catalog_of(
    config: HealthActionConfig,
    ctx: PipelineContext,
    stopping: threading.Event,
    beat: Callable[[], None],
) -> LiteCatalog | GraphCatalog:
    """The catalog that products are read from and health is shown in.

    `stopping` is set when nobody waits for it any more; `beat` is called at each step of reading.

    Raises:
        ConfigurationError: it is DataHub's, and the recipe has no `datahub:` block.
    """
    if isinstance(config.catalog, LiteCatalogConfig):
        return LiteCatalog(config.catalog.file)
    if ctx.graph is None:
        msg = "catalog.type is datahub: the recipe needs a `datahub:` block with the server"
        raise ConfigurationError(msg)
    return GraphCatalog(
        ctx.graph.graph,
        hand_made=_terms(config.catalog.hand_made),
        frontend=config.datahub_url,
        reader=BatchReader(ctx.graph.graph, stopping, WallClock().now, beat=beat),
    )


def care_of(
    config: HealthActionConfig,
    ctx: PipelineContext,
    store: Writable,
    stopping: threading.Event,
    beat: Callable[[], None],
) -> CareWatch | None:
    """What hears who takes care of the incidents that are raised; None where none are.

    See `catalog_of` for the last two.
    """
    if not config.incidents.raise_ or ctx.graph is None:
        return None
    return CareWatch(
        store=store,
        directory=IncidentCare(BatchReader(ctx.graph.graph, stopping, WallClock().now, beat=beat)),
        channel=INCIDENTS,
        tick=round(config.tick_seconds * SECOND),
        every=config.reconcile_every,
    )


def _terms(hand_made: HandMadeConfig) -> HandMadeTerms | None:
    if not hand_made.enabled:
        return None
    return HandMadeTerms(
        expect_every=parse_duration(hand_made.expect_every),
        lifecycle=hand_made.lifecycle_property,
        type=hand_made.type_property,
        runbook=hand_made.runbook_property,
    )


def channels_of(
    config: HealthActionConfig, ctx: PipelineContext, portfolio: Callable[[], Portfolio]
) -> dict[str, Channel]:
    """The channels by name, that of the incidents among them; `portfolio` are all products now."""
    link = partial(product_link, config.datahub_url) if config.datahub_url else None
    is_replay = getattr(ctx.event_source, "event_clock", None) is not None
    channels: dict[str, Channel] = {
        name: channel.build(
            Surroundings(name=name, datahub_url=config.datahub_url, link=link, is_replay=is_replay)
        )
        for name, channel in config.channels.items()
    }
    if config.incidents.raise_ and ctx.graph is not None:
        channels[INCIDENTS] = IncidentChannel(ctx.graph.graph, portfolio, config.datahub_url)
    return {name: ContainedChannel(name, channel) for name, channel in channels.items()}


def pages_of(config: HealthActionConfig) -> Pages:
    """The pages of the catalog's entities; none where nobody said where DataHub is opened."""
    if config.datahub_url is None:
        return lambda _urn: None
    return partial(page_of, config.datahub_url)
