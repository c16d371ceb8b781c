"""Timeliness: freshness promised sooner than what it is made of, told with the numbers."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from datahub_dataproducts.domain.assertions import Deadline, Freshness, Impact, MaxAge
from datahub_dataproducts.domain.cadence_words import say_early, say_exceeding
from datahub_dataproducts.domain.cadences import compare, gaps
from datahub_dataproducts.domain.durations import say_duration
from datahub_dataproducts.domain.findings import Findings
from datahub_dataproducts.domain.nodes import Node
from datahub_dataproducts.domain.problems import Problem
from datahub_dataproducts.domain.submissions import (
    Promised,
    Submission,
    required_inputs,
    required_with,
)


@dataclass(frozen=True, order=True, slots=True)
class _Conflict:
    """By how much, in milliseconds, and what to say of it."""

    by: int
    code: str
    message: str
    remedy: str


def review_timeliness(
    submissions: Mapping[str, Submission], nodes: Mapping[str, Node]
) -> list[Problem]:
    """What products promise of their freshness beyond what they are made of.

    That is what required inputs hand over, and what the product itself promises of tables that
    dbt has upstream.

    Args:
        submissions: by id; those that are wrong by their form are left out by the caller.
        nodes: of the dbt project, by unique id.
    """
    uses = required_inputs(submissions)
    fresh = {id_: handed for id_, s in submissions.items() if (handed := s.handed_over())}
    upstream = _Upstream(nodes)
    problems: list[Problem] = []
    for id_, handed in fresh.items():
        findings = Findings(id_)
        others = required_with(id_, uses, fresh)
        for promised in handed:
            for other in others:
                given = fresh[other]
                met = _conflicts(promised, given, f' of the input "{other}"')
                # Of several things that an input hands over, only some may be used here.
                lone = len(given) == 1
                _tell_worst(
                    promised,
                    [c for c, one in met if lone or upstream.has(one, promised) is not False],
                    findings,
                )
            met = _conflicts(promised, submissions[id_].promised, "")
            _tell_worst(promised, [c for c, one in met if upstream.has(one, promised)], findings)
        problems += findings.problems
    return problems


class _Upstream:
    """What dbt's lineage has upstream of a node, looked up when it is asked for."""

    def __init__(self, nodes: Mapping[str, Node]) -> None:
        self._nodes = nodes
        self._known: dict[str, frozenset[str]] = {}

    def has(self, one: Promised, of: Promised) -> bool | None:
        """Whether one asset is upstream of another; None where dbt does not know one of them."""
        if not one.asset.node or not of.asset.node:
            return None
        return one.asset.node in self._of(of.asset.node)

    def _of(self, node: str) -> frozenset[str]:
        if node not in self._known:
            found: set[str] = set()
            ahead = [node]
            while ahead:
                here = self._nodes.get(ahead.pop())
                new = set(here.depends_on) - found if here else set()
                found |= new
                ahead += new
            self._known[node] = frozenset(found)
        return self._known[node]


def _tell_worst(promised: Promised, conflicts: list[_Conflict], findings: Findings) -> None:
    if conflicts:
        worst = max(conflicts)
        findings.warn(promised.place, worst.code, worst.message, worst.remedy)


def _conflicts(
    promised: Promised, given: Iterable[Promised], whose: str
) -> Iterator[tuple[_Conflict, Promised]]:
    """A promise against others that it may rest on; `whose` follows their names."""
    own, promising = promised.rule, promised.asset.name
    for one in given:
        other, name = one.rule, f"{one.asset.name}{whose}"
        conflict = None
        if own == other or other is None:
            continue
        if isinstance(own, MaxAge):
            if isinstance(other, MaxAge) and one.promise.impact is Impact.WARNING:
                # A mere tolerance of how old something may be says nothing of how old it is.
                continue
            conflict = _too_young(promising, own, other, name)
        elif isinstance(own, Deadline) and isinstance(other, Deadline):
            conflict = _too_early(promising, own, other, name)
        if conflict is not None:
            yield conflict, one


def _too_early(promised: str, own: Deadline, other: Deadline, name: str) -> _Conflict | None:
    comparison = compare(own.schedule, other.schedule)
    if not comparison.early:
        return None
    due, ready = say_early(comparison, own.schedule, other.schedule)
    return _Conflict(
        max(meeting.other - meeting.own for meeting in comparison.early),
        "deadline-before-input",
        f"{promised} is due by {due}, and {name} only by {ready}",
        "promise it for later, or have what it is made of promised for earlier",
    )


def _too_young(promised: str, own: MaxAge, other: Freshness, name: str) -> _Conflict | None:
    if isinstance(other, MaxAge):
        apart, words = other.age, f"{name} may be {say_duration(other.age)} old"
    else:
        between = gaps(other.schedule)
        apart, words = between[-1], f"the deadlines of {name} are {say_exceeding(between, own.age)}"
    if own.age >= apart:
        return None
    return _Conflict(
        apart - own.age,
        "age-below-cadence",
        f"{promised} is never to be older than {say_duration(own.age)}, and {words}",
        f"allow at least {say_duration(apart)}, or have what it is made of promised more often",
    )
