"""Problems with getting a file of dbt; the place is given by who asked for it."""

from datahub_dataproducts.domain.problems import Problem, ProblemSeverity


def missing(message: str) -> Problem:
    """The error that nothing is where an artifact should be."""
    remedy = "see that dbt's artifacts are put there, or name the place where they are"
    return _problem("dbt-file-missing", message, remedy)


def unreadable(message: str, remedy: str) -> Problem:
    """The error that an artifact cannot be had."""
    return _problem("dbt-file-unreadable", message, remedy)


def _problem(code: str, message: str, remedy: str) -> Problem:
    return Problem(
        code=code,
        severity=ProblemSeverity.ERROR,
        location=None,
        message=message,
        remedy=remedy,
    )
