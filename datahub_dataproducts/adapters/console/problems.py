"""Problems for people: each with its place, the line it is about, a marker, and what to do."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator

from datahub_dataproducts.domain.problems import Location, Problem

_LINE_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
# What a marker underlines: a quoted text, a list or mapping on the line, a call such as ref('x'), or
# what has no space in it.
_WORD = re.compile(
    r""""[^"]*"|'[^']*'|\{[^}]*\}|\[[^\]]*\]|[\w.]+\([^)]*\)|[^\s,\]}]+?(?=:(?:\s|$)|[\s,\]}]|$)"""
)
_LONGEST_LINE = 110
_BEFORE = 60
_STYLES = {"error": "\x1b[1;31m", "warning": "\x1b[1;33m", "remedy": "\x1b[36m"}
_PLAIN = "\x1b[0m"

SourceOf = Callable[[str], str | None]
"""The text of a file by the name that problems give it; None where it cannot be shown."""


def problems_as_text(
    problems: Iterable[Problem], source_of: SourceOf, *, colour: bool = False
) -> str:
    """All problems in the order given, an empty line between them.

    Args:
        problems: what to tell.
        source_of: see `SourceOf`.
        colour: with the escape codes of terminals.
    """
    paint = _painted if colour else _unpainted
    lines = _Lines(source_of)
    return "\n\n".join("\n".join(_told(problem, lines, paint)) for problem in problems)


class _Lines:
    """The lines of files, each file split once."""

    def __init__(self, source_of: SourceOf) -> None:
        self._source_of = source_of
        self._split: dict[str, list[str]] = {}

    def at(self, place: Location) -> str | None:
        """The line of a place; None where there is nothing to show."""
        if place.file not in self._split:
            text = self._source_of(place.file)
            self._split[place.file] = [] if text is None else _LINE_BREAK.split(text)
        lines = self._split[place.file]
        return lines[place.line - 1] if 0 < place.line <= len(lines) else None


def _told(problem: Problem, lines: _Lines, paint: Callable[[str, str], str]) -> Iterator[str]:
    severity = problem.severity.value
    place = f"{problem.location}: " if problem.location else ""
    yield f"{place}{paint(severity, f'{severity}[{problem.code}]')}: {problem.message}"
    line = lines.at(problem.location) if problem.location else None
    gutter = " " * 4
    if problem.location and line is not None and line.strip():
        number = f"{problem.location.line:>5} | "
        gutter = " " * (len(number) - 2)
        before, marked, after = _around(line, problem.location.column)
        yield f"{number}{before}{marked}{after}"
        marker = "^" * max(1, _width(marked))
        yield f"{gutter}| {_blank(before)}{paint(severity, marker)}"
    if problem.remedy:
        yield f"{gutter}{paint('remedy', f'= {problem.remedy}')}"


def _around(line: str, column: int) -> tuple[str, str, str]:
    """A line in three parts, the second of which is marked; what is long is cut on both sides."""
    start = min(column - 1, len(line))
    word = _WORD.match(line, start)
    end = word.end() if word else start + 1
    end = min(end, start + _LONGEST_LINE - _BEFORE)
    before, marked, after = line[:start], line[start:end], line[end:]
    if len(before) > _BEFORE and len(line) > _LONGEST_LINE:
        before = f"...{before[3 - _BEFORE :]}"
    room = max(0, _LONGEST_LINE - len(before) - len(marked))
    if len(after) > room:
        after = f"{after[: max(0, room - 3)]}..."
    return _printable(before), _printable(marked), _printable(after)


def _printable(text: str) -> str:
    """Without what a terminal would obey, each character in the width it has."""
    return "".join(c if c == "\t" or c.isprintable() else "\ufffd" for c in text)


def _blank(text: str) -> str:
    """As wide as the text, tabs kept."""
    return "".join("\t" if c == "\t" else " " * _width(c) for c in text)


def _width(text: str) -> int:
    """Columns of a terminal."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def _painted(style: str, text: str) -> str:
    return f"{_STYLES[style]}{text}{_PLAIN}"


def _unpainted(style: str, text: str) -> str:
    del style
    return text
