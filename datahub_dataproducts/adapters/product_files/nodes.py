"""Marked nodes: YAML values that know where they are written; lines and columns count from 1.

Named tuples, since a repository holds very many of them and they are cheap to make.
"""

from typing import NamedTuple, Protocol


class Place(Protocol):
    """Anything with a place in the file."""

    @property
    def line(self) -> int:
        """Counts from 1."""
        ...

    @property
    def column(self) -> int:
        """Counts from 1."""
        ...


class At(NamedTuple):
    """A bare place."""

    line: int
    column: int


class Scalar(NamedTuple):
    """A single value as text; `plain` says that it is neither quoted, nor a block, nor `!!str`."""

    text: str
    line: int
    column: int
    plain: bool


class Sequence(NamedTuple):
    """A list."""

    items: tuple["Node", ...]
    line: int
    column: int


class Entry(NamedTuple):
    """A key and its value."""

    key: Scalar
    value: "Node"


class Mapping(NamedTuple):
    """Keys and values in the order of the file, each key once."""

    entries: dict[str, Entry]
    line: int
    column: int


Node = Scalar | Sequence | Mapping

KINDS: dict[type, str] = {Scalar: "a single value", Sequence: "a list", Mapping: "a mapping"}
"""How a message calls a node."""
