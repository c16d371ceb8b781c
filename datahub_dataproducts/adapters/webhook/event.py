"""Letter -> CloudEvents 1.0 in structured JSON. Pure.

What is in `data` is a promise to programs: docs/webhook-data-v1.schema.json has its form. Whatever
is added keeps the version; whatever is renamed, removed or means something else gets the next one.
"""

import json
from datetime import datetime, timezone
from fractions import Fraction
from typing import Any

from datahub_dataproducts.domain.durations import SECOND
from datahub_dataproducts.domain.letters import Affected, Announcement, Digest, Fault
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
    Meter,
    Paragraph,
)
from datahub_dataproducts.domain.receipts import Dispatch

CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"
DATA_VERSION = 1
_TYPES = "io.datahub-dataproducts"
_MILLIONTHS = 1_000_000


def event_of(dispatch: Dispatch, *, mark: str, source: str, is_technical: bool) -> bytes:
    """The event that tells of a letter, the same bytes for the same letter.

    Args:
        dispatch: what is sent.
        mark: its id, which with the source is unique.
        source: who sends it, a URI reference.
        is_technical: False: without `faults` and `details`.
    """
    letter = dispatch.letter
    if isinstance(letter, Digest):
        kind, subject, said = "digest", letter.day, {"kind": "digest", "day": letter.day}
    else:
        kind, subject = f"announcement.{_word(letter.why.value)}", letter.product or letter.thread
        said = _announced(letter, is_technical=is_technical)
    message = dispatch.message
    data = {
        "version": DATA_VERSION,
        **said,
        "at": _instant(letter.at),
        "timezone": letter.timezone,
        "subject": message.subject,
        "tone": message.tone.value,
        "text": letter.text,
        "blocks": [_block(one) for one in message.blocks],
        "details": [_block(one) for one in message.details] if is_technical else [],
    }
    envelope = {
        "specversion": "1.0",
        "id": mark,
        "source": source,
        "type": f"{_TYPES}.{kind}",
        "time": _instant(letter.at),
        "subject": subject,
        "datacontenttype": "application/json",
        "data": data,
    }
    return json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "replace"
    )


def _announced(letter: Announcement, *, is_technical: bool) -> dict[str, Any]:
    return {
        "kind": "announcement",
        "why": _word(letter.why.value),
        "health": letter.health.value,
        "conversation": letter.conversation,
        "sequence": letter.sequence,
        "is_last": letter.is_last,
        "replaces": list(letter.ends),
        "product": letter.product,
        "domain": letter.domain,
        "affected": [_affected(one) for one in letter.affected],
        "recovered": [_affected(one) for one in letter.recovered],
        "faults": [_fault(one) for one in letter.faults] if is_technical else [],
    }


def _affected(one: Affected) -> dict[str, Any]:
    return {
        "product": one.product,
        "title": one.title,
        "type": one.type,
        "health": one.health.value,
        "since": _instant_or_none(one.since),
    }


def _fault(one: Fault) -> dict[str, Any]:
    return {
        "product": one.root,
        "asset": one.asset,
        "assertion": one.assertion,
        "reason": _word(one.reason.value),
        "since": _instant_or_none(one.since),
        "run_id": one.run_id,
    }


def _block(block: Block) -> dict[str, Any]:  # noqa: PLR0911 - one form for each of seven kinds
    if isinstance(block, Headline):
        return {"kind": "headline", "text": block.text, "tone": block.tone.value}
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "text": block.text}
    if isinstance(block, Facts):
        return {"kind": "facts", "facts": _facts(block.facts)}
    if isinstance(block, Items):
        items = [_item(one) for one in block.items]
        return {"kind": "items", "title": block.title, "items": items, "more": block.more}
    if isinstance(block, Meter):
        return _meter(block)
    if isinstance(block, Links):
        links = [{"label": one.label, "target": one.target} for one in block.links]
        return {"kind": "links", "links": links}
    return _breaches(block)


def _facts(facts: tuple[Fact, ...]) -> list[dict[str, Any]]:
    return [{"label": one.label, "value": one.value, "target": one.target} for one in facts]


def _item(one: Item) -> dict[str, Any]:
    return {"text": one.text, "note": one.note, "tone": one.tone.value, "target": one.target}


def _meter(meter: Meter) -> dict[str, Any]:
    return {
        "kind": "meter",
        "label": meter.label,
        "share": _number(meter.share),
        "days": [_number(day) for day in meter.days],
    }


def _breaches(block: Breaches) -> dict[str, Any]:
    def told(one: Breach) -> dict[str, Any]:
        return {"title": one.title, "facts": _facts(one.facts), "target": one.target}

    return {
        "kind": "breaches",
        "breaches": [told(one) for one in block.breaches],
        "more": block.more,
    }


def _number(share: Fraction | None) -> float | None:
    """Millionths, rounded down: nothing is said to be whole that is not."""
    if share is None:
        return None
    return (share.numerator * _MILLIONTHS // share.denominator) / _MILLIONTHS


def _word(value: str) -> str:
    return value.lower().replace(" ", "_")


def _instant(at: int) -> str:
    """RFC 3339 in UTC, with milliseconds."""
    whole, rest = divmod(at, SECOND)
    moment = datetime.fromtimestamp(whole, timezone.utc)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{rest:03d}Z"


def _instant_or_none(at: int | None) -> str | None:
    return None if at is None else _instant(at)
