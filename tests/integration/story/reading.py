"""What a reader sees of what arrived, as lines of text.

Formatting is left out, and addresses: a golden file of each format has these.
"""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from typing import Any

from tests.integration.story.receivers import Arrival

_LINK = re.compile(r"<[^|>]*\|([^>]*)>")
_BOLD = re.compile(r"(?<![\w*])\*([^*\n]+)\*(?!\w)")
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}


def lines_of(arrival: Arrival) -> list[str]:
    """What it says, from top to bottom."""
    said = arrival.said
    if isinstance(said, bytes):
        return list(_mail(said))
    if arrival.how == "card":
        return [line for one in said["body"] for line in _card(one)] + _actions(said)
    if arrival.how == "event":
        return list(_event(said))
    return [line for block in said["blocks"] for line in _block(block)]


def _mail(written: bytes) -> Iterator[str]:
    mail = message_from_bytes(written, policy=policy.default)
    text = mail.get_body(("plain",))
    assert text is not None
    yield f"Subject: {mail['Subject']}"
    yield from text.get_content().strip().replace("\r\n", "\n").split("\n")


def _event(said: dict[str, Any]) -> Iterator[str]:
    """What a program makes a ticket of."""
    data = said["data"]
    names = {key: ", ".join(one["product"] for one in data[key]) for key in _PRODUCTS}
    yield f"{said['type'].rpartition('.')[2]} {said['subject']}, {data['conversation']} ({data['sequence']})"
    yield from (f"{key}: {value}" for key, value in names.items() if value)
    yield data["text"]


_PRODUCTS = ("affected", "recovered")


def _block(block: dict[str, Any]) -> Iterator[str]:
    kind = block["type"]
    if kind == "divider":
        yield "---"
    elif kind == "actions":
        yield " ".join(f"[{one['text']['text']}]" for one in block["elements"])
    elif kind == "context":
        yield from (line for one in block["elements"] for line in _spoken(one))
    else:
        texts = [block["text"]] if "text" in block else []
        for one in (*texts, *block.get("fields", [])):
            yield from _spoken(one) if one in texts else [": ".join(_spoken(one))]


def _spoken(text: dict[str, Any]) -> list[str]:
    said = text["text"]
    if text["type"] == "mrkdwn":
        said = _BOLD.sub(r"\1", _LINK.sub(r"\1", said))
        for entity, sign in _ENTITIES.items():
            said = said.replace(entity, sign)
    return str(said).split("\n")


def _card(element: dict[str, Any]) -> Iterator[str]:
    kind = element["type"]
    if kind == "RichTextBlock":
        yield "".join(one["text"] for one in element["inlines"])
    elif kind == "TextBlock":
        yield element["text"]
    elif kind == "ColumnSet":
        columns = [
            " ".join(line for item in column["items"] for line in _card(item))
            for column in element["columns"]
        ]
        yield ": ".join(filter(None, columns))
    elif kind == "ActionSet":
        yield from _actions(element)
    else:
        for item in element.get("items", []):
            yield from _card(item)


def _actions(of: dict[str, Any]) -> list[str]:
    titles = [f"[{one['title']}]" for one in of.get("actions", [])]
    return [" ".join(titles)] if titles else []
