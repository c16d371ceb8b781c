"""A tracker on a real store, told what happens, and what it says to the catalog and to people."""

from collections.abc import Callable, Iterable
from pathlib import Path

from datahub_dataproducts.adapters.store.store import SqlHealthStore
from datahub_dataproducts.application.deliver import Courier
from datahub_dataproducts.application.ports import Scope
from datahub_dataproducts.application.tell import TrackingPolicy
from datahub_dataproducts.application.track_health import HealthTracker
from datahub_dataproducts.domain.assertions import Evidence
from datahub_dataproducts.domain.durations import DAY
from datahub_dataproducts.domain.episodes import Patience
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.letters import Announcement, HealthPost, VerdictPost
from datahub_dataproducts.domain.products import DataProduct
from datahub_dataproducts.domain.timelines import Step
from tests.builders import at
from tests.fakes import FakeCatalog, FakeChannel, store_in

IMPATIENT = Patience(for_=0, clear_for=0)


class Story:
    """Products are defined at the beginning of 1 March 2026; letters are delivered on asking."""

    def __init__(
        self,
        folder: Path,
        products: Iterable[DataProduct],
        *,
        policy: TrackingPolicy | None = None,
        channels: tuple[str, ...] = ("console",),
        store: SqlHealthStore | None = None,
    ) -> None:
        self.store = store or store_in(folder)
        self.policy = policy or TrackingPolicy(channels=channels, patience=IMPATIENT)
        self.tracker = HealthTracker(self.store, self.policy)
        self.tracker.load()
        self.catalog = FakeCatalog()
        names = (*self.policy.channels, *self.policy.by_root)
        self.channels = {name: FakeChannel() for name in names}
        self._courier = Courier(self.store, self.catalog, self.channels)
        self.define(*products, when="2026-03-01 00:00")

    def define(self, *products: DataProduct, when: str, all_of_them: bool = True) -> None:
        self.tracker.define(products, at(when), all_of_them=all_of_them)

    def hear(self, *evidence: Evidence, when: str | None = None) -> None:
        """At the time the evidence speaks of, unless another is given."""
        for piece in evidence:
            now = piece.at if when is None else at(when)
            self.tracker.tick(now)
            self.tracker.record(piece, now)

    def wait(self, until: str) -> None:
        self.tracker.tick(at(until))

    def told(self, channel: str = "console") -> list[str]:
        """What people were told since this was last asked: reason and product."""
        return [f"{post.why.value}: {post.text}" for post in posts(self, channel)]

    def posts(self) -> list[HealthPost]:
        """What the catalog was told of health since this was last asked."""
        self.deliver()
        posts = [post for post in self.catalog.posts if isinstance(post, HealthPost)]
        self.catalog.posts.clear()
        return posts

    def verdicts(self) -> list[VerdictPost]:
        """What the catalog was told of freshness promises since this was last asked."""
        self.deliver()
        posts = [post for post in self.catalog.posts if isinstance(post, VerdictPost)]
        self.catalog.posts.clear()
        return posts

    def steps(self, product: str, scope: Scope = Scope.EXPERIENCED) -> list[Step]:
        with self.store.transaction() as book:
            return book.steps(product, scope, 0)

    def health(self, product: str) -> Health:
        return self.steps(product)[-1][1]

    def restart(self) -> None:
        """As after a crash: all that is left is the store."""
        self.tracker = HealthTracker(self.store, self.policy)
        self.tracker.load()

    def deliver(self) -> None:
        """All that waits in the outbox."""
        while self._courier.deliver(at("2026-12-31"), ahead=DAY).more:
            pass


Stories = Callable[..., Story]
"""Begins one with some products, and what else is to be said of it; see the fixture `story`."""


def posts(story: Story, channel: str = "console") -> list[Announcement]:
    """What a channel was told since this was last asked, whole."""
    story.deliver()
    found = list(story.channels[channel].posts)
    story.channels[channel].posts.clear()
    return found


def otherwise_on_record(story: Story, product: str, since: str) -> None:
    """What no verdict on record explains: from then on the record has it UNKNOWN.

    So may a store have it that was written before late results were judged by old promises.
    """
    with story.store.transaction() as book:
        book.put_steps(product, Scope.EXPERIENCED, at(since), [(at(since), Health.UNKNOWN)])
