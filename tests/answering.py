"""A server on the loopback that takes posts, writes down each, and answers as it is told to."""

import socket
import ssl
import struct
import threading
from dataclasses import dataclass, field
from typing import TypeAlias

from typing_extensions import Self

_DRIP = 0.03

Headers: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """What is answered, as bytes on the wire or as something that goes wrong.

    Attributes:
        status: of the first line.
        headers: besides the length of the body.
        body: what follows them.
        raw: in place of all that.
        resets: the connection is reset in place of an answer.
        silent: nothing is answered until the client gives up.
        drips: after the rest, one byte more every few hundredths of a second, until the client goes.
        breaks_tls: what follows the request is no TLS any more.
    """

    status: int = 200
    headers: Headers = ()
    body: bytes = b""
    raw: bytes | None = None
    resets: bool = False
    silent: bool = False
    drips: bool = False
    breaks_tls: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Posted:
    """A request as it came; names of headers in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Posts:
    """What was received, and what is answered: `replies` in turn, the last one for good."""

    replies: list[Reply] = field(default_factory=lambda: [Reply()])
    received: list[Posted] = field(default_factory=list)

    def next(self) -> Reply:
        """The reply whose turn it is."""
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


class AnsweringServer:
    """Listens while it is entered; `url` has no path."""

    def __init__(self, *replies: Reply, tls: ssl.SSLContext | None = None) -> None:
        self.posts = Posts(replies=list(replies) or [Reply()])
        self._tls = tls
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def port(self) -> int:
        """Where it listens on 127.0.0.1."""
        port: int = self._listener.getsockname()[1]
        return port

    @property
    def url(self) -> str:
        """Its address."""
        return f"{'https' if self._tls else 'http'}://localhost:{self.port}"

    @property
    def received(self) -> list[Posted]:
        """All requests, in the order in which they came."""
        return self.posts.received

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        # Closing alone does not wake up who waits for a connection.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(timeout=5)
        for each in self._open:
            each.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.settimeout(5)
            try:
                if self._tls is not None:
                    connection = self._tls.wrap_socket(connection, server_side=True)
                self._answer(connection)
            except (OSError, ValueError):
                # Who speaks another protocol, or goes, is not answered.
                connection.close()

    def _answer(self, connection: socket.socket) -> None:
        self.posts.received.append(_read(connection))
        reply = self.posts.next()
        if reply.silent:
            self._open.append(connection)
            return
        if reply.resets:
            # Closing with nothing to linger for is a reset.
            linger = struct.pack("ii", 1, 0)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        elif reply.breaks_tls:
            socket.socket.sendall(connection, b"no TLS at all, and long enough to be taken for it")
        else:
            connection.sendall(_written(reply))
        while reply.drips:
            connection.sendall(b"x")
            threading.Event().wait(_DRIP)
        connection.close()


def _read(connection: socket.socket) -> Posted:
    with connection.makefile("rb") as stream:
        method, path, _ = stream.readline().decode("latin-1").split()
        headers = {}
        while line := stream.readline().decode("latin-1").strip():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = stream.read(int(headers.get("content-length", "0")))
    return Posted(method=method, path=path, headers=headers, body=body)


def _written(reply: Reply) -> bytes:
    if reply.raw is not None:
        return reply.raw
    lines = [f"HTTP/1.1 {reply.status} So", f"Content-Length: {len(reply.body)}"]
    lines += [f"{name}: {value}" for name, value in reply.headers]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1") + reply.body
