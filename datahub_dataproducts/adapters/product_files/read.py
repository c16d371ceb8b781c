"""Find product files and read their text: the only file I/O of this package."""

import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from datahub_dataproducts.adapters.product_files import codes
from datahub_dataproducts.adapters.product_files.patterns import ANY_DEPTH, matches
from datahub_dataproducts.domain.problems import (
    Location,
    Problem,
    ProblemSeverity,
    sorted_problems,
)

LARGEST_FILE = 10_000_000
"""Bytes."""

_WILD = re.compile(r"[*?\[]")


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
        return [], [_error(codes.UNREADABLE, None, message, remedy)]
    search = _Search(root)
    for pattern in patterns:
        search.add(pattern)
    if not search.files and not search.problems:
        said = ", ".join(patterns) or "no pattern at all"
        # An error: whoever looked in the wrong place must not take down what is published.
        problem = _error(
            codes.NO_FILES,
            None,
            f"no product file matches {said} in {root}",
            "see to `dbt_project_dir` and `product_paths`, and that the files are there",
        )
        return [], [problem]
    return sorted(search.files.values()), list(sorted_problems(set(search.problems)))


def read_file(path: Path, shown_as: str) -> SourceText | Problem:
    """The text of a file, or why it cannot be had: unreadable, too large, not UTF-8, empty."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return _error(
                codes.NOT_A_FILE, shown_as, "this is not a file", "rename it or narrow the pattern"
            )
        with path.open("rb") as stream:
            content = stream.read(LARGEST_FILE + 1)
    except (OSError, ValueError, RuntimeError) as error:
        return _error(
            codes.UNREADABLE,
            shown_as,
            f"the file cannot be read ({_reason(error)})",
            "see to its permissions and links",
        )
    if len(content) > LARGEST_FILE:
        return _error(
            codes.TOO_LARGE,
            shown_as,
            f"the file is larger than {LARGEST_FILE // 1_000_000} MB",
            "split it into several files, and see that it is a product file",
        )
    return decoded(content, path, shown_as)


def decoded(content: bytes, path: Path, shown_as: str) -> SourceText | Problem:
    """The text of the bytes of a file, or why they are none: not UTF-8, or empty."""
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
        return _error(
            codes.EMPTY, shown_as, "the file is empty", "write a product into it, or remove it"
        )
    return SourceText(path=path, file=shown_as, text=text)


class _Search:
    """Gathers files and problems over several patterns.

    Attributes:
        files: by the path that links lead to, as the pattern led to them.
        problems: so far.
    """

    def __init__(self, root: Path) -> None:
        self.files: dict[str, Path] = {}
        self.problems: list[Problem] = []
        self._root = root
        self._real_root = os.path.realpath(root)

    def add(self, pattern: str) -> None:
        """What a pattern matches."""
        parts = [part for part in pattern.split("/") if part not in {"", "."}]
        if pattern.startswith("/") or ".." in parts or not parts:
            self._tell_outside(pattern, "the pattern leads out of the dbt project")
            return
        fixed = next((n for n, part in enumerate(parts[:-1]) if _WILD.search(part)), len(parts) - 1)
        folder = self._root.joinpath(*parts[:fixed])
        parts = parts[fixed:]
        is_there = self._is_folder(folder)
        if is_there is False:
            self._tell_missing(folder, "folder")
        if not is_there:
            return
        if not self._is_inside(folder):
            self._tell_outside(self._shown(folder), "this link leads out of the dbt project")
            return
        if (
            len(parts) == 1
            and not _WILD.search(parts[0])
            and not os.path.lexists(folder / parts[0])
        ):
            self._tell_missing(folder / parts[0], "file")
        levels = None if ANY_DEPTH in parts else len(parts)
        for path, names in self._walk(folder, (), (os.path.realpath(folder),), levels):
            if matches(names, parts):
                self._take(path)

    def _walk(
        self, folder: Path, names: tuple[str, ...], above: tuple[str, ...], levels: int | None
    ) -> Iterator[tuple[Path, tuple[str, ...]]]:
        """What lies in a folder, `levels` deep (None: all), with its names from the first folder.

        `above` are the real paths of the folders on the way, to know a loop by.
        """
        try:
            paths = sorted(folder.iterdir())
        except OSError as error:
            self._tell_unreadable(folder, "folder", error)
            return
        for path in paths:
            path_names = (*names, path.name)
            yield path, path_names
            if levels != len(path_names) and self._is_folder(path):
                real = os.path.realpath(path)
                if self._may_enter(path, real, above):
                    yield from self._walk(path, path_names, (*above, real), levels)

    def _is_folder(self, path: Path) -> bool | None:
        """Whether there is a folder; None where that cannot be known, which is told."""
        try:
            return path.is_dir()
        except OSError as error:
            # It lies in a folder that may not be entered, so what it is cannot be known. Where it
            # has the name of a product file, the same is told when it is taken.
            self._tell_unreadable(path, "file", error)
            return None

    def _may_enter(self, path: Path, real: str, above: tuple[str, ...]) -> bool:
        if not path.is_symlink():
            return True
        if real in above or any(folder.startswith(f"{real}{os.sep}") for folder in above):
            code, message = codes.LINK_LOOP, "this link leads back to a folder above it"
        elif not self._is_inside(path):
            code, message = codes.OUTSIDE_PROJECT, "this link leads out of the dbt project"
        else:
            return True
        remedy = "remove it, or narrow the pattern; it is not followed"
        self.problems.append(_warning(code, self._shown(path), message, remedy))
        return False

    def _take(self, path: Path) -> None:
        file = self._shown(path)
        try:
            mode = path.stat().st_mode
        except (OSError, RuntimeError) as error:
            self._tell_unreadable(path, "file", error)
            return
        if not stat.S_ISREG(mode):
            kind = "a folder" if stat.S_ISDIR(mode) else "not a file"
            self.problems.append(
                _error(
                    codes.NOT_A_FILE,
                    file,
                    f"this is {kind}, and has the name of a product file",
                    "rename it or narrow the pattern",
                )
            )
        elif not self._is_inside(path):
            self._tell_outside(file, "this link leads out of the dbt project")
        else:
            self.files.setdefault(os.path.realpath(path), path)

    def _tell_missing(self, path: Path, kind: str) -> None:
        message = (
            f"there is no {kind} {self._shown(path)} in {self._root}, where products should be"
        )
        remedy = "see to `dbt_project_dir` and `product_paths`, and that it is checked out"
        self.problems.append(_error(codes.NO_FILES, None, message, remedy))

    def _tell_unreadable(self, path: Path, kind: str, error: Exception) -> None:
        self.problems.append(
            _error(
                codes.UNREADABLE,
                self._shown(path),
                f"the {kind} cannot be read ({_reason(error)})",
                "see to its permissions and links",
            )
        )

    def _tell_outside(self, file: str, message: str) -> None:
        remedy = "keep product files below the folder of the dbt project"
        # No line: whoever shows the line of a problem would show what lies out of the project.
        problem = _error(codes.OUTSIDE_PROJECT, file, message, remedy)
        self.problems.append(replace(problem, location=Location(file, 0, 0)))

    def _is_inside(self, path: Path) -> bool:
        real = os.path.realpath(path)
        return real == self._real_root or real.startswith(self._real_root.rstrip(os.sep) + os.sep)

    def _shown(self, path: Path) -> str:
        # A name need not be UTF-8, and a problem must be printable.
        name = path.relative_to(self._root).as_posix()
        return name.encode("utf-8", "replace").decode("utf-8")


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or type(error).__name__


def _error(code: str, file: str | None, message: str, remedy: str) -> Problem:
    return _problem(ProblemSeverity.ERROR, code, file, message, remedy)


def _warning(code: str, file: str | None, message: str, remedy: str) -> Problem:
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
