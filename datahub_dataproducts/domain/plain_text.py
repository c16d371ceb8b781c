"""A message as plain text, for whoever shows no more: the other half of a mail, a terminal. Pure."""

from collections.abc import Iterator, Sequence

from datahub_dataproducts.domain.message_words import say_meter, say_more, worded
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
from datahub_dataproducts.domain.shown_text import one_line

DETAILS = "Details"


def text_of(message: Message, *, is_technical: bool) -> str:
    """The whole in paragraphs; the details below for those who mend. Ends with a line break."""
    parts = list(_paragraphs(message.blocks))
    if is_technical and message.details:
        parts += [f"{DETAILS}\n{'-' * len(DETAILS)}", *_paragraphs(message.details)]
    return "\n\n".join(parts) + "\n"


def _paragraphs(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        yield "\n".join(_lines(block))


def _lines(block: Block) -> Iterator[str]:
    if isinstance(block, Headline):
        yield worded(one_line(block.text), block.tone)
    elif isinstance(block, Paragraph):
        yield one_line(block.text)
    elif isinstance(block, Facts):
        yield from map(_fact, block.facts)
    elif isinstance(block, Items):
        yield f"{one_line(block.title)}:"
        yield from map(_item, block.items)
        yield from _more(block.more)
    elif isinstance(block, Meter):
        yield f"{one_line(block.label)}: {say_meter(block)}"
    elif isinstance(block, Links):
        yield from (f"{one_line(one.label)}: {one.target}" for one in block.links)
    else:
        yield from _breaches(block)


def _fact(fact: Fact) -> str:
    return f"{one_line(fact.label)}: {one_line(fact.value)}{_where(fact.target)}"


def _item(item: Item) -> str:
    said = f"{one_line(item.text)}: {one_line(item.note)}" if item.note else one_line(item.text)
    return f"- {said}{_where(item.target)}"


def _breaches(block: Breaches) -> Iterator[str]:
    for breach in block.breaches:
        yield from _breach(breach)
    yield from _more(block.more)


def _breach(breach: Breach) -> Iterator[str]:
    yield f"- {one_line(breach.title)}{_where(breach.target)}"
    yield from (f"    {_fact(one)}" for one in breach.facts)


def _more(count: int) -> Iterator[str]:
    if count:
        yield f"- {say_more(count)}"


def _where(target: str) -> str:
    return f" <{target}>" if target else ""
