"""A message for a terminal: colours, bars and columns, by rich. Pure."""

from collections.abc import Iterator, Sequence
from io import StringIO

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from datahub_dataproducts.domain.message_words import (
    day_bars,
    say_more,
    say_share,
    share_bar,
    worded,
)
from datahub_dataproducts.domain.messages import (
    Block,
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
    Tone,
)
from datahub_dataproducts.domain.plain_text import DETAILS
from datahub_dataproducts.domain.shown_text import one_line

_STYLES = {
    Tone.BAD: "red",
    Tone.RISK: "yellow",
    Tone.BLIND: "bright_black",
    Tone.GOOD: "green",
    Tone.PLAIN: "",
}
_DOT = "■"
_INDENT = (0, 0, 0, 4)


def message_on_terminal(message: Message, *, is_technical: bool) -> RenderableType:
    """What rich prints; nothing in a text is read as its markup. Words say what colours show."""
    parts = list(_parts(message.blocks))
    if is_technical and message.details:
        parts += [Text(DETAILS, style="dim"), Text(), *_parts(message.details)]
    return Group(*parts)


def message_as_text(message: Message, *, is_technical: bool, width: int) -> str:
    """The same without colours, in lines of at most `width` characters."""
    stream = StringIO()
    console = Console(file=stream, width=width, color_system=None, legacy_windows=False)
    console.print(message_on_terminal(message, is_technical=is_technical))
    lines = (line.rstrip() for line in stream.getvalue().splitlines())
    return "\n".join(lines).strip("\n") + "\n"


def _parts(blocks: Sequence[Block]) -> Iterator[RenderableType]:
    for block in blocks:
        yield from _shown(block)
        yield Text()


def _shown(block: Block) -> Iterator[RenderableType]:
    if isinstance(block, Headline):
        text = worded(one_line(block.text), block.tone)
        yield Text(text, style=f"bold {_STYLES[block.tone]}".strip())
    elif isinstance(block, Paragraph):
        yield Text(one_line(block.text))
    elif isinstance(block, Facts):
        yield _table(block.facts)
    elif isinstance(block, Items):
        yield Text(one_line(block.title), style="bold")
        yield from map(_item, block.items)
        yield from _more(block.more)
    elif isinstance(block, Meter):
        yield _meter(block)
    elif isinstance(block, Links):
        yield _table(tuple(Fact(label=one.label, value=one.target) for one in block.links))
    else:
        yield from _breaches(block)


def _table(facts: tuple[Fact, ...]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", overflow="fold")
    table.add_column(overflow="fold")
    for fact in facts:
        table.add_row(Text(one_line(fact.label)), _linked(fact.value, fact.target))
    return table


def _item(item: Item) -> Text:
    note = f": {one_line(item.note)}" if item.note else ""
    dot = Text(f"{_DOT} ", style=_STYLES[item.tone])
    return dot.append_text(_linked(item.text, item.target)).append(note, style="dim")


def _linked(text: str, target: str) -> Text:
    """A text that a terminal which can opens in the browser."""
    safe = target if target.isprintable() and ";" not in target else ""
    return Text(one_line(text), style=f"link {safe}" if safe and " " not in safe else "")


def _meter(meter: Meter) -> Text:
    shown = Text(f"{one_line(meter.label)}: {say_share(meter.share)}")
    for bar in (share_bar(meter.share), day_bars(meter.days)):
        if bar:
            shown.append(f" {bar}", style="bold")
    return shown


def _breaches(block: Breaches) -> Iterator[RenderableType]:
    for breach in block.breaches:
        yield _linked(breach.title, breach.target)
        yield Padding(_table(breach.facts), _INDENT)
    yield from _more(block.more)


def _more(count: int) -> Iterator[Text]:
    if count:
        yield Text(say_more(count), style="dim")
