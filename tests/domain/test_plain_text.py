"""Messages as plain text."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.domain.messages import Headline, Item, Items, Message, Paragraph, Tone
from datahub_dataproducts.domain.plain_text import text_of
from datahub_dataproducts.domain.shown_text import one_line
from tests.messages_by_hand import BAD_DAY, FIFTY_AFFECTED, LETTERS, OPENED, QUIET_DAY


def test_everything_of_a_message_is_said() -> None:
    text = text_of(OPENED.shown, is_technical=True)
    for said in (
        "Revenue is unhealthy because of Users\n\n",
        "- Users: building block, since today 08:00 <https://hub.example.com/dataProduct/users/>",
        "Since: today 08:00\n",
        "Left of this month's error budget: ███████████████████░ 96.3 %",
        "Runbook of Users: https://wiki.example.com/users#stale",
        "\n\nDetails\n-------\n\n- dim_users is updated every day",
        "    Found: dim_users is not fresh\n",
    ):
        assert said in text


def test_business_readers_get_no_details() -> None:
    text = text_of(OPENED.shown, is_technical=False)
    assert "Details" not in text
    assert "urn:li:" not in text


def test_a_message_without_details_has_no_title_for_them() -> None:
    assert text_of(QUIET_DAY.shown, is_technical=True) == (
        "Finance, Wednesday 4 March: all 12 products are healthy\n"
    )


def test_what_is_not_named_is_counted() -> None:
    text = text_of(FIFTY_AFFECTED.shown, is_technical=True)
    assert "\n- and 1 more\n" in text
    assert text.endswith("\n- and 3 more\n")


def test_the_word_for_the_tone_is_said_where_there_is_no_colour() -> None:
    message = Message(subject="", tone=Tone.BAD, blocks=(Headline(text="Revenue", tone=Tone.BAD),))
    assert text_of(message, is_technical=False) == "Revenue (unhealthy)\n"
    assert "█████·██████▇▁" in text_of(BAD_DAY.shown, is_technical=False)


@pytest.mark.parametrize("name", LETTERS)
def test_nothing_obeys_a_terminal(name: str) -> None:
    text = text_of(LETTERS[name].shown, is_technical=True)
    assert all(line == line.rstrip() for line in text.splitlines())
    assert not {"\x07", "\x1b", "\r", "\t", "\u202e"} & set(text)


@given(st.text())
def test_no_text_makes_another_paragraph(text: str) -> None:
    item = Items(title=text, items=(Item(text=text),))
    message = Message(subject="", tone=Tone.BAD, blocks=(Paragraph(text=f"a{text}"), item))
    assert len(text_of(message, is_technical=True).split("\n")) == 5
    moved = replace(message, blocks=(Paragraph(text=one_line(f"a{text}")), item))
    assert text_of(moved, is_technical=True) == text_of(message, is_technical=True)
