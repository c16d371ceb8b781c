"""Whatever fails and whenever the process ends: no letter is lost, doubled unknowingly, or too late."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.adapters.store.store import SqlHealthStore
from datahub_dataproducts.application.deliver import Courier
from datahub_dataproducts.domain.durations import HOUR, MINUTE, SECOND
from datahub_dataproducts.domain.letters import Announcement
from datahub_dataproducts.domain.receipts import Delivered, Dispatch, Receipt, Refused, Retry
from tests.application.test_deliver import NEWS, NOW
from tests.fakes import FakeCatalog, store_in
from tests.searching import searches

LOG, BOARD = "log", "board"
THREADS = "abcd"


class Fate(Enum):
    """What a channel does with a letter."""

    TAKES = "takes it"
    ENDS_BEFORE = "the process ends before it is sent"
    ENDS_AFTER = "the process ends after it arrived"
    FAILS = "certainly not taken"
    WAIT = "asks to wait"
    UNSURE_TAKEN = "nobody knows; it was taken"
    UNSURE_NOT = "nobody knows; it was not taken"
    REFUSES = "refused for ever"


class Ended(BaseException):
    """The process is no more."""


@dataclass
class Stage:
    """A channel that follows a script, and takes everything once that is over."""

    shows_latest: bool
    script: list[Fate] = field(default_factory=list)
    heard: list[Dispatch] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    references: dict[str, str] = field(default_factory=dict)

    def post(self, dispatch: Dispatch) -> Receipt:
        fate = self.script.pop(0) if self.script else Fate.TAKES
        assert dispatch.earlier == self.references.get(dispatch.letter.thread, "")
        if fate is Fate.ENDS_BEFORE:
            raise Ended
        if fate in (Fate.TAKES, Fate.ENDS_AFTER, Fate.UNSURE_TAKEN):
            # What was told before is told again only where nobody knew.
            told = [one.letter.id for one in self.heard]
            assert dispatch.is_uncertain or dispatch.letter.id not in told
            self.heard.append(dispatch)
        if fate is Fate.ENDS_AFTER:
            raise Ended
        if fate is Fate.FAILS:
            return Retry("no route")
        if fate is Fate.WAIT:
            return Retry("slow down", after=7 * SECOND)
        if fate in (Fate.UNSURE_TAKEN, Fate.UNSURE_NOT):
            return Retry("timed out", may_have_arrived=True)
        if fate is Fate.REFUSES:
            self.refused.add(dispatch.letter.id)
            return Refused("too long")
        self.references[dispatch.letter.thread] = dispatch.letter.id
        return Delivered(reference=dispatch.letter.id)

    def sequences(self, thread: str) -> list[int]:
        """What was told of a thread, without what was told again at once."""
        letters = [one.letter for one in self.heard if one.letter.thread == thread]
        told = [one.sequence for one in letters if isinstance(one, Announcement)]
        return [n for n, before in zip(told, [0, *told], strict=False) if n != before]


class World:
    """An outbox, two channels, and whoever writes."""

    def __init__(self, store: SqlHealthStore, fates: dict[str, list[Fate]]) -> None:
        self.store = store
        self.now = NOW
        self.stages = {
            LOG: Stage(shows_latest=False, script=fates[LOG]),
            BOARD: Stage(shows_latest=True, script=fates[BOARD]),
        }
        self.written: dict[str, int] = {}
        self.ended: dict[str, str] = {}
        self.courier = self._new_courier()

    def write(self, thread: str, ends: str) -> None:
        """A letter more of a thread; it may end another, of which then nothing more is written."""
        if thread in self.ended:
            return
        keys = tuple(
            one for one in ends if one != thread and one in self.written and one not in self.ended
        )
        self.ended.update(dict.fromkeys(keys, thread))
        self.written[thread] = self.written.get(thread, 0) + 1
        letter = replace(NEWS, conversation=thread, sequence=self.written[thread], ends=keys)
        with self.store.transaction() as book:
            for channel in self.stages:
                book.send(channel, letter.id, letter, self.now, replace=False)

    def deliver(self) -> None:
        try:
            self.courier.deliver(self.now)
        except Ended:
            self.courier = self._new_courier()

    def deliver_all(self) -> None:
        """Until nothing waits any more."""
        for _ in range(300):
            self.deliver()
            if not self.store.due_letters(self.now, 1) and self.courier.next_due(self.now) is None:
                return
            self.now = max(self.courier.next_due(self.now) or 0, self.now + SECOND)
        raise AssertionError("something waits for ever")

    def _new_courier(self) -> Courier:
        return Courier(self.store, FakeCatalog(), self.stages, spacing={BOARD: 500})


Step = Callable[[World], None]


def writing(thread: str, ends: str) -> Step:
    return lambda world: world.write(thread, ends)


def passing(wait: int) -> Step:
    def later(world: World) -> None:
        world.now += wait
        world.deliver()

    return later


steps = st.lists(
    st.one_of(
        st.builds(writing, st.sampled_from(THREADS), st.sampled_from(["", "", *THREADS])),
        st.builds(passing, st.sampled_from([0, SECOND, 3 * SECOND, MINUTE, HOUR])),
    ),
    max_size=25,
)
fates = st.lists(st.sampled_from(Fate), max_size=12)


@searches(150)
@given(steps=steps, log=fates, board=fates)
def test_each_thread_is_told_in_order_up_to_its_last_letter(
    steps: list[Step], log: list[Fate], board: list[Fate]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = store_in(Path(folder))
        world = World(store, {LOG: log, BOARD: board})
        for step in steps:
            step(world)
        world.deliver_all()
        store.close()
    for name, stage in world.stages.items():
        ends = told_ends(stage)
        for thread, last in world.written.items():
            told = stage.sequences(thread)
            assert told == sorted(set(told))
            refused = {n for n in range(1, last + 1) if f"{thread} {n}" in stage.refused}
            if name == LOG:
                assert set(told) | refused == set(range(1, last + 1))
            elif thread not in world.ended:
                assert last in {*told, *refused}
        for ended, by in world.ended.items():
            assert_told_before(stage, ended, by)
            if not stage.refused:
                # Whoever was shown it learns that it is over.
                assert ended in ends or not stage.sequences(ended)


def told_ends(stage: Stage) -> set[str]:
    letters = [one.letter for one in stage.heard]
    return {key for one in letters if isinstance(one, Announcement) for key in one.ends}


def assert_told_before(stage: Stage, ended: str, by: str) -> None:
    """Nothing is told of a thread after the letter that ends it."""
    letters = [one.letter for one in stage.heard]
    ending = [
        n for n, one in enumerate(letters) if isinstance(one, Announcement) and ended in one.ends
    ]
    of_it = [n for n, one in enumerate(letters) if one.thread == ended]
    assert not ending or not of_it or max(of_it) < min(ending), (ended, by)
