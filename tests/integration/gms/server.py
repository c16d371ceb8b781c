"""A stand-in for GMS on the loopback, as strict as the real one is where that hurts."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterable
from time import monotonic
from types import TracebackType
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from typing_extensions import Self

from datahub_dataproducts.adapters.clock import WallClock
from tests.integration.gms.answers import Refusal, Unknown, fault
from tests.integration.gms.events import Event
from tests.integration.gms.events_api import EventsApi
from tests.integration.gms.grants import needed
from tests.integration.gms.graphql import GraphQl
from tests.integration.gms.openapi import OpenApi
from tests.integration.gms.restli import RestLi
from tests.integration.gms.search import runs_found
from tests.integration.gms.service import Service, proposal_of
from tests.integration.gms.sinks import EventSink, MemorySink
from tests.integration.gms.storage import Storage
from tests.integration.gms.switches import Switches

_UNAUTHORIZED, _FORBIDDEN, _NOT_IMPLEMENTED = 401, 403, 501
# What the server's settings leave open unless they are changed.
_OPEN_ROUTES = ("/config", "/schema-registry/")


class Gms:
    """The server; it listens while the block lasts.

    Attributes:
        url: where it listens.
        switches: what it is like.
        asked: method and path of every request.
        unexpected: requests that it has no answer for; they are answered with 501.
        wanted: what requests needed to be allowed to, where that is limited (`grants`).
        refused: what of it they were not.

    `told` is what it told before, where it is one that comes back. `now` is the time that it stamps (milliseconds), `seconds` what the lag of the index is measured by.
    """

    def __init__(
        self,
        *,
        page: int = 1_000,
        version: str = "v1.7.0",
        database: str = ":memory:",
        sinks: Iterable[EventSink] = (),
        port: int = 0,
        now: Callable[[], int] | None = None,
        seconds: Callable[[], float] = monotonic,
        told: MemorySink | None = None,
    ) -> None:
        self.switches = Switches(page=page, version=version)
        self.asked: list[str] = []
        self.unexpected: list[str] = []
        self.wanted: set[str] = set()
        self.refused: set[str] = set()
        self._storage = Storage(database)
        self.service = Service(
            self._storage,
            self.switches,
            list(sinks),
            told=told or MemorySink(),
            now=now or WallClock().now,
            seconds=seconds,
        )
        self._socket = socket.create_server(("127.0.0.1", port))
        # Its connections inherit it. Without it each answer waits 40 ms for the client's receipt.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._server = _Server(_app(self))
        # A server that a test forgot is not waited for when all tests are done.
        self._thread = threading.Thread(
            target=self._server.run, args=([self._socket],), daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.stop()
        self._thread.join()
        self._socket.close()
        self._storage.close()

    def tick(self) -> None:
        """Let come what waits: held asynchronous writes, and what the index has not seen."""
        self.service.tick()

    @property
    def written(self) -> list[tuple[str, str]]:
        """Entity and aspect of every proposal that was taken, in order."""
        return self.service.written

    @property
    def failed(self) -> list[tuple[str, str, str]]:
        """Asynchronous writes that came to nothing: entity, aspect, reason."""
        return [(p.urn, p.aspect.name, reason) for p, reason in self.service.failed]

    @property
    def events(self) -> list[Event]:
        """Everything that was told, in order."""
        return self.service.events.events

    def put(self, urn: str, aspect: str, value: Any) -> None:
        """Write as somebody else would; not counted in `written`."""
        before = len(self.written)
        self.service.ingest([proposal_of(urn, aspect, value)], wait=True)
        del self.written[before:]

    def get(self, urn: str, aspect: str) -> Any:
        """What the primary storage holds; None: nothing."""
        with self.service.reading() as storage:
            held = storage.get(urn, aspect)
            return held and held.value

    def everything(self) -> dict[str, dict[str, Any]]:
        """All aspects that were written, by entity."""
        with self.service.reading() as storage:
            urns = dict.fromkeys(urn for urn, _ in self.written)
            return {urn: {name: self.get(urn, name) for name in storage.names(urn)} for urn in urns}

    def damage(self, urn: str, aspect: str, value: Any) -> None:
        """Keep a value that no rule would let pass."""
        with self.service.reading() as storage:
            held = storage.get(urn, aspect)
            assert held is not None
            storage.put(urn, aspect, type(held)(value, held.version, held.system, held.at))

    def runs(self, urn: str, aspect: str = "assertionRunEvent") -> list[dict[str, Any]]:
        """Values of a timeseries, the latest first."""
        with self.service.reading() as storage:
            return [value for value, _ in runs_found(storage, urn, aspect)]


class _Server(uvicorn.Server):
    """Stops at once when it is told so, from any thread."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(
            uvicorn.Config(app, log_config=None, lifespan="off", ws="none", access_log=False)
        )
        self._stop = threading.Event()
        self._wake: Callable[[], object] = lambda: None

    def stop(self) -> None:
        if not self._stop.is_set():
            self._stop.set()
            self._wake()

    async def main_loop(self) -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        self._wake = lambda: loop.call_soon_threadsafe(stop.set)
        await self.on_tick(0)
        if not self._stop.is_set():
            await stop.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Without the pauses of its base: whoever asked is gone, or is to see a server that is.
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()


def _app(gms: Gms) -> ASGIApp:
    service = gms.service

    async def refuse(_: Request, refusal: Exception) -> Response:
        assert isinstance(refusal, Refusal)
        return JSONResponse(fault(refusal.status, str(refusal)), refusal.status)

    async def unknown(request: Request, error: Exception) -> Response:
        path = str(error) if isinstance(error, Unknown) else request.url.path
        gms.unexpected.append(f"{request.method} {path}")
        message = f"no answer to {gms.unexpected[-1]}"
        return JSONResponse(fault(_NOT_IMPLEMENTED, message), _NOT_IMPLEMENTED)

    parts = (RestLi(service), OpenApi(service), EventsApi(service), GraphQl(service))
    routes = [route for part in parts for route in part.routes()]
    handlers: dict[Any, Any] = {Refusal: refuse, Unknown: unknown, 404: unknown, 405: unknown}
    return _Door(gms, Starlette(routes=routes, exception_handlers=handlers))


class _Door:
    """What happens to every request before it is looked at."""

    def __init__(self, gms: Gms, inner: ASGIApp) -> None:
        self._gms = gms
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        path, query = request.url.path, request.url.query
        self._gms.asked.append(f"{request.method} {path}")
        answer = self._gms.switches.taken_answer(f"{request.method} {path}?{query}")
        if answer is not None:
            headers = {"content-type": "application/json", **answer.headers}
            response = Response(answer.text, answer.status, headers)
            await response(scope, receive, send)
        elif not self._lets_in(request):
            body = fault(_UNAUTHORIZED, "Unauthorized to perform this action.")
            await JSONResponse(body, _UNAUTHORIZED)(scope, receive, send)
        else:
            await self._allowed(scope, receive, send)

    async def _allowed(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Only what the token may do, where that is limited."""
        grants = self._gms.switches.grants
        if grants is None:
            await self._inner(scope, receive, send)
            return
        request = Request(scope, receive)
        body = await request.body()
        action = request.query_params.get("action", "")
        wanted = needed(request.method, request.url.path, action, body)
        self._gms.wanted |= wanted
        if wanted - grants:
            self._gms.refused |= wanted - grants
            told = f"Unauthorized: {', '.join(sorted(wanted - grants))}"
            await JSONResponse(fault(_FORBIDDEN, told), _FORBIDDEN)(scope, receive, send)
            return

        async def again() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        await self._inner(scope, again, send)

    def _lets_in(self, request: Request) -> bool:
        tokens = self._gms.switches.tokens
        if tokens is None or request.url.path.startswith(_OPEN_ROUTES):
            return True
        return request.headers.get("authorization", "").removeprefix("Bearer ") in tokens
