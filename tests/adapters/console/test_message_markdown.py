"""Messages as Markdown, held to a parser of CommonMark."""

from hypothesis import assume, example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from datahub_dataproducts.adapters.console.message_markdown import message_as_markdown
from datahub_dataproducts.domain.messages import (
    Breach,
    Breaches,
    Fact,
    Facts,
    Headline,
    Item,
    Items,
    Link,
    Links,
    Message,
    Meter,
    Paragraph,
    Tone,
)
from datahub_dataproducts.domain.shown_text import one_line
from tests.messages_by_hand import OPENED

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def message_of(text: str, target: str = "https://example.com/") -> Message:
    fact = Fact(label=text, value=text)
    return Message(
        subject=text,
        tone=Tone.PLAIN,
        blocks=(
            Headline(text=text, tone=Tone.PLAIN),
            Paragraph(text=text),
            Facts(facts=(fact,)),
            Meter(label=text, share=None),
            Items(title=text, items=(Item(text=text), Item(text=text, target=target)), more=1),
            Links(links=(Link(label=text, target=target),)),
        ),
        details=(Breaches(breaches=(Breach(title=text, facts=(fact,), target=target),)),),
    )


def flat(tokens: list[Token]) -> list[Token]:
    return [one for token in tokens for one in (token, *flat(token.children or []))]


def read(text: str, target: str = "https://example.com/") -> list[Token]:
    tokens = flat(PARSER.parse(message_as_markdown(message_of(text, target), is_technical=True)))
    # What keeps a mention from calling somebody is a comment, and splits the text.
    return [one for one in tokens if one.type != "text" and one.content != "<!-- -->"]


@given(st.text(max_size=30))
@example("# head")
@example("1. item")
@example("- item")
@example("===")
@example("a #")
@example("[a]: b")
@example("\\")
@example("![a](b)")
@example("<b>")
@example("&amp;")
@example("***")
def test_no_text_changes_what_is_around_it(text: str) -> None:
    assume(one_line(text))
    assert [one.type for one in read(text)] == [one.type for one in read("Revenue")]


@given(st.text(max_size=30))
def test_no_address_breaks_out_of_its_link(end: str) -> None:
    tokens = read("Revenue", f"https://example.com/{end}")
    assert [one.type for one in tokens] == [one.type for one in read("Revenue")]
    targets = {str(one.attrs["href"]) for one in tokens if one.type == "link_open"}
    assert all(target.startswith("https://example.com/") for target in targets)


def test_nobody_is_called() -> None:
    text = message_as_markdown(message_of("@finance fixes #12"), is_technical=True)
    assert "@finance" not in text
    assert "#12" not in text


def test_business_readers_get_no_details() -> None:
    text = message_as_markdown(OPENED.shown, is_technical=False)
    assert "Details" not in text
    assert "urn:li:" not in text
