"""The watch beside the events: looks at the clock, keeps up with the catalog, sends what is due."""

import logging
import threading

from datahub_dataproducts.application.deliver import Courier
from datahub_dataproducts.application.ports import Clock, Directory, Unavailable
from datahub_dataproducts.application.track_health import HealthTracker
from datahub_dataproducts.domain.durations import DAY
from datahub_dataproducts.domain.products import DataProduct

logger = logging.getLogger(__name__)


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
    ) -> None:
        """`tick_seconds` between two looks at the clock; None: the events move it."""
        self._tracker = tracker
        self._courier = courier
        self._directory = directory
        self._clock = clock
        self._tick_seconds = tick_seconds
        self._found: tuple[DataProduct, ...] | None = None
        self._behind = True
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
            Unavailable: no product is known from anywhere.
        """
        self._read_products()
        if not self.is_replay:
            self.take_up()
            self._catch_up()
            self._thread.start()

    def take_up(self) -> None:
        """Take up the products that were read, if they were not before."""
        found, self._found = self._found, () if self._found else self._found
        if found:
            self._tracker.define(found, self._clock.now(), all_of_them=True)

    def product_defined(self) -> None:
        """A product is new: results of it may have come before it did, on another topic."""
        self._behind = True

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
        self._deliver(ahead=DAY)

    def _watch(self) -> None:
        while not self._stopping:
            self._wake.wait(self._tick_seconds)
            self._wake.clear()
            try:
                self._look()
            except Unavailable as problem:
                logger.warning("It is tried again: %s", problem)
            except Exception:
                # The thread is all that looks at the clock: whatever goes wrong, it must be there
                # for the next look.
                logger.exception("Looking at the clock failed; it is tried again")

    def _look(self) -> None:
        if self._found is None:
            self._read_products()
            self.take_up()
        self._catch_up()
        self._tracker.tick(self._clock.now())
        self._deliver()

    def _read_products(self) -> None:
        try:
            self._found = self._directory.products()
        except Unavailable as problem:
            if not self._tracker.portfolio.products:
                raise
            logger.warning("Products as last known are used: %s", problem)

    def _catch_up(self) -> None:
        """Hear from the catalog what came while nobody listened."""
        if not self._behind:
            return
        self._behind = False
        try:
            missed = self._directory.latest(self._tracker.unheard())
        except Unavailable as problem:
            self._behind = True
            logger.warning("What the catalog knows already is asked for again: %s", problem)
            return
        for evidence in missed:
            self._tracker.record(evidence, self._clock.now())

    def _deliver(self, *, ahead: int = 0) -> None:
        more = True
        while more:
            done = self._courier.deliver(self._clock.now(), ahead=ahead)
            more = done.more
            for reason in done.refused:
                logger.error("A post was refused and is kept aside: %s", reason)
            for reason in done.postponed:
                logger.warning("Posts wait in the outbox: %s", reason)
