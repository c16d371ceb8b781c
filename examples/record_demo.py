"""Runs the demo and puts what it showed into the documents that quote it.

They are `examples/analytics/demo.txt` (all it printed), `docs/status.svg` (a picture of Tuesday
noon) and the marked parts of `README.md`. Tests say when one of them is no longer true; then
`.venv/bin/python examples/record_demo.py` makes all of them anew.
"""

import io
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
PRINTED = ROOT / "examples" / "analytics" / "demo.txt"
PICTURE = ROOT / "docs" / "status.svg"
README = ROOT / "README.md"
TOOLS = Path(sys.executable).parent
STATUS = "datahub-dataproducts status --at 2026-03-03T12:00 --timezone Europe/Amsterdam"
PRODUCT = "urn:li:dataProduct:revenue"

# What differs from one machine or run to the next: how long, how large, how many, and where.
_CHANGING = (
    (re.compile(r"\d+ events in [\d.]+ seconds"), "N events in N seconds"),
    (re.compile(r"\d+ kB"), "N kB"),
    (re.compile(r"Done in \d+ s; everything is in \S+"), "Done in N s; everything is in .demo/"),
    (re.compile(r"HOME=\S+"), "HOME=$PWD/.demo"),
)
_PART = re.compile(r"(<!-- (demo|catalog|file): (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)
_CLIPPED_LINE = re.compile(r' clip-path="url\(#status-line-[0-9]+\)"')
# rich's own format fetches its font from the network, and clips underscores away.
_FORMAT = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
{styles}
.{unique_id}-matrix {{ font-family: monospace; font-size: {char_height}px; \
line-height: {line_height}px; }}
.{unique_id}-title {{ font-size: 18px; font-family: monospace; }}
</style>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def main() -> None:
    """Run the demo in a folder of its own, and write the documents."""
    with tempfile.TemporaryDirectory() as folder:
        demo = Path(folder) / "demo"
        printed = lasting(run_demo(demo))
        PRINTED.write_text(printed, encoding="utf-8")
        PICTURE.write_text(picture(status_of(demo)), encoding="utf-8")
        readme = README.read_text(encoding="utf-8")
        README.write_text(filled(readme, printed, shown_in_catalog(demo)), encoding="utf-8")


def run_demo(folder: Path) -> str:
    """What the demo prints when it works in a folder."""
    done = subprocess.run(
        [sys.executable, ROOT / "examples" / "demo.py"],
        env={**os.environ, "DEMO_DIR": str(folder)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout


def lasting(printed: str) -> str:
    """What it printed without what changes from run to run."""
    for changing, instead in _CHANGING:
        printed = changing.sub(instead, printed)
    return "\n".join(line.rstrip() for line in printed.strip().splitlines()) + "\n"


def day_of(printed: str, day: str) -> str:
    """The part of a weekday, its heading included."""
    parts = re.split(r"^(?=== )", printed, flags=re.MULTILINE)
    return next(part for part in parts if part.startswith(f"== {day}")).strip()


def shown_in_catalog(folder: Path) -> str:
    """The health that the demo's catalog shows, as JSON."""
    done = subprocess.run(
        [TOOLS / "datahub", "lite", "get", "--urn", PRODUCT],
        env={**os.environ, "HOME": str(folder), "DATAHUB_TELEMETRY_ENABLED": "false"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    shown = json.loads(done.stdout)["structuredProperties"]["properties"]
    lines = ",\n".join(f"  {json.dumps(entry)}" for entry in shown)
    return f'"structuredProperties": {{"properties": [\n{lines}\n]}}'


def status_of(folder: Path) -> str:
    """The table of Tuesday noon, with the colours of a terminal."""
    command, *arguments = STATUS.split()
    done = subprocess.run(
        [TOOLS / command, *arguments, "--store", f"sqlite:///{folder / 'health.db'}"],
        env={**os.environ, "FORCE_COLOR": "1", "TERM": "xterm-256color"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return "\n".join(line for line in done.stdout.splitlines() if not line.startswith("- "))


def picture(printed: str) -> str:
    """The SVG of what was printed in colours; the same text gives the same picture."""
    text = Text.from_ansi(printed)
    widest = max(len(line.rstrip()) for line in text.plain.splitlines())
    console = Console(record=True, width=widest, file=io.StringIO())
    console.print(text, overflow="crop", no_wrap=True)
    drawn = console.export_svg(title=STATUS, code_format=_FORMAT, unique_id="status")
    unclipped = _CLIPPED_LINE.sub("", drawn)
    return "\n".join(line.rstrip() for line in unclipped.splitlines()) + "\n"


def filled(readme: str, printed: str, catalog: str) -> str:
    """The README with its marked parts replaced."""

    def part(match: re.Match[str]) -> str:
        begin, kind, name, end = match.groups()
        if kind == "demo":
            return f"{begin}```text\n{day_of(printed, name)}\n```\n{end}"
        if kind == "catalog":
            return f"{begin}```text\n{catalog}\n```\n{end}"
        text = (ROOT / name).read_text(encoding="utf-8").strip()
        return f"{begin}```yaml\n{text}\n```\n{end}"

    return _PART.sub(part, readme)


if __name__ == "__main__":
    main()
