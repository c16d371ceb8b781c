"""DataHub action `data_product_health`: listens to results, keeps and posts the health of products.

Everything heard is committed before it is acknowledged; posts wait in the outbox and are sent from
a thread of their own, so that a slow or dead receiver never holds up the events. In a replay (the
event source has a clock of its own) time moves with the events and posts are sent in between.
"""

import logging
import threading
from typing import Any

from datahub.configuration.common import ConfigurationError
from datahub_actions.action.action import Action
from datahub_actions.event.event_envelope import EventEnvelope
from datahub_actions.pipeline.pipeline_context import PipelineContext

from datahub_dataproducts.adapters.clock import WallClock
from datahub_dataproducts.adapters.datahub.events import (
    News,
    PoisonEvent,
    ProductDefined,
    ProductRemoved,
    evidence_of,
)
from datahub_dataproducts.adapters.datahub.urns import data_product_urn, definition_urn
from datahub_dataproducts.adapters.store.store import SqlHealthStore
from datahub_dataproducts.application.deliver import Courier
from datahub_dataproducts.application.ports import Clock, Directory, Unavailable
from datahub_dataproducts.application.track_health import HealthTracker
from datahub_dataproducts.domain.durations import HOUR
from datahub_dataproducts.domain.products import DataProduct
from datahub_dataproducts.plugins.action_wiring import action_config, catalog_of, channels_of
from datahub_dataproducts.plugins.store_wiring import store_of

logger = logging.getLogger(__name__)


class DataProductHealthAction(Action):
    """See the module; `create` is what DataHub Actions calls."""

    def __init__(
        self,
        *,
        store: SqlHealthStore,
        tracker: HealthTracker,
        courier: Courier,
        directory: Directory,
        clock: Clock,
        tick_seconds: float | None,
    ) -> None:
        """`tick_seconds` between two looks at the clock; None: the events move it."""
        self._store = store
        self._tracker = tracker
        self._courier = courier
        self._directory = directory
        self._clock = clock
        self._tick_seconds = tick_seconds
        self._found: tuple[DataProduct, ...] | None = None
        self._wake = threading.Event()
        self._stopping = False
        self._ticker = threading.Thread(target=self._tick_on, name="data-product-health")

    @classmethod
    def create(cls, config_dict: dict[str, Any], ctx: PipelineContext) -> "DataProductHealthAction":
        """Build the action from a recipe and take up its work."""
        config = action_config(config_dict or {})
        catalog = catalog_of(config, ctx)
        store = store_of(config.store.url)
        event_clock: Clock | None = getattr(ctx.event_source, "event_clock", None)
        action = cls(
            store=store,
            tracker=HealthTracker(store, config.policy()),
            courier=Courier(store, catalog, channels_of(config)),
            directory=catalog,
            clock=event_clock or WallClock(),
            tick_seconds=None if event_clock else config.tick_seconds,
        )
        action.start()
        return action

    def start(self) -> None:
        """Open the store, read the products, and begin to look at the clock.

        Raises:
            ConfigurationError: the store cannot be opened, or no product is known from anywhere.
        """
        try:
            self._store.open()
            self._tracker.load()
            self._find_products()
        except Unavailable as problem:
            raise ConfigurationError(str(problem)) from None
        if self._tick_seconds is not None:
            self._take_up()
            self._ticker.start()

    def act(self, event: EventEnvelope) -> bool:
        """One event; when this returns, all that follows from it is on disk."""
        self._take_up()
        now = self._clock.now()
        if self._tick_seconds is None:
            self._tracker.tick(now)
        try:
            for news in evidence_of(event):
                self._hear(news, now)
        except PoisonEvent as poison:
            logger.warning("An event was set aside: %s", poison)
            self._tracker.set_aside(str(poison), event.as_json(), now)
        if self._tracker.take_mail():
            if self._tick_seconds is None:
                self._deliver(now)
            else:
                self._wake.set()
        return True

    def close(self) -> None:
        """Send what can be sent at once; what cannot waits in the outbox for the next start."""
        self._stopping = True
        self._wake.set()
        if self._ticker.is_alive():
            self._ticker.join()
        # Whatever is only waiting for its next try gets one more.
        self._deliver(self._clock.now(), ahead=24 * HOUR)
        self._store.close()

    def _tick_on(self) -> None:
        while not self._stopping:
            self._wake.wait(self._tick_seconds)
            self._wake.clear()
            try:
                if self._found is None:
                    self._find_products()
                    self._take_up()
                now = self._clock.now()
                self._tracker.tick(now)
                self._deliver(now)
            except Exception:
                # The thread is all that looks at the clock: whatever went wrong (a full disk, a
                # locked store), it must be there for the next look.
                logger.exception("Looking at the clock failed; it is tried again")

    def _find_products(self) -> None:
        try:
            self._found = self._directory.products()
        except Unavailable as problem:
            if not self._tracker.portfolio.products:
                raise
            logger.warning("Products as last known are used: %s", problem)

    def _take_up(self) -> None:
        if self._found is not None:
            found, self._found = self._found, ()
            if found:
                self._tracker.define(found, self._clock.now(), all_of_them=True)

    def _hear(self, news: News, now: int) -> None:
        if isinstance(news, ProductDefined):
            self._tracker.define([news.product], now, all_of_them=False)
        elif isinstance(news, ProductRemoved):
            for id_ in list(self._tracker.portfolio.products):
                if news.urn in (data_product_urn(id_), definition_urn(id_)):
                    self._tracker.remove(id_, now)
        else:
            self._tracker.record(news, now)

    def _deliver(self, now: int, *, ahead: int = 0) -> None:
        more = True
        while more:
            done = self._courier.deliver(now, ahead=ahead)
            more = done.more
            for reason in done.refused:
                logger.error("A post was refused and is kept aside: %s", reason)
            for reason in done.postponed:
                logger.warning("Posts wait in the outbox: %s", reason)
