"""DataHub action `data_product_health`: listens to results, keeps and posts the health of products.

Everything heard is committed before it is acknowledged: each event for itself, or together with
others that were waiting, where the event source can put off acknowledging them (`gathering`). Posts
wait in the outbox and are sent from a thread of their own, so that a slow or dead receiver never
holds up the events. In a replay (the event source has a clock of its own) time moves with the
events and posts are sent in between.
"""

import logging
import os
import signal
import threading
from collections import deque
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from datahub.configuration.common import ConfigurationError
from datahub_actions.action.action import Action
from datahub_actions.event.event_envelope import EventEnvelope
from datahub_actions.pipeline.pipeline_context import PipelineContext
from typing_extensions import Self

from datahub_dataproducts.adapters.clock import WallClock
from datahub_dataproducts.adapters.datahub.events import evidence_of
from datahub_dataproducts.adapters.datahub.news import News, PoisonEvent
from datahub_dataproducts.adapters.store.store import SqlHealthStore
from datahub_dataproducts.application.deliver import Courier
from datahub_dataproducts.application.metering import MeteredStore, Role
from datahub_dataproducts.application.ports import Clock, Unavailable
from datahub_dataproducts.application.retention import Retention
from datahub_dataproducts.application.track_health import HealthTracker
from datahub_dataproducts.domain.assertions import IncidentNotice, Result, Update
from datahub_dataproducts.plugins.action_wiring import (
    action_config,
    care_of,
    catalog_of,
    channels_of,
    pages_of,
)
from datahub_dataproducts.plugins.catalog_config import DataHubCatalogConfig
from datahub_dataproducts.plugins.containment import ContainedCatalog
from datahub_dataproducts.plugins.gathering import Gathering
from datahub_dataproducts.plugins.health_watch import HealthWatch
from datahub_dataproducts.plugins.monitoring import Monitor, monitor_of
from datahub_dataproducts.plugins.product_news import ProductNews
from datahub_dataproducts.plugins.route_watch import RouteWatch
from datahub_dataproducts.plugins.starting import told_in_a_line
from datahub_dataproducts.plugins.store_wiring import store_of

logger = logging.getLogger(__name__)

_STANDING_BY_SECONDS = 1.0
# Milliseconds that others who want to write wait for one transaction, unless a single event takes
# longer by itself.
_SHORT = 100


@dataclass(frozen=True, slots=True)
class _Aside:
    """An event that cannot be used."""

    reason: str
    content: str


# What is kept in one transaction with others; what is about products asks or defines.
_Together = Result | Update | IncidentNotice | _Aside


class DataProductHealthAction(Action):
    """See the module; `create` is what DataHub Actions calls."""

    def __init__(
        self,
        *,
        store: SqlHealthStore,
        tracker: HealthTracker,
        watch: HealthWatch,
        clock: Clock,
        monitor: Monitor,
        gathering: Gathering | None = None,
    ) -> None:
        """All parts are of one store and one clock; `gathering`: of an event source that has one."""
        self._monitor = monitor
        self._store = store
        self._tracker = tracker
        self._watch = watch
        self._clock = clock
        self._gathering = gathering
        self._waiting: list[tuple[News | _Aside, ...]] = []
        self._is_away = False
        self._news = ProductNews(tracker, watch)

    @classmethod
    def create(cls, config_dict: dict[str, Any], ctx: PipelineContext) -> Self:
        """Build the action from a recipe and take up its work."""
        with told_in_a_line():
            return cls._made_of(config_dict, ctx)

    @classmethod
    def _made_of(cls, config_dict: dict[str, Any], ctx: PipelineContext) -> Self:
        config = action_config(config_dict or {})
        stopping = threading.Event()
        store = store_of(config.store.url)
        monitor = monitor_of(config, ctx, store)
        catalog = catalog_of(config, ctx, stopping, monitor.beat)
        policy = config.policy()
        tracker = HealthTracker(MeteredStore(store, monitor.meters), policy)
        event_clock: Clock | None = getattr(ctx.event_source, "event_clock", None)
        clock = event_clock or WallClock()
        channels = channels_of(config, ctx, lambda: tracker.portfolio)
        watch = HealthWatch(
            tracker=tracker,
            courier=Courier(
                store,
                ContainedCatalog(catalog),
                channels,
                pages_of(config),
                spacing=config.spacing,
                meters=monitor.meters,
                beat=monitor.beat,
            ),
            directory=catalog,
            clock=clock,
            tick_seconds=None if event_clock else config.tick_seconds,
            waits_for_catalog=isinstance(config.catalog, DataHubCatalogConfig),
            retention=Retention(store, config.store.keep.keeping, tracker.products),
            monitor=monitor,
            on_superseded=_end_process,
            reconcile_every=config.reconcile_every,
            stopping=stopping,
            care=care_of(config, ctx, store, stopping, monitor.beat),
            routes=RouteWatch(policy.signposts),
        )
        action = cls(
            store=store,
            tracker=tracker,
            watch=watch,
            clock=clock,
            monitor=monitor,
            gathering=getattr(ctx.event_source, "gathering", None),
        )
        action.start()
        return action

    def start(self) -> None:
        """Open the store, read the products, and begin to look at the clock.

        While another process works on the store, this one stands by: it takes over when that ends,
        and hears no event before.

        Raises:
            ConfigurationError: the store cannot be opened, no product is known from anywhere, or
                nobody can listen where probes are to be answered.
        """
        try:
            self._monitor.open()
            self._stand_by()
            self._store.open()
            self._tracker.load()
            self._watch.start()
            if self._gathering is not None:
                self._gathering.kept_by(self.keep)
            self._monitor.is_in(Role.WORKING)
        except Unavailable as problem:
            self._monitor.close()
            raise ConfigurationError(str(problem)) from None

    def act(self, event: EventEnvelope) -> bool:
        """One event; when this returns, all that follows from it is on disk, unless it may wait."""
        self._monitor.meters.heard(event.event_type)
        self._waiting.append(self._read(event))
        if self._gathering is None or not self._gathering.may_wait:
            self.keep()
        return True

    def keep(self) -> None:
        """Keep what waits, in its order; when this returns, all that follows from it is on disk.

        When it raises, nothing waits any more and some of it may be kept; what is given again and
        was kept changes nothing.
        """
        told = deque(news for heard in self._waiting for news in heard)
        self._waiting.clear()
        self._watch.before_event()
        while told:
            first = told[0]
            if isinstance(first, _Together):
                self._keep_together(told)
            else:
                told.popleft()
                self._news.hear(first)
        self._watch.after_event()

    def close(self) -> None:
        """Send what can be sent at once; what cannot waits in the outbox for the next start."""
        try:
            self._watch.stop()
        finally:
            self._store.close()
            self._monitor.close()

    def _stand_by(self) -> None:
        if self._store.occupy():
            return
        logger.warning("Another process works on the store; this one stands by until that ends")
        self._monitor.is_in(Role.STANDING_BY)
        while not self._may_work():
            self._monitor.beat()
            threading.Event().wait(_STANDING_BY_SECONDS)
        self._monitor.is_in(Role.STARTING)
        logger.warning("The store is free; this one takes over")

    def _may_work(self) -> bool:
        """Who stands by goes on doing so while the store is away."""
        try:
            free = self._store.occupy()
        except Unavailable as problem:
            if not self._is_away:
                logger.warning("It is waited for the store too: %s", problem)
            self._is_away = True
            return False
        self._is_away = False
        return free

    def _read(self, event: EventEnvelope) -> tuple[News | _Aside, ...]:
        try:
            return evidence_of(event)
        except PoisonEvent as poison:
            self._monitor.meters.set_aside(event.event_type)
            place = event.meta.get("kafka", {})
            logger.warning(
                "An event was set aside: %s",
                poison,
                extra={"event_type": event.event_type, **place},
            )
            return (_Aside(str(poison), event.as_json()),)

    def _keep_together(self, told: deque[News | _Aside]) -> None:
        now = self._clock.now()
        # Of one alone it is found without the store that nobody listens to it.
        with self._tracker.together() if len(told) > 1 else nullcontext():
            while told and self._clock.now() - now < _SHORT:
                first = told[0]
                if not isinstance(first, _Together):
                    break
                self._take(first, now)
                told.popleft()

    def _take(self, news: _Together, now: int) -> None:
        if isinstance(news, _Aside):
            self._tracker.set_aside(news.reason, news.content, now)
            return
        is_new = self._tracker.record(news, now)
        self._monitor.meters.judged(is_new=is_new, lag=now - news.at)


def _end_process() -> None:
    """As who runs it would: the other pipelines of the process end in order."""
    os.kill(os.getpid(), signal.SIGTERM)
