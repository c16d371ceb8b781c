"""Fields: the entries of one mapping, taken by key and kind, with everything wrong told."""

from collections.abc import Collection, Iterator
from typing import Any, TypeVar

from datahub_dataproducts.adapters.product_files import codes
from datahub_dataproducts.adapters.product_files.findings import Findings, shown
from datahub_dataproducts.adapters.product_files.nodes import (
    KINDS,
    Entry,
    Mapping,
    Node,
    Place,
    Scalar,
    Sequence,
)
from datahub_dataproducts.adapters.product_files.scalars import Reading, flag, is_nothing, reading
from datahub_dataproducts.domain.documents import Marked
from datahub_dataproducts.domain.durations import parse_duration
from datahub_dataproducts.domain.problems import Location, did_you_mean
from datahub_dataproducts.domain.schedules import is_timezone

T = TypeVar("T")

_LONGEST_WORD = 60


class Fields:
    """The entries of one mapping.

    A key that is absent, empty or null is not given. What is of the wrong kind is told, and then
    taken as not given.

    Attributes:
        at: where the mapping begins.
        findings: where problems are told.
    """

    __slots__ = ("_entries", "_within", "at", "findings")

    def __init__(
        self, node: Mapping, known: Collection[str], findings: Findings, within: str = ""
    ) -> None:
        """`within` is the key the mapping belongs to; empty: the product itself.

        There an unknown key that resembles no known one is only a warning, since DataHub's own
        loader lets it pass.
        """
        self._entries = node.entries
        self._within = within
        self.at: Place = node
        self.findings = findings
        for key, entry in node.entries.items():
            if key not in known:
                tell_unknown_key(entry, known, findings, within)

    def node(self, key: str) -> Node | None:
        """The value of a key as it is; None when it is not given."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        value = entry.value
        return None if isinstance(value, Scalar) and is_nothing(value) else value

    def key(self, key: str) -> Place:
        """Where a key is written, or else the mapping."""
        entry = self._entries.get(key)
        return self.at if entry is None else entry.key

    def value(self, key: str) -> Place:
        """Where the value of a key is written, or else the mapping."""
        entry = self._entries.get(key)
        return self.at if entry is None else entry.value

    def name(self, key: str) -> str:
        """A key for a message, with what it belongs to."""
        return f"`{self._within}.{key}`" if self._within else f"`{key}`"

    def given(self, *keys: str) -> tuple[str, ...]:
        """Those of the keys that are given."""
        return tuple(key for key in keys if self.node(key) is not None)

    def places(self) -> Iterator[tuple[str, Node, Location]]:
        """The keys that are given with their values, and where each key is written."""
        for key, entry in self._entries.items():
            if self.node(key) is not None:
                yield key, entry.value, self.findings.place(entry.key)

    def text(self, key: str) -> Marked[str] | None:
        """Text."""
        return text_of(self.node(key), self.name(key), self.findings)

    def word(self, key: str) -> Marked[str] | None:
        """A single value as it is written, for what is checked more closely than text is."""
        node = self.node(key)
        if isinstance(node, Scalar):
            return Marked(node.text, self.findings.place(node))
        return self.text(key)

    def required_text(self, key: str, example: str) -> Marked[str] | None:
        """Text that must be given, and not be blank."""
        text = self.text(key)
        if self.node(key) is None or (text is not None and not text.value.strip()):
            self.findings.error(
                codes.MISSING,
                self.key(key),
                f"{self.name(key)} is not given",
                f"write `{key}: {example}`",
            )
            return None
        return text

    def flag(self, key: str, *, default: bool) -> bool:
        """`true` or `false`."""
        node = self.node(key)
        if node is None:
            return default
        value = flag(node) if isinstance(node, Scalar) else None
        if value is None:
            self.findings.error(
                codes.WRONG_KIND,
                node,
                f"{self.name(key)} is {told(node)}, neither true nor false",
                f"write `{key}: true` or `{key}: false`",
            )
            return default
        return value

    def choice(self, key: str, words: dict[str, T]) -> T | None:
        """One of some words."""
        text = self.word(key)
        if text is None or text.value in words:
            return None if text is None else words[text.value]
        self.findings.error(
            codes.UNKNOWN_WORD,
            self.value(key),
            f"{self.name(key)} is {', '.join(list(words)[:-1])} or {list(words)[-1]}, "
            f"not {shown(text.value)}",
            nearest(text.value, words) or "write one of these words",
        )
        return None

    def duration(self, key: str, example: str) -> int | None:
        """A duration in milliseconds."""
        text = self.word(key)
        if text is None:
            return None
        duration = parse_duration(text.value)
        if duration is None:
            self.findings.error(
                codes.BAD_DURATION,
                self.value(key),
                f"{self.name(key)} is {shown(text.value)}, which is not a duration",
                f"write a whole number with s, m, h, d or w, as in `{key}: {example}`",
            )
        return duration

    def timezone(self, key: str) -> str | None:
        """An IANA time zone."""
        text = self.word(key)
        if text is None or is_timezone(text.value):
            return None if text is None else text.value
        self.findings.error(
            codes.BAD_TIMEZONE,
            self.value(key),
            f"{self.name(key)} is {shown(text.value)}, which is no time zone",
            f"write a name of the IANA database, as in `{key}: Europe/Amsterdam`",
        )
        return None

    def texts(self, key: str) -> tuple[Marked[str], ...]:
        """A list of texts."""
        found = (text_of(item, self.name(key), self.findings) for item in self.items(key))
        return tuple(text for text in found if text is not None)

    def items(self, key: str, *, lone: bool = False) -> Iterator[Node]:
        """The items of a list that are given; `lone`: a single value is a list of one."""
        node = self.node(key)
        if node is None:
            return
        if lone and isinstance(node, Scalar):
            yield node
        elif not isinstance(node, Sequence):
            self.wrong_kind(key, node, "a list", f"write `{key}:` and below it `- ` with each item")
        else:
            for item in node.items:
                if isinstance(item, Scalar) and is_nothing(item):
                    self.findings.error(
                        codes.MISSING,
                        item,
                        f"{self.name(key)} has an empty item",
                        "fill it in or take it out",
                    )
                else:
                    yield item

    def mapping(self, key: str, known: Collection[str], example: str) -> "Fields | None":
        """The fields of a mapping."""
        node = self.node(key)
        if node is None:
            return None
        if not isinstance(node, Mapping):
            self.wrong_kind(key, node, "a mapping", f"write `{key}: {example}`")
            return None
        return Fields(node, known, self.findings, key)

    def wrong_kind(self, key: str, node: Node, wanted: str, remedy: str) -> None:
        """Tell that the value of a key, or an item of it, is of the wrong kind."""
        self.findings.error(
            codes.WRONG_KIND, node, f"{self.name(key)} takes {wanted}, not {told(node)}", remedy
        )


def text_of(node: Node | None, name: str, findings: Findings) -> Marked[str] | None:
    """The text of a node, where text is meant; `name` is what a message calls it.

    A scalar that YAML may read as something else is told, and then taken as it is written, so
    that nothing else complains of it.
    """
    if node is None:
        return None
    if not isinstance(node, Scalar):
        findings.error(
            codes.WRONG_KIND, node, f"{name} is text, not {KINDS[type(node)]}", "write one value"
        )
        return None
    kind = reading(node)
    if kind is not Reading.TEXT:
        findings.error(
            codes.UNQUOTED,
            node,
            f"{name} is text, but YAML reads {shown(node.text)} without quotes as {kind.value}",
            f'put it in quotes: "{shown(node.text)}"',
        )
    return Marked(node.text, findings.place(node))


def tell_unknown_key(
    entry: Entry, known: Collection[str], findings: Findings, within: str = ""
) -> None:
    """An error when the key is nested or resembles a known one, else a warning."""
    word = entry.key.text
    # `x-...` at the top is where people keep anchors, not a slip of the pen.
    remedy = "" if not within and word.startswith("x-") else nearest(word, known)
    place = f" in `{within}`" if within else ""
    tell = findings.error if within or remedy else findings.warning
    tell(
        codes.UNKNOWN_KEY,
        entry.key,
        f"the key `{shown(word)}`{place} means nothing here",
        remedy or (f"known are: {', '.join(known)}" if within else "take it out"),
    )


def nearest(word: str, known: Collection[str]) -> str:
    """`did you mean "x"?` or nothing; a very long word is near to none."""
    return did_you_mean(word, known) if len(word) <= _LONGEST_WORD else ""


def told(node: Node) -> str:
    """A node for a message: the value, or its kind."""
    return shown(node.text) if isinstance(node, Scalar) else KINDS[type(node)]


def known_keys(*keys: str) -> dict[str, Any]:
    """Keys in an order for messages, quick to look up."""
    return dict.fromkeys(keys)
