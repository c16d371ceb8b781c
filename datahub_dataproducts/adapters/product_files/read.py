"""Find product files and read their text: the only file I/O of this package."""

import codecs
import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from datahub_dataproducts.adapters.product_files import codes
from datahub_dataproducts.adapters.product_files.file_problems import file_error, reason_of
from datahub_dataproducts.adapters.product_files.search import Search
from datahub_dataproducts.domain.problems import (
    Location,
    Problem,
    ProblemSeverity,
    sorted_problems,
)

LARGEST_FILE = 10_000_000
"""Bytes."""

# Each is known to some operating systems only.
_NOT_WAITING = getattr(os, "O_NONBLOCK", 0)
_BINARY = getattr(os, "O_BINARY", 0)
# The longer ones first: that of UTF-32 begins as that of UTF-16.
_OTHER_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceText:
    """The text of a product file.

    Attributes:
        path: where it was read.
        file: what problems and places call it.
        text: without its byte order mark, line ends as they are.
    """

    path: Path
    file: str
    text: str


def find_files(root: Path, patterns: Sequence[str]) -> tuple[list[Path], list[Problem]]:
    """The product files below the folder of a dbt project.

    Args:
        root: the folder of the dbt project.
        patterns: globs relative to it; `**` stands for folders at any depth, none included.

    Returns:
        The files below `root`, sorted, each once however many patterns and links lead to it; and
        what stands in the way: what is no file or lies outside the project is an error, and so
        is a folder that cannot be read or that a pattern begins with and that is not there,
        since products may be in it, and no file at all. Links that lead back to a folder above or
        out of the project are not followed, with a warning.
    """
    if not root.is_dir():
        message = f"there is no folder {root}"
        remedy = "set `dbt_project_dir` to the folder of the dbt project"
        return [], [file_error(codes.UNREADABLE, None, message, remedy)]
    search = Search(root)
    for pattern in patterns:
        search.add(pattern)
    if not search.files and not search.problems:
        said = ", ".join(patterns) or "no pattern at all"
        # An error: whoever looked in the wrong place must not take down what is published.
        problem = file_error(
            codes.NO_FILES,
            None,
            f"no product file matches {said} in {root}",
            "see to the folder (`--project-dir`; in a recipe `dbt_project_dir` and `product_paths`), "
            "and that the files are there",
        )
        return [], [problem]
    return sorted(search.files.values()), list(sorted_problems(set(search.problems)))


def read_file(path: Path, shown_as: str) -> SourceText | Problem:
    """The text of a file, or why it cannot be had: unreadable, too large, not UTF-8, empty."""
    try:
        content = _content(path)
    except (OSError, ValueError, RuntimeError) as error:
        return file_error(
            codes.UNREADABLE,
            shown_as,
            f"the file cannot be read ({reason_of(error)})",
            "see to its permissions and links",
        )
    if content is None:
        remedy = "rename it or narrow the pattern"
        return file_error(codes.NOT_A_FILE, shown_as, "this is not a file", remedy)
    if len(content) > LARGEST_FILE:
        return file_error(
            codes.TOO_LARGE,
            shown_as,
            f"the file is larger than {LARGEST_FILE // 1_000_000} MB",
            "split it into several files, and see that it is a product file",
        )
    return decoded(content, path, shown_as)


def _content(path: Path) -> bytes | None:
    """The bytes of a file, one more than allowed at most; None for what is no file."""
    # A pipe is opened without waiting for somebody to write into it. What it is, is asked of what
    # is open, so that nothing else can be put in its place in between.
    descriptor = os.open(path, os.O_RDONLY | _NOT_WAITING | _BINARY)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        with os.fdopen(descriptor, "rb", closefd=False) as stream:
            return stream.read(LARGEST_FILE + 1)
    finally:
        os.close(descriptor)


def text_of(path: Path) -> str | None:
    """The text of a file, for showing lines of it; None where it cannot be had."""
    source = read_file(path, str(path))
    return source.text if isinstance(source, SourceText) else None


def decoded(content: bytes, path: Path, shown_as: str) -> SourceText | Problem:
    """The text of the bytes of a file, or why they are none: not UTF-8, or empty."""
    for mark, encoding in _OTHER_MARKS:
        if content.startswith(mark):
            return file_error(
                codes.NOT_UTF8,
                shown_as,
                f"the file is text in {encoding}, not in UTF-8",
                "save it in UTF-8",
            )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", "replace").removeprefix("\ufeff")
        lines = re.split("\r\n|[\r\n]", before)
        return Problem(
            code=codes.NOT_UTF8,
            severity=ProblemSeverity.ERROR,
            location=Location(shown_as, len(lines), len(lines[-1]) + 1),
            message="the file is not text in UTF-8",
            remedy="save it in UTF-8",
        )
    if not text.strip():
        return file_error(
            codes.EMPTY, shown_as, "the file is empty", "write a product into it, or remove it"
        )
    return SourceText(path=path, file=shown_as, text=text)
