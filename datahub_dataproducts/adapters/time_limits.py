"""Time limits: how long an exchange over a socket may take, however slowly the other side talks.

The time-out of a socket begins anew with each byte that comes.
"""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from typing_extensions import Self


class TimeLimit:
    """Cuts the connection off when the time is over; who waits for it is told that it broke.

    Begin it within a `with`, at whose end it is over too.

    Attributes:
        is_over: True when it has cut off the connection.
    """

    def __init__(self, seconds: float) -> None:
        """It takes no time yet."""
        self.is_over = False
        self._seconds = seconds
        self._timer: threading.Timer | None = None

    def begin(self, connected: Callable[[], Any]) -> None:
        """From now on, unless it has begun; `connected` gives the socket, which TLS replaces."""
        if self._timer is None:
            self._timer = threading.Timer(self._seconds, self._cut_off, (connected,))
            self._timer.daemon = True
            self._timer.start()

    def end(self) -> None:
        """The exchange is over; harmless when repeated."""
        if self._timer is not None:
            self._timer.cancel()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def _cut_off(self, connected: Callable[[], Any]) -> None:
        self.is_over = True
        sock = connected()
        # Through a proxy with TLS of its own, the socket is within what speaks TLS.
        sock = getattr(sock, "socket", sock)
        if isinstance(sock, socket.socket):
            # Not that of TLS, which would change what the other thread is reading by.
            with suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
