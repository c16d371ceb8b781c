"""Server -> each way of its events -> `datahub actions` on the recipe as shipped -> health on the server."""

from collections.abc import Iterator

import pytest

from datahub_dataproducts.adapters.clock import WallClock
from datahub_dataproducts.adapters.datahub.events import HEARD
from datahub_dataproducts.domain.assertions import MaxAge
from datahub_dataproducts.domain.durations import HOUR, MINUTE
from tests.builders import checked, dataset, freshness_assertion, product
from tests.integration.gms.events import PLATFORM
from tests.integration.sources.source import Source
from tests.integration.sources.stage import Stage, Worker, until

pytestmark = pytest.mark.whole

IDS = ("early", "orders", "poisoned", "twice")
NOT_OURS = 50
PRODUCTS = [
    *(product(id_, checked(id_), checked(f"{id_}-2")) for id_ in IDS),
    product("fresh", freshness_assertion("fresh", MaxAge(age=HOUR))),
]


@pytest.fixture(scope="module")
def town(
    any_source: Source, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Stage, Worker]]:
    """A stage on which something had happened before the worker was ever started."""
    with Stage(any_source, tmp_path_factory.mktemp("town")) as stage:
        stage.publish(PRODUCTS)
        ago = WallClock().now() - 10 * MINUTE
        stage.run("early", "FAILURE", at=ago)
        stage.run("early", "SUCCESS", at=ago + MINUTE)
        stage.run("early-2", at=ago)
        for number in range(NOT_OURS):
            owner = {"owner": f"urn:li:corpuser:u{number}", "type": "TECHNICAL_OWNER"}
            stage.gms.put(dataset("fct"), "ownership", {"owners": [owner]})
        worker = stage.work()
        stage.listens(worker)
        yield stage, worker


def test_what_came_before_the_first_start_counts(town: tuple[Stage, Worker]) -> None:
    stage, worker = town
    until(lambda: stage.health("early") == "HEALTHY", "the health of before", worker)
    # The one that is not the latest either, which the server is not asked for.
    until(lambda: stage.heard("early") == 2, "both results", worker)
    found = stage.ask(
        "SELECT health FROM steps WHERE product = 'early' AND scope = 'experienced' ORDER BY at"
    )
    assert [health for (health,) in found] == ["UNHEALTHY", "HEALTHY"]


def test_a_result_makes_a_product_unhealthy_and_its_posts_arrive(
    town: tuple[Stage, Worker],
) -> None:
    stage, worker = town
    for check in ("orders", "orders-2"):
        stage.run(check)
    until(lambda: stage.health("orders") == "HEALTHY", "good health", worker)
    stage.run("orders", "FAILURE")
    until(lambda: stage.health("orders") == "UNHEALTHY", "bad health", worker)
    stage.run("orders")
    until(lambda: stage.health("orders") == "HEALTHY", "good health again", worker)


def test_an_update_makes_a_promise_fresh_and_its_verdict_is_a_run_on_the_server(
    town: tuple[Stage, Worker],
) -> None:
    stage, worker = town
    now = WallClock().now()
    update = {"timestampMillis": now, "lastUpdatedTimestamp": now, "operationType": "INSERT"}
    stage.gms.put(dataset("fresh"), "operation", update)
    urn = "urn:li:assertion:fresh-fresh"
    (run,) = until(lambda: stage.gms.runs(urn), "the run of the verdict", worker)
    assert (run["result"]["type"], run["asserteeUrn"]) == ("SUCCESS", dataset("fresh"))
    until(lambda: stage.health("fresh") == "HEALTHY", "its health", worker)


def test_what_nobody_can_read_is_set_aside_with_its_reason_and_the_stream_goes_on(
    town: tuple[Stage, Worker],
) -> None:
    stage, worker = town
    poisons = stage.source.poisons()
    for number, (topic, value, _) in enumerate(poisons):
        # In the partition where the next result comes after it.
        kind = "entityChangeEvent-" if topic == PLATFORM else ""
        key = f"{kind}urn:li:assertion:poisoned"
        stage.source.poison(stage.gms, topic, value, key)
        stage.run("poisoned", run=f"after-{number}")
    until(lambda: stage.heard("poisoned") == len(poisons), "the results after them", worker)
    until(lambda: len(stage.reasons()) >= len(poisons), "what is set aside", worker)
    told = stage.reasons()
    assert len(told) == len(poisons)
    for topic, _, reason in poisons:
        name = stage.source.name_of(topic)
        wanted = {reason} if reason == "is malformed" else {reason, name}
        assert any(all(words in one for words in wanted) for one in told)


def test_events_that_come_twice_and_out_of_order_count_once(town: tuple[Stage, Worker]) -> None:
    stage, worker = town
    switches = stage.gms.switches
    switches.duplicates, switches.reorder = 2, True
    try:
        for outcome in ("SUCCESS", "FAILURE", "SUCCESS"):
            stage.run("twice", outcome)
            stage.run("twice-2", outcome)
    finally:
        switches.duplicates, switches.reorder = 0, False
    until(lambda: stage.health("twice") == "HEALTHY", "its health", worker)
    # What comes on the other topic comes from the same runs.
    before = stage.heard("orders-2")
    stage.run("orders-2", run="last")
    until(lambda: stage.heard("orders-2") > before, "what came after", worker)
    found = stage.ask(
        "SELECT run_id, provisional FROM evidence WHERE subject = 'urn:li:assertion:twice'"
    )
    assert [provisional for _, provisional in found] == [0, 0, 0]
    assert len({run for run, _ in found}) == 3


def test_what_is_not_ours_is_dropped_and_a_stop_is_clean(
    town: tuple[Stage, Worker],
) -> None:
    stage, worker = town
    assert worker.stop() == 0
    counted = worker.statistics()
    (filter_,) = counted["filter_stats"].values()
    # Of changes those that are ours reach the filter, and events whose kind only it can tell.
    changes = [e for e in stage.gms.events if not e.name and e.text is None]
    others = [c for c in changes if (c.body["entityType"], c.body["aspectName"]) not in HEARD]
    assert len(others) >= NOT_OURS
    sent = len(stage.gms.events) + len(stage.source.poisons()) + 2 * 12
    if stage.source.drops_before_decoding:
        assert filter_["processed_count"] <= sent - len(others)
    else:
        assert filter_["filtered_count"] >= len(others)
    assert counted["failed_event_count"] == 0
    # Dropped or not, it is acknowledged: whoever comes next begins behind it.
    assert stage.acknowledged() >= NOT_OURS
    assert not stage.ask("SELECT 1 FROM letters WHERE state <> 'delivered'")
