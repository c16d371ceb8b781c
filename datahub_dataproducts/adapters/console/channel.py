"""The console as a channel."""

from collections.abc import Callable
from typing import TextIO

from datahub_dataproducts.adapters.console.render import render
from datahub_dataproducts.domain.letters import Announcement, Delivered, Receipt, Retry


class ConsoleChannel:
    """Prints one line per announcement to a stream, flushed, so that a reader sees it at once.

    Args:
        stream: where to.
        link: from a product's id to the address of its page, None: there are no links.
    """

    def __init__(self, stream: TextIO, link: Callable[[str], str] | None = None) -> None:
        self._stream = stream
        self._link = link

    def post(self, announcement: Announcement) -> Receipt:
        """Tell it once; where the stream is closed it may be told later."""
        line = render(announcement)
        if self._link is not None:
            line = f"{line} {self._link(announcement.product)}"
        encoding = self._stream.encoding or "utf-8"
        # A console that knows fewer letters gets escapes instead of nothing.
        speakable = line.encode(encoding, "backslashreplace").decode(encoding)
        try:
            self._stream.write(f"{speakable}\n")
            self._stream.flush()
        except (OSError, ValueError):
            # ValueError is what Python says of a stream that it has closed itself.
            return Retry("the console is closed: nobody reads standard output")
        return Delivered()
