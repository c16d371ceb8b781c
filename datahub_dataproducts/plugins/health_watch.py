"""The watch beside the events: looks at the clock, keeps up with the catalog, sends what is due."""

import logging
import threading
from collections.abc import Callable, Iterable, Mapping

from datahub_dataproducts.application.deliver import Courier
from datahub_dataproducts.application.ports import Clock, Directory, Superseded, Unavailable
from datahub_dataproducts.application.retention import Retention
from datahub_dataproducts.application.track_health import HealthTracker
from datahub_dataproducts.domain.durations import DAY, MINUTE, SECOND
from datahub_dataproducts.domain.products import DataProduct
from datahub_dataproducts.plugins.monitoring import Monitor

logger = logging.getLogger(__name__)

# How long after a product is new its results may take to be readable in the catalog.
_ASKING = 10 * MINUTE
# Seconds between two tries to read the products, where none is known.
_FIRST_WAIT = 1.0
_LONGEST_WAIT = 60.0


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
    ) -> None:
        """`tick_seconds` between two looks at the clock; None: the events move it.

        In a replay nothing is removed: its clock says nothing of how old a thing is.
        `waits_for_catalog`: where no product is known, a start waits until the catalog answers.
        `on_superseded`: called once when another process works on the store since.
        """
        self._monitor = monitor or Monitor()
        self._on_superseded = on_superseded
        self._waits_for_catalog = waits_for_catalog
        self._retention = retention
        self._tracker = tracker
        self._courier = courier
        self._directory = directory
        self._clock = clock
        self._tick_seconds = tick_seconds
        # What is to be taken up: products by id, None for one that is no more.
        self._pending: dict[str, DataProduct | None] = {}
        self._must_read = True
        self._asking_for: set[str] = set()
        # Assets; once asked, events tell of what happens to them.
        self._asking_about: set[str] = set()
        self._ask_until = 0
        # The catalog is asked once a tick, however often there is something to send in between.
        self._ask_from = 0
        # Two threads write down what is to be done: the one of the events and the watch's own.
        self._notes = threading.Lock()
        self._wake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._watch, name="data-product-health")

    @property
    def is_replay(self) -> bool:
        """True when the events move the clock."""
        return self._tick_seconds is None

    def start(self) -> None:
        """Read the products; with a clock of its own, catch up and begin to look at it.

        Raises:
            Unavailable: no product is known from anywhere, and it is not to be waited for.
        """
        self._read_first()
        if not self.is_replay:
            self.take_up()
            portfolio = self._tracker.portfolio
            self._ask_for(portfolio.listeners, portfolio.watchers)
            self._catch_up()
            # Nothing is listened to yet, so however long it takes, no event is kept waiting.
            self._tracker.tick(self._clock.now())
            self._monitor.look(self._tracker.portfolio.products, self._clock.now())
            self._thread.start()

    def define(self, product: DataProduct) -> None:
        """A product is new or new in part; results of it may have come before it did."""
        self._note({product.id: product})
        self.take_up()
        subjects = [urn for a in product.assertions for urn in a.listens_to]
        # In a replay it may not be taken up yet, and nobody is asked.
        watches = self._tracker.portfolio.watches.get(product.id, ())
        self._ask_for(subjects, [urn for watch in watches for urn in watch.listens_to])

    def remove(self, product: str) -> None:
        """A product is no more."""
        self._note({product: None})
        self.take_up()

    def read_again(self) -> None:
        """Something may be published of which no event tells more than that."""
        self._must_read = True

    def take_up(self) -> None:
        """Take up what is pending; in a replay not before the events have said what time it is."""
        now = self._clock.now()
        if not self._pending or now == 0:
            return
        with self._notes:
            pending = dict(self._pending)
        given = [product for product in pending.values() if product is not None]
        self._tracker.define(given, now, all_of_them=False)
        for id_ in (id_ for id_, product in pending.items() if product is None):
            self._tracker.remove(id_, now)
        with self._notes:
            done = [id_ for id_, product in pending.items() if self._pending.get(id_) is product]
            for id_ in done:
                self._pending.pop(id_, None)

    def before_event(self) -> None:
        """Time may have moved: in a replay, everything in between happens first."""
        self.take_up()
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
        self._stopping = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()
        # Whatever is only waiting for its next try gets one more.
        try:
            self._deliver(ahead=DAY)
        except Unavailable as problem:
            logger.warning("What waits in the outbox stays there: %s", problem)

    def _watch(self) -> None:
        while not self._stopping:
            self._wake.wait(self._tick_seconds)
            self._wake.clear()
            self._monitor.beat()
            try:
                self._look()
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

    def _look(self) -> None:
        now = self._clock.now()
        if now >= self._ask_from:
            self._ask_from = now + round((self._tick_seconds or 0) * SECOND)
            if self._must_read:
                self._read_products()
            self.take_up()
            self._catch_up()
        self._tracker.tick(self._clock.now())
        self._deliver()
        self._clear(now)
        self._monitor.look(self._tracker.portfolio.products, now)

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

    def _read_first(self) -> None:
        wait = _FIRST_WAIT
        while True:
            try:
                self._read_products()
            except Unavailable as problem:
                if not self._waits_for_catalog:
                    raise
                logger.warning(
                    "No product is known yet; DataHub is asked again in %d s: %s", wait, problem
                )
            else:
                return
            self._monitor.beat()
            self._wake.wait(wait)
            wait = min(2 * wait, _LONGEST_WAIT)

    def _read_products(self) -> None:
        """Products as published; one the catalog merely lacks stays as it was last known."""
        known = self._tracker.portfolio.products
        try:
            found = {product.id: product for product in self._directory.products()}
            removed = self._directory.removed({*found, *known})
        except Unavailable as problem:
            self._monitor.meters.asked("products", answered=False)
            if not known:
                raise
            self._must_read = True
            logger.warning("Products as last known are used: %s", problem)
            return
        self._monitor.meters.asked("products", answered=True)
        self._must_read = False
        for id_ in sorted(known.keys() - found.keys() - removed):
            logger.warning("The catalog has no readable %s; it is used as last known", id_)
        self._note({id_: p for id_, p in found.items() if id_ not in removed})
        self._note(dict.fromkeys(removed & known.keys()))

    def _note(self, pending: Mapping[str, DataProduct | None]) -> None:
        with self._notes:
            self._pending.update(pending)

    def _ask_for(self, subjects: Iterable[str], assets: Iterable[str]) -> None:
        if not self.is_replay:
            with self._notes:
                self._asking_for.update(subjects)
                self._asking_about.update(assets)
            self._ask_until = self._clock.now() + _ASKING
            self._ask_from = 0

    def _catch_up(self) -> None:
        """Hear from the catalog what came while nobody listened; it may have it a while later."""
        with self._notes:
            asked, assets = sorted(self._asking_for), sorted(self._asking_about)
        if not asked and not assets:
            return
        try:
            for evidence in self._directory.latest(asked):
                self._tracker.record(evidence, self._clock.now())
            for notice in self._directory.incidents(assets):
                self._tracker.record(notice, self._clock.now())
        except Unavailable as problem:
            self._monitor.meters.asked("results", answered=False)
            logger.warning("What the catalog knows already is asked for again: %s", problem)
            return
        self._monitor.meters.asked("results", answered=True)
        over = self._clock.now() >= self._ask_until
        heard = set(asked) - set(self._tracker.unheard())
        with self._notes:
            self._asking_for -= set(asked) if over else heard
            self._asking_about -= set(assets)

    def _deliver(self, *, ahead: int = 0) -> None:
        more = True
        while more:
            self._monitor.beat()
            done = self._courier.deliver(self._clock.now(), ahead=ahead)
            more = done.more
            for reason in done.refused:
                logger.error("A post was refused and is kept aside: %s", reason)
            for reason in done.postponed:
                logger.warning("Posts wait in the outbox: %s", reason)
