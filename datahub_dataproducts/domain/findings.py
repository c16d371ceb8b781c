"""Findings: the problems of one product, gathered while it is looked at."""

from datahub_dataproducts.domain.problems import Location, Problem, ProblemSeverity, on_one_line


class Findings:
    """Gathers the problems of one product; an error stops it, a warning does not."""

    def __init__(self, product: str) -> None:
        self._product = product
        self.problems: list[Problem] = []

    def error(self, place: Location, code: str, message: str, remedy: str = "") -> None:
        """What is wrong at a place, and what to do about it."""
        self._tell(ProblemSeverity.ERROR, place, code, (message, remedy))

    def warn(self, place: Location, code: str, message: str, remedy: str = "") -> None:
        """What is probably not meant, and what to do about it."""
        self._tell(ProblemSeverity.WARNING, place, code, (message, remedy))

    def _tell(
        self, severity: ProblemSeverity, place: Location, code: str, words: tuple[str, str]
    ) -> None:
        message, remedy = words
        problem = Problem(
            code=code,
            severity=severity,
            location=place,
            message=on_one_line(message),
            remedy=on_one_line(remedy),
            product=self._product,
        )
        self.problems.append(problem)
