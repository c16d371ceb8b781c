"""What is of the events API alone: offsets, topics that are closed, a server that takes its time."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import checked, product
from tests.integration.gms.answers import Answer, too_many_requests
from tests.integration.gms.events import TIMESERIES, VERSIONED
from tests.integration.sources.events_api import EventsApi
from tests.integration.sources.stage import Stage, hears, runs, until

pytestmark = pytest.mark.whole

ORDERS = product("orders", checked("orders"), name="Größen")


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with Stage(EventsApi(), tmp_path) as made:
        yield made


def offsets_kept(stage: Stage) -> int:
    return sum(
        '"eventConsumerState"' in str(event.body.get("aspect", {}).get("value"))
        for event in stage.gms.events
    )


def test_where_only_platform_events_are_given_results_count_by_them(stage: Stage) -> None:
    stage.publish([ORDERS])
    stage.gms.switches.closed_topics = frozenset({VERSIONED, TIMESERIES})
    worker = stage.work()
    worker.says(f"The events API does not give {VERSIONED}; it is asked again in 2 s")
    runs(stage, "told", 2)
    until(lambda: stage.health("orders") == "UNHEALTHY", "its health", worker)
    # All but the latest, which was read from the catalog.
    until(lambda: stage.heard() == 2, "both results", worker)
    assert (1,) in stage.ask("SELECT provisional FROM evidence")
    # The run events themselves come in place of what was told of them.
    stage.gms.switches.closed_topics = frozenset()
    hears(stage, 2, worker)
    assert stage.ask("SELECT provisional FROM evidence") == [(0,), (0,)]


def test_letters_beyond_ascii_arrive_as_they_were_written(stage: Stage) -> None:
    worker = stage.work()
    stage.listens(worker)
    stage.publish([ORDERS])
    stage.run("orders", "FAILURE", run="Läufe ✓")
    until(lambda: stage.health("orders") == "UNHEALTHY", "its health", worker)
    until(lambda: stage.heard() == 1, "its result", worker)
    assert stage.ask("SELECT run_id FROM evidence") == [("Läufe ✓",)]
    (definition,) = stage.ask("SELECT definition FROM definitions")
    assert "Größen" in definition[0] or "Gr\\u00f6\\u00dfen" in definition[0]


def test_keeping_offsets_is_no_reason_to_keep_them_again(stage: Stage) -> None:
    stage.publish([ORDERS])
    worker = stage.work()
    runs(stage, "before", 1)
    hears(stage, 1, worker)
    until(lambda: offsets_kept(stage) >= 3, "an offset of each topic", worker)
    assert worker.stop() == 0
    kept = offsets_kept(stage)
    # What the first one left behind is kept at the end; the second hears nothing new.
    second = stage.work()
    runs(stage, "after", 1)
    hears(stage, 2, second)
    assert second.stop() == 0
    assert offsets_kept(stage) <= kept + 2 * 3


def test_a_server_that_asks_to_slow_down_is_obeyed_and_one_that_answers_nonsense_waited_for(
    stage: Stage,
) -> None:
    stage.publish([ORDERS])
    worker = stage.work()
    stage.listens(worker)
    answers = [Answer(200, body="<html>down for maintenance</html>"), Answer(404), Answer(401)]
    stage.gms.switches.answer(*answers, too_many_requests(), route="/events/poll", times=3)
    runs(stage, "meanwhile", 2)
    hears(stage, 2, worker)
    assert worker.stop() == 0
    for status in ("does not answer as it should", "answers 404", "answers 401"):
        assert status in worker.log()


def test_where_answers_are_held_until_the_time_is_over_all_is_heard_too(stage: Stage) -> None:
    stage.publish([ORDERS])
    worker = stage.work()
    stage.gms.switches.fills_pages = True
    runs(stage, "held", 3)
    hears(stage, 3, worker)
    assert worker.stop() == 0
