"""Field changes: one difference between two states, in the words of the product file."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum


class ChangeKind(Enum):
    """What happens to a field, or to an entry of one."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    KEPT = "kept"


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldChange:
    """One difference.

    Attributes:
        field: the key of the product file (`owners`), or what the catalog calls it.
        kind: with KEPT the file says it no more, and it stays in the catalog nevertheless.
        item: which entry of a list; empty for a single value.
        before, after: the value; empty where there is none, or where the item says it all.
        because: why it is kept.
    """

    field: str
    kind: ChangeKind
    item: str = ""
    before: str = ""
    after: str = ""
    because: str = ""


def value_change(field: str, before: str, after: str, item: str = "") -> Iterator[FieldChange]:
    """What happens to a single value, nothing where it stays; empty text is no value."""
    if before == after:
        return
    kind = ChangeKind.CHANGED
    if not before or not after:
        kind = ChangeKind.REMOVED if before else ChangeKind.ADDED
    yield FieldChange(field=field, kind=kind, item=item, before=before, after=after)


def entry_changes(field: str, before: Iterable[str], after: Iterable[str]) -> Iterator[FieldChange]:
    """Entries that come, in the order given, then those that go; the order itself is no change."""
    had, has = dict.fromkeys(before), dict.fromkeys(after)
    for item in has:
        if item not in had:
            yield FieldChange(field=field, kind=ChangeKind.ADDED, item=item)
    for item in had:
        if item not in has:
            yield FieldChange(field=field, kind=ChangeKind.REMOVED, item=item)


def mapping_changes(
    field: str, before: Mapping[str, str], after: Mapping[str, str]
) -> Iterator[FieldChange]:
    """What happens to values by name: those that are there after, then those that go."""
    for name in (*after, *(gone for gone in before if gone not in after)):
        # A value that is there and empty is told as such.
        was = _shown(before.get(name))
        yield from value_change(field, was, _shown(after.get(name)), name)


def kept(field: str, items: Iterable[str], because: str) -> Iterator[FieldChange]:
    """Entries that the file says no more and the catalog keeps."""
    for item in items:
        yield FieldChange(field=field, kind=ChangeKind.KEPT, item=item, because=because)


def _shown(value: str | None) -> str:
    if value is None:
        return ""
    return value or '""'
