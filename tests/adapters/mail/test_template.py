"""Templates: what is told of a bad one, and that no text breaks out of the HTML."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.adapters.mail.template import BadTemplate, MailTemplate
from datahub_dataproducts.adapters.mail.view import COLOURS
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
from tests.kept_formats import as_html
from tests.messages_by_hand import LETTERS

OURS = MailTemplate()


def luminance(colour: str) -> float:
    """As WCAG has it, from 0 to 1."""
    shares = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in shares]
    return sum(part * one for part, one in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("tone", Tone)
def test_a_tone_is_seen_on_white_and_in_the_dark(tone: Tone) -> None:
    (dark,) = re.findall(r"\.card \{ background-color: (#\w{6})", as_html(LETTERS["opened"]))
    assert contrast(COLOURS[tone], "#ffffff") >= 4.5
    assert contrast(COLOURS[tone], dark) >= 3


class Read(HTMLParser):
    """What a mail program reads: elements, attributes and text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def message_of(text: str, target: str) -> Message:
    fact = Fact(label=text, value=text, target=target)
    return Message(
        subject=text,
        tone=Tone.BAD,
        blocks=(
            Headline(text=text, tone=Tone.BAD),
            Paragraph(text=text),
            Facts(facts=(fact,)),
            Items(title=text, items=(Item(text=text, note=f"n{text}", target=target),), more=1),
            Meter(label=text, share=None),
            Links(links=(Link(label=text, target=target),)),
        ),
        details=(Breaches(breaches=(Breach(title=text, facts=(fact,), target=target),)),),
    )


def read(text: str, target: str) -> Read:
    return Read(OURS.html_of(message_of(text, target), is_technical=True, footer=(text,)))


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_text_breaks_out_of_the_html(text: str, end: str) -> None:
    target = f"https://example.com/{end}"
    found, usual = read(text, target), read("Revenue", "https://example.com/")
    assert found.tags == usual.tags
    assert [name for name, _ in found.attributes] == [name for name, _ in usual.attributes]
    assert one_line(text) in " ".join(found.text.split())


@given(st.text(max_size=20))
def test_a_reader_is_sent_to_web_pages_only(start: str) -> None:
    found = read("Revenue", f"{start}javascript:alert(1)")
    assert not [value for name, value in found.attributes if name == "href"]


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS)
def test_nothing_is_loaded_from_elsewhere(letter: object) -> None:
    html = as_html(letter)  # type: ignore[arg-type]
    found = Read(html)
    assert not {"img", "script", "link", "iframe", "object", "svg", "form"} & set(found.tags)
    assert not {"src", "background", "srcset"} & {name for name, _ in found.attributes}
    assert "url(" not in html
    assert "@import" not in html


def test_a_team_replaces_parts_of_ours(tmp_path: Path) -> None:
    path = tmp_path / "mine.html.j2"
    path.write_text(
        '{% extends "letter.html.j2" %}{% block header %}<tr><td>ACME &amp; {{ subject }}</td></tr>'
        "{% endblock %}",
        encoding="utf-8",
    )
    html = MailTemplate(path).html_of(message_of("<b>", ""), is_technical=False, footer=())
    assert "ACME &amp; &lt;b&gt;" in html
    assert "<h1" in html


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<p>\n{% if %}", ":2: Expected an expression, got 'end of statement block'"),
        ("{% for x in blocks %}", ":1: Unexpected end of template"),
        ("<p>\n\n{{ colur }}", ":3: 'colur' is undefined"),
        ("{{ blocks[0].nothing }}", ":1: 'dict object' has no attribute 'nothing'"),
        ("\n{{ 1 // 0 }}", ":2: "),
        (
            "{{ subject.__class__ }}",
            ":1: access to attribute '__class__' of 'str' object is unsafe",
        ),
        ("{{ ''.__class__.__mro__ }}", ":1: access to attribute '__class__'"),
        ("{{ blocks.append(1) }}", ":1: "),
        ("{{ range(1000000000) }}", ":1: Range too big"),
        ('{% include "/etc/passwd" %}', ":1: there is no template /etc/passwd"),
        ('{% extends "other.j2" %}', ":1: there is no template other.j2"),
        ("{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", ":1: "),
        ("{{ subject | nothing }}", ":1: No filter named 'nothing'"),
        ('{{ "%99999999999d" | format(1) }}', ":1: "),
    ],
)
def test_a_bad_template_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "mine.html.j2"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadTemplate) as bad:
        MailTemplate(path)
    assert str(bad.value).startswith(f"{path}{told}")
    assert "\n" not in str(bad.value)


def test_a_template_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(
        BadTemplate, match=r"gone\.j2: cannot be read \(No such file or directory\)"
    ):
        MailTemplate(tmp_path / "gone.j2")
    (tmp_path / "bytes.j2").write_bytes(b"\xff\xfe")
    with pytest.raises(BadTemplate, match=r"bytes\.j2: is not text in UTF-8"):
        MailTemplate(tmp_path / "bytes.j2")
