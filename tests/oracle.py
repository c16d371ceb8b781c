"""An independent reading of the semantics: naive, instant by instant, written from the words alone.

It asks of one instant at a time and searches everything that was ever heard from scratch. It reads
the values of the domain (what a product promises, what was heard) and calls nothing of it: no
change points, no folding over evidence, no expiries, no spans; ticks, months and hours are found
by asking each slot of a grid what the clocks on the wall say. So it shares neither code nor method
with what it is to judge, and it is slow.

Sums are exact where everything lies on the grid: then nothing changes within a slot.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from zoneinfo import ZoneInfo

from datahub_dataproducts.domain.assertions import (
    Assertion,
    Deadline,
    Evidence,
    IncidentNotice,
    MaxAge,
    Result,
    Update,
)
from datahub_dataproducts.domain.corrections import Correction
from datahub_dataproducts.domain.products import DataProduct, Objective
from datahub_dataproducts.domain.schedules import Schedule

MINUTE = 60_000
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
# No clock on a wall is moved by more, and none twice in this time.
_LONGEST_SHIFT = timedelta(hours=3)

# Worst first, as the words have them.
_OUTCOMES = ("FAILURE", "ERROR", "FAILURE_LOW", "SUCCESS")
_HEALTHS = ("UNHEALTHY", "UNKNOWN", "AT_RISK", "HEALTHY")
_CORRECTED = {
    "planned_work": "UNKNOWN",
    "false_alarm": "HEALTHY",
    "undetected_fault": "UNHEALTHY",
}


@dataclass(frozen=True)
class Said:
    """The verdict of one assertion at one instant."""

    verdict: str
    reason: str
    low: bool = False


@dataclass(frozen=True)
class Fault:
    """What makes a product's health what it is."""

    path: tuple[str, ...]
    assertion: str
    said: Said


@dataclass(frozen=True)
class Sums:
    """Milliseconds of a window, from the beginning of the history on."""

    good: int
    bad: int
    unknown: int

    @property
    def uptime(self) -> Fraction | None:
        measured = self.good + self.bad
        return Fraction(self.good, measured) if measured else None

    @property
    def coverage(self) -> Fraction | None:
        whole = self.good + self.bad + self.unknown
        return Fraction(self.good + self.bad, whole) if whole else None


@dataclass(frozen=True)
class Standing:
    """An objective at one instant."""

    status: str
    sums: Sums
    budget: int
    remaining: int


class Oracle:
    """What the words say of products and of all that was heard of them.

    Args:
        products: as they promise.
        evidence: all of it, in any order.
        step: the grid in milliseconds.
    """

    def __init__(
        self, products: Sequence[DataProduct], evidence: Sequence[Evidence], step: int = MINUTE
    ) -> None:
        self.products = {p.id: p for p in products}
        self.evidence = [e for e in evidence if not _gives_way(e, evidence)]
        self.step = step
        # The same question is asked by many; what it was answered is kept.
        self._said: dict[tuple[str, str, int], Said] = {}
        self._known: dict[tuple[str, int], tuple[str, list[Fault]]] = {}
        self._heard = {
            (p.id, a.urn): [
                e
                for e in self.evidence
                if isinstance(e, Result if a.freshness is None else Update)
                and e.subject in a.listens_to
            ]
            for p in products
            for a in p.assertions
        }
        self._notices = [e for e in self.evidence if isinstance(e, IncidentNotice)]
        self._inputs = {id_: self._counting_inputs(id_) for id_ in self.products}

    # One assertion.

    def verdict(self, id_: str, assertion: Assertion, t: int) -> Said:
        """Of one assertion of a product at one instant."""
        question = (id_, assertion.urn, t)
        if question not in self._said:
            self._said[question] = self._verdict(
                assertion, [e for e in self._heard[id_, assertion.urn] if e.at <= t], t
            )
        return self._said[question]

    def _verdict(  # noqa: PLR0911 - the table of the words, row by row
        self, assertion: Assertion, mine: Sequence[Evidence], t: int
    ) -> Said:
        if not mine:
            return Said("unknown", "never ran")
        if assertion.freshness is not None:
            if self._is_fresh(assertion.freshness, [e.at for e in mine], t):
                return Said("met", "fresh")
            return Said("not met", "not fresh")
        latest = max(e.at for e in mine)
        stands = _worst_at(mine, latest)
        if stands == "SUCCESS":
            every = assertion.expect_every
            if every is not None and t - latest >= every:
                return Said("unknown", "gone silent")
            return Said("met", "passed")
        if stands == "ERROR":
            return _while_the_check_is_broken(mine)
        return Said("not met", "failed", low=stands == "FAILURE_LOW")

    def _is_fresh(self, rule: Deadline | MaxAge, updates: Sequence[int], t: int) -> bool:
        if isinstance(rule, MaxAge):
            return any(t < u + rule.age for u in updates)
        tick = last_tick(rule.schedule, t, self.step)
        look_back = rule.look_back
        if look_back is None:
            look_back = (tick - last_tick(rule.schedule, tick - self.step, self.step)) // 2
        return any(tick - look_back < u <= t for u in updates)

    # One product.

    def own(self, id_: str, t: int) -> str:
        """Health on its own assertions alone."""
        return _worst([does for does, _ in self._own_effects(id_, t)])

    def health(self, id_: str, t: int) -> str:
        """Health as experienced."""
        return self._assessed(id_, t)[0]

    def faults(self, id_: str, t: int) -> list[Fault]:
        """All that makes the health what it is, by every way it comes."""
        return self._assessed(id_, t)[1]

    def _assessed(self, id_: str, t: int) -> tuple[str, list[Fault]]:
        if (id_, t) not in self._known:
            self._known[id_, t] = self._assess(id_, t)
        return self._known[id_, t]

    def _assess(self, id_: str, t: int) -> tuple[str, list[Fault]]:
        effects = [(does, [fault]) for does, fault in self._own_effects(id_, t)]
        for used, required in self._inputs[id_]:
            theirs, faults = self._assessed(used, t)
            if theirs == "UNKNOWN" and not self._is_set_up(used):
                continue
            does = theirs if required else _passed_by_an_optional_input(theirs)
            if does is not None:
                effects.append((
                    does,
                    [Fault((id_, *f.path), f.assertion, f.said) for f in faults],
                ))
        health = _worst([does for does, _ in effects])
        if health == "HEALTHY":
            return health, []
        return health, [f for does, faults in effects if does == health for f in faults]

    def _own_effects(self, id_: str, t: int) -> Iterator[tuple[str, Fault]]:
        for assertion in self.products[id_].assertions:
            said = self.verdict(id_, assertion, t)
            blocking = assertion.impact.value == "blocking"
            fault = Fault((id_,), assertion.urn, said)
            if said.verdict == "met":
                yield "HEALTHY", fault
            elif said.verdict == "not met":
                yield "UNHEALTHY" if blocking and not said.low else "AT_RISK", fault
            elif blocking:
                yield "UNKNOWN", fault
        for asset in self.products[id_].assets or ():
            for incident, grave in self._open_incidents(asset.urn, t):
                does = "UNHEALTHY" if grave else "AT_RISK"
                said = Said("not met", "incident open", low=not grave)
                yield does, Fault((id_,), incident, said)

    def _open_incidents(self, asset: str, t: int) -> Iterator[tuple[str, bool]]:
        """Incidents that are open on an asset, and whether they are grave."""
        told = [e for e in self._notices if e.at <= t]
        for incident in sorted({e.incident for e in told if e.subject == asset}):
            on_it = [e for e in told if e.incident == incident and e.subject in ("", asset)]
            latest = [e for e in on_it if e.at == max(e.at for e in on_it)]
            first = [e for e in latest if e.written_at == min(e.written_at for e in latest)]
            if any(e.active for e in first):
                yield incident, any(e.active and e.grave for e in first)

    def blind_spots(self, id_: str, t: int) -> set[str]:
        """Own warnings of which nothing is known, and so change nothing."""
        return {
            a.urn
            for a in self.products[id_].assertions
            if a.impact.value == "warning" and self.verdict(id_, a, t).verdict == "unknown"
        }

    def blind_inputs(self, id_: str, t: int) -> set[str]:
        """Inputs that pass nothing on."""
        return {
            used
            for used, required in self._inputs[id_]
            if self.health(used, t) == "UNKNOWN" and not (required and self._is_set_up(used))
        }

    def _counting_inputs(self, id_: str) -> list[tuple[str, bool]]:
        """Those that count: known ones, and none for a product of a cycle."""
        if id_ in self._reached_from(id_):
            return []
        inputs = self.products[id_].inputs
        return [(i.product, i.required) for i in inputs if i.product in self.products]

    def _reached_from(self, id_: str) -> set[str]:
        reached: set[str] = set()
        front = {id_}
        while front:
            front = {
                i.product for one in front if one in self.products
                for i in self.products[one].inputs
            } - reached  # fmt: skip
            reached |= front
        return reached

    def _is_set_up(self, id_: str) -> bool:
        """Whether there is an assertion, own or inherited."""
        return bool(self.products[id_].assertions) or any(
            self._is_set_up(used) for used, _ in self._inputs[id_]
        )

    # Its history.

    def begins(self, id_: str) -> int | None:
        """The first evidence for any of its assertions, own or inherited."""
        firsts = [e.at for a in self.products[id_].assertions for e in self._heard[id_, a.urn]]
        firsts += [
            e.at
            for asset in self.products[id_].assets or ()
            for e in self._notices
            if e.active and e.subject == asset.urn and [*self._open_incidents(asset.urn, e.at)]
        ]
        inherited = [self.begins(used) for used, _ in self._inputs[id_]]
        return min([*firsts, *(f for f in inherited if f is not None)], default=None)

    def slots(self, id_: str, since: int, until: int) -> Iterator[int]:
        """The slots of a window, from the beginning of the history on."""
        begins = self.begins(id_)
        if begins is not None:
            first = max(begins, since)
            assert first % self.step == 0
            yield from range(first, until, self.step)

    def sums(
        self,
        id_: str,
        since: int,
        until: int,
        healths: Callable[[int], str],
        *,
        at_risk_is_bad: bool = False,
        counts: Callable[[int], bool] = lambda _: True,
    ) -> Sums:
        """Good, bad and unknown time; `healths` tells the health at each instant."""
        found = {"good": 0, "bad": 0, "unknown": 0}
        for t in self.slots(id_, since, until):
            if counts(t):
                health = healths(t)
                bad = health == "UNHEALTHY" or (at_risk_is_bad and health == "AT_RISK")
                word = "unknown" if health == "UNKNOWN" else "bad" if bad else "good"
                found[word] += self.step
        return Sums(**found)

    def lost_to(self, id_: str, since: int, until: int) -> tuple[int, dict[str, int]]:
        """Bad time, and what each root is charged with: in full, also where there are several."""
        lost, charged = 0, dict[str, int]()
        for t in self.slots(id_, since, until):
            if self.health(id_, t) == "UNHEALTHY":
                lost += self.step
                for root in {fault.path[-1] for fault in self.faults(id_, t)}:
                    charged[root] = charged.get(root, 0) + self.step
        return lost, charged

    def bad_times(self, id_: str, since: int, until: int) -> list[int]:
        """The bad time of each episode: it ends when it is measured to be good again."""
        found: list[int] = []
        is_open = False
        for t in self.slots(id_, since, until):
            health = self.health(id_, t)
            if health == "UNHEALTHY":
                if not is_open:
                    found.append(0)
                is_open = True
                found[-1] += self.step
            elif health != "UNKNOWN":
                is_open = False
        return found

    def objective(
        self, id_: str, objective: Objective, until: int, healths: Callable[[int], str]
    ) -> Standing:
        """How an objective stands at the end of its window."""
        zone = self.products[id_].timezone
        since = _window_begins(objective, until, zone, self.step)
        sums = self.sums(
            id_,
            since,
            until,
            healths,
            at_risk_is_bad=objective.at_risk_is_bad,
            counts=lambda t: _counts(objective, t, zone),
        )
        measured = sums.good + sums.bad
        budget = (1 - objective.target) * measured // 1
        remaining = budget - sums.bad
        if sums.coverage is None or sums.coverage < Fraction(90, 100):
            status = "no data"
        elif remaining <= 0 and sums.bad > 0:
            status = "exhausted"
        elif remaining < Fraction(budget, 4):
            status = "at risk"
        else:
            status = "meeting"
        return Standing(status, sums, budget, remaining)


def corrected(healths: Callable[[int], str], corrections: Sequence[Correction], t: int) -> str:
    """The health at an instant after corrections; where several hold at once the worst stands."""
    hold = [_CORRECTED[c.kind.value] for c in corrections if c.since <= t < c.until]
    return _worst(hold) if hold else healths(t)


def _gives_way(e: Evidence, evidence: Sequence[Evidence]) -> bool:
    """Told by an entity change event, while the run event of the same run is known."""
    return (
        isinstance(e, Result)
        and e.provisional
        and any(
            isinstance(o, Result)
            and not o.provisional
            and (o.subject, o.run_id) == (e.subject, e.run_id)
            for o in evidence
        )
    )


def _worst_at(results: Sequence[Evidence], instant: int) -> str:
    said = {r.outcome.value for r in results if isinstance(r, Result) and r.at == instant}
    return next(outcome for outcome in _OUTCOMES if outcome in said)


def _while_the_check_is_broken(results: Sequence[Evidence]) -> Said:
    """A broken check does not clear a known fault."""
    for instant in sorted({r.at for r in results}, reverse=True):
        stood = _worst_at(results, instant)
        if stood == "SUCCESS":
            break
        if stood != "ERROR":
            return Said("not met", "failed", low=stood == "FAILURE_LOW")
    return Said("unknown", "check broken")


def _passed_by_an_optional_input(health: str) -> str | None:
    return {"UNHEALTHY": "AT_RISK", "AT_RISK": "AT_RISK", "HEALTHY": "HEALTHY"}.get(health)


def _worst(healths: Sequence[str]) -> str:
    return next((h for h in _HEALTHS if h in healths), "UNKNOWN")


# Clocks on walls.


_ticks: dict[Schedule, dict[int, bool]] = {}


def last_tick(schedule: Schedule, t: int, step: int) -> int:
    """The latest tick at or before an instant, looking back slot by slot."""
    asked = _ticks.setdefault(schedule, {})
    slot = t - t % step
    while not (asked[slot] if slot in asked else asked.setdefault(slot, is_tick(schedule, slot))):
        slot -= step
    return slot


def is_tick(schedule: Schedule, t: int) -> bool:
    """Whether a schedule is due at an instant.

    A time on the wall that comes twice is the first; one that does not exist is read with the
    offset before the change.
    """
    now = _EPOCH + timedelta(milliseconds=t)
    zone = ZoneInfo(schedule.timezone)
    wall = now.astimezone(zone)
    walls = [wall.replace(tzinfo=None)] if wall.fold == 0 else []
    before = (now - _LONGEST_SHIFT).astimezone(zone).utcoffset()
    assert before is not None
    if before != wall.utcoffset():
        as_before = (now + before).replace(tzinfo=None)
        if not _exists(as_before, zone):
            walls.append(as_before)
    return any(_is_due(schedule, on_the_wall) for on_the_wall in walls)


def _exists(wall: datetime, zone: ZoneInfo) -> bool:
    around = [wall.replace(tzinfo=timezone.utc) + timedelta(minutes=15 * n) for n in range(-60, 61)]
    return any(one.astimezone(zone).replace(tzinfo=None) == wall for one in around)


def _is_due(schedule: Schedule, wall: datetime) -> bool:
    if wall.hour * 60 + wall.minute not in schedule.times or wall.second or wall.microsecond:
        return False
    by_day, by_weekday = wall.day in schedule.days, wall.weekday() in schedule.weekdays
    on_the_day = by_day or by_weekday if schedule.either else by_day and by_weekday
    works = wall.date() not in schedule.holidays
    return on_the_day and wall.month in schedule.months and works


def _window_begins(objective: Objective, until: int, zone: str, step: int) -> int:
    if objective.window is not None:
        return until - objective.window
    first_month = (lambda m: m) if objective.calendar == "month" else (lambda m: m - (m - 1) % 3)

    def belongs_to(t: int) -> tuple[int, int]:
        wall = (_EPOCH + timedelta(milliseconds=t)).astimezone(ZoneInfo(zone))
        return wall.year, first_month(wall.month)

    # Day by day, then slot by slot.
    mine, slot = belongs_to(until), until - until % step
    while belongs_to(slot - 86_400_000) == mine:
        slot -= 86_400_000
    while belongs_to(slot - step) == mine:
        slot -= step
    return slot


_DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")


def _counts(objective: Objective, t: int, zone: str) -> bool:
    """Of `MON-FRI 08:00-18:00`: what a person does who looks at a calendar and a clock."""
    if not objective.hours and not objective.holidays:
        return True
    wall = (_EPOCH + timedelta(milliseconds=t)).astimezone(ZoneInfo(zone))
    if wall.date() in objective.holidays:
        return False
    if not objective.hours:
        return True
    days, times = objective.hours.split()
    first, last = days.split("-")
    begin, end = times.split("-")
    counted = _DAYS[_DAYS.index(first) : _DAYS.index(last) + 1]
    return _DAYS[wall.weekday()] in counted and begin <= f"{wall:%H:%M}" < end
