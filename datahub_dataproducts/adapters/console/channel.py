"""The console as a channel."""

from typing import TextIO

from datahub_dataproducts.adapters.console.render import render
from datahub_dataproducts.domain.letters import Announcement, Delivered, Receipt, Retry


class ConsoleChannel:
    """Prints one line per announcement to a stream, flushed, so that a reader sees it at once."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def post(self, announcement: Announcement) -> Receipt:
        """Tell it once; where the stream is closed it may be told later."""
        line = render(announcement)
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
