"""The tracker step by step, in any order and with restarts, held against the words."""

from functools import partial
from random import Random

from datahub_dataproducts.adapters.store.store import SqlHealthStore
from datahub_dataproducts.application.ports import Scope
from datahub_dataproducts.application.tell import TrackingPolicy
from datahub_dataproducts.application.track_health import HealthTracker
from datahub_dataproducts.plugins.scratch_store import scratch_store
from tests.oracle import Oracle
from tests.soak.comparing import NEVER_RAN, in_force, said_by
from tests.soak.random_histories import RandomHistory

POLICY = TrackingPolicy(channels=("soak",))


def tracking_disagreements(history: RandomHistory) -> list[str]:
    """What a tracker keeps that hears things late and twice, is ticked in between and restarted.

    The order and the restarts are of the history's own chance, so the same each time.
    """
    with scratch_store() as store:
        _track(store, history, Random(len(history.told)))
        return _kept_otherwise(store, history)


def _track(store: SqlHealthStore, history: RandomHistory, chance: Random) -> None:
    tracker = _started(store)
    tracker.define(history.products, 0, all_of_them=True)
    pieces = [*history.evidence, *history.evidence[::3]]
    chance.shuffle(pieces)
    clock = 0
    for piece in pieces:
        # The clock may be far ahead of the event, and stands at times when nothing happens.
        clock = max(clock, min(piece.at + chance.choice((0, 0, 5)) * history.step, history.until))
        if chance.random() < 0.7:
            tracker.tick(clock)
        tracker.record(piece, clock)
        if chance.random() < 0.2:
            tracker = _started(store)
    tracker.tick(history.until)


def _started(store: SqlHealthStore) -> HealthTracker:
    """As after a crash: all that is left is the store."""
    tracker = HealthTracker(store, POLICY)
    tracker.load()
    return tracker


def _kept_otherwise(store: SqlHealthStore, history: RandomHistory) -> list[str]:
    words = Oracle(history.products, history.evidence, history.step)
    said = []
    with store.reading() as book:
        for product in history.products:
            id_ = product.id
            for scope, healths in (
                (Scope.OWN, partial(words.own, id_)),
                (Scope.EXPERIENCED, partial(words.health, id_)),
            ):
                kept = [(at, h.value) for at, h in book.steps(id_, scope, 0)]
                expected = steps_of(words, id_, healths, history.until)
                if kept != expected:
                    said.append(f"{scope.value} steps of {id_}: {kept}, by the words {expected}")
            changes = book.changes(id_, 0)
            for assertion in product.assertions:
                mine = [(c.at, said_by(c.judgement)) for c in changes.get(assertion.urn, ())]
                for t in range(first_of(history), history.until + 1, history.step):
                    kept_verdict = in_force(mine, t) or NEVER_RAN
                    if kept_verdict != words.verdict(id_, assertion, t):
                        said.append(f"{assertion.urn} of {id_} at {t}: {kept_verdict}")
                        break
    return said


def first_of(history: RandomHistory) -> int:
    return min([*(e.at for e in history.evidence), history.until]) - history.step


def steps_of(words: Oracle, id_: str, healths: partial[str], until: int) -> list[tuple[int, str]]:
    """Where health turns, found by asking each slot; what lies exactly at the end counts."""
    begins, found = words.begins(id_), list[tuple[int, str]]()
    if begins is not None:
        for t in range(begins, until + 1, words.step):
            if not found or found[-1][1] != healths(t):
                found.append((t, healths(t)))
    return found
