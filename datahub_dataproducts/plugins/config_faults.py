"""What is wrong with a config, in words for people: pydantic's own are for those who program."""

from collections.abc import Mapping

from pydantic import ValidationError
from pydantic_core import ErrorDetails

_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "there is no such option",
    "union_tag_not_found": "`type` is missing",
    "string_type": "is no text; write it in quotes",
    "bool_type": "write true or false",
    "bool_parsing": "write true or false",
    "int_type": "write a whole number",
    "int_parsing": "write a whole number",
    "list_type": "write a list",
    "dict_type": "write a mapping",
    "model_type": "write a mapping",
    "model_attributes_type": "write a mapping",
}


def faults_of(error: ValidationError, given: object) -> str:
    """Every fault of the config `given`, each with its place, separated by semicolons.

    No value is in it that may be a secret.
    """
    told = []
    for fault in error.errors():
        place = _place(fault["loc"], given)
        told.append(f"{place}: {words_of(fault)}" if place else words_of(fault))
    return "; ".join(told)


def words_of(fault: ErrorDetails) -> str:
    """What is wrong, without its place."""
    about = fault.get("ctx", {})
    match fault["type"]:
        case "value_error":
            return str(about["error"])
        case "literal_error" | "enum":
            return f"write {_bare(about['expected'])}"
        case "union_tag_invalid":
            tags = _bare(about["expected_tags"])
            return f"there is no type {about['tag']}; types are {tags}"
        case kind:
            return _WORDS.get(kind, fault["msg"])


def _place(path: tuple[int | str, ...], given: object) -> str:
    """Where it is written: pydantic's path without the types that it names on the way."""
    written: list[str] = []
    here = given
    for part in path:
        if isinstance(here, Mapping):
            if part not in here and part == here.get("type"):
                continue
            here = here.get(part)
        elif isinstance(here, list) and isinstance(part, int):
            here = here[part]
        written.append(str(part))
    return ".".join(written)


def _bare(quoted: str) -> str:
    return quoted.replace("'", "")
