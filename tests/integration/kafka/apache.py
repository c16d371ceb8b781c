"""Apache Kafka as a process: one node that is broker and controller, on the loopback."""

import os
import signal
import socket
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import confluent_kafka
from confluent_kafka.admin import AdminClient
from typing_extensions import Self

JARS = "TEST_KAFKA_JARS"
"""The environment variable that names the folder of its jars."""

# Small, and quick to start: it is one of several things on the machine.
_JAVA = ["java", "-Xmx512m", "-Xms128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
_PATIENCE = 120.0
_CLUSTER = "dGVzdC1icm9rZXItMDAwMQ"


class ApacheKafka:
    """The broker; it listens while the block lasts.

    Attributes:
        address: host and port for clients.
    """

    def __init__(self, jars: Path, folder: Path) -> None:
        client, controller = _free_port(), _free_port()
        self.address = f"127.0.0.1:{client}"
        self._classes = ["-cp", f"{jars}/*"]
        self._folder = folder
        self._config = folder / "server.properties"
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        settings = {
            "process.roles": "broker,controller",
            "node.id": 1,
            "controller.quorum.voters": f"1@127.0.0.1:{controller}",
            "listeners": f"PLAINTEXT://{self.address},CONTROLLER://127.0.0.1:{controller}",
            "controller.listener.names": "CONTROLLER",
            "log.dirs": folder / "data",
            "num.partitions": 4,
            "auto.create.topics.enable": "true",
            "offsets.topic.num.partitions": 1,
            "offsets.topic.replication.factor": 1,
            "transaction.state.log.replication.factor": 1,
            "transaction.state.log.min.isr": 1,
            "group.initial.rebalance.delay.ms": 0,
            "log.cleaner.enable": "false",
        }
        lines = (f"{name}={value}\n" for name, value in settings.items())
        self._config.write_text("".join(lines), encoding="utf-8")
        format_ = ["kafka.tools.StorageTool", "format", "-t", _CLUSTER, "-c", str(self._config)]
        subprocess.run([*_JAVA, *self._classes, *format_], check=True, capture_output=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        with (self._folder / "broker.out").open("ab") as out:
            self._process = subprocess.Popen(
                [*_JAVA, *self._classes, "kafka.Kafka", str(self._config)], stdout=out, stderr=out
            )
        give_up = time.monotonic() + _PATIENCE
        client = AdminClient({"bootstrap.servers": self.address, "log_level": 0})
        while True:
            assert self._process.poll() is None, (self._folder / "broker.out").read_text()
            with suppress(confluent_kafka.KafkaException):
                client.list_topics(timeout=2)
                return
            assert time.monotonic() < give_up, "the broker does not answer"

    def stop(self) -> None:
        """Stop the process that was started, by its id."""
        if self._process is None:
            return
        os.kill(self._process.pid, signal.SIGTERM)
        ending = threading.Timer(_PATIENCE, self._process.kill)
        ending.start()
        self._process.wait()
        ending.cancel()
        self._process = None


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port
