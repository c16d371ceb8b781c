"""Message -> plain values for a template of a mail: words, colours and widths. Pure.

What is here is what a template that a team has written may rest on; see docs/channels.md.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from datahub_dataproducts.domain.message_words import (
    TONE_WORDS,
    say_more,
    say_share,
    say_tenths,
    worded,
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
from datahub_dataproducts.domain.shown_text import one_line

# Seen on white and in the dark: a contrast of 4.5 and more to white, as text needs, and of 3 to a dark card.
COLOURS = {
    Tone.BAD: "#d93025",
    Tone.RISK: "#b06000",
    Tone.BLIND: "#72767b",
    Tone.GOOD: "#1e8245",
    Tone.PLAIN: "#72767b",
}
_HEIGHT = 24
_LOWEST = 3
_PERCENT = 100


def view_of(message: Message, *, is_technical: bool) -> dict[str, Any]:
    """Subject, tone and blocks as a template has them; details only for those who mend."""
    return {
        "subject": one_line(message.subject),
        "tone": message.tone.value,
        "tone_word": TONE_WORDS[message.tone],
        "colour": COLOURS[message.tone],
        "preview": _preview(message.blocks),
        "blocks": [_block(one) for one in message.blocks],
        "details": [_block(one) for one in message.details] if is_technical else [],
    }


def _preview(blocks: Sequence[Block]) -> str:
    """What lists of mails show beside the subject: the first sentences."""
    return next((one_line(one.text) for one in blocks if isinstance(one, Paragraph)), "")


def _block(block: Block) -> dict[str, Any]:  # noqa: PLR0911 - one form for each of seven kinds
    if isinstance(block, Headline):
        text = worded(one_line(block.text), block.tone)
        return {"kind": "headline", "text": text, **_toned(block.tone)}
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "text": one_line(block.text)}
    if isinstance(block, Facts):
        return {"kind": "facts", "facts": [_fact(one) for one in block.facts]}
    if isinstance(block, Items):
        return {
            "kind": "items",
            "title": one_line(block.title),
            "items": [_item(one) for one in block.items],
            "more": say_more(block.more),
        }
    if isinstance(block, Meter):
        return _meter(block)
    if isinstance(block, Links):
        links = [{"label": one_line(x.label), "target": _address(x.target)} for x in block.links]
        return {"kind": "links", "links": [link for link in links if link["target"]]}
    return _breaches(block)


def _toned(tone: Tone) -> dict[str, str]:
    return {"tone": tone.value, "tone_word": TONE_WORDS[tone], "colour": COLOURS[tone]}


def _fact(fact: Fact) -> dict[str, str]:
    return {
        "label": one_line(fact.label),
        "value": one_line(fact.value),
        "target": _address(fact.target),
    }


def _item(item: Item) -> dict[str, str]:
    return {
        "text": one_line(item.text),
        "note": one_line(item.note),
        "target": _address(item.target),
        **_toned(item.tone),
    }


def _breaches(block: Breaches) -> dict[str, Any]:
    def told(one: Breach) -> dict[str, Any]:
        return {
            "title": one_line(one.title),
            "target": _address(one.target),
            "facts": [_fact(fact) for fact in one.facts],
        }

    return {
        "kind": "breaches",
        "breaches": [told(one) for one in block.breaches],
        "more": say_more(block.more),
    }


def _meter(meter: Meter) -> dict[str, Any]:
    return {
        "kind": "meter",
        "label": one_line(meter.label),
        "words": say_share(meter.share),
        "percent": None if meter.share is None else _percent(meter.share),
        "colour": COLOURS[Tone.PLAIN if meter.share is None else _tone_of(meter.share)],
        "days": [_day(one) for one in meter.days],
    }


def _day(share: Fraction | None) -> dict[str, Any]:
    """One bar: its height in pixels, its colour, and in words."""
    if share is None:
        return {"height": _LOWEST, "colour": "#bdc1c6", "words": "not measured"}
    height = max(_LOWEST, _percent(share) * _HEIGHT // _PERCENT)
    colour = COLOURS[Tone.GOOD if share >= 1 else Tone.BAD]
    return {"height": height, "colour": colour, "words": say_tenths(share)}


def _percent(share: Fraction) -> int:
    """Whole percent of the way from 0 to 1, rounded down; what is left is never shown as nothing."""
    whole = int(min(max(share, Fraction(0)), Fraction(1)) * _PERCENT)
    return max(whole, 1) if share > 0 else 0


def _tone_of(share: Fraction) -> Tone:
    if share <= 0:
        return Tone.BAD
    return Tone.RISK if share < Fraction(1, 4) else Tone.GOOD


def _address(target: str) -> str:
    """A place that a reader may be sent to; empty for anything else."""
    return target if target.startswith(("https://", "http://")) else ""
