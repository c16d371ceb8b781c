"""Documents of other standards: plain values as their schemas want them, with places to point at."""

from collections.abc import Iterator, Sequence
from math import isfinite
from typing import Any

from datahub_dataproducts.adapters.product_files.nodes import At, Mapping, Node, Place, Scalar
from datahub_dataproducts.adapters.product_files.scalars import Reading, flag, reading


def plain(node: Node) -> Any:
    """The value of a node as JSON has it; dates stay text, as the standards' schemas want them."""
    if isinstance(node, Mapping):
        return {key: plain(entry.value) for key, entry in node.entries.items()}
    if isinstance(node, Scalar):
        return _value(node)
    return [plain(item) for item in node.items]


def _value(scalar: Scalar) -> Any:
    kind = reading(scalar)
    if kind is Reading.NOTHING:
        return None
    if kind is Reading.FLAG:
        return flag(scalar)
    return _number(scalar.text) if kind is Reading.NUMBER else scalar.text


def _number(text: str) -> float | int | str:
    for read in (int, float):
        try:
            number = read(text)
        except ValueError:
            continue
        if isfinite(number):
            return number
    # `0x1f`, `.inf` and what is larger than Python's numbers: no contract means them.
    return text


def place_of(root: Node, path: Sequence[str | int]) -> Place:
    """Where the value at a path is written, or else the nearest that holds it."""
    return part_at(root, path).node


def key_place(root: Node, path: Sequence[str | int], key: str) -> Place:
    """Where a key of the mapping at a path is written."""
    node = part_at(root, path).node
    entry = node.entries.get(key) if isinstance(node, Mapping) else None
    return node if entry is None else entry.key


def part_at(root: Node, path: Sequence[str | int]) -> "Part":
    """The part at a path, or else the nearest that holds it."""
    part = Part(root)
    for step in path:
        inner = part.get(step) if isinstance(step, str) else next(part.items(step), None)
        if inner is None:
            break
        part = inner
    return part


class Part:
    """A value of a document that has been checked against its schema, with its place.

    Attributes:
        node: as it is written.
    """

    __slots__ = ("node",)

    def __init__(self, node: Node) -> None:
        self.node = node

    @property
    def value(self) -> Any:
        """As JSON has it."""
        return plain(self.node)

    @property
    def text(self) -> str:
        """A single value as it is written; empty for null and for what is no single value."""
        if isinstance(self.node, Scalar) and reading(self.node) is not Reading.NOTHING:
            return self.node.text
        return ""

    def get(self, key: str) -> "Part | None":
        """What a mapping has under a key; None for null, for nothing and for what is no mapping."""
        entry = self.node.entries.get(key) if isinstance(self.node, Mapping) else None
        if entry is None or plain_is_none(entry.value):
            return None
        return Part(entry.value)

    def said(self, key: str) -> str:
        """The single value under a key as text; empty where there is none."""
        part = self.get(key)
        return "" if part is None else part.text

    def is_true(self, key: str) -> bool:
        """Whether the value under a key is true."""
        part = self.get(key)
        return part is not None and part.value is True

    def keys(self) -> tuple[str, ...]:
        """The keys of a mapping that have a value."""
        if not isinstance(self.node, Mapping):
            return ()
        return tuple(key for key in self.node.entries if self.get(key) is not None)

    def key_place(self, key: str) -> Place:
        """Where a key is written."""
        return key_place(self.node, (), key)

    def items(self, first: int = 0) -> Iterator["Part"]:
        """The items of a list, from one on."""
        if not isinstance(self.node, Mapping | Scalar):
            yield from (Part(item) for item in self.node.items[first:])

    def listed(self, key: str) -> tuple["Part", ...]:
        """The items of the list under a key."""
        part = self.get(key)
        return () if part is None else tuple(part.items())


def plain_is_none(node: Node) -> bool:
    """Whether a node is null."""
    return isinstance(node, Scalar) and reading(node) is Reading.NOTHING


BEGINNING = At(1, 1)
"""Where a document begins."""
