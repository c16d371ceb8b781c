"""Keeping up with the catalog: which products there are, and what happened while nobody heard it.

Events tell of changes as they happen. What they did not tell (the action was down, an event was
lost, nobody tells it at all) is read at the start and every so often. It is recorded as if it had
been heard, so whatever is known already changes nothing, and events may arrive meanwhile.
"""

import logging
import threading
from collections.abc import Iterable
from itertools import islice

from datahub_dataproducts.application.outages import Reach
from datahub_dataproducts.application.ports import Clock, Directory, Unavailable
from datahub_dataproducts.application.track_health import HealthTracker
from datahub_dataproducts.domain.durations import MINUTE, wait_is_over
from datahub_dataproducts.domain.products import DataProduct
from datahub_dataproducts.plugins.insistence import Insistence
from datahub_dataproducts.plugins.intake import Intake
from datahub_dataproducts.plugins.monitoring import Monitor

logger = logging.getLogger(__name__)

# How long after a product is new its results may take to be readable in the catalog.
_ASKING = 10 * MINUTE
# An ingestion writes a product before its definition: until then it looks like made by hand.
_SETTLING = MINUTE
# Seconds between two tries to read the products, where none is known.
_FIRST_WAIT = 1.0
_LONGEST_WAIT = 60.0
# Assertions and assets that are asked for before deadlines and letters have their turn.
_SLICE = 1_000


class CatalogWatch:
    """What is to be taken up and asked for; two threads may say so, one does it.

    Args:
        tracker: that hears of it.
        directory: the catalog.
        clock: the time.
        tick: milliseconds between two times that the catalog is asked, where it has to be asked
            again.
        is_replay: the catalog is read at the start and never asked for more.
        reconcile_every: milliseconds after which everything is read again; None: never.
        settling: milliseconds until an edit of a product is looked at.
        monitor: what operators see of it.
        reach: hears whether the catalog answers.
    """

    def __init__(
        self,
        *,
        tracker: HealthTracker,
        directory: Directory,
        clock: Clock,
        tick: int,
        is_replay: bool,
        reconcile_every: int | None,
        settling: int = _SETTLING,
        monitor: Monitor | None = None,
        reach: Reach | None = None,
    ) -> None:
        self._tracker = tracker
        self._directory = directory
        self._clock = clock
        self._tick = tick
        self._is_replay = is_replay
        self._reconcile_every = reconcile_every
        self._settling = settling
        self._monitor = monitor or Monitor()
        self._intake = Intake(tracker, clock)
        self._reach = reach or Reach()
        self._must_read = True
        self._reconciled_at: int | None = None
        # Products that were edited, with when.
        self._edited: dict[str, int] = {}
        # Asked for once; once asked, events tell of what happens to them.
        self._subjects: dict[str, None] = {}
        self._assets: dict[str, None] = {}
        # Asked for again until something was heard, or for long enough.
        self._insistence = Insistence(tick, _ASKING)
        # The catalog is asked once a tick, however often there is a look; None: with the next one.
        self._asked_at: int | None = None
        self._news = 0
        # Two threads write down what is to be done: the one of the events and the watch's own.
        self._notes = threading.Lock()

    def read_first(self, wake: threading.Event, *, waits: bool) -> None:
        """Read the products at the start; `waits` for the catalog where no product is known.

        Raises:
            Unavailable: no product is known from anywhere, and it is not to be waited for.
        """
        wait = _FIRST_WAIT
        while True:
            try:
                self._read_products()
            except Unavailable as problem:
                if not waits:
                    raise
                logger.warning(
                    "No product is known yet; DataHub is asked again in %d s: %s", wait, problem
                )
            else:
                return
            self._monitor.beat()
            wake.wait(wait)
            wait = min(2 * wait, _LONGEST_WAIT)

    def begin(self) -> None:
        """Ask for what was said while nobody listened, all of it."""
        self.take_up()
        self._reconcile(self._clock.now())
        portfolio = self._tracker.portfolio
        self._insist(portfolio.listeners)
        while self._ask(self._clock.now()):
            self._monitor.beat()

    def define(self, product: DataProduct) -> None:
        """A product is new or new in part; results of it may have come before it did."""
        self._intake.note(product.id, product)
        self.take_up()
        # In a replay it may not be taken up yet, and nobody is asked.
        if not self._is_replay:
            self._ask_about([product.id])

    def remove(self, product: str) -> None:
        """A product is no more."""
        self._intake.note(product, None)
        self.take_up()

    def edited(self, product: str) -> None:
        """Somebody wrote a product, by id; if nobody defined it, it is as it was written."""
        if self._is_replay:
            return
        with self._notes:
            self._edited.setdefault(product, self._clock.now())

    def contract_edited(self, dataset: str) -> None:
        """Somebody wrote the contract of a dataset: of products that it belongs to."""
        for id_, _ in self._tracker.portfolio.watchers.get(dataset, ()):
            self.edited(id_)

    def read_again(self) -> None:
        """Something may be published of which no event tells more than that."""
        self._must_read = True

    def take_up(self) -> None:
        """Take up what is pending; in a replay not before the events have said what time it is."""
        self._intake.take_up()

    def look(self) -> bool:
        """One piece of what there is to do; True when more waits that needs no waiting for."""
        now = self._clock.now()
        if not wait_is_over(self._tick, self._asked_at, now):
            return False
        if self._must_read:
            before = self._tracker.portfolio.products
            self._read_products()
            self.take_up()
            self._ask_about(self._tracker.portfolio.products.keys() - before.keys())
        elif self._must_reconcile(now):
            self._read_products()
            self.take_up()
            self._reconcile(now)
        self._read_edited(now)
        self.take_up()
        if self._ask(now):
            return True
        self._asked_at = now
        return False

    def _read_products(self) -> None:
        """Products as published; one the catalog merely lacks stays as it was last known."""
        before = self._intake.sight()
        known = before.taken_up
        try:
            found = {product.id: product for product in self._directory.products()}
            removed = self._directory.removed({*found, *known})
            unseen = known.keys() - found.keys() - removed
            lacking = self._directory.lacking(unseen) if unseen else frozenset()
        except Unavailable as problem:
            self._asked("products", answered=False)
            if not known:
                raise
            self._must_read = True
            logger.warning("Products as last known are used: %s", problem)
            return
        self._asked("products", answered=True)
        self._must_read = False
        if known and lacking == known.keys():
            logger.warning("DataHub has no product that is known here: make sure that it is yours")
            lacking = frozenset()
        for id_ in sorted(unseen - lacking):
            logger.warning("The catalog has no readable %s; it is used as last known", id_)
        there = {id_: product for id_, product in found.items() if id_ not in removed}
        gone = dict.fromkeys((removed | lacking) & known.keys())
        self._intake.note_read({**there, **gone}, before)

    def _read_edited(self, now: int) -> None:
        with self._notes:
            due = sorted(
                id_ for id_, at in self._edited.items() if wait_is_over(self._settling, at, now)
            )
        if not due:
            return
        before = self._intake.sight()
        try:
            found = {product.id: product for product in self._directory.hand_made(due)}
        except Unavailable as problem:
            logger.warning("Products that were edited are read again: %s", problem)
            return
        with self._notes:
            for id_ in due:
                self._edited.pop(id_, None)
        self._intake.note_read(found, before)
        self.take_up()
        self._ask_about(found)

    def _must_reconcile(self, now: int) -> bool:
        if self._reconciled_at is None or self._reconcile_every is None:
            return False
        return wait_is_over(self._reconcile_every, self._reconciled_at, now)

    def _reconcile(self, now: int) -> None:
        """Everything is asked for once more."""
        portfolio = self._tracker.portfolio
        self._reconciled_at = now
        with self._notes:
            self._subjects |= dict.fromkeys(portfolio.listeners)
            self._assets |= dict.fromkeys(portfolio.watchers)

    def _ask_about(self, products: Iterable[str]) -> None:
        """Products are new: what there is of them was not listened to."""
        portfolio = self._tracker.portfolio
        known = [portfolio.products[id_] for id_ in products if id_ in portfolio.products]
        watches = [watch for one in known for watch in portfolio.watches.get(one.id, ())]
        with self._notes:
            self._assets |= dict.fromkeys(urn for watch in watches for urn in watch.listens_to)
        if known:
            self._insist(urn for one in known for a in one.assertions for urn in a.listens_to)

    def _insist(self, subjects: Iterable[str]) -> None:
        wanted = list(subjects)
        with self._notes:
            self._subjects |= dict.fromkeys(wanted)
            self._insistence.on(wanted, self._clock.now())
            self._asked_at = None

    def _ask(self, now: int) -> bool:
        """Hear from the catalog what came while nobody listened; True when more is to be asked."""
        with self._notes:
            self._subjects |= dict.fromkeys(self._insistence.due(now))
            subjects = list(islice(self._subjects, _SLICE))
            assets = list(islice(self._assets, _SLICE)) if len(subjects) < _SLICE else []
        if not subjects and not assets:
            return False
        try:
            for evidence in self._directory.latest(subjects):
                self._news += self._tracker.record(evidence, self._clock.now())
            self._drop(self._subjects, subjects)
            open_ = self._tracker.open_incidents(assets)
            for notice in self._directory.incidents(assets, open_, now):
                self._news += self._tracker.record(notice, self._clock.now())
            self._drop(self._assets, assets)
        except Unavailable as problem:
            self._asked("results", answered=False)
            logger.warning("What the catalog knows already is asked for again: %s", problem)
            return False
        self._asked("results", answered=True)
        if self._subjects or self._assets:
            return True
        self._end_round()
        return False

    def _asked(self, what: str, *, answered: bool) -> None:
        self._monitor.meters.asked(what, answered=answered)
        self._reach.heard(self._clock.now(), answered=answered)

    def _drop(self, pending: dict[str, None], asked: Iterable[str]) -> None:
        with self._notes:
            for one in asked:
                pending.pop(one, None)

    def _end_round(self) -> None:
        """The catalog may have some of it only a while later: that is asked for ever more seldom."""
        if self._news:
            logger.info("%s results and incidents that were not heard were read", self._news)
            self._news = 0
        if self._insistence:
            unheard = self._tracker.unheard()
            with self._notes:
                self._insistence.heard(unheard, self._clock.now())
