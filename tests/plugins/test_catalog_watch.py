"""Keeping up with the catalog: edits by hand, what was missed, and that reading changes nothing."""

import json
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.adapters.datahub.incidents import incident_notices
from datahub_dataproducts.adapters.store.store import SqlHealthStore
from datahub_dataproducts.application.ports import Scope
from datahub_dataproducts.application.tell import TrackingPolicy
from datahub_dataproducts.application.track_health import HealthTracker
from datahub_dataproducts.domain.assertions import Evidence, IncidentNotice, Outcome, Result
from datahub_dataproducts.domain.durations import HOUR, MINUTE
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.products import Asset, DataProduct
from datahub_dataproducts.plugins.catalog_watch import CatalogWatch
from tests.application.test_track_health import kept, tracker_on
from tests.builders import checked, dataset, notice, product, result
from tests.fakes import store_in
from tests.incident_strategies import catalogs_with_assets
from tests.plugins.directories import FakeClock, FakeDirectory
from tests.searching import searches
from tests.strategies import BEGIN, GRID, LENGTH, TABLES, histories_of_evidence, instants

NOW = 1_772_431_200_000
USERS = replace(product("users", checked("users")), assets=(Asset(urn=dataset("x"), name="x"),))
MADE = replace(product("made", checked("made")), assets=(Asset(urn=dataset("y"), name="y"),))


class Desk:
    """A watch on a real store, looked at by the test alone."""

    def __init__(self, folder: Path, directory: FakeDirectory) -> None:
        self.directory = directory
        self.clock = FakeClock(NOW, runs=False)
        self.store: SqlHealthStore = store_in(folder)
        self.tracker = HealthTracker(self.store, TrackingPolicy())
        self.tracker.load()
        self.watch = CatalogWatch(
            tracker=self.tracker,
            directory=directory,
            clock=self.clock,
            tick=1_000,
            is_replay=False,
            reconcile_every=HOUR,
        )
        self.watch.read_first(threading.Event(), waits=False)
        self.watch.begin()

    def pass_(self, time: int) -> None:
        """Time passes, and everything that is to be done then is done."""
        self.clock.time += time
        while self.watch.look():
            pass

    def known(self) -> set[str]:
        return set(self.tracker.portfolio.products)

    def health(self, id_: str) -> list[Health]:
        with self.store.transaction() as book:
            return [health for _, health in book.steps(id_, Scope.EXPERIENCED, 0)]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path, FakeDirectory(USERS))
    yield made
    made.store.close()


def test_what_was_lost_is_read_within_the_hour(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.directory.evidence.append(result("users", NOW + MINUTE))
    desk.pass_(10 * MINUTE)
    assert desk.health("users") == [Health.HEALTHY]
    desk.directory.evidence[:] = [result("users", NOW + 11 * MINUTE, Outcome.FAILURE, run="2")]
    desk.pass_(2 * MINUTE)
    assert desk.health("users") == [Health.HEALTHY]
    with caplog.at_level("INFO"):
        desk.pass_(HOUR)
    assert desk.health("users") == [Health.HEALTHY, Health.UNHEALTHY]
    assert "1 results and incidents that were not heard were read" in caplog.text


def test_definitions_that_changed_or_went_are_read_within_the_hour(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.directory.published = [replace(USERS, name="People"), MADE, product("other")]
    desk.directory.evidence.append(result("made", NOW))
    desk.pass_(HOUR)
    assert desk.tracker.portfolio.products["users"].title == "People"
    assert desk.health("made") == [Health.HEALTHY], "what was said of it before is asked for too"
    assert desk.known() == {"users", "made", "other"}
    desk.directory.published = [USERS]
    desk.directory.gone = {"made"}
    desk.directory.lost = {"other"}
    desk.pass_(HOUR)
    assert desk.known() == {"users"}
    assert caplog.text == ""


def test_who_is_said_to_be_no_more_is_so_at_once(desk: Desk) -> None:
    desk.watch.remove("users")
    assert desk.known() == set()


def test_a_clock_that_is_set_back_puts_nothing_off(desk: Desk) -> None:
    desk.pass_(10 * MINUTE)
    desk.watch.edited("made")
    desk.clock.time -= 24 * HOUR
    desk.directory.published = [replace(USERS, name="People"), MADE]
    desk.directory.evidence[:] = [result("users", NOW - 24 * HOUR + MINUTE)]
    desk.pass_(1)
    assert desk.tracker.portfolio.products["users"].title == "People"
    assert desk.health("users") == [Health.HEALTHY]
    assert "made" in desk.known()
    reads = desk.directory.reads
    desk.pass_(MINUTE)
    assert desk.directory.reads == reads
    desk.pass_(HOUR)
    assert desk.directory.reads == reads + 1


class SlowDirectory(FakeDirectory):
    """While it is read, somebody does something, once."""

    def __init__(self, *products: DataProduct) -> None:
        super().__init__(*products)
        self.meanwhile: Callable[[], object] = bool

    def products(self) -> tuple[DataProduct, ...]:
        read = super().products()
        meanwhile, self.meanwhile = self.meanwhile, bool
        meanwhile()
        return read


def test_what_an_event_tells_while_the_catalog_is_read_is_not_undone_by_what_was_read(
    tmp_path: Path,
) -> None:
    people = replace(USERS, name="People")
    directory = SlowDirectory(USERS, MADE, product("other"))
    desk = Desk(tmp_path, directory)
    fresh = replace(product("fresh"), name="Fresh")

    def events() -> None:
        desk.watch.define(people)
        desk.watch.remove("made")
        desk.watch.define(fresh)

    directory.meanwhile = events
    directory.published = [USERS, MADE, replace(product("other"), name="Other"), product("fresh")]
    desk.pass_(HOUR)
    held = desk.tracker.portfolio.products
    assert {id_: held[id_].name for id_ in held} == {
        "users": "People",
        "other": "Other",
        "fresh": "Fresh",
    }
    directory.gone = {"users"}
    directory.meanwhile = lambda: desk.watch.define(replace(USERS, name="Here again"))
    desk.pass_(HOUR)
    assert desk.tracker.portfolio.products["users"].name == "Here again"
    desk.pass_(HOUR)
    assert "users" not in desk.known()
    desk.store.close()


def test_a_catalog_that_has_none_of_what_is_known_is_not_believed(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.directory.published = []
    desk.directory.lost = {"users"}
    desk.pass_(HOUR)
    assert desk.known() == {"users"}
    assert "DataHub has no product that is known here: make sure that it is yours" in caplog.text


def test_an_incident_that_was_opened_closed_or_deleted_unheard_is_so_within_the_hour(
    desk: Desk,
) -> None:
    opened = notice("x", NOW + MINUTE)
    desk.directory.notices = [opened]
    desk.pass_(HOUR)
    assert desk.health("users") == [Health.UNHEALTHY]
    desk.directory.notices = [opened, notice("x", NOW + HOUR + MINUTE, active=False)]
    desk.pass_(HOUR)
    assert not desk.tracker.open_incidents([dataset("x")])
    second = notice("x", NOW + 2 * HOUR + 1, incident="i2")
    desk.directory.notices.append(second)
    desk.pass_(HOUR)
    assert desk.tracker.open_incidents([dataset("x")]) == {second.incident: {dataset("x")}}
    desk.directory.notices.remove(second)
    desk.pass_(HOUR)
    assert not desk.tracker.open_incidents([dataset("x")])


def test_a_product_that_people_made_is_taken_up_a_minute_after_it_was_edited(desk: Desk) -> None:
    desk.directory.published.append(MADE)
    desk.directory.evidence.append(result("made", NOW))
    desk.directory.notices = [notice("y", NOW)]
    desk.watch.edited("made")
    desk.pass_(MINUTE - 1_000)
    assert desk.known() == {"users"}
    desk.pass_(1_000)
    assert desk.known() == {"users", "made"}
    assert desk.health("made") == [Health.UNHEALTHY]


def test_a_contract_that_was_edited_is_read_with_the_products_of_its_dataset(desk: Desk) -> None:
    more = replace(USERS, assertions=(*USERS.assertions, checked("more")))
    desk.directory.published = [more]
    desk.watch.contract_edited(dataset("nobodys"))
    desk.watch.contract_edited(dataset("x"))
    desk.pass_(MINUTE)
    assert desk.tracker.portfolio.products["users"] == more


def test_what_an_event_defines_meanwhile_stands(desk: Desk) -> None:
    defined = replace(MADE, name="Defined")

    class Slow(FakeDirectory):
        def hand_made(self, products: Any) -> tuple[DataProduct, ...]:
            desk.watch.define(defined)
            return (MADE,)

    desk.watch._directory = Slow(USERS)  # noqa: SLF001 - it is swapped while nothing else runs
    desk.watch.edited("made")
    desk.pass_(MINUTE)
    assert desk.tracker.portfolio.products["made"] == defined


def test_edits_wait_for_a_catalog_that_is_down(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.directory.published.append(MADE)
    desk.watch.edited("made")
    desk.directory.down = True
    desk.pass_(MINUTE)
    assert "Products that were edited are read again: DataHub is down" in caplog.text
    desk.directory.down = False
    desk.pass_(MINUTE)
    assert desk.known() == {"users", "made"}


def test_a_round_that_a_dead_catalog_cut_short_goes_on_where_it_was(tmp_path: Path) -> None:
    promises = [checked(f"a{number:04d}") for number in range(2_500)]
    directory = FakeDirectory(product("big", *promises))
    desk = Desk(tmp_path, directory)
    asked = directory.asked
    assert [len(subjects) for subjects in asked] == [1_000, 1_000, 500]
    desk.pass_(10 * MINUTE)
    asked.clear()

    class Failing(FakeDirectory):
        def latest(self, subjects: Any) -> tuple[Evidence, ...]:
            found = directory.latest(subjects)
            self.down = len(asked) == 2
            self._check()
            return found

    desk.watch._directory = Failing(*directory.published)  # noqa: SLF001 - while nothing else runs
    desk.pass_(HOUR)
    desk.pass_(1_000)
    begins = [subjects[0].rpartition(":")[2] for subjects in asked]
    assert begins == ["a0000", "a1000", "a1000", "a2000"]
    desk.store.close()


def test_a_catalog_that_is_waited_for_is_asked_ever_more_rarely_at_first_after_a_second(
    desk: Desk,
) -> None:
    class Wake(threading.Event):
        waited: list[float | None] = []  # noqa: RUF012 - of one test

        def wait(self, timeout: float | None = None) -> bool:
            self.waited.append(timeout)
            desk.directory.down = len(self.waited) < 8
            return False

    desk.directory.down = True
    desk.tracker.remove("users", NOW)
    desk.watch.read_first(Wake(), waits=True)
    assert Wake.waited == [1, 2, 4, 8, 16, 32, 60, 60]


def test_in_a_replay_nobody_looks_at_edits(tmp_path: Path) -> None:
    directory = FakeDirectory(USERS)
    store = store_in(tmp_path)
    tracker = HealthTracker(store, TrackingPolicy())
    tracker.load()
    watch = CatalogWatch(
        tracker=tracker,
        directory=directory,
        clock=FakeClock(NOW, runs=False),
        tick=0,
        is_replay=True,
        reconcile_every=None,
        settling=0,
    )
    watch.read_first(threading.Event(), waits=False)
    watch.define(MADE)
    watch.edited("made")
    watch.look()
    assert directory.asked == []
    store.close()


Piece = tuple[int, Evidence]


@st.composite
def incident_lives(draw: st.DrawFn) -> list[tuple[int, bytes | None]]:
    """Versions of one incident with when each was written; None: it was deleted."""
    times = sorted(draw(st.sets(instants, min_size=1, max_size=3)))
    assets = draw(st.lists(st.sampled_from(TABLES), unique=True, min_size=1))
    ends = draw(st.sampled_from(["open", "resolved", "deleted"])) if len(times) > 1 else "open"
    versions: list[tuple[int, bytes | None]] = []
    for at in times:
        is_last = at == times[-1]
        if is_last and ends == "deleted":
            versions.append((at, None))
            continue
        state = "RESOLVED" if is_last and ends == "resolved" else "ACTIVE"
        info = {
            "entities": [dataset(name) for name in assets],
            "status": {"state": state, "lastUpdated": {"time": at}},
            "created": {"time": times[0]},
            "priority": draw(st.sampled_from([0, 2])),
        }
        versions.append((at, json.dumps(info).encode()))
        if len(assets) > 1 and draw(st.booleans()):
            assets = assets[:1]
    return versions


class Server(FakeDirectory):
    """What was written until now, by the time it was written."""

    def __init__(
        self,
        products: list[DataProduct],
        results: list[Evidence],
        lives: list[list[tuple[int, bytes | None]]],
    ) -> None:
        super().__init__(*products)
        self._results = results
        self._lives = lives

    def move_to(self, now: int) -> None:
        latest: dict[str, Evidence] = {}
        for one in sorted(self._results, key=lambda e: e.at):
            if one.at <= now and not (isinstance(one, Result) and one.provisional):
                latest[one.subject] = one
        self.evidence = list(latest.values())
        self.notices = []
        for number, versions in enumerate(self._lives):
            written = [version for version in versions if version[0] <= now]
            if written and written[-1][1] is not None:
                at, info = written[-1]
                self.notices += incident_notices(incident(number), info, stamp=at)


def incident(number: int) -> str:
    return f"urn:li:incident:i{number}"


def told(lives: list[list[tuple[int, bytes | None]]]) -> list[Evidence]:
    """What the events of all versions tell."""
    heard: list[Evidence] = []
    for number, versions in enumerate(lives):
        before: bytes | None = None
        for at, info in versions:
            if info is None:
                heard.append(
                    IncidentNotice(
                        subject="",
                        incident=incident(number),
                        at=at,
                        active=False,
                        grave=False,
                        written_at=at,
                    )
                )
            else:
                heard += incident_notices(incident(number), info, stamp=at, previous=before)
            before = info
    return heard


@searches(120)
@given(
    catalogs_with_assets(),
    histories_of_evidence.map(lambda e: e[:12]),
    st.lists(incident_lives(), max_size=3),
    st.data(),
)
def test_reading_everything_at_any_point_of_the_events_changes_no_history(
    made: list[DataProduct],
    results: list[Evidence],
    lives: list[list[tuple[int, bytes | None]]],
    data: st.DataObject,
) -> None:
    heard = data.draw(st.permutations([*results, *told(lives)]))
    rounds = data.draw(st.sets(st.integers(0, len(heard)), max_size=3))
    until = BEGIN + LENGTH * GRID
    found = []
    for with_rounds in (False, True):
        with tempfile.TemporaryDirectory() as folder:
            tracker, store = tracker_on(folder, made)
            clock = FakeClock(BEGIN, runs=False)
            server = Server(made, results, lives)
            watch = CatalogWatch(
                tracker=tracker,
                directory=server,
                clock=clock,
                tick=0,
                is_replay=False,
                reconcile_every=0,
            )
            if with_rounds:
                watch.read_first(threading.Event(), waits=False)
                watch.begin()
            for number, evidence in enumerate([*heard, None]):
                if with_rounds and number in rounds:
                    server.move_to(clock.time)
                    while watch.look():
                        pass
                    assert server.asked or not tracker.portfolio.listeners
                if evidence is not None:
                    clock.time = max(clock.time, evidence.at)
                    tracker.tick(clock.time)
                    tracker.record(evidence, clock.time)
            tracker.tick(until)
            found.append(kept(store, made))
            store.close()
    assert found[0] == found[1]
