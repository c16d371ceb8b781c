"""Search: which files below a dbt project are what patterns say, and what stands in the way."""

import os
import re
import stat
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from datahub_dataproducts.adapters.product_files import codes
from datahub_dataproducts.adapters.product_files.file_problems import (
    file_error,
    file_warning,
    reason_of,
)
from datahub_dataproducts.adapters.product_files.patterns import after, begun, parts_of
from datahub_dataproducts.domain.problems import Location, Problem

_WILD = re.compile(r"[*?\[]")


class Search:
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
        parts = parts_of(pattern)
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
        self._walk(folder, parts)

    def _walk(self, start: Path, parts: Sequence[str]) -> None:
        """Take what is, from a folder on, what the parts of a pattern say.

        Each folder is entered once for each part that may be next in it, however many links lead
        there: folders that link to one another make more paths than could ever be walked.
        """
        # Each with its real path after those of the folders that were left by a link on the way, to
        # know a loop by.
        waiting: list[tuple[Path, frozenset[int], tuple[str, ...]]]
        waiting = [(start, begun(parts), (os.path.realpath(start),))]
        entered: set[tuple[str, frozenset[int]]] = set()
        while waiting:
            folder, reached, above = waiting.pop()
            if (above[-1], reached) in entered:
                continue
            entered.add((above[-1], reached))
            for path in self._listed(folder):
                beyond = after(path.name, reached, parts)
                if len(parts) in beyond:
                    self._take(path)
                further = beyond - {len(parts)}
                if further and self._is_folder(path) and self._may_enter(path, above):
                    waiting.append((path, further, _within(path, above)))

    def _listed(self, folder: Path) -> list[Path]:
        try:
            return sorted(folder.iterdir())
        except OSError as error:
            self._tell_unreadable(folder, "folder", error)
            return []

    def _is_folder(self, path: Path) -> bool | None:
        """Whether there is a folder; None where that cannot be known, which is told."""
        try:
            return path.is_dir()
        except OSError as error:
            # It lies in a folder that may not be entered, so what it is cannot be known. Where it
            # has the name of a product file, the same is told when it is taken.
            self._tell_unreadable(path, "file", error)
            return None

    def _may_enter(self, path: Path, above: tuple[str, ...]) -> bool:
        if not path.is_symlink():
            return True
        real = os.path.realpath(path)
        if any(folder == real or folder.startswith(f"{real}{os.sep}") for folder in above):
            code, message = codes.LINK_LOOP, "this link leads back to a folder above it"
        elif not self._is_inside(path):
            code, message = codes.OUTSIDE_PROJECT, "this link leads out of the dbt project"
        else:
            return True
        remedy = "remove it, or narrow the pattern; it is not followed"
        self.problems.append(file_warning(code, self._shown(path), message, remedy))
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
                file_error(
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
        remedy = (
            "see to the folder (`--project-dir`; in a recipe `dbt_project_dir` and `product_paths`), "
            "and that it is checked out; `datahub-dataproducts init` makes the first products"
        )
        self.problems.append(file_error(codes.NO_FILES, None, message, remedy))

    def _tell_unreadable(self, path: Path, kind: str, error: Exception) -> None:
        self.problems.append(
            file_error(
                codes.UNREADABLE,
                self._shown(path),
                f"the {kind} cannot be read ({reason_of(error)})",
                "see to its permissions and links",
            )
        )

    def _tell_outside(self, file: str, message: str) -> None:
        remedy = "keep product files below the folder of the dbt project"
        # No line: whoever shows the line of a problem would show what lies out of the project.
        problem = file_error(codes.OUTSIDE_PROJECT, file, message, remedy)
        self.problems.append(replace(problem, location=Location(file, 0, 0)))

    def _is_inside(self, path: Path) -> bool:
        real = os.path.realpath(path)
        return real == self._real_root or real.startswith(self._real_root.rstrip(os.sep) + os.sep)

    def _shown(self, path: Path) -> str:
        # A name need not be UTF-8, and a problem must be printable.
        name = path.relative_to(self._root).as_posix()
        return name.encode("utf-8", "replace").decode("utf-8")


def _within(path: Path, above: tuple[str, ...]) -> tuple[str, ...]:
    """The real path of a folder after those on the way to it, which of links alone are kept."""
    if path.is_symlink():
        return (*above, os.path.realpath(path))
    return (*above[:-1], f"{above[-1].rstrip(os.sep)}{os.sep}{path.name}")
