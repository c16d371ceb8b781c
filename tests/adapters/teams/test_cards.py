"""Messages as Adaptive Cards: by the published schema, and within what Teams takes."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft6Validator

from datahub_dataproducts.adapters.teams.cards import MOST_BYTES, card_of, envelope
from datahub_dataproducts.domain.messages import (
    Headline,
    Item,
    Items,
    Link,
    Links,
    Message,
    Paragraph,
    Tone,
)
from tests.message_strategies import MESSAGES
from tests.messages_by_hand import FIFTY_AFFECTED, LETTERS, NASTY, NASTY_TEXT, OPENED

SCHEMA = Path(__file__).parents[2] / "data" / "adaptive_cards" / "schema-1.5.json"


@cache
def validator() -> Draft6Validator:
    return Draft6Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def faults_of(card: dict[str, Any]) -> list[str]:
    """What the schema says against a card, but for the one key that Teams has added to it."""
    assert card["msteams"] == {"width": "Full"}
    rest = {key: value for key, value in card.items() if key != "msteams"}
    return [fault.message for fault in validator().iter_errors(rest)]


def everything(of: Any) -> Iterator[dict[str, Any]]:
    """All elements of a card, however deep."""
    if isinstance(of, dict):
        yield of
        for one in of.values():
            yield from everything(one)
    elif isinstance(of, list):
        for one in of:
            yield from everything(one)


def said(card: dict[str, Any]) -> str:
    """All texts, a line for each element."""
    blocks = (one for one in everything(card) if one.get("type") == "RichTextBlock")
    return "\n".join("".join(run["text"] for run in one["inlines"]) for one in blocks)


@pytest.mark.parametrize("name", LETTERS)
@pytest.mark.parametrize("technical", [True, False])
def test_a_card_is_one_by_the_published_schema(name: str, technical: bool) -> None:
    assert faults_of(card_of(LETTERS[name].shown, is_technical=technical)) == []


def test_the_schema_would_say_what_is_wrong() -> None:
    card = card_of(OPENED.shown, is_technical=True)
    assert faults_of({**card, "body": [{"type": "TextBlok"}]})
    assert faults_of({**card, "msteams": {"width": "Full"}, "colour": "red"})


# Holding a card to the whole schema takes long.
@settings(max_examples=10)
@given(MESSAGES)
def test_any_message_is_a_card_that_teams_takes(message: Message) -> None:
    assert faults_of(card_of(message, is_technical=True, is_second=True)) == []


@given(MESSAGES)
def test_no_message_is_more_than_teams_takes(message: Message) -> None:
    card = card_of(message, is_technical=True, is_second=True)
    assert len(envelope(card)) <= MOST_BYTES


def test_what_people_wrote_is_never_read_as_markdown() -> None:
    card = card_of(NASTY_TEXT.shown, is_technical=True)
    assert "*bold* _it_ ~no~ `code`" in said(card)
    assert not any(one.get("type") in {"TextBlock", "FactSet"} for one in everything(card))


def test_fifty_products_hit_at_once_read_well() -> None:
    lines = said(card_of(FIFTY_AFFECTED.shown, is_technical=True)).splitlines()
    first = lines.index("Also unhealthy")
    assert lines[first + 20] == "🔴 Product 20: metric, since today 08:00"
    assert lines[first + 21] == "and 30 more"


def test_what_is_too_long_is_cut_and_said() -> None:
    long = Message(
        subject="s", tone=Tone.BAD, blocks=tuple(Paragraph(text="é" * 3_000) for _ in range(9))
    )
    card = card_of(long, is_technical=False)
    assert said(card).endswith("\nThe rest is too long for Teams")
    assert len(envelope(card)) <= MOST_BYTES


def test_details_are_for_those_who_mend() -> None:
    assert "Details" in said(card_of(OPENED.shown, is_technical=True))
    assert "urn:li:assertion" not in json.dumps(card_of(OPENED.shown, is_technical=False))


def test_colour_never_comes_without_the_word() -> None:
    blocks = (
        Headline(text="Revenue", tone=Tone.GOOD),
        Items(title="Others", items=(Item(text="Churn", tone=Tone.RISK), Item(text="Users"))),
    )
    card = card_of(Message(subject="s", tone=Tone.GOOD, blocks=blocks), is_technical=False)
    assert card["body"][0]["style"] == "good"
    assert said(card).splitlines() == [
        "🟢 Revenue (healthy)",
        "Others",
        "🟠 Churn: at risk",
        "• Users",
    ]


def test_a_long_text_keeps_its_word() -> None:
    block = Headline(text=NASTY * 9, tone=Tone.BAD)
    card = card_of(Message(subject="s", tone=Tone.BAD, blocks=(block,)), is_technical=False)
    assert said(card).endswith("… (unhealthy)")


def test_a_second_telling_says_so() -> None:
    card = card_of(OPENED.shown, is_technical=False, is_second=True)
    assert said(card).startswith("This may have been told before")


def test_no_more_buttons_than_are_shown() -> None:
    links = Links(links=tuple(Link(label=f"{n}", target="https://x/") for n in range(9)))
    card = card_of(Message(subject="s", tone=Tone.BAD, blocks=(links,)), is_technical=False)
    assert len(card["body"][0]["actions"]) == 6
