"""The recipes of each way by which events come: taken by the framework, and the same but for the way."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from datahub.configuration.config_loader import load_config_file
from datahub.ingestion.graph.client import DatahubClientConfig, DataHubGraph
from datahub_actions.api.action_graph import AcrylDataHubGraph
from datahub_actions.pipeline.pipeline_config import PipelineConfig
from datahub_actions.pipeline.pipeline_context import PipelineContext
from datahub_actions.plugin.filter.event_type_filter import EventTypeFilter
from datahub_actions.source.event_source_registry import event_source_registry

from datahub_dataproducts.adapters.datahub.events import HEARD
from datahub_dataproducts.plugins.action_wiring import action_config

ACTIONS = Path(__file__).parents[2] / "recipes/actions"
SECRETS = {
    "KAFKA_USER": "health",
    "KAFKA_PASSWORD": "s3cret",
    "SCHEMA_REGISTRY_USER": "health",
    "SCHEMA_REGISTRY_PASSWORD": "s3cret",
    "DATAHUB_PGQUEUE_PASSWORD": "s3cret",
}
ALL = ("kafka.yml", "kafka-sasl-tls.yml", "pg_queue.yml", "events_api.yml")
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


def as_written(name: str) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ACTIONS / name).read_text(encoding="utf-8"))
    return read


@pytest.mark.parametrize("name", ALL)
def test_the_framework_takes_it(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for variable, value in SECRETS.items():
        monkeypatch.setenv(variable, value)
    certificates = tmp_path / "ca.pem"
    certificates.write_bytes(CERTIFICATES.read_bytes() if CERTIFICATES.is_file() else b"")
    if certificates.read_bytes():
        monkeypatch.setenv("KAFKA_CA_FILE", str(certificates))
    config = PipelineConfig.model_validate(load_config_file(ACTIONS / name))
    action_config(config.action.config or {})
    (filter_,) = config.filters or []
    EventTypeFilter.create(filter_.config or {}, PipelineContext(config.name, None))
    # librdkafka refuses what it does not know, and certificates that it cannot read.
    kind = event_source_registry.get(config.source.type)
    server = DatahubClientConfig(server="http://127.0.0.1:1")
    graph = AcrylDataHubGraph(DataHubGraph(server))
    source = kind.create(config.source.config or {}, PipelineContext(config.name, graph))
    source.close()


def test_with_sasl_and_tls_only_the_connection_is_another() -> None:
    plain, secured = as_written("kafka.yml"), as_written("kafka-sasl-tls.yml")
    connection = secured["source"]["config"]["connection"]
    consumer = connection["consumer_config"]
    for name in [n for n in consumer if n.startswith(("security.", "sasl.", "ssl."))]:
        del consumer[name]
    del connection["schema_registry_config"]
    assert secured == plain


@pytest.mark.parametrize("name", ALL)
def test_but_for_the_source_all_are_the_same(name: str) -> None:
    first, other = as_written(ALL[0]), as_written(name)
    del first["source"], other["source"]
    assert other == first


def test_its_filter_lets_through_what_the_action_listens_to() -> None:
    (filter_,) = as_written("kafka.yml")["filters"]
    spec = filter_["config"]["filter"]
    let_through = set()
    for wanted in spec["MetadataChangeLogEvent_v1"]["event"]:
        aspects = wanted["aspectName"]
        names = aspects if isinstance(aspects, list) else [aspects]
        let_through |= {(wanted["entityType"], name) for name in names}
    assert let_through == HEARD
    assert spec.keys() == {
        "MetadataChangeLogEvent_v1",
        "EntityChangeEvent_v1",
        "UnreadableMessage_v1",
    }
