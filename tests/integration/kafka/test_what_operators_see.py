"""What operators see of the action, as a process on the recipe as it is shipped: probes, metrics, logs."""

import json
import random
import re
import socket
import subprocess
import sys
from contextlib import closing, suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.builders import checked, product
from tests.integration.gms.answers import Answer
from tests.integration.sources.stage import ROOT, TOKEN, Stage, until

pytestmark = pytest.mark.whole

USERS = product("users", checked("users"), name="Users")


# Below those that systems give to connections that go out, of which one may come in between.
PORTS = range(20_000, 30_000)


def free_port() -> int:
    for number in random.sample(PORTS, 100):
        with suppress(OSError), closing(socket.create_server(("127.0.0.1", number))):
            return number
    raise AssertionError("no port is free")


@pytest.fixture
def port() -> int:
    """One that is free."""
    return free_port()


def ask(port: int, path: str) -> tuple[int, str]:
    """What is answered; 0 where nobody does."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except OSError:
            return 0, ""


def metric(port: int, name: str, **labels: str) -> float | None:
    for family in text_string_to_metric_families(ask(port, "/metrics")[1]):
        for sample in family.samples:
            if sample.name == name and labels.items() <= sample.labels.items():
                return sample.value
    return None


def test_probes_and_metrics_tell_of_the_one_that_works_and_the_one_that_stands_by(
    stage: Stage, port: int
) -> None:
    stage.publish([USERS])
    worker = stage.work(HEALTH_PORT=str(port))
    stage.listens(worker)
    assert ask(port, "/readyz")[0] == 200
    check = [str(Path(sys.executable).parent / "datahub-dataproducts"), "alive"]
    done = subprocess.run(
        [*check, "--port", str(port)], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("working, alive: ")
    stage.run("users", "FAILURE")
    until(lambda: stage.health("users") == "UNHEALTHY", "the health of users", worker)
    of = {"pipeline_name": stage.source.group}
    heard = {**of, "source": "DataProductKafkaSource", "event_type": "MetadataChangeLogEvent_v1"}
    assert (metric(port, "data_products_events_total", **heard) or 0) >= 1
    # It is counted once it is kept, by which time the catalog may know already.
    applied = {**of, "outcome": "applied"}
    until(lambda: metric(port, "data_products_evidence_total", **applied), "the count", worker)
    # The entity change event of the run counts too, if it was heard before the run event.
    assert metric(port, "data_products_evidence_total", **applied) in {1, 2}
    assert metric(port, "data_products_working", **of) == 1
    sent = {**of, "channel": "catalog", "outcome": "delivered"}
    # It is counted when the answer is there, a moment after the server has it.
    until(lambda: metric(port, "data_products_letters_sent_total", **sent), "the count", worker)
    # DataHub's own are there too.
    assert metric(port, "kafka_messages_total", **of) is not None
    other = free_port()
    second = stage.work(HEALTH_PORT=str(other))
    second.says("this one stands by")
    until(lambda: '"standing by"' in ask(other, "/readyz")[1], "the one that stands by", second)
    assert ask(other, "/readyz")[0] == 200
    assert metric(other, "data_products_working", **of) == 0
    assert worker.stop() == 0
    until(lambda: '"working"' in ask(other, "/readyz")[1], "the takeover", second)
    assert ask(port, "/healthz")[0] == 0
    assert second.stop() == 0


def test_the_lines_of_the_action_and_the_framework_are_json_and_hold_no_secret(
    stage: Stage,
) -> None:
    """The server is in trouble, answers with what it was sent, and names who asked."""
    secret = "s3cret-passw0rd"
    registry = f"{stage.gms.url.removeprefix('http://')}/schema-registry/api/"
    stage.publish([USERS])
    worker = stage.work(
        HEALTH_LOGS="json",
        SCHEMA_REGISTRY_URL=f"http://ana:{secret}@{registry}",
        KAFKA_PROPERTIES_SASL_PASSWORD=secret,
    )
    stage.listens(worker)
    told = f"Bearer {TOKEN} may not do that at {stage.gms.url.replace('//', f'//ana:{secret}@')}"
    stage.gms.switches.answer(Answer(403, told), route="ingestProposal", times=20)
    stage.run("users", "FAILURE")
    worker.says("Posts wait in the outbox")
    assert worker.stop() == 0
    log = worker.log()
    assert secret not in log
    assert TOKEN not in log
    lines = [json.loads(line) for line in log.splitlines() if line.startswith('{"time"')]
    said = {line["logger"].partition(".")[0]: line for line in lines}
    assert {"datahub_dataproducts", "datahub_actions"} <= said.keys()
    (waits,) = [line for line in lines if line["message"].startswith("Posts wait")][:1]
    assert waits["level"] == "WARNING"
    # What begins before the recipe is read is the framework's own form.
    begun = log.index('{"time"')
    assert not re.search(r"^\[\d{4}-", log[begun:], re.MULTILINE)


def test_with_the_file_for_logging_all_lines_are_json_from_the_first(stage: Stage) -> None:
    stage.publish([USERS])
    worker = stage.work(
        HEALTH_LOGS="json", DATAHUB_LOG_CONFIG_FILE=str(ROOT / "recipes/deploy/logging.ini")
    )
    stage.listens(worker)
    worker.kill()
    lines = worker.log().splitlines()
    assert [line for line in lines if not line.startswith('{"time"')] == []
    assert "DataHub Actions version" in json.loads(lines[0])["message"]
