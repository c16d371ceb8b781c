"""Verdicts: whether a promise is kept at any time, from the evidence alone. Pure.

All instants are integer milliseconds since the epoch; event time decides, never arrival time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from datahub_dataproducts.domain.assertions import (
    Assertion,
    Evidence,
    Observation,
    Outcome,
    Result,
    Update,
)

_WORST_FIRST = {outcome: rank for rank, outcome in enumerate(Outcome)}


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
    INCIDENT = "incident open"
    NO_INCIDENT = "no incident open"


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


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenIncident:
    """An incident that is open.

    Attributes:
        urn: in DataHub.
        title: may be empty.
        grave: its priority is critical or high.
        opened_at: since when it has been open ...
        since: ... and open with a priority as grave as this.
    """

    urn: str
    title: str
    grave: bool
    opened_at: int
    since: int


@dataclass(frozen=True, slots=True)
class Change:
    """From `at` on the judgement is this one; `evidence_at` and `run_id` tell what it rests on.

    `evidence_at` is None where it rests on nothing: a promise begins of which nothing was heard.
    A watch for incidents rests on those that are open, grave ones first, and on no run.
    """

    at: int
    judgement: Judgement
    evidence_at: int | None
    run_id: str
    incidents: tuple[OpenIncident, ...] = ()

    @property
    def says(self) -> tuple[Judgement, tuple[OpenIncident, ...]]:
        """Equal for changes after which all is the same."""
        return self.judgement, self.incidents


def advance(assertion: Assertion, before: Standing | None, evidence: Observation) -> Standing:
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


def heard(assertion: Assertion, evidence: Iterable[Evidence]) -> list[Observation]:
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
    assertion: Assertion, evidence: Sequence[Observation], until: int
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
    """Without those that change nothing: the first of equal ones in a row stands."""
    kept: list[Change] = []
    for change in changes_:
        last = kept[-1] if kept else None
        if last is None or last.judgement != change.judgement or last.incidents != change.incidents:
            kept.append(change)
    return tuple(kept)


def _worse_first(result: Result) -> tuple[int, str, str, str]:
    return _WORST_FIRST[result.outcome], result.run_id, result.subject, result.message
