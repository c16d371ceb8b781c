"""A message as Markdown, for a file, a wiki or a comment. Pure."""

from collections.abc import Iterator, Sequence

from datahub_dataproducts.adapters.console.markdown_words import (
    escaped,
    escaped_end,
    escaped_line,
    linked,
)
from datahub_dataproducts.domain.message_words import (
    SIGNS,
    day_bars,
    say_more,
    say_share,
    share_bar,
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
    Link,
    Links,
    Message,
    Meter,
    Paragraph,
)
from datahub_dataproducts.domain.shown_text import one_line


def message_as_markdown(message: Message, *, is_technical: bool) -> str:
    """The whole; the details folded below for those who mend. Ends with a line break."""
    parts = list(_parts(message.blocks))
    if is_technical and message.details:
        parts += ["<details><summary>Details</summary>", *_parts(message.details), "</details>"]
    return "\n\n".join(parts) + "\n"


def _parts(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        said = "\n".join(_lines(block))
        if said:
            yield said


def _lines(block: Block) -> Iterator[str]:
    if isinstance(block, Headline):
        yield f"## {escaped_end(signed(one_line(block.text), block.tone))}"
    elif isinstance(block, Paragraph):
        yield escaped_line(one_line(block.text))
    elif isinstance(block, Facts):
        yield from map(_fact, block.facts)
    elif isinstance(block, Items):
        yield f"{_bold(block.title)}\n"
        yield from map(_item, block.items)
        yield from _more(block.more)
    elif isinstance(block, Meter):
        yield _meter(block)
    elif isinstance(block, Links):
        yield " · ".join(map(_link, block.links))
    else:
        yield from _breaches(block)


def _fact(fact: Fact) -> str:
    return f"- {_bold(fact.label)}: {linked(one_line(fact.value), fact.target)}"


def _item(item: Item) -> str:
    note = f": {escaped(one_line(item.note))}" if item.note else ""
    text = one_line(item.text)
    if SIGNS[item.tone]:
        return f"- {SIGNS[item.tone]} {linked(text, item.target)}{note}"
    # Nothing before the text: what begins a line would count.
    return f"- {linked(text, item.target) if item.target else escaped_line(text)}{note}"


def _link(link: Link) -> str:
    return linked(one_line(link.label), link.target)


def _meter(meter: Meter) -> str:
    bars = [bar for bar in (share_bar(meter.share), day_bars(meter.days)) if bar]
    pictures = "".join(f" `{bar}`" for bar in bars)
    return f"{_bold(meter.label)}: {say_share(meter.share)}{pictures}"


def _breaches(block: Breaches) -> Iterator[str]:
    for breach in block.breaches:
        yield from _breach(breach)
    yield from _more(block.more)


def _breach(breach: Breach) -> Iterator[str]:
    yield f"- **{linked(one_line(breach.title), breach.target) or '&#32;'}**"
    yield from (f"  {_fact(one)}" for one in breach.facts)


def _more(count: int) -> Iterator[str]:
    if count:
        yield f"- {say_more(count)}"


def _bold(text: str) -> str:
    """In bold; a blank where there is nothing, for four stars would be a rule."""
    return f"**{escaped(one_line(text)) or '&#32;'}**"
