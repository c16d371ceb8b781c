"""A message as an Adaptive Card in the envelope of a workflow's webhook. Pure.

Version 1.5 is the newest that Teams shows. What people wrote stands in text runs, which unlike text
blocks know no Markdown: it is shown as it is. Teams takes messages of 28 KB, by a count of its own
in which text may take twice its bytes; what is made here stays far below.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from datahub_dataproducts.domain.message_words import (
    MAYBE_TWICE,
    SIGNS,
    missing_word,
    say_meter,
    say_more,
    signed,
)
from datahub_dataproducts.domain.messages import (
    Block,
    Breach,
    Breaches,
    Fact,
    Facts,
    Headline,
    Item,
    Items,
    Links,
    Message,
    Meter,
    Paragraph,
    Tone,
)
from datahub_dataproducts.domain.shown_text import plain_address, shown

Element = dict[str, Any]

MOST_BYTES = 20_000
_MOST_IN_FALLBACK = 500
_MOST_IN_HEADLINE = 500
_MOST_IN_PARAGRAPH = 3_000
_MOST_IN_LABEL = 100
_MOST_IN_VALUE = 400
_MOST_IN_ITEM = 200
_MOST_ON_BUTTON = 60
_LONGEST_ADDRESS = 1_500
_LISTED = 20
_PROVED = 5
_BUTTONS = 6
_LEFT_OUT = "The rest is too long for Teams"
_CONTENT_TYPE = "application/vnd.microsoft.card.adaptive"
_SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
_LABEL_WIDTH = "130px"

_STYLES = {
    Tone.BAD: "attention",
    Tone.RISK: "warning",
    Tone.BLIND: "emphasis",
    Tone.GOOD: "good",
    Tone.PLAIN: "default",
}


def envelope(card: Mapping[str, object]) -> bytes:
    """What a workflow is posted, as JSON in UTF-8."""
    attachment = {"contentType": _CONTENT_TYPE, "contentUrl": None, "content": card}
    return msgspec.json.encode({"type": "message", "attachments": [attachment]})


def card_of(message: Message, *, is_technical: bool, is_second: bool = False) -> Element:
    """The card, such that its envelope has at most `MOST_BYTES`.

    Args:
        message: with addresses for targets.
        is_technical: with its details, below.
        is_second: it may have been posted before, and says so.
    """
    subject = signed(message.subject, message.tone)
    card: Element = {
        "$schema": _SCHEMA,
        "type": "AdaptiveCard",
        "version": "1.5",
        "msteams": {"width": "Full"},
        "fallbackText": shown(subject, _MOST_IN_FALLBACK),
        "body": [],
    }
    first = [_small(MAYBE_TWICE)] if is_second else []
    elements = (*first, *_elements(message, is_technical=is_technical))
    left = MOST_BYTES - len(envelope(card)) - len(msgspec.json.encode(_small(_LEFT_OUT))) - 2
    for element in elements:
        left -= len(msgspec.json.encode(element)) + 1
        if left < 0:
            card["body"].append(_small(_LEFT_OUT))
            break
        card["body"].append(element)
    return card


def _elements(message: Message, *, is_technical: bool) -> Iterator[Element]:
    for block in message.blocks:
        yield from _made(block)
    if is_technical and message.details:
        yield {**_text(_run("Details", weight="Bolder")), "separator": True, "spacing": "Large"}
        for block in message.details:
            yield from _made(block)


def _made(block: Block) -> Iterable[Element]:
    if isinstance(block, Headline):
        return _headline(block)
    if isinstance(block, Facts):
        return _rows(block)
    if isinstance(block, Items):
        return _list(block)
    if isinstance(block, Links):
        return _buttons(block)
    if isinstance(block, Breaches):
        return _breaches(block)
    return _line(block)


def _line(block: Paragraph | Meter) -> Iterator[Element]:
    if isinstance(block, Paragraph):
        if text := shown(block.text, _MOST_IN_PARAGRAPH):
            yield _text(_run(text))
        return
    yield _title(block.label)
    yield _close(_text(_run(say_meter(block), fontType="Monospace")))


def _headline(block: Headline) -> Iterator[Element]:
    text = signed(shown(block.text, _MOST_IN_HEADLINE), block.tone)
    if text:
        heading = _text(_run(text, weight="Bolder", size="Medium"))
        yield {
            "type": "Container",
            "style": _STYLES[block.tone],
            "bleed": True,
            "items": [heading],
        }


def _rows(block: Facts) -> Iterator[Element]:
    rows = [row for fact in block.facts if (row := _row(fact))]
    yield from rows[:1]
    yield from map(_close, rows[1:])


def _row(fact: Fact) -> Element | None:
    label, value = shown(fact.label, _MOST_IN_LABEL), shown(fact.value, _MOST_IN_VALUE)
    if not value:
        return None
    left = _text(_run(label or "-", weight="Bolder"))
    return {
        "type": "ColumnSet",
        "columns": [
            {"type": "Column", "width": _LABEL_WIDTH, "items": [left]},
            {"type": "Column", "width": "stretch", "items": [_text(_run(value, fact.target))]},
        ],
    }


def _list(block: Items) -> Iterator[Element]:
    yield _title(block.title)
    for item in block.items[:_LISTED]:
        yield _close(_text(*_item(item, block.title)))
    if more := say_more(block.more + len(block.items[_LISTED:])):
        yield _close(_text(_run(more)))


def _item(item: Item, title: str) -> Iterator[Element]:
    word = missing_word(f"{title} {item.text} {item.note}", item.tone)
    said = ", ".join(filter(None, (word, shown(item.note, _MOST_IN_ITEM))))
    yield _run(f"{SIGNS[item.tone]} " if SIGNS[item.tone] else "• ")
    yield _run(shown(item.text, _MOST_IN_ITEM) or "-", item.target)
    if said:
        yield _run(f": {said}")


def _buttons(block: Links) -> Iterator[Element]:
    actions = [
        {"type": "Action.OpenUrl", "title": label, "url": url}
        for one in block.links
        if (url := _url(one.target)) and (label := shown(one.label, _MOST_ON_BUTTON))
    ]
    if actions:
        yield {"type": "ActionSet", "actions": actions[:_BUTTONS]}


def _breaches(block: Breaches) -> Iterator[Element]:
    for breach in block.breaches[:_PROVED]:
        yield from _breach(breach)
    if more := say_more(block.more + len(block.breaches[_PROVED:])):
        yield _text(_run(more))


def _breach(breach: Breach) -> Iterator[Element]:
    title = shown(breach.title, _MOST_IN_VALUE)
    if title:
        yield _text(_run(title, breach.target, weight="Bolder"))
    for fact in breach.facts:
        label, value = shown(fact.label, _MOST_IN_LABEL), shown(fact.value, _MOST_IN_VALUE)
        if value:
            yield _close(_text(_run(f"{label}: "), _run(value, fact.target)))


def _title(text: str) -> Element:
    return _text(_run(shown(text, _MOST_IN_LABEL) or "-", weight="Bolder"))


def _small(text: str) -> Element:
    return _text(_run(text, size="Small", isSubtle=True))


def _text(*runs: Element) -> Element:
    return {"type": "RichTextBlock", "inlines": list(runs)}


def _close(element: Element) -> Element:
    return {**element, "spacing": "Small"}


def _run(text: str, address: str = "", **looks: object) -> Element:
    run: Element = {"type": "TextRun", "text": text, **looks}
    if url := _url(address):
        run["selectAction"] = {"type": "Action.OpenUrl", "url": url}
    return run


def _url(address: str) -> str:
    """The address as a card has it; empty where there is none, or it is too long."""
    url = plain_address(address)
    return url if len(url) <= _LONGEST_ADDRESS else ""
