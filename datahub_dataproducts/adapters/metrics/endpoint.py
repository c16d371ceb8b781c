"""Answers to probes, and the metrics: three paths of a small HTTP server in a thread of its own.

`/healthz` is 200 while the process does its work and 503 when the thread that looks at the clock
was not there for long: start it again. `/readyz` is 200 when it works or stands by. `/metrics` is
what Prometheus reads. Nothing of it is secret: no address, no name of anything, only numbers and
the names of channels.
"""

import json
import logging
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from prometheus_client import REGISTRY
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from datahub_dataproducts.application.ports import Unavailable
from datahub_dataproducts.application.pulse import Pulse

logger = logging.getLogger(__name__)

_JSON = "application/json; charset=utf-8"
_OK, _NOT_FOUND, _NOT_NOW = 200, 404, 503
_SLOWEST = 10.0


class ProbeEndpoint:
    """Listens from `open` until `close`."""

    def __init__(self, host: str, port: int, feel: Callable[[], Pulse]) -> None:
        """`feel` is asked at every request; port 0 is any that is free."""
        self._host = host
        self._port = port
        self._feel = feel
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """Where it listens; the one asked for before it does."""
        return self._port if self._server is None else self._server.server_port

    def open(self) -> None:
        """Begin to listen.

        Raises:
            Unavailable: the address is not this machine's, or somebody else listens there.
        """
        feel = self._feel

        class Answering(_Answering):
            def pulse(self) -> Pulse:
                return feel()

        try:
            self._server = ThreadingHTTPServer((self._host, self._port), Answering)
        except (OSError, OverflowError) as problem:
            reason = getattr(problem, "strerror", None) or problem
            msg = f"health: nobody can listen on {self._host}, port {self._port} ({reason})"
            raise Unavailable(msg) from None
        # A probe that hangs must not keep the process from ending.
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="data-product-probes", daemon=True
        )
        self._thread.start()
        logger.info("Probes and metrics are answered on %s, port %s", self._host, self.port)

    def close(self) -> None:
        """Let go of the port; harmless when repeated."""
        server, thread = self._server, self._thread
        if server is not None and thread is not None:
            self._port = server.server_port
            self._server = None
            server.shutdown()
            server.server_close()
            thread.join()


class _Answering(BaseHTTPRequestHandler):
    server_version = "datahub-dataproducts"
    sys_version = ""
    timeout = _SLOWEST

    def pulse(self) -> Pulse:
        raise NotImplementedError

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/metrics":
            self._answer(_OK, CONTENT_TYPE_LATEST, generate_latest(REGISTRY))
        elif path in ("/healthz", "/readyz"):
            pulse = self.pulse()
            is_so = pulse.is_alive if path == "/healthz" else pulse.is_ready
            told = json.dumps(_told(pulse)).encode()
            self._answer(_OK if is_so else _NOT_NOW, _JSON, told)
        else:
            self._answer(_NOT_FOUND, _JSON, b'{"paths": ["/healthz", "/readyz", "/metrics"]}')

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the same
        """Probes come every few seconds, and say nothing."""

    def _answer(self, code: int, kind: str, content: bytes) -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


def _told(pulse: Pulse) -> dict[str, Any]:
    return {
        "state": pulse.role.value,
        "alive": pulse.is_alive,
        "ready": pulse.is_ready,
        "seconds_since_last_look": pulse.since // 1000,
        "products": pulse.products,
    }
