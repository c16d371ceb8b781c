"""Messages kept together: acknowledged when they are kept, and heard again when they are not."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from confluent_kafka import KafkaException, TopicPartition
from datahub_actions.event.event_envelope import EventEnvelope
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.adapters.datahub.unreadable import UnreadableMessage
from datahub_dataproducts.plugins.gathering import LONGEST, MOST, Gathering
from datahub_dataproducts.plugins.kafka_events import DataProductKafkaSource
from tests.plugins.test_kafka_events import Message, Stream, source_of
from tests.searching import searches

TOPIC = "MetadataChangeLog_Timeseries_v1"
NOTHING = UnreadableMessage(reason="", content="")
PLAN = st.lists(st.sampled_from("mmmmmm.rck"), max_size=60).map("".join)
"""m: a message, .: nothing is waiting, r: partitions are revoked, c: a crash while something is
kept, before it is on disk, k: one after that."""


class Crash(BaseException):
    """The end of a process; nobody catches it."""


@dataclass(frozen=True, slots=True)
class Place:
    """A message, by where it is."""

    number: int
    at: int

    def topic(self) -> str:
        return TOPIC

    def partition(self) -> int:
        return self.number

    def offset(self) -> int:
        return self.at


def envelope(message: Any) -> EventEnvelope:
    where = {"topic": TOPIC, "partition": message.partition(), "offset": message.offset()}
    return EventEnvelope("Any_v1", NOTHING, {"kafka": where})


@dataclass(slots=True)
class World:
    """What outlives a process: the partitions, what is acknowledged of them, and the disk."""

    ends: list[int]
    poison: frozenset[Place]
    chance: random.Random
    plan: str
    acknowledged: dict[int, int] = field(default_factory=dict)
    disk: list[Place] = field(default_factory=list)
    failed: list[Place] = field(default_factory=list)
    ending: str = ""

    def keep(self, places: list[Place]) -> None:
        """All of it or nothing."""
        if self.ending == "c":
            raise Crash
        if self.poison.intersection(places):
            raise ValueError(places)
        self.disk += [place for place in places if place not in self.disk]
        if self.ending == "k":
            raise Crash

    def check(self) -> None:
        """Whatever is acknowledged is on disk, or failed by itself."""
        for number, until in self.acknowledged.items():
            for at in range(until):
                assert Place(number, at) in self.disk or Place(number, at) in self.failed
        assert self.poison.issuperset(self.failed)


class Consumer:
    """Reads the partitions from where they are acknowledged."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._positions = {n: world.acknowledged.get(n, 0) for n in range(len(world.ends))}
        self._revoke: Callable[..., None] = print

    def subscribe(self, topics: list[str], on_revoke: Callable[..., None]) -> None:
        self._revoke = on_revoke

    def poll(self, timeout: float) -> Place | None:
        world = self._world
        step, world.plan = world.plan[:1] or "m", world.plan[1:]
        if step == "r":
            self._revoke(self, [])
            self._positions |= world.acknowledged
        if step in "ck":
            world.ending = step
        open_ = [n for n, at in self._positions.items() if at < world.ends[n]]
        if step != "m" or not open_:
            return None
        number = world.chance.choice(open_)
        self._positions[number] += 1
        return Place(number, self._positions[number] - 1)

    def store_offsets(self, offsets: list[TopicPartition]) -> None:
        for place in offsets:
            self._world.acknowledged[place.partition] = place.offset
        self._world.check()

    def close(self) -> None:
        """Nothing is open."""


def process(world: World, source: DataProductKafkaSource) -> None:
    """As the pipeline does, until nothing is left or the end of the process."""
    waiting: list[Place] = []

    def keep() -> None:
        places = waiting.copy()
        waiting.clear()
        world.keep(places)

    source.gathering.kept_by(keep)
    source.consumer.subscribe([TOPIC])
    while world.plan or sum(world.acknowledged.values()) < sum(world.ends):
        message: Any = source.consumer.poll(2.0)
        if message is None:
            continue
        waiting.append(message)
        if not source.gathering.may_wait:
            assert waiting == [message]
            try:
                keep()
            except ValueError:
                world.failed.append(message)
        source.ack(envelope(message))


@searches(150)
@given(st.lists(st.integers(0, 12), min_size=1, max_size=3), PLAN, st.randoms(), st.data())
def test_whatever_ends_it_and_whatever_cannot_be_kept_nothing_is_lost_or_out_of_order(
    ends: list[int], plan: str, chance: random.Random, data: st.DataObject
) -> None:
    places = [Place(number, at) for number, end in enumerate(ends) for at in range(end)]
    poison = data.draw(st.sets(st.sampled_from(places), max_size=2)) if places else set()
    world = World(ends=ends, poison=frozenset(poison), chance=chance, plan=plan)
    while True:
        source = source_of(Stream(Message({})))
        source.read_from(Consumer(world))
        try:
            process(world, source)
            source.close()
        except Crash:
            world.ending = ""
            continue
        break
    world.check()
    assert set(world.disk) == set(places) - poison
    assert set(world.failed) == poison
    for number in range(len(ends)):
        mine = [place.at for place in world.disk if place.number == number]
        assert mine == sorted(mine)


class SetClock:
    def __init__(self) -> None:
        self.time = 1_000

    def now(self) -> int:
        return self.time


def test_it_is_full_after_so_many_messages_or_so_long() -> None:
    clock = SetClock()
    gathering = Gathering(lambda _: None, clock)
    gathering.kept_by(lambda: None)
    for at in range(MOST):
        gathering.hand_out(Place(0, at))
        assert gathering.takes_more == (at + 1 < MOST)
    gathering.end()
    gathering.hand_out(Place(0, MOST))
    clock.time += LONGEST - 1
    gathering.hand_out(Place(0, MOST + 1))
    assert gathering.takes_more
    clock.time += 1
    assert not gathering.takes_more


def test_whoever_knows_nothing_of_it_has_each_message_acknowledged_at_once() -> None:
    acknowledged: list[EventEnvelope] = []
    gathering = Gathering(acknowledged.append)
    heard = envelope(gathering.hand_out(Place(0, 0)))
    assert not gathering.may_wait
    assert not gathering.is_going_on
    gathering.acknowledge(heard)
    assert acknowledged == [heard]


def test_of_each_partition_the_last_is_acknowledged_when_all_is_kept() -> None:
    acknowledged: list[EventEnvelope] = []
    gathering = Gathering(acknowledged.append)
    gathering.kept_by(lambda: None)
    heard = [envelope(gathering.hand_out(Place(n % 2, n))) for n in range(4)]
    for event in heard:
        gathering.acknowledge(event)
    assert acknowledged == []
    gathering.end()
    assert acknowledged == heard[2:]
    gathering.end()
    assert acknowledged == heard[2:]


def test_what_comes_while_others_have_to_be_heard_again_waits_for_its_turn(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def keep() -> None:
        raise ValueError("the disk is full")

    gathering = Gathering(lambda _: None)
    gathering.kept_by(keep)
    messages = [Place(0, at) for at in range(3)]
    for message in messages[:2]:
        assert gathering.hand_out(message) is message
    gathering.end()
    assert "2 messages could not be kept together; they are kept one by one" in caplog.text
    again = [gathering.hand_out(messages[2])]
    assert not gathering.may_wait
    while (message := gathering.hand_out_again()) is not None:
        again.append(message)
    assert again == messages


def test_a_partition_that_is_somebody_elses_since_takes_nothing_from_the_others() -> None:
    class Partly(Stream):
        stored: list[int] = []  # noqa: RUF012 - of one test

        def store_offsets(self, offsets: list[TopicPartition]) -> None:
            if offsets[0].partition == 0:
                raise KafkaException("erroneous state")
            self.stored.append(offsets[0].partition)

    consumer = Partly(Message({}))
    source = source_of(consumer)
    source.gathering.kept_by(lambda: None)
    for number in range(2):
        source.ack(envelope(source.gathering.hand_out(Place(number, 0))))
    source.close()
    assert consumer.stored == [1]
