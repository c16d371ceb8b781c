"""What operators see of the action, as the recipe asks for it."""

import json
import logging
import socket
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from datahub_actions.pipeline.pipeline import Pipeline
from prometheus_client import REGISTRY
from pydantic import ValidationError

from datahub_dataproducts.application.metering import Levels, Role, Unmetered
from datahub_dataproducts.application.ports import Unavailable
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.plugins.action_config import HealthActionConfig
from datahub_dataproducts.plugins.monitoring import Monitor
from tests.builders import checked, product
from tests.integration.roads import action_recipe, run_event, write_catalog

MORNING = 1_772_514_000_000


def test_nobody_listens_unless_a_port_is_given() -> None:
    assert HealthActionConfig.model_validate({}).health.port is None
    # As a variable of the environment that is not set comes.
    assert HealthActionConfig.model_validate({"health": {"port": ""}}).health.port is None
    assert HealthActionConfig.model_validate({"health": {"port": "9093"}}).health.port == 9093
    assert HealthActionConfig.model_validate({}).health.host == "127.0.0.1"


@pytest.mark.parametrize(
    "wrong", [{"health": {"port": 70_000}}, {"health": {"port": "http"}}, {"logs": "xml"}]
)
def test_what_is_no_port_and_no_form_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        HealthActionConfig.model_validate(wrong)


class Broken:
    """A store that cannot be read."""

    def levels(self) -> Levels:
        raise Unavailable("the store health.db cannot be used")


class Showing(Unmetered):
    """Remembers what it was shown."""

    def __init__(self) -> None:
        self.shown: list[Levels] = []

    def show(self, levels: Levels, products: Any, now: int) -> None:
        self.shown.append(levels)


def test_a_store_that_cannot_be_counted_is_told_and_stops_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    meters = Showing()
    Monitor(meters=meters, gauges=Broken()).look(["users"], MORNING)
    assert meters.shown == []
    assert "What waits in the store cannot be counted: the store health.db" in caplog.text


class Counting:
    """A store whose levels are counted, and how often they were."""

    def __init__(self) -> None:
        self.asked = 0

    def levels(self) -> Levels:
        self.asked += 1
        return Levels(letters={}, set_aside=0, healths={})


def test_what_waits_is_counted_at_most_every_five_seconds_whatever_the_clock_does() -> None:
    gauges, meters = Counting(), Showing()
    monitor = Monitor(meters=meters, gauges=gauges)
    for later, counted in [(0, 1), (4_999, 1), (5_000, 2), (9_999, 2), (-60_000, 3), (-55_000, 4)]:
        monitor.look(["users"], MORNING + later)
        assert gauges.asked == len(meters.shown) == counted


def test_without_anything_to_show_it_is_in_nobodys_way() -> None:
    monitor = Monitor()
    monitor.open()
    monitor.is_in(Role.WORKING)
    monitor.beat()
    monitor.look(["users"], MORNING)
    monitor.close()


def recipe(folder: Path, **config: Any) -> dict[str, Any]:
    write_catalog(folder, [product("users", checked("users"))])
    (folder / "events").mkdir()
    (folder / "events/1.json").write_text("[]", encoding="utf-8")
    read = action_recipe(folder, folder / "events")
    read["source"]["config"]["clock"] = "wall"
    read["action"]["config"].update(config)
    return read


def test_a_port_that_is_taken_ends_the_start_in_words(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit):
            Pipeline.create(recipe(tmp_path, health={"port": port}))
    assert f"nobody can listen on 127.0.0.1, port {port}" in caplog.text


def test_the_action_answers_from_its_start_to_its_end_and_counts(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    config = recipe(tmp_path, health={"port": port})
    config["name"] = "counted"
    poison = run_event("urn:li:assertion:users", MORNING)
    poison["aspect"]["json"]["timestampMillis"] = "yesterday"
    events = [run_event("urn:li:assertion:users", MORNING), poison]
    (tmp_path / "events/1.json").write_text(json.dumps(events), encoding="utf-8")
    pipeline = Pipeline.create(config)
    try:
        with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
            connection.request("GET", "/readyz")
            answer = connection.getresponse()
            assert answer.status == 200
            assert b'"products": 1' in answer.read()
        pipeline.run()
    finally:
        pipeline.close()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port))
    kind = {"source": "MetadataFileEventSource", "event_type": "MetadataChangeLogEvent_v1"}
    assert count("data_products_events_total", **kind) == 2
    assert count("data_products_events_set_aside_total", **kind) == 1
    assert count("data_products_evidence_total", outcome="applied") == 1
    assert count("data_products_catalog_reads_total", what="products", outcome="answered") == 1
    assert (count("data_products_transaction_seconds_count") or 0) > 2
    assert count("data_products_letters_sent_total", channel="catalog", outcome="delivered")
    assert sum(count("data_products_products", health=h.value) or 0 for h in Health) == 1


def count(metric: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(metric, {"pipeline_name": "counted", **labels})


def test_the_lines_of_a_recipe_are_json_where_it_wants_that(tmp_path: Path) -> None:
    handler = logging.StreamHandler()
    logger = logging.getLogger("datahub_actions.of_this_test")
    logger.addHandler(handler)
    kept = {h: h.formatter for h in logging.root.handlers}
    try:
        Pipeline.create(recipe(tmp_path, logs="json")).close()
    finally:
        logger.removeHandler(handler)
        for other, formatter in kept.items():
            other.setFormatter(formatter)
    assert handler.formatter is not None
    record = logging.makeLogRecord({"msg": "An event", "topic": "Platform"})
    assert '"topic": "Platform"' in handler.formatter.format(record)
