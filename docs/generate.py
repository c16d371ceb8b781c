"""Makes the pages that are made: `make docs`, or `python -m docs.generate`.

docs/product-file.schema.json   the JSON Schema of product files
docs/policy-file.schema.json    the same of the policy file
docs/corrections-file.schema.json   the same of the file of corrections
docs/yaml-reference.md          from docs/templates/yaml-reference.md, the schema and the guide
docs/problems.md                from the guide, whose examples are run for what is printed
"""

import json
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from datahub_dataproducts.adapters.product_files.guide import (
    EXAMPLE_FILE,
    THEMES,
    Example,
    GuideEntry,
    read_guide,
)
from datahub_dataproducts.adapters.product_files.schema import (
    annotated_corrections_schema,
    annotated_schema,
    corrections_file_schema,
    policy_file_schema,
    product_file_schema,
)
from docs.tried import ROOT, printed, problems_of

DOCS = ROOT / "docs"
MADE = "<!-- Made by `make docs`; do not edit. -->"
_SLOT = re.compile(r"^\{\{(\w+)\}\}$", re.MULTILINE)
# Of what one example prints; more say nothing new.
_MOST_SHOWN = 3

_PROBLEMS = """\
# Problems

Everything that `datahub-dataproducts validate` and an ingest may tell, by its code: what it means, an example, what is
printed for it, and the same mended. On the command line, `datahub-dataproducts problem CODE` says the same.

The examples are the only product file of the dbt project in [examples/analytics](../examples/analytics), unless a file
is named. `error or warning` depends on what else is there, as told.
"""


def product_schema() -> str:
    """The published schema of product files."""
    return json.dumps(product_file_schema(), indent=2, ensure_ascii=False) + "\n"


def policy_schema() -> str:
    """The published schema of the policy file."""
    return json.dumps(policy_file_schema(), indent=2, ensure_ascii=False) + "\n"


def corrections_schema() -> str:
    """The published schema of the file of corrections."""
    return json.dumps(corrections_file_schema(), indent=2, ensure_ascii=False) + "\n"


def reference_page() -> str:
    """The reference of product files."""
    template = (DOCS / "templates/yaml-reference.md").read_text(encoding="utf-8")
    corrections = annotated_corrections_schema()
    definitions = {
        **annotated_schema()["definitions"],
        **corrections["definitions"],
        "corrections": corrections,
    }
    entries = read_guide()

    def filled(match: re.Match[str]) -> str:
        name = match[1]
        return _codes(entries) if name == "problems" else _table(definitions[name])

    return f"{MADE}\n{_SLOT.sub(filled, template)}"


def problems_page() -> str:
    """The page of all codes."""
    entries = read_guide()
    parts = [f"{MADE}\n{_PROBLEMS}"]
    for theme, title in THEMES.items():
        chosen = [entry for entry in entries if entry.theme == theme]
        if chosen:
            parts += [f"## {title}\n", *(_explained(entry) for entry in chosen)]
    return "\n".join(parts)


PAGES: Mapping[str, Callable[[], str]] = {
    "docs/product-file.schema.json": product_schema,
    "docs/policy-file.schema.json": policy_schema,
    "docs/corrections-file.schema.json": corrections_schema,
    "docs/yaml-reference.md": reference_page,
    "docs/problems.md": problems_page,
}
"""What is made, by its path."""


def _table(definition: dict[str, Any]) -> str:
    lines = ["| key | value | default | meaning |", "| --- | --- | --- | --- |"]
    written = next(one for one in (definition, *definition.get("anyOf", ())) if "properties" in one)
    for key, value in written["properties"].items():
        cells = (
            f"`{key}`",
            value["x-value"],
            _default(key, value, written.get("required", ())),
            " ".join(value["description"].split()),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _default(key: str, value: dict[str, Any], required: tuple[str, ...]) -> str:
    if "x-default" in value:
        return str(value["x-default"])
    if "default" in value:
        default = value["default"]
        return f"`{default if isinstance(default, str) else json.dumps(default)}`"
    return "required" if key in required else "none"


def _codes(entries: tuple[GuideEntry, ...]) -> str:
    parts = []
    for theme, title in THEMES.items():
        lines = [
            f"| [`{entry.code}`](problems.md#{entry.code}) | {entry.severity} | {entry.title} |"
            for entry in entries
            if entry.theme == theme
        ]
        if lines:
            head = ["| code | severity | what |", "| --- | --- | --- |"]
            parts.append("\n".join([f"### {title}", "", *head, *lines]))
    return "\n\n".join(parts)


def _explained(entry: GuideEntry) -> str:
    with tempfile.TemporaryDirectory() as folder:
        problems = problems_of(entry.bad, Path(folder))
        told = tuple(problem for problem in problems if problem.code == entry.code)
        message = printed(told[:_MOST_SHOWN], Path(folder))
    parts = [
        f"### {entry.code}\n",
        f"*{entry.severity}* &nbsp; **{entry.title}**\n",
        f"{entry.meaning}\n",
        *_shown(entry.bad),
    ]
    if entry.untried:
        parts.append(f"What is printed is not shown here: {entry.untried}.\n")
    if message:
        parts += ["Printed:\n", _fenced("text", message)]
    if entry.good != entry.bad:
        parts += ["Mended:\n", *_shown(entry.good)]
    return "\n".join(parts)


def _shown(example: Example) -> Iterator[str]:
    for path, text in example.files:
        if path != EXAMPLE_FILE or len(example.files) > 1:
            yield f"`{path}`\n"
        yield _fenced("json" if path.endswith(".json") else "yml", text)
    if example.commands:
        yield _fenced("bash", example.commands)


def _fenced(language: str, text: str) -> str:
    return f"```{language}\n{text.rstrip()}\n```\n"


def main() -> None:
    """Write every page that is made."""
    for path, make in PAGES.items():
        (ROOT / path).write_text(make(), encoding="utf-8")
        print(f"made {path}")


if __name__ == "__main__":
    main()
