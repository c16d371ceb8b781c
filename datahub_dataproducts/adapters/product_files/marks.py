"""YAML text as a tree of nodes that know their places, free of any meaning.

Built from PyYAML's events: nothing is constructed, nothing recurses, and the bounds below hold
while reading, whatever the text says.
"""

from typing import Any

import yaml

from datahub_dataproducts.adapters.product_files import codes
from datahub_dataproducts.adapters.product_files.faults import (
    has_control_character,
    has_tab_outside,
    tell_not_yaml,
    tell_syntax,
)
from datahub_dataproducts.adapters.product_files.findings import Findings, shown
from datahub_dataproducts.adapters.product_files.nodes import (
    At,
    Entry,
    Mapping,
    Node,
    Scalar,
    Sequence,
)

MOST_NODES = 100_000
"""Values of a file; every use of an alias counts with all that it stands for."""
DEEPEST = 50
"""Levels of nesting."""

# libyaml's parser gives the same events and marks, many times faster.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_KNOWN_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("str", "seq", "map")} | {"!"}
_MERGE = "<<"


class _UnreadableError(Exception):
    """The rest cannot be read; the finding is told already."""


def compose(text: str, findings: Findings, loader: Any = LOADER) -> Node | None:
    """The tree of a YAML text; None when it cannot be read, or holds nothing.

    Refused are several documents in one stream, tabs in the indentation, control characters,
    aliases of themselves and of nothing, and what is larger or deeper than the bounds. Duplicate
    keys, keys that are no text and unknown tags are told as errors, and the rest is read on, so
    that all problems come at once.
    """
    if has_control_character(text, findings):
        return None
    composer = _Composer(findings)
    try:
        for event in yaml.parse(text, Loader=loader):
            composer.take(event)
    except _UnreadableError:
        return None
    except yaml.MarkedYAMLError as error:
        tell_syntax(error, text, findings)
        return None
    except (yaml.YAMLError, ValueError, OverflowError):
        # The pure parser stumbles over escapes that are no character, without saying where.
        tell_not_yaml(At(1, 1), "it has an escape that is no character", findings)
        return None
    return None if has_tab_outside(composer.spans, text, findings) else composer.root


class _Frame:
    """A list or mapping that is being read; of a mapping, keys and values take turns."""

    __slots__ = ("anchor", "at", "is_mapping", "items", "nodes_before")

    def __init__(self, event: Any, at: At, nodes_before: int) -> None:
        self.anchor: str | None = event.anchor
        self.at = at
        self.is_mapping = isinstance(event, yaml.MappingStartEvent)
        self.items: list[Node] = []
        self.nodes_before = nodes_before


class _Composer:
    """Takes events one by one.

    Attributes:
        root: what the document holds, None as long as nothing came.
        spans: first and last lines that continue a quoted or block scalar.
    """

    def __init__(self, findings: Findings) -> None:
        self.root: Node | None = None
        self.spans: list[tuple[int, int]] = []
        self._findings = findings
        self._open: list[_Frame] = []
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._nodes = 0
        self._documents = 0
        self._steps: dict[type, Any] = {
            yaml.ScalarEvent: self._scalar,
            yaml.AliasEvent: self._alias,
            yaml.SequenceStartEvent: self._start,
            yaml.MappingStartEvent: self._start,
            yaml.SequenceEndEvent: self._end,
            yaml.MappingEndEvent: self._end,
            yaml.DocumentStartEvent: self._document,
        }

    def take(self, event: Any) -> None:
        """The next event; raises `_UnreadableError` once the rest cannot be read."""
        step = self._steps.get(type(event))
        if step is not None:
            step(event)

    def _document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            self._refuse(
                codes.SEVERAL_DOCUMENTS,
                event,
                "a second document begins here, and a product file is one document",
                "list the products under `data_products:`",
            )

    def _scalar(self, event: Any) -> None:
        self._count(1, event)
        mark = event.start_mark
        line, column = mark.line + 1, mark.column + 1
        plain = not event.style and event.tag is None
        if not plain:
            self._check_tag(event)
            last = event.end_mark.line + (event.end_mark.column > 0)
            if last > line:
                self.spans.append((line + 1, last))
            if event.style == '"' and has_control_character(
                event.value, self._findings, At(line, column)
            ):
                raise _UnreadableError
        node = Scalar(event.value, line, column, plain)
        if event.anchor is not None:
            self._anchors[event.anchor] = (node, 1)
        self._put(node)

    def _alias(self, event: Any) -> None:
        name = event.anchor
        if any(frame.anchor == name for frame in self._open):
            self._refuse(
                codes.RECURSIVE_ALIAS,
                event,
                f"*{shown(name)} stands within what it stands for",
                "write out what is meant",
            )
        known = self._anchors.get(name)
        if known is None:
            self._refuse(
                codes.UNKNOWN_ALIAS,
                event,
                f"*{shown(name)} stands for nothing",
                f"mark what it stands for with &{shown(name)} above, or put it in quotes",
            )
        else:
            self._count(known[1], event)
            self._put(known[0])

    def _start(self, event: Any) -> None:
        self._count(1, event)
        self._check_tag(event)
        if len(self._open) >= DEEPEST:
            self._refuse(
                codes.TOO_DEEP,
                event,
                f"this is nested more than {DEEPEST} levels deep",
                "a product needs five",
            )
        self._open.append(_Frame(event, _place(event), self._nodes - 1))

    def _end(self, _event: Any) -> None:
        frame = self._open.pop()
        node: Node
        if frame.is_mapping:
            node = Mapping(self._entries(frame.items), *frame.at)
        else:
            node = Sequence(tuple(frame.items), *frame.at)
        if frame.anchor is not None:
            self._anchors[frame.anchor] = (node, self._nodes - frame.nodes_before)
        self._put(node)

    def _put(self, node: Node) -> None:
        if self._open:
            self._open[-1].items.append(node)
        else:
            self.root = node

    def _entries(self, items: list[Node]) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        merged: list[Node] = []
        for key, value in zip(items[::2], items[1::2], strict=True):
            if not isinstance(key, Scalar) or (key.plain and not key.text):
                self._findings.error(
                    codes.KEY_NOT_TEXT, key, "a key must be text", "write `key: value`"
                )
            elif key.plain and key.text == _MERGE:
                merged.append(value)
            elif key.text in entries:
                self._findings.error(
                    codes.DUPLICATE_KEY,
                    key,
                    f"`{shown(key.text)}` is written twice, "
                    f"first at line {entries[key.text].key.line}",
                    "keep one of them",
                )
            else:
                entries[key.text] = Entry(key, value)
        for value in merged:
            self._merge(value, entries)
        return entries

    def _merge(self, node: Node, entries: dict[str, Entry]) -> None:
        for base in node.items if isinstance(node, Sequence) else (node,):
            if isinstance(base, Mapping):
                for key, entry in base.entries.items():
                    entries.setdefault(key, entry)
            else:
                self._findings.error(
                    codes.BAD_MERGE, base, "`<<` takes a mapping", "write `<<: *name`"
                )

    def _count(self, nodes: int, event: Any) -> None:
        self._nodes += nodes
        if self._nodes > MOST_NODES:
            self._refuse(
                codes.TOO_MANY_NODES,
                event,
                f"the file holds more than {MOST_NODES} values, aliases written out",
                "split it into several files",
            )

    def _check_tag(self, event: Any) -> None:
        if event.tag is not None and event.tag not in _KNOWN_TAGS:
            self._findings.error(
                codes.UNKNOWN_TAG,
                _place(event),
                f"the tag {shown(event.tag)} means nothing here",
                "write the value without a tag",
            )

    def _refuse(self, code: str, event: Any, message: str, remedy: str) -> None:
        self._findings.error(code, _place(event), message, remedy)
        raise _UnreadableError


def _place(event: Any) -> At:
    mark = event.start_mark
    return At(mark.line + 1, mark.column + 1)
