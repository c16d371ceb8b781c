"""Messages: what people are shown, composed once, free of any channel's format. Pure values.

A message is a few blocks in the order they are read. A format turns each into what its channel can
show; one that cannot show a kind of block says the same in words. `details` are for those who mend:
a format puts them into the thread, below, or leaves them out for business readers.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from fractions import Fraction
from typing import TypeVar


class Tone(Enum):
    """How a thing stands; formats show it as a colour or a sign, never as the only clue."""

    BAD = "bad"
    RISK = "risk"
    BLIND = "blind"
    GOOD = "good"
    PLAIN = "plain"


@dataclass(frozen=True, kw_only=True, slots=True)
class Headline:
    """What happened, in one line without a full stop."""

    text: str
    tone: Tone


@dataclass(frozen=True, kw_only=True, slots=True)
class Paragraph:
    """Sentences in plain words."""

    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """A label and what is to be said under it, in a few words; see `Message` for `target`.

    Attributes:
        label: what it is a fact of.
        value: the fact.
        target: where to read more.
        people: URNs of the users that the value names, for channels that can call them.
        is_code: the value is a name that programs know it by, to be copied to the letter.
    """

    label: str
    value: str
    target: str = ""
    people: tuple[str, ...] = ()
    is_code: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """Short facts side by side: since when, who answers."""

    facts: tuple[Fact, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One of a list: its name, and what is said of it.

    Attributes:
        text: its name.
        note: half a sentence, empty: nothing more is said.
        tone: how it stands.
        target: see `Message`.
    """

    text: str
    note: str = ""
    tone: Tone = Tone.PLAIN
    target: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Items:
    """A list under a title.

    Attributes:
        title: what they have in common, without a colon.
        items: those that are named, the most important first.
        more: how many there are besides.
    """

    title: str
    items: tuple[Item, ...]
    more: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Meter:
    """A share as a picture: what is left of an error budget, uptime by day.

    Attributes:
        label: what it is a share of.
        share: None where nothing was measured; below 0 where more than all is spent.
        days: the same day by day, oldest first, for a line of small bars; may be empty.
    """

    label: str
    share: Fraction | None
    days: tuple[Fraction | None, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A place to go to; see `Message` for `target`."""

    label: str
    target: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Links:
    """Places to go to, as buttons where there are such."""

    links: tuple[Link, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Breach:
    """A promise that is broken or not known to be kept, with what shows it.

    Attributes:
        title: the promise in words.
        facts: asset, assertion, result, run, since; the upstream path.
        target: of the assertion; see `Message`.
    """

    title: str
    facts: tuple[Fact, ...]
    target: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Breaches:
    """What is wrong, for those who mend it.

    Attributes:
        breaches: those that are told, the main one first.
        more: how many there are besides.
    """

    breaches: tuple[Breach, ...]
    more: int = 0


Block = Headline | Paragraph | Facts | Items | Meter | Links | Breaches

_Target = TypeVar("_Target", Fact, Item, Link, Breach)

Pages = Callable[[str], str | None]
"""From an entity's URN to the address of its page, None: there is none to be given.

An assertion is shown on the page of what it asserts: its URN is followed by a space and the other's.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """What people are shown.

    A `target` in its blocks is an address (`https://...`), the URN of an entity in the catalog (see
    `Pages`), or empty; `linked` turns URNs into addresses.

    Attributes:
        subject: the whole in one line, for notifications and the subject of a mail.
        tone: how things stand.
        blocks: for everybody.
        details: for those who mend.
    """

    subject: str
    tone: Tone
    blocks: tuple[Block, ...]
    details: tuple[Block, ...] = ()


def linked(message: Message, pages: Pages) -> Message:
    """The message with addresses for targets; what has no page has no target, or is no link."""

    def to_page(target: str) -> str:
        if target.startswith("urn:"):
            return pages(target) or ""
        # Anything else that was put there is no place a reader should be sent to.
        return target if target.startswith(("http://", "https://")) else ""

    def there(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
        made = (_linked(block, to_page) for block in blocks)
        return tuple(one for one in made if one != Links(links=()))

    return replace(message, blocks=there(message.blocks), details=there(message.details))


def _linked(block: Block, to_page: Callable[[str], str]) -> Block:
    if isinstance(block, Facts):
        return Facts(facts=_all_linked(block.facts, to_page))
    if isinstance(block, Items):
        return replace(block, items=_all_linked(block.items, to_page))
    if isinstance(block, Links):
        return Links(links=tuple(one for one in _all_linked(block.links, to_page) if one.target))
    if isinstance(block, Breaches):
        breaches = (
            replace(one, facts=_all_linked(one.facts, to_page))
            for one in _all_linked(block.breaches, to_page)
        )
        return replace(block, breaches=tuple(breaches))
    return block


def _all_linked(of: tuple[_Target, ...], to_page: Callable[[str], str]) -> tuple[_Target, ...]:
    return tuple(replace(one, target=to_page(one.target)) for one in of)


def plain(text: str, tone: Tone) -> Message:
    """A message that is nothing but its text."""
    first = text.partition(". ")[0].removesuffix(".")
    return Message(subject=first, tone=tone, blocks=(Paragraph(text=text),))
