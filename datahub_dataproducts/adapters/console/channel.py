"""The console as a channel."""

from collections.abc import Callable
from typing import TextIO

from datahub_dataproducts.adapters.console.message import message_as_text
from datahub_dataproducts.adapters.console.render import render
from datahub_dataproducts.adapters.console.words import printable, say_moment_and_zone
from datahub_dataproducts.domain.letters import Digest
from datahub_dataproducts.domain.receipts import Delivered, Dispatch, Receipt, Retry

_WIDTH = 96


class ConsoleChannel:
    """Prints one line per announcement to a stream, flushed, so that a reader sees it at once.

    A line begins with when it became so, and ends with when it is told where that is much later. A
    digest is printed as it is, in several lines.

    Args:
        stream: where to.
        link: from a product's id to the address of its page, None: there are no links.
        details: print the whole message below the line, or in place of a digest's text.
        is_technical: False: without technical details.
        is_replay: what is told is told later than in truth, of which nothing is said.
    """

    shows_latest = False

    def __init__(
        self,
        stream: TextIO,
        link: Callable[[str], str] | None = None,
        *,
        details: bool = False,
        is_technical: bool = True,
        is_replay: bool = False,
    ) -> None:
        self._is_replay = is_replay
        self._stream = stream
        self._link = link
        self._details = details
        self._is_technical = is_technical

    def post(self, dispatch: Dispatch) -> Receipt:
        """Tell it once; where the stream is closed it may be told later."""
        line = self._text(dispatch)
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

    def _text(self, dispatch: Dispatch) -> str:
        line = self._line(dispatch)
        if not self._details:
            return line
        whole = message_as_text(dispatch.message, is_technical=self._is_technical, width=_WIDTH)
        if isinstance(dispatch.letter, Digest):
            return whole
        below = "".join(f"    {each}".rstrip() + "\n" for each in whole.splitlines())
        return f"{line}\n\n{below}"

    def _line(self, dispatch: Dispatch) -> str:
        letter = dispatch.letter
        if isinstance(letter, Digest):
            return "\n".join(map(printable, letter.text.splitlines()))
        line = render(letter)
        if dispatch.is_late and not self._is_replay:
            line += f" (told {say_moment_and_zone(dispatch.at, letter.timezone)})"
        return line if self._link is None else f"{line} {self._link(letter.product)}"
