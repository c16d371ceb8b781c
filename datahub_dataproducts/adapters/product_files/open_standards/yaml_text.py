"""YAML to write: documents of other standards, and product files made of them. Deterministic."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import yaml

from datahub_dataproducts.adapters.product_files.nodes import Scalar
from datahub_dataproducts.adapters.product_files.scalars import Reading, reading

_WIDTH = 100
_STRING = "tag:yaml.org,2002:str"


@dataclass(frozen=True, slots=True)
class Written:
    """A file to write.

    Attributes:
        name: of the file, with its ending.
        text: of the file.
        notes: what has no place in it, each a sentence without a full stop.
    """

    name: str
    text: str
    notes: tuple[str, ...] = ()


class _Dumper(yaml.SafeDumper):
    """Quotes what YAML 1.1 or 1.2 would read as something else than text; writes no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        del data
        return True


def _text_node(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    plain = reading(Scalar(text, 1, 1, plain=True)) is Reading.TEXT
    style = None if plain else '"'
    if "\n" in text and text == text.strip() and "\t" not in text:
        style = "|"
    return dumper.represent_scalar(_STRING, text, style)


_Dumper.add_representer(str, _text_node)


def yaml_text(document: Any) -> str:
    """A document as YAML, its keys in the order given."""
    text = yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH)
    return str(text)


def commented(comments: Iterable[str], text: str = "") -> str:
    """Text with comment lines before it."""
    lines = (line for comment in comments for line in comment.splitlines())
    return "".join(f"# {line}".rstrip() + "\n" for line in lines) + text
