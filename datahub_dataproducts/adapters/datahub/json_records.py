"""Reading a long JSON file record by record, holding no more than a piece of it.

A file is an array of records, or records one after another (as DataHub Actions writes the events
that failed).
"""

import codecs
import gzip
import json
import zlib
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import Any

from datahub.configuration.common import ConfigurationError

_PIECE = 1 << 16
_LEAST_READ = 1 << 20
# A value cut off anywhere but within a string fails at most this near to the cut (`\\uD83D\\uDE`).
_LONGEST_TOKEN = 32
# The mark that some editors put at the start of a file counts as space.
_SPACE = " \t\r\n\ufeff"
_Stream = BufferedReader | gzip.GzipFile


class MetadataFileError(ConfigurationError):
    """A file that cannot be read (on): which, what is wrong, and what to do."""


def read_records(path: Path) -> Iterator[Any]:
    """The records of a file in order, `.gz` too.

    Raises:
        MetadataFileError: the file is no JSON, or ends too early; the records before that place
            were given.
    """
    try:
        with _opened(path) as stream:
            yield from _records(_Text(path, stream))
    except OSError as error:
        raise MetadataFileError(
            f"{path}: it cannot be read ({error.strerror or type(error).__name__}); "
            "check that it is a file and that this process may read it"
        ) from None


def _opened(path: Path) -> _Stream:
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")


class _Text:
    """The text of a file, of which only the part from `position` on is kept."""

    def __init__(self, path: Path, stream: _Stream) -> None:
        self.path = path
        self.count = 0
        self._stream = stream
        self._decode = codecs.getincrementaldecoder("utf-8")().decode
        self._scan = json.JSONDecoder().raw_decode
        self._text = ""
        self._position = 0
        self._ended = False
        self._fault = ""

    def take(self, expected: str) -> str:
        """The next character that is no space, taken when it is among the expected; "" at the end."""
        while True:
            while self._position < len(self._text):
                character = self._text[self._position]
                if character not in _SPACE:
                    self._position += character in expected
                    return character
                self._position += 1
            if not self._more(_LEAST_READ):
                return ""

    def value(self) -> Any:
        """The next value; the text stands at its first character."""
        size = _LEAST_READ
        while True:
            try:
                value, end = self._scan(self._text, self._position)
            except json.JSONDecodeError as error:
                if not self._is_cut(error):
                    raise self.broken(f"it is not JSON ({error.msg})") from None
                if not self._more(size):
                    raise self.cut_off() from None
            except RecursionError:
                raise self.broken("it is nested too deeply") from None
            else:
                # A bare number at the very end may go on behind it.
                if isinstance(value, dict | list | str) or end < len(self._text) or self._ended:
                    self._position = end
                    self.count += 1
                    return value
                self._more(size)
            size *= 2

    def broken(self, what: str) -> MetadataFileError:
        """The fault that the next record has."""
        return MetadataFileError(
            f"{self.path}: record {self.count} (the first is 0) cannot be read: {what}; "
            "write the file again"
        )

    def cut_off(self) -> MetadataFileError:
        """The fault that the file ends before it should."""
        return MetadataFileError(
            f"{self.path}: {self._fault or 'it is cut off'} in record {self.count} (the first is "
            "0); the records before it were read; write the file again"
        )

    @property
    def is_faulty(self) -> bool:
        """True when the text ended because the rest of the file cannot be read."""
        return bool(self._fault)

    def _is_cut(self, error: json.JSONDecodeError) -> bool:
        near_the_end = error.pos >= len(self._text) - _LONGEST_TOKEN
        return near_the_end or error.msg.startswith("Unterminated string")

    def _more(self, size: int) -> bool:
        if self._ended:
            return False
        pieces = [self._text[self._position :]]
        read = 0
        while read < size and not self._ended:
            piece = self._piece()
            read += len(piece)
            pieces.append(piece)
        self._text = "".join(pieces)
        self._position = 0
        return read > 0

    def _piece(self) -> str:
        try:
            raw = self._stream.read1(_PIECE)
            self._ended = not raw
            return self._decode(raw, self._ended)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            self._fault = "its compression is broken or cut off"
        except UnicodeDecodeError as error:
            self._fault = "it is not UTF-8"
            self._ended = True
            return error.object[: error.start].decode("utf-8")
        self._ended = True
        return ""


def _records(text: _Text) -> Iterator[Any]:
    opening = text.take("[")
    if opening == "[":
        yield from _array(text)
    elif opening == "{":
        while text.take("") == "{":
            yield text.value()
        if text.take("") or text.is_faulty:
            raise text.cut_off() if text.is_faulty else text.broken("it is not an object")
    elif text.is_faulty:
        raise text.cut_off()
    else:
        raise MetadataFileError(
            f"{text.path}: it is no metadata file (a JSON array of records); "
            "give a file as DataHub's `file` sink writes it"
        )


def _array(text: _Text) -> Iterator[Any]:
    if text.take("]") == "]":
        return
    while True:
        if not text.take(""):
            raise text.cut_off()
        yield text.value()
        after = text.take(",]")
        if after == "]":
            return
        if after != ",":
            raise text.cut_off() if not after else text.broken("a comma is missing before it")
