"""Assertions: what is promised of an asset, and the evidence for it.

All instants are integer milliseconds since the epoch, all intervals half-open `[from, to)`.
"""

from dataclasses import dataclass
from enum import Enum

from datahub_dataproducts.domain.schedules import Schedule


class AssertionKind(Enum):
    """What an assertion is about."""

    FRESHNESS = "freshness"
    BUILD = "build"
    TESTS = "tests"
    SCHEMA = "schema"
    VOLUME = "volume"
    COLUMN = "column"
    SQL = "sql"
    CUSTOM = "custom"
    INCIDENT = "incident"


class Impact(Enum):
    """What a broken assertion does to the health of the product."""

    BLOCKING = "blocking"
    WARNING = "warning"


class Outcome(Enum):
    """What a check said. Declared worst first: of two at one instant the worse stands."""

    FAILURE = "FAILURE"
    ERROR = "ERROR"
    FAILURE_LOW = "FAILURE_LOW"
    SUCCESS = "SUCCESS"


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What one check of one assertion said at one time.

    Attributes:
        subject: URN of the assertion.
        at: when it was checked (event time, never arrival time).
        run_id: the run it came from; with `at` it makes the result one, however often it arrives.
        outcome: see `Outcome`.
        provisional: told by an entity change event; it counts only while no run event of the
            same assertion and run id is known.
        message: what the check said, for the technical reader; may be empty.
    """

    subject: str
    at: int
    run_id: str
    outcome: Outcome
    provisional: bool = False
    message: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Update:
    """An asset was updated.

    Attributes:
        subject: URN of the dataset.
        at: when its data changed.
        run_id: what tells of it, for the technical reader; may be empty.
    """

    subject: str
    at: int
    run_id: str = ""


Observation = Result | Update
"""What a check or a load says: the evidence of promises."""


@dataclass(frozen=True, kw_only=True, slots=True)
class IncidentNotice:
    """An incident of DataHub's on an asset is open, or is not, from an instant on.

    Attributes:
        subject: URN of the asset; empty: whatever it is on (the incident was deleted).
        incident: URN of the incident; one that is on several assets has notices for each.
        at: when that became so.
        active: it is open; else it is resolved.
        grave: its priority is critical or high; none counts as not grave.
        title: what people call it, on one line; may be empty.
        written_at: when the version of the incident that tells of it was written, not before `at`.
    """

    subject: str
    incident: str
    at: int
    active: bool
    grave: bool
    title: str = ""
    written_at: int


Evidence = Observation | IncidentNotice


@dataclass(frozen=True, kw_only=True, slots=True)
class Deadline:
    """Updated by each tick of a schedule.

    At time t, with T the latest tick at or before t, it is met when an update lies in
    `(T - look_back, t]`. Without a look-back of its own, half the time since the previous tick,
    which on the day after a holiday is longer ago than on others.
    """

    schedule: Schedule
    look_back: int | None = None

    def expiry(self, updated_at: int) -> int | None:
        """When an update, with none after it, stops being enough; None: not within eight years."""
        if self.look_back is not None:
            # It is enough for every tick T with T - look_back < updated_at.
            return self.schedule.next_tick(updated_at + self.look_back - 1)
        tick = self.schedule.next_tick(updated_at)
        if tick is None or updated_at <= tick - self._half_the_gap_before(tick):
            return tick
        # The half before the tick after that begins later than this tick.
        return self.schedule.next_tick(tick)

    def _half_the_gap_before(self, tick: int) -> int:
        previous = self.schedule.last_tick(tick - 1)
        return tick if previous is None else (tick - previous) // 2


@dataclass(frozen=True, kw_only=True, slots=True)
class MaxAge:
    """Updated within the last `age` milliseconds."""

    age: int

    def expiry(self, updated_at: int) -> int | None:
        """When an update, with none after it, stops being enough."""
        return updated_at + self.age


Freshness = Deadline | MaxAge


@dataclass(frozen=True, kw_only=True, slots=True)
class Assertion:
    """One promise of a product.

    Attributes:
        urn: its URN in DataHub, and its name within the product. A watch for incidents, which is
            no entity there, has that of its asset.
        kind: what it is about.
        asset: URN of the dataset it is about; empty where the product names only the assertion.
        asset_name: the short name people know (`fct_revenue`).
        promise: the promise in words, continuing "<asset> ..." (`is updated daily by 08:00`).
        listens_to: URNs whose evidence decides: assertions, for freshness and incidents assets. A dbt test
            that DataHub keeps as several assertions is one test here, listening to all of them.
        impact: what breaking it does to health.
        expect_every: how often a result must come, milliseconds; None: silence is green.
        freshness: the rule, for a freshness promise evaluated here; results decide otherwise.
        node: dbt's unique id of the test or model behind it, for the technical reader.
    """

    urn: str
    kind: AssertionKind
    asset: str
    asset_name: str
    promise: str
    listens_to: tuple[str, ...]
    impact: Impact = Impact.BLOCKING
    expect_every: int | None = None
    freshness: Freshness | None = None
    node: str = ""
