"""JSON Schemas for editors: of product files, a team's policy and corrections, from `*.schema.yml`."""

import re
from importlib.resources import files
from typing import Any

import yaml

from datahub_dataproducts.adapters.product_files.marks import LOADER

_PRODUCT_FILE = "product_file.schema.yml"
_POLICY_FILE = "policy_file.schema.yml"
_CORRECTIONS_FILE = "corrections_file.schema.yml"
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
    return _schema(_PRODUCT_FILE)


def policy_file_schema() -> dict[str, Any]:
    """The same of the policy file."""
    return _schema(_POLICY_FILE)


def corrections_file_schema() -> dict[str, Any]:
    """The same of the file of corrections."""
    return _schema(_CORRECTIONS_FILE)


def annotated_schema() -> dict[str, Any]:
    """The schema of product files as it is written, with what the reference says of each key."""
    return _source(_PRODUCT_FILE)


def annotated_corrections_schema() -> dict[str, Any]:
    """The same of the file of corrections."""
    return _source(_CORRECTIONS_FILE)


def _schema(name: str) -> dict[str, Any]:
    source = _source(name)
    published = _published(source, source[_PARTS])
    assert isinstance(published, dict)
    return published


def _source(name: str) -> dict[str, Any]:
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
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
