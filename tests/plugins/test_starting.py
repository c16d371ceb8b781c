"""What keeps an event source from starting is told in a line, without what is secret."""

import logging
from typing import Any

import pytest
from datahub_actions.pipeline.pipeline_context import PipelineContext
from datahub_actions.source.event_source_registry import event_source_registry

KAFKA, QUEUE = "data_product_kafka", "data_product_pg_queue"
API, FILE = "data_product_events_api", "metadata_file"
BROKER = {"bootstrap": "127.0.0.1:1", "schema_registry_url": "http://127.0.0.1:1"}
DATABASE = {"host_port": "127.0.0.1:1", "database": "d", "username": "u", "password": "s3cret"}


def told(caplog: pytest.LogCaptureFixture, name: str, config: dict[str, Any]) -> str:
    """What is said when an event source of a recipe ends the process."""
    source = event_source_registry.get(name)
    with caplog.at_level(logging.ERROR), pytest.raises(SystemExit) as ended:
        source.create(config, PipelineContext("test", None))
    assert ended.value.code == 1
    (record,) = [one for one in caplog.records if one.name.endswith("plugins.starting")]
    assert record.exc_info is None
    return record.getMessage().removeprefix("The event source cannot start: ")


@pytest.mark.parametrize(
    ("name", "config", "text"),
    [
        (
            KAFKA,
            {"conection": BROKER},
            'conection: there is no such option, did you mean "connection"?',
        ),
        (
            KAFKA,
            {"connection": {**BROKER, "consumer_config": {"group": "x"}}},
            'connection.consumer_config: No such configuration property: "group"',
        ),
        (
            KAFKA,
            {"connection": {**BROKER, "schema_registry_url": "ana:s3cret@127.0.0.1:1"}},
            "Invalid url ***@127.0.0.1:1",
        ),
        (QUEUE, {}, "queue: is missing"),
        (
            QUEUE,
            {"queue": {**DATABASE, "quue_schema": "queue"}},
            'queue.quue_schema: there is no such option, did you mean "queue_schema"?',
        ),
        (
            QUEUE,
            {"queue": DATABASE, "schema_registry_url": "ana:s3cret@127.0.0.1:1"},
            "Invalid url ***@127.0.0.1:1",
        ),
        (API, {"topcs": []}, 'topcs: there is no such option, did you mean "topics"?'),
        (
            API,
            {},
            "the events API is that of a server: give the recipe a `datahub` block",
        ),
        (FILE, {}, "path: is missing"),
        (FILE, {"path": 5}, "path: is no text: write it in quotes"),
        (FILE, {"path": "x", "clock": "sun"}, "clock: write event or wall"),
        (
            FILE,
            {"path": "x", "file": "y"},
            "file: there is no such option, options are path, clock",
        ),
    ],
)
def test_what_is_wrong_with_an_event_source_of_a_recipe_is_told_in_a_line(
    caplog: pytest.LogCaptureFixture, name: str, config: dict[str, Any], text: str
) -> None:
    assert told(caplog, name, config) == f"event source {name}: {text}"


def test_files_that_are_not_there_are_told_in_a_line(caplog: pytest.LogCaptureFixture) -> None:
    said = told(caplog, FILE, {"path": "gone.json"})
    assert said.startswith("gone.json: there is no such file or folder; correct `path`")
