"""A catalog in memory, and a clock, for what keeps up with them."""

from collections.abc import Collection, Mapping, Sequence

from datahub_dataproducts.adapters.datahub.incidents import gone_notices
from datahub_dataproducts.application.ports import Unavailable
from datahub_dataproducts.domain.assertions import Evidence, IncidentNotice
from datahub_dataproducts.domain.products import DataProduct


class FakeClock:
    """A clock that a test sets while threads read it: what passes by reading is counted apart."""

    def __init__(self, now: int, *, runs: bool) -> None:
        self._set, self._passed = now, 0
        self._step = 1 if runs else 0

    @property
    def time(self) -> int:
        return self._set + self._passed

    @time.setter
    def time(self, now: int) -> None:
        self._set = now - self._passed

    def now(self) -> int:
        """A millisecond later each time, if it runs."""
        self._passed += self._step
        return self.time


class FakeDirectory:
    """A catalog: what is in it can be changed, and it can be down."""

    def __init__(self, *products: DataProduct) -> None:
        self.published = list(products)
        self.gone: set[str] = set()
        self.lost: set[str] = set()
        self.evidence: list[Evidence] = []
        self.down = False
        self.notices: list[IncidentNotice] = []
        self.asked: list[tuple[str, ...]] = []
        self.asked_about: list[tuple[str, ...]] = []
        self.reads = 0

    def products(self) -> tuple[DataProduct, ...]:
        self._check()
        self.reads += 1
        return tuple(self.published)

    def removed(self, products: Collection[str]) -> frozenset[str]:
        self._check()
        return frozenset(self.gone & set(products))

    def latest(self, subjects: Sequence[str]) -> tuple[Evidence, ...]:
        self._check()
        self.asked.append(tuple(subjects))
        return tuple(e for e in self.evidence if e.subject in subjects)

    def hand_made(self, products: Collection[str]) -> tuple[DataProduct, ...]:
        self._check()
        return tuple(p for p in self.published if p.id in products)

    def lacking(self, products: Collection[str]) -> frozenset[str]:
        self._check()
        return frozenset(self.lost & set(products))

    def incidents(
        self, assets: Sequence[str], open_: Mapping[str, Collection[str]], now: int
    ) -> tuple[IncidentNotice, ...]:
        self._check()
        self.asked_about.append(tuple(assets))
        told = [n for n in self.notices if n.subject in assets or n.incident in open_]
        there = {n.incident for n in self.notices}
        return (*told, *gone_notices(open_, there, now))

    def _check(self) -> None:
        if self.down:
            raise Unavailable("DataHub is down")
