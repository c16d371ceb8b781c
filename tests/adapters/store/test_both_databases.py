"""Whatever happens, a store in PostgreSQL comes to hold the very same as one in SQLite."""

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datahub_dataproducts.adapters.datahub.evidence_records import evidence_record
from datahub_dataproducts.adapters.store.store import SqlHealthStore
from datahub_dataproducts.application.deliver import Courier
from datahub_dataproducts.application.export import export
from datahub_dataproducts.application.tell import TrackingPolicy
from datahub_dataproducts.application.track_health import HealthTracker
from datahub_dataproducts.domain.assertions import MaxAge, Outcome
from datahub_dataproducts.domain.durations import DAY, HOUR
from datahub_dataproducts.domain.episodes import Patience
from datahub_dataproducts.domain.products import Input
from datahub_dataproducts.domain.receipts import Receipt, Retry
from tests.builders import at, checked, freshness_assertion, product, result, update
from tests.fakes import FakeCatalog, FakeChannel, store_at
from tests.integration.postgres.server import PostgresServer

BEGIN = at("2026-03-02 08:00")
USERS = product("users", checked("u"), checked("v"), freshness_assertion("fct", MaxAge(age=DAY)))
REVENUE = product("revenue", checked("r"), inputs=(Input(product="users"),))
CHANGED = replace(
    REVENUE, name="Revenue of today", inputs=(Input(product="users", required=False),)
)
PRODUCTS = [USERS, REVENUE]

# What happens next: hours later, what it is, and of which check.
events = st.tuples(
    st.integers(0, 30),
    st.sampled_from([
        "SUCCESS",
        "FAILURE",
        "ERROR",
        "late",
        "provisional",
        "update",
        "define",
        "gone",
    ]),
    st.sampled_from("uvr"),
)
_numbers = count(1)


class Keeper:
    """A tracker and a courier on one store."""

    def __init__(self, url: str) -> None:
        self.store: SqlHealthStore = store_at(url)
        patience = Patience(for_=0, clear_for=0)
        policy = TrackingPolicy(channels=("console",), patience=patience)
        self._tracker = HealthTracker(self.store, policy)
        self._tracker.load()
        self._tracker.define(PRODUCTS, BEGIN, all_of_them=True)
        waits: list[Receipt] = [Retry("busy")]
        self._courier = Courier(self.store, FakeCatalog(waits), {"console": FakeChannel(waits)})

    def live(self, history: list[tuple[int, str, str]]) -> None:
        now = BEGIN
        for number, (hours, what, check) in enumerate(history):
            now += hours * HOUR
            self._tracker.tick(now)
            if what in {"define", "gone"}:
                given = {"define": [USERS, CHANGED], "gone": [REVENUE]}[what]
                self._tracker.define(given if check == "u" else PRODUCTS, now, all_of_them=True)
            elif what == "update":
                self._tracker.record(update("fct", now), now)
            else:
                outcome = Outcome[what] if what in Outcome.__members__ else Outcome.FAILURE
                when = now - 40 * HOUR if what == "late" else now
                run = f"run-{number // 2}"
                heard = result(check, when, outcome, run=run, provisional=what == "provisional")
                self._tracker.record(heard, now)
            self._courier.deliver(now)
        self._tracker.tick(now + 3 * DAY)

    def kept(self) -> Iterator[tuple[str, str]]:
        for name, records in export(self.store, evidence_record):
            for record in records:
                yield name, json.dumps(record, ensure_ascii=False)


def all_kept(url: str, history: list[tuple[int, str, str]]) -> list[tuple[str, str]]:
    keeper = Keeper(url)
    keeper.live(history)
    found = list(keeper.kept())
    keeper.store.close()
    return found


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(history=st.lists(events, min_size=3, max_size=30))
def test_every_history_leaves_the_same_in_both(
    history: list[tuple[int, str, str]], tmp_path: Path, postgres_server: PostgresServer
) -> None:
    name = f"history_{next(_numbers)}"
    postgres_server.execute(f"CREATE DATABASE {name}")
    in_sqlite = all_kept(f"sqlite:///{tmp_path}/{name}.db", history)
    in_postgresql = all_kept(postgres_server.url(name), history)
    postgres_server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    assert in_postgresql == in_sqlite
