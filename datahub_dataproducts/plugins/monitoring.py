"""What operators see of the action: its meters, its pulse, and where both are asked for."""

import logging
from collections.abc import Collection

from datahub_actions.pipeline.pipeline_context import PipelineContext

from datahub_dataproducts.adapters.clock import SteadyClock
from datahub_dataproducts.adapters.logs import write_json
from datahub_dataproducts.adapters.metrics.endpoint import ProbeEndpoint
from datahub_dataproducts.adapters.metrics.meters import PrometheusMeters
from datahub_dataproducts.application.metering import Gauges, Meters, Role, Unmetered
from datahub_dataproducts.application.ports import CATALOG, INCIDENTS, Unavailable
from datahub_dataproducts.application.pulse import Heart
from datahub_dataproducts.domain.durations import SECOND, wait_is_over
from datahub_dataproducts.plugins.action_config import HealthActionConfig

logger = logging.getLogger(__name__)

# Milliseconds: whoever asks does so more seldom, and it is to be counted over all products.
_SHOWN_EVERY = 5 * SECOND


class Monitor:
    """Told of what happens, by those who do it; shows it to those who ask."""

    def __init__(
        self,
        *,
        meters: Meters | None = None,
        gauges: Gauges | None = None,
        endpoint: ProbeEndpoint | None = None,
        heart: Heart | None = None,
    ) -> None:
        """Without any of them, that is not shown."""
        self.meters = meters or Unmetered()
        self._gauges = gauges
        self._endpoint = endpoint
        self._heart = heart or Heart(SteadyClock())
        self._shown_at: int | None = None

    def open(self) -> None:
        """Begin to answer; before anything is done that may take its time.

        Raises:
            Unavailable: nobody can listen there.
        """
        if self._endpoint is not None:
            self._endpoint.open()

    def close(self) -> None:
        """Answer no more; harmless when repeated."""
        if self._endpoint is not None:
            self._endpoint.close()

    def is_in(self, role: Role) -> None:
        """What the process is doing from now on."""
        self._heart.is_in(role)
        self.meters.is_in(role)

    def beat(self) -> None:
        """A step of the work begins or ends."""
        self._heart.beat()

    def look(self, products: Collection[str], now: int) -> None:
        """Show what there is; `products` are the ids of those that are known."""
        self._heart.beat()
        self._heart.knows(len(products))
        if self._gauges is None or not wait_is_over(_SHOWN_EVERY, self._shown_at, now):
            return
        self._shown_at = now
        try:
            levels = self._gauges.levels()
        except Unavailable as problem:
            logger.warning("What waits in the store cannot be counted: %s", problem)
        else:
            self.meters.show(levels, products, now)


def monitor_of(config: HealthActionConfig, ctx: PipelineContext, gauges: Gauges) -> Monitor:
    """The monitor of a recipe; its log lines are JSON from now on if the recipe wants that."""
    if config.logs == "json":
        write_json()
    heart = Heart(SteadyClock())
    probes = config.health
    channels = [CATALOG, *config.channels, *([INCIDENTS] if config.incidents.raise_ else [])]
    return Monitor(
        meters=PrometheusMeters(
            ctx.pipeline_name,
            type(ctx.event_source).__name__,
            channels,
            per_product=config.metrics.per_product,
        ),
        gauges=gauges,
        endpoint=None
        if probes.port is None
        else ProbeEndpoint(probes.host, probes.port, heart.pulse),
        heart=heart,
    )
