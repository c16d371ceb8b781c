"""A wire between a client and the PostgreSQL of the tests that can be cut at the worst moment."""

import socket
import threading
from contextlib import suppress
from types import TracebackType

from typing_extensions import Self

_COMMIT = b"COMMIT"


class Wire:
    """Listens on the loopback and hands on to a server while the block lasts.

    Attributes:
        port: where it listens.
        cut_at_commit: `before` a commit reaches the server, or `after` it, before the answer
            reaches the client; None: not at all. Taken back once it was done.
    """

    def __init__(self, host: str, port: int) -> None:
        self.cut_at_commit: str | None = None
        self._server = (host, port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._open: list[socket.socket] = []
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # Closing alone would not wake who waits for the next client.
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for one in self._open:
            one.close()
        self._thread.join()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.create_connection(self._server)
                self._open += [client, server]
                threading.Thread(target=self._ask, args=(client, server), daemon=True).start()
                threading.Thread(target=self._answer, args=(client, server), daemon=True).start()

    def _ask(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while said := client.recv(65536):
                if self.cut_at_commit == "before" and _COMMIT in said:
                    break
                if self.cut_at_commit == "after" and _COMMIT in said:
                    # The answer comes to nobody.
                    client.shutdown(socket.SHUT_WR)
                server.sendall(said)
        self._cut(client, server)

    def _answer(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while said := server.recv(65536):
                client.sendall(said)
        self._cut(client, server)

    def _cut(self, client: socket.socket, server: socket.socket) -> None:
        self.cut_at_commit = None
        for one in (client, server):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
