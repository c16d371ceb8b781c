from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.domain.field_changes import (
    ChangeKind,
    FieldChange,
    entry_changes,
    kept,
    mapping_changes,
    value_change,
)


def test_a_value_comes_changes_goes_or_stays() -> None:
    assert list(value_change("domain", "a", "a")) == []
    [added] = value_change("domain", "", "b")
    [changed] = value_change("domain", "a", "b")
    [removed] = value_change("domain", "a", "")
    assert (added.kind, added.after) == (ChangeKind.ADDED, "b")
    assert (changed.kind, changed.before, changed.after) == (ChangeKind.CHANGED, "a", "b")
    assert (removed.kind, removed.before) == (ChangeKind.REMOVED, "a")


def test_a_value_that_is_there_and_empty_is_another_than_none() -> None:
    assert list(mapping_changes("links", {"u": ""}, {"u": ""})) == []
    [added] = mapping_changes("links", {}, {"u": ""})
    assert added == FieldChange(field="links", kind=ChangeKind.ADDED, item="u", after='""')


def test_what_is_kept_says_why() -> None:
    [stays] = kept("tags", ["pii"], "it is so")
    assert (stays.item, stays.kind, stays.because) == ("pii", ChangeKind.KEPT, "it is so")


entries = st.lists(st.sampled_from("abcde"))


@given(entries, entries)
def test_the_changes_of_a_list_lead_from_the_one_to_the_other(
    before: list[str], after: list[str]
) -> None:
    changes = list(entry_changes("tags", before, after))
    added = {c.item for c in changes if c.kind is ChangeKind.ADDED}
    removed = {c.item for c in changes if c.kind is ChangeKind.REMOVED}
    assert (set(before) - removed) | added == set(after)
    assert len(changes) == len(added) + len(removed)
    assert removed <= set(before)
    assert not added & set(before)


values = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["", "1", "2"]))


@given(values, values)
def test_values_by_name_change_where_they_differ(
    before: dict[str, str], after: dict[str, str]
) -> None:
    changed = {change.item for change in mapping_changes("properties", before, after)}
    assert changed == {n for n in before.keys() | after.keys() if before.get(n) != after.get(n)}
