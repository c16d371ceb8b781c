"""Files that a file names: contracts and calendars, by their path from the folder of that file on."""

import posixpath
from collections.abc import Callable
from dataclasses import dataclass

from datahub_dataproducts.adapters.product_files import codes
from datahub_dataproducts.adapters.product_files.findings import Findings, shown
from datahub_dataproducts.adapters.product_files.nodes import Place
from datahub_dataproducts.domain.problems import Problem, ProblemSeverity

ReadOther = Callable[[str], "str | Problem"]
"""The text of a file by its path from the dbt project on, or why it cannot be had."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OtherFiles:
    """The files around the one that is read.

    Attributes:
        read: None where no other file can be read.
        now: milliseconds, to tell what is out of date; None: nothing is told to be.
    """

    read: ReadOther | None = None
    now: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedKind:
    """What a named file is to be.

    Attributes:
        name: what messages call it.
        key: by which it is named, for messages.
        example: of the key with a path.
        code: of a file that is not there.
    """

    name: str
    key: str
    example: str
    code: str


def named_text(
    path: str, at: Place, kind: NamedKind, other: OtherFiles, findings: Findings
) -> tuple[str, str] | None:
    """The path of a file from the dbt project on, and its text; None where it cannot be had.

    Args:
        path: as written, from the folder of the file that is read on.
        at: where it is written.
        kind: what it is to be.
        other: the files around.
        findings: of the file that is read, where what is in the way is told.
    """
    file = _inside(path, findings.file)
    if file is None or not path.strip():
        findings.error(
            codes.OUTSIDE_PROJECT,
            at,
            f"{kind.key} is {shown(path)}, which is no file below the dbt project",
            f"write its path from this file on, with `/`, as in `{kind.example}`",
        )
        return None
    if other.read is None:
        findings.error(
            kind.code,
            at,
            f"the {kind.name} {shown(file)} cannot be read here: only this text is",
            "check the file within its dbt project",
        )
        return None
    text = other.read(file)
    if isinstance(text, Problem):
        tell = findings.error if text.severity is ProblemSeverity.ERROR else findings.warning
        # Who reads it does not know what it is to be.
        code = kind.code if text.code == codes.CONTRACT_FILE else text.code
        tell(code, at, f"the {kind.name} {shown(file)}: {text.message}", text.remedy)
        return None
    return file, text


def _inside(path: str, naming_file: str) -> str | None:
    """The path from the dbt project on; None where it leads out of it."""
    if posixpath.isabs(path) or "\\" in path or ":" in path:
        return None
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(naming_file), path))
    return None if joined.split("/", 1)[0] == ".." else joined
