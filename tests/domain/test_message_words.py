"""What every format says alike."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.domain.message_words import (
    SIGNS,
    TONE_WORDS,
    day_bars,
    say_meter,
    say_more,
    say_share,
    say_tenths,
    share_bar,
    signed,
    worded,
)
from datahub_dataproducts.domain.messages import Meter, Tone
from datahub_dataproducts.domain.shown_text import one_line

SHARES = st.fractions(min_value=-2, max_value=2)


def test_a_text_says_its_tone_in_a_word_whatever_the_colour() -> None:
    assert signed("Revenue", Tone.GOOD) == "🟢 Revenue (healthy)"
    assert signed("Revenue has recovered", Tone.GOOD) == "🟢 Revenue has recovered"
    assert signed("Revenue is unhealthy", Tone.BAD) == "🔴 Revenue is unhealthy"


def test_a_word_within_another_is_not_that_word() -> None:
    assert worded("Users was unhealthy", Tone.GOOD) == "Users was unhealthy (healthy)"


def test_what_stands_in_no_way_has_neither_sign_nor_word() -> None:
    assert signed("Yesterday", Tone.PLAIN) == "Yesterday"


def test_every_tone_has_a_sign_and_a_word() -> None:
    assert set(SIGNS) == set(TONE_WORDS) == set(Tone)


def test_what_is_left_out_is_counted() -> None:
    assert say_more(1_234) == "and 1,234 more"
    assert not say_more(0)


def test_a_share_is_a_bar_and_a_number() -> None:
    meter = Meter(label="Left", share=Fraction(1, 2), days=(Fraction(1), None, Fraction(0)))
    assert say_meter(meter) == "██████████░░░░░░░░░░ 50.0 % █·▁"
    assert say_meter(Meter(label="Left", share=None)) == "not measured"
    assert say_share(None) == "not measured"


def test_less_than_nothing_is_said_to_be_overspent_without_a_number() -> None:
    assert say_share(Fraction(0)) == "0.0 %"
    assert say_share(Fraction(-45)) == "none, overspent"


def test_a_share_is_rounded_down_below_nothing_too() -> None:
    assert say_tenths(Fraction(96_399, 100_000)) == "96.3 %"
    assert say_tenths(Fraction(-55, 1000)) == "-5.5 %"
    assert say_tenths(Fraction(-1, 100_000)) == "-0.1 %"


@given(SHARES)
def test_only_the_whole_is_full_and_only_nothing_is_empty(share: Fraction) -> None:
    bar = share_bar(share, 10)
    assert len(bar) == 10
    assert ("░" not in bar) == (share >= 1)
    assert ("█" not in bar) == (share <= 0)
    assert (day_bars([share]) == "█") == (share >= 1)


@given(st.text())
def test_one_line_is_one_and_says_the_same_again(text: str) -> None:
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert one_line(line) == line
    assert all(char.isprintable() or char == "\u200d" for char in line)


def test_one_line_keeps_what_belongs_together_and_drops_what_pretends() -> None:
    assert one_line(" a\r\n\tb\x07 \u202egnp.exe\u202c 👩‍👩‍👧 ") == "a b gnp.exe 👩‍👩‍👧"
