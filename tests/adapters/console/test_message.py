"""Messages on a terminal."""

from io import StringIO

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from datahub_dataproducts.adapters.console.channel import ConsoleChannel
from datahub_dataproducts.adapters.console.message import message_as_text, message_on_terminal
from datahub_dataproducts.domain.messages import (
    Fact,
    Facts,
    Headline,
    Item,
    Items,
    Message,
    Paragraph,
    Tone,
)
from datahub_dataproducts.domain.receipts import Delivered
from datahub_dataproducts.domain.shown_text import one_line
from tests.kept_formats import dispatch_of
from tests.messages_by_hand import BAD_DAY, OPENED

WIDE = 100_000


@given(st.text(max_size=40), st.text(max_size=20))
def test_a_terminal_obeys_no_text(text: str, target: str) -> None:
    message = Message(
        subject="",
        tone=Tone.BAD,
        blocks=(
            Headline(text=text, tone=Tone.BAD),
            Paragraph(text=f"[bold]{text}[/bold] :smile:"),
            Facts(facts=(Fact(label="a", value=text, target=f"https://a/{target}"),)),
            Items(title="b", items=(Item(text=text, target=f"https://a/{target}"),)),
        ),
    )
    shown = message_as_text(message, is_technical=True, width=WIDE)
    assert one_line(f"[bold]{text}[/bold] :smile:") in shown
    assert all(char.isprintable() or char in "\n\u200d" for char in shown)
    coloured = StringIO()
    console = Console(file=coloured, width=WIDE, force_terminal=True, color_system="standard")
    console.print(message_on_terminal(message, is_technical=True))
    # Colours and links alone: whatever else begins with an escape is not ours.
    for command in coloured.getvalue().split("\x1b")[1:]:
        assert command[0] in "[]\\"
        assert command[0] != "]" or command.startswith("]8;")


def test_no_line_is_wider_than_asked() -> None:
    shown = message_as_text(OPENED.shown, is_technical=True, width=60)
    assert max(map(len, shown.splitlines())) <= 60
    assert "Assertion" in shown


def test_business_readers_get_no_details() -> None:
    assert "urn:li:" not in message_as_text(OPENED.shown, is_technical=False, width=80)


def test_a_console_with_details_shows_the_whole_below_its_line() -> None:
    stream = StringIO()
    channel = ConsoleChannel(stream, details=True)
    assert channel.post(dispatch_of(OPENED)) == Delivered()
    first, empty, second, *rest = stream.getvalue().splitlines()
    assert first.startswith("Tue 2026-03-03 08:00 CET  UNHEALTHY  Revenue is unhealthy")
    assert (empty, second) == ("", "    Revenue is unhealthy because of Users")
    assert any("Details" in line for line in rest)


def test_a_digest_with_details_is_its_whole() -> None:
    stream = StringIO()
    ConsoleChannel(stream, details=True, is_technical=False).post(dispatch_of(BAD_DAY))
    assert stream.getvalue().startswith("Finance, Tuesday 3 March: 2 of 12 products are unhealthy")
    assert "Details" not in stream.getvalue()
