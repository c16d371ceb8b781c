"""Silences: whether results come as often as contracts expect, judged by those that came."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from datahub_dataproducts.domain.assertions import AssertionKind, MaxAge
from datahub_dataproducts.domain.documents import Default
from datahub_dataproducts.domain.durations import say_duration
from datahub_dataproducts.domain.findings import Findings
from datahub_dataproducts.domain.problems import Location, Problem
from datahub_dataproducts.domain.submissions import Promised, Submission


@dataclass(frozen=True, slots=True)
class _Rhythm:
    """The times between results, in milliseconds, ascending."""

    gaps: tuple[int, ...]

    @property
    def median(self) -> int:
        return self.gaps[len(self.gaps) // 2]

    def outlasts(self, limit: int) -> bool:
        """True when a gap as long as the limit is no accident: it came twice, or half the time.

        A single one among many may well be the fault that somebody wants to hear of.
        """
        longer = sum(gap >= limit for gap in self.gaps)
        return longer > 1 or 2 * longer >= max(1, len(self.gaps))

    def __str__(self) -> str:
        longest = say_duration(self.gaps[-1])
        if len(self.gaps) == 1:
            return f"once {longest} passed between two"
        median = say_duration(self.median)
        return f"{median} passed between them (median of {len(self.gaps)}, at most {longest})"


def review_silences(
    submissions: Iterable[Submission], observed: Mapping[str, Sequence[int]]
) -> list[Problem]:
    """Promises of results more often than results came.

    Args:
        submissions: those that are not wrong by their form.
        observed: by dbt's unique id of a test or model, when results of it came (milliseconds).
    """
    rhythms = {node: rhythm for node, times in observed.items() if (rhythm := _rhythm(times))}
    problems: list[Problem] = []
    for submission in submissions if rhythms else ():
        findings = Findings(submission.id)
        for promised in submission.promised:
            _review_expectation(submission, promised, rhythms, findings)
            _review_age(promised, rhythms, findings)
        problems += findings.problems
    return problems


def _rhythm(times: Sequence[int]) -> _Rhythm | None:
    gaps = sorted(later - earlier for earlier, later in pairwise(sorted(set(times))))
    return _Rhythm(tuple(gaps)) if gaps else None


def _review_expectation(
    submission: Submission,
    promised: Promised,
    rhythms: Mapping[str, _Rhythm],
    findings: Findings,
) -> None:
    slow = [
        (rhythm.median, name, rhythm, every)
        for name, node, every in _expected(submission, promised)
        if (rhythm := rhythms.get(node)) and rhythm.outlasts(every)
    ]
    if not slow:
        return
    _, name, rhythm, every = max(slow, key=lambda one: (one[0], one[1]))
    by_default = isinstance(promised.promise.expect_every, Default)
    wanted = "the default for `expect_every`" if by_default else "`expect_every`"
    remedy = f"expect them less often than every {say_duration(rhythm.gaps[-1])}"
    if by_default:
        remedy += ", here by `expect_every` or for all by `default_expect_every`"
    findings.warn(
        promised.promise.location,
        "silence-below-cadence",
        f"{wanted} is {say_duration(every)}, and of the results of {name} that were read, {rhythm}: "
        "in between it will be unknown",
        remedy,
    )


def _expected(submission: Submission, promised: Promised) -> Iterator[tuple[str, str, int]]:
    """What results are expected of by an entry: its name, dbt's unique id, and how often."""
    for assertion in submission.product.assertions:
        if assertion.expect_every is None or assertion.asset != promised.asset.urn:
            continue
        if assertion.kind is AssertionKind.BUILD and promised.promise.build:
            yield f"the build of {assertion.asset_name}", assertion.node, assertion.expect_every
        elif assertion.kind is AssertionKind.TESTS and promised.promise.tests is not None:
            name = assertion.promise.removeprefix("passes ")
            yield f"{name} of {assertion.asset_name}", assertion.node, assertion.expect_every


def _review_age(promised: Promised, rhythms: Mapping[str, _Rhythm], findings: Findings) -> None:
    fresh = promised.promise.freshness
    rhythm = rhythms.get(promised.asset.node)
    if fresh is None or rhythm is None or not isinstance(fresh.value, MaxAge):
        return
    if rhythm.outlasts(fresh.value.age + 1):
        place: Location = fresh.location
        findings.warn(
            place,
            "age-below-cadence",
            f"{promised.asset.name} is never to be older than {say_duration(fresh.value.age)}, and "
            f"of its builds that were read, {rhythm}",
            f"allow more than {say_duration(rhythm.gaps[-1])}, or build it more often",
        )
