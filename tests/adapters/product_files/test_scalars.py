"""What YAML's two versions read differently is known, and properties become DataHub's text."""

import re
from pathlib import Path

import pytest
import yaml
from datahub.api.entities.dataproduct.dataproduct import DataProduct
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.adapters.product_files.nodes import Scalar
from datahub_dataproducts.adapters.product_files.scalars import (
    Reading,
    flag,
    reading,
    text_of_property,
)


def plain(text: str) -> Scalar:
    return Scalar(text, 1, 1, plain=True)


@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        (Reading.TEXT, "revenue 7am 99% 30d 99.5% 08:00 08:00-18:00 MON-FRI 1.2.3 v1 ontology"),
        (Reading.TEXT, "nul True! -- . .e 2024-1 0xZ a_1 12abc = no! 0o8 + 1e 24h"),
        (Reading.NOTHING, "~ null Null NULL"),
        (Reading.FLAG, "true True TRUE false False FALSE"),
        (Reading.NUMBER, "0 7 -7 +7 1.5 .5 1. -1.5e+3 1.5e-3 01.5 .inf -.INF .nan 0x1F"),
        (Reading.MAYBE_FLAG, "yes Yes no NO on On off OFF y N"),
        (Reading.MAYBE_NUMBER, "012 00 0o14 0b11 1_000 1e3 1.5e3 8:00 10:30 190:20:30.15 1_0.5"),
        (Reading.MAYBE_DATE, "2024-01-01 2024-1-1 2024-01-01T10:00:00Z"),
    ],
)
def test_a_scalar_is_read_as_both_versions_read_it_or_as_doubtful(
    kind: Reading, texts: str
) -> None:
    assert {text: reading(plain(text)) for text in texts.split()} == dict.fromkeys(
        texts.split(), kind
    )


def test_an_empty_value_is_nothing_and_what_is_quoted_is_text() -> None:
    assert reading(plain("")) is Reading.NOTHING
    assert reading(plain("0 8 * * *")) is Reading.TEXT
    assert reading(Scalar("", 1, 1, plain=False)) is Reading.TEXT
    assert reading(Scalar("no", 1, 1, plain=False)) is Reading.TEXT


@given(st.from_regex(re.compile(r"[-+]?[0-9yYnNoOtTfFaeE.:_xb-]{1,8}", re.ASCII), fullmatch=True))
def test_what_pyyaml_takes_for_no_text_is_never_text_here(text: str) -> None:
    tag = yaml.SafeLoader("").resolve(yaml.ScalarNode, text, (True, False))
    if tag != "tag:yaml.org,2002:str":
        assert reading(plain(text)) is not Reading.TEXT


def test_only_true_and_false_are_flags() -> None:
    assert flag(plain("TRUE")) is True
    assert flag(plain("false")) is False
    assert flag(plain("yes")) is None
    assert flag(Scalar("true", 1, 1, plain=False)) is None


@pytest.mark.parametrize(
    "text",
    [
        "text",
        "'no'",
        "true",
        "FALSE",
        "7",
        "+7",
        "-0",
        "1.50",
        "1.",
        "-.5",
        "1.5e+3",
        ".inf",
        "-.inf",
        ".nan",
        "0x1F",
        "2024-01-01",
        "08:00",
        "~",
        "1234567890123456789012345",
        "1.0",
        "0.10",
    ],
)
def test_a_property_becomes_the_text_that_datahub_makes_of_it(text: str, tmp_path: Path) -> None:
    file = tmp_path / "product.yaml"
    file.write_text(f"id: x\ndomain: urn:li:domain:d\nproperties:\n  a: {text}\n")
    theirs = DataProduct.from_yaml(file, None).properties  # type: ignore[arg-type]
    scalar = Scalar(text.strip("'"), 1, 1, plain="'" not in text)
    assert {"a": text_of_property(scalar)} == theirs


@pytest.mark.parametrize("text", ["no", "8:00", "012", "1e3", "1_000", "2024-1-1"])
def test_a_property_that_is_read_differently_has_no_text(text: str) -> None:
    assert text_of_property(plain(text)) is None


def test_a_number_of_very_many_digits_is_text_all_the_same() -> None:
    assert text_of_property(plain("9" * 10_000)) == "9" * 10_000
