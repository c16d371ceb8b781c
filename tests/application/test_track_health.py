"""The tracked state: kept step by step, it is what comes of the whole history."""

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.adapters.datahub.definitions import read_definition, write_definition
from datahub_dataproducts.adapters.store.store import SqlHealthStore
from datahub_dataproducts.application.in_force import in_force_at
from datahub_dataproducts.application.ports import Scope
from datahub_dataproducts.application.report import report
from datahub_dataproducts.application.tell import TrackingPolicy
from datahub_dataproducts.application.track_health import HealthTracker
from datahub_dataproducts.domain.assertions import Evidence
from datahub_dataproducts.domain.episodes import catalog_digest
from datahub_dataproducts.domain.health import Health, assess
from datahub_dataproducts.domain.histories import History, histories
from datahub_dataproducts.domain.letters import Letter
from datahub_dataproducts.domain.portfolio import portfolio_of
from datahub_dataproducts.domain.products import DataProduct
from datahub_dataproducts.domain.timelines import tally
from tests.searching import searches
from tests.strategies import BEGIN, GRID, LENGTH, catalogs, histories_of_evidence, instants

UNTIL = BEGIN + LENGTH * GRID


def tracker_on(
    folder: str | Path, products: list[DataProduct], policy: TrackingPolicy | None = None
) -> tuple[HealthTracker, SqlHealthStore]:
    store = SqlHealthStore(f"sqlite:///{folder}/health.db", write_definition, read_definition)
    store.open()
    tracker = HealthTracker(store, policy or TrackingPolicy(channels=("console",)))
    tracker.load()
    tracker.define(products, 0, all_of_them=True)
    return tracker, store


def kept(store: SqlHealthStore, products: list[DataProduct]) -> dict[str, History]:
    with store.transaction() as book:
        return {
            p.id: History(
                tuple(book.steps(p.id, Scope.OWN, 0)),
                tuple(book.steps(p.id, Scope.EXPERIENCED, 0)),
            )
            for p in products
        }


def told_digests(store: SqlHealthStore, products: list[DataProduct]) -> dict[str, str | None]:
    with store.transaction() as book:
        told = {p.id: book.told(p.id) for p in products}
    return {id_: None if one is None else one.digest for id_, one in told.items()}


def assessed_digests(store: SqlHealthStore, products: list[DataProduct]) -> dict[str, str | None]:
    """From the changes in the book, nothing remembered."""
    portfolio = portfolio_of(products)
    with store.transaction() as book:
        in_force = in_force_at(book, UNTIL)
        return {p.id: catalog_digest(assess(portfolio, p.id, in_force, {})) for p in products}


def letters(store: SqlHealthStore) -> list[Letter]:
    return [due.letter for due in store.due_letters(UNTIL, 10_000)]


@searches(150)
@given(catalogs(), histories_of_evidence, st.lists(instants, max_size=4), st.data())
def test_step_by_step_is_the_same_as_from_scratch(
    made: list[DataProduct], heard: list[Evidence], ticks: list[int], data: st.DataObject
) -> None:
    steps = data.draw(st.permutations([*heard, *heard[:3], *ticks]))
    with tempfile.TemporaryDirectory() as folder:
        tracker, store = tracker_on(folder, made)
        clock = 0
        for step in steps:
            if isinstance(step, int):
                clock = max(clock, step)
                tracker.tick(clock)
            else:
                clock = max(clock, step.at)
                tracker.tick(clock)
                tracker.record(step, clock)
        shown = report(store, UNTIL, None)
        tracker.tick(UNTIL)
        found = kept(store, made)
        told, assessed = told_digests(store, made), assessed_digests(store, made)
        store.close()
    whole = histories(portfolio_of(made), heard, UNTIL)
    assert found == whole
    assert told == assessed
    for status in shown:
        steps = whole[status.product.id].experienced
        assert status.figures == tally(steps, 0, UNTIL)
        assert status.since == (steps[-1][0] if steps else None)
        assert status.health is (steps[-1][1] if steps else Health.UNKNOWN)


@searches(75)
@given(catalogs(), histories_of_evidence, st.lists(instants, max_size=4), st.data())
def test_one_that_remembers_nothing_from_step_to_step_says_the_same(
    made: list[DataProduct], heard: list[Evidence], ticks: list[int], data: st.DataObject
) -> None:
    steps = data.draw(st.permutations([*heard, *ticks]))
    said: list[list[Letter]] = []
    for forgets in (False, True):
        with tempfile.TemporaryDirectory() as folder:
            tracker, store = tracker_on(folder, made)
            clock = 0
            for step in steps:
                clock = max(clock, step if isinstance(step, int) else step.at)
                if forgets:
                    tracker.load()
                tracker.tick(clock)
                if forgets:
                    tracker.load()
                if not isinstance(step, int):
                    tracker.record(step, clock)
            said.append(letters(store))
            store.close()
    assert said[0] == said[1]
