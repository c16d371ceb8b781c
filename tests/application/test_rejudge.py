"""Late evidence over changes of promises: the tracked state is what comes of all generations."""

import tempfile
from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.adapters.store.store import SqlHealthStore
from datahub_dataproducts.application.judge import hears
from datahub_dataproducts.application.ports import Scope
from datahub_dataproducts.application.tell import TrackingPolicy
from datahub_dataproducts.application.track_health import HealthTracker
from datahub_dataproducts.domain.assertions import Evidence, Result
from datahub_dataproducts.domain.generations import Generation, part, used_inputs
from datahub_dataproducts.domain.histories import History, histories_over
from datahub_dataproducts.domain.portfolio import Portfolio, portfolio_of
from datahub_dataproducts.domain.products import DataProduct
from datahub_dataproducts.domain.verdicts import NEVER_RAN, Judgement, changes, heard
from tests.builders import dataset
from tests.fakes import store_in
from tests.searching import searches
from tests.strategies import BEGIN, GRID, LENGTH, SUBJECTS, TABLES, catalogs, evidence, instants

UNTIL = BEGIN + LENGTH * GRID
URNS = [*(f"urn:li:assertion:{name}" for name in SUBJECTS), *(dataset(name) for name in TABLES)]


class Written:
    """What was promised when, written down beside the tracker."""

    def __init__(self) -> None:
        self.ended: list[Generation] = []
        self.begun: dict[str, int | None] = {}
        self.portfolio: Portfolio = portfolio_of(())

    def define(self, products: Iterable[DataProduct], now: int) -> None:
        before, self.portfolio = self.portfolio, portfolio_of(products)
        known = {g.product.id for g in self.ended} | set(self.begun)
        for id_ in before.products:
            stays = id_ in self.portfolio.products
            if not stays or promised(before, id_) != promised(self.portfolio, id_):
                self.ended.append(self._generation(before, id_, now))
                self.begun[id_] = now
        for id_ in self.portfolio.products:
            if id_ not in before.products:
                self.begun[id_] = now if id_ in known else None

    def all(self) -> list[Generation]:
        current = [self._generation(self.portfolio, id_, None) for id_ in self.portfolio.products]
        return [*self.ended, *current]

    def concerns(self, piece: Evidence) -> bool:
        """Whether any promise that held at or after it hears it."""
        return any(
            piece.subject in assertion.listens_to and hears(assertion, piece)
            for one in self.all()
            if one.until is None or one.until > piece.at
            for assertion in one.product.assertions
        )

    def _generation(self, portfolio: Portfolio, id_: str, until: int | None) -> Generation:
        return Generation(
            product=portfolio.products[id_],
            since=self.begun[id_],
            until=until,
            inputs=used_inputs(portfolio, id_),
        )


def promised(portfolio: Portfolio, id_: str) -> object:
    watches = set(portfolio.watches.get(id_, ()))
    return set(portfolio.products[id_].assertions), set(used_inputs(portfolio, id_)), watches


def told(
    tracker: HealthTracker,
    store: SqlHealthStore,
    steps: list[Evidence | int | list[DataProduct]],
) -> tuple[Written, list[Evidence]]:
    """Take the tracker through it; what was promised, and what it kept."""
    written, clock = Written(), BEGIN
    for step in steps:
        if isinstance(step, int):
            clock = max(clock, step)
            tracker.tick(clock)
        elif isinstance(step, list):
            tracker.define(step, clock, all_of_them=True)
            written.define(step, clock)
            tracker.load()
        else:
            clock = max(clock, step.at)
            tracker.tick(clock)
            tracker.record(step, clock)
            if not (isinstance(step, Result) and step.provisional):
                with store.reading() as book:
                    kept = step in book.evidence([step.subject], None)
                assert kept or not written.concerns(step)
    tracker.tick(UNTIL)
    with store.reading() as book:
        return written, book.evidence(URNS, None)


@searches(150)
@given(
    catalogs(),
    st.lists(evidence, max_size=15),
    st.lists(catalogs(), min_size=1, max_size=3),
    st.lists(instants, max_size=4),
    st.data(),
)
def test_late_evidence_is_judged_by_the_promises_of_its_time_as_from_scratch(
    first: list[DataProduct],
    pieces: list[Evidence],
    later: list[list[DataProduct]],
    ticks: list[int],
    data: st.DataObject,
) -> None:
    steps = data.draw(st.permutations([*pieces, *later, *ticks]))
    with tempfile.TemporaryDirectory() as folder:
        store = store_in(folder)
        tracker = HealthTracker(store, TrackingPolicy())
        tracker.load()
        written, kept = told(tracker, store, [first, *steps])
        generations = written.all()
        with store.reading() as book:
            found = {
                id_: History(
                    tuple(book.steps(id_, Scope.OWN, 0)),
                    tuple(book.steps(id_, Scope.EXPERIENCED, 0)),
                )
                for id_ in {g.product.id for g in generations}
            }
            verdicts = [book.changes(g.product.id, -1) for g in generations]
        store.close()
    assert found == histories_over(generations, kept, UNTIL)
    for one, on_record in zip(generations, verdicts, strict=True):
        since, until = one.since or 0, one.until
        if until is not None and until <= since:
            continue
        for assertion in one.product.assertions:
            mine = heard(assertion, [e for e in kept if e.subject in assertion.listens_to])
            computed = [(c.at, c.judgement) for c in changes(assertion, mine, UNTIL)[0]]
            ours = [(c.at, c.judgement) for c in on_record.get(assertion.urn, ())]
            assert merged(part(ours, since, until)) == merged(part(computed, since, until))


def merged(timeline: list[tuple[int, Judgement]]) -> list[tuple[int, Judgement]]:
    """That nothing was heard is nothing; of equal ones in a row the first stands."""
    kept: list[tuple[int, Judgement]] = []
    for at, judgement in timeline:
        if judgement != (kept[-1][1] if kept else NEVER_RAN):
            kept.append((at, judgement))
    return kept
