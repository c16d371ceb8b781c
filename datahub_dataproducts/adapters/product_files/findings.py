"""Findings: the problems of one file, gathered in the order they are met."""

from datahub_dataproducts.adapters.product_files import codes
from datahub_dataproducts.adapters.product_files.nodes import Place
from datahub_dataproducts.domain.problems import Location, Problem, ProblemSeverity, on_one_line

MOST_PROBLEMS = 500
"""A file with more of them than this is not read to its end: nobody reads the rest either."""

_LONGEST_SHOWN = 60


class TooManyProblems(Exception):
    """The file has more problems than anybody wants to read; the last one told says so."""


class Findings:
    """Gathers the problems of one file.

    Attributes:
        file: as its reader gave it.
        product: id of the product that is being read, None outside of one.
        problems: so far.
    """

    __slots__ = ("file", "problems", "product")

    def __init__(self, file: str) -> None:
        self.file = file
        self.product: str | None = None
        self.problems: list[Problem] = []

    def error(self, code: str, at: Place, message: str, remedy: str = "") -> None:
        """Tell what stops the product."""
        self._tell(ProblemSeverity.ERROR, code, at, message, remedy)

    def warning(self, code: str, at: Place, message: str, remedy: str = "") -> None:
        """Tell what stops nothing."""
        self._tell(ProblemSeverity.WARNING, code, at, message, remedy)

    def place(self, at: Place) -> Location:
        """Where a node is, with the name of the file."""
        return Location(self.file, at.line, at.column)

    def any_error_since(self, count: int) -> bool:
        """True when there is an error after the first `count` problems."""
        return any(problem.is_error for problem in self.problems[count:])

    def _tell(
        self, severity: ProblemSeverity, code: str, at: Place, message: str, remedy: str
    ) -> None:
        full = len(self.problems) >= MOST_PROBLEMS
        if full:
            severity, code = ProblemSeverity.ERROR, codes.TOO_MANY_PROBLEMS
            message = (
                f"there are more than {MOST_PROBLEMS} problems, and the file is read no further"
            )
            remedy = "mend those before this place first"
        self.problems.append(
            Problem(
                code=code,
                severity=severity,
                location=self.place(at),
                message=on_one_line(message),
                remedy=on_one_line(remedy),
                product=self.product,
            )
        )
        if full:
            raise TooManyProblems


def shown(text: str, longest: int = _LONGEST_SHOWN) -> str:
    """A value for a message: on one line, cut when it is long, and to be seen when it is empty.

    What cannot be printed is told as U+FFFD: an escape of a tag may stand for any character.
    """
    line = on_one_line(" ".join(text[: 4 * longest].split()))
    return f"{line[:longest]}..." if len(line) > longest else line or '""'
