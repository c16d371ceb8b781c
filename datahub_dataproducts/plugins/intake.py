"""Products on their way from the catalog to who tracks them, as two threads bring them.

The thread of the events brings what was written a moment ago, the watch what it has read, which may
have taken minutes: whatever was heard meanwhile is newer.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace

from datahub_dataproducts.application.ports import Clock
from datahub_dataproducts.application.track_health import HealthTracker
from datahub_dataproducts.domain.products import DataProduct


@dataclass(frozen=True, kw_only=True, slots=True)
class Sight:
    """What was known at a moment.

    Attributes:
        taken_up: the products that are tracked, by id.
        noted: those to be taken up, None for one that is no more.
    """

    taken_up: Mapping[str, DataProduct]
    noted: Mapping[str, DataProduct | None]


class Intake:
    """What is to be taken up, in the order in which it was so."""

    def __init__(self, tracker: HealthTracker, clock: Clock) -> None:
        """Nothing is taken up before the clock has moved: in a replay, events move it."""
        self._tracker = tracker
        self._clock = clock
        self._noted: dict[str, DataProduct | None] = {}
        self._notes = threading.Lock()
        # Who takes up what was noted a moment ago must not do so after who takes up what is now.
        self._taking = threading.Lock()

    def note(self, id_: str, product: DataProduct | None) -> None:
        """A product is like that now, None: it is no more.

        What its domain is called no event tells; the catalog did, of others that are in it.
        """
        named = None if product is None else replace(product, domain_name=self._called(product))
        with self._notes:
            self._noted[id_] = named

    def _called(self, product: DataProduct) -> str:
        known = self._tracker.portfolio.products
        before = known.get(product.id)
        if before is not None and before.domain == product.domain:
            return before.domain_name
        return next((one.domain_name for one in known.values() if one.domain == product.domain), "")

    def sight(self) -> Sight:
        """What is known now, before something is read that takes its time."""
        with self._notes:
            return Sight(taken_up=self._tracker.portfolio.products, noted=dict(self._noted))

    def note_read(self, read: Mapping[str, DataProduct | None], before: Sight) -> None:
        """Products were read; of which anything was heard since `before`, that counts."""
        with self._notes:
            now = self._tracker.portfolio.products
            for id_, product in read.items():
                is_noted = id_ in self._noted, self._noted.get(id_)
                was_noted = id_ in before.noted, before.noted.get(id_)
                if is_noted == was_noted and now.get(id_) is before.taken_up.get(id_):
                    self._noted[id_] = product

    def take_up(self) -> None:
        """Take up all that was noted; what cannot be taken up stays noted."""
        now = self._clock.now()
        if not self._noted or now == 0:
            return
        with self._taking:
            self._take_up(now)

    def _take_up(self, now: int) -> None:
        with self._notes:
            noted = dict(self._noted)
        given = [product for product in noted.values() if product is not None]
        self._tracker.define(given, now, all_of_them=False)
        for id_ in (id_ for id_, product in noted.items() if product is None):
            self._tracker.remove(id_, now)
        with self._notes:
            for id_, product in noted.items():
                if self._noted[id_] is product:
                    del self._noted[id_]
