"""Other files that a product file names, read from within the dbt project: the I/O of this package."""

import os
from pathlib import Path

from datahub_dataproducts.adapters.product_files import codes
from datahub_dataproducts.adapters.product_files.named_files import ReadOther
from datahub_dataproducts.adapters.product_files.read import read_file
from datahub_dataproducts.domain.problems import Location, Problem, ProblemSeverity


def other_files(root: Path) -> ReadOther:
    """Reads files below the folder of a dbt project by their path from there.

    A file that is missing, unreadable or led out of the project by a link is a problem.
    """

    def read(path: str) -> str | Problem:
        file = root / path
        if not os.path.lexists(file):
            return _error(codes.CONTRACT_FILE, path, "there is no such file", "see to its path")
        real, real_root = os.path.realpath(file), os.path.realpath(root)
        if not real.startswith(real_root.rstrip(os.sep) + os.sep):
            message = "this link leads out of the dbt project"
            return _error(codes.OUTSIDE_PROJECT, path, message, "keep it below the dbt project")
        source = read_file(file, path)
        return source if isinstance(source, Problem) else source.text

    return read


def _error(code: str, path: str, message: str, remedy: str) -> Problem:
    return Problem(
        code=code,
        severity=ProblemSeverity.ERROR,
        location=Location(path),
        message=message,
        remedy=remedy,
    )
