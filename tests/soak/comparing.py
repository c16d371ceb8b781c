"""What the domain says of a history, held against what the words say of each of its instants."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TypeVar

from datahub_dataproducts.application.replay import Replay, Replayed, replay
from datahub_dataproducts.application.tell import TrackingPolicy
from datahub_dataproducts.application.track_health import HealthTracker
from datahub_dataproducts.domain.assertions import Assertion
from datahub_dataproducts.domain.charges import charges
from datahub_dataproducts.domain.corrected_histories import corrected
from datahub_dataproducts.domain.corrections import corrections_of
from datahub_dataproducts.domain.health import Assessment, Cause, assess
from datahub_dataproducts.domain.histories import histories, verdicts
from datahub_dataproducts.domain.objectives import judge_objective
from datahub_dataproducts.domain.periods import bad_times
from datahub_dataproducts.domain.portfolio import portfolio_of
from datahub_dataproducts.domain.products import DataProduct
from datahub_dataproducts.domain.timelines import Step, Tally, tally
from datahub_dataproducts.domain.verdicts import Change, Judgement
from datahub_dataproducts.plugins.scratch_store import scratch_store
from tests import oracle
from tests.oracle import Fault, Oracle, Said, Sums
from tests.soak.random_histories import RandomHistory

Kind = TypeVar("Kind")
NEVER_RAN = Said("unknown", "never ran")


def disagreements(history: RandomHistory) -> list[str]:
    """Where the pure functions and the words disagree; sentences without a full stop."""
    return list(_Comparison(history).all())


def replay_disagreements(history: RandomHistory) -> list[str]:
    """Where the replay and the words disagree, at the end; the tracker must keep the same."""
    words = Oracle(history.products, history.evidence, history.step)
    found = replayed(history)
    said = list(found.differences)
    late = len({t for t in history.told if t.evidence.at > history.until})
    if found.left_out != late:
        said.append(f"left out: {found.left_out}, by the words {late}")
    for one in found.products:
        said.extend(_replayed_otherwise(words, one, history.until))
    return said


def replayed(history: RandomHistory) -> Replay:
    """The replay of a history, with a tracker on a store of its own."""
    with scratch_store() as store:
        policy = TrackingPolicy(channels=("soak",))
        return replay(
            history.products,
            history.told,
            history.until,
            tracking=HealthTracker(store, policy),
            store=store,
            patience=policy.patience,
        )


class _Comparison:
    def __init__(self, history: RandomHistory) -> None:
        self.history = history
        self.words = Oracle(history.products, history.evidence, history.step)
        self.portfolio = portfolio_of(history.products)
        self.judged = verdicts(self.portfolio, history.evidence, history.until)
        self.found = histories(self.portfolio, history.evidence, history.until)

    def all(self) -> Iterator[str]:
        for product in self.history.products:
            yield from self._verdicts(product)
            yield from self._healths(product)
        for product in self.history.products:
            yield from self._causes(product)
            yield from self._sums(product)
            yield from self._corrected(product)

    def _instants(self) -> range:
        """Each slot, from before the first of anything to the end itself."""
        heard = [e.at for e in self.history.evidence]
        first = min([*heard, self.history.until]) - self.history.step
        return range(first, self.history.until + 1, self.history.step)

    def _verdicts(self, product: DataProduct) -> Iterator[str]:
        for assertion in product.assertions:
            changes = self.judged.get((product.id, assertion.urn), ())
            for t in self._instants():
                change = in_force([(c.at, c) for c in changes], t)
                found = NEVER_RAN if change is None else said_by(change.judgement)
                words = self.words.verdict(product.id, assertion, t)
                if found != words:
                    yield f"{assertion.urn} of {product.id} at {t}: {found}, by the words {words}"
                    break

    def _healths(self, product: DataProduct) -> Iterator[str]:
        id_, mine = product.id, self.found[product.id]
        begins = mine.experienced[0][0] if mine.experienced else None
        if begins != self.words.begins(id_) or bool(mine.own) != bool(mine.experienced):
            yield f"{id_} begins at {begins}, by the words at {self.words.begins(id_)}"
            return
        if begins is None:
            return
        for t in range(begins, self.history.until + 1, self.history.step):
            found = (in_force(mine.experienced, t), in_force(mine.own, t))
            words = (self.words.health(id_, t), self.words.own(id_, t))
            if tuple(h.value if h else None for h in found) != words:
                yield f"{id_} at {t}: {found}, by the words {words}"
                break

    def _causes(self, product: DataProduct) -> Iterator[str]:
        """At each turn of its health, and in the slot before it."""
        turns = {t for t, _ in self.found[product.id].experienced} | {self.history.until}
        for turn in sorted(turns):
            for t in (turn - self.history.step, turn):
                assessment = assess(
                    self.portfolio, product.id, partial(self._change_in_force, t), {}
                )
                yield from explained_otherwise(self.words, assessment, t, self.history.step)

    def _change_in_force(self, t: int, product: str, assertion: Assertion) -> Change | None:
        return in_force([(c.at, c) for c in self.judged.get((product, assertion.urn), ())], t)

    def _sums(self, product: DataProduct) -> Iterator[str]:
        id_, until, mine = product.id, self.history.until, self.found[product.id]
        cut = min(self.history.cut, until)
        for since, end in ((0, until), (cut, until), (0, cut)):
            yield from differs(
                f"the sums of {id_} in [{since}, {end})",
                sums_of(tally(mine.experienced, since, end)),
                self.words.sums(id_, since, end, partial(self.words.health, id_)),
            )
            yield from differs(
                f"the own sums of {id_} in [{since}, {end})",
                sums_of(tally(mine.own, since, end)),
                self.words.sums(id_, since, end, partial(self.words.own, id_)),
            )
        found = charges(self.portfolio, id_, self.found, [(cut, until)])
        lost, by_root = self.words.lost_to(id_, cut, until)
        yield from differs(
            f"what {id_} lost",
            (found.lost, {c.root: c.lost for c in found.by_root}, found.overlap),
            (lost, by_root, sum(by_root.values()) > lost),
        )
        yield from differs(
            f"episodes of {id_}",
            bad_times(mine.experienced, (cut, until)),
            self.words.bad_times(id_, cut, until),
        )
        yield from self._objective(product, mine.experienced, partial(self.words.health, id_))

    def _corrected(self, product: DataProduct) -> Iterator[str]:
        id_, until = product.id, self.history.until
        mine = corrections_of(id_, self.history.corrections)
        if not mine:
            return
        steps = self.found[id_].experienced
        words = partial(oracle.corrected, partial(self.words.health, id_), mine)
        yield from differs(
            f"the corrected sums of {id_}",
            sums_of(tally(corrected(steps, mine), 0, until)),
            self.words.sums(id_, 0, until, words),
        )
        yield from self._objective(product, corrected(steps, mine), words)

    def _objective(
        self, product: DataProduct, steps: Sequence[Step], words: partial[str]
    ) -> Iterator[str]:
        if product.objective is None:
            return
        found = judge_objective(
            product.objective,
            steps,
            self.history.until,
            timezone=product.timezone,
            history_from=steps[0][0] if steps else None,
        )
        said = self.words.objective(product.id, product.objective, self.history.until, words)
        yield from differs(
            f"the objective of {product.id}",
            (found.status.value, sums_of(found.tally), found.budget, found.remaining),
            (said.status, said.sums, said.budget, said.remaining),
        )


def _replayed_otherwise(words: Oracle, one: Replayed, until: int) -> Iterator[str]:
    id_ = one.product.id
    yield from differs(f"history of {id_}", one.history_from, words.begins(id_))
    yield from explained_otherwise(words, one.assessment, until, words.step)
    yield from differs(
        f"the sums of {id_}",
        (sums_of(one.experienced), sums_of(one.own)),
        (
            words.sums(id_, 0, until, partial(words.health, id_)),
            words.sums(id_, 0, until, partial(words.own, id_)),
        ),
    )
    if one.objective is not None and one.product.objective is not None:
        said = words.objective(id_, one.product.objective, until, partial(words.health, id_))
        yield from differs(
            f"the objective of {id_}",
            (one.objective.status.value, one.objective.remaining),
            (said.status, said.remaining),
        )


def explained_otherwise(words: Oracle, assessment: Assessment, t: int, step: int) -> Iterator[str]:
    """Health, causes and blind spots of one product at one instant."""
    id_ = assessment.product
    yield from differs(
        f"the health of {id_} at {t}",
        (
            assessment.health.value,
            sorted(map(fault_of, assessment.causes), key=repr),
            {c.assertion.urn for c in assessment.blind_spots},
            set(assessment.blind_inputs),
        ),
        (
            words.health(id_, t),
            sorted(_by_the_shortest_way(words.faults(id_, t)), key=repr),
            words.blind_spots(id_, t),
            words.blind_inputs(id_, t),
        ),
    )
    own_ones = [cause.is_own for cause in assessment.causes]
    if own_ones != sorted(own_ones, reverse=True):
        yield f"own causes of {id_} at {t} are not told first"
    for cause in assessment.causes:
        yield from differs(
            f"since when {cause.assertion.urn} of {cause.root} is so, asked at {t}",
            cause.since,
            _since(words, cause, t, step),
        )


def _by_the_shortest_way(faults: Sequence[Fault]) -> list[Fault]:
    """What comes by several ways is one fault; of ways of one length the first in the alphabet."""
    found: dict[tuple[str, str], Fault] = {}
    for fault in sorted(faults, key=lambda f: (len(f.path), f.path)):
        found.setdefault((fault.path[-1], fault.assertion), fault)
    return list(found.values())


def _since(words: Oracle, cause: Cause, t: int, step: int) -> int | None:
    """Back slot by slot, as long as it was so."""
    said = words.verdict(cause.root, cause.assertion, t)
    if said == NEVER_RAN:
        return None
    while words.verdict(cause.root, cause.assertion, t - step) == said:
        t -= step
    return t


def fault_of(cause: Cause) -> Fault:
    return Fault(cause.path, cause.assertion.urn, said_by(cause.judgement))


def said_by(judgement: Judgement) -> Said:
    return Said(judgement.verdict.value, judgement.reason.value, judgement.low)


def sums_of(tally: Tally) -> Sums:
    return Sums(tally.good, tally.bad, tally.unknown)


def in_force(timeline: Sequence[tuple[int, Kind]], t: int) -> Kind | None:
    return next((kind for at, kind in reversed(timeline) if at <= t), None)


def differs(what: str, found: object, words: object) -> Iterator[str]:
    if found != words:
        yield f"{what}: {found}, by the words {words}"
