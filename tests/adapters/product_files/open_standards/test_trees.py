"""Trees of nodes as plain values, with places to point at."""

from typing import Any

import pytest

from datahub_dataproducts.adapters.product_files.findings import Findings
from datahub_dataproducts.adapters.product_files.marks import compose
from datahub_dataproducts.adapters.product_files.nodes import Node
from datahub_dataproducts.adapters.product_files.open_standards.trees import (
    Part,
    key_place,
    place_of,
    plain,
)
from datahub_dataproducts.adapters.product_files.open_standards.yaml_text import yaml_text


def tree(text: str) -> Node:
    root = compose(text, Findings("t.yaml"))
    assert root is not None
    return root


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a", "a"),
        ("1", 1),
        ("-1.5", -1.5),
        ("true", True),
        ("~", None),
        ("2026-03-03", "2026-03-03"),
        ("09:00-08:00", "09:00-08:00"),
        ("no", "no"),
        ("'1'", "1"),
        ("0x1f", "0x1f"),
        (".inf", ".inf"),
        ("1.0e+999", "1.0e+999"),
        ("9" * 5_000, "9" * 5_000),
        ("[1, {a: b}]", [1, {"a": "b"}]),
    ],
)
def test_a_value_is_as_json_has_it_and_what_json_lacks_is_text(text: str, value: Any) -> None:
    assert plain(tree(text)) == value


def test_a_place_is_that_of_the_value_or_of_what_is_nearest_to_it() -> None:
    root = tree("a:\n  - b: 1\n")
    assert (place_of(root, ["a", 0, "b"]).line, place_of(root, ["a", 0, "b"]).column) == (2, 8)
    assert place_of(root, ["a", 3, "b"]).column == 3
    assert key_place(root, ["a", 0], "b").column == 5
    assert key_place(root, ["a", 0], "c").column == 5
    assert key_place(root, ["a"], "c").column == 3


def test_what_is_not_there_is_nothing() -> None:
    part = Part(tree("{a: [x], b: ~, c: 1}"))
    assert part.keys() == ("a", "c")
    assert (part.said("a"), part.said("b"), part.said("c"), part.said("d")) == ("", "", "1", "")
    assert Part(tree("x")).keys() == ()
    assert Part(tree("x")).get("a") is None
    assert [*Part(tree("x")).items()] == []
    assert part.listed("d") == ()
    assert [item.text for item in part.listed("a")] == ["x"]


def test_text_of_several_lines_stays_readable() -> None:
    assert yaml_text({"a": "one\ntwo"}) == "a: |-\n  one\n  two\n"
