"""Real classes that stand in for the outside world and remember what they were told."""

from collections.abc import Iterable
from pathlib import Path

from datahub_dataproducts.adapters.datahub.definitions import read_definition, write_definition
from datahub_dataproducts.adapters.store.store import SqlHealthStore
from datahub_dataproducts.domain.letters import Announcement, HealthPost, VerdictPost
from datahub_dataproducts.domain.receipts import Delivered, Dispatch, Receipt


def store_in(folder: str | Path) -> SqlHealthStore:
    """A store on disk, open."""
    return store_at(f"sqlite:///{folder}/health.db")


def store_at(url: str) -> SqlHealthStore:
    """A store in a database, open."""
    store = SqlHealthStore(url, write_definition, read_definition)
    store.open()
    return store


class Receipts:
    """What the other side answers: the given receipts in turn, then that it arrived."""

    def __init__(self, receipts: Iterable[Receipt] = ()) -> None:
        self._receipts = list(receipts)

    def next(self) -> Receipt:
        return self._receipts.pop(0) if self._receipts else Delivered()


class FakeCatalog:
    """A catalog that remembers its posts and whether it was prepared before each of them."""

    def __init__(self, receipts: Iterable[Receipt] = (), preparing: Iterable[Receipt] = ()) -> None:
        self.calls: list[str] = []
        self.posts: list[HealthPost | VerdictPost] = []
        self._receipts = Receipts(receipts)
        self._preparing = Receipts(preparing)

    def prepare(self) -> Receipt:
        self.calls.append("prepare")
        return self._preparing.next()

    def post(self, letter: HealthPost | VerdictPost) -> Receipt:
        self.calls.append("post")
        self.posts.append(letter)
        return self._receipts.next()


class FakeChannel:
    """A channel that remembers what it was given, whatever it answered."""

    def __init__(self, receipts: Iterable[Receipt] = (), *, shows_latest: bool = False) -> None:
        self.shows_latest = shows_latest
        self.dispatches: list[Dispatch] = []
        self.posts: list[Announcement] = []
        self._receipts = Receipts(receipts)

    @property
    def texts(self) -> list[str]:
        return [post.text for post in self.posts]

    def post(self, dispatch: Dispatch) -> Receipt:
        self.dispatches.append(dispatch)
        if isinstance(dispatch.letter, Announcement):
            self.posts.append(dispatch.letter)
        return self._receipts.next()
