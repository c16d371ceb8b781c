"""The project's pages, taken apart: blocks of code, code within lines, tables, links, headings."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    page.relative_to(ROOT).as_posix()
    for page in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("examples/**/*.md"))
    if "artifacts" not in page.parts
)

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block of code."""

    page: str
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(*languages: str) -> list[Block]:
    found = []
    for page in PAGES:
        text = text_of(page)
        for match in _FENCE.finditer(text):
            if match[1] in languages:
                line = text.count("\n", 0, match.start()) + 2
                found.append(Block(page, line, match[1], match[2]))
    return found


def prose(page: str) -> str:
    """The page without its fenced blocks."""
    return _FENCE.sub("", text_of(page))


def code_in(text: str) -> list[str]:
    """What stands between backticks."""
    return _CODE.findall(text)


def links(page: str) -> list[str]:
    return _LINK.findall(prose(page))


def anchors(page: str) -> set[str]:
    """The names under which headings are linked to."""
    titles = _HEADING.findall(prose(page))
    return {re.sub(r"[^\w\- ]", "", t.lower()).replace(" ", "-") for t in titles}


def section(page: str, title: str) -> str:
    """The text below a heading, up to the next heading of any level."""
    pattern = rf"^#+ {re.escape(title)}$\n(.*?)(?=^#+ |\Z)"
    match = re.search(pattern, prose(page), re.MULTILINE | re.DOTALL)
    assert match is not None, f"{page} has no heading {title}"
    return match[1]


def first_cells(text: str) -> list[str]:
    """The first cell of each row of the tables, its backticks taken off; headings left out."""
    rows = [line for line in text.splitlines() if line.startswith("|")]
    cells = [row.split("|")[1].strip() for row in rows]
    return [cell.strip("`") for cell in cells if cell.startswith("`")]
