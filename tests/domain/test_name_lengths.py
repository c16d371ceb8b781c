"""What a store looks things up by has a length that every database takes, and stays what it is."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.domain.name_lengths import (
    LONGEST_NAME,
    bounded,
    fault_in_names,
    fault_of_name,
    named_after,
    run_id_of,
)
from datahub_dataproducts.domain.products import Asset, DataProduct, Input
from tests.builders import checked, product

MOST = 60
# With lone surrogates, which JSON may hold, and with NUL, which some databases replace.
texts = st.text(st.characters(codec=None), max_size=200)


def size(text: str) -> int:
    return len(text.replace("\x00", "\ufffd").encode())


@given(text=texts)
def test_whatever_is_told_fits_and_can_be_written(text: str) -> None:
    assert size(bounded(text, MOST)) <= MOST


@given(text=texts)
def test_what_was_cut_is_not_cut_again(text: str) -> None:
    once = bounded(text, MOST)
    assert bounded(once, MOST) == once


@given(text=st.text(max_size=15))
def test_what_fits_stays_as_it_is(text: str) -> None:
    assert bounded(text, MOST) == text


@given(
    text=st.text("ab\u00e9\x00", min_size=61, max_size=70),
    other=st.text("ab\u00e9\x00", min_size=61),
)
def test_different_texts_stay_different(text: str, other: str) -> None:
    assert (bounded(text, MOST) == bounded(other, MOST)) == (text == other)


def test_a_cut_id_of_a_run_begins_as_it_did() -> None:
    told = "scheduled__2026-03-02/" + "x" * 3_000
    assert run_id_of(told).startswith("scheduled__2026-03-02/x")
    assert run_id_of(told) != run_id_of(told + "x")


def test_a_conversation_of_few_roots_is_named_after_all_of_them() -> None:
    assert named_after(["orders", "users"]) == "orders+users"
    assert len(named_after([f"product-{number}" for number in range(500)])) < LONGEST_NAME


def test_a_name_is_kept_up_to_its_longest() -> None:
    assert fault_of_name("x" * LONGEST_NAME) == ""
    assert fault_of_name("x" * LONGEST_NAME + "x") == "has more than 800 bytes"
    assert fault_of_name("\u00e9" * (LONGEST_NAME // 2 + 1)) == "has more than 800 bytes"
    assert fault_of_name("urn:\ud800") == "is no Unicode"


LONG = "x" * 801
ASSERTION = checked("users")


@pytest.mark.parametrize(
    ("made", "what"),
    [
        (product(LONG), "its id"),
        (replace(product("users"), assets=(Asset(urn=LONG, name="a"),)), "the URN of an asset"),
        (product("users", inputs=(Input(product=LONG),)), "the id of an input"),
        (product("users", replace(ASSERTION, urn=LONG)), "the URN of an assertion"),
        (product("users", replace(ASSERTION, asset=LONG)), "the asset of a promise"),
        (product("users", replace(ASSERTION, listens_to=("u", LONG))), "the URN of a check"),
    ],
)
def test_a_product_says_which_of_its_names_is_too_long(made: DataProduct, what: str) -> None:
    assert fault_in_names(made) == f"{what} has more than 800 bytes"


def test_a_product_as_they_are_has_no_fault_in_its_names() -> None:
    assert fault_in_names(product("users", ASSERTION, inputs=(Input(product="orders"),))) == ""
