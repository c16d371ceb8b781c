"""The JSON Schema of product files, for editors; its source is `product_file.schema.yml`."""

import re
from importlib.resources import files
from typing import Any

import yaml

from datahub_dataproducts.adapters.product_files.marks import LOADER

_SOURCE = "product_file.schema.yml"
_ONLY_OURS = "x-"
_PARTS = "x-parts"
_PART = re.compile(r"<<(\w+)>>")
# Below these a key is a name that the schema speaks of, not a keyword of JSON Schema.
_NAMES = frozenset({"properties", "patternProperties", "definitions"})


def product_file_schema() -> dict[str, Any]:
    """The schema as it is published, of draft 7: product files are checked against it in editors.

    It says what can be said of form. Whatever the reader refuses beyond (names that dbt does not
    have, owners that a live product lacks) passes it.
    """
    source = annotated_schema()
    published = _published(source, source[_PARTS])
    assert isinstance(published, dict)
    return published


def annotated_schema() -> dict[str, Any]:
    """The schema as it is written, with what the reference page says of each key."""
    text = files(__package__).joinpath(_SOURCE).read_text(encoding="utf-8")
    schema: dict[str, Any] = yaml.load(text, Loader=LOADER)  # noqa: S506 - a safe loader
    return schema


def _published(part: Any, parts: dict[str, str], *, names: bool = False) -> Any:
    """A part of the schema, `names` says that its keys are not keywords."""
    if isinstance(part, list):
        return [_published(item, parts) for item in part]
    if not isinstance(part, dict):
        return part
    kept: dict[str, Any] = {}
    for key, value in part.items():
        if names:
            kept[key] = _published(value, parts)
        elif key == "pattern":
            kept[key] = _written_out(value, parts)
        elif not key.startswith(_ONLY_OURS):
            kept[key] = _published(value, parts, names=key in _NAMES)
            if key == "description":
                kept["markdownDescription"] = value
    return kept


def _written_out(pattern: str, parts: dict[str, str]) -> str:
    while _PART.search(pattern):
        pattern = _PART.sub(lambda match: parts[match[1]], pattern)
    return pattern
