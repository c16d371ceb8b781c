"""Patterns of product files: globs below a dbt project, `**` for folders at any depth."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

ANY_DEPTH = "**"


def is_matched(path: str, patterns: Iterable[str]) -> bool:
    """Whether a path, relative to the dbt project and with slashes, is what a pattern says."""
    names = path.split("/")
    return any(
        matches(names, [part for part in pattern.split("/") if part not in {"", "."}])
        for pattern in patterns
    )


def matches(names: Sequence[str], parts: Sequence[str]) -> bool:
    """Whether the names of a path are what the parts of a glob say."""
    if not parts:
        return not names
    if parts[0] == ANY_DEPTH:
        rest = parts[1:]
        return any(matches(names[skipped:], rest) for skipped in range(len(names) + 1))
    return bool(names) and fnmatchcase(names[0], parts[0]) and matches(names[1:], parts[1:])
