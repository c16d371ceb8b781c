"""The endpoint for probes: what it answers when, and that it lets go of its port."""

import json
import socket
from http.client import HTTPConnection
from typing import Any

import pytest

from datahub_dataproducts.adapters.metrics.endpoint import ProbeEndpoint
from datahub_dataproducts.application.metering import Role
from datahub_dataproducts.application.ports import Unavailable
from datahub_dataproducts.application.pulse import Pulse

WORKING = Pulse(role=Role.WORKING, is_alive=True, is_ready=True, since=2_000, products=4)
STARTING = Pulse(role=Role.STARTING, is_alive=True, is_ready=False, since=0, products=0)
STANDING_BY = Pulse(role=Role.STANDING_BY, is_alive=True, is_ready=True, since=10, products=0)
STUCK = Pulse(role=Role.WORKING, is_alive=False, is_ready=False, since=900_001, products=4)


def ask(endpoint: ProbeEndpoint, path: str, method: str = "GET") -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", endpoint.port, timeout=10)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("pulse", "alive", "ready"),
    [(WORKING, 200, 200), (STARTING, 200, 503), (STANDING_BY, 200, 200), (STUCK, 503, 503)],
)
def test_it_tells_who_lives_from_who_is_ready(pulse: Pulse, alive: int, ready: int) -> None:
    endpoint = ProbeEndpoint("127.0.0.1", 0, lambda: pulse)
    endpoint.open()
    try:
        code, told = ask(endpoint, "/healthz")
        assert code == alive
        assert json.loads(told) == {
            "state": pulse.role.value,
            "alive": pulse.is_alive,
            "ready": pulse.is_ready,
            "seconds_since_last_look": pulse.since // 1000,
            "products": pulse.products,
        }
        assert ask(endpoint, "/readyz?verbose")[0] == ready
        assert ask(endpoint, "/healthz", "HEAD") == (alive, "")
    finally:
        endpoint.close()


def test_the_metrics_are_there_with_those_of_the_process_and_nothing_else_is() -> None:
    endpoint = ProbeEndpoint("127.0.0.1", 0, lambda: WORKING)
    endpoint.open()
    try:
        code, told = ask(endpoint, "/metrics")
        assert code == 200
        assert "# TYPE process_cpu_seconds_total counter" in told
        assert ask(endpoint, "/etc/passwd")[0] == 404
        assert ask(endpoint, "/healthz", "POST")[0] == 501
    finally:
        endpoint.close()


def test_closed_it_lets_go_of_its_port_also_when_somebody_hangs_on_it() -> None:
    endpoint = ProbeEndpoint("127.0.0.1", 0, lambda: WORKING)
    endpoint.open()
    port = endpoint.port
    hanging = socket.create_connection(("127.0.0.1", port))
    endpoint.close()
    endpoint.close()
    hanging.close()
    again = ProbeEndpoint("127.0.0.1", port, lambda: WORKING)
    again.open()
    again.close()


def test_a_port_that_is_taken_is_told_in_words() -> None:
    endpoint = ProbeEndpoint("127.0.0.1", 0, lambda: WORKING)
    endpoint.open()
    try:
        other: Any = ProbeEndpoint("127.0.0.1", endpoint.port, lambda: WORKING)
        with pytest.raises(Unavailable, match=r"port \d+ \(Address already in use\)$"):
            other.open()
        other.close()
    finally:
        endpoint.close()
