"""Assertions: what is promised of an asset, the evidence for it, and the verdict at any time.

All instants are integer milliseconds since the epoch, all intervals half-open `[from, to)`.
"""

from collections.abc import Iterable, Sequence
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


_WORST_FIRST = {outcome: rank for rank, outcome in enumerate(Outcome)}


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


Evidence = Result | Update


@dataclass(frozen=True, kw_only=True, slots=True)
class Deadline:
    """Updated by each tick of a schedule.

    At time t, with T the latest tick at or before t, it is met when an update lies in
    `(T - look_back, t]`. Without a look-back of its own, half the time since the previous tick.
    """

    schedule: Schedule
    look_back: int | None = None

    def expiry(self, updated_at: int) -> int | None:
        """When an update, with none after it, stops being enough; None: not within eight years."""
        tick = self.schedule.next_tick(updated_at)
        while tick is not None and updated_at > tick - self._look_back(tick):
            tick = self.schedule.next_tick(tick)
        return tick

    def _look_back(self, tick: int) -> int:
        if self.look_back is not None:
            return self.look_back
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
        urn: its URN in DataHub, and its name within the product.
        kind: what it is about.
        asset: URN of the dataset it is about; empty where the product names only the assertion.
        asset_name: the short name people know (`fct_revenue`).
        promise: the promise in words, continuing "<asset> ..." (`is updated daily by 08:00`).
        listens_to: URNs whose evidence decides: assertions, for freshness datasets. A dbt test
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


class Verdict(Enum):
    """Whether a promise is kept."""

    MET = "met"
    NOT_MET = "not met"
    UNKNOWN = "unknown"


class Reason(Enum):
    """Why a verdict is what it is."""

    PASSED = "passed"
    FAILED = "failed"
    FRESH = "fresh"
    NOT_FRESH = "not fresh"
    GONE_SILENT = "gone silent"
    CHECK_BROKEN = "check broken"
    NEVER_RAN = "never ran"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with its reason; `low` says that the failure behind it is of severity LOW."""

    verdict: Verdict
    reason: Reason
    low: bool = False


NEVER_RAN = Judgement(Verdict.UNKNOWN, Reason.NEVER_RAN)
_PASSED = Judgement(Verdict.MET, Reason.PASSED)
_FAILED = Judgement(Verdict.NOT_MET, Reason.FAILED)
_FAILED_LOW = Judgement(Verdict.NOT_MET, Reason.FAILED, low=True)
_CHECK_BROKEN = Judgement(Verdict.UNKNOWN, Reason.CHECK_BROKEN)
_GONE_SILENT = Judgement(Verdict.UNKNOWN, Reason.GONE_SILENT)
_FRESH = Judgement(Verdict.MET, Reason.FRESH)
_NOT_FRESH = Judgement(Verdict.NOT_MET, Reason.NOT_FRESH)
_FAULTS = {Outcome.FAILURE: _FAILED, Outcome.FAILURE_LOW: _FAILED_LOW}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an assertion stands after its latest evidence, and what time alone will do to it.

    Attributes:
        judgement: holds from `latest` on, until `expires_at` if that is given.
        latest: event time of the latest evidence.
        run_id: the run it came from.
        fault: the known fault that a broken check does not clear, else None.
        expires_at: when time alone changes the judgement, None: never.
    """

    judgement: Judgement
    latest: int
    run_id: str
    fault: Judgement | None
    expires_at: int | None

    @property
    def expired(self) -> Judgement:
        """The judgement from `expires_at` on."""
        return _NOT_FRESH if self.judgement.reason is Reason.FRESH else _GONE_SILENT

    def at(self, instant: int) -> Judgement:
        """The judgement at an instant not before `latest`, with no evidence in between."""
        expired = self.expires_at is not None and self.expires_at <= instant
        return self.expired if expired else self.judgement


@dataclass(frozen=True, slots=True)
class Change:
    """From `at` on the judgement is this one; `evidence_at` and `run_id` tell what it rests on."""

    at: int
    judgement: Judgement
    evidence_at: int
    run_id: str


def advance(assertion: Assertion, before: Standing | None, evidence: Evidence) -> Standing:
    """Where the assertion stands after one more piece of evidence, later than all before it."""
    if isinstance(evidence, Update):
        expires_at = assertion.freshness.expiry(evidence.at) if assertion.freshness else None
        return Standing(_FRESH, evidence.at, evidence.run_id, None, expires_at)
    if evidence.outcome is Outcome.SUCCESS:
        silence = assertion.expect_every
        expires_at = None if silence is None else evidence.at + silence
        return Standing(_PASSED, evidence.at, evidence.run_id, None, expires_at)
    if evidence.outcome is Outcome.ERROR:
        fault = before.fault if before else None
        return Standing(fault or _CHECK_BROKEN, evidence.at, evidence.run_id, fault, None)
    fault = _FAULTS[evidence.outcome]
    return Standing(fault, evidence.at, evidence.run_id, fault, None)


def heard(assertion: Assertion, evidence: Iterable[Evidence]) -> list[Evidence]:
    """The evidence that decides, in order of event time, one piece an instant.

    A freshness promise evaluated here hears updates, every other assertion results. Provisional
    results give way to a run event of the same assertion and run; at one instant the worse stands.
    """
    if assertion.freshness is not None:
        updates = (e for e in evidence if isinstance(e, Update))
        at_once = {u.at: u for u in sorted(updates, key=lambda u: (u.at, u.run_id), reverse=True)}
        return [at_once[at] for at in sorted(at_once)]
    results = [e for e in evidence if isinstance(e, Result)]
    firm = {(r.subject, r.run_id) for r in results if not r.provisional}
    standing: dict[int, Result] = {}
    for result in results:
        if result.provisional and (result.subject, result.run_id) in firm:
            continue
        rival = standing.get(result.at)
        if rival is None or _worse_first(result) < _worse_first(rival):
            standing[result.at] = result
    return [standing[at] for at in sorted(standing)]


def changes(
    assertion: Assertion, evidence: Sequence[Evidence], until: int
) -> tuple[tuple[Change, ...], Standing | None]:
    """The changes of judgement up to and including `until`, and where that leaves the assertion.

    `evidence` is as `heard` gives it. Before the first change nothing is known (`NEVER_RAN`). It
    may begin in the middle of a history with any evidence but an ERROR, since what went before
    no longer matters then. Evidence later than `until` is left for later.
    """
    made: list[Change] = []
    standing: Standing | None = None
    for piece in evidence:
        if piece.at > until:
            break
        made.extend(expiry_change(standing, piece.at - 1))
        standing = advance(assertion, standing, piece)
        made.append(Change(piece.at, standing.judgement, piece.at, piece.run_id))
    made.extend(expiry_change(standing, until))
    return merged(made), standing


def expiry_change(standing: Standing | None, until: int) -> tuple[Change, ...]:
    """The change that time alone has made by `until`, if any."""
    if standing is None or standing.expires_at is None or standing.expires_at > until:
        return ()
    return (Change(standing.expires_at, standing.expired, standing.latest, standing.run_id),)


def merged(changes_: Iterable[Change]) -> tuple[Change, ...]:
    """Without those that change nothing: the first of equal judgements in a row stands."""
    kept: list[Change] = []
    for change in changes_:
        if not kept or kept[-1].judgement != change.judgement:
            kept.append(change)
    return tuple(kept)


def _worse_first(result: Result) -> tuple[int, str, str, str]:
    return _WORST_FIRST[result.outcome], result.run_id, result.subject, result.message
