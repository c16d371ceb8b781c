"""`alive`: the health check of a container."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

import pytest
from click.testing import CliRunner, Result

from datahub_dataproducts.adapters.metrics.endpoint import ProbeEndpoint
from datahub_dataproducts.application.metering import Role
from datahub_dataproducts.application.pulse import Pulse
from datahub_dataproducts.plugins.cli import main


class Process:
    """An action that answers as it is told to."""

    def __init__(self) -> None:
        self.pulse = Pulse(role=Role.WORKING, is_alive=True, is_ready=True, since=1200, products=4)
        self.endpoint = ProbeEndpoint("127.0.0.1", 0, lambda: self.pulse)


@pytest.fixture
def process() -> Iterator[Process]:
    process = Process()
    process.endpoint.open()
    yield process
    process.endpoint.close()


def alive(port: int, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["alive", *arguments], env={"HEALTH_PORT": str(port)})


def test_it_ends_well_while_the_action_does_its_work(process: Process) -> None:
    done = alive(process.endpoint.port)
    assert done.exit_code == 0
    assert done.output == "working, alive: last looked 1 s ago, 4 products\n"


def test_it_fails_when_the_action_is_stuck_or_on_asking_when_it_is_not_ready(
    process: Process,
) -> None:
    process.pulse = Pulse(role=Role.STARTING, is_alive=True, is_ready=False, since=0, products=0)
    assert alive(process.endpoint.port).exit_code == 0
    assert alive(process.endpoint.port, "--ready").exit_code == 1
    process.pulse = Pulse(
        role=Role.WORKING, is_alive=False, is_ready=False, since=900_001, products=4
    )
    done = alive(process.endpoint.port)
    assert done.exit_code == 1
    assert done.output == "working, not alive: last looked 900 s ago, 4 products\n"


def test_it_fails_when_nobody_answers(process: Process) -> None:
    port = process.endpoint.port
    process.endpoint.close()
    done = alive(port)
    assert done.exit_code == 1
    assert done.output == f"nobody answers on 127.0.0.1, port {port} (Connection refused)\n"


def test_without_a_port_it_asks_for_one() -> None:
    done = CliRunner().invoke(main, ["alive"], env={"HEALTH_PORT": None})
    assert done.exit_code == 2
    assert "HEALTH_PORT" in done.output


class SomebodyElse(BaseHTTPRequestHandler):
    """Answers everything with a page."""

    answer: ClassVar[bytes] = b"<html>hello</html>"

    def do_GET(self) -> None:
        self.send_response(503)
        self.end_headers()
        self.wfile.write(self.answer)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.mark.parametrize("answer", [b"<html>hello</html>", b"{}", b"[1]"])
def test_somebody_else_on_the_port_is_told(answer: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SomebodyElse, "answer", answer)
    server = HTTPServer(("127.0.0.1", 0), SomebodyElse)
    thread = threading.Thread(target=server.handle_request, daemon=True)
    thread.start()
    done = alive(server.server_port)
    thread.join()
    server.server_close()
    assert done.exit_code == 1
    assert done.output == "what answers there is not the action\n"
