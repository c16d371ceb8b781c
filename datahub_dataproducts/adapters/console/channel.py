"""The console as a channel."""

from collections.abc import Callable
from typing import TextIO

from datahub_dataproducts.adapters.console.render import render
from datahub_dataproducts.adapters.console.words import printable
from datahub_dataproducts.domain.letters import Digest, ToPeople
from datahub_dataproducts.domain.receipts import Delivered, Dispatch, Receipt, Retry


class ConsoleChannel:
    """Prints one line per announcement to a stream, flushed, so that a reader sees it at once.

    A digest is printed as it is, in several.

    Args:
        stream: where to.
        link: from a product's id to the address of its page, None: there are no links.
    """

    shows_latest = False

    def __init__(self, stream: TextIO, link: Callable[[str], str] | None = None) -> None:
        self._stream = stream
        self._link = link

    def post(self, dispatch: Dispatch) -> Receipt:
        """Tell it once; where the stream is closed it may be told later."""
        line = self._line(dispatch.letter)
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

    def _line(self, letter: ToPeople) -> str:
        if isinstance(letter, Digest):
            return "\n".join(map(printable, letter.text.splitlines()))
        line = render(letter)
        return line if self._link is None else f"{line} {self._link(letter.product)}"
