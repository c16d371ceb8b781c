"""`problem`: what a code means, with an example, as compilers explain their errors."""

from textwrap import fill, indent

import click

from datahub_dataproducts.adapters.product_files.guide import (
    EXAMPLE_FILE,
    THEMES,
    Example,
    GuideEntry,
    guide_codes,
    guide_entry,
    read_guide,
)
from datahub_dataproducts.domain.problems import did_you_mean

_WIDTH = 80
_INDENT = "    "


@click.command("problem")
@click.argument("code", required=False)
def problem_command(code: str | None) -> None:
    """Explain a problem by its CODE: what is wrong, why it matters, an example and its remedy.

    The code is what `validate` prints in brackets, as in error[unknown-input]. Without a code, all
    are listed. Exit code 0, or 2 where there is no such code.
    """
    if code is None:
        click.echo(_listed(read_guide()))
        return
    entry = guide_entry(code)
    if entry is None:
        hint = did_you_mean(code, guide_codes()) or "leave it out for a list of all"
        raise click.BadParameter(f"there is no problem {code}: {hint}", param_hint="CODE")
    click.echo(_explained(entry))


def _listed(entries: tuple[GuideEntry, ...]) -> str:
    longest = max(len(entry.code) for entry in entries)
    parts = []
    for theme, title in THEMES.items():
        lines = [
            f"  {entry.code:<{longest}}  {entry.title}" for entry in entries if entry.theme == theme
        ]
        if lines:
            parts.append("\n".join([title, *lines]))
    return "\n\n".join(parts)


def _explained(entry: GuideEntry) -> str:
    return "\n\n".join([
        f"{entry.code} ({entry.severity}): {entry.title}",
        fill(entry.meaning, _WIDTH, break_long_words=False, break_on_hyphens=False),
        f"Wrong:\n\n{_shown(entry.bad)}",
        f"Right:\n\n{_shown(entry.good)}",
    ])


def _shown(example: Example) -> str:
    parts = [
        (f"{path}:\n\n" if path != EXAMPLE_FILE else "") + indent(text.rstrip(), _INDENT)
        for path, text in example.files
    ]
    if example.commands:
        parts.append(indent(example.commands.rstrip(), f"{_INDENT}$ "))
    return "\n\n".join(parts)
