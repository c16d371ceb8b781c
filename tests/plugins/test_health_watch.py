"""The watch beside the events: what it takes from the catalog, and what it does when that fails."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from datahub.metadata.schema_classes import GenericAspectClass
from datahub_actions.event.event_envelope import EventEnvelope
from datahub_actions.event.event_registry import MetadataChangeLogEvent
from sqlalchemy import Connection

from datahub_dataproducts.adapters.datahub.definitions import read_definition, write_definition
from datahub_dataproducts.adapters.store.store import SqlHealthStore
from datahub_dataproducts.application.deliver import Courier
from datahub_dataproducts.application.ports import Scope, Superseded, Unavailable
from datahub_dataproducts.application.retention import Retention
from datahub_dataproducts.application.tell import TrackingPolicy
from datahub_dataproducts.application.track_health import HealthTracker
from datahub_dataproducts.domain.assertions import Outcome
from datahub_dataproducts.domain.durations import DAY, HOUR, MINUTE
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.products import Asset
from datahub_dataproducts.domain.receipts import Refused, Retry
from datahub_dataproducts.domain.retention import Keeping
from datahub_dataproducts.plugins.action import DataProductHealthAction
from datahub_dataproducts.plugins.health_watch import HealthWatch
from datahub_dataproducts.plugins.monitoring import Monitor
from tests.builders import checked, dataset, notice, product, result
from tests.fakes import FakeCatalog, FakeChannel, store_in
from tests.plugins.directories import FakeClock, FakeDirectory

NOW = 1_772_431_200_000
USERS = product("users", checked("users"))
REVENUE = product("revenue", checked("revenue"))


class Desk:
    """A watch on a real store."""

    def __init__(
        self,
        folder: Path,
        directory: FakeDirectory,
        *,
        replay: bool = False,
        tick: float = 0.02,
        waits: bool = False,
        catalog: FakeCatalog | None = None,
        channel: FakeChannel | None = None,
    ) -> None:
        self.directory = directory
        self.clock = FakeClock(0 if replay else NOW, runs=not replay)
        self.store: SqlHealthStore = store_in(folder)
        self.tracker = HealthTracker(self.store, TrackingPolicy(channels=("engineering",)))
        self.tracker.load()
        self.channel = channel or FakeChannel()
        self.watch = HealthWatch(
            tracker=self.tracker,
            courier=Courier(self.store, catalog or FakeCatalog(), {"engineering": self.channel}),
            directory=directory,
            clock=self.clock,
            tick_seconds=None if replay else tick,
            waits_for_catalog=waits,
            retention=Retention(self.store, Keeping(set_aside=DAY), self.tracker.products),
        )

    def known(self) -> set[str]:
        return set(self.tracker.portfolio.products)


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    made: list[Desk] = []

    def desk(directory: FakeDirectory, *, replay: bool = False, tick: float = 0.02) -> Desk:
        made.append(Desk(tmp_path, directory, replay=replay, tick=tick))
        return made[-1]

    yield desk
    for one in made:
        one.watch.stop()
        one.store.close()


def soon(happens: Callable[[], object]) -> bool:
    for _ in range(500):
        if happens():
            return True
        threading.Event().wait(0.01)
    return False


def test_a_product_the_catalog_lacks_or_cannot_read_stays_as_it_was_last_known(
    desks: Callable[..., Desk], caplog: pytest.LogCaptureFixture
) -> None:
    desks(FakeDirectory(USERS, REVENUE)).watch.start()
    again = desks(FakeDirectory(REVENUE))
    again.watch.start()
    assert again.known() == {"users", "revenue"}
    assert "The catalog has no readable users; it is used as last known" in caplog.text


def test_a_product_the_catalog_says_is_removed_is_no_more(desks: Callable[..., Desk]) -> None:
    desks(FakeDirectory(USERS, REVENUE)).watch.start()
    directory = FakeDirectory(USERS, REVENUE)
    directory.gone = {"users"}
    again = desks(directory)
    again.watch.start()
    assert again.known() == {"revenue"}


def test_what_is_published_anew_without_a_change_is_read_when_something_is_restored(
    desks: Callable[..., Desk],
) -> None:
    directory = FakeDirectory(REVENUE)
    desk = desks(directory)
    desk.watch.start()
    directory.published.append(USERS)
    desk.watch.read_again()
    assert soon(lambda: desk.known() == {"users", "revenue"})
    reads = directory.reads
    threading.Event().wait(0.2)
    assert directory.reads == reads


def test_results_the_catalog_has_only_later_are_asked_for_until_they_are_there(
    desks: Callable[..., Desk],
) -> None:
    directory = FakeDirectory(USERS)
    desk = desks(directory)
    desk.watch.start()
    assert soon(lambda: len(directory.asked) > 3)
    directory.evidence.append(result("users", NOW - MINUTE))
    assert soon(lambda: not desk.tracker.unheard())
    threading.Event().wait(0.1)
    asked = len(directory.asked)
    threading.Event().wait(0.2)
    assert len(directory.asked) == asked


def test_what_stays_unheard_is_asked_for_for_ten_minutes(desks: Callable[..., Desk]) -> None:
    directory = FakeDirectory(USERS)
    desk = desks(directory)
    desk.watch.start()
    desk.clock.time += 10 * MINUTE
    asked = len(directory.asked)
    assert soon(lambda: len(directory.asked) > asked)
    threading.Event().wait(0.1)
    asked = len(directory.asked)
    threading.Event().wait(0.2)
    assert len(directory.asked) == asked


def test_the_catalog_is_asked_once_a_tick_however_much_there_is_to_send(
    desks: Callable[..., Desk],
) -> None:
    desk = desks(FakeDirectory(USERS, REVENUE), tick=3600)
    desk.watch.start()
    desk.watch.after_event()
    assert soon(lambda: len(desk.directory.asked) == 2)
    for turn in range(6):
        said = Outcome.FAILURE if turn % 2 else Outcome.SUCCESS
        desk.tracker.record(result("revenue", NOW + turn, said, run=str(turn)), NOW + turn)
        desk.watch.after_event()
        threading.Event().wait(0.05)
    assert len(desk.directory.asked) == 2
    assert desk.directory.reads == 1


def test_where_no_product_is_known_a_start_waits_for_the_catalog_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    directory = FakeDirectory(USERS)
    directory.down = True
    desk = Desk(tmp_path, directory, waits=True)
    up = threading.Timer(0.2, lambda: setattr(directory, "down", False))
    up.start()
    desk.watch.start()
    up.join()
    assert desk.known() == {"users"}
    assert "No product is known yet; DataHub is asked again in 1 s: DataHub is down" in caplog.text
    desk.watch.stop()
    desk.store.close()


def test_incidents_that_came_while_nobody_listened_are_asked_for_once(
    desks: Callable[..., Desk],
) -> None:
    table = Asset(urn=dataset("x"), name="x")
    directory = FakeDirectory(replace(USERS, assets=(table,)))
    directory.notices = [notice("x", NOW - MINUTE)]
    desk = desks(directory)
    desk.watch.start()
    assert directory.asked_about == [(dataset("x"),)]
    with desk.store.transaction() as book:
        assert book.notices([dataset("x")]) == directory.notices
        assert [health for _, health in book.steps("users", Scope.OWN, 0)] == [Health.UNHEALTHY]
    assert soon(lambda: len(directory.asked_about) > 2)
    assert set(directory.asked_about[1:]) == {()}


def test_of_a_product_that_is_new_its_incidents_are_asked_for(desks: Callable[..., Desk]) -> None:
    directory = FakeDirectory(REVENUE)
    desk = desks(directory)
    desk.watch.start()
    directory.notices = [notice("x", NOW - MINUTE)]
    desk.watch.define(replace(USERS, assets=(Asset(urn=dataset("x"), name="x"),)))
    assert soon(lambda: (dataset("x"),) in directory.asked_about)


def test_a_promise_taken_up_again_hears_what_was_said_meanwhile(
    desks: Callable[..., Desk],
) -> None:
    directory = FakeDirectory(USERS)
    directory.evidence.append(result("users", NOW - 5 * MINUTE))
    desk = desks(directory)
    desk.watch.start()
    assert not desk.tracker.unheard()
    directory.evidence[:] = [result("users", NOW - MINUTE, run="later")]
    desk.watch.define(product("users", checked("users"), checked("other")))
    assert soon(lambda: results(desk) == 2)


def test_a_catalog_that_is_down_at_the_start_is_asked_again(desks: Callable[..., Desk]) -> None:
    desks(FakeDirectory(USERS)).watch.start()
    directory = FakeDirectory(USERS, REVENUE)
    directory.down = True
    desk = desks(directory)
    desk.watch.start()
    assert desk.known() == {"users"}
    directory.down = False
    assert soon(lambda: desk.known() == {"users", "revenue"})


def test_a_catalog_that_is_away_for_an_hour_is_told_once_and_that_it_is_back(
    desks: Callable[..., Desk],
) -> None:
    desks(FakeDirectory(USERS)).watch.start()
    directory = FakeDirectory(USERS)
    directory.down = True
    desk = desks(directory)
    desk.watch.start()
    desk.clock.time += HOUR
    assert soon(lambda: desk.channel.texts)
    desk.watch.stop()
    again = desks(directory)
    again.watch.start()
    again.clock.time += 3 * HOUR
    later = again.clock.time + 200
    assert soon(lambda: again.clock.time > later)
    assert again.channel.texts == []
    directory.down = False
    assert soon(lambda: again.channel.texts)
    assert [one.text.partition(",")[0] for one in (*desk.channel.posts, *again.channel.posts)] == [
        desk.channel.texts[0].partition(",")[0],
        "DataHub is reachable again",
    ]
    assert desk.channel.texts[0].startswith("DataHub has not been reachable since ")


def test_with_nothing_known_a_catalog_that_is_down_is_an_error(desks: Callable[..., Desk]) -> None:
    directory = FakeDirectory(USERS)
    directory.down = True
    with pytest.raises(Unavailable, match="DataHub is down"):
        desks(directory).watch.start()


def test_in_a_replay_products_are_taken_up_when_the_events_say_what_time_it_is(
    desks: Callable[..., Desk],
) -> None:
    desk = desks(FakeDirectory(USERS), replay=True)
    desk.watch.start()
    desk.watch.define(REVENUE)
    desk.watch.before_event()
    assert desk.known() == set()
    desk.clock.time = NOW
    desk.watch.before_event()
    assert desk.known() == {"users", "revenue"}
    assert desk.directory.asked == []


def results(desk: Desk) -> int:
    with desk.store.transaction() as book:
        return len(book.evidence(["urn:li:assertion:users"], None))


def test_what_is_kept_long_enough_goes_while_it_watches(
    desks: Callable[..., Desk], caplog: pytest.LogCaptureFixture
) -> None:
    desk = desks(FakeDirectory(USERS))
    desk.tracker.set_aside("no JSON", "{", NOW - 2 * DAY)
    desk.tracker.set_aside("no JSON", "[", NOW)
    with caplog.at_level("INFO"):
        desk.watch.start()
        assert soon(lambda: desk.store.set_aside_count() == 1)
        assert soon(lambda: "1 things set aside" in caplog.text)


def test_what_stays_in_the_outbox_is_told_at_the_end_in_one_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    catalog, channel = FakeCatalog([Retry("down")] * 9), FakeChannel([Retry("no route")] * 9)
    desk = Desk(tmp_path, FakeDirectory(USERS), tick=3600, catalog=catalog, channel=channel)
    desk.watch.start()
    desk.tracker.record(result("users", NOW, Outcome.FAILURE), NOW)
    desk.clock.time += HOUR
    desk.tracker.tick(desk.clock.time)
    caplog.clear()
    desk.watch.stop()
    told = [record.getMessage() for record in caplog.records]
    assert told[-1] == (
        "What waits in the outbox stays there, and is sent after the next start: "
        "1 to catalog, 1 to engineering"
    )
    caplog.clear()
    again = Desk(tmp_path, FakeDirectory(USERS))
    again.watch.start()
    again.watch.stop()
    assert len(again.channel.posts) == 1
    assert not [one for one in caplog.messages if "stays there" in one]
    desk.store.close()
    again.store.close()


def test_of_a_letter_that_is_refused_it_is_told_which_and_what_to_do_about_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    catalog = FakeCatalog([Refused("it knows no such product")])
    channel = FakeChannel([Refused("the text is too long")])
    desk = Desk(tmp_path, FakeDirectory(USERS), tick=3600, catalog=catalog, channel=channel)
    desk.watch.start()
    desk.tracker.record(result("users", NOW, Outcome.FAILURE), NOW)
    desk.clock.time += HOUR
    desk.tracker.tick(desk.clock.time)
    desk.watch.stop()
    refused = [one.getMessage() for one in caplog.records if one.levelname == "ERROR"]
    again = "Mend that, then have it sent again: datahub-dataproducts store letters --retry"
    with desk.store.reading() as book:
        (key,) = (key for _, key in book.conversations_of("users"))
    first, second = (one.partition(" kept aside: ")[2] for one in refused)
    assert first == f"#1 to catalog: it knows no such product. {again} --channel catalog"
    assert second == (
        f"#2 to engineering of {key}: the text is too long. {again} --channel engineering"
    )
    desk.store.close()


class LostStore(SqlHealthStore):
    """A store that another process works on since."""

    def letters(self) -> AbstractContextManager[Connection]:
        raise Superseded("another works on it")


def test_who_was_superseded_says_so_once_and_looks_no_more(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk(tmp_path, FakeDirectory(USERS))
    ends: list[str] = []
    lost = LostStore("sqlite:///unused.db", write_definition, read_definition)
    watch = HealthWatch(
        tracker=desk.tracker,
        courier=Courier(lost, FakeCatalog(), {}),
        directory=desk.directory,
        clock=desk.clock,
        tick_seconds=0.02,
        on_superseded=lambda: ends.append("ended"),
    )
    watch.start()
    assert soon(lambda: ends)
    threading.Event().wait(0.1)
    watch.stop()
    assert ends == ["ended"]
    assert [record.getMessage() for record in caplog.records] == [
        "It ends: another works on it",
        "What waits in the outbox stays there: another works on it",
    ]
    desk.store.close()


def heard(entity: str, urn: str, aspect: str, value: dict[str, Any]) -> EventEnvelope:
    change = MetadataChangeLogEvent(
        entityType=entity,
        entityUrn=urn,
        aspectName=aspect,
        changeType="UPSERT",
        aspect=GenericAspectClass(json.dumps(value).encode(), "application/json"),
    )
    return EventEnvelope("MetadataChangeLogEvent_v1", change, {})


def test_what_people_make_and_promise_on_the_pages_is_taken_up_while_the_action_runs(
    desks: Callable[..., Desk],
) -> None:
    directory = FakeDirectory(USERS)
    desk = desks(directory)
    desk.watch.start()
    action = DataProductHealthAction(
        store=desk.store,
        tracker=desk.tracker,
        watch=desk.watch,
        clock=desk.clock,
        monitor=Monitor(),
    )
    made = replace(product("made"), assets=(Asset(urn=dataset("orders"), name="orders"),))
    directory.published.append(made)
    urn = "urn:li:dataProduct:made"
    action.act(heard("dataProduct", urn, "dataProductProperties", {"name": "Made"}))
    desk.clock.time += MINUTE
    assert soon(lambda: desk.known() == {"users", "made"})

    directory.published[1] = promising = replace(made, assertions=(checked("rows"),))
    contract = {"entity": dataset("orders")}
    action.act(heard("dataContract", "urn:li:dataContract:c", "dataContractProperties", contract))
    desk.clock.time += MINUTE
    assert soon(lambda: desk.tracker.portfolio.products["made"] == promising)
