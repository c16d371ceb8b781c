"""Text within Markdown that stays what it is: it formats nothing, calls nobody and leads nowhere."""

import re
from urllib.parse import quote

# Whatever markdown or HTML would read; an entity is never read as either. An underscore within a
# word means nothing.
_SPECIAL = re.compile(r"[\\`*{}\[\]<&|~$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
# What makes a line a heading, a quotation, a rule, an item or the underline of a title.
_BEGINNING = re.compile(r"^(?:[#>+=:-]|\d{1,9}(?=[.)]))")
# Mentions and references, which would call people or link other pull requests.
_REFERENCE = re.compile(r"(?<![\w&])([@#])(?=\w)")
_ADDRESS = re.compile(r"https?://[\w./%?=#:+,-]+")
_NOT_IN_ADDRESS = frozenset(" <>\\|`\"'")
_NO_REFERENCE = "<!-- -->"


def escaped(text: str) -> str:
    """One line of text that shows as it is, in a table and in HTML too; addresses stay links."""
    return " ".join(map(_word, text.split(" ")))


def escaped_line(text: str) -> str:
    """The same, to stand where a line begins."""
    if _BEGINNING.match(text) is None:
        return escaped(text)
    first, *rest = text.split(" ")
    return " ".join([_entity(first[0]) + _word(first[1:]), *map(_word, rest)])


def escaped_end(text: str) -> str:
    """The same, to stand in a heading, which hashes at its end would close."""
    shown = escaped(text)
    return shown[:-1] + _entity("#") if shown.endswith("#") else shown


def linked(text: str, target: str) -> str:
    """The text as a link; alone where there is no address."""
    if not target:
        return escaped(text)
    return f"[{escaped(text) or '&#32;'}](<{''.join(map(_in_address, target))}>)"


def _word(word: str) -> str:
    if _ADDRESS.fullmatch(word):
        return word
    marked = _SPECIAL.sub(lambda found: _entity(found[0]), word)
    return _REFERENCE.sub(rf"\1{_NO_REFERENCE}", marked)


def _in_address(char: str) -> str:
    if char == "&":
        return "&amp;"
    if char.isprintable() and char not in _NOT_IN_ADDRESS:
        return char
    return quote(char, safe="", errors="replace")


def _entity(char: str) -> str:
    return f"&#{ord(char)};"
