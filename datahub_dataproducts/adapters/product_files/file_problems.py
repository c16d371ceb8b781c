"""Problems of a whole file, or of no file at all."""

from datahub_dataproducts.domain.problems import Location, Problem, ProblemSeverity


def reason_of(error: Exception) -> str:
    """What the operating system says, in its words."""
    return (error.strerror if isinstance(error, OSError) else None) or type(error).__name__


def file_error(code: str, file: str | None, message: str, remedy: str) -> Problem:
    """What stops the products that are or may be in it; `file` is None where it is no one file."""
    return _problem(ProblemSeverity.ERROR, code, file, message, remedy)


def file_warning(code: str, file: str | None, message: str, remedy: str) -> Problem:
    """What stops nothing."""
    return _problem(ProblemSeverity.WARNING, code, file, message, remedy)


def _problem(
    severity: ProblemSeverity, code: str, file: str | None, message: str, remedy: str
) -> Problem:
    return Problem(
        code=code,
        severity=severity,
        location=None if file is None else Location(file),
        message=message,
        remedy=remedy,
    )
