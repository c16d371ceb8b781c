"""The guide: what each code of a problem means, with an example of it and the same mended.

One file for each code, `guide/<code>.yml`. `bad` and `good` are the text of the only product file
of a dbt project (`EXAMPLE_FILE`), or a mapping of file to text, with `shell` for what only commands
can make. A test tries them all in the project of examples/analytics, without its own product files.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import yaml

from datahub_dataproducts.adapters.product_files.marks import LOADER

EXAMPLE_FILE = "data_products/example.yml"
"""The file that the text of an example is, where no other is named."""

THEMES: Mapping[str, str] = {
    "files": "Finding and reading files",
    "yaml": "YAML",
    "form": "Form",
    "meaning": "Meaning, seen in the file alone",
    "project": "Meaning, seen with the other products and with dbt",
    "checks": "What would go wrong later",
    "standards": "Open standards",
    "dbt": "What dbt wrote",
    "corrections": "Corrections of the history",
}
"""In the order of the page, by the word that entries say."""

_SHELL = "shell"
_USUAL_THEME = "checks"
_TRIED = ""
_SEVERITIES = ("error", "warning", "error or warning")
_REQUIRED = ("code", "severity", "title", "meaning", "bad", "good")
_OPTIONAL = ("theme", "untried")


class WrongGuide(Exception):
    """An entry of the guide is not as it should be: a fault of this package."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """What is put into a dbt project.

    Attributes:
        files: pairs of a path below the project's folder and a text.
        commands: those that are run in the project's folder after that; empty: none.
    """

    files: tuple[tuple[str, str], ...]
    commands: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class GuideEntry:
    """What there is to know of one code.

    Attributes:
        code: of the problem.
        severity: `error`, `warning` or `error or warning`.
        title: for a list of codes, without a full stop.
        meaning: what is wrong, why it matters and what to do, in a few sentences.
        bad: gives the problem.
        good: the same, mended: does not.
        theme: one of `THEMES`.
        untried: why the example cannot be tried without more than files; empty: it is tried.
    """

    code: str
    severity: str
    title: str
    meaning: str
    bad: Example
    good: Example
    theme: str
    untried: str


def read_guide() -> tuple[GuideEntry, ...]:
    """All entries, by code.

    Raises:
        WrongGuide: an entry is not as it should be.
    """
    return tuple(_read(code) for code in guide_codes())


def guide_entry(code: str) -> GuideEntry | None:
    """The entry of a code, None where there is no such code.

    Raises:
        WrongGuide: the entry is not as it should be.
    """
    known = code.replace("-", "").isalnum()
    path = files(__package__).joinpath("guide").joinpath(f"{code}.yml")
    return _read(code) if known and path.is_file() else None


def guide_codes() -> tuple[str, ...]:
    """The codes that have an entry, without reading the entries."""
    folder = files(__package__).joinpath("guide")
    names = sorted(path.name for path in folder.iterdir())
    return tuple(name.removesuffix(".yml") for name in names if name.endswith(".yml"))


def parse_entry(code: str, text: str) -> GuideEntry:
    """The entry that a file for a code holds.

    Raises:
        WrongGuide: it is not as it should be.
    """
    try:
        written = yaml.load(text, Loader=LOADER)  # noqa: S506 - a safe loader
    except yaml.YAMLError as error:
        raise WrongGuide(f"{code}: {error}") from None
    return _entry(code, written)


def _read(code: str) -> GuideEntry:
    path = files(__package__).joinpath("guide").joinpath(f"{code}.yml")
    return parse_entry(code, path.read_text(encoding="utf-8"))


def _entry(code: str, written: Any) -> GuideEntry:
    if not isinstance(written, dict):
        raise WrongGuide(f"{code}: an entry is a mapping")
    missing = [key for key in _REQUIRED if key not in written]
    unknown = [key for key in written if key not in {*_REQUIRED, *_OPTIONAL}]
    if missing or unknown:
        raise WrongGuide(f"{code}: missing {missing}, unknown {unknown}")
    entry = GuideEntry(
        code=_text(code, "code", written["code"]),
        severity=_text(code, "severity", written["severity"]),
        title=_text(code, "title", written["title"]),
        meaning=_text(code, "meaning", written["meaning"]),
        bad=_example(code, written["bad"]),
        good=_example(code, written["good"]),
        theme=_text(code, "theme", written.get("theme", _USUAL_THEME)),
        untried=_text(code, "untried", written.get("untried", _TRIED)),
    )
    if entry.code != code or entry.severity not in _SEVERITIES or entry.theme not in THEMES:
        raise WrongGuide(f"{code}: wrong code, severity or theme")
    return entry


def _text(code: str, key: str, value: object) -> str:
    if not isinstance(value, str) or (not value.strip() and value != _TRIED):
        raise WrongGuide(f"{code}: {key} is text")
    return " ".join(value.split())


def _example(code: str, value: object) -> Example:
    if isinstance(value, str):
        return Example(files=((EXAMPLE_FILE, value),))
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise WrongGuide(f"{code}: an example is a text, or a mapping of files to texts")
    named = tuple((path, text) for path, text in value.items() if path != _SHELL)
    return Example(files=named, commands=value.get(_SHELL, ""))
