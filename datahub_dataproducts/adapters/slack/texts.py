"""Any text as Slack's `mrkdwn`: shown as it is, calling nobody and leading nowhere. Pure.

Lengths are those of `domain.shown_text`.
"""

import re
from collections.abc import Iterable

from datahub_dataproducts.domain.shown_text import cut, length, one_line, plain_address

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_FORMATS = frozenset("*_~`")
_CALLS = re.compile(r"@(?=(?:channel|here|everyone)\b)", re.IGNORECASE)
_APART = "\u200b"
_JOINED = "\u2060"
_LONGEST_ADDRESS = 2_000


def literal(text: str, most: int) -> str:
    """For a `plain_text`, where Slack formats nothing and reads no entities: one line."""
    safe = _CALLS.sub(f"@{_JOINED}", one_line(text))
    return cut((f"<{_JOINED}" if char == "<" else char for char in safe), most)


def mrkdwn(text: str, most: int) -> str:
    """For a `mrkdwn`: one line of at most `most` units, with nothing in it that Slack would obey."""
    safe = _CALLS.sub(f"@{_JOINED}", one_line(text))
    return cut(_pieces(safe), most)


def bold(text: str, most: int) -> str:
    """The same in bold."""
    inner = mrkdwn(text, most - 2)
    return f"*{inner}*" if inner else ""


def code(text: str, most: int) -> str:
    """A name as code, in which Slack formats nothing, so that it is copied to the letter.

    One with a backtick, which would end it, or a call is shown as any text.
    """
    name = one_line(text)
    if not name or "`" in name or _CALLS.search(name):
        return mrkdwn(text, most)
    return f"`{cut((_ENTITIES.get(char, char) for char in name), most - 2)}`"


def link(text: str, address: str, most: int) -> str:
    """The text as a link; without one where there is no address, or none that Slack would take."""
    if not address:
        return mrkdwn(text, most)
    safe = plain_address(address).replace("&", _ENTITIES["&"])
    left = most - length(safe) - 3
    # A label of a few characters helps nobody.
    if length(safe) > _LONGEST_ADDRESS or left < min(length(text), 20):
        return mrkdwn(text, most)
    return f"<{safe}|{mrkdwn(text.replace('|', '¦'), left)}>"


def lines_within(lines: Iterable[str], most: int) -> tuple[str, int]:
    """As many whole lines as fit, in one text, and how many do not."""
    kept: list[str] = []
    used, left_out = 0, 0
    for line in lines:
        used += length(line) + 1
        if left_out or used > most + 1:
            left_out += 1
        else:
            kept.append(line)
    return "\n".join(kept), left_out


def _pieces(text: str) -> Iterable[str]:
    """What is not to be cut in two, each as Slack is to get it."""
    for index, char in enumerate(text):
        if char in _ENTITIES:
            yield _ENTITIES[char]
        elif char in _FORMATS and not _is_within_a_word(text, index):
            # It formats only where it touches what it formats.
            yield f"{_APART}{char}{_APART}"
        else:
            yield char


def _is_within_a_word(text: str, index: int) -> bool:
    around = text[max(index - 1, 0) : index] + text[index + 1 : index + 2]
    return len(around) == 2 and around.isalnum() and text[index] == "_"  # noqa: PLR2004
