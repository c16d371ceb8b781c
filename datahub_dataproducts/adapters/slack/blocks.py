"""A message as Block Kit, within Slack's limits whatever it says. Pure.

Made of the models of Slack's own SDK, which refuse what breaks a rule that they know. What they do
not know is kept here: 50 blocks, and a total above which Slack answers `msg_blocks_too_long`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    ContextBlock,
    DividerBlock,
    HeaderBlock,
    MarkdownTextObject,
    PlainTextObject,
    SectionBlock,
)
from slack_sdk.models.blocks import Block as SlackBlock

from datahub_dataproducts.adapters.slack.texts import (
    bold,
    code,
    lines_within,
    link,
    literal,
    mrkdwn,
)
from datahub_dataproducts.domain.message_words import (
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
)
from datahub_dataproducts.domain.shown_text import length, one_line, plain_address

Called = Mapping[str, str]
"""From the URN of a user to the id by which Slack knows them."""

MOST_BLOCKS = 50
MOST_FALLBACK = 3_000
_MOST_IN_ALL = 12_000
_MOST_IN_HEADER = 150
_MOST_IN_SECTION = 3_000
_MOST_IN_LIST = 2_400
_MOST_IN_FIELD = 600
_MOST_IN_LABEL = 100
_MOST_ON_BUTTON = 75
_MOST_IN_LINE = 400
_FIELDS = 10
_BUTTONS = 25
_LONGEST_ADDRESS = 3_000
_LISTED = 20
_PROVED = 10

_NOBODY: Called = {}
_LEFT_OUT = "The rest is too long for Slack"


def fallback(message: Message) -> str:
    """The line for notifications, and for who cannot see blocks."""
    return mrkdwn(signed(message.subject, message.tone), MOST_FALLBACK)


def spoken(text: str) -> str:
    """Text alone, for where Slack takes no blocks."""
    return mrkdwn(text, MOST_FALLBACK)


def block_kit(blocks: Sequence[Block], called: Called = _NOBODY) -> list[dict[str, object]]:
    """The blocks as Slack takes them.

    Args:
        blocks: of a message, or its details.
        called: users that are mentioned where a fact names them.
    """
    return _fitting(made for block in blocks for made in _made(block, called))


def with_details(message: Message) -> list[dict[str, object]]:
    """The blocks of a message and below them its details, where there is no thread to put them."""
    below = [DividerBlock(), *(made for one in message.details for made in _made(one, _NOBODY))]
    above = [made for one in message.blocks for made in _made(one, _NOBODY)]
    return _fitting([*above, *below] if message.details else above)


def note(text: str) -> dict[str, object]:
    """A line in small letters."""
    return _context(mrkdwn(text, _MOST_IN_LINE)).to_dict()


def _fitting(blocks: Iterable[SlackBlock]) -> list[dict[str, object]]:
    """As many as Slack takes in one message; the last says so where it is not all."""
    kept: list[dict[str, object]] = []
    used = 0
    for block in blocks:
        made = block.to_dict()
        used += _weight(made)
        if len(kept) == MOST_BLOCKS - 1 or used > _MOST_IN_ALL:
            return [*kept, note(_LEFT_OUT)]
        kept.append(made)
    return kept


def _weight(of: object) -> int:
    """How much text there is in a block."""
    if isinstance(of, str):
        return length(of)
    if isinstance(of, Mapping):
        return sum(_weight(one) for one in of.values())
    return sum(map(_weight, of)) if isinstance(of, list) else 0


def _made(block: Block, called: Called) -> Iterable[SlackBlock]:
    if isinstance(block, Headline):
        return _headline(block)
    if isinstance(block, Facts):
        return _facts(block, called)
    if isinstance(block, Links):
        return _buttons(block)
    if isinstance(block, Breaches):
        return _breaches(block, called)
    return _sections([_section(block)])


def _section(block: Paragraph | Items | Meter) -> str:
    if isinstance(block, Paragraph):
        return mrkdwn(block.text, _MOST_IN_SECTION)
    return _list(block) if isinstance(block, Items) else _meter(block)


def _sections(texts: Iterable[str]) -> Iterator[SlackBlock]:
    """Slack refuses a section without text, so there is none."""
    return (SectionBlock(text=_text(text)) for text in texts if text)


def _headline(block: Headline) -> Iterator[SlackBlock]:
    whole = one_line(signed(block.text, block.tone))
    if not whole:
        return
    header = literal(whole, _MOST_IN_HEADER)
    yield HeaderBlock(text=PlainTextObject(text=header, emoji=False))
    if header != literal(whole, _MOST_IN_SECTION):
        yield SectionBlock(text=_text(mrkdwn(whole, _MOST_IN_SECTION)))


def _facts(block: Facts, called: Called) -> Iterator[SlackBlock]:
    fields = [_text(field) for fact in block.facts if (field := _field(fact, called))]
    for first in range(0, len(fields), _FIELDS):
        yield SectionBlock(fields=fields[first : first + _FIELDS])


def _field(fact: Fact, called: Called) -> str:
    return "\n".join(filter(None, (bold(fact.label, _MOST_IN_LABEL), _value(fact, called))))


def _value(fact: Fact, called: Called) -> str:
    mentions = [f"<@{called[one]}>" for one in fact.people if one in called]
    said = _name(fact) if fact.is_code else link(fact.value, fact.target, _MOST_IN_FIELD)
    return " ".join((said, *mentions[:_FIELDS]))


def _name(fact: Fact) -> str:
    """The link beside it: within code there is none."""
    name = code(fact.value, _MOST_IN_FIELD)
    page = link("open", fact.target, _MOST_IN_FIELD)
    return f"{name} ({page})" if page.startswith("<") else name


def _list(block: Items) -> str:
    title = bold(block.title, _MOST_IN_LABEL)
    lines = (_item(one, block.title) for one in block.items[:_LISTED])
    listed, unshown = lines_within(lines, _MOST_IN_LIST)
    more = say_more(block.more + len(block.items[_LISTED:]) + unshown)
    return "\n".join(filter(None, (title, listed, more)))


def _item(item: Item, title: str) -> str:
    word = missing_word(f"{title} {item.text} {item.note}", item.tone)
    said = ", ".join(filter(None, (word, item.note)))
    name = link(item.text, item.target, _MOST_IN_LINE)
    after = f": {mrkdwn(said, _MOST_IN_LINE)}" if said else ""
    return f"• {SIGNS[item.tone]} {name}{after}".replace("•  ", "• ")


def _meter(block: Meter) -> str:
    return f"{bold(block.label, _MOST_IN_LABEL)}\n{say_meter(block)}".strip()


def _buttons(block: Links) -> Iterator[SlackBlock]:
    buttons = [
        ButtonElement(
            text=PlainTextObject(text=label, emoji=False),
            url=url,
            action_id=f"link_{number}",
        )
        for number, one in enumerate(block.links)
        if (url := plain_address(one.target)) and len(url) <= _LONGEST_ADDRESS
        if (label := literal(one.label, _MOST_ON_BUTTON))
    ]
    if buttons:
        yield ActionsBlock(elements=buttons[:_BUTTONS])


def _breaches(block: Breaches, called: Called) -> Iterator[SlackBlock]:
    yield from _sections(_breach(one, called) for one in block.breaches[:_PROVED])
    if more := say_more(block.more + len(block.breaches[_PROVED:])):
        yield _context(more)


def _breach(breach: Breach, called: Called) -> str:
    title = link(breach.title, breach.target, _MOST_IN_LINE)
    facts = (
        f"{bold(fact.label, _MOST_IN_LABEL)} {_value(fact, called)}".strip()
        for fact in breach.facts
    )
    proof, unshown = lines_within((title, *facts), _MOST_IN_SECTION - _MOST_IN_LABEL)
    return "\n".join(filter(None, (proof, say_more(unshown))))


def _text(text: str) -> MarkdownTextObject:
    """As written: nothing in it is made a link or a mention that is not one."""
    return MarkdownTextObject(text=text, verbatim=True)


def _context(text: str) -> ContextBlock:
    return ContextBlock(elements=[_text(text)])
