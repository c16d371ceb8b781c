"""Messages as lines that a test, and whoever reads it, can hold in view."""

from collections.abc import Iterator

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


def as_text(message: Message) -> str:
    """All of it; what is for those who mend comes after a line of dashes."""
    lines = [line for block in message.blocks for line in _lines(block)]
    details = [line for block in message.details for line in _lines(block)]
    return "\n".join([*lines, *(["---", *details] if details else ())])


def _lines(block: Block) -> Iterator[str]:
    if isinstance(block, Headline):
        yield f"# {block.text} [{block.tone.value}]"
    elif isinstance(block, Paragraph):
        yield block.text
    elif isinstance(block, Meter):
        yield f"{block.label}: {block.share}"
    else:
        yield from _listed(block)


def _listed(block: Facts | Items | Links | Breaches) -> Iterator[str]:
    if isinstance(block, Facts):
        yield from map(_fact, block.facts)
        return
    if isinstance(block, Links):
        yield from (f"[{link.label}]{_to(link.target)}" for link in block.links)
        return
    if isinstance(block, Items):
        yield f"{block.title}:"
        yield from map(_item, block.items)
    else:
        yield from (line for breach in block.breaches for line in _breach(breach))
    if block.more:
        yield f"- {block.more} more"


def _item(item: Item) -> str:
    note = f", {item.note}" if item.note else ""
    return f"- {item.text}{note} [{item.tone.value}]{_to(item.target)}"


def _breach(breach: Breach) -> Iterator[str]:
    yield f"* {breach.title}{_to(breach.target)}"
    yield from (f"  {_fact(fact)}" for fact in breach.facts)


def _fact(fact: Fact) -> str:
    return f"{fact.label}: {fact.value}{_to(fact.target)}"


def _to(target: str) -> str:
    return f" -> {target}" if target else ""
