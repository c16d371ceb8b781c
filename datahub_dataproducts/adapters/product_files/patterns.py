"""Patterns of product files: globs below a dbt project, `**` for folders at any depth."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

ANY_DEPTH = "**"


def is_matched(path: str, patterns: Iterable[str]) -> bool:
    """Whether a path, relative to the dbt project and with slashes, is what a pattern says."""
    names = path.split("/")
    return any(_is_matched(names, parts_of(pattern)) for pattern in patterns)


def parts_of(pattern: str) -> tuple[str, ...]:
    """The parts of a pattern, between its slashes."""
    return tuple(part for part in pattern.split("/") if part not in {"", "."})


def begun(parts: Sequence[str]) -> frozenset[int]:
    """How far a pattern may have come before the first name: the parts that may be next."""
    return _past_any_depth({0}, parts)


def after(name: str, reached: frozenset[int], parts: Sequence[str]) -> frozenset[int]:
    """The same after one more name; with `len(parts)` in it, the names so far are a match.

    Without anything below `len(parts)` in it, no further name can lead to one.
    """
    found: set[int] = set()
    for at in reached:
        if at < len(parts) and parts[at] == ANY_DEPTH:
            found.add(at)
        elif at < len(parts) and fnmatchcase(name, parts[at]):
            found.add(at + 1)
    return _past_any_depth(found, parts)


def _is_matched(names: Iterable[str], parts: Sequence[str]) -> bool:
    reached = begun(parts)
    for name in names:
        reached = after(name, reached, parts)
    return len(parts) in reached


def _past_any_depth(reached: set[int], parts: Sequence[str]) -> frozenset[int]:
    # `**` may stand for no folder at all.
    for at, part in enumerate(parts):
        if at in reached and part == ANY_DEPTH:
            reached.add(at + 1)
    return frozenset(reached)
