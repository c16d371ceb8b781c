"""Patterns mean what they mean to pathlib, whatever the names."""

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.adapters.product_files.patterns import is_matched

names = st.lists(st.sampled_from(["a", "b", "a.yml", "b.yml", "x"]), min_size=1, max_size=5)
patterns = st.lists(
    st.sampled_from(["a", "b", "*", "?", "*.yml", "[ab]", "**", "a.yml"]), min_size=1, max_size=5
)


def by_definition(names: list[str], parts: list[str]) -> bool:
    """`**` stands for any names, none included; any other part for one."""
    if not parts:
        return not names
    if parts[0] == "**":
        return any(by_definition(names[n:], parts[1:]) for n in range(len(names) + 1))
    first = bool(names) and PurePosixPath(names[0]).match(parts[0])
    return first and by_definition(names[1:], parts[1:])


@given(names, patterns)
def test_a_pattern_matches_as_its_definition_says(names: list[str], parts: list[str]) -> None:
    assert is_matched("/".join(names), ["/".join(parts)]) == by_definition(names, parts)


def test_any_of_several_patterns_is_enough() -> None:
    assert is_matched("data_products/a.yaml", ["data_products/*.yml", "data_products/*.yaml"])
    assert not is_matched("data_products/a.yaml", [])


@pytest.mark.parametrize("pattern", ["./a//b.yml", "a/b.yml"])
def test_a_pattern_may_be_written_untidily(pattern: str) -> None:
    assert is_matched("a/b.yml", [pattern])
