"""The watch beside the events: looks at the clock, keeps up with the catalog, sends what is due."""

import atexit
import logging
import threading
from collections.abc import Callable
from shlex import quote

from datahub_dataproducts.application.deliver import Courier, Refusal
from datahub_dataproducts.application.outages import Reach
from datahub_dataproducts.application.ports import Clock, Directory, Superseded, Unavailable
from datahub_dataproducts.application.retention import Retention
from datahub_dataproducts.application.track_health import HealthTracker
from datahub_dataproducts.domain.durations import DAY, SECOND
from datahub_dataproducts.domain.products import DataProduct
from datahub_dataproducts.domain.routes import Signposts
from datahub_dataproducts.plugins.care_watch import CareWatch
from datahub_dataproducts.plugins.catalog_watch import CatalogWatch
from datahub_dataproducts.plugins.monitoring import Monitor
from datahub_dataproducts.plugins.route_watch import RouteWatch

logger = logging.getLogger(__name__)

_TOGETHER_SECONDS = 0.1


class HealthWatch:
    """Runs in a thread of its own, so that a slow receiver never holds up the events.

    In a replay there is no thread: time moves with the events, and what is due is done in between.
    """

    def __init__(
        self,
        *,
        tracker: HealthTracker,
        courier: Courier,
        directory: Directory,
        clock: Clock,
        tick_seconds: float | None,
        retention: Retention | None = None,
        waits_for_catalog: bool = False,
        monitor: Monitor | None = None,
        on_superseded: Callable[[], None] = lambda: None,
        reconcile_every: int | None = None,
        stopping: threading.Event | None = None,
        care: CareWatch | None = None,
        routes: RouteWatch | None = None,
    ) -> None:
        """`tick_seconds` between two looks at the clock; None: the events move it.

        In a replay nothing is removed: its clock says nothing of how old a thing is.
        `waits_for_catalog`: where no product is known, a start waits until the catalog answers.
        `on_superseded`: called once when another process works on the store since.
        `reconcile_every`: milliseconds after which all that the catalog knows is read again.
        `stopping` is set when nobody shall wait for anything any more. `care` hears who takes care
        of incidents, where any are raised; `routes` tells which of them lead to no product.
        """
        self._monitor = monitor or Monitor()
        self._on_superseded = on_superseded
        self._waits_for_catalog = waits_for_catalog
        self._retention = retention
        self._care, self._routes = care, routes or RouteWatch(Signposts())
        self._tracker, self._courier = tracker, courier
        self._clock = clock
        self._tick_seconds = tick_seconds
        self._reach = Reach()
        self.catalog = CatalogWatch(
            tracker=tracker,
            directory=directory,
            clock=clock,
            tick=round((tick_seconds or 0) * SECOND),
            is_replay=tick_seconds is None,
            reconcile_every=reconcile_every,
            monitor=self._monitor,
            reach=self._reach,
        )
        self._mail_at: int | None = None  # When a letter may be sent that waits.
        self._wake = threading.Event()
        self._stopping = stopping or threading.Event()
        # Whose event source came to its end is to end, and what is no daemon would be waited for.
        self._thread = threading.Thread(target=self._watch, name="data-product-health", daemon=True)

    @property
    def is_replay(self) -> bool:
        """True when the events move the clock."""
        return self._tick_seconds is None

    def start(self) -> None:
        """Read the products; with a clock of its own, catch up and begin to look at it.

        Raises:
            Unavailable: no product is known from anywhere, and it is not to be waited for.
        """
        self.catalog.read_first(self._wake, waits=self._waits_for_catalog)
        if not self.is_replay:
            # Nothing is listened to yet, so however long it takes, no event is kept waiting.
            self.catalog.begin()
            self._tracker.tick(self._clock.now())
            self._monitor.look(self._tracker.portfolio.products, self._clock.now())
            self._routes.look(self._tracker.portfolio, self._clock.now())
            atexit.register(self.stop)
            self._thread.start()

    def define(self, product: DataProduct) -> None:
        """A product is new or new in part; results of it may have come before it did."""
        self.catalog.define(product)

    def remove(self, product: str) -> None:
        """A product is no more."""
        self.catalog.remove(product)

    def read_again(self) -> None:
        """Something may be published of which no event tells more than that."""
        self.catalog.read_again()

    def taken_up(self) -> None:
        """Somebody wrote in an incident that they take care; people are to hear of it at once."""
        if self._care is not None:
            self._care.note()
            self._wake.set()

    def before_event(self) -> None:
        """Time may have moved: in a replay, everything in between happens first."""
        self.catalog.take_up()
        if self.is_replay:
            self._tracker.tick(self._clock.now())

    def after_event(self) -> None:
        """There may be something to send."""
        if self._tracker.take_mail():
            if self.is_replay:
                self._deliver()
            else:
                self._wake.set()

    def stop(self) -> None:
        """Send what can be sent at once; what cannot waits in the outbox for the next start."""
        atexit.unregister(self.stop)
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()
        # Whatever is only waiting for its next try gets one more.
        try:
            self._deliver(ahead=DAY)
            waiting = self._courier.waiting()
        except Unavailable as problem:
            logger.warning("What waits in the outbox stays there: %s", problem)
            return
        if waiting:
            logger.warning(
                "What waits in the outbox stays there, and is sent after the next start: %s",
                ", ".join(f"{count} to {channel}" for channel, count in waiting.items()),
            )

    def _watch(self) -> None:
        more = False
        while not self._stopping.is_set():
            if not more and self._wake.wait(self._pause()):
                # What follows at once is looked at with it, and not each for itself.
                self._stopping.wait(_TOGETHER_SECONDS)
            self._wake.clear()
            more = False
            self._monitor.beat()
            try:
                more = self._look()
            except Superseded as problem:
                logger.log(logging.ERROR, "It ends: %s", problem)
                self._on_superseded()
                return
            except Unavailable as problem:
                logger.warning("It is tried again: %s", problem)
            except Exception:
                # The thread is all that looks at the clock: whatever goes wrong, it must be there
                # for the next look.
                logger.exception("Looking at the clock failed; it is tried again")

    def _pause(self) -> float | None:
        """Seconds until the next look, unless something happens before."""
        if self._mail_at is None or self._tick_seconds is None:
            return self._tick_seconds
        until_mail = (self._mail_at - self._clock.now()) / SECOND
        return min(self._tick_seconds, max(until_mail, 0.0))

    def _look(self) -> bool:
        """One look; True when the next is to follow at once."""
        self._mail_at = None
        now = self._clock.now()
        more = self.catalog.look()
        if self._care is not None:
            self._care.look(now)
        self._tracker.look_again()
        self._tracker.tick(self._clock.now())
        self._deliver()
        self._tell_outage()
        self._mail_at = self._courier.next_due(now)
        self._clear(now)
        self._monitor.look(self._tracker.portfolio.products, now)
        self._routes.look(self._tracker.portfolio, now)
        return more

    def _tell_outage(self) -> None:
        now = self._clock.now()
        outage = self._reach.news(now)
        if outage is not None:
            self._tracker.tell_outage(outage, now)
            self._reach.told(outage)
            self._deliver()

    def _clear(self, now: int) -> None:
        """Last of all, and a little at a time: nothing waits for it."""
        removed = self._retention.look(now) if self._retention is not None else None
        if removed is not None and removed.any:
            logger.info(
                "The store let go of what decides nothing any more: %s pieces of evidence, "
                "%s letters, %s things set aside",
                removed.results,
                removed.letters,
                removed.set_aside,
            )

    def _deliver(self, *, ahead: int = 0) -> None:
        more = True
        while more:
            self._monitor.beat()
            done = self._courier.deliver(self._clock.now(), ahead=ahead)
            more = done.more
            if done.answered is not None:
                self._reach.heard(self._clock.now(), answered=done.answered)
            for one in done.refused:
                logger.error("A post was refused and is kept aside: %s", _told(one))
            for reason in done.postponed:
                logger.warning("Posts wait in the outbox: %s", reason)


def _told(refusal: Refusal) -> str:
    """Which letter it was, why it was refused, and what to do about it."""
    about = f" of {refusal.thread}" if refusal.thread else ""
    again = f"datahub-dataproducts store letters --retry --channel {quote(refusal.channel)}"
    return (
        f"#{refusal.letter} to {refusal.channel}{about}: {refusal.reason}. "
        f"Mend that, then have it sent again: {again}"
    )
