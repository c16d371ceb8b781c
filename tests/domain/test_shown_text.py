"""Text as people are shown it."""

from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.domain.shown_text import cut, length, one_line, plain_address, shown


def test_a_text_is_in_one_line_and_hides_nothing() -> None:
    assert one_line("a\r\nb\tc\x07 \u202egnp.exe") == "a b c gnp.exe"


def test_an_emoji_of_several_stays_one() -> None:
    assert one_line("👩‍👩‍👧") == "👩‍👩‍👧"


def test_what_is_too_long_ends_with_a_sign() -> None:
    assert shown("one two three", 9) == "one two…"
    assert shown("one two", 7) == "one two"


def test_nothing_is_cut_within_what_stands_for_one_character() -> None:
    assert cut(["a", "&amp;", "b"], 6) == "a…"


def test_what_may_stand_in_no_address_is_encoded_in_it() -> None:
    assert plain_address("https://x/a b?c=%20&d=é|<\n") == "https://x/a%20b?c=%20&d=%C3%A9%7C%3C%0A"


@given(st.text(), st.integers(min_value=1, max_value=50))
def test_no_text_is_longer_than_allowed(text: str, most: int) -> None:
    assert length(shown(text, most)) <= most
    assert length(text) == len(text.encode("utf-16-le", "surrogatepass")) // 2
