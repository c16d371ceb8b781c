"""Problems: what is wrong with what somebody wrote, where, and what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum


class ProblemSeverity(Enum):
    """Whether a problem stops a product (error) or is only told (warning)."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, order=True, slots=True)
class Location:
    """A place in a file: lines and columns count from 1; the path is as the reader gave it.

    Line 0 stands for a file that is not there, which has no lines to speak of.
    """

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        """As editors and compilers write it."""
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        code: stable identifier in kebab-case (`unknown-input`), for documentation and filters.
        severity: an error stops the product it belongs to; a warning stops nothing.
        location: where, or None when it belongs to no file.
        message: what is wrong, in one sentence without a full stop.
        remedy: what to do about it, in one sentence without a full stop; may be empty.
        product: id of the product it belongs to, None when the file could not be read so far.
    """

    code: str
    severity: ProblemSeverity
    location: Location | None
    message: str
    remedy: str = ""
    product: str | None = None

    @property
    def is_error(self) -> bool:
        """True when the product it belongs to cannot be published."""
        return self.severity is ProblemSeverity.ERROR

    def __str__(self) -> str:
        """`file:line:column: error[code]: what is wrong; what to do`."""
        place = f"{self.location}: " if self.location else ""
        remedy = f"; {self.remedy}" if self.remedy else ""
        return f"{place}{self.severity.value}[{self.code}]: {self.message}{remedy}"


def sorted_problems(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """By file, line and column; problems without a place come first."""
    nowhere = Location("", 0, 0)
    return tuple(
        sorted(problems, key=lambda p: (p.location or nowhere, p.code, p.message, p.product or ""))
    )


def on_one_line(text: str) -> str:
    """A text as a message may show it: whatever files say, on one line and printable."""
    if text.isprintable():
        return text
    line = " ".join(text.split())
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in line)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The remedy `did you mean "x"?` for the nearest known word, or nothing when none is near."""
    near = get_close_matches(word, sorted(set(known)), n=1, cutoff=0.6)
    return f'did you mean "{near[0]}"?' if near else ""
