"""The action `data_product_health`, as DataHub Actions runs it."""

import json
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest
from datahub.emitter.serialization_helper import pre_json_transform
from datahub_actions.action.action_registry import action_registry
from datahub_actions.pipeline.pipeline import Pipeline

from datahub_dataproducts.adapters.clock import WallClock
from datahub_dataproducts.adapters.datahub.definitions import definition_aspect
from datahub_dataproducts.adapters.datahub.property_definitions import HEALTH
from datahub_dataproducts.adapters.datahub.urns import definition_urn, structured_property_urn
from datahub_dataproducts.domain.assertions import MaxAge
from datahub_dataproducts.domain.durations import HOUR, SECOND
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.products import DataProduct, Input
from datahub_dataproducts.plugins.action import DataProductHealthAction
from tests.builders import checked, dataset, freshness_assertion, product
from tests.integration.gms.answers import Answer
from tests.integration.gms.server import Gms
from tests.integration.roads import (
    action_recipe,
    definition_record,
    replay,
    run_event,
    statuses,
    write_catalog,
)

MORNING = 1_772_514_000_000  # 2026-03-03 06:00 in Amsterdam
USERS = product("users", checked("users"), name="Users")
REVENUE = product("revenue", checked("revenue"), inputs=(Input(product="users"),), name="Revenue")


def write(folder: Path, *records: Any) -> Path:
    file = folder / "events.json"
    file.write_text(json.dumps(records), encoding="utf-8")
    return file


def outcome(name: str, at: int, type_: str = "SUCCESS") -> dict[str, Any]:
    return run_event(f"urn:li:assertion:{name}", at, type_)


def operation(name: str, at: int) -> dict[str, Any]:
    value = {"timestampMillis": at, "operationType": "INSERT", "lastUpdatedTimestamp": at}
    return {
        "entityType": "dataset",
        "entityUrn": dataset(name),
        "changeType": "UPSERT",
        "aspectName": "operation",
        "aspect": {"json": value},
    }


def rows(folder: Path, query: str) -> list[Any]:
    connection = sqlite3.connect(folder / "health.db")
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_the_framework_finds_it_by_its_type() -> None:
    assert action_registry.get("data_product_health") is DataProductHealthAction


def test_health_its_cause_and_recovery_are_told_on_the_console(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_catalog(tmp_path, [USERS, REVENUE])
    good = [outcome("users", MORNING), outcome("revenue", MORNING)]
    bad = outcome("users", MORNING + HOUR, "FAILURE")
    again = outcome("users", MORNING + 3 * HOUR)
    later = outcome("revenue", MORNING + 9 * HOUR)
    replay(tmp_path, write(tmp_path, *good, bad, again, later))
    told = capsys.readouterr().out.splitlines()
    assert [line[:45].rstrip() for line in told] == [
        "Tue 2026-03-03 07:00 CET  UNHEALTHY  Users is",
        "Tue 2026-03-03 09:00 CET  HEALTHY    Revenue",
    ]
    assert "Revenue, which uses Users, is unhealthy too." in told[0]
    assert told[1].endswith("Revenue and Users are healthy again, after 2 h.")


def test_a_poison_event_goes_aside_with_its_reason_and_the_stream_goes_on(tmp_path: Path) -> None:
    write_catalog(tmp_path, [USERS])
    poison = outcome("users", MORNING)
    del poison["aspect"]["json"]["runId"]
    poison["aspect"]["json"]["timestampMillis"] = "yesterday"
    replay(tmp_path, write(tmp_path, poison, outcome("users", MORNING)))
    [(reason, content)] = rows(tmp_path, "SELECT reason, content FROM set_aside")
    assert reason
    assert "yesterday" in content
    assert rows(tmp_path, "SELECT count(*) FROM evidence") == [(1,)]


def test_a_product_published_while_it_runs_is_taken_up_and_a_removed_one_let_go(
    tmp_path: Path,
) -> None:
    write_catalog(tmp_path, [USERS])
    removed = {**definition_record(USERS), "aspectName": "status"}
    removed["aspect"] = {"json": {"removed": True}}
    events = [
        outcome("users", MORNING),
        definition_record(REVENUE),
        outcome("revenue", MORNING + HOUR, "FAILURE"),
        removed,
        outcome("users", MORNING + 2 * HOUR, "FAILURE"),
    ]
    replay(tmp_path, write(tmp_path, *events))
    found = statuses(tmp_path, MORNING + 3 * HOUR)
    assert {id_: s.health.value for id_, s in found.items()} == {"revenue": "UNHEALTHY"}


def test_a_dead_catalog_delays_posts_and_loses_none(tmp_path: Path) -> None:
    with Gms() as gms:
        publish(gms, USERS)
        recipe = action_recipe(tmp_path, write(tmp_path, outcome("users", MORNING, "FAILURE")))
        recipe["source"]["config"]["clock"] = "wall"
        recipe["action"]["config"]["catalog"] = {"type": "datahub"}
        recipe["datahub"] = {"server": gms.url, "retry_max_times": 1, "token": "very-secret"}

        pipeline = Pipeline.create(recipe)
        gms.switches.answer(Answer(503, "down for maintenance"), times=50)
        pipeline.run()
        pipeline.close()
        [(state, reason)] = rows(
            tmp_path, "SELECT state, reason FROM letters WHERE channel = 'catalog'"
        )
        assert state == "pending"
        assert "503" in reason
        assert "very-secret" not in reason

        gms.switches.answer_truly()
        Pipeline.create(recipe).close()
        assert rows(tmp_path, "SELECT state FROM letters WHERE channel = 'catalog'") == [
            ("delivered",)
        ]
        posted = json.dumps(gms.get("urn:li:dataProduct:users", "structuredProperties"))
        assert structured_property_urn(HEALTH) in posted
        assert "UNHEALTHY" in posted


def test_with_the_wall_clock_time_passes_by_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    now = WallClock().now()
    short = product("short", freshness_assertion("fct", MaxAge(age=2 * SECOND)), name="Short")
    write_catalog(tmp_path, [short])
    recipe = action_recipe(tmp_path, write(tmp_path, operation("fct", now)))
    recipe["source"]["config"]["clock"] = "wall"
    recipe["action"]["config"]["tick_every"] = "1s"
    pipeline = Pipeline.create(recipe)
    pipeline.run()
    told = ""
    for _ in range(100):
        told += capsys.readouterr().out
        if told:
            break
        threading.Event().wait(0.1)
    pipeline.close()
    assert "Short is unhealthy because fct is out of date: " in told


def gms_recipe(folder: Path, gms: Gms, *events: Any) -> dict[str, Any]:
    recipe = action_recipe(folder, write(folder, *events))
    recipe["source"]["config"]["clock"] = "wall"
    recipe["action"]["config"]["catalog"] = {"type": "datahub"}
    recipe["action"]["config"]["tick_every"] = "1s"
    recipe["datahub"] = {"server": gms.url, "retry_max_times": 1}
    return recipe


def publish(gms: Gms, *products: DataProduct) -> None:
    for published in products:
        info = pre_json_transform(definition_aspect(published).to_obj())
        gms.put(definition_urn(published.id), "platformResourceInfo", info)


def tell(gms: Gms, run: dict[str, Any]) -> None:
    gms.put(run["entityUrn"], run["aspectName"], run["aspect"]["json"])


def test_results_that_came_while_it_was_down_are_taken_from_the_catalog(tmp_path: Path) -> None:
    with Gms() as gms:
        publish(gms, USERS)
        tell(gms, outcome("users", MORNING, "FAILURE"))
        Pipeline.create(gms_recipe(tmp_path, gms)).close()
    [users] = statuses(tmp_path, MORNING + HOUR).values()
    assert users.health is Health.UNHEALTHY
    assert users.since == MORNING


def test_a_result_that_comes_before_the_product_it_decides_is_not_lost(tmp_path: Path) -> None:
    with Gms() as gms:
        publish(gms, REVENUE)
        early = outcome("users", MORNING, "FAILURE")
        pipeline = Pipeline.create(gms_recipe(tmp_path, gms, early, definition_record(USERS)))
        # The server has it, for it was the server that sent the event.
        tell(gms, early)
        pipeline.run()
        for _ in range(100):
            if rows(tmp_path, "SELECT count(*) FROM evidence") == [(1,)]:
                break
            threading.Event().wait(0.1)
        pipeline.close()
    assert statuses(tmp_path, MORNING + HOUR)["users"].health is Health.UNHEALTHY


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"catalog": {"type": "lite", "file": "nowhere/catalog.db"}}, "nowhere/catalog.db"),
        ({"store": {"url": "oracle"}}, "store.url is not a database URL"),
        ({"store": {"url": "oracle://db/health"}}, "use sqlite:///FILE"),
        ({"store": {"url": "sqlite:////nowhere/at/all.db"}}, "/nowhere/at/all.db"),
        ({"channels": {"catalog": {"type": "console"}}}, 'no channel may be called "catalog"'),
        ({"routes": [{"channels": ["slak"]}]}, "there is no channel slak"),
        ({"tick_every": "soon"}, '"soon" is not a duration'),
        ({"store": {"keep": {"results": "a year"}}}, '"a year" is not a duration'),
        ({"store": {"keep": {"results": "92d"}}}, "92d is shorter than a quarter"),
        (
            {"store": {"keep": {"results": "100d"}}, "uptime_window": "365d"},
            "100d is shorter than uptime_window, 365d",
        ),
        ({"catalogue": {}}, "catalogue"),
    ],
)
def test_a_wrong_recipe_is_told_in_one_sentence(
    tmp_path: Path, config: dict[str, Any], words: str, caplog: pytest.LogCaptureFixture
) -> None:
    write_catalog(tmp_path, [USERS])
    recipe = action_recipe(tmp_path, write(tmp_path))
    recipe["action"]["config"].update(config)
    with pytest.raises(SystemExit) as ended:
        Pipeline.create(recipe)
    assert ended.value.code == 1
    assert "The action cannot start: " in caplog.text
    assert words in caplog.text
