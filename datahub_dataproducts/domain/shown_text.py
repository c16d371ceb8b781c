"""Text from anywhere as people are shown it: in one line, nothing hidden in it, not too long. Pure.

Lengths are counted in UTF-16 units, which is never less than however a channel counts characters.
"""

from collections.abc import Iterable

_CUT = "…"
_JOINER = "\u200d"
# Right-to-left overrides and their like, with which a text can pretend to be another.
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def length(text: str) -> int:
    """In UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def one_line(text: str) -> str:
    """The text without what breaks the line, is not shown or turns the direction."""
    kept = (char if _is_shown(char) else " " for char in text if char not in _TURNING)
    return " ".join("".join(kept).split())


def _is_shown(char: str) -> bool:
    # What joins an emoji of several is not printable to Python and belongs to it.
    return char.isprintable() or char == _JOINER


def cut(pieces: Iterable[str], most: int) -> str:
    """The pieces in one text of at most `most` units, those that are too many left out with a sign.

    A text is its characters; an escaped one is given so that nothing is cut within what stands for
    one character.
    """
    kept: list[str] = []
    left = most
    for piece in pieces:
        kept.append(piece)
        left -= length(piece)
        if left < 0:
            break
    else:
        return "".join(kept)
    while kept and left < length(_CUT):
        left += length(kept.pop())
    return "".join(kept).rstrip() + _CUT


def shown(text: str, most: int) -> str:
    """The text in one line of at most `most` units."""
    return cut(one_line(text), most)


def plain_address(url: str) -> str:
    """An address such that everybody takes it for one: what may stand in none is percent-encoded."""
    return "".join(char if _is_of_addresses(char) else _encoded(char) for char in url)


def _is_of_addresses(char: str) -> bool:
    return "!" <= char <= "~" and char not in "<>|\"'`^{}\\"


def _encoded(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "replace"))
