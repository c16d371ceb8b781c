"""Any text as mrkdwn: shown as it is, calling nobody and leading nowhere."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.adapters.slack.texts import (
    bold,
    code,
    lines_within,
    link,
    literal,
    mrkdwn,
)
from datahub_dataproducts.domain.shown_text import length
from tests.messages_by_hand import NASTY

ANYTHING = st.one_of(
    st.text(max_size=300),
    st.lists(st.sampled_from(["<!channel>", "@here", "&", "*", "_", "a", " ", "`", "|"])).map(
        "".join
    ),
)


def shown(text: str) -> str:
    """What a reader sees: without what has no width, and with entities read."""
    plain = re.sub("[\u200b\u2060]", "", text)
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def test_what_slack_would_obey_is_shown_as_it_is() -> None:
    assert mrkdwn("<!channel> & <https://x|y>", 99) == (
        "&lt;!channel&gt; &amp; &lt;https://x|y&gt;"
    )
    assert shown(mrkdwn("*a* `b` ~c~ _d_ ```e```", 99)) == "*a* `b` ~c~ _d_ ```e```"
    assert "*a*" not in mrkdwn("*a*", 99)


@pytest.mark.parametrize("call", ["@channel", "@here", "@everyone", "@HERE"])
def test_nobody_is_called_by_a_word(call: str) -> None:
    assert call not in mrkdwn(f"see {call} now", 99)
    assert shown(mrkdwn(f"see {call} now", 99)) == f"see {call} now"


def test_a_name_of_a_table_stays_in_one_piece() -> None:
    assert mrkdwn("dim_users_v2", 99) == "dim_users_v2"


@pytest.mark.parametrize(
    "name",
    [
        "test.analytics.accepted_values_dim_users_plan__free__plus__pro.245fc0c8b0",
        "model.shop.stg_stripe__charges",
        "_under_ ~tilde~ *star*",
    ],
)
def test_a_name_in_code_is_copied_to_the_letter(name: str) -> None:
    assert code(name, 99) == f"`{name}`"
    assert code(f"{name}<&>", 99) == f"`{name}&lt;&amp;&gt;`"


@pytest.mark.parametrize("name", ["a`b", "@here", ""])
def test_what_would_end_the_code_or_call_somebody_is_shown_as_text(name: str) -> None:
    assert code(name, 99) == mrkdwn(name, 99)


def test_an_address_with_signs_of_slack_in_it_is_one_link() -> None:
    assert link("a|b", "https://x/?a=1&b=<|>", 99) == "<https://x/?a=1&amp;b=%3C%7C%3E|a¦b>"


def test_an_address_that_is_too_long_is_no_link() -> None:
    assert link("a", f"https://x/{'y' * 2_000}", 3_000) == "a"
    assert (
        link("a name of some length", "https://x/yyyyy", 20) == "a name of some lengt…"[:19] + "…"
    )


def test_a_header_calls_nobody_either() -> None:
    made = literal("<!channel> @here & <b>", 99)
    assert shown(made) == "<!channel> @here & <b>"
    assert "<!" not in made
    assert "@here" not in made


def test_nothing_in_bold_is_nothing() -> None:
    assert not bold("", 10)


def test_lines_are_kept_whole_or_counted() -> None:
    assert lines_within(["aa", "bb", "cc"], 5) == ("aa\nbb", 1)
    assert lines_within(["aaaaaa", "b"], 5) == ("", 2)


@given(ANYTHING, st.integers(min_value=3, max_value=200))
def test_no_text_is_longer_than_allowed_or_obeyed(text: str, most: int) -> None:
    for made in (mrkdwn(text, most), bold(text, most), code(text, most)):
        assert length(made) <= most
        assert "<" not in made
        assert ">" not in made
        assert not re.search(r"&(?!amp;|lt;|gt;)", made)
        assert "\n" not in made


@given(ANYTHING, ANYTHING)
def test_a_link_is_one_or_none(text: str, address: str) -> None:
    made = link(text, f"https://x/{address}", 400)
    assert made.count("<") == made.count(">") <= 1
    assert length(made) <= 400
    if made.startswith("<"):
        assert made.count("|") == 1


def test_the_whole_of_a_nasty_text_is_there() -> None:
    assert "👩‍👩‍👧 :tada:" in mrkdwn(NASTY, 9_999)
    assert "\u202e" not in mrkdwn(NASTY, 9_999)
