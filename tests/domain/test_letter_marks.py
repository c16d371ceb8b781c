"""Marks of letters."""

from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.domain.letter_marks import mark_of


@given(st.text(st.characters(exclude_categories=("Cs",))), st.text(alphabet="ab/"))
def test_a_mark_may_stand_anywhere(letter: str, sender: str) -> None:
    mark = mark_of(letter, sender)
    assert len(mark) == 32
    assert set(mark) <= set("0123456789abcdef")
    assert mark == mark_of(letter, sender)


def test_letters_and_senders_are_told_apart() -> None:
    marks = [mark_of("a 1", "x"), mark_of("a 2", "x"), mark_of("a 1", "y")]
    assert len(set(marks)) == 3
